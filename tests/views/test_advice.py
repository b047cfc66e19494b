"""Findings below the picture: how many, in which order, wrapped inside the chart, and never in the way of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from async_magics.analysis import findings as package
from async_magics.analysis.findings import Finding
from async_magics.analysis.phrases import Duration, Names, Phrase, Share
from async_magics.lang import translation
from async_magics.model import Trace
from async_magics.testing import TraceScript
from async_magics.views.gantt import Gantt
from async_magics.views.scene import INDENTED, Scene, Tone
from async_magics.views.spec import ChartOptions


@dataclass(frozen=True)
class Said:
    """A rule that says what it is told to."""

    code: str
    found: tuple[Finding, ...] = ()
    fails: bool = False
    summary: str = "a test"

    def check(self, trace: Trace) -> Iterator[Finding]:
        if self.fails:
            raise ValueError("no")
        yield from self.found


def finding(code: str, what: str, **fields: object) -> Finding:
    return Finding(code=code, what=Phrase(what), why=Phrase("It costs."), instead=Phrase("Write less."), **fields)  # type: ignore[arg-type]


def scene(**options: object) -> Scene:
    script = TraceScript()
    task = script.task("Task-1", "f")
    script.running(task, 0, 1)
    script.end(task, 1)
    return Gantt(script.trace(cell_end=1), ChartOptions(lang="en", **options)).scene()  # type: ignore[arg-type]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = [finding("AM001", f"number {n}", cost_ns=n) for n in range(4)]
    monkeypatch.setattr(package, "LINTS", (Said("AM001", tuple(cheap)), Said("AM002", (finding("AM002", "a mistake", error=True),))))


@pytest.mark.usefixtures("rules")
def test_three_are_shown_mistakes_first_then_the_dearest_and_the_others_counted() -> None:
    below = scene().below
    assert [p.text for p in below if p.tone is Tone.FINDING] == ["a mistake", "number 3", "number 2"]
    assert [p.text for p in below if p.tone is Tone.ADVICE] == ["It costs. Write less."] * 3
    assert below[-1].text == "2 more findings: --findings all shows them"


@pytest.mark.usefixtures("rules")
def test_all_none_and_without_some() -> None:
    assert sum(p.tone is Tone.FINDING for p in scene(findings="all").below) == 5
    assert scene(findings="off").below == ()
    assert [p.mark for p in scene(ignore=("AM001",)).below] == ["AM002", INDENTED]


def test_a_rule_that_fails_is_named_and_the_chart_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LINTS", (Said("AM009", fails=True),))
    assert [p.text for p in scene().below] == ["the rule AM009 failed: ValueError: no"]


def test_a_rule_of_another_package_that_is_gone_is_named_and_the_chart_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LINTS", ())
    point = EntryPoint("XY101", "no_such_module:RULE", package.GROUP)
    monkeypatch.setattr(package, "_others", lambda: (package._loaded(point),))
    assert [p.text for p in scene().below] == ["the rule XY101 failed: ModuleNotFoundError: No module named 'no_such_module'"]
    assert scene(ignore=("XY101",)).below == ()


def test_long_texts_are_broken_into_lines_inside_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LINTS", (Said("AM001", (finding("AM001", "many words " * 30),)),))
    frame = scene(caption="a caption of many words " * 12).frame
    assert len(frame.below) > 6
    assert all(line.x >= 10 and line.y < frame.height for line in frame.below)
    ys = [line.y for line in frame.below if not line.bold]
    assert ys == sorted(ys) and len(set(ys)) == len(ys)


@pytest.mark.usefixtures("rules")
def test_the_text_chart_says_them_too() -> None:
    lines = Gantt(TraceScript().trace(cell_end=1), ChartOptions(lang="en")).text().splitlines()
    assert lines[-3:] == ["AM001 number 2", "  It costs. Write less.", "2 more findings: --findings all shows them"]


def test_values_are_said_in_the_reader_s_language() -> None:
    phrase = Phrase("{who} for {time}, {share}", {"who": Names(tuple("abcde")), "time": Duration(1_500_000_000), "share": Share(0.5)})
    assert phrase.say(translation("en")) == "a, b, c, … (+2) for 1.50 s, 50 %"
    assert phrase.say(translation("ru")) == "a, b, c, … (+2) for 1,50 с, 50 %"
