"""Capture and reading joined: ``trace()`` records, ``load()`` opens, both give something that shows and saves itself.

Views and exporters are imported when they are needed, not before. Does not import ``magics`` or IPython.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from .clock import MONOTONIC, Clock
from .errors import OptionError, RecordingError
from .model.fold import Frame, fold
from .model.live import Live
from .recorded import Recorded
from .recorder import Recorder, Source, Window
from .sources.reprs import message

if TYPE_CHECKING:
    from .analysis.noting import Asked
    from .model import Note, Trace


SOURCES: Final = (
    "asyncio_tasks:AsyncioTasks",
    "processes:Processes",
    "subprocesses:Subprocesses",
    "threads:Threads",
    "executors:Executors",
    "pools:Pools",
    "joblib_calls:Joblib",
    "frames:Frames",
    "tornado_coroutines:TornadoCoroutines",
    "greenlets:Greenlets",
    "marks:Marks",
    "prints:Prints",
)
"""What is watched, ``module:class`` in ``sources``, in the order of installation."""
IN_A_BROWSER: Final = ("asyncio_tasks:AsyncioTasks", "threadless:Threadless", "frames:Frames", "marks:Marks", "prints:Prints")
"""What is watched where Python runs in a browser, without threads and processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingOptions:
    """How to record.

    Attributes:
        limit: how many facts and how many steps per loop are kept; what comes after is counted, not kept.
        threshold_ns: a step longer than this holds up its loop (shown in red, with its line).
        results: keep a bounded text of what tasks return.
        arguments: keep a bounded text of the arguments of tasks' coroutines.
        follow_s: for how long tasks that outlive the traced code are followed.
        calls: names of functions whose every call is recorded.
    """

    limit: int = 2_000_000
    threshold_ns: int = 50_000_000
    results: bool = False
    arguments: bool = True
    follow_s: float = 600.0
    calls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise OptionError(f"limit is the number of facts to keep: use 1 or more, not {self.limit}")
        if self.threshold_ns < 1_000_000:
            raise OptionError(f"threshold must be at least 1 ms, not {self.threshold_ns / 1e6:g} ms")
        if not self.follow_s >= 0:
            raise OptionError(f"follow is a number of seconds: use 0 or more, not {self.follow_s}")
        for name in self.calls:
            if not name.isidentifier():
                raise OptionError(f"calls are names of functions, without dots and brackets: {name!r} is none")


class Recording(Recorded):
    """Records what runs between ``start`` and ``stop``; a context manager, with or without ``async``.

    Attributes:
        name, title, source: for the trace.
        options: how to record.
        on_settled: called in the thread of the loop when the last task that outlived the traced code has finished, or when
            ``options.follow_s`` have gone by.
    """

    def __init__(
        self,
        *,
        name: str = "trace",
        title: str = "",
        source: str = "",
        filename: str | None = None,
        rename: Callable[[str], str] | None = None,
        options: RecordingOptions | None = None,
        clock: Clock = MONOTONIC,
    ) -> None:
        self.name, self.title, self.source = name, title, source
        self.options = options or RecordingOptions()
        self.on_settled: Callable[[], None] | None = None
        self._filename, self._rename = filename, rename
        self._clock = clock
        self._recorder: Recorder | None = None
        self._window: Window | None = None
        self._trace = None
        self._asked: list[Asked] = []

    # ------------------------------------------------------------------ recording
    def start(self) -> Self:
        """Begin to record, in this thread and context."""
        if self._window is not None or self._trace is not None:
            raise RecordingError("this recording was started before: make another one")
        self._recorder = _running_recorder() or Recorder(
            [_source(name) for name in (IN_A_BROWSER if sys.platform == "emscripten" else SOURCES)],
            limit=self.options.limit,
            clock=self._clock,
            arguments=self.options.arguments,
            results=self.options.results,
            threshold_ns=self.options.threshold_ns,
        )
        self._recorder.calls |= frozenset(self.options.calls)
        self._window = self._recorder.open(self.source)
        return self

    def stop(self, error: BaseException | None = None) -> None:
        """Say that the traced code ended, with an exception or without; tasks that outlive it go on being followed."""
        recorder, window = self._recorder, self._window
        if recorder is None or window is None:
            if self._trace is None:
                raise RecordingError("this recording was never started")
            return
        recorder.end(window, None if error is None else (type(error).__qualname__, message(error)))
        if (window.alive or window.works) and self.options.follow_s > 0 and loop_runs():
            window.soon, window.settled = _soon(), self._settle
            _call_later(self.options.follow_s, self._settle)
        else:
            self._close()

    def hand_over(self, following: Recording) -> None:
        """End here and begin another recording in the same breath; ``stop`` must still be called, when nothing is measured any more.

        What is watched stays installed, and nothing is put together yet: that would count as time of the other's code.
        """
        if self._recorder is None or self._window is None:
            raise RecordingError("only a recording that goes on can be followed by another")
        self._recorder.end(self._window)
        following._recorder = self._recorder
        following._window = self._recorder.open(following.source)

    def code_ended(self) -> None:
        """Note that the traced code itself is over, although ``stop`` comes later (a traceback is still being shown)."""
        if self._window is not None and self._window.code_ended_ns is None:
            self._window.code_ended_ns = self._clock()

    def discard(self) -> None:
        """Forget everything and restore what was patched."""
        self.on_settled = None
        if self._recorder is not None and self._window is not None:
            self._recorder.close(self._window)
        self._recorder = self._window = None

    def live(self) -> Live | None:
        """Return what counts this recording's tasks while its code runs, once it does; ``feed`` keeps it up to date."""
        window = self._window
        return None if window is None else Live(window.marker, window.anchor.mono_ns, os.getpid())

    def feed(self, live: Live) -> bool:
        """Have ``live`` read what is new, in whatever thread; return whether the code still runs."""
        recorder, window = self._recorder, self._window
        if recorder is None or window is None or window.ended_ns is not None:
            return False
        recorder.works.collect()
        live.feed(recorder.log, self._clock, recorder.running)
        return True

    def problem(self, text: str) -> None:
        """Have the chart say what could not be seen."""
        if self._recorder is not None:
            self._recorder.log.problem(text)

    @property
    def pending(self) -> bool:
        """Whether tasks of this recording are still followed."""
        return self._window is not None and self._window.ended_ns is not None

    @property
    def trace(self) -> Trace:
        """The trace; while tasks are followed, as far as it is known."""
        return self._noted(self._fold(), goes_on=True) if self._window is not None else super().trace

    def add_notes(self, asked: Iterable[Asked]) -> None:
        """Add notes; while tasks are followed they are placed anew with everything that is learnt of them."""
        if self._window is None:
            super().add_notes(asked)
        else:
            self._asked += asked

    def _noted(self, trace: Trace, *, goes_on: bool) -> Trace:
        if not self._asked:
            return trace
        from .analysis.noting import with_notes

        return with_notes(trace, self._asked, goes_on=goes_on)

    def remove_note(self, number: int) -> Note:
        """Take a note away, and return it; see ``Recorded.remove_note``."""
        if self._window is None:
            return super().remove_note(number)
        from .analysis.noting import with_notes

        trace = self._fold()
        note = Recorded(with_notes(trace, self._asked, goes_on=True)).remove_note(number)
        self._asked.remove(next(asked for asked in self._asked if with_notes(trace, [asked], goes_on=True).notes == (note,)))
        return note

    @property
    def _goes_on(self) -> bool:
        return self._window is not None

    def close(self) -> None:
        """Follow no longer."""
        if self._window is not None:
            self._close()

    def _settle(self) -> None:
        if self._window is None:
            return
        self._close()
        tell, self.on_settled = self.on_settled, None
        if tell is not None:
            tell()

    def _close(self) -> None:
        assert self._recorder is not None and self._window is not None
        try:
            self._trace = self._noted(self._fold(), goes_on=False)
        finally:
            self._recorder.close(self._window)
            self._recorder = self._window = None

    def _fold(self) -> Trace:
        assert self._recorder is not None and self._window is not None
        self._recorder.snapshot()
        frame = Frame(
            marker=self._window.marker,
            anchor=self._window.anchor,
            now_ns=self._clock(),
            name=self.name,
            title=self.title,
            source=self.source,
            rename=self._file,
            threshold_ns=self.options.threshold_ns,
            pid=os.getpid(),
            cpu_ns=self._recorder.cpu_of(self._window),
            cores=_cores(),
        )
        return fold(self._recorder.log, frame)

    def _file(self, filename: str) -> str:
        if filename == self._filename:
            return "cell"
        return self._rename(filename) if self._rename is not None else filename

    # ------------------------------------------------------------------ context manager
    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: Any, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop(error)

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, kind: Any, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop(error)


def trace(
    name: str = "trace",
    *,
    title: str = "",
    limit: int = 2_000_000,
    threshold: float = 0.05,
    results: bool = False,
    arguments: bool = True,
    follow: float = 600.0,
    calls: str | Iterable[str] = (),
) -> Recording:
    """Record the code inside a ``with`` block; afterwards show, save or read what was recorded.

    ``with trace() as t: asyncio.run(main())``, then ``t.show()``; inside a coroutine ``async with trace() as t:``.

    Args:
        name: what the trace is called.
        title: the chart's heading.
        limit: how many facts and how many steps per loop are kept.
        threshold: seconds; a step longer than this holds up its loop.
        results: keep a bounded text of what tasks return.
        arguments: keep a bounded text of tasks' arguments.
        follow: seconds for which tasks that outlive the code are followed.
        calls: names of functions, each call of which is to be recorded; one name, or several.

    Raises:
        OptionError: a value makes no sense.
    """
    names = (calls,) if isinstance(calls, str) else tuple(calls)
    options = RecordingOptions(
        limit=limit, threshold_ns=round(threshold * 1e9), results=results, arguments=arguments, follow_s=follow, calls=names
    )
    return Recording(name=name, title=title, options=options)


def load(path: str | os.PathLike[str]) -> Any:
    """Open what was saved.

    Args:
        path: a trace file, as ``save("….json")`` wrote it; or a notebook, whose outputs keep the traces of its cells.

    Returns:
        A trace file: the trace as a ``Recorded``, which shows and saves itself. A notebook: a mapping of those by name in the order
        of its cells, ``load("lecture.ipynb")["In [3]"]``; each is opened when it is asked for, and drawn as the notebook drew it.

    Raises:
        TraceFormatError: the file is not one of ours, damaged, or of a newer version.
        FileNotFoundError: there is no such file.
    """
    from .opened import open_path

    return open_path(Path(path).expanduser())


def _source(name: str) -> Source:
    module, _, kind = name.partition(":")
    source: Source = getattr(import_module(f".sources.{module}", __package__), kind)()
    return source


def _cores() -> int | None:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _running_recorder() -> Recorder | None:
    """Return the recorder that is at work in this process: two would get in each other's way on one loop."""
    from asyncio import base_events

    return getattr(base_events.BaseEventLoop.create_task, "recorder", None)


def loop_runs() -> bool:
    """Tell whether a loop runs in this thread, so that tasks can go on."""
    from asyncio import events

    return events._get_running_loop() is not None


def _call_later(seconds: float, function: Callable[[], None]) -> None:
    import asyncio
    import contextvars

    asyncio.get_running_loop().call_later(seconds, function, context=contextvars.Context())


def _soon() -> Callable[[Callable[[], None]], None]:
    """Return what runs a function on this thread's loop, from whatever thread it is asked, outside every traced context."""
    import asyncio
    import contextvars
    from functools import partial

    soon: Callable[..., Any] = partial(asyncio.get_running_loop().call_soon_threadsafe, context=contextvars.Context())
    return soon
