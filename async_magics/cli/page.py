"""All charts of notebooks and trace files as one page with an index: ``async-magics export lecture.ipynb page.html``.

Imports ``charts``, ``export`` and ``views``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import AsyncMagicsError, OptionError
from ..opened import NOTEBOOK, heading_of
from ..views.compare import Comparison
from ..views.gantt import Gantt
from ..views.spec import ChartOptions
from .charts import INSIDE, SavedChart, SavedComparison, saved_charts, saved_comparisons, with_looks
from .say import bar, complain, say

if TYPE_CHECKING:
    from ..export import Chapter

PAGE: Final = ".html"


def write_page(asked: Sequence[str], target: Path, arguments: argparse.Namespace) -> int:
    """Write the page and name it; a chart that is damaged is named, and left out. Return the exit status."""
    from ..export import check_target, write_book

    if not asked:
        raise OptionError(f"{target} is the page to write: give the notebook before it, as in `async-magics export lecture.ipynb {target}`")
    if arguments.to is not None or arguments.format is not None:
        raise OptionError(f"{target} is one page: leave --to and --format out, or leave the page out")
    check_target(target, force=arguments.force)
    failed: list[str] = []
    chapters = list(_chapters(asked, arguments, failed))
    status = max((complain(line) for line in failed), default=0)
    if chapters:
        own = with_looks(ChartOptions(lang=chapters[0].chart.options.lang), arguments)
        written = write_book(
            chapters, target, arguments.title or _title(Path(asked[0].partition(INSIDE)[0])), options=own, force=arguments.force
        )
        if not arguments.quiet:
            say(str(written))
    return status


def _title(path: Path) -> str:
    """Return what a page is called: as the first heading of the notebook, or as the file."""
    heading = heading_of(path) if path.suffix.lower() == NOTEBOOK else ""
    return heading or path.stem.removesuffix(".trace")


def _chapters(asked: Sequence[str], arguments: argparse.Namespace, failed: list[str]) -> Iterator[Chapter]:
    from ..export import Chapter

    found = [saved for path in asked for saved in _in_order(path)]
    with bar(found, unit="chart", quiet=arguments.quiet) as steps:
        for saved in steps:
            try:
                yield Chapter(saved.name if isinstance(saved, SavedChart) else "", _chart(saved, arguments))
            except AsyncMagicsError as error:
                failed.append(str(error))


def _in_order(path: str) -> list[SavedChart | SavedComparison]:
    found: list[SavedChart | SavedComparison] = [*saved_charts(path), *saved_comparisons(path)]
    return sorted(found, key=lambda item: getattr(item.saved, "cell", 0))  # a trace file has no cell, and stands alone


def _chart(saved: SavedChart | SavedComparison, arguments: argparse.Namespace) -> Gantt | Comparison:
    if isinstance(saved, SavedComparison):
        compared = saved.open()
        return Comparison(compared.traces, with_looks(compared.options, arguments))
    found = saved.open()
    return Gantt(found.trace, with_looks(found.options, arguments))
