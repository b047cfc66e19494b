"""Several traces and how they are to look side by side: the one object that is shown, saved and printed.

Painters are imported when they are asked for, so that a text chart needs no matplotlib.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ..analysis.compare import Compared, compared
from ..lang import Catalogue, marked, translation
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Trace
from .compare_words import span_of_runs, speed
from .kept import COMPARISON, keep_comparison
from .panels import compose_all
from .picture import Picture, bundle, wanted
from .scene import Scene
from .spec import ChartOptions
from .tables import Table

_HEADER: Final = (
    marked("trace"), marked("time"), marked("cell"), marked("against the first"), marked("tasks"), marked("at once on average"),
    marked("at once at most"), marked("CPU time"), marked("cores busy"), marked("loop busy"), marked("runs"),
)  # fmt: skip
_NUMBERS: Final = frozenset(range(1, 10))


@dataclass(frozen=True, slots=True)
class Comparison(Picture):
    """Gantt charts under each other on one time axis. Nothing is drawn until it is asked for, and nothing is kept.

    Attributes:
        traces: what happened, the one that the others are compared with first.
        options: how to show it.
    """

    traces: tuple[Trace, ...] = field(repr=False)
    options: ChartOptions = field(default_factory=ChartOptions)

    @property
    def rows(self) -> tuple[Compared, ...]:
        """The figures of each trace."""
        return compared(self.traces)

    @property
    def speedups(self) -> tuple[float | None, ...]:
        """How much faster than the first each is: 2.0 is twice as fast; ``None`` where one of the two failed."""
        return tuple(row.speed_up for row in self.rows)

    @property
    def table(self) -> Table:
        """The figures as a table that shows itself; columns of which nothing is known are left out."""
        words = translation(self.options.lang)
        rows = [tuple(_cells(words, row, number)) for number, row in enumerate(self.rows)]
        kept = [at for at in range(len(_HEADER)) if any(row[at] for row in rows)]
        return Table(
            header=tuple(words.gettext(_HEADER[at]) for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in rows),
            numbers=frozenset(new for new, at in enumerate(kept) if at in _NUMBERS),
        )

    def scene(self) -> Scene:
        """Return the charts as data."""
        return compose_all(self.traces, self.options)

    def text(self, width: int = 100) -> str:
        """Return the charts and the table as lines of text, the charts ``width`` columns wide (60 to 200)."""
        return self._text(self.scene(), width)

    def _text(self, scene: Scene, width: int) -> str:
        from .text import draw

        return f"{draw(scene, width)}\n\n{self.table.text()}"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return one output in several forms, as ``Gantt`` does."""
        data, metadata = bundle(self.scene(), self.options.svg, self._text, include, exclude)
        kept = keep_comparison(self.traces, self.options) if self.options.embed and wanted(COMPARISON, include, exclude) else None
        if kept is not None:
            data[COMPARISON] = kept
        return data, metadata


def _cells(words: Catalogue, row: Compared, number: int) -> Iterator[str]:
    """Yield the texts of one row, ``""`` for what is not known or says nothing new."""
    longer = row.cell_ns is not None and row.wall_ns - row.cell_ns > row.wall_ns // 100
    yield clean(row.title or row.name, 60)
    yield duration(words, row.wall_ns)
    yield duration(words, row.cell_ns) if longer and row.cell_ns is not None else ""
    yield speed(words, row) if number else ""
    yield words.number(row.tasks)
    yield words.number(row.mean_concurrency, 1)
    yield words.number(row.max_concurrency)
    yield "" if row.cpu_ns is None else duration(words, row.cpu_ns)
    yield "" if row.cores_busy is None else words.number(row.cores_busy, 2)
    yield "" if row.loop_busy is None else f"{words.number(100 * row.loop_busy)} %"
    yield span_of_runs(words, row)
