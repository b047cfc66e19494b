"""What ``async-magics`` is: its commands, its exit status, and every error of ours as one line.

Status 0: done. 1: something failed, and a line says what. 2: the command line makes no sense. 130: interrupted. ``run script.py`` has the
script's own.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from ..errors import AsyncMagicsError
from . import annotate, diff, export, run, show
from .say import complain

COMMANDS: Final = (export, run, annotate, show, diff)
_ABOUT: Final = """\
See what code does at once, on one chart: asyncio tasks, threads, pools and processes.

In a notebook: %load_ext async_magics, then %%tasktrace above a cell. From here:
"""
_MORE: Final = """\
for example:
  async-magics annotate lecture.ipynb                    put %%tasktrace on the cells that are worth it
  async-magics run lecture.traced.ipynb --to charts/     run it and save every chart
  async-magics export lecture.ipynb --format svg,pdf     draw the charts of a saved notebook again, without running it
  async-magics run script.py                             trace a plain script
  async-magics show script.trace.json                    print the chart as text
  async-magics diff before.trace.json after.trace.json   what became faster, and what did not

async-magics COMMAND --help tells the rest.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    parsed = parser().parse_args(arguments)
    try:
        status: int = parsed.go(parsed)
        sys.stdout.flush()
    except AsyncMagicsError as error:
        return complain(str(error))
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        complain("interrupted")
        return 130
    return status


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="async-magics", description=_ABOUT, epilog=_MORE, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    made.add_argument("--version", action="version", version=f"async-magics {version('async_magics')}")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        options = commands.add_parser(
            command.NAME,
            help=command.SUMMARY,
            description=f"{command.SUMMARY[0].upper()}{command.SUMMARY[1:]}.\n\n{command.ABOUT}",
            epilog=command.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add(options)
        options.set_defaults(go=command.go)
    return made
