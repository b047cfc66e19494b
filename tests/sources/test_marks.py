"""``mark``, ``span`` and what is printed: whose it is and when, in every kind of task, thread and process."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import multiprocessing
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from time import perf_counter_ns
from typing import Any

import pytest

import async_magics
from async_magics import mark, marks, span
from async_magics.api import Recording, trace
from async_magics.callouts import with_callouts
from async_magics.model import Instant, InstantKind, Outcome, Span, TaskKind, Trace

from . import marking
from .story import named, record

METHODS = [name for name in ("fork", "spawn", "forkserver") if name in multiprocessing.get_all_start_methods()]
SAID = (InstantKind.CALLOUT, InstantKind.MARK, InstantKind.PRINTED)


def said(found: Trace, *kinds: InstantKind) -> list[Instant]:
    return [instant for instant in found.instants if instant.kind in (kinds or SAID)]


def by_task(found: Trace, *kinds: InstantKind) -> list[tuple[str, str]]:
    """Return the name of the task and the text of each instant, in order."""
    return [(name_of(found, instant), instant.text) for instant in said(found, *kinds)]


def name_of(found: Trace, about: Instant | Span) -> str:
    assert about.task is not None
    return found.tasks[about.task].name


def is_between(found: Trace, t_ns: int, before: int, after: int) -> bool:
    return before <= t_ns + found.anchor.mono_ns <= after


def holds(found: Trace, number: int, times: list[int], task: int) -> None:
    """Assert that what ``marking.job`` said is there, of that task and between its own readings of the clock."""
    texts = [f"job {number}", f"printed {number}", f"error {number}"]
    instants = [instant for instant in said(found) if instant.text in texts]
    assert [instant.text for instant in instants] == texts
    (bar,) = [each for each in found.spans if each.name == f"span {number}"]
    moments = [instants[0].t_ns, bar.start_ns, bar.end_ns, instants[1].t_ns, instants[2].t_ns]
    for position, moment in enumerate(moments):
        assert moment is not None and is_between(found, moment, times[position], times[position + 1]), (position, moment)
    assert {instant.task for instant in instants} == {bar.task} == {task}
    for place in (instants[0].location, bar.location):
        assert place is not None and (place.file, place.function) == (marking.__file__, "job")
    assert "mark(" in instants[0].location.text and "with span" in bar.location.text  # type: ignore[union-attr]


def job_of(found: Trace, arguments: str) -> int:
    (task,) = [task for task in found.tasks if task.kind is TaskKind.JOB and task.arguments == arguments]
    return task.id


# ---------------------------------------------------------------------- here
def test_of_the_code_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with trace() as recording:
        times = marking.job(1)
    holds(recording.trace, 1, times, 0)
    assert capsys.readouterr() == ("printed 1\n", "error 1\n")


def test_of_coroutines() -> None:
    """Each task's own, also where the tasks take turns inside the spans."""

    async def visit(name: str, times: list[int]) -> None:
        async with span(name):
            times.append(perf_counter_ns())
            mark(f"in {name}")
            times.append(perf_counter_ns())
            await asyncio.sleep(0)
            print("from", name)  # noqa: T201

    times: dict[str, list[int]] = {"a": [], "b": []}

    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.create_task(visit(name, times[name]), name=name) for name in times))

    found = record(main).trace
    assert by_task(found) == [("a", "in a"), ("b", "in b"), ("a", "from a"), ("b", "from b")]
    assert [(name_of(found, bar), bar.name) for bar in found.spans] == [("a", "a"), ("b", "b")]
    for instant in said(found, InstantKind.MARK):
        assert is_between(found, instant.t_ns, *times[name_of(found, instant)])
    for bar in found.spans:
        assert bar.end_ns is not None and bar.location is not None and "async with span(name)" in bar.location.text


def test_of_a_loop_in_a_thread() -> None:
    """The task's, not the thread's."""

    async def inner() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("inner")
        mark("in the task")

    def run() -> None:
        mark("before")
        asyncio.run(inner())
        mark("after")

    with trace() as recording:
        thread = threading.Thread(target=run, name="T")
        thread.start()
        thread.join()
    assert by_task(recording.trace) == [("T", "before"), ("inner", "in the task"), ("T", "after")]


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), lambda: ThreadPool(2)], ids=["executor", "pool"])
def test_of_jobs_in_threads(make: Callable[[], Any]) -> None:
    with trace() as recording, make() as pool:
        times = list(pool.map(marking.job, [1, 2]))
    found = recording.trace
    for number, taken in zip((1, 2), times, strict=True):
        holds(found, number, taken, job_of(found, str(number)))


def test_of_a_generator_driven_by_hand() -> None:
    def stages() -> Iterator[int]:
        mark("first")
        yield 1
        mark("second")
        yield 2

    with trace() as recording:
        steps = stages()
        next(steps)
        mark("between")
        next(steps)
    found = recording.trace
    assert [text for _, text in by_task(found)] == ["first", "between", "second"]
    assert by_task(found)[1:] == [("cell", "between"), ("stages", "second")]


def test_a_thread_from_before_says_nothing() -> None:
    go, done = threading.Event(), threading.Event()

    def old() -> None:
        go.wait(30)
        mark("old")
        with span("old"):
            print("old")  # noqa: T201
        done.set()

    thread = threading.Thread(target=old)
    thread.start()
    with trace() as recording:
        go.set()
        assert done.wait(30)
    thread.join()
    found = recording.trace
    assert (said(found), found.spans, found.problems) == ([], (), ())


def test_two_recordings_have_their_own() -> None:
    """Two tasks that record at the same time."""
    found: dict[str, Trace] = {}

    async def visit(name: str, mine: asyncio.Event, other: asyncio.Event) -> None:
        async with trace(name) as recording:
            mark(f"mark {name}")
            with span(f"span {name}"):
                mine.set()
                await other.wait()
                print("print", name)  # noqa: T201
        recording.close()
        found[name] = recording.trace

    async def main() -> None:
        first, second = asyncio.Event(), asyncio.Event()
        await asyncio.gather(visit("a", first, second), visit("b", second, first))

    asyncio.run(main())
    for name in "ab":
        assert by_task(found[name]) == [("cell", f"mark {name}"), ("cell", f"print {name}")]
        assert [bar.name for bar in found[name].spans] == [f"span {name}"]


# ---------------------------------------------------------------------- processes
@pytest.mark.parametrize("method", METHODS)
def test_of_pool_workers(method: str) -> None:
    with trace() as recording, multiprocessing.get_context(method).Pool(2) as pool:
        times = pool.map(marking.job, [1, 2, 3], chunksize=1)
        alone = pool.apply(marking.job, (4,))
        pool.close()
        pool.join()
    found = recording.trace
    for number, taken in zip((1, 2, 3, 4), [*times, alone], strict=True):
        holds(found, number, taken, job_of(found, str(number)))


@pytest.mark.parametrize("method", METHODS)
def test_of_executor_workers(method: str) -> None:
    with trace() as recording, ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        times = list(pool.map(marking.job, [1, 2]))
    found = recording.trace
    for number, taken in zip((1, 2), times, strict=True):
        holds(found, number, taken, job_of(found, str(number)))


@pytest.mark.parametrize("method", METHODS)
def test_of_a_process(method: str) -> None:
    """And of a thread in it: where threads are followed its own, else the process's."""
    context = multiprocessing.get_context(method)
    with trace() as recording:
        ours, theirs = context.Pipe()
        process = context.Process(target=marking.main_of_process, args=(theirs,), name="P")
        process.start()
        times = ours.recv()
        process.join()
    found = recording.trace
    holds(found, 7, times, named(found, "P").id)
    (instant,) = [instant for instant in said(found) if instant.text == "from its thread"]
    assert instant.task is not None
    task = found.tasks[instant.task]
    assert (task.name == "P") if method != "fork" else (task.kind is TaskKind.THREAD and task.parent == named(found, "P").id)


@pytest.mark.parametrize("method", METHODS)
def test_of_a_process_that_dies(method: str) -> None:
    context = multiprocessing.get_context(method)
    with trace() as recording:
        process = context.Process(target=marking.die_in_span, name="P")
        process.start()
        process.join()
    found = recording.trace
    assert by_task(found) == [("P", "last words")]
    assert [(bar.name, name_of(found, bar), bar.end_ns) for bar in found.spans] == [("never ends", "P", None)]


def test_of_a_plain_fork() -> None:
    """The parent's span ends in the parent, although the child leaves it as well."""
    with trace() as recording, span("both"):
        pid = os.fork()
        if pid == 0:
            try:
                mark("child")
                sys.stdout = None  # type: ignore[assignment]
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        mark("parent")
        before = perf_counter_ns()
    found = recording.trace
    assert sorted(text for _, text in by_task(found)) == ["child", "parent"]
    assert {text: found.tasks[instant.task or 0].kind for instant in said(found) for text in [instant.text]} == {
        "child": TaskKind.PROCESS, "parent": TaskKind.CELL}  # fmt: skip
    (bar,) = found.spans
    assert bar.end_ns is not None and bar.end_ns + found.anchor.mono_ns >= before


def test_workers_from_before_and_after() -> None:
    """A pool older than the recording tells what its jobs say meanwhile, and nothing afterwards."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(marking.job, [1])
        with trace() as recording:
            times = pool.map(marking.job, [2])
        pool.map(marking.job, [3])
        with trace() as second:
            again = pool.map(marking.job, [4])
    holds(recording.trace, 2, times[0], job_of(recording.trace, "2"))
    holds(second.trace, 4, again[0], job_of(second.trace, "4"))
    assert all(not text.endswith(("1", "3")) for found in (recording.trace, second.trace) for _, text in by_task(found))


# ---------------------------------------------------------------------- spans
def test_spans_nest_and_one_may_be_entered_again() -> None:
    shared = span("shared")
    with trace() as recording:
        with shared, span("inner"), shared:
            mark("here")
        with shared:
            pass
    bars = recording.trace.spans
    assert [bar.name for bar in bars] == ["shared", "inner", "shared", "shared"]
    ends = [bar.end_ns or 0 for bar in bars]
    assert ends[2] <= ends[1] <= ends[0] <= bars[3].start_ns <= ends[3]


def test_one_span_in_several_tasks_at_once() -> None:
    shared = span("shared")

    async def visit(first: asyncio.Event, then: asyncio.Event) -> None:
        async with shared:
            first.set()
            await then.wait()

    async def main() -> None:
        begun, over = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        early = loop.create_task(visit(begun, over), name="early")
        await begun.wait()
        await loop.create_task(visit(asyncio.Event(), begun), name="late")
        over.set()
        await early

    found = record(main).trace
    assert [name_of(found, bar) for bar in found.spans] == ["early", "late"]
    early, late = found.spans
    assert early.start_ns <= late.start_ns <= (late.end_ns or 0) <= (early.end_ns or 0)


def test_a_span_on_an_exit_stack_names_the_users_line() -> None:
    with trace() as recording, contextlib.ExitStack() as stack:
        stack.enter_context(span("entered"))
    (bar,) = recording.trace.spans
    assert bar.location is not None and "enter_context" in bar.location.text and bar.location.file == __file__


def test_an_exception_passes_through_a_span() -> None:
    error = ValueError("no")
    with trace() as recording, pytest.raises(ValueError, match="no") as caught, span("fails"):
        raise error
    assert caught.value is error and len(caught.traceback) == 1
    assert recording.trace.spans[0].end_ns is not None


def test_spans_over_the_ends_of_a_recording() -> None:
    before, after = span("before"), span("after")
    with before:
        recording = Recording().start()
    after.__enter__()
    recording.stop()
    after.__exit__(None, None, None)
    assert [(bar.name, bar.end_ns) for bar in recording.trace.spans] == [("after", None)]
    assert not after._opened and not before._opened


# ---------------------------------------------------------------------- without a recording, and in bounds
def test_nothing_happens_while_nothing_records() -> None:
    assert marks.notes is None
    mark("nobody hears it")
    with span("nor this") as same:
        assert same.name == "nor this"

    async def main() -> str:
        async with span("x") as entered:
            return entered.name

    assert asyncio.run(main()) == "x"
    marks.callout("1 nor this")


def test_public_names() -> None:
    assert (async_magics.mark, async_magics.span) == (marks.mark, marks.span)
    assert {"mark", "span"} <= set(async_magics.__all__) <= set(dir(async_magics))


def test_texts_are_bounded_and_need_not_be_texts() -> None:
    class Loud:
        def __str__(self) -> str:
            raise RuntimeError("no")

    with trace() as recording:
        mark("x" * 10_000)
        mark(5)  # type: ignore[arg-type]
        mark(Loud())  # type: ignore[arg-type]
        mark("after")
    texts = [text for _, text in by_task(recording.trace)]
    assert texts == ["x" * 199 + "…", "5", "after"]
    assert recording.trace.problems == ("a mark could not be kept: RuntimeError: no",)


def test_a_loop_does_not_fill_the_log() -> None:
    with trace() as recording:
        for _ in range(11_000):
            mark("again")
        mark("another")
    found = recording.trace
    assert [text for _, text in by_task(found)][-1] == "another"
    assert len(said(found)) == 10_001 and found.dropped == 1_000
    assert [problem for problem in found.problems if "marks" in problem] == list(found.problems) and len(found.problems) == 1


# ---------------------------------------------------------------------- callouts
LESSON = """
from time import perf_counter_ns
def work(times):  #: the work begins
    times.append(perf_counter_ns())
async def coroutine(times, again):
    times.append(perf_counter_ns())
    await again()  #: it waits
def job(number):
    before = perf_counter_ns()
    number += 1  #: a step
    return before, perf_counter_ns()
"""


def lesson(monkeypatch: pytest.MonkeyPatch, source: str = LESSON) -> Any:
    """Return a module with callouts, as an earlier traced cell leaves functions behind."""
    module = types.ModuleType("lesson")
    tree = ast.parse(source)
    assert with_callouts(tree, source, "<lesson>")
    exec(compile(tree, "<lesson>", "exec"), vars(module))
    monkeypatch.setitem(sys.modules, "lesson", module)
    return module


def test_callouts_of_functions_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    module = lesson(monkeypatch)
    times: list[int] = []

    async def again() -> None:
        times.append(perf_counter_ns())

    with trace() as recording:
        before = perf_counter_ns()
        module.work(times)
        thread = threading.Thread(target=module.work, args=([],), name="T")
        thread.start()
        thread.join()
        asyncio.run(module.coroutine(times, again))
    found = recording.trace
    kinds = [found.tasks[instant.task or 0].kind for instant in said(found)]
    assert kinds == [TaskKind.CELL, TaskKind.THREAD, TaskKind.ASYNCIO]
    first, _, third = said(found, InstantKind.CALLOUT)
    assert is_between(found, first.t_ns, before, times[0]) and is_between(found, third.t_ns, times[1], times[2])
    places = [(place.file, place.line, place.function) for instant in said(found) if (place := instant.location)]
    assert places == [("<lesson>", 3, "work"), ("<lesson>", 3, "work"), ("<lesson>", 7, "coroutine")]


def test_callouts_in_forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    module = lesson(monkeypatch)
    module.job.__module__ = "lesson"
    with trace() as recording, multiprocessing.get_context("fork").Pool(2) as pool:
        times = pool.map(module.job, [1, 2, 3], chunksize=1)
    found = recording.trace
    instants = said(found)
    assert len(instants) == 3
    for number, (before, after) in zip((1, 2, 3), times, strict=True):
        (instant,) = [instant for instant in instants if instant.task == job_of(found, str(number))]
        assert is_between(found, instant.t_ns, before, after)
        assert instant.location is not None
        assert (instant.text, instant.location.file, instant.location.line) == ("a step", "<lesson>", 10)


def test_callouts_of_functions_whose_file_name_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """cloudpickle sends no file name along; the call has it."""
    module = lesson(monkeypatch)
    work = types.FunctionType(module.work.__code__.replace(co_filename="<dynamic-code>"), vars(module))
    with trace() as recording:
        work([])
        module.work([])
    for instant in said(recording.trace):
        assert instant.location is not None
        assert (instant.location.file, instant.location.line, instant.location.function) == ("<lesson>", 3, "work")


def test_the_outcome_is_untouched() -> None:
    """What runs is over as it would be, whatever was said."""

    async def main() -> None:
        task = asyncio.get_running_loop().create_task(fails(), name="fails")
        await asyncio.wait([task])
        assert isinstance(task.exception(), ValueError)

    async def fails() -> None:
        async with span("s"):
            mark("m")
            raise ValueError("x")

    found = record(main).trace
    assert named(found, "fails").outcome is Outcome.RAISED and found.problems == ()
