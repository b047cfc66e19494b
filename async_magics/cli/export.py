"""``async-magics export``: the charts of saved notebooks and traces as files, without running anything and without a kernel."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import AsyncMagicsError, OptionError, OutputExistsError
from .charts import SavedChart, SavedComparison, add_looks, saved_charts, saved_comparisons
from .page import PAGE, write_page
from .say import bar, complain, say

NAME: Final = "export"
SUMMARY: Final = "draw the charts of a saved notebook again, into files, without running it"
ABOUT: Final = """\
Every chart of a notebook keeps its trace; so no kernel is needed, and a chart can be drawn in
another size, language or format than on the screen. Files are named after their cells:
charts/03-gather.svg belongs to the third cell with code. The same notebook gives the same
bytes, so exported charts can be kept under version control.
"""
EXAMPLES: Final = """\
for example:
  async-magics export lecture.ipynb --to charts/ --format svg,png,pdf
  async-magics export lecture.ipynb --to slides/ --size slide --theme dark --lang ru
  async-magics export lecture.ipynb::gather --format html
  async-magics export lecture.ipynb page.html            every chart on one page with an index
  async-magics export script.trace.json --format svg --force
"""


class Job(NamedTuple):
    """One file to write."""

    chart: SavedChart | SavedComparison
    target: Path


def add(options: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    what = "a notebook, PATH::NAME for one of its charts, or a trace file (.json); PAGE.html at the end: one page for all"
    options.add_argument("paths", nargs="+", metavar="PATH", help=what)
    add_targets(options)
    options.add_argument(
        "--title", metavar="TEXT", help="heading of the page, where one is written (default: the notebook's first heading)"
    )
    add_looks(options)
    options.add_argument("--force", action="store_true", help="replace files that are there")
    options.add_argument("--quiet", action="store_true", help="no progress bar, no list of files")


def add_targets(options: argparse.ArgumentParser) -> None:
    """Let a command take where charts go, and as what."""
    options.add_argument("--to", type=Path, metavar="DIR", help="folder for the files (default: charts)")
    options.add_argument("--format", metavar="LIST", help="formats with commas between: svg,png,pdf,html … (default: svg)")


def go(arguments: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    *asked, last = arguments.paths
    if last.lower().endswith(PAGE):
        return write_page(asked, Path(last), arguments)
    if arguments.title is not None:
        raise OptionError("--title is the heading of a page: give its path last, as in `async-magics export lecture.ipynb page.html`")
    endings, to = formats("svg" if arguments.format is None else arguments.format), arguments.to or Path("charts")
    jobs: list[Job] = []
    for path in arguments.paths:
        folder = to / Path(path).stem if len(arguments.paths) > 1 and ".ipynb" in path.lower() else to
        jobs += planned(path, folder, endings)
    refuse_existing(jobs, force=arguments.force)
    return write_all(jobs, arguments)


def formats(text: str) -> list[str]:
    """Return the endings that a list of formats means.

    Raises:
        OptionError: nothing writes one of them.
    """
    from ..export import suffixes

    known = [suffix[1:] for suffix in suffixes()]
    asked = [part.strip().lower().lstrip(".") for part in text.split(",") if part.strip()]
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise OptionError(f"nothing writes the format {name!r}: {hint}known are {', '.join(known)}")
    if not asked:
        raise OptionError(f"--format needs one or more of {', '.join(known)}, with commas between")
    return list(dict.fromkeys(asked))


def planned(asked: str, folder: Path, endings: Sequence[str]) -> list[Job]:
    """Return the files that the charts of a notebook become, in the order of its cells; comparisons only become pictures."""
    from ..export.charts import PICTURES

    jobs = [Job(chart, folder / f"{chart.stem}.{ending}") for chart in saved_charts(asked) for ending in endings]
    pictures = [ending for ending in endings if f".{ending}" in PICTURES]
    jobs += [Job(found, folder / f"{found.stem}.{ending}") for found in saved_comparisons(asked) for ending in pictures]
    return sorted(jobs, key=lambda job: getattr(job.chart.saved, "cell", 0))  # a trace file has no cell, and stands alone


def refuse_existing(jobs: Sequence[Job], *, force: bool) -> None:
    """Raise before anything is written if something would be replaced, or written twice."""
    targets = [job.target for job in jobs]
    twice = next((target for target in targets if targets.count(target) > 1), None) if len(set(targets)) < len(targets) else None
    if twice is not None:
        raise OptionError(f"{twice} would be written twice: export these files one by one, each --to a folder of its own")
    there = [] if force else [target for target in targets if target.exists()]
    if there:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise OutputExistsError(f"{there[0]} exists{more}; give another folder with --to, or --force to replace files")


def write_all(jobs: Sequence[Job], arguments: argparse.Namespace) -> int:
    """Write the files and name them; one that fails does not keep the others from being written."""
    failed, written = [], []
    with bar(jobs, unit="file", quiet=arguments.quiet) as steps:
        for chart, target in steps:
            try:
                written.append(chart.write(target, arguments))
            except AsyncMagicsError as error:
                failed.append(str(error))
    if not arguments.quiet:
        for path in written:
            say(str(path))
    for line in dict.fromkeys(failed):
        complain(line)
    return 1 if failed else 0
