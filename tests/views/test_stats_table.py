"""The figures as a table: right numbers in right places, harmless texts, a bounded length."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest

from async_magics.analysis import Stats, stats
from async_magics.lang import detect
from async_magics.model import Cause, Trace, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, line, ns
from async_magics.views.stats_table import MOST_ROWS, shown_stats
from tests.views.samples import hostile, lecture, like
from tests.views.works import executor_jobs, pool


def waits() -> Trace:
    """One task that sleeps twice and waits for a lock; a step of it was looked at."""
    script = TraceScript("demo", title="three waits")
    script.running(0, 0, 0.25)
    script.end(0, 0.25)
    task = script.task("a", "work", "1", at=0.25)
    script.ready(task, 0.25, 0.5)
    script.running(task, 0.5, 1, location=line(4))
    script.waiting(task, 1, 2, WaitKind.SLEEP, delay_ns=ns(1))
    script.ready(task, 2, 2.25, cause=Cause.TIMER)
    script.running(task, 2.25, 2.5)
    script.waiting(task, 2.5, 4.5, WaitKind.SLEEP, delay_ns=ns(2))
    script.ready(task, 4.5, 4.75, cause=Cause.TIMER)
    script.running(task, 4.75, 5)
    script.waiting(task, 5, 5.5, WaitKind.LOCK)
    script.ready(task, 5.5, 5.75, cause=Cause.TASK, waker=0)
    script.running(task, 5.75, 6)
    script.end(task, 6)
    return script.trace(cell_end=0.25)


class Cells(HTMLParser):
    """Collects the texts of a table's cells, row by row, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def cells(trace: Trace, lang: str = "en") -> Cells:
    found = Cells()
    found.feed(shown_stats(trace).html(lang))
    return found


def column(trace: Trace, heading: str) -> list[str]:
    head, *rows = cells(trace).rows
    return [row[head.index(heading)] for row in rows]


def test_it_is_the_figures() -> None:
    found = shown_stats(lecture())
    assert isinstance(found, Stats)
    assert (found.tasks, found.per_task, found.utilisation) == (4, stats(lecture()).per_task, stats(lecture()).utilisation)


def test_a_recorded_trace_hands_them_out() -> None:
    assert str(Recorded(lecture()).stats) == str(shown_stats(lecture()))
    assert Recorded(lecture()).stats == shown_stats(lecture())


def test_every_column_says_what_its_heading_promises() -> None:
    found = {heading: column(waits(), heading)[1] for heading in cells(waits()).rows[0]}
    assert found == {
        "task": "a", "call": "work(1)", "life, s": "5.750", "busy, s": "1.250", "ready, s": "1.000", "waiting, s": "3.500", "steps": "4",
        "longest step, s": "0.500", "where": "line 4", "wakes": "3", "woken by": "timer 2 · a task 1",
        "waited for, s": "sleep 3.000 · Lock 0.500",
    }  # fmt: skip


def test_text_and_html_hold_the_same() -> None:
    for trace in (waits(), lecture(), pool(), executor_jobs()):
        lines = shown_stats(trace).text("en").splitlines()
        for row in cells(trace).rows:
            assert any(all(cell in told for cell in row) for told in lines)


def test_numbers_stand_under_each_other() -> None:
    head, *rows = [told for told in shown_stats(waits()).text("en").splitlines()[2:] if told][:3]
    end = head.index("busy, s") + len("busy, s")
    assert [row[:end].split()[-1] for row in rows] == ["0.250", "1.250"]


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    assert "CPU, s" not in cells(lecture()).rows[0]
    assert column(executor_jobs(), "CPU, s") == ["", "", "", "", "0.500", "0.010", "0.010"]


def test_a_job_goes_by_its_call() -> None:
    assert column(executor_jobs(), "task")[-1] == "fetch('page 2')"


def test_what_is_said_of_the_whole() -> None:
    lines = shown_stats(waits()).text("en").splitlines()
    assert lines[0].startswith("three waits: 6.00 s · 1 task")
    assert "at once: 1.0 on average, 1 at most" in lines
    assert "waited for in all, s: sleep 3.000 · Lock 0.500" in lines
    assert "longest step: 500 ms, a, line 4" in lines


def test_russian() -> None:
    head, *rows = cells(waits(), "ru").rows
    assert head[0] == "задача" and rows[0][0] == "ячейка"
    assert rows[1][head.index("работала, с")] == "1,250"


@pytest.mark.parametrize(("lang", "awaited"), [("en", "task 1.000"), ("ru", "задача 1,000")])
def test_a_wait_for_a_task_is_said_in_the_table_s_language(lang: str, awaited: str) -> None:
    script = TraceScript("demo")
    script.waiting(0, 0, 1, WaitKind.TASK)
    script.end(0, 1)
    head, cell, *_ = cells(script.trace(), lang).rows
    assert awaited in cell[head.index({"en": "waited for, s", "ru": "чего ждала, с"}[lang])]


def test_it_follows_the_reader_where_nobody_asks() -> None:
    found = shown_stats(waits())
    assert str(found) == repr(found) == found.text(detect())
    assert found._repr_html_() == found.html(detect())


def test_a_long_table_lists_the_busiest_and_sums_up_the_rest() -> None:
    trace = like(300)
    head, *rows = cells(trace).rows
    assert len(rows) == MOST_ROWS and rows[-1][0] == f"{301 - (MOST_ROWS - 1)} more"
    assert sum(int(row[head.index("steps")].replace(",", "")) for row in rows) == 301
    total = sum(float(row[head.index("waiting, s")].replace(",", "")) for row in rows)
    assert total == pytest.approx(sum(times.waiting_ns for times in stats(trace).per_task) / 1e9, abs=0.05)
    assert "summed up" in shown_stats(trace).text("en").splitlines()[-1]


def test_a_short_table_keeps_the_order_of_the_chart() -> None:
    assert column(lecture(), "task") == ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]


def test_nothing_of_the_users_becomes_markup() -> None:
    found = cells(hostile())
    assert found.tags == {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "<script" not in shown_stats(hostile()).html("en")
    lines = shown_stats(hostile()).text("en").split("\n")
    assert all(len(told) < 500 and not any(unicodedata.category(letter) == "Cc" for letter in told) for told in lines)


@pytest.mark.parametrize(("seconds", "shown"), [(250, "250.0"), (25, "25.00"), (2.5, "2.500"), (0.25, "0.2500"), (0.025, "0.02500")])
def test_seconds_have_as_many_digits_as_mean_something(seconds: float, shown: str) -> None:
    script = TraceScript()
    script.running(0, 0, seconds)
    assert column(script.trace(cell_end=seconds), "busy, s") == [shown]


def test_what_took_hardly_any_time_is_not_nothing() -> None:
    script = TraceScript()
    script.running(0, 0, 0.0001)
    script.waiting(0, 0.0001, 2, WaitKind.SLEEP)
    assert column(script.trace(cell_end=2), "busy, s") == ["<0.001"]


def test_an_empty_trace_has_a_table_too() -> None:
    assert shown_stats(Trace(name="nothing")).text("en").startswith("nothing: 0 ns")
    assert "<table" in shown_stats(Trace(name="nothing")).html("ru")


def test_plain_rows_for_others() -> None:
    _cell, row = shown_stats(waits()).to_rows()
    assert row["task"] == 1 and row["name"] == "a" and row["busy_ns"] == ns(1.25) and row["outcome"] == "returned"
    assert row["waits"] == {"sleep": ns(3), "Lock": ns(0.5)} and row["wakes"] == {"timer": 2, "task": 1}
    assert row["longest_line"] == ("cell", 4) and row["cpu_ns"] is None and row["woken"] == 3


def test_pools_and_workers_have_no_rows() -> None:
    assert {row["kind"] for row in shown_stats(pool()).to_rows()} == {"cell", "job"}
