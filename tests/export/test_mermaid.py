"""Mermaid's Gantt: every line is one that its grammar knows, whatever the names hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics.export.mermaid import MERMAID, MOST_ROWS, escaped, lines
from async_magics.model import Outcome, Trace
from async_magics.testing import TraceScript
from async_magics.views.spec import ChartOptions
from tests.strategies import traces

TEXT = r"(?:[^\s:;#%{}<>\"&`\\]|[ ]|#\d+;)+"
"""A text in which nothing can be taken for a sign of the language: those are entities."""
GRAMMAR = re.compile(
    rf"gantt|    title {TEXT}|    dateFormat x|    axisFormat %\w[.:]%\w|    todayMarker off|    section {TEXT}"
    rf"|    (?P<text>{TEXT}) :(?P<tag>done|active|crit|crit, done), t(?P<id>\d+), (?P<start>\d+), (?P<end>\d+)"
)
KEYWORDS = (
    "gantt dateFormat inclusiveEndDates topAxis axisFormat tickInterval includes excludes todayMarker weekday weekend title accTitle"
    " accDescr section click call href"
)


def bars(trace: Trace, **options: object) -> list[re.Match[str]]:
    """Check every line against the grammar; return those of the bars."""
    found = [GRAMMAR.fullmatch(line) for line in lines(trace, ChartOptions(lang="en", **options))]  # type: ignore[arg-type]
    assert all(found) and found[0] is not None and found[0].group() == "gantt"
    return [match for match in found if match is not None and match["id"]]


def seen(text: str) -> str:
    """Return what Mermaid shows."""
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), text)


@given(traces(max_tasks=4))
@settings(max_examples=100)
def test_any_trace_gives_lines_of_the_language(trace: Trace) -> None:
    found = bars(trace)
    assert [int(bar["id"]) for bar in found] == list(range(1, len(found) + 1))
    assert all(int(bar["start"]) < int(bar["end"]) for bar in found)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@settings(max_examples=300)
def test_any_text_is_nothing_but_text(text: str) -> None:
    found = escaped(text)
    assert re.fullmatch(TEXT, found)
    assert not re.match(r"\s|[\d_-]", found)


@pytest.mark.parametrize("keyword", KEYWORDS.split())
def test_a_name_is_no_command(keyword: str) -> None:
    assert not escaped(f"{keyword} x").startswith(keyword)
    assert seen(escaped(f"{keyword} x")) == f"{keyword} x"


@pytest.mark.parametrize(
    "text", ["a:b;c#d,e", "%%{init: {'theme': 'dark'}}%%", "<script>", "style: a:#fff;", "дом № 1", "x%%y", '"q"', "`b`"]
)
def test_the_text_comes_back(text: str) -> None:
    assert seen(escaped(text)) == text


def test_outcomes_are_told_by_tags() -> None:
    script = TraceScript("lunch: at noon")
    for number, outcome in enumerate(Outcome):
        task = script.task(f"Task-{number}", "cook", str(number), at=number)
        script.running(task, number, number + 0.5)
        if outcome is not Outcome.UNFINISHED:
            script.end(task, number + 0.5, outcome)
    found = bars(script.trace(cell_end=4))
    assert [(seen(bar["text"]), bar["tag"], bar["start"], bar["end"]) for bar in found] == [
        ("Task-0 · cook(0)", "done", "0", "500"),
        ("Task-1 · cook(1)", "crit", "1000", "1500"),
        ("Task-2 · cook(2)", "crit, done", "2000", "2500"),
        ("Task-3 · cook(3)", "active", "3000", "4000"),
    ]


def many(functions: int) -> Trace:
    script = TraceScript()
    for number in range(3 * functions):
        task = script.task(f"Task-{number}", f"f{number % functions}", str(number))
        script.running(task, number, number + 1)
        script.end(task, number + 1)
    return script.trace()


def test_many_tasks_fold_by_function() -> None:
    assert [seen(bar["text"]) for bar in bars(many(20))] == [f"f{number} × 3 · 3 done" for number in range(20)]


def test_nothing_is_silently_left_out() -> None:
    found = bars(many(50))
    assert len(found) == MOST_ROWS
    assert seen(found[-1]["text"]) == "… × 33 · 33 done"


def test_sections_are_processes_and_threads(tmp_path: Path) -> None:
    script = TraceScript()
    for task in (script.thread("helper", "work"), script.process("child", "crunch"), script.task("Task-1", "fetch")):
        script.running(task, 0, 1)
        script.end(task, 1)
    MERMAID.write(script.trace(), tmp_path / "t", ChartOptions())
    text = (tmp_path / "t").read_text(encoding="utf-8")
    assert re.findall(r"section (.*)\n    (\w+)", text) == [("MainThread", "Task"), ("helper", "helper"), ("child", "child")]


def test_the_title_can_be_left_out() -> None:
    assert not [line for line in lines(many(1), ChartOptions(title="")) if "title" in line]
