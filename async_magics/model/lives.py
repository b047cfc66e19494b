"""Facts sorted by whom they are about: one ``Life`` per task, although ids are used again after a task's death.

Imports ``events`` and ``words`` of this folder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ..events import BIRTH, DEATH, EventLog, Kind

INTERNAL = (
    "BaseEventLoop._create_server_getaddrinfo",
    "BaseSelectorEventLoop._accept_connection2",
    "BaseEventLoop.shutdown_asyncgens",
    "BaseEventLoop.shutdown_default_executor",
    "BaseSubprocessTransport._connect_pipes",
)
"""Coroutines that asyncio itself runs as tasks; nobody wrote them in a cell."""
_begin_ns = itemgetter(3)


@dataclass(slots=True, eq=False)
class Life:
    """What the log says about one task.

    Attributes:
        ident: its ``id()`` while it lived; the marker for the cell.
        created_ns: on the recorder's clock; ``None`` if it is older than the log.
        created: its row of ``EventLog.births``.
        rows: its steps, by their beginning.
        done: its row of ``EventLog.deaths``.
        names: ``(t_ns, name)`` given later.
        cancels: ``(t_ns, raw id of who, (site, reason))``.
        deadlines: ``[set at, over at or None, due]`` by ``Timeout``.
        seen: name and coroutine when a snapshot found it alive.
        number: its id in the trace, once it is known to belong there.
    """

    ident: int
    created_ns: int | None = None
    created: tuple[Any, ...] | None = None
    rows: list[tuple[int, Any, int, int, int, Any]] = field(default_factory=list)
    done: tuple[Any, ...] | None = None
    names: list[tuple[int, str]] = field(default_factory=list)
    cancels: list[tuple[int, int, Any]] = field(default_factory=list)
    deadlines: dict[int, list[list[int | None]]] = field(default_factory=dict)
    complaints: list[tuple[int, int, str]] = field(default_factory=list)
    seen: tuple[str, str] | None = None
    number: int | None = None

    @property
    def owner(self) -> int | None:
        """The marker of the recording that it belongs to."""
        return None if self.created is None else self.created[13]

    @property
    def function(self) -> str:
        """Qualified name of its coroutine."""
        if self.created is not None:
            return str(self.created[5])
        return self.seen[1] if self.seen is not None else ""


class Lives:
    """All lives in a log."""

    def __init__(self, log: EventLog) -> None:
        self._by_ident: dict[int, list[Life]] = {}
        self._births: dict[int, list[int]] = {}
        self._placeholders: dict[int, int] = {}
        for birth in log.rows(log.births, BIRTH):
            self._by_ident.setdefault(birth[0], []).append(Life(birth[0], created_ns=birth[2], created=birth))
            self._births.setdefault(birth[0], []).append(birth[2])
            if birth[12]:
                self._placeholders[birth[12]] = birth[0]
        for death in log.rows(log.deaths, DEATH):
            self.at(death[0], death[1] - 1).done = death  # not the next one, born at that very moment
        for event in tuple(log.events):
            self._take(event)
        for table in log.steps:
            for row in table:
                self.at(row[0], row[3]).rows.append(row)
        for life in self:
            life.rows.sort(key=_begin_ns)

    def __iter__(self) -> Iterator[Life]:
        return (life for lives in self._by_ident.values() for life in lives)

    def at(self, ident: int, t_ns: int) -> Life:
        """Return the life that had an id at a time; one older than the log is made up if there is none."""
        ident = self._placeholders.get(ident, ident)
        lives = self._by_ident.get(ident)
        if lives is None:
            lives = self._by_ident[ident] = [Life(ident)]
            self._births[ident] = [-1]
            return lives[0]
        if len(lives) == 1 and (lives[0].created_ns or 0) <= t_ns:
            return lives[0]
        index = bisect_right(self._births[ident], t_ns) - 1
        if index < 0:
            lives.insert(0, Life(ident))
            self._births[ident].insert(0, -1)
            return lives[0]
        return lives[index]

    def _take(self, event: tuple[int, int, int, int, Any]) -> None:
        kind, t_ns, subject, other, data = event
        if kind == Kind.TASK_NAMED:
            self.at(subject, t_ns).names.append((t_ns, data))
        elif kind == Kind.TASK_ALIVE:
            self.at(subject, t_ns).seen = data
        elif kind == Kind.CANCEL_REQUESTED:
            self.at(subject, t_ns).cancels.append((t_ns, other, data))
        elif kind == Kind.DEADLINE_SET:
            self._deadline(self.at(subject, t_ns), other, t_ns, data)
        elif kind == Kind.DEADLINE_OVER:
            self._over(self.at(subject, t_ns), other, t_ns)
        elif kind in (Kind.NEVER_RETRIEVED, Kind.DESTROYED):
            self.at(subject, t_ns).complaints.append((kind, t_ns, data))

    def _deadline(self, life: Life, timeout: int, t_ns: int, due: int | None) -> None:
        self._over(life, timeout, t_ns)
        life.deadlines.setdefault(timeout, []).append([t_ns, None, due])

    @staticmethod
    def _over(life: Life, timeout: int, t_ns: int) -> None:
        spans = life.deadlines.get(timeout)
        if spans and spans[-1][1] is None:
            spans[-1][1] = t_ns
