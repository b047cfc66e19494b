"""Notice that the workers of a pool die with the items they took, so that a wait which cannot end does not.

``multiprocessing.Pool`` replaces a worker that dies and forgets the item that it had taken: whoever waits for its result waits for ever.
Here an endless wait for a result goes on in slices, and between them the dead are counted. A wait with a timeout is left alone. Nothing is
done to the pool: terminating it could hang, and is up to its owner. Standard library only; knows ``multiprocessing`` from outside.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Condition, Event, Lock
from typing import Any, Final
from weakref import ref

from ..errors import PoolDiedError

SLICE_S: Final = 0.1
"""How often the dead are counted."""
PATIENCE_S: Final = 3.0
"""How long after a death nothing may come back before a warning says what that may mean."""
FEWEST: Final = 3
"""This many replacements have to die in a row before that is called a rule."""
_CRASHES: Final = frozenset({-4, -6, -7, -8, -11})
"""Signals by which running code dies; by the others a worker may have been killed that had nothing to do."""


class Workers:
    """The workers of one pool.

    Args:
        one_life: they end by themselves only when the pool ends: no ``maxtasksperchild``.

    Attributes:
        alive: number, in the order of start, of each worker that is not known to be dead.
        deaths: number and exit code of the latest that died.
        died: how many did.
        started: how many were started.
    """

    def __init__(self, *, one_life: bool) -> None:
        self.alive: dict[Any, int] = {}
        self.deaths: deque[tuple[int, int]] = deque(maxlen=10_000)
        self.died = 0
        self.started = 0
        self._one_life = one_life

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
                self.deaths.append((number, code))
                self.died += 1

    def since(self, died: int) -> list[tuple[int, int]]:
        """Return the deaths after a number of them."""
        deaths = tuple(self.deaths)
        return list(deaths[max(len(deaths) - (self.died - died), 0) :])


class Watch:
    """One call to a pool that somebody waits for.

    Args:
        workers: of the pool.
        pool, result: whose call; not kept alive.
        name: of the function.
        warn: says something at the user's line.
        clock: seconds.

    Attributes:
        given_up: whether this call was found to be hopeless; what it lost stays with the pool and says nothing about other calls.
    """

    def __init__(
        self, workers: Workers, pool: Any, result: Any, name: str, warn: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers, self._pool, self._result = workers, ref(pool), ref(result)
        self._name, self._warn, self._clock = name, warn, clock
        workers.sweep()
        self._born, self._newest = workers.died, workers.started
        self._calm = (math.nan, workers.died, 0.0)
        self._warned = False
        self.given_up = False

    @property
    def here(self) -> bool:
        """Whether a result can be taken, or there are no more."""
        result = self._result()
        return result is None or bool(getattr(result, "_items", ())) or result._index == result._length

    def look(self) -> None:
        """Count the dead.

        Raises:
            PoolDiedError: the result can never come.
        """
        pool, result = self._pool(), self._result()
        if pool is None or result is None or pool._state == "TERMINATE":
            return
        self._workers.sweep()
        deaths = self._workers.since(self._born)
        mine = _left(result)
        if mine != self._calm[0] or self._workers.died != self._calm[1]:
            self._calm = (mine, self._workers.died, self._clock())
        if not deaths or not mine:
            return
        others = sum(_left(other) for other in tuple(pool._cache.values()) if other is not result and not _given_up(other))
        if self._hopeless(pool, deaths, mine, others):
            self.given_up = True
            raise PoolDiedError(self._told(pool, deaths))
        if not self._warned and self._clock() - self._calm[2] > PATIENCE_S:
            self._warned = True
            self._warn(_doubt(self._name, deaths))

    def _hopeless(self, pool: Any, deaths: list[tuple[int, int]], mine: float, others: float) -> bool:
        """Tell whether nothing can come back any more: every item was taken by a worker that died, or all replacements die."""
        if pool._initializer is None:
            taken = sum(code >= 0 or code in _CRASHES for _, code in deaths)
            if taken >= mine + others:
                return True
        fresh = sum(number > self._newest for number, _ in deaths)
        return fresh >= max(FEWEST, pool._processes) and (fresh > others or pool._initializer is not None)

    def _told(self, pool: Any, deaths: list[tuple[int, int]]) -> str:
        what = f"an item of {self._name}()" if pool._initializer is None else f"{self._name}(), or with the pool's initializer"
        return (
            f"{_count(deaths)} of this Pool died ({_codes(deaths)}) with {what}, "
            "and a Pool forgets what a dead worker had taken: this call would never end. "
            "Look at what the workers wrote, and make a new Pool; one that cannot import a function or class of this notebook "
            "dies like this too, then %taskprocesses by-value helps."
        )


def _left(result: Any) -> float:
    """Return how many items of a call have not come back; infinity where nobody knows yet how many there are."""
    if hasattr(result, "_number_left"):
        return float(result._number_left)
    if hasattr(result, "_length"):
        return math.inf if result._length is None else float(result._length - result._index - len(result._unsorted))
    return 1.0


def _given_up(result: Any) -> bool:
    watch = getattr(getattr(result, "_event", None) or getattr(result, "_cond", None), "watch", None)
    return watch is not None and watch.given_up


def _count(deaths: list[tuple[int, int]]) -> str:
    return "1 worker" if len(deaths) == 1 else f"{len(deaths)} workers"


def _codes(deaths: list[tuple[int, int]]) -> str:
    codes = sorted({code for _, code in deaths})
    told = ", ".join(f"killed by signal {-code}" if code < 0 else f"exit code {code}" for code in codes[:4])
    return told + (", …" if len(codes) > 4 else "")


def _doubt(name: str, deaths: list[tuple[int, int]]) -> str:
    return (
        f"{_count(deaths)} of this Pool died ({_codes(deaths)}) since {name}() was called, and nothing has come back for {PATIENCE_S:g} s: "
        "what a dead worker had taken is lost, and then this call never ends. If so, interrupt it and make a new Pool."
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
        while not super().wait(SLICE_S):
            self.watch.look()
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
        while not (super().wait(SLICE_S) or self.watch.here):
            self.watch.look()
        return True
