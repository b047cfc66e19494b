"""Stand-ins for what records and draws, and a shell of its own for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from async_magics.analysis.noting import Asked, with_notes
from async_magics.model import Trace
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript


class FakeRecording:
    """Keeps the promises of ``api.Recording`` as far as the magics rely on them.

    Attributes:
        calls: what was called, in order.
    """

    def __init__(self, *, name: str, title: str, source: str, **others: Any) -> None:
        self.name, self.title, self.source = name, title, source
        self.options, self.others = others["options"], others
        self.calls: list[str] = []
        self.error: BaseException | None = None
        self.asked: list[Asked] = []
        self.pending = False
        self.on_settled: Callable[[], None] | None = None

    def start(self) -> None:
        self.calls.append("start")

    def hand_over(self, following: FakeRecording) -> None:
        self.calls.append("hand over")
        following.calls.append("take over")

    def code_ended(self) -> None:
        self.calls.append("code ended")

    def stop(self, error: BaseException | None = None) -> None:
        self.calls.append("stop")
        self.error = error
        self.pending = getattr(self, "outlived", False)

    def discard(self) -> None:
        self.calls.append("discard")
        self.pending = False

    def settle(self) -> None:
        """The last task has finished."""
        self.pending = False
        if self.on_settled is not None:
            self.on_settled()

    def add_notes(self, asked: Any) -> None:
        self.asked += asked

    def note(self, text: str, *, at: float, task: Any = None) -> None:
        Recorded(self.trace).note(text, at=at, task=task)
        self.asked.append(Asked(text=text, at_ns=round(at * 1e9), task=task))

    def remove_note(self, number: int) -> Any:
        note = Recorded(self.trace).remove_note(number)
        self.asked.remove(next(asked for asked in self.asked if asked.text == note.text))
        return note

    @property
    def tasks(self) -> Any:
        return self.trace.tasks

    @property
    def trace(self) -> Trace:
        script = TraceScript(self.name, self.title, self.source)
        script.running(0, 0, 0.5)
        script.end(0, 0.5)
        return with_notes(script.trace(0.5), self.asked)


class Outliving(FakeRecording):
    """Has tasks that outlive the cell."""

    outlived = True


class Recordings:
    """Makes recordings and remembers them.

    Args:
        kind: of what class.
    """

    def __init__(self, kind: type[FakeRecording] = FakeRecording) -> None:
        self.kind = kind
        self.made: list[FakeRecording] = []

    def __call__(self, **arguments: Any) -> FakeRecording:
        self.made.append(self.kind(**arguments))
        return self.made[-1]

    @property
    def last(self) -> FakeRecording:
        return self.made[-1]


class Drawing:
    """A chart in one word."""

    def __init__(self, trace: Trace, options: Any) -> None:
        self.trace, self.options = trace, options

    def text(self, width: int = 100) -> str:
        return f"chart of {self.trace.name}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        if include is not None and "image/png" not in include:
            return {"text/plain": self.text()}, {}
        return {"text/plain": self.text(), "image/png": "cGljdHVyZQ=="}, {"image/png": {"width": 1}}


class Screen:
    """Stands in for a shell's ``display_pub``.

    Attributes:
        shown: what was published, in order.
    """

    is_publishing = False  # IPython 9 looks at it before it shows a result

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []

    def publish(self, data: dict[str, Any], metadata: Any = None, *, transient: Any = None, update: bool = False) -> None:
        self.shown.append({"data": data, "metadata": metadata, "id": (transient or {}).get("display_id"), "update": update})

    @property
    def texts(self) -> list[str]:
        return [("again: " if item["update"] else "") + item["data"]["text/plain"] for item in self.shown]
