"""The live chart: while a traced cell takes longer than a second, what its tasks do stands under it; gone when the cell ends.

A thread of ours, below ``threading`` and aside at every fork, looks at the recording's log and hands what it has drawn to the thread of
the kernel that sends all output. It does not call ``publish``: that would flush the user's streams from another thread, and leave an entry
in ``threading``'s list. Nothing is shown where nobody looks: programs that run notebooks forbid input, people's front ends allow it. A
terminal cannot change what it printed. Imports ``notes``, ``settings`` and ``sources.aside``; what draws is imported before a cell begins.
"""

from __future__ import annotations

import _thread
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..sources.aside import Aside
from .notes import note, told
from .settings import Settings

if TYPE_CHECKING:
    from ..lang import Catalogue

FIRST_S: Final = 1.0
"""A cell that takes no longer shows nothing."""
EVERY_S: Final = 0.5
REST: Final = 60
"""After looking and drawing, so many times as long nothing is done: it takes less than 2 % of the time, whatever it costs."""
EMPTY: Final[dict[str, str]] = {}


class Output:
    """One output under the cell that runs; others than the cell's own thread may change it.

    Args:
        publisher: the kernel's ``display_pub``.
    """

    def __init__(self, publisher: Any) -> None:
        self._session, self._socket, self._topic = publisher.session, publisher.pub_socket, publisher.topic
        self._parent = publisher.parent_header
        self._loop = self._socket.io_thread.io_loop
        self._id = os.urandom(16).hex()
        self._turn = _thread.allocate_lock()
        self._shown = self._closed = False
        self._cost_ns = 0

    def show(self, data: dict[str, str], given_up: Callable[[], bool]) -> int:
        """Have the output sent, from any thread, and wait for that; return the CPU time that it took, in ns."""
        sent = _thread.allocate_lock()
        sent.acquire()
        self._cost_ns = 0
        self._loop.add_callback(self._send_aside, data, sent)
        while not sent.acquire(timeout=0.1):
            if given_up():
                break
        return self._cost_ns

    def clear(self) -> None:
        """Leave nothing of it, from the cell's thread."""
        with self._turn:
            self._closed = True
            if self._shown:
                self._send(EMPTY)

    def _send_aside(self, data: dict[str, str], sent: Any) -> None:
        begin = time.thread_time_ns()
        try:
            with self._turn:
                if not self._closed:
                    self._send(data)
                    self._shown = True
        finally:
            self._cost_ns = time.thread_time_ns() - begin
            sent.release()

    def _send(self, data: dict[str, str]) -> None:
        kind = "update_display_data" if self._shown else "display_data"
        content = {"data": data, "metadata": {}, "transient": {"display_id": self._id}}
        self._session.send(self._socket, kind, content, parent=self._parent, ident=self._topic)


class LiveChart(Aside):
    """Shows one recording while its code runs.

    Args:
        recording: what records; or what records several runs, ``runs``, the last of which goes on.
        output: where.
        words, theme, runs: how, and how many runs there will be.
    """

    def __init__(self, recording: Any, output: Output, words: Catalogue, *, theme: str = "light", runs: int = 1) -> None:
        super().__init__()
        self._recording, self._output, self._words = recording, output, words
        self._theme, self._runs = theme, runs
        self._live: Any = None
        self._of: Any = None
        self._spent_ns = 0
        self._owner = os.getpid()
        self.begin()

    def begin(self) -> None:
        """The cell begins now."""
        self._begun = time.monotonic()
        self._due = self._begun + FIRST_S

    def close(self) -> None:
        """Stop, and leave nothing on the screen."""
        try:
            self.stop()
        finally:
            if os.getpid() == self._owner:
                self._output.clear()

    def _work(self) -> None:
        while not self._asked(max(0.0, self._due - time.monotonic())):
            if time.monotonic() < self._due:  # it was put off meanwhile
                continue
            begin = time.thread_time_ns()
            data = self._drawn()
            sending_ns = self._output.show(data, self._asked) if data else 0
            cost_ns = time.thread_time_ns() - begin + sending_ns
            self._spent_ns += cost_ns
            self._due = time.monotonic() + max(EVERY_S, REST * cost_ns / 1e9)

    def _failed(self, error: Exception) -> None:
        if self._of is not None:
            self._of.problem(f"the live chart stopped: {told(error)}")

    def _drawn(self) -> dict[str, str]:
        """Return the chart as it is now; nothing while there is no run that goes on."""
        from ..views.live import Look, bundle

        runs = getattr(self._recording, "runs", (self._recording,))
        number, now = len(runs), runs[-1]
        if now is not self._of:
            self._of, self._live = now, None
        self._live = self._live or now.live()
        if self._live is None or not now.feed(self._live):
            return {}
        share = self._spent_ns / 1e9 / (time.monotonic() - self._begun)
        look = Look(name=now.name, share=share, run=(number, self._runs), theme=self._theme)
        return bundle(self._words, self._live, look)


class LiveCharts:
    """Starts and ends the live charts of the cells that run.

    Args:
        shell: the IPython in which they run.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._shown: dict[int, LiveChart] = {}

    def start(self, recording: Any, settings: Settings) -> None:
        """Show a recording that is about to begin, if it is wanted and somebody looks."""
        if settings["live"] != "on" or settings["quiet"] or not looked_at(self._shell):
            return
        from ..lang import translation
        from ..views import live  # noqa: F401  -- imported now: while the cell runs that would hold it up

        words = translation(settings.chart().lang)
        chart = LiveChart(recording, Output(self._shell.display_pub), words, theme=settings["theme"], runs=settings["repeat"])
        self._shown[id(recording)] = chart
        chart.start()

    def begin(self, recording: Any) -> None:
        """Its code begins now: what came before took time as well."""
        if (chart := self._shown.get(id(recording))) is not None:
            chart.begin()

    def stop(self, recording: Any) -> None:
        """Its code has ended, or it is forgotten; never raises."""
        chart = self._shown.pop(id(recording), None)
        if chart is None:
            return
        for step in (recording.code_ended, chart.close):  # the chart is gone, whatever happens to the first
            try:
                step()
            except (Exception, KeyboardInterrupt) as error:
                note(f"the live chart did not end as it should: {told(error)}")

    def close(self) -> None:
        """End them all."""
        while self._shown:
            chart = self._shown.popitem()[1]
            chart.close()


def looked_at(shell: Any) -> bool:
    """Tell whether a front end with somebody in front of it shows what this shell's kernel publishes now."""
    publisher = shell.display_pub
    io_thread = getattr(getattr(publisher, "pub_socket", None), "io_thread", None)
    reachable = all(hasattr(publisher, name) for name in ("session", "topic", "parent_header")) and hasattr(io_thread, "io_loop")
    return reachable and bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))
