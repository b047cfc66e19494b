"""A wait for a pool ends when it cannot succeed, and only then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from async_magics.errors import PoolDiedError
from async_magics.sources.pool_deaths import AFTERMATH_S, LOCKED_S, PATIENCE_S, Interrupts, Watch, WatchedEvent, Workers

from .notebook_main import run


class Result:
    """Like ``MapResult``, or with a length like the iterator of ``imap``, or with neither like ``ApplyResult``."""

    def __init__(self, left: int | None = None) -> None:
        self._event = SimpleNamespace(watch=None)
        if left is not None:
            self._number_left = left


class Worker:
    """Like a process that runs."""

    def __init__(self) -> None:
        self._popen = SimpleNamespace(returncode=None)


class Named(SimpleNamespace):
    """One that can be referred to weakly."""


class Story:
    """A pool whose workers live and die as a test says."""

    def __init__(self, processes: int = 2, *, one_life: bool = True, initializer: Any = None) -> None:
        self.seconds = 0.0
        self.workers = Workers(one_life=one_life, clock=lambda: self.seconds)
        self.living: list[Any] = []
        self.interrupts = Interrupts()
        self.warned: list[str] = []
        reader = SimpleNamespace(poll=lambda timeout: self.unread)
        lock = SimpleNamespace(_semlock=SimpleNamespace(_is_zero=lambda: self.locked))
        self.locked = self.unread = False
        self.pool = Named(
            _processes=processes, _state="RUN", _cache={}, _initializer=initializer, _inqueue=SimpleNamespace(_rlock=lock, _reader=reader)
        )
        for _ in range(processes):
            self.born()

    def born(self) -> None:
        """A worker is started."""

        self.living.append(Worker())
        self.workers.add(self.living[-1])

    def die(self, code: int, times: int = 1) -> None:
        """The oldest worker dies and is replaced."""
        for _ in range(times):
            self.living.pop(0)._popen.returncode = code
            self.workers.sweep()
            self.born()

    def call(self, left: int | None = None) -> tuple[Watch, Result]:
        """Somebody waits for a call."""
        result = Result(left)
        self.pool._cache[len(self.pool._cache)] = result
        watch = Watch(self.workers, self.pool, result, "f", self.warned.append, self.interrupts, lambda: self.seconds)
        result._event.watch = watch
        return watch, result

    def pass_time(self, seconds: float, *watches: Watch) -> None:
        """Time goes by, and those who wait look again."""
        self.seconds += seconds
        for watch in watches:
            watch.look()


@pytest.mark.parametrize(("left", "deaths", "code"), [(1, 1, 1), (None, 1, 3), (4, 4, 0), (7, 7, -11), (20, 5, -9)])
def test_a_call_all_of_whose_items_are_lost(left: int | None, deaths: int, code: int) -> None:
    """As many died as there were items, or one replacement after the other."""
    story = Story()
    watch, _result = story.call(left)
    watch.look()
    story.die(code, deaths)
    with pytest.raises(PoolDiedError, match=r"of this Pool died .* f\(\)"):
        watch.look()


def test_a_call_that_goes_on() -> None:
    """Workers die now and then, but results keep coming; the last items are lost with those that died."""
    story = Story()
    watch, result = story.call(100)
    for _ in range(20):
        story.die(1)
        result._number_left -= 3
        story.pass_time(1, watch)
    result._number_left = 21
    story.pass_time(1, watch)
    result._number_left = 20
    with pytest.raises(PoolDiedError, match="20 workers"):
        watch.look()


def test_a_long_call_beside_others_that_are_lost() -> None:
    """Its own worker lives: as many items are out as workers died, and this one."""
    story = Story(3)
    (long, _), (lost, _) = story.call(), story.call(3)
    story.die(1, 3)
    story.pass_time(0, long)
    story.pass_time(100, long)
    assert story.warned
    del story.pool._cache[0]  # the long one comes back
    with pytest.raises(PoolDiedError):
        lost.look()


def test_what_an_earlier_call_lost_says_nothing_about_a_later_one() -> None:
    """A call that was given up stays in the pool's books."""
    story = Story()
    lost, _ = story.call(2)
    story.die(3, 2)
    with pytest.raises(PoolDiedError):
        lost.look()
    later, _ = story.call(1)
    story.pass_time(100, later)
    story.die(3)
    with pytest.raises(PoolDiedError):
        later.look()


def test_workers_that_end_as_they_should() -> None:
    """With ``maxtasksperchild`` an exit code of 0 is no death."""
    story = Story(one_life=False)
    watch, _ = story.call(4)
    story.die(0, 50)
    story.pass_time(100, watch)
    assert (story.workers.died, len(story.workers.alive), story.warned) == (0, 2, [])


def test_an_interrupt_kills_workers_that_had_nothing() -> None:
    """They are counted late, after the next call began."""
    story = Story()
    story.interrupts.latest = 0.0
    watch, _ = story.call(2)
    story.seconds = AFTERMATH_S / 2
    story.die(1, 2)
    watch.look()
    story.pass_time(PATIENCE_S * 2, watch)
    assert len(story.warned) == 1 and "if so, interrupt it" in story.warned[0]
    story.pass_time(PATIENCE_S * 2, watch)
    assert len(story.warned) == 1


def test_a_worker_that_somebody_kills_may_have_been_idle() -> None:
    """One warning, no end."""
    story = Story()
    watch, _ = story.call()
    story.die(-9)
    watch.look()
    assert not story.warned
    story.pass_time(PATIENCE_S + 1, watch)
    assert "1 worker of this Pool died (killed by signal 9)" in story.warned[0]


def test_an_initializer_that_always_fails() -> None:
    """A death may have cost no item; it takes a row of them."""
    story = Story(initializer=print)
    watch, _ = story.call()
    story.die(1, 2)
    watch.look()
    story.die(1, 3)
    with pytest.raises(PoolDiedError, match="initializer"):
        watch.look()


def test_a_pool_that_is_locked_up() -> None:
    """Something to take, nobody who takes it, and the lock held: for a while, and not in a pool whose workers all live."""
    story = Story()
    story.locked = story.unread = True
    watch, _ = story.call(5)
    story.pass_time(LOCKED_S * 2, watch)
    story.die(-9)
    watch, _ = story.call(5)
    story.pass_time(LOCKED_S / 2, watch)
    story.unread = False
    story.pass_time(LOCKED_S, watch)
    story.unread = True
    story.pass_time(LOCKED_S / 2, watch)
    with pytest.raises(PoolDiedError, match="locked up"):
        story.pass_time(LOCKED_S, watch)


def test_a_pool_that_was_terminated_is_left_alone() -> None:
    """As without us."""
    story = Story()
    watch, _ = story.call(1)
    story.pool._state = "TERMINATE"
    story.die(-15, 5)
    story.pass_time(100, watch)
    assert not story.warned


def test_an_iterator_whose_length_nobody_knows_yet() -> None:
    """It may have more items than were lost; a row of dying replacements ends it all the same."""
    story = Story()
    watch, result = story.call()
    result._length, result._index, result._unsorted = None, 0, {}  # type: ignore[attr-defined]
    story.die(3, 2)
    watch.look()
    story.die(3, 3)
    with pytest.raises(PoolDiedError):
        watch.look()


def test_a_timeout_is_the_users_own() -> None:
    """Nobody looks then."""
    event = WatchedEvent()
    event.watch = SimpleNamespace(look=pytest.fail)  # type: ignore[assignment]
    assert not event.wait(0)
    assert not event.wait(0.01)


LOST = """
def end(x): os._exit(3)
def kill(x): os.kill(os.getpid(), signal.SIGKILL)
def some(x):
    if x == 3: os._exit(3)
    return x
for call in (
    lambda pool: pool.map(end, range(20)), lambda pool: pool.map(some, range(5)), lambda pool: pool.map(kill, range(40)),
    lambda pool: pool.apply(end, (1,)), lambda pool: list(pool.imap(end, range(3))), lambda pool: pool.map(sys.exit, [1, 2]),
    lambda pool: list(pool.imap_unordered(some, range(6))), lambda pool: list(pool.imap(some, range(6), chunksize=2)),
    lambda pool: pool.apply_async(end, (1,)).get(timeout=0.3),
):
    with context.Pool(2) as pool: outcome(call, pool)
with context.Pool(2, maxtasksperchild=1) as pool: print(pool.map(abs, range(10)))
with context.Pool(2) as pool: print(pool.map_async(abs, [-1], callback=print).get(), list(pool.imap(abs, [-2])))
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_real_pools_whose_workers_die(method: str) -> None:
    """Each call ends with an exception that names the function; the pool can be left as usual."""
    ran = run(f"guard.send_by_value({method != 'fork'})" + LOST, method)
    assert [line.partition(" ")[0] for line in ran.lines[:9]] == ["PoolDiedError"] * 8 + ["TimeoutError"]
    named = ("end()", "some()", "kill()", "end()", "end()", "exit()", "some()", "some()")
    assert all(name in line for name, line in zip(named, ran.lines, strict=False))
    assert ran.lines[9:] == [str(list(range(10))), "[1]", "[1] [2]"]


def test_what_only_the_worker_finds_out() -> None:
    """Something of the notebook's hidden in data: the worker cannot unpickle it, dies, and the wait ends."""
    ran = run(
        """
class Hidden: pass
class Holder:
    def __reduce__(self): return (list, ([Hidden()],))
with context.Pool(2) as pool: outcome(pool.map, len, [Holder()])
""",
        "spawn",
    )
    assert ran.lines[0].startswith("PoolDiedError 1 worker of this Pool died (exit code 1) after taking an item of len()")
    assert "by-value" in ran.lines[0]


def test_an_interrupt_ends_a_wait_as_ever() -> None:
    """KeyboardInterrupt passes, and the pool works on."""
    ran = run("""
import _thread, threading
from tests.sources.waiting import main_waits
ready, over = threading.Event(), context.Event()
def job(): return over.wait(30)
def press():
    ready.wait()  # starting a thread is a wait too
    main_waits("threading.py", "wait")
    _thread.interrupt_main()
pool = context.Pool(2)
result = pool.apply_async(job)
threading.Thread(target=press).start()
ready.set()
try: result.get()
except KeyboardInterrupt: print("interrupted", guard._interrupts.latest > 0)
over.set()
print(pool.map(abs, [-1]), result.get())
pool.terminate()
""")
    assert ran.lines == ["interrupted True", "[1] True"]


def test_an_interrupt_shows_no_frame_of_ours() -> None:
    """The traceback of a wait that is interrupted looks as without us."""
    story = Story()
    watch, _result = story.call()
    event = WatchedEvent()
    event.watch = watch

    def interrupted() -> None:
        raise KeyboardInterrupt

    watch.look = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt) as caught:
        event.wait()
    assert "wait" not in [entry.name for entry in caught.traceback]
