"""A trace in the user's hands: shows and saves itself, answers questions. What it needs for that is imported when it is asked.

Imports ``errors``; ``analysis``, ``views`` and ``export`` lazily. Does not import ``api``: a trace needs no recorder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .errors import OptionError, RecordingError

if TYPE_CHECKING:
    from .analysis.critical_path import CriticalPath
    from .analysis.findings import Finding
    from .analysis.noting import Asked
    from .model import Note, Task, Trace
    from .views.compare import Comparison
    from .views.gantt import Gantt
    from .views.spec import ChartOptions
    from .views.stats_table import ShownStats

FrameLibrary: TypeAlias = Literal["pandas", "polars"]


class Recorded:
    """A trace that shows and saves itself.

    Args:
        trace: what happened.
        options: how its chart looks where nobody says otherwise: as it was drawn in the notebook that kept it.
    """

    _look: ChartOptions | None = None

    def __init__(self, trace: Trace, options: ChartOptions | None = None) -> None:
        self._trace: Trace | None = trace
        self._look = options

    @property
    def chart_options(self) -> ChartOptions:
        """How its chart looks where nobody says otherwise."""
        return chart_options({}, self._look)

    @property
    def trace(self) -> Trace:
        """The trace itself."""
        if self._trace is None:
            raise RecordingError("nothing was recorded yet: use `with async_magics.trace() as t:`")
        return self._trace

    @property
    def runs(self) -> tuple[Recorded, ...]:
        """Every run of the same code, in order: this one alone, unless it was repeated."""
        return (self,)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks; the traced code itself is the first."""
        return self.trace.tasks

    @property
    def stats(self) -> ShownStats:
        """Figures, overall and per task: a table where they are shown, ``to_rows()`` gives it as plain data."""
        from .views.stats_table import shown_stats

        return shown_stats(self.trace)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is worth changing or understanding: mistakes first, then the dearest."""
        from .analysis.findings import findings

        return findings(self.trace)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The author's notes, in order of time."""
        return self.trace.notes

    def note(self, text: str, *, at: float, task: str | int | Task | None = None) -> None:
        """Add a remark of the author's on a moment; charts number it, ``save`` keeps it.

        Args:
            text: what it says.
            at: seconds since the recording began.
            task: name, call or function of the task it is about, its id, or the task itself, one of ``tasks``; ``None``: the chart as a
                whole. Where several tasks have the same name, the one that ran at that moment is meant.

        Raises:
            OptionError: there is no such task or moment, or no text; with the nearest name.
        """
        from .analysis.noting import Asked, noted

        trace = self.trace
        asked = Asked(text=text, at_ns=_ns(at), task=task)
        number = noted(trace, asked, goes_on=self._goes_on).task
        if number is not None and isinstance(task, int) and self._goes_on:  # ids change while more is recorded
            asked = Asked(text=text, at_ns=asked.at_ns, task=trace.tasks[number])
        self.add_notes([asked])

    def add_notes(self, asked: Iterable[Asked]) -> None:
        """Add notes that were asked for before anything ran; one that has no place becomes a line under the chart."""
        from .analysis.noting import with_notes

        self._trace = with_notes(self.trace, asked)

    def remove_note(self, number: int) -> Note:
        """Take a note away, and return it.

        Args:
            number: its place in ``notes``, from 1 on.

        Raises:
            OptionError: there is no such note.
        """
        from .analysis.noting import without_note

        if not 1 <= number <= len(self.notes):
            raise OptionError(f"there is no note {number}: " + (f"they go from 1 to {len(self.notes)}" if self.notes else "there are none"))
        note = self.notes[number - 1]
        self._trace = without_note(self.trace, note)
        return note

    @property
    def _goes_on(self) -> bool:
        """Whether more may be recorded."""
        return False

    @property
    def critical_path(self) -> CriticalPath:
        """What determined how long it all took: printed, in words; step by step in ``steps``."""
        from .analysis.critical_path import critical_path

        return critical_path(self.trace)

    def gantt(self, **options: Any) -> Gantt:
        """Return the chart; ``options`` are those of ``ChartOptions``.

        Raises:
            OptionError: an option has no such name or value.
        """
        from .views.gantt import Gantt
        from .views.kept_files import working_folder

        return Gantt(self.trace, chart_options(options, self._look), working_folder() if in_notebook() else None)

    def show(self, **options: Any) -> None:
        """Show the chart: as a picture in a notebook, as text elsewhere."""
        present(self.gantt(**options))

    def save(self, path: str | os.PathLike[str], *, force: bool = False, **options: Any) -> Path:
        """Write a file whose kind the path's ending tells; missing folders are made.

        Raises:
            ExportError: no such kind of file.
            OutputExistsError: the file exists and ``force`` is false.
        """
        from .export import write

        return write(self.trace, Path(path), options=chart_options(options, self._look), force=force)

    def tasks_frame(self, library: FrameLibrary | None = None) -> Any:
        """Return one row for each task as a data frame; ``docs/exports.md`` lists the columns.

        Args:
            library: ``"pandas"`` or ``"polars"``; ``None`` takes the first of them that is installed.

        Raises:
            OptionError: it is not installed.
        """
        return self._frame("tasks", library)

    def slices_frame(self, library: FrameLibrary | None = None) -> Any:
        """Return one row for each slice; as ``tasks_frame``."""
        return self._frame("slices", library)

    def edges_frame(self, library: FrameLibrary | None = None) -> Any:
        """Return one row for each edge: who created, woke, awaited, cancelled whom; as ``tasks_frame``."""
        return self._frame("edges", library)

    def instants_frame(self, library: FrameLibrary | None = None) -> Any:
        """Return one row for each point in time; as ``tasks_frame``."""
        return self._frame("instants", library)

    def _frame(self, table: str, library: FrameLibrary | None) -> Any:
        from .export.frames import frame

        return frame(self.trace, table, library)

    def to_opentelemetry(self, exporter: Any) -> int:
        """Give the tasks as OpenTelemetry spans to an exporter, and return how many there were.

        Args:
            exporter: a ``SpanExporter`` of opentelemetry-sdk. Whatever it sends, it sends; nothing else does.

        Raises:
            ExportError: opentelemetry-sdk is not installed, or the exporter failed.
        """
        from .export.otel_sdk import export

        return export(self.trace, exporter)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.gantt()._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        if self._trace is None:
            return f"<{type(self).__name__}: nothing recorded yet>"
        return f"<{type(self).__name__} {self._trace.name!r}: {len(self._trace.tasks) - 1} tasks, {self._trace.end_ns / 1e9:.3f} s>"


def _ns(seconds: float) -> int:
    try:
        return round(seconds * 1e9)
    except (TypeError, ValueError, OverflowError):
        raise OptionError(f"at is a number of seconds, not {seconds!r}") from None


def chart_options(options: dict[str, Any], usual: ChartOptions | None = None) -> ChartOptions:
    """Return ``ChartOptions``, those of ``usual`` where nothing else is said; a name that is none is refused."""
    from dataclasses import fields, replace

    from .views.spec import ChartOptions

    known = [field.name for field in fields(ChartOptions)]
    for name in options:
        if name not in known:
            raise OptionError(f"there is no chart option {name!r}: use one of {', '.join(known)}")
    return ChartOptions(**options) if usual is None else replace(usual, **options)


def present(chart: Gantt | Comparison) -> None:
    """Show a chart: as a picture in a notebook, as text elsewhere."""
    if in_notebook():
        from IPython.display import display

        display(chart)  # type: ignore[no-untyped-call]
    else:
        print(chart.text())


def in_notebook() -> bool:
    """Tell whether there is a notebook to show something in."""
    return hasattr(_shell(), "kernel")


def file_name(filename: str, shell: Any = None) -> str:
    """Return how IPython names a cell's file in tracebacks, ``In[3]``; other files keep their names."""
    named = getattr(getattr(shell or _shell(), "compile", None), "format_code_name", None)
    found = named(filename) if named is not None else None
    return str(found[1]) if found else filename


def _shell() -> Any:
    """Return the IPython that is already there, or ``None``."""
    import sys

    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
