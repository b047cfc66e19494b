"""Charts of threads, processes, pools, generators and calls, as data."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views import works

from async_magics.model import InstantKind, Outcome, TaskKind, Trace, WaitKind
from async_magics.model.check import check
from async_magics.testing import TraceScript, ns
from async_magics.views.compose import compose
from async_magics.views.gantt import Gantt
from async_magics.views.scene import BarKind, Role, Scene
from async_magics.views.spec import ChartOptions

ALL = (
    works.loop_of_calls, works.processes, lambda: works.processes(killed=True), works.pool, lambda: works.pool(failing=3),
    lambda: works.pool(640, 64), works.leaked_pool, works.executor_jobs, works.threads, works.generators, works.nested,
)  # fmt: skip


def scene(trace: Trace, **options: Any) -> Scene:
    check(trace)
    return compose(trace, ChartOptions(**{"lang": "en", **options}))


def names(found: Scene) -> list[tuple[Role, int, str, str]]:
    return [(lane.role, lane.depth, lane.name, lane.detail) for lane in found.lanes]


def count(found: Scene, kind: BarKind, lane: int) -> int:
    return found.bars_of(kind).lane.count(lane)


def test_five_processes_stand_under_the_cell_with_their_start_up() -> None:
    """A lane for each process, hatched until its code begins, then one bar with its CPU time."""
    found = scene(works.processes())
    assert names(found)[:2] == [(Role.CELL, 0, "cell", "In [4]"), (Role.TASK, 1, "Process-1", "slow_square(0) · pid 4711")]
    assert [count(found, BarKind.STARTING, lane) for lane in range(6)] == [0, 1, 1, 1, 1, 1]
    assert found.cpu.lane == (1, 2, 3, 4, 5)
    assert found.figures == "1.08 s · 5 processes · 4.6 at once on average · 0.1 of 2 cores busy"
    assert found.labels[0].text == "join(Process-1)"
    assert {"starting", "cpu"} <= {item.kind for item in found.legend}


def test_how_processes_ended_is_said() -> None:
    """Exit codes, signals, and who terminated whom."""
    assert [(end.outcome, end.text) for end in scene(works.processes(killed=True)).ends[2:5]] == [
        ("raised", "exit code 3"), ("raised", "SIGKILL"), ("cancelled", "terminate() by the cell"),
    ]  # fmt: skip
    russian = scene(works.processes(killed=True), lang="ru")
    assert [end.text for end in russian.ends[2:5]] == ["код выхода 3", "SIGKILL", "terminate() из ячейки"]
    assert [(arrow.kind, arrow.source, arrow.target) for arrow in russian.arrows] == [("cancel", 0, 4)]


def test_jobs_stand_on_the_lanes_of_their_workers() -> None:
    """A header for the pool, a lane for each worker, every call a bar that names it."""
    found = scene(works.pool(10))
    assert names(found)[1:3] == [
        (Role.POOL, 1, "Pool(5)", "fork · 10 × map(slow_square)"), (Role.WORKER, 2, "ForkPoolWorker-1", "pid 9001"),
    ]  # fmt: skip
    assert len(found.lanes) == 7
    assert [count(found, BarKind.RUNNING, lane) for lane in range(2, 7)] == [2] * 5
    assert sorted(label.text for label in found.labels if label.on is BarKind.RUNNING) == [f"slow_square({n})" for n in range(10)]
    assert count(found, BarKind.OPEN, 1) == 1 and count(found, BarKind.WAITING, 1) == 0
    assert found.labels[0].text == "map(slow_square)"
    assert found.figures.startswith("548 ms · 10 calls in 5 workers · 4.0 at once on average")


def test_arrows_go_to_the_first_call_of_each_worker_and_from_its_last() -> None:
    """Not for every call: ten arrows of twenty would cross all lanes."""
    handed = [arrow for arrow in scene(works.pool(10)).arrows if arrow.kind == "handed"]
    assert sorted((arrow.source, arrow.target) for arrow in handed) == sorted([(0, n) for n in range(2, 7)] + [(n, 0) for n in range(2, 7)])
    assert all(arrow.t_ns <= arrow.end_ns for arrow in handed)
    assert scene(works.pool(20, 10)).arrows == ()


def test_no_result_goes_to_who_is_gone() -> None:
    """A result that comes back after the cell's end has no arrow to it."""
    script = TraceScript("In [1]")
    made = script.pool("ThreadPoolExecutor(1)", at=0)
    worker = script.worker(made, "worker", at=0)
    script.job(made, worker, "f", "1", 0.0, 0.1, 0.9, delivered_ns=ns(0.9))
    script.running(0, 0, 0.5)
    script.end(0, 0.5)
    arrows = scene(script.trace(cell_end=0.5)).arrows
    assert [(arrow.source, arrow.target) for arrow in arrows] == [(0, 2)]


def test_an_error_that_ends_its_worker_is_told_once() -> None:
    """Two texts at one place could not be read: the exception stands at the bar, the exit code below the chart."""
    script = TraceScript("In [1]")
    made = script.pool("Pool(1)", at=0)
    worker = script.worker(made, "ForkPoolWorker-1", at=0, pid=7)
    script.job(made, worker, "f", "1", 0.0, 0.1, 0.9, outcome=Outcome.RAISED, exception="KeyboardInterrupt")
    script.end(worker, 0.91, Outcome.RAISED, "exit code 1", exit_code=1)
    script.running(0, 0, 1)
    script.end(0, 1)
    found = scene(script.trace(cell_end=1))
    assert [end.text for end in found.ends if end.lane == 2] == ["KeyboardInterrupt"]
    assert found.footnotes == ("ended badly: ForkPoolWorker-1 (exit code 1)",)


def test_workers_that_go_with_their_pool_have_no_mark() -> None:
    """``with Pool()`` ends its workers by a signal, which is nothing to worry about."""
    assert [end.lane for end in scene(works.pool(10)).ends] == [0]


def test_failed_calls_are_marked_and_named_below_where_there_is_no_room() -> None:
    """A cross at the end of the bar; the exception's name stands beside it only where nothing follows."""
    found = scene(works.pool(10, failing=1))
    assert [(end.lane, end.outcome, end.text) for end in found.ends if end.lane == 2] == [(2, "raised", "")]
    assert found.footnotes == ("failed: slow_square(0) ValueError",)
    last = scene(works.pool(5, failing=5))
    assert [end.text for end in last.ends if end.lane > 1] == ["ValueError"] * 5 and last.footnotes == ()


def test_ten_thousand_calls_make_a_readable_chart() -> None:
    """Bands on the workers' lanes, everything counted."""
    trace = works.pool(10_000, 5, each=0.0005, cpu=0.0002, failing=20)
    gantt = Gantt(trace, ChartOptions(lang="en"))
    found = gantt.scene()
    assert gantt.png().startswith(b"\x89PNG")
    assert len(found.lanes) == 7 and found.bar_count < 3000
    assert [band.text for band in found.bands] == ["2,000 calls"] * 5
    assert found.cpu.lane == (2, 3, 4, 5, 6)
    assert count(found, BarKind.STARTING, 2) == 1
    assert "10,000 calls in 5 workers" in found.figures and "failed: slow_square(0) ValueError" in " ".join(found.footnotes)


def test_many_workers_share_a_lane_that_counts_them() -> None:
    """The height tells how many worked."""
    found = scene(works.pool(640, 64))
    assert names(found)[2:] == [(Role.GROUP, 2, "workers × 64", "640 calls: 640 done")]
    assert max(found.bands[0].running) == pytest.approx(64) and found.lanes[2].strip == found.lanes[2].height
    assert found.footnotes[0].startswith("704 tasks share 1 lane: the height tells how many there were")


def test_a_leaked_pool_says_so() -> None:
    """Killed workers, calls that never began, a pool that nobody closed."""
    found = scene(works.leaked_pool())
    assert [(end.lane, end.outcome, end.text) for end in found.ends] == [
        (0, "raised", "KeyboardInterrupt"), (1, "unfinished", "not closed"), (2, "raised", "SIGINT"), (3, "raised", "SIGINT"),
    ]  # fmt: skip
    assert count(found, BarKind.READY, 1) == 1  # four calls in one queue
    assert found.footnotes == ("calls that no worker began: 4 × slow_square",)
    assert "AM514" in [line.mark for line in found.below]


def test_jobs_of_asyncio_tasks_are_linked_to_them() -> None:
    """The task says which call it awaits; arrows go to the worker and back."""
    found = scene(works.executor_jobs())
    assert [label.text for label in found.labels if label.lane == 1] == ["to_thread(fetch('page 0'))"]
    assert {(arrow.source, arrow.target) for arrow in found.arrows} == {(1, 5), (5, 1), (2, 6), (6, 2), (3, 7), (7, 3)}
    assert names(found)[4] == (Role.POOL, 1, "ThreadPoolExecutor(6)", "3 × to_thread(fetch)")
    assert "loop 4 % busy" in found.figures
    assert "computed side by side" not in found.alt and "computed one at a time" in Gantt(works.threads(), ChartOptions(lang="en")).alt()


def test_threads_under_the_gil_and_processes_are_told_apart() -> None:
    """With figures, below the chart."""
    assert [line.text for line in scene(works.threads()).below if line.mark == "AM501"] == [
        "2 threads computed one at a time: 0.96 cores between them (the GIL)"
    ]
    assert scene(works.processes(2, cpu=0.97)).footnotes == ("2 processes computed side by side: 1.9 cores",)
    assert scene(works.processes(2)).footnotes == ()


def test_sleeping_and_computing_differ_in_the_line_within_the_bar() -> None:
    """Shares of a core near nothing and near everything."""
    assert max(scene(works.processes(2)).cpu.share) < 0.01
    assert min(scene(works.processes(2, cpu=0.97)).cpu.share) == pytest.approx(0.97, abs=0.001)


def test_generators_take_turns() -> None:
    """A lane each; what they yield in between is pale."""
    found = scene(works.generators())
    assert [name for _role, _depth, name, _detail in names(found)] == ["cell", "counter()", "printer()"]
    assert (count(found, BarKind.RUNNING, 1), count(found, BarKind.WAITING, 1)) == (6, 5)
    assert {label.text for label in found.labels} == {"yield"}
    assert "2 generators" in found.figures


def test_calls_of_a_loop_are_a_staircase() -> None:
    """A lane each while they are few, a group when they are many."""
    found = scene(works.loop_of_calls())
    bars = found.bars_of(BarKind.RUNNING)
    starts = [start for lane, start in zip(bars.lane, bars.start_ns, strict=True) if lane]
    assert [lane.name for lane in found.lanes[1:]] == [f"slow_square({n})" for n in range(5)]
    assert starts == sorted(starts) and found.figures == "1.00 s · 5 calls · 1.0 at once on average · <0.1 of 2 cores busy"
    many = scene(works.loop_of_calls(50))
    assert (many.lanes[1].name, many.bands[0].text) == ("slow_square × 50", "one at a time")


def test_nested_processes_stand_below_those_that_started_them() -> None:
    """And a program beside them, with its command line."""
    assert [(depth, name, detail) for _role, depth, name, detail in names(scene(works.nested()))] == [
        (0, "cell", "In [12]"), (1, "Process-1", "outer() · pid 500"), (2, "Process-1:1", "inner(7) · pid 501"),
        (3, "Thread-1 (log)", "log()"), (1, "ls", "ls -l /tmp · pid 502"),
    ]  # fmt: skip


def test_a_pool_of_a_child_stands_below_the_child_and_ours_last() -> None:
    """Pools of this process come after everything else."""
    script = TraceScript()
    ours = script.pool("Pool(1)", at=0.1)
    script.worker(ours, "w", at=0.1, pid=5)
    child = script.process("Process-1", "main", "", at=0.2, pid=7)
    theirs = script.pool("ThreadPool(1)", at=0.3, parent=child, track=script.place("t", beside=6))
    script.worker(theirs, "Thread-1", at=0.3)
    assert [(depth, name) for _role, depth, name, _detail in names(scene(script.trace(cell_end=1)))] == [
        (0, "cell"), (1, "Process-1"), (2, "ThreadPool(1)"), (3, "Thread-1"), (1, "Pool(1)"), (2, "w"),
    ]  # fmt: skip


def test_a_call_that_is_all_of_a_job_is_drawn_once() -> None:
    """``--calls f`` and ``pool.map(f, …)`` name the same thing."""
    script = TraceScript()
    made = script.pool("Pool(1)")
    worker = script.worker(made, "w", pid=5)
    job = script.job(made, worker, "f", "1", 0.1, 0.2, 0.9)
    track = script.trace().tasks[worker].track
    for function in ("f", "g"):
        call = script.task(function, function, "1", at=0.2, parent=job, kind=TaskKind.CALL, track=track)
        script.running(call, 0.2, 0.8)
        script.end(call, 0.8)
    found = scene(script.trace(cell_end=1))
    assert [(lane.name, len(lane.inner)) for lane in found.lanes] == [("cell", 0), ("Pool(1)", 0), ("w", 2), ("g(1)", 0)]
    assert found.figures == "1.00 s · 1 call in 1 worker · 0.7 at once on average"


def test_a_job_of_an_unknown_worker_has_a_lane_under_its_pool() -> None:
    """Nothing is left out because its worker was not seen."""
    script = TraceScript()
    made = script.pool("Pool(1)")
    job = script.job(made, None, "f", "1", 0.1)
    script.running(job, 0.2, 0.9)
    script.end(job, 0.9, Outcome.RAISED, "OSError")
    found = scene(script.trace(cell_end=1))
    assert [(lane.role, lane.name, lane.depth) for lane in found.lanes[1:]] == [(Role.POOL, "Pool(1)", 1), (Role.TASK, "f(1)", 2)]
    assert found.ends[-1].text == "OSError"


def test_a_pool_made_by_its_own_job_does_not_hang() -> None:
    """A damaged file may say so."""
    script = TraceScript()
    made = script.pool("Pool(1)", track=script.place("P", 9))
    worker = script.worker(made, "w", pid=5)
    job = script.job(made, worker, "f", "1", 0.1, 0.2, 0.9)
    trace = script.trace(cell_end=1)
    tasks = tuple(dataclasses.replace(task, parent=job) if task.id == made else task for task in trace.tasks)
    assert len(scene(dataclasses.replace(trace, tasks=tasks)).lanes) == 3


def test_a_cell_that_joins_blocks_no_loop() -> None:
    """Also where jobs run meanwhile on other tracks."""
    assert not scene(works.pool(10)).bars_of(BarKind.BLOCKING)
    assert not scene(works.processes()).bars_of(BarKind.BLOCKING)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("options", [{"size": "slide"}, {"size": "print", "lang": "ru"}, {"lanes": 2}, {"lanes": 4}, {"fold": False}])
def test_every_task_has_a_lane_and_everything_is_inside_the_frame(make: Any, options: dict[str, Any]) -> None:
    """Whatever the size, however few the lanes."""
    trace = make()
    found = scene(trace, **options)
    assert sorted(task for lane in found.lanes for task in (*lane.tasks, *lane.inner)) == list(range(len(trace.tasks)))
    assert found.lanes[-1].top + found.lanes[-1].height < found.frame.bottom
    assert all(0 < x < found.frame.width and y < found.frame.height for x, y in found.frame.legend)
    assert len(found.lanes) <= options.get("lanes", 400)


@pytest.mark.parametrize("make", ALL)
def test_pictures_and_texts_can_be_made(make: Any) -> None:
    """In grey and in Russian too."""
    gantt = Gantt(make(), ChartOptions(lang="ru", theme="print"))
    assert gantt.png().startswith(b"\x89PNG") and "<svg" in gantt.svg()
    assert max(map(len, gantt.text(80).split("\n"))) <= 80


def test_russian_figures_have_their_plurals() -> None:
    """One, two, five."""
    assert scene(works.processes(1), lang="ru").figures.startswith("1,06 с · 1 процесс · ")
    assert "2 потока · " in scene(works.threads(), lang="ru").figures
    assert "10 вызовов на 5 рабочих" in scene(works.pool(10), lang="ru").figures
    assert scene(works.threads(), lang="ru").below[0].text.startswith("2 потока вычисляли по очереди: 0,96 ядра на всех (GIL)")


def test_figures_that_do_not_fit_lose_the_last_ones() -> None:
    """Rather than run over the edge."""
    found = scene(works.executor_jobs(), lang="ru", size="print")
    assert found.figures == "1,03 с · 3 задачи · 3 вызова на 3 рабочих · в среднем 2,3 одновременно · цикл занят на 4 %"


def test_waits_for_results_name_the_calls() -> None:
    """One call with its arguments, several by their functions, the unknown by the name of the wait."""
    script = TraceScript()
    made = script.pool("ThreadPoolExecutor(1)")
    jobs = [script.job(made, None, function, "1", 0.0, method="submit") for function in ("f", "f", "g")]
    for number, targets in enumerate(((jobs[0],), tuple(jobs), ())):
        script.waiting(0, number, number + 1, WaitKind.RESULT, name="result", targets=targets)
    assert [label.text for label in scene(script.trace(cell_end=3)).labels] == ["result(f(1))", "result(f, g)", "result()"]


def test_a_killed_worker_tells_by_whom() -> None:
    """Where its pool is still there."""
    script = TraceScript()
    made = script.pool("Pool(1)")
    worker = script.worker(made, "w", pid=5)
    script.instant(InstantKind.KILLED, 0.5, task=worker, by=0, text="kill")
    script.end(worker, 0.5, Outcome.CANCELLED, exit_code=-9)
    assert [(end.lane, end.text) for end in scene(script.trace(cell_end=1)).ends] == [(0, ""), (1, ""), (2, "kill() by the cell")]


def test_text_charts(snapshot: SnapshotAssertion) -> None:
    """The same lanes, in characters."""
    for name, trace in (("pool", works.pool(10)), ("killed", works.processes(killed=True)), ("leaked", works.leaked_pool())):
        assert Gantt(trace, ChartOptions(lang="en")).text(100) == snapshot(name=name)


def test_traces_with_times_in_whole_nanoseconds_only() -> None:
    """The script keeps to the rules of a trace."""
    for make in ALL:
        check(make())
    assert works.threads().tasks[1].cpu_ns == ns(0.48)


def test_a_label_does_not_cover_the_name_of_a_failure() -> None:
    """The idle time after a failed call says nothing but the exception's name, in both charts."""
    script = TraceScript()
    made = script.pool("Pool(1)")
    worker = script.worker(made, "w", pid=500)
    script.job(made, worker, "f", "1", 0, 0.4, 0.5, outcome=Outcome.RAISED, exception="ValueError")
    trace = script.trace(cell_end=1)
    assert [label.text for label in scene(trace).labels if label.lane == 2] == ["idle", "f(1)"]
    (row,) = [row for row in Gantt(trace, ChartOptions(lang="en")).text(100).split("\n") if "ValueError" in row]
    assert row.endswith("░") and "✕ ValueError ░" in row


def test_lines_of_cpu_time_stay_in_their_bars_and_jobs_are_told_apart() -> None:
    """A little paper stands between a job and the next."""
    from async_magics.views.mpl_shapes import cpu_lines, rectangles

    found = scene(works.pool(10, each=0.2, cpu=0.1))
    full, used = cpu_lines(found)
    corners = rectangles(found, found.bars_of(BarKind.RUNNING))
    inside = {(bar[0, 0], bar[1, 0]) for bar in corners}
    assert len(full) == len(used) == 10
    for line in (*full, *used):
        assert any(left <= line[0, 0] <= line[1, 0] <= right + 2 for left, right in inside)
    lane = found.bars_of(BarKind.RUNNING).lane
    pairs = [(corners[n, 1, 0], corners[n + 1, 0, 0]) for n in range(len(lane) - 1) if lane[n] == lane[n + 1] > 1]
    assert pairs and all(right + 1 <= left for right, left in pairs)
