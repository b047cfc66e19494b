"""``async-magics run``: a notebook in a kernel, or a script in this process, with its charts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ..errors import OptionError
from ..opened import NOTEBOOK
from . import notebooks, scripts

NAME: Final = "run"
SUMMARY: Final = "run a notebook and save its charts, or trace a plain script"
ABOUT: Final = """\
A notebook is executed from the first cell to the last in a kernel of its own; the executed copy is
saved, and the charts of its traced cells are exported. A cell that raises (and is not tagged
raises-exception) ends the run with status 1; what ran until then is kept.

A script runs as `python script.py arguments` would run it: the same output, errors and exit status.
Its chart is printed on the standard error, and its trace saved as script.trace.json in the current
folder. What stands behind the script's path is the script's own.
"""
EXAMPLES: Final = """\
for example:
  async-magics run lecture.ipynb --to charts/ --format svg,png
  async-magics run lecture.ipynb --timeout 60 --output out/executed.ipynb --force
  async-magics run script.py --arguments of the script
  async-magics run --save chart.svg --save trace.json --quiet script.py
"""


def add(options: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    options.add_argument("path", type=Path, metavar="PATH", help="a notebook (.ipynb) or a script (.py)")
    options.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="of a notebook: options; of a script: its arguments")
    options.add_argument("--force", action="store_true", help="replace files that are there")
    options.add_argument("--quiet", action="store_true", help="no progress bar, no chart, no list of files")
    notebooks.add(options.add_argument_group("for notebooks"))
    scripts.add(options.add_argument_group("for scripts"))


def go(arguments: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    path: Path = arguments.path
    if not path.is_file():
        raise OptionError(f"there is no file {path}")
    if path.suffix.lower() == NOTEBOOK:
        return notebooks.go(options_behind(arguments))
    return scripts.go(arguments)


def options_behind(arguments: argparse.Namespace) -> argparse.Namespace:
    """Read what stands behind a notebook's path: options too, as nothing of it is the notebook's."""
    behind = argparse.ArgumentParser(prog=f"async-magics {NAME} {arguments.path}", allow_abbrev=False)
    behind.add_argument("--force", action="store_true", default=arguments.force)
    behind.add_argument("--quiet", action="store_true", default=arguments.quiet)
    notebooks.add(behind.add_argument_group("for notebooks"))
    given = vars(behind.parse_args(arguments.arguments))
    told = {name: value for name, value in given.items() if value is not None}
    return argparse.Namespace(**{**vars(arguments), **told})
