"""The traced cell, run by IPython itself: arms a recording right before the cell's code runs, ends it right after.

A syntax-tree hook, because IPython calls it once per execution, last before the cell runs, in the cell's own thread and context;
``post_run_cell`` for the end, because it comes after the result, the error and the cell's own figures. Nothing is nested or wrapped; what
is put into the user's code are the callouts that it asks for. Imports ``callouts``, ``cells``, ``charts``, ``live``, ``settings``,
``shelf``; the recorder is passed in.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..callouts import MARK, with_callouts
from ..sources.patching import UndoStack
from .cells import Mark, show_as_comment, take_mark
from .charts import Charts
from .live import LiveCharts
from .notes import note, told
from .options import MAGICS, TRACE, leading_options
from .repeats import Repeating, repeated
from .settings import Settings
from .shelf import Shelf

if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    MakeRecording: TypeAlias = Callable[..., Any]

    class Recording(Protocol):
        """What the runner needs of ``api.Recording``."""

        def start(self) -> Any:
            """Begin to record in this thread and context."""

        def code_ended(self) -> None:
            """The code itself is over; ``stop`` comes later."""

        def stop(self, error: BaseException | None = None) -> None:
            """The code ended."""

        def hand_over(self, following: Any) -> None:
            """End here and begin another recording; ``stop`` comes later."""

        def add_notes(self, asked: Any) -> None:
            """Keep the author's notes with the trace."""

        def discard(self) -> None:
            """Forget everything, restore what was patched."""


_OURS = frozenset(MAGICS)
_SOURCES = {"run_cell_async": ("cell", "cell_name"), "time": ("expr", "")}
"""Functions of IPython that have a tree transformed, and their variables that hold the text of the tree and the name of its file."""


def new_recording(**arguments: Any) -> Any:
    """Return a recording; the recorder is imported when the first cell is traced."""
    from ..api import Recording

    return Recording(**arguments)


class Running:
    """A cell that runs.

    Attributes:
        info: IPython's own description of it.
        recording: what records it, if anything does.
        settings: what it goes by.
        seen: the syntax-tree hook has seen the cell itself; what it sees later is code that the cell compiles.
        undo: takes away what was patched for it.
    """

    __slots__ = ("info", "recording", "seen", "settings", "undo")

    def __init__(self, info: Any) -> None:
        self.info = info
        self.recording: Any = None
        self.settings = Settings()
        self.seen = False
        self.undo = UndoStack()


class Runner:
    """Records the cells that ask for it.

    Args:
        shell: the IPython in which they run.
        charts: shows what was recorded; made with ``busy`` of this object.
        shelf: keeps what was recorded.
        configured: returns the values of ``%config TaskTrace``.
        make_recording: ``api.Recording``, or a stand-in for tests.
    """

    def __init__(
        self,
        shell: Any,
        *,
        shelf: Shelf,
        configured: Callable[[], Mapping[str, Any]],
        make_recording: MakeRecording = new_recording,
        **drawing: Any,
    ) -> None:
        self.charts = Charts(shell, busy=self.busy, **drawing)
        self.live = LiveCharts(shell)
        self.every_cell: Mapping[str, Any] | None = None
        self._shell = shell
        self._shelf = shelf
        self._configured = configured
        self._make_recording = make_recording
        self._local = threading.local()
        self._running: list[Running] = []

    # ------------------------------------------------------------------ what runs
    @property
    def _stack(self) -> list[Running]:
        """The cells that run in this thread, the innermost last: cells can run cells, and subshells run in threads of their own."""
        if not hasattr(self._local, "stack"):
            self._local.stack = []
        stack: list[Running] = self._local.stack
        return stack

    def busy(self) -> bool:
        """Tell whether a cell runs, in any thread."""
        return bool(self._running)

    def recording_here(self) -> bool:
        """Tell whether a cell of this thread is being recorded."""
        return any(cell.recording is not None for cell in self._stack)

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Return what a magic line goes by."""
        return Settings(self._configured(), self.every_cell or {}, given)

    # ------------------------------------------------------------------ IPython calls
    def pre_run_cell(self, info: Any) -> None:
        """A cell is about to be compiled."""
        cell = Running(info)
        self._stack.append(cell)
        self._running.append(cell)

    def visit(self, node: Any) -> Any:
        """The syntax-tree hook; must not raise, or IPython throws it out."""
        try:
            last = _last_line(node)
            mark = take_mark(node)
            if mark is not None:
                show_as_comment(mark)
            self._arm(node, mark, partial(_source, sys._getframe(1), last - _last_line(node)))
        except Exception as error:
            note(f"not recording: {told(error)}")
        return node

    def post_run_cell(self, result: Any) -> None:
        """A cell ended."""
        ended = self._ended(result)
        self._running[:] = [cell for cell in self._running if cell not in ended]
        error = _error_of(result)
        ran = result is None or result.error_before_exec is None  # a `return` outside a function is found after we were called
        earlier = self.charts.waiting()
        for cell in reversed(ended):
            self._finish(cell, error, ran=ran)
        if ended or not self._stack:
            self.charts.catch_up(earlier)

    # ------------------------------------------------------------------ one cell
    def _arm(self, node: Any, mark: Mark | None, source: Callable[[], tuple[str, str]]) -> None:
        stack = self._stack
        if not stack:
            return  # silent execution: IPython announces no cell
        cell = stack[-1]
        first, cell.seen = not cell.seen, True
        wanted = mark is not None or (first and self.every_cell is not None and _worth_tracing(node))
        recorded = self.recording_here()
        if not (wanted or recorded) or not getattr(node, "body", None):
            return
        call_out(node, *source())
        if recorded:
            return
        given = leading_options(TRACE, mark.line).given if mark is not None else {}
        cell.settings = self.settings(given)
        cell.recording = self.begin(cell.settings, cell.info.raw_cell)
        if cell.recording is not None:
            self._notice_error(cell)
            node.body = repeated(node.body, cell.settings["repeat"], self._shell.ast_node_interactivity)

    def _notice_error(self, cell: Running) -> None:
        """Have the recording told when the cell's error is about to be shown: making a traceback takes longer than many a cell."""
        stock = self._shell.showtraceback

        def showtraceback(*args: Any, **options: Any) -> Any:
            of_a_cell = options.get("running_compiled_code") or options.get("exception_only")
            if of_a_cell and self._stack and self._stack[-1] is cell and cell.recording is not None:
                cell.recording.code_ended()
            return stock(*args, **options)

        cell.undo.patch(self._shell, "showtraceback", showtraceback)

    def next_run(self) -> None:
        """The cell that runs here begins its body once more."""
        if self._stack and self._stack[-1].recording is not None:
            self._stack[-1].recording.next()

    def begin(self, settings: Settings, source: str) -> Any:
        """Start a recording and return it, or ``None`` after saying what went wrong."""
        count, filename = _cell_of(self._shell)
        name = settings["name"] or self._shelf.free_name(f"In [{count}]")
        recording: Any = None
        try:
            make = partial(
                self._make_recording,
                name=name,
                title=settings["title"] or "",
                source=source,
                filename=filename,
                rename=self._name_of_file,
                options=settings.recording(),
            )
            self.charts.prepare(settings)
            recording = make() if settings["repeat"] == 1 else Repeating(make)
            self.live.start(recording, settings)
            recording.start()
            self.live.begin(recording)
        except BaseException as error:
            if recording is not None:
                self.drop(recording)
            if not isinstance(error, Exception):
                raise  # an interrupt is the user's, but it must not leave a recording behind
            note(f"not recording: {told(error)}")
            return None
        return recording

    def end(self, recording: Recording, settings: Settings, error: BaseException | None) -> None:
        """Stop a recording, keep it and show its chart; never raises."""
        self.live.stop(recording)
        try:
            recording.stop(error)
            if settings["note"]:
                recording.add_notes(settings["note"])
        except (Exception, KeyboardInterrupt) as problem:
            note(f"no chart: {told(problem)}")
            self.drop(recording)
            return
        kept = self._with_its_runs(recording, settings)
        self._shelf.put(getattr(recording, "name", ""), kept)
        self.charts.show(kept, settings)

    def _with_its_runs(self, recording: Any, settings: Settings) -> Any:
        """Return what is kept: the recording, or all runs of the same code where there are several."""
        runs = list(getattr(recording, "runs", (recording,)))
        earlier = self._shelf[recording.name] if settings["keep_runs"] and recording.name in [*self._shelf] else None
        if earlier is not None and _body(earlier.trace.source) == _body(recording.trace.source):
            runs[:0] = getattr(earlier, "runs", (earlier,))
        if len(runs) == 1:
            return runs[0]
        from ..runs import Runs

        return Runs(runs)

    def drop(self, recording: Recording) -> None:
        """Forget a recording, whatever state it is in."""
        self.live.stop(recording)
        try:
            recording.discard()
        except Exception as error:
            note(told(error))

    def close(self) -> None:
        """Forget everything that is still being recorded or followed: the extension is unloaded."""
        for cell in self._running:
            cell.undo.undo()
            recording, cell.recording = cell.recording, None
            if recording is not None:
                self.drop(recording)
        self._running.clear()
        self.live.close()
        self.charts.forget(self.drop)

    def _finish(self, cell: Running, error: BaseException | None, *, ran: bool) -> None:
        cell.undo.undo()
        recording, cell.recording = cell.recording, None
        if recording is not None and ran:
            self.end(recording, cell.settings, error)
        elif recording is not None:
            self.drop(recording)

    def _ended(self, result: Any) -> list[Running]:
        """Take the cell that ended, and any that was left above it, off the stack."""
        stack = self._stack
        at = len(stack) - 1
        if result is not None:
            while at >= 0 and stack[at].info is not result.info:
                at -= 1
            if at < 0 and stack and stack[-1].info.raw_cell == result.info.raw_cell:
                at = len(stack) - 1  # Ctrl-C in an async cell in a terminal: IPython made a second description of the cell
        if at < 0:
            return []  # the cell that loaded the extension was not announced to us
        ended = stack[at:]
        del stack[at:]
        return ended

    def _name_of_file(self, filename: str) -> str:
        from ..recorded import file_name

        return file_name(filename, self._shell)


def call_out(tree: ast.Module, source: str, filename: str) -> None:
    """Put the callouts of a source into its tree; never raises."""
    try:
        with_callouts(tree, source, filename)
    except Exception as error:
        note(f"no callouts: {told(error)}")


def _last_line(node: Any) -> int:
    """Return the line of a tree's last statement, 0 if there is none."""
    body = getattr(node, "body", None)
    return body[-1].lineno if isinstance(body, list) and body else 0


def _source(frame: FrameType, skip: int) -> tuple[str, str]:
    """Return the text of the tree that IPython's ``transform_ast`` was given, and its file; no text: unknown, or without callouts.

    Args:
        frame: of ``transform_ast``.
        skip: how many lines at its beginning the tree does not count any more.
    """
    caller = frame.f_back
    if caller is None or caller.f_code.co_name not in _SOURCES:
        return "", ""
    source, filename = (caller.f_locals.get(name) for name in _SOURCES[caller.f_code.co_name])
    if not isinstance(source, str) or MARK not in source:
        return "", ""
    return "\n".join(source.split("\n")[skip:]), filename if isinstance(filename, str) else ""


def _error_of(result: Any) -> BaseException | None:
    if result is None:  # ipykernel: the cell's own task was cancelled
        import asyncio

        return sys.exc_info()[1] or asyncio.CancelledError()
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    return error


def _cell_of(shell: Any) -> tuple[int, str | None]:
    """Return number and file name of the cell that is about to run, as IPython itself knows them."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name != "run_cell_async":
        frame = frame.f_back
    if frame is None:
        return shell.execution_count, None
    known = frame.f_locals
    return known.get("execution_count") or shell.execution_count, known.get("cell_name")


def _body(source: str) -> str:
    """Return a cell without the magics above it."""
    lines = source.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("%%")), len(lines))
    return "\n".join(lines[first:]).strip()


def _worth_tracing(node: Any) -> bool:
    """Tell whether a cell holds anything but magics of ours."""
    return any(not _is_ours(statement) for statement in getattr(node, "body", ()))


def _is_ours(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    name = call.args[0]
    return call.func.attr in ("run_line_magic", "run_cell_magic") and isinstance(name, ast.Constant) and name.value in _OURS
