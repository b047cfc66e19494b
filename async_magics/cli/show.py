"""``async-magics show``: charts as text in the terminal."""

from __future__ import annotations

import argparse
import shutil
from typing import Final

from ..errors import OptionError, TraceFormatError
from .charts import INSIDE, saved_charts, title_of, with_looks
from .say import complain, say

NAME: Final = "show"
SUMMARY: Final = "print the charts of a trace file or a notebook as text"
ABOUT: Final = "NAME is the number of a cell (25), what --name gave, or last; without it every chart is printed."
EXAMPLES: Final = """\
for example:
  async-magics show script.trace.json
  async-magics show lecture.ipynb gather --width 80
  async-magics show lecture.ipynb --list
"""


def add(options: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    from ..views.spec import CHOICES

    options.add_argument("path", metavar="PATH", help="a trace file (.json) or a notebook")
    options.add_argument("name", nargs="?", default="", metavar="NAME", help="one of the notebook's traces")
    options.add_argument("--width", type=int, metavar="COLUMNS", help="how wide, 60 to 200 (default: as wide as the terminal)")
    options.add_argument("--lang", choices=CHOICES["lang"], help="language of the chart")
    options.add_argument("--list", action="store_true", help="print the names only")


def go(arguments: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    from ..views.gantt import Gantt

    width = arguments.width or shutil.get_terminal_size((100, 24)).columns
    if arguments.width is not None and not 60 <= arguments.width <= 200:
        raise OptionError(f"--width is a number of columns from 60 to 200, not {arguments.width}")
    charts = saved_charts(f"{arguments.path}{INSIDE}{arguments.name}" if arguments.name else arguments.path)
    failed = 0
    for number, chart in enumerate(charts):
        try:
            found = chart.open()
        except TraceFormatError as error:
            failed = complain(str(error))
            continue
        if arguments.list:
            say(title_of(chart, found))
            continue
        if len(charts) > 1:
            say(f"{chr(10) if number else ''}── {chart.name} ──")
        say(Gantt(found.trace, with_looks(found.options, arguments)).text(width))
    return failed
