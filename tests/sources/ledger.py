"""Reads what a recording's ledger of works says, so that a program's works can be compared with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from async_magics.api import Recording, RecordingOptions
from async_magics.events import EventLog, Verb, WorkRow


FRAMES = ("call", "generator", "greenlet")
PROCESSES = ("process", "worker", "subprocess")


class Work(NamedTuple):
    """One work and its rows.

    Attributes:
        id: the work's.
        spawn: data of its ``SPAWN`` row.
        rows: all of its rows, in order.
    """

    id: str
    spawn: dict[str, Any]
    rows: list[WorkRow]

    @property
    def call(self) -> str:
        """``f(1)``, without what the function is nested in."""
        return f"{self.spawn['function'].rpartition('.')[2]}({self.spawn.get('arguments', '')})"

    @property
    def verbs(self) -> list[str]:
        return [row[0] for row in self.rows]

    @property
    def steps(self) -> list[str]:
        """How each step ended."""
        return [row[5]["how"] for row in self.rows if row[0] == Verb.STEP]

    @property
    def lines(self) -> list[int]:
        """The line at which each step ended, as far as that is known, counted from the function's first."""
        sites = [row[5]["site"] for row in self.rows if row[0] == Verb.STEP and "site" in row[5]]
        return [_line(code, offset) - code.co_firstlineno for code, offset in sites]


class Ledger(NamedTuple):
    """What a recording left.

    Attributes:
        log: everything.
        marker: the id of the recording itself.
    """

    log: EventLog
    marker: int

    @property
    def works(self) -> list[Work]:
        """The works that frames tell of, in the order in which they appeared."""
        return self.of(FRAMES)

    @property
    def processes(self) -> list[Work]:
        """The processes and programs, in the order in which they appeared."""
        return self.of(PROCESSES)

    def of(self, kinds: Collection[str]) -> list[Work]:
        """Return the works of these kinds."""
        by_id: dict[str, Work] = {}
        for row in self.log.works:
            if row[0] == Verb.SPAWN and row[5]["kind"] in kinds:
                by_id[row[4]] = Work(row[4], row[5], [])
            if row[4] in by_id:
                by_id[row[4]].rows.append(row)
        return list(by_id.values())

    @property
    def calls(self) -> list[str]:
        return [work.call for work in self.works]

    def __getitem__(self, call: str) -> Work:
        (found,) = [work for work in self.works if work.call == call]
        return found


def record(run: Callable[[], Any], *, source: str = "", **options: Any) -> Ledger:
    """Run a function as traced code and return what was written about works."""
    recording = Recording(source=source, options=RecordingOptions(**options))
    with recording:
        assert recording._recorder is not None and recording._window is not None
        ledger = Ledger(recording._recorder.log, recording._window.marker)
        run()
    recording.close() if recording.pending else None
    return ledger


def _line(code: Any, offset: int) -> int:
    return next(line for start, end, line in code.co_lines() if start <= offset < end)
