"""Every check says yes and no for the right traces, and why in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from async_magics.analysis import findings as rules
from async_magics.analysis.findings import Finding
from async_magics.analysis.phrases import Phrase
from async_magics.errors import GradingError, OptionError
from async_magics.grading import Checked, Verdict, check, require
from async_magics.model import Cause, InstantKind, Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, line


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def life(script: TraceScript, name: str, begin: float, end: float | None, *, function: str = "", arguments: str | None = None,
         outcome: Outcome = Outcome.RETURNED, exception: str | None = None, **fields: Any) -> int:  # fmt: skip
    """Add a task that runs from beginning to end."""
    task = script.task(name, function, arguments, at=begin, **fields)
    script.running(task, begin, end if end is not None else begin + 1)
    if end is not None:
        script.end(task, end, outcome, exception)
    return task


def lives(*spans: tuple[str, float, float | None], cell_end: float = 10) -> Checked:
    script = TraceScript("solution")
    for name, begin, end in spans:
        life(script, name, begin, end)
    return check(script.trace(cell_end=cell_end))


def told(verdict: Verdict, ok: bool) -> str:
    """Return the reasons of a verdict that has to be so."""
    assert bool(verdict) is ok
    return str(verdict)


# ------------------------------------------------------------------------------------------------------------ which task


def test_a_task_is_found_by_name_function_or_call() -> None:
    script = TraceScript()
    life(script, "Task-1", 0, 1, function="solve.<locals>.fetch", arguments="1")
    life(script, "b", 0, 1, function="Shop.open", arguments="")
    trace = check(script.trace())
    assert {trace.task(name).task.id for name in ("Task-1", "fetch", "fetch(1)", "solve.<locals>.fetch")} == {1}
    assert {trace.task(name).task.id for name in ("b", "Shop.open", "open", "Shop.open()")} == {2}


def test_a_name_counts_more_than_a_function() -> None:
    script = TraceScript()
    life(script, "x", 0, 1, function="fetch")
    life(script, "fetch", 0, 1, function="other")
    assert check(script.trace()).task("fetch").task.id == 2


def test_a_call_inside_its_own_task_is_not_a_second_task() -> None:
    script = TraceScript()
    outer = life(script, "Task-1", 0, 1, function="fetch", arguments="1")
    life(script, "fetch", 0, 1, function="fetch", arguments="1", kind=TaskKind.CALL, parent=outer)
    assert check(script.trace()).task("fetch(1)").task.id == outer


def test_a_task_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(GradingError, match=r"there is no task 'fetsch'; there are: a, b") as caught:
        lives(("a", 0, 1), ("b", 0, 1)).task("fetsch")
    assert isinstance(caught.value, AssertionError)
    with pytest.raises(GradingError, match="there are: —"):
        check(TraceScript().trace()).task("a")


def test_several_tasks_are_told_apart_by_number() -> None:
    script = TraceScript()
    for number in range(3):
        life(script, f"Task-{number}", number, number + 1, function="fetch", arguments=str(number))
    trace = check(script.trace())
    with pytest.raises(
        GradingError, match=r"there are 3 tasks 'fetch': fetch\(0\), fetch\(1\), fetch\(2\); say which, as in task\('fetch\(0\)'\)"
    ):
        trace.task("fetch")
    assert [trace.task("fetch", nth).task.name for nth in (0, 2, -1)] == ["Task-0", "Task-2", "Task-2"]
    with pytest.raises(GradingError, match="there are 3 tasks"):
        trace.task("fetch", 3)
    assert trace.count("fetch") == 3


# ------------------------------------------------------------------------------------------------------------ one task


def test_overlaps() -> None:
    trace = lives(("a", 0, 1), ("b", 0.5, 2), ("c", 1, 2))
    assert told(trace.task("a").overlaps("b"), True) == "a and b ran at the same time for 500 ms"
    assert told(trace.task("c").overlaps("a"), False) == "a ran 0.00–1.00 s, c 1.00–2.00 s: one after the other"
    assert trace.task("a").overlaps(trace.task("b"))


def test_ran_before() -> None:
    trace = lives(("a", 0, 1), ("b", 0.5, 2), ("c", 1, None))
    assert told(trace.task("a").ran_before("c"), True) == "a ended at 1.00 s, c began at 1.00 s"
    assert told(trace.task("a").ran_before("b"), False) == "b began at 0.50 s, a ended only at 1.00 s"
    assert not trace.task("c").ran_before("a")


def test_a_task_that_never_began_neither_overlaps_nor_comes_before() -> None:
    script = TraceScript()
    life(script, "a", 0, 1)
    script.task("b", at=0.5)
    trace = check(script.trace())
    for verdict in (trace.task("a").overlaps("b"), trace.task("a").ran_before("b"), trace.task("b").ran_before("a")):
        assert told(verdict, False) == "b never began"


def test_in_process_and_in_thread() -> None:
    script = TraceScript()
    life(script, "a", 0, 1)
    thread, process = script.thread("helper", "work"), script.process("child", "crunch", pid=7)
    for task in (thread, process):
        script.running(task, 0, 1)
    trace = check(script.trace())
    assert [bool(trace.task(name).in_thread()) for name in ("a", "helper", "child")] == [False, True, False]
    assert [bool(trace.task(name).in_process()) for name in ("a", "helper", "child")] == [False, False, True]
    assert told(trace.task("helper").in_process(), False) == "helper ran in the process python, in the thread helper"


@pytest.mark.parametrize(
    ("outcome", "exception", "words"),
    [
        (Outcome.RETURNED, None, "a returned at 1.00 s"),
        (Outcome.RAISED, "app.errors.NoSoup", "a raised app.errors.NoSoup at 1.00 s"),
        (Outcome.CANCELLED, None, "a was cancelled at 1.00 s"),
        (Outcome.UNFINISHED, None, "a had not finished when the recording ended"),
    ],
)
def test_outcomes(outcome: Outcome, exception: str | None, words: str) -> None:
    script = TraceScript()
    life(script, "a", 0, None if outcome is Outcome.UNFINISHED else 1, outcome=outcome, exception=exception)
    task = check(script.trace()).task("a")
    verdicts = {Outcome.RETURNED: task.returned(), Outcome.RAISED: task.raised(), Outcome.CANCELLED: task.was_cancelled()}
    assert {kind for kind, verdict in verdicts.items() if verdict} == {outcome} - {Outcome.UNFINISHED}
    assert {str(verdict) for verdict in verdicts.values()} == {words}
    assert bool(task.raised("NoSoup")) is bool(exception) and not task.raised(ValueError)


def test_seconds_of_a_task() -> None:
    trace = lives(("a", 1, 2.5))
    assert float(trace.task("a").seconds) == 1.5
    assert told(trace.task("a").seconds <= 1, False) == "a took 1.50 s; wanted: ≤ 1"


# ------------------------------------------------------------------------------------------------------------ the whole


def test_max_concurrency_compares_like_a_number_and_answers_in_words() -> None:
    most = lives(("a", 0, 1), ("b", 0, 1), ("c", 1, 2)).max_concurrency
    assert int(most) == 2 and repr(most) == "2"
    assert [bool(each) for each in (most >= 2, most > 1, most <= 2, most < 3, most == 2, most != 3)] == [True] * 6
    assert [bool(each) for each in (most >= 3, most > 2, most <= 1, most < 2, most == 3, most != 2)] == [False] * 6
    assert told(most >= 3, False) == "2 at once at the most; wanted: ≥ 3"
    assert told(most >= 2, True) == "2 at once at the most"
    assert most != "two"
    assert told(most < float("inf"), True) and most >= lives(("a", 0, 1)).max_concurrency


def test_at_once_does_not_count_who_waits_for_its_turn() -> None:
    script = TraceScript()
    for number in range(3):
        task = script.task(f"Task-{number}", "fetch", str(number))
        script.ready(task, 0, 0.1 * number)
        script.running(task, 0.1 * number, 0.1 * (number + 1))
        turn = 0.3 if number < 2 else 1.3
        if number == 2:
            script.waiting(task, 0.3, 1.2, WaitKind.SEMAPHORE)
            script.ready(task, 1.2, 1.3, Cause.TASK)
        script.waiting(task, 0.1 * (number + 1) if number < 2 else turn, turn + 1, WaitKind.SLEEP)
        script.end(task, turn + 1)
    trace = check(script.trace())
    assert trace.max_concurrency == 3
    assert trace.at_once("fetch") == 2
    assert told(trace.at_once("fetch") >= 3, False) == "fetch: 2 at once at the most; wanted: ≥ 3"


def test_at_once_counts_spans_where_no_task_has_the_name() -> None:
    script = TraceScript()
    a, b = life(script, "a", 0, 2), life(script, "b", 0, 2)
    script.span("download", a, 0, 1.5)
    script.span("download", b, 1, None)
    assert check(script.trace()).at_once("download") == 2
    assert check(script.trace()).at_once("nothing") == 0


def test_seconds_are_those_of_the_code() -> None:
    assert lives(("a", 0, 5), cell_end=2).seconds == 2.0


def test_no_blocking() -> None:
    script = TraceScript()
    for number in range(2):
        task = script.task(f"Task-{number}", at=0)
        script.running(task, number * 0.3, number * 0.3 + 0.3, location=line(7, "time.sleep(0.3)"))
        script.end(task, 0.6)
    trace = check(script.trace(cell_end=1))
    assert told(trace.no_blocking(longer_than=0.25), False) == "Task-0 held up the loop for 300 ms at line 7: time.sleep(0.3)"
    assert told(trace.no_blocking(longer_than=0.5), True) == "nothing held up the loop for 500 ms"
    with pytest.raises(OptionError, match=r"longer_than is a number of seconds from 0\.001, not 0"):
        trace.no_blocking(longer_than=0)


def test_nothing_was_left_behind() -> None:
    assert told(lives(("a", 0, 1), ("b", 0, 2), cell_end=2).no_leaks(), True) == "nothing was left behind"


@pytest.mark.parametrize("end", [None, 3.0])
def test_a_task_that_outlives_the_code_is_a_leak(end: float | None) -> None:
    found = told(lives(("a", 0, 1), ("b", 0.5, end), cell_end=2).no_leaks(), False)
    assert found == "still going on when the code had ended: b"


def test_a_task_from_before_is_no_leak() -> None:
    script = TraceScript()
    life(script, "server", 0, None, older=True, parent=None)
    assert check(script.trace(cell_end=1)).no_leaks()


def cancelled(**fields: Any) -> Checked:
    script = TraceScript()
    main = life(script, "main", 0, 1)
    leak = life(script, "leak", 0.5, 1.5, parent=main, outcome=Outcome.CANCELLED)
    script.instant(InstantKind.CANCEL_REQUESTED, 1.25, task=leak, **fields)
    return check(script.trace(cell_end=2))


def test_what_the_runner_had_to_cancel_is_a_leak() -> None:
    assert told(cancelled(cause=Cause.IO).no_leaks(), False) == "nobody waited for it, and it was cancelled when its loop ended: leak"


@pytest.mark.parametrize("fields", [{"by": 1}, {"text": "timeout"}, {"text": "TaskGroup"}, {"cause": Cause.TIMER}])
def test_what_the_program_cancelled_is_no_leak(fields: dict[str, Any]) -> None:
    assert cancelled(**fields).no_leaks()


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (InstantKind.NEVER_AWAITED, "fetch", "a coroutine was never awaited: fetch"),
        (InstantKind.NEVER_RETRIEVED, "", "an exception was never looked at: a"),
        (InstantKind.DESTROYED, "", "a task was destroyed while it was pending: a"),
        (InstantKind.NEVER_BEGUN, "3 x f", "no worker began these calls: 3 x f"),
        (InstantKind.NOT_CLOSED, "", "a pool was not closed: a"),
    ],
)
def test_other_things_that_are_left_behind(kind: InstantKind, text: str, words: str) -> None:
    script = TraceScript()
    script.instant(kind, 1, task=life(script, "a", 0, 1), text=text)
    assert told(check(script.trace(cell_end=2)).no_leaks(), False) == words


def test_finished_in_order() -> None:
    trace = lives(("a", 0, 1), ("b", 0, 3), ("c", 0, 2), ("d", 0, None), cell_end=5)
    assert told(trace.finished_in_order("a", "c", "b"), True) == "a finished at 1.00 s; c finished at 2.00 s; b finished at 3.00 s"
    assert told(trace.finished_in_order("a", "b", "c"), False) == "a finished at 1.00 s; c finished at 2.00 s; b finished at 3.00 s"
    assert told(trace.finished_in_order("a", "d"), False) == "a finished at 1.00 s; d had not finished when the recording ended"


def test_faster_than() -> None:
    slow, fast = lives(cell_end=4), lives(cell_end=2)
    assert told(fast.faster_than(slow), True) == "it took 2.00 s, solution took 4.00 s: 2 times as fast"
    assert told(fast.faster_than(slow.trace, times=3), False).endswith("2 times as fast; wanted: ≥ 3")
    assert fast.faster_than(slow, times=2) and not slow.faster_than(fast) and not slow.faster_than(slow)


class Rule:
    """A rule that always finds something."""

    code = "AM999"
    summary = "always"

    def check(self, trace: Trace) -> Iterator[Finding]:
        yield Finding(code=self.code, what=Phrase("too much salt"))


def test_no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "lints", lambda: (Rule(),))
    trace = lives(("a", 0, 1))
    assert told(trace.no_findings(), False) == "too much salt"
    assert told(trace.no_findings(ignore=["AM999"]), True) == "no findings"


# ------------------------------------------------------------------------------------------------------------ verdicts


def test_a_verdict_explains_itself() -> None:
    verdict = lives(("a", 0, 1), ("b", 1, 2)).task("a").overlaps("b")
    assert repr(verdict) == "<no: a ran 0.00–1.00 s, b 1.00–2.00 s: one after the other>"
    assert repr(~verdict) == "<yes: a ran 0.00–1.00 s, b 1.00–2.00 s: one after the other>"
    assert ~verdict and not ~~verdict


def test_a_verdict_speaks_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = lives(("a", 0, 1), ("b", 1, 2)).task("a").overlaps("b")
    monkeypatch.setenv("LANGUAGE", "ru")
    assert repr(verdict) == "<нет: a работала 0,00–1,00 с, b — 1,00–2,00 с: одна после другой>"


def test_a_verdict_shows_the_chart_with_the_reasons() -> None:
    data, _ = lives(("a", 0, 1), ("b", 1, 2)).task("a").overlaps("b")._repr_mimebundle_()
    assert data["text/plain"].startswith("<no: a ran") and "●" in data["text/plain"]
    assert data["image/png"]


def test_require_names_everything_that_is_wrong_and_draws_it_once() -> None:
    trace = lives(("a", 0, 1), ("b", 1, 2), cell_end=2)
    require(trace.no_leaks(), ~trace.task("a").overlaps("b"))
    with pytest.raises(GradingError) as caught:
        require(trace.no_leaks(), trace.task("a").overlaps("b"), trace.max_concurrency >= 2)
    text = str(caught.value)
    assert text.startswith("a ran 0.00–1.00 s, b 1.00–2.00 s: one after the other\n1 at once at the most; wanted: ≥ 2\n")
    assert text.count("since the cell began") == 1 and "left behind" not in text


def test_require_shows_the_chart_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    from async_magics.grading import verdict as module

    shown: list[Any] = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr(module, "present", shown.append)
    with pytest.raises(GradingError) as caught:
        require(lives(("a", 0, 1), ("b", 1, 2)).task("a").overlaps("b"))
    assert str(caught.value) == "a ran 0.00–1.00 s, b 1.00–2.00 s: one after the other"
    assert [chart.options.caption for chart in shown] == [f"✗ {caught.value}"]
    assert caught.value._render_traceback_() == [f"GradingError: {caught.value}"]


def test_times_of_short_traces_have_enough_digits() -> None:
    trace = lives(("a", 0, 0.0001), ("b", 0.0001, 0.0002), cell_end=0.0002)
    assert str(trace.task("a").overlaps("b")) == "a ran 0.00000–0.00010 s, b 0.00010–0.00020 s: one after the other"
