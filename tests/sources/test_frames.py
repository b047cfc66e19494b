"""Generators that are driven by hand, and calls of named functions, as the ledger tells of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import posixpath
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from typing import Any

import pytest

from async_magics.api import Recording, RecordingOptions, trace
from async_magics.errors import OptionError
from async_magics.events import Verb
from async_magics.recorder import OWNER
from async_magics.sources import frames, frames_works

from .ledger import Ledger, record

OLD = sys.version_info < (3, 12)
Gen = Generator[Any, Any, Any]


def error(name: str) -> str:
    """Return how an exception is called in a step: a profiler hook does not learn its type."""
    return "exception" if OLD else name


def counter() -> Gen:
    cnt = 0
    while True:
        cnt += 1
        yield


def printer(word: str, times: int) -> Gen:
    for _ in range(times):
        yield word


def kept(generator: Gen, alive: list[Gen] = []) -> Gen:  # noqa: B006  # for the whole test run
    """Keep a generator alive: how thrown-away ones end differs from Python to Python."""
    alive.append(generator)
    return generator


def take_turns(queue: list[Gen], turns: int) -> None:
    """The lecture's scheduler."""
    for _ in range(turns):
        generator = kept(queue.pop(0))
        next(generator)
        queue.append(generator)


# ---------------------------------------------------------------------- generators
def test_two_take_turns() -> None:
    """Each ``next`` is a step, each ``yield`` a wait; steps never overlap and tell where they stopped."""
    told = record(lambda: take_turns([counter(), printer("hi", 9)], 6))
    assert told.calls == ["counter()", "printer('hi', 9)"]
    assert [work.steps for work in told.works] == [["yield"] * 3] * 2
    assert [work.lines for work in told.works] == [[4] * 3, [2] * 3]
    spawn = told["counter()"].spawn
    assert (spawn["kind"], spawn["by"], spawn["owner"]) == ("generator", told.marker, told.marker)
    assert spawn["defined"] == (counter.__code__, 0)
    spans = sorted((row[1], row[5]["end"]) for row in told.log.works if row[0] == Verb.STEP)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert told.log.problems == []


def test_defined_in_the_traced_code() -> None:
    """Generator functions that did not exist when the recording began are seen too."""

    def cell() -> None:
        def ping() -> Gen:
            yield 1
            yield 2

        generator = ping()
        assert [next(generator), next(generator), next(generator, "over")] == [1, 2, "over"]

    told = record(cell)
    assert told["ping()"].steps == ["yield", "yield", "return"]


def test_from_a_cells_text() -> None:
    """A notebook's cell is known by its text, compiled after the recording began."""
    source = "def ping():\n    yield 1\n    yield 2\ng = ping()\nassert (next(g), g.send(None)) == (1, 2)"

    def cell() -> None:
        exec(compile(source, "cell 1", "exec"), {})

    assert record(cell, source=source)["ping()"].steps == ["yield"] * 2


def test_arguments_can_be_left_out() -> None:
    """No text of arguments where none is wanted; the first step of those seen from the beginning is needed for it."""
    told = record(lambda: take_turns([printer("a", 2), printer("b", 2)], 4), arguments=False)
    assert told.calls == ["printer()"] * 2


@pytest.mark.parametrize(
    ("drive", "steps"),
    [
        (lambda g: (g.send(None), g.send(5)), ["yield", "yield"]),
        (lambda g: (g.__next__(), g.__next__()), ["yield", "yield"]),
        (lambda g: (next(g), next(g, None), next(g, None), next(g, None)), ["yield", "yield", "yield", "return"]),
        (lambda g: (next(g), next(g), g.close()), ["yield", "yield", "return"]),
        (lambda g: (next(g), list(g)), None),
        (lambda g: (next(g), next(g), list(g)), ["yield", "yield", "yield", "return"]),
    ],
    ids=["send", "dunder next", "to the end", "close", "only the first by hand", "the rest in a loop"],
)
def test_ways_to_drive(drive: Callable[[Gen], Any], steps: list[str] | None) -> None:
    """Two steps by hand make a generator one to be shown; then all its steps are."""

    def three() -> Gen:
        try:
            yield 1
            yield 2
            yield 3
        finally:
            len("")  # or Python 3.13 would not even wake it to close it

    told = record(lambda: drive(kept(three())))
    assert [work.steps for work in told.works] == ([] if steps is None else [steps])


def test_an_error_ends_a_generator() -> None:
    """An error names the step in which it happened."""

    def fails() -> Gen:
        yield
        yield
        raise ZeroDivisionError

    def cell() -> None:
        generator = fails()
        next(generator)
        next(generator)
        with pytest.raises(ZeroDivisionError):
            next(generator)

    work = record(cell)["fails()"]
    assert (work.steps, work.lines) == (["yield", "yield", error("ZeroDivisionError")], [1, 2, 3])


def test_an_error_thrown_into_one() -> None:
    """An error from outside ends the step that it begins, or not."""

    def cell() -> None:
        def catches() -> Gen:
            with contextlib.suppress(KeyError):
                yield 1
                yield 2
            yield 3

        generator = catches()
        assert (next(generator), next(generator), generator.throw(KeyError)) == (1, 2, 3)
        with pytest.raises(ValueError, match="no"):
            generator.throw(ValueError("no"))

    assert record(cell)["catches()"].steps == ["yield", "yield", "yield", error("ValueError")]


def consume_in_loops() -> None:
    def numbers() -> Iterator[int]:
        yield from range(5)

    def doubled(source: Iterator[int]) -> Iterator[int]:
        for number in source:
            yield 2 * number

    def pairs(source: Iterator[int]) -> Iterator[tuple[int, int]]:
        with contextlib.suppress(StopIteration):
            while True:
                yield next(source), next(source)

    class Wrapped:
        def __init__(self) -> None:
            self.source = numbers()

        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            return next(self.source)

    first, *_rest = numbers()
    assert first == next(numbers()) == 0
    assert sum(doubled(numbers())) == 20
    assert list(Wrapped()) == [*numbers()] == sorted(number for number in numbers()) == list(range(5))
    assert list(pairs(numbers())) == [(0, 1), (2, 3)]
    assert list(islice(zip(numbers(), doubled(numbers()), strict=False), 2)) == [(0, 0), (1, 2)]
    assert next(one for one in numbers() if one) == next(one for one in numbers() if one) == 1


def test_loops_and_pipelines_are_no_turns() -> None:
    """Whatever loops, comprehensions, built-in functions and stages of pipelines consume is not on the chart."""
    assert record(consume_in_loops).works == []


def test_a_generator_that_drives_others() -> None:
    """A scheduler may itself be a generator that is driven by hand; what it drives was created by it."""

    def scheduler() -> Gen:
        children = [printer("a", 5), printer("b", 5)]
        while True:
            for child in children:
                next(child)
            yield

    def cell() -> None:
        main = kept(scheduler())
        for _ in range(3):
            next(main)

    told = record(cell)
    assert sorted(told.calls) == ["printer('a', 5)", "printer('b', 5)", "scheduler()"]
    assert [work.steps for work in told.works] == [["yield"] * 3] * 3


def test_what_a_step_creates_is_its() -> None:
    """While a step runs, the ledger names the generator as what runs here."""
    seen = []

    def cell() -> None:
        def asks() -> Gen:
            while True:
                seen.append((works.by(), works.owner()))
                yield

        generator = asks()
        for _ in range(3):
            next(generator)
        seen.append((works.by(), works.owner()))

    recording = trace()
    with recording:
        assert recording._recorder is not None and recording._window is not None
        works, log, marker = recording._recorder.works, recording._recorder.log, recording._window.marker
        cell()
    work = Ledger(log, marker)["asks()"].id
    assert seen == [(marker, marker), (work, marker), (work, marker), (marker, marker)]


def test_primed_before_the_recording() -> None:
    """A generator that an earlier cell has begun is followed from here on."""
    queue = [counter(), printer("hi", 9)]
    take_turns(queue, 2)
    told = record(lambda: take_turns(queue, 4))
    assert told.calls == ["counter()", "printer()"]
    assert [work.steps for work in told.works] == [["yield"] * 2] * 2


def test_of_others_threads_and_libraries() -> None:
    """What belongs to no recording is left alone, whatever thread it runs in."""
    stop, ready = threading.Event(), threading.Event()

    def background() -> None:
        while not stop.is_set():
            take_turns([counter(), counter()], 6)
            ready.set()

    thread = threading.Thread(target=background)
    thread.start()
    ready.wait()
    ready.clear()
    told = record(lambda: (ready.wait(), take_turns([printer("ours", 9)], 3)))
    stop.set()
    thread.join()
    assert told.calls == ["printer('ours', 9)"]


def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps beyond the bound are counted; the last one, which says how the generator ended, is kept."""
    monkeypatch.setattr(frames_works, "MOST_STEPS", 3)

    def cell() -> None:
        generator = printer("a", 5)
        for _ in range(6):
            next(generator, None)

    told = record(cell)
    assert told.works[0].steps == ["yield"] * 3 + ["return"]
    assert told.log.dropped == 2
    assert told.log.problems == ["of the steps of a generator only the first 3 were kept"]


def test_functions_that_run_in_loops_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """After many steps in loops a function's generators cost nothing any more; others are still seen."""
    monkeypatch.setattr(frames_works, "LOOPED", 10)
    wanted: list[bool] = []

    def cell() -> None:
        def looped() -> Gen:
            yield from range(3)

        for _ in range(4):
            list(looped())
        wanted.append(watched.wants(looped.__code__))
        take_turns([counter()], 2)

    recording = trace()
    with recording:
        assert recording._recorder is not None
        watched, log = frames_of(recording), recording._recorder.log
        cell()
    assert wanted == [False]
    assert Ledger(log, 0).calls == ["counter()"]


def frames_of(recording: Recording) -> frames_works.FrameWorks:
    (source,) = [source for source in recording._recorder._sources if source.name == "generators and calls"]  # type: ignore[union-attr]
    return source._frames  # type: ignore[no-any-return,attr-defined]


def test_a_small_operating_system() -> None:
    """A scheduler in classes, whose tasks wait for each other, is driven by hand as well."""

    class Task:
        def __init__(self, target: Gen) -> None:
            self.target = target

        def run(self) -> Any:
            return self.target.send(None)

    class Scheduler:
        def __init__(self, *targets: Gen) -> None:
            self.ready = [Task(target) for target in targets]

        def loop(self) -> None:
            while self.ready:
                task = self.ready.pop(0)
                try:
                    task.run()
                except StopIteration:
                    continue
                self.ready.append(task)

    told = record(lambda: Scheduler(printer("a", 1), printer("b", 3)).loop())
    assert {work.call: work.steps for work in told.works} == {
        "printer('a', 1)": ["yield", "return"],
        "printer('b', 3)": ["yield", "yield", "yield", "return"],
    }


def test_context_managers_are_the_librarys() -> None:
    """Generators behind decorators of the standard library are driven by it."""

    @contextlib.contextmanager
    def opened() -> Iterator[int]:
        yield 1

    def cell() -> None:
        for _ in range(3):
            with opened() as number:
                assert number == 1
        take_turns([counter()], 2)

    assert record(cell).calls == ["counter()"]


# ---------------------------------------------------------------------- when nothing is watched
def hooks() -> tuple[Any, ...]:
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring is not None else []
    return (sys.getprofile(), threading.getprofile(), sys.gettrace(), *tools)


class Holder:
    def __init__(self) -> None:
        self.tasks = [counter()]

    def run(self) -> None:
        self.tasks[0].send(None)


def only_loops() -> int:
    return len(list(printer("a", 3)))


async def agen() -> Any:
    yield 1


async def asynchronous() -> Any:
    return await anext(agen())


def drives(queue: list[Gen]) -> None:
    next(queue[0])


@pytest.mark.parametrize(
    ("source", "watched"),
    [
        ("1 + 1", False),
        ("only_loops()", False),
        ("await asynchronous()", False),
        ("def g():\n    yield\nfor x in g(): pass", False),
        ("next(iter([1]))", False),
        ("take_turns([counter()], 1)", True),
        ("drives(QUEUE)", True),
        ("Holder().run()", True),
        ("HOLDER.run()", True),
        ("PARTIAL = functools.partial(take_turns, [counter()]); PARTIAL(1)", True),
        ("def g():\n    yield\nnext(g())", True),
        ("this is not Python: yield next", True),
    ],
)
def test_installed_only_where_it_can_matter(monkeypatch: pytest.MonkeyPatch, source: str, watched: bool) -> None:
    """Code within whose reach nothing drives generators by hand runs without any hook."""
    main = sys.modules["__main__"]
    known = {**globals(), "QUEUE": [counter()], "HOLDER": Holder()}
    for name in ("only_loops", "asynchronous", "take_turns", "counter", "drives", "QUEUE", "Holder", "HOLDER"):
        monkeypatch.setattr(main, name, known[name], raising=False)
    monkeypatch.setattr(frames, "_users_frame", lambda: None)  # as in a kernel
    before = hooks()
    with Recording(source=source):
        inside = hooks()
    assert (inside != before) is watched
    assert hooks() == before


def test_another_profiler_stays() -> None:
    """Who measures already goes on measuring; on Python 3.11 the chart says that generators cannot be seen."""
    seen: list[str] = []

    def profiler(frame: Any, event: str, value: Any) -> None:
        seen.append(event)

    sys.setprofile(profiler)
    try:
        told = record(lambda: take_turns([counter()], 3))
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
    assert seen
    assert told.calls == ([] if OLD else ["counter()"])
    assert told.log.problems == (["generators and calls cannot be seen: another profiler is at work"] if OLD else [])


@pytest.mark.skipif(not OLD, reason="there is a tool of its own from Python 3.12 on")
def test_a_profiler_that_comes_later_stays() -> None:
    """A profiler that the traced code switches on replaces ours, and the chart says so."""

    def profiler(frame: Any, event: str, value: Any) -> None: ...

    def cell() -> None:
        take_turns([counter()], 3)
        sys.setprofile(profiler)

    try:
        told = record(cell)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
    assert told.log.problems == ["another profiler took over: generators and calls after that were not seen"]


@pytest.mark.skipif(OLD, reason="there is no sys.monitoring before Python 3.12")
def test_where_every_tool_is_taken() -> None:
    """With no place left in ``sys.monitoring`` the chart says so, and the tools that are there stay."""
    monitoring = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    for number in range(2, 6):
        monitoring.use_tool_id(number, f"tool {number}")
    try:
        told = record(lambda: take_turns([counter()], 3))
        assert [monitoring.get_tool(number) for number in range(2, 6)] == [f"tool {number}" for number in range(2, 6)]
    finally:
        for number in range(2, 6):
            monitoring.free_tool_id(number)
    assert told.works == []
    assert told.log.problems == ["generators and calls cannot be seen: other tools have taken every place in sys.monitoring"]


def test_a_tracer_sees_what_it_saw() -> None:
    """A debugger's or coverage's ``sys.settrace`` gets the same events with us as without."""

    def events() -> list[tuple[str, str]]:
        seen: list[tuple[str, str]] = []

        def tracer(frame: Any, event: str, value: Any) -> Any:
            if frame.f_code.co_filename == __file__:
                seen.append((event, frame.f_code.co_name))
            return tracer

        sys.settrace(tracer)
        try:
            take_turns([counter(), printer("a", 5)], 4)
        finally:
            sys.settrace(None)
        return seen

    without = events()
    found: list[list[tuple[str, str]]] = []
    told = record(lambda: found.append(events()))
    assert found == [without]
    assert len(told.works) == 2


def test_an_error_of_ours_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher switches itself off and is named; the user's code goes on."""

    def broken(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(frames_works.FrameWorks, "begins", broken)
    told = record(lambda: take_turns([counter()], 3))
    assert told.log.problems == ["generators and calls were switched off: RuntimeError: ours"]


# ---------------------------------------------------------------------- calls
def slow_square(x: int) -> int:
    return x**2


def test_every_call_of_a_named_function() -> None:
    """A bar per call: its arguments, its begin and end, the CPU time of its thread."""
    told = record(lambda: [slow_square(number) for number in range(3)], calls=("slow_square",))
    assert told.calls == [f"slow_square({number})" for number in range(3)]
    assert all(work.verbs == ["spawn", "begin", "end"] for work in told.works)
    spawn = told.works[0].spawn
    assert (spawn["kind"], spawn["by"], spawn["owner"]) == ("call", told.marker, told.marker)
    begin, end = (row[5] for row in told.works[0].rows[1:])
    assert begin["cpu"] <= end["cpu"] and "error" not in end


def test_calls_within_calls() -> None:
    """A recursive function's calls are each other's; an error is named in each that it passes."""

    def down(depth: int) -> int:
        return down(depth - 1) if depth else 1 // depth

    def cell() -> None:
        with pytest.raises(ZeroDivisionError):
            down(2)

    told = record(cell, calls=("down",))
    works = told.works
    assert [work.call for work in works] == ["down(2)", "down(1)", "down(0)"]
    assert [work.spawn["by"] for work in works] == [told.marker, works[0].id, works[1].id]
    assert [work.rows[-1][5]["error"] for work in works] == [error("ZeroDivisionError")] * 3


def test_methods_and_library_functions() -> None:
    """A name means functions wherever they are defined, but not the body of a class."""

    class Loader:
        def fetch(self, key: str) -> str:
            return key

    def cell() -> None:
        class fetch:
            pass

        Loader().fetch("a")
        posixpath.basename("b")
        fetch()

    told = record(cell, calls=("fetch", "basename"))
    assert [work.spawn["function"].rpartition("<locals>.")[2] for work in told.works] == ["Loader.fetch", "basename"]
    assert told.works[0].spawn["arguments"] == "'a'"


def test_coroutine_functions() -> None:
    """A call of a coroutine function has a step per resume; the one that is a task's own coroutine is that task."""

    async def fetch(delay: int) -> int:
        await asyncio.sleep(0)
        return delay

    async def main() -> None:
        await fetch(1)
        await asyncio.create_task(fetch(2))
        with contextlib.suppress(asyncio.CancelledError):
            await cancelled()

    async def cancelled() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await fetch(3)

    told = record(lambda: asyncio.run(main()), calls=("fetch",))
    assert told.calls == ["fetch(1)", "fetch(3)"]
    assert [work.steps for work in told.works] == [["yield", "return"], ["yield", error("CancelledError")]]
    assert all(isinstance(work.spawn["by"], int) and work.spawn["by"] > 0 for work in told.works)


def test_a_named_generator_function() -> None:
    """Named, a generator is shown even where a loop consumes it."""
    told = record(lambda: list(printer("a", 2)), calls=("printer",))
    assert told.works[0].spawn["kind"] == "generator"
    assert told.works[0].steps == ["yield", "yield", "return"]


def in_owner(owner: int, run: Callable[[], Any]) -> Callable[[], None]:
    def owned() -> None:
        OWNER.set(owner)
        run()

    return owned


def test_in_other_threads() -> None:
    """Calls in threads that the traced code starts are seen in their threads."""
    idents: list[int] = []

    def run() -> None:
        idents.append(threading.get_ident())
        slow_square(1)

    def cell() -> None:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    told = record(cell, calls=("slow_square",))
    assert told.calls == ["slow_square(1)"]
    assert {row[3] for row in told.works[0].rows} == set(idents)


def test_what_a_thread_or_a_job_is_for() -> None:
    """A job's own call is on the chart as that job; a call inside it is a call."""
    done: list[str] = []

    def slow() -> None:
        done.append("slow")

    def other() -> None:
        slow()

    def cell() -> None:
        for function in (slow, other):
            thread = threading.Thread(target=function)
            thread.start()
            thread.join()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(function).result()

    told = record(cell, calls=("slow",))
    assert done == ["slow"] * 4
    assert [work.spawn["by"].rstrip("@0123456789") for work in told.works] == ["thread", "job"]


def test_in_a_threads_pool() -> None:
    """In a pool's thread too."""

    def cell() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: slow_square(7)).result()

    assert record(cell, calls=("slow_square",)).calls == ["slow_square(7)"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_in_a_forked_child() -> None:
    """A child writes its calls into its own file, places as text; a call that was in progress is its parent's alone."""
    recording = Recording(options=RecordingOptions(calls=("slow_square", "numbers", "forks")))

    def numbers() -> Iterator[int]:
        yield 1

    def forks() -> int:
        return os.fork()

    def in_child() -> None:
        try:
            slow_square(3)
            list(numbers())
        finally:
            os._exit(0)

    with recording:
        assert recording._recorder is not None and recording._window is not None
        works, log, marker = recording._recorder.works, recording._recorder.log, recording._window.marker
        child = forks()
        if not child:
            in_child()
        os.waitpid(child, 0)
        works.collect()
    told = [
        (row[0], row[5].get("defined"), row[5].get("site")) for row in log.works if row[2] == child and row[4].startswith(("call", "gen"))
    ]
    first = numbers.__code__.co_firstlineno
    place, other = [__file__, slow_square.__code__.co_firstlineno, "slow_square"], [__file__, first, numbers.__qualname__]
    stood = [__file__, first + 1, numbers.__qualname__]
    steps = [("step", None, stood)] * 2
    assert told == [("spawn", place, None), ("begin", None, None), ("end", None, None), ("spawn", other, None), *steps]
    assert Ledger(log, marker).calls == ["forks()", "slow_square(3)", "numbers()"]
    assert Ledger(log, marker)["forks()"].verbs == ["spawn", "begin", "end"]


def test_calls_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls beyond the bound are counted."""
    monkeypatch.setattr(frames_works, "MOST_CALLS", 2)
    told = record(lambda: [slow_square(number) for number in range(5)], calls=("slow_square",))
    assert told.calls == ["slow_square(0)", "slow_square(1)"]
    assert told.log.dropped == 3
    assert told.log.problems == ["of the calls of slow_square only the first 2 were kept"]


def test_another_recording_names_another_function() -> None:
    """Code that was of no interest to one recording is looked at again by the next, and by one that joins."""
    assert record(lambda: (slow_square(1), only_loops()), calls=("only_loops",)).calls == ["only_loops()"]
    outer = trace(calls=["only_loops"])
    with outer:
        only_loops()
        slow_square(2)
        assert record(lambda: slow_square(3), calls=("slow_square",)).calls == ["only_loops()", "slow_square(3)"]


@pytest.mark.parametrize("names", ["a.b", "f()", "", ["f", "two words"]])
def test_names_that_are_none(names: str | list[str]) -> None:
    """What is no name of a function is refused."""
    with pytest.raises(OptionError, match="calls are names of functions"):
        trace(calls=names)


def test_nothing_of_the_users_is_kept_alive() -> None:
    """Arguments are let go of when the user's code lets go of them."""
    program = """
import gc, weakref
from async_magics.api import trace
class Big: pass
def f(big):
    ref = weakref.ref(big)
    del big
    len("")  # a profiler's copy of the variables is renewed at each call
    return ref() is None
def g(big):
    yield
    ref = weakref.ref(big)
    del big
    len("")
    yield ref() is None
with trace(calls=["f"]) as recording:
    generator = g(Big())
    print(f(Big()), next(generator), next(generator))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["True", "None", "True"]
