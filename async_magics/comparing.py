"""``compare()``: traces side by side in the user's hands, to be shown, saved and read.

Views and exporters are imported when they are needed, not before. Does not import ``api``: traces need no recorder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .errors import OptionError
from .model import Trace
from .recorded import Recorded, chart_options, present
from .views.compare import Comparison
from .views.kept import MOST_COMPARED
from .views.spec import ChartOptions


class Comparing(Comparison):
    """Traces side by side on one time axis: shows and saves itself, tells who was how much faster.

    Attributes:
        rows: the figures of each trace, as ``Compared``.
        speedups: how much faster than the first each is.
        table: the same as a table that shows itself.
    """

    __slots__ = ()

    def show(self) -> None:
        """Show the charts: as a picture in a notebook, as text elsewhere."""
        present(self)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the charts as one picture; the path ends in ``.png``, ``.svg`` or ``.pdf``, and missing folders are made.

        Raises:
            ExportError: no such kind of picture.
            OutputExistsError: the file exists and ``force`` is false.
        """
        from .export import write_chart

        return write_chart(self, path, force=force)

    def __repr__(self) -> str:
        return f"<comparison of {', '.join(repr(trace.name) for trace in self.traces)}>"


def compare(*traces: Recorded | Trace | str, **options: Any) -> Comparing:
    """Put traces side by side on one time axis; the first is the one that the others are compared with.

    ``compare("sequential", "gather")`` shows itself at the end of a cell.

    Args:
        traces: what was recorded or loaded, or names of traces of this session.
        options: those of ``ChartOptions``.

    Raises:
        OptionError: there is nothing to compare, or an option has no such name or value.
        TraceNotFoundError: no trace of this session has that name.
    """
    known = import_module("async_magics").traces  # of the session, looked up as a user would
    return comparison([known[item] if isinstance(item, str) else item for item in traces], chart_options(options))


def comparison(found: Sequence[Recorded | Trace], options: ChartOptions) -> Comparing:
    """Return the comparison of traces that were found.

    Raises:
        OptionError: there is nothing to compare, or too much.
    """
    traces = tuple(map(_trace, found))
    if not traces or (len(traces) == 1 and len(traces[0].runs_ns) < 2):
        raise OptionError("give two traces or more to compare, or one that was run several times (--repeat)")
    if len(traces) > MOST_COMPARED:
        raise OptionError(f"give at most {MOST_COMPARED} traces to compare, not {len(traces)}")
    return Comparing(traces, options)


def _trace(item: Any) -> Trace:
    found = item if isinstance(item, Trace) else getattr(item, "trace", None)
    if not isinstance(found, Trace):
        hint = "take one of its traces by name" if hasattr(item, "keys") else "give names of traces, or what was recorded or loaded"
        raise OptionError(f"{type(item).__name__} is no trace: {hint}")
    return found
