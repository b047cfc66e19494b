"""``async-magics annotate``: a copy of a notebook in which the cells that are worth it are traced."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ..errors import OptionError, OutputExistsError, TraceFormatError
from .say import remark, say

NAME: Final = "annotate"
SUMMARY: Final = "write a copy of a notebook in which the cells that are worth it are traced"
ABOUT: Final = """\
%load_ext async_magics gets a cell of its own above the first of them, and each of them %%tasktrace as
its first line. It knows which by reading them: cells that await something, start tasks, threads, pools, processes or
programs, go on with what an earlier cell started, or call functions of the notebook that do so. Cells
that only define or look at something stay as they are, and so does every other byte of the file.
Nothing is run.
"""
EXAMPLES: Final = """\
for example:
  async-magics annotate lecture.ipynb                          writes lecture.traced.ipynb
  async-magics annotate lecture.ipynb --output tmp/l.ipynb --force
  async-magics annotate lecture.ipynb --dry-run                only tells which cells
"""


def add(options: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    options.add_argument("path", type=Path, metavar="NOTEBOOK", help="the notebook; it is not changed")
    options.add_argument("--output", type=Path, metavar="PATH", help="the new file (default: NOTEBOOK.traced.ipynb)")
    options.add_argument("--dry-run", action="store_true", help="write nothing")
    options.add_argument("--force", action="store_true", help="replace a file that is there")


def go(arguments: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    from .splice import annotated

    path: Path = arguments.path
    target: Path = arguments.output or path.with_name(f"{path.stem}.traced{path.suffix}")
    if target.exists() and path.exists() and target.samefile(path):
        raise OptionError(f"{target} is the notebook itself: give another --output")
    if target.exists() and not (arguments.force or arguments.dry_run):
        raise OutputExistsError(f"{target} exists; give another --output, or --force to replace it")
    try:
        made = annotated(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise TraceFormatError(f"{path} is not a notebook: it is not UTF-8 text") from None
    except TraceFormatError as error:
        raise TraceFormatError(f"{path} is not a notebook: {error}") from None
    cells = ", ".join(map(str, made.traced))
    remark(f"{len(made.traced)} of {made.code_cells} code cells are worth tracing" + (f": {cells}" if cells else ""))
    if not arguments.dry_run:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made.text.encode("utf-8"))
        say(str(target))
    return 0
