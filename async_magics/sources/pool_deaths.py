"""Notice that the workers of a pool die with the items they took, so that a wait which cannot end does not.

``multiprocessing.Pool`` replaces a worker that dies and forgets the item that it had taken: whoever waits for its result waits for ever.
Here an endless wait for a result goes on in slices, and between them the dead are counted. A wait with a timeout is left alone. Nothing is
done to the pool: terminating it could hang, and is up to its owner. Knows ``multiprocessing`` from outside. Imports ``errors`` and
``child``.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Event, Lock
from typing import Any, Final, NamedTuple
from weakref import ref

from ..errors import PoolDiedError
from .child import unframed

SLICE_S: Final = 0.1
"""How often the dead are counted."""
PATIENCE_S: Final = 3.0
"""How long after a death nothing may come back before a warning says what that may mean."""
LOCKED_S: Final = 5.0
"""How long there may be something to take that nobody takes, with the lock held that one takes it under."""
AFTERMATH_S: Final = 2.0
"""For how long after an interrupt workers may go on dying of it."""
FEWEST: Final = 3
"""This many replacements have to die in a row before that is called a rule."""
_CRASHES: Final = frozenset({-4, -6, -7, -8, -11})
"""Signals by which running code dies; by the others a worker may have been killed that had nothing to do."""


class Death(NamedTuple):
    """A worker that died.

    Attributes:
        number: in the order of start.
        code: exit code.
        seen: when that was noticed, seconds.
    """

    number: int
    code: int
    seen: float


class Workers:
    """The workers of one pool.

    Args:
        one_life: they end by themselves only when the pool ends: no ``maxtasksperchild``.
        clock: seconds.

    Attributes:
        alive: number, in the order of start, of each worker that is not known to be dead.
        deaths: the latest.
        died: how many did.
        started: how many were started.
    """

    def __init__(self, *, one_life: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.alive: dict[Any, int] = {}
        self.deaths: deque[Death] = deque(maxlen=10_000)
        self.died = 0
        self.started = 0
        self._one_life, self._clock = one_life, clock

    def add(self, worker: Any) -> None:
        """Note a worker, once. Also sweeps, so that a pool of short-lived workers keeps only the living."""
        if worker not in self.alive:
            self.started += 1
            self.alive[worker] = self.started
            self.sweep()

    def sweep(self) -> None:
        """Count those that the pool itself has found dead: asking the system would reap them before the pool does."""
        for worker in tuple(self.alive):
            code = getattr(getattr(worker, "_popen", None), "returncode", None)
            number = self.alive.pop(worker, None) if code is not None else None  # once, whatever thread comes first
            if number is not None and code is not None and (code or self._one_life):
                self.deaths.append(Death(number, code, self._clock()))
                self.died += 1

    def since(self, died: int) -> list[Death]:
        """Return the deaths after a number of them."""
        deaths = tuple(self.deaths)
        return list(deaths[max(len(deaths) - (self.died - died), 0) :])


class Interrupts:
    """When the user interrupted last. That reaches idle workers too, and they die of it without having lost anything.

    Attributes:
        latest: when, seconds.
    """

    def __init__(self) -> None:
        self.latest = -math.inf

    def note(self) -> None:
        """An interrupt came."""
        self.latest = time.monotonic()

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note one that ends a wait."""
        try:
            yield
        except KeyboardInterrupt:
            self.note()
            raise


class Watch:
    """One call to a pool that somebody waits for.

    Args:
        workers: of the pool.
        pool, result: whose call; not kept alive.
        name: of the function.
        warn: says something at the user's line.
        clock: seconds.

    Attributes:
        interrupts: when there was one.
        given_up: how many workers had died when this call was found to be hopeless. What it lost stays with the pool, and says nothing
            about calls made after that.
    """

    def __init__(
        self,
        workers: Workers,
        pool: Any,
        result: Any,
        name: str,
        warn: Callable[[str], None],
        interrupts: Interrupts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers, self._pool, self._result = workers, ref(pool), ref(result)
        self._name, self._warn, self.interrupts, self._clock = name, warn, interrupts, clock
        workers.sweep()
        self._born, self._newest = workers.died, workers.started
        self._calm = (0, workers.died, clock())
        self._progress: tuple[int | None, int] = (None, workers.died)
        self._free = clock()
        self._warned = False
        self.given_up: float = math.inf

    @property
    def here(self) -> bool:
        """Whether a result can be taken, or there are no more."""
        result = self._result()
        return result is None or bool(result._items) or result._index == result._length

    def look(self) -> None:
        """Count the dead.

        Raises:
            PoolDiedError: the result can never come.
        """
        pool, result = self._pool(), self._result()
        if pool is None or result is None or pool._state == "TERMINATE":
            return
        self._workers.sweep()
        arrived, now = _arrived(result), self._clock()
        if arrived != self._progress[0]:
            self._progress = (arrived, self._born if self._progress[0] is None else self._workers.died)
        if (arrived, self._workers.died) != self._calm[:2]:
            self._calm = (arrived, self._workers.died, now)
        reason = self._lost(pool, result) or self._locked(pool, now)
        if reason:
            self.given_up = self._workers.died
            raise PoolDiedError(reason)
        deaths = self._workers.since(self._born)
        if deaths and not self._warned and now - self._calm[2] > PATIENCE_S:
            self._warned = True
            self._warn(_doubt(self._name, deaths))

    def _lost(self, pool: Any, result: Any) -> str:
        """Say so if nothing can come back any more: every item was taken by a worker that died, or every replacement dies."""
        deaths = self._workers.since(self._born)
        others = sum(_left(other) for other in tuple(pool._cache.values()) if other is not result and self._counts(other))
        taken = sum(map(self._took_something, deaths))
        if taken and taken == _left(result) + others and pool._initializer is None:
            return self._told(deaths, "after taking")
        fresh = sum(death.number > self._newest for death in self._workers.since(self._progress[1]))
        if fresh >= max(FEWEST, pool._processes) and (fresh > others or pool._initializer is not None):
            return self._told(deaths, "while there was" if pool._initializer is None else "in the pool's initializer, or while there was")
        return ""

    def _took_something(self, death: Death) -> bool:
        """Tell whether a death cost an item: the worker ended by itself or crashed, and did not die of an interrupt."""
        if death.code == 1 and 0 <= death.seen - self.interrupts.latest < AFTERMATH_S:
            return False
        return death.code >= 0 or death.code in _CRASHES

    def _counts(self, other: Any) -> bool:
        """Tell whether the deaths since this call began can have to do with another call."""
        watch = getattr(getattr(other, "_event", None) or getattr(other, "_cond", None), "watch", None)
        return watch is None or watch.given_up > self._born

    def _locked(self, pool: Any, now: float) -> str:
        """Say so if a worker was killed while it held the lock of the queue: the others wait for that lock for ever."""
        queue = pool._inqueue
        if not (self._workers.died and queue._rlock._semlock._is_zero() and queue._reader.poll(0)):
            self._free = now
        if now - self._free < LOCKED_S:
            return ""
        return (
            "this Pool is locked up: an interrupt or a signal killed a worker that held the lock of its queue, and the workers that "
            f"should take {self._name}() wait for this lock. Make a new Pool and forget this one: its terminate() would wait for the "
            "lock as well."
        )

    def _told(self, deaths: list[Death], when: str) -> str:
        return (
            f"{_count(deaths)} of this Pool died ({_codes(deaths)}) {when} an item of {self._name}() to do. A Pool forgets what a dead "
            "worker had taken, so this call would never end. Look at what the workers wrote, and make a new Pool. (A worker that cannot "
            "import a function or a class of this notebook dies like this too: %taskprocesses by-value.)"
        )


def _left(result: Any) -> float:
    """Return how many items of a call have not come back; infinity where nobody knows yet how many there are."""
    if hasattr(result, "_number_left"):
        return float(result._number_left)
    if hasattr(result, "_length"):
        return math.inf if result._length is None else float(result._length - result._index - len(result._unsorted))
    return 1.0


def _arrived(result: Any) -> int:
    """Return a number that changes with each item that comes back."""
    if hasattr(result, "_unsorted"):
        return int(result._index) + len(result._unsorted)
    return -int(getattr(result, "_number_left", 0))


def _count(deaths: list[Death]) -> str:
    return "1 worker" if len(deaths) == 1 else f"{len(deaths)} workers"


def _codes(deaths: list[Death]) -> str:
    codes = sorted({death.code for death in deaths})
    told = ", ".join(f"killed by signal {-code}" if code < 0 else f"exit code {code}" for code in codes[:4])
    return told + (", …" if len(codes) > 4 else "")


def _doubt(name: str, deaths: list[Death]) -> str:
    return (
        f"{_count(deaths)} of this Pool died ({_codes(deaths)}) since {name}() was called, and nothing has come back for {PATIENCE_S:g} s. "
        "What a dead worker had taken is lost, and then this call never ends: if so, interrupt it and make a new Pool."
    )


class WatchedEvent(Event):
    """What ``ApplyResult`` waits for.

    Attributes:
        watch: counts the dead; set as soon as there is one.
    """

    watch: Watch | None = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as ever; without a timeout, no longer than it makes sense."""
        if timeout is not None or self.watch is None:
            return super().wait(timeout)
        try:
            with self.watch.interrupts.noted():
                while not super().wait(SLICE_S):
                    self.watch.look()
        except BaseException as error:
            unframed(error)
            raise
        return True


class WatchedCondition(Condition):
    """What the iterator of ``imap`` waits for.

    Attributes:
        watch: counts the dead.
    """

    def __init__(self, watch: Watch) -> None:
        super().__init__(Lock())
        self.watch = watch

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as ever; without a timeout, no longer than it makes sense."""
        if timeout is not None:
            return super().wait(timeout)
        try:
            with self.watch.interrupts.noted():
                while not (super().wait(SLICE_S) or self.watch.here):
                    self.watch.look()
        except BaseException as error:
            unframed(error)
            raise
        return True
