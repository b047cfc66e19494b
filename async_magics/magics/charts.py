"""Charts on the screen: shown once, changed in place when the tasks that outlived their cell have finished.

Drawing a picture holds the loop for a few tenths of a second, and the tasks on it would pay. So nothing is drawn while a cell runs,
and a chart whose tasks go on appears as text first; its picture follows as soon as the tasks have finished, or a moment later.
Imports ``settings`` and ``notes``; what draws and writes is passed in or imported when it is needed.
"""

from __future__ import annotations

import contextvars
import os
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from . import explorers
from .explorers import Explorers, make_widget
from .notes import note, told
from .settings import Settings

if TYPE_CHECKING:  # protocols take longer to make than all the rest of this module
    from typing import Protocol, TypeAlias

    from ..model import Trace
    from ..views.spec import ChartOptions
    from .explorers import Make

    Bundle: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
    Draw: TypeAlias = Callable[[Trace, ChartOptions], "Drawing"]
    Later: TypeAlias = Callable[[float, Callable[[], None]], bool]

    class Drawing(Protocol):
        """What a chart is shown with."""

        def text(self, width: int = 100) -> str:
            """Return the chart for a terminal."""

        def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
            """Return the chart for a notebook."""

    class Tracing(Protocol):
        """What is shown: a recording, or something that was loaded."""

        @property
        def trace(self) -> Trace:
            """The trace as far as it is known."""

    class Write(Protocol):
        """Writes a file: ``export.write``."""

        def __call__(self, trace: Trace, path: Path, *, options: ChartOptions, force: bool) -> Path:
            """Return the path that was written."""


MOST_OUTPUTS: Final = 20
"""How many charts of one trace are known, to be changed when a note is added."""
PATIENCE_S: Final = 0.5
"""How long the picture of a chart waits for tasks that go on. The short ones of a lesson have finished by then, undisturbed."""
MOST_AT_ONCE: Final = 10_000
"""Slices that are packed while tasks go on: it takes about 30 ms; more are kept with the picture only."""


def call_later(seconds: float, step: Callable[[], None]) -> bool:
    """Call a function after a while if a loop runs in this thread; return whether one does."""
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False
    loop.call_later(seconds, step, context=contextvars.Context())
    return True


def draw_gantt(trace: Trace, options: ChartOptions) -> Drawing:
    """Return the Gantt chart of a trace."""
    from ..views.gantt import Gantt
    from ..views.kept_files import working_folder

    drawing: Drawing = Gantt(trace, options, working_folder())
    return drawing


def write_file(trace: Trace, path: Path, *, options: ChartOptions, force: bool) -> Path:
    """Write a trace to a file."""
    from ..export import write

    return write(trace, path, options=options, force=force)


def write_page(shelf: Mapping[str, Tracing], path: Path, settings: Settings) -> Path:
    """Write all traces of a session as one page with an index; a title is the page's, and the charts keep theirs."""
    from ..export import Chapter, write_book
    from ..views.gantt import Gantt

    options = settings.but(title=None).chart()
    chapters = [Chapter(name, Gantt(shelf[name].trace, options)) for name in shelf]
    return write_book(chapters, path, settings["title"] or path.stem, options=options, force=settings["force"])


class Shown:
    """A chart that may have to change.

    Attributes:
        recorded: what it shows.
        settings: how.
        display_id: which output of the notebook it is; a new one where none is given.
        on_screen: it was shown.
        drawn: as a picture, not as text only.
        has_room: a place was kept below it for a widget.
        path: the file that shows the same, if one was written.
        settled: the tasks have finished, or are no longer followed.
        final: the chart as it is after that.
    """

    def __init__(self, recorded: Tracing, settings: Settings, display_id: str = "") -> None:
        self.recorded = recorded
        self.settings = settings
        self.display_id = display_id or os.urandom(16).hex()
        self.on_screen = False
        self.drawn = False
        self.has_room = False
        self.path: Path | None = None
        self.settled = False
        self.final: Bundle | None = None


class Charts:
    """Shows charts and keeps those that wait for their tasks.

    Args:
        shell: where they are shown.
        busy: tells whether a cell runs right now.
        draw: makes the drawing.
        write: writes a file.
        later: calls a function after a while, if it can.
        make: makes a widget.
    """

    def __init__(
        self, shell: Any, *, busy: Callable[[], bool], draw: Draw = draw_gantt, write: Write = write_file, later: Later = call_later,
        make: Make = make_widget,
    ) -> None:  # fmt: skip
        self._shell = shell
        self._busy = busy
        self._draw = draw
        self._write = write
        self._later = later
        self._followed: list[Shown] = []
        self._outputs: WeakKeyDictionary[Tracing, list[tuple[str, Settings]]] = WeakKeyDictionary()
        self._explorers = Explorers(shell, busy=busy, redraw=self.redraw, make=make)

    def prepare(self, settings: Settings) -> None:
        """Import what a first chart needs, before the cell begins: afterwards that would hold up the tasks that outlive it."""
        if not settings["quiet"] and self._draw is draw_gantt:
            from ..analysis.findings import lints
            from ..lang import translation
            from ..views import gantt, text  # noqa: F401

            lints()
            translation(settings.chart().lang)
            if self._in_place:
                from ..views import mpl  # noqa: F401

                if settings["view"] != "static":
                    explorers.prepare(settings["view"])

    def show(self, recorded: Tracing, settings: Settings) -> None:
        """Show the chart, write the file that was asked for, follow the tasks that are pending; never raises."""
        shown = Shown(recorded, settings)
        follow = bool(getattr(recorded, "pending", False))
        if not settings["quiet"]:
            wait = follow and self._in_place and self._later(PATIENCE_S, partial(self._lose_patience, shown))
            self._attempt("no chart", self._show_text if wait else self._show_first, shown)
            self._explore(shown)
        if shown.on_screen:
            known = self._outputs.setdefault(recorded, [])
            known[:] = [*known, (shown.display_id, settings)][-MOST_OUTPUTS:]
        if settings["save"]:
            self._attempt("not saved", self._save_first, shown)
        if follow and (shown.on_screen or shown.path):
            self._followed.append(shown)
            recorded.on_settled = partial(self._settled, recorded)  # type: ignore[attr-defined]

    def redraw(self, recorded: Tracing) -> int:
        """Change every chart of a trace, as it was shown; return how many there are. A terminal shows the newest again."""
        outputs = self._outputs.get(recorded, [])
        followed = {shown.display_id: shown for shown in self._followed}
        for display_id, settings in outputs if self._in_place else outputs[-1:]:
            shown = followed.get(display_id) or Shown(recorded, settings, display_id)
            shown.final = None
            self._attempt("the chart was not updated", self._show_picture, shown)
        self._explorers.refresh(recorded)
        return len(outputs)

    def waiting(self) -> list[Shown]:
        """Return the charts whose last word has not been said."""
        return list(self._followed)

    def catch_up(self, earlier: list[Shown]) -> None:
        """A cell ended: change the charts of earlier ones whose tasks have finished meanwhile.

        Charts that were changed between two cells are sent again: programs that run notebooks store an update only while they
        wait for a cell.
        """
        for shown in earlier:
            if shown.settled or not getattr(shown.recorded, "pending", False):
                self._followed.remove(shown)
                self._change(self._show_final, shown)
            elif shown.on_screen and not shown.drawn:
                self._change(self._show_picture, shown)
        self._explorers.catch_up()

    def forget(self, stop: Callable[[Any], None]) -> None:
        """Change no chart any more, close the widgets; ``stop`` is called with every recording that was still followed."""
        self._explorers.close()
        followed, self._followed = self._followed, []
        for recorded in {id(shown.recorded): shown.recorded for shown in followed if not shown.settled}.values():
            stop(recorded)

    @property
    def _in_place(self) -> bool:
        """A terminal cannot change what it printed: the final chart is printed below the cell that ends next."""
        return hasattr(self._shell, "kernel")

    def _settled(self, recorded: Tracing) -> None:
        """The tasks of a recording have finished: called in the thread of their loop, in whatever context."""
        for shown in [shown for shown in self._followed if shown.recorded is recorded]:
            shown.settled = True
            if self._in_place and not self._busy():
                # In an empty context the output belongs to the newest cell; in the task's own, nbclient would drop it on ipykernel 7.
                contextvars.Context().run(self._change, self._show_final, shown)

    def _attempt(self, otherwise: str, step: Callable[[Shown], None], shown: Shown) -> None:
        try:
            step(shown)
        except (Exception, KeyboardInterrupt) as error:
            note(f"{otherwise}: {told(error)}")

    def _lose_patience(self, shown: Shown) -> None:
        if shown in self._followed and not (shown.drawn or shown.settled or self._busy()):
            self._change(self._show_picture, shown)

    def _change(self, step: Callable[[Shown], None], shown: Shown) -> None:
        """Change a chart, and its widget after it."""
        self._attempt("the chart was not updated", step, shown)
        self._explore(shown)

    def _explore(self, shown: Shown) -> None:
        """Show the widget that was asked for; keep a place for it as long as its chart is text only."""
        if not shown.on_screen or shown.settings["view"] == "static":
            return
        if self._in_place:
            self._attempt("no widget", self._explorers.open if shown.drawn else self._explorers.reserve, shown)
        else:
            self._explorers.say_text_only()

    def _show_text(self, shown: Shown) -> None:
        """Show what costs the tasks that go on next to nothing: the text, and the trace for whoever saves the notebook now."""
        from ..views.kept import MIME

        trace = shown.recorded.trace
        drawing = self._draw(trace, shown.settings.chart())
        kinds = ("text/plain", MIME) if len(trace.slices) <= MOST_AT_ONCE else ("text/plain",)
        self._publish(shown, drawing._repr_mimebundle_(include=kinds), update=False)
        shown.on_screen = True

    def _show_first(self, shown: Shown) -> None:
        self._publish(shown, self._drawn(shown), update=False)
        shown.on_screen = shown.drawn = True

    def _show_picture(self, shown: Shown) -> None:
        self._publish(shown, self._drawn(shown), update=self._in_place)
        shown.drawn = True

    def _save_first(self, shown: Shown) -> None:
        path = Path(shown.settings["save"]).expanduser().absolute()  # the folder may be another one when the tasks have finished
        self._write(shown.recorded.trace, path, options=shown.settings.chart(), force=shown.settings["force"])
        shown.path = path

    def _show_final(self, shown: Shown) -> None:
        if shown.path is not None and not shown.final:
            self._write(shown.recorded.trace, shown.path, options=shown.settings.chart(), force=True)
        if shown.on_screen:
            shown.final = shown.final or self._drawn(shown)
            self._publish(shown, shown.final, update=self._in_place)
            shown.drawn = True

    def _drawn(self, shown: Shown) -> Bundle:
        drawing = self._draw(shown.recorded.trace, shown.settings.chart())
        if self._in_place:
            return drawing._repr_mimebundle_()
        return {"text/plain": drawing.text(width=shutil.get_terminal_size((100, 24)).columns)}, {}

    def _publish(self, shown: Shown, bundle: Bundle, *, update: bool) -> None:
        data, metadata = bundle
        self._shell.display_pub.publish(data=data, metadata=metadata, transient={"display_id": shown.display_id}, update=update)
