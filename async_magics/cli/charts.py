"""The charts that files hold, each with a name for the files that it becomes; and how they shall look.

Imports ``opened`` and ``views``.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ..lang.plain import clean
from ..errors import OptionError, TraceNotFoundError
from ..opened import NOTEBOOK, KeptChart, KeptComparison, Traces, charts_of, comparisons_of, nothing_kept, trace_of
from ..views.compare import Comparison
from ..views.kept import Opened, OpenedComparison
from ..views.kept_files import slug
from ..views.spec import CHOICES, ChartOptions
from .say import remark

INSIDE: Final = "::"
"""Stands between a notebook and the name of one of its traces."""
_UNNAMED: Final = re.compile(r"In \[\d+\]( \(\d+\))?")
_ENDING: Final = re.compile(r"(\.trace)?\.json(\.gz)?$", re.I)
_LOOKS: Final = ("theme", "lang", "size")


@dataclass(frozen=True, slots=True)
class SavedChart:
    """A chart in a file.

    Attributes:
        name: what its trace is called there.
        stem: of the files that it becomes; the same at every call, another for each chart of a file.
        saved: the chart in its notebook, or the trace's own file.
    """

    name: str
    stem: str
    saved: KeptChart | Path

    def write(self, target: Path, arguments: argparse.Namespace) -> Path:
        """Write it in the format that the target's ending means; return its path."""
        from ..export import write

        found = self.open()
        return write(found.trace, target, options=with_looks(found.options, arguments), force=arguments.force)

    def open(self) -> Opened:
        """Open it; say what was left out because it made no sense.

        Raises:
            TraceFormatError: it is damaged.
        """
        if isinstance(self.saved, Path):
            return Opened(trace_of(self.saved), ChartOptions())
        found = self.saved.open()
        for told in found.remarks:
            remark(f"{self.name}: {told}")
        return found


@dataclass(frozen=True, slots=True)
class SavedComparison:
    """A comparison in a notebook; fields as of ``SavedChart``."""

    stem: str
    saved: KeptComparison

    def write(self, target: Path, arguments: argparse.Namespace) -> Path:
        """Write it as a picture; return its path."""
        from ..export import write_chart

        found = self.open()
        return write_chart(Comparison(found.traces, with_looks(found.options, arguments)), target, force=arguments.force)

    def open(self) -> OpenedComparison:
        """Open it; otherwise as a chart."""
        found = self.saved.open()
        for told in found.remarks:
            remark(f"{self.stem}: {told}")
        return found


def saved_comparisons(asked: str) -> list[SavedComparison]:
    """Return the comparisons of a notebook, in the order of its cells; none where one chart only, or a trace file, was asked for.

    Raises:
        TraceFormatError: the file is no notebook.
        OSError: it cannot be read.
    """
    if INSIDE in asked or Path(asked).suffix.lower() != NOTEBOOK:
        return []
    found = comparisons_of(Path(asked))
    stems = _free_stems([(kept.cell, kept.title or "comparison") for kept in found])
    return [SavedComparison(stem, kept) for stem, kept in zip(stems, found, strict=True)]


def saved_charts(asked: str) -> list[SavedChart]:
    """Return the charts of a notebook in the order of its cells, one of them (``PATH::NAME``), or the one of a trace file.

    Raises:
        TraceFormatError: the file is neither.
        TraceNotFoundError: the notebook keeps none, or none of that name.
        OptionError: a name was asked for in a trace file.
        OSError: it cannot be read.
    """
    path_text, _, name = asked.partition(INSIDE)
    path = Path(path_text)
    if path.suffix.lower() != NOTEBOOK:
        if name:
            raise OptionError(f"{path} is a single trace, and only the traces of a notebook have names: leave {name!r} out")
        stem = _ENDING.sub("", path.name)
        return [SavedChart(stem, slug(stem), path)]
    found = charts_of(path)
    names = Traces(path, found)
    if not found:
        raise TraceNotFoundError(nothing_kept(path))
    charts = [SavedChart(unique, stem, chart) for unique, stem, chart in zip(names, _stems(found), found, strict=True)]
    return [chart for chart in charts if not name or chart.name == names.name_of(name)]


def _stems(charts: list[KeptChart]) -> list[str]:
    """Name each chart after its cell: the number of the cell, and what its author called it."""
    return _free_stems([(chart.cell, _called(chart)) for chart in charts])


def _called(chart: KeptChart) -> str:
    return (chart.title or chart.cell_name or chart.name) if _UNNAMED.fullmatch(chart.name) else chart.name


def _free_stems(cells: list[tuple[int, str]]) -> list[str]:
    """Return a file's stem for each pair of a cell's number and a name, none of them twice."""
    digits = max(2, len(str(cells[-1][0]))) if cells else 2
    out: list[str] = []
    for cell, what in cells:
        stem = free = f"{cell:0{digits}}-{slug(what)}"
        number = 1
        while free in out:
            number += 1
            free = f"{stem}-{number}"
        out.append(free)
    return out


def title_of(chart: SavedChart, opened: Opened) -> str:
    """Return how a chart is announced where several are printed."""
    title = clean(opened.trace.title if opened.options.title is None else opened.options.title, 100)
    return f"{chart.name}: {title}" if title else chart.name


def add_looks(options: argparse.ArgumentParser) -> None:
    """Let a command take what charts look like."""
    options.add_argument("--theme", choices=CHOICES["theme"], help="colours; print can be told apart in grey")
    options.add_argument("--lang", choices=CHOICES["lang"], help="language of the charts")
    options.add_argument("--size", choices=CHOICES["size"], help="how large the charts are drawn")


def with_looks(options: ChartOptions, arguments: argparse.Namespace) -> ChartOptions:
    """Return options with what the command line says instead."""
    given = {name: getattr(arguments, name) for name in _LOOKS if getattr(arguments, name, None) is not None}
    return replace(options, **given)
