"""The replay that a page gets: plain data, bounded, and the page's own program makes of it what ``Replay.at`` says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from async_magics.analysis.replay import Did, How, Phase, Replay, replay
from async_magics.lang import translation
from async_magics.model import InstantKind, Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.explorer import front, replay_payload
from async_magics.views.replay_words import TASK_COLORS, TASK_COLORS_DARK, Sentences
from async_magics.views.theme import contrast

from ...strategies import traces
from ..samples import hostile, lecture, steps
from ..works import pool

ENGLISH = translation("en")
NODE = shutil.which("node")


def payload(trace: Trace, lang: str = "en") -> dict[str, Any]:
    found = replay_payload.replay_payload(translation(lang), trace)
    assert found is not None
    return found


def test_there_is_no_replay_of_nothing() -> None:
    assert replay_payload.replay_payload(ENGLISH, Trace(name="empty")) is None


def test_columns_are_of_one_length_and_plain() -> None:
    trace = lecture()
    found = payload(trace)
    assert {len(column) for column in found["steps"].values()} == {len(replay(trace))}
    assert json.loads(json.dumps(found)) == found
    assert found["cut"] == ""


def test_a_long_trace_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_payload, "MOST_STEPS", 50)
    found = payload(steps(10, 20))
    assert len(found["steps"]["did"]) == 50
    assert found["cut"].startswith("only the beginning is replayed: 50 steps, up to ")
    assert payload(steps(10, 20), "ru")["cut"].startswith("показано только начало: 50 шагов, до ")


def test_sentences() -> None:
    script = TraceScript("said")
    task = script.task("Task-1", "fetch", "1", at=0.1)
    script.running(0, 0, 0.2)
    script.ready(task, 0.1, 0.2)
    script.running(task, 0.2, 0.3)
    script.instant(InstantKind.PRINTED, 0.25, task=task, text="hello")
    script.end(task, 0.3, Outcome.RAISED, "ValueError", "no such city")
    trace = script.trace(cell_end=0.3)
    found = replay(trace)
    said = Sentences(ENGLISH, found)
    assert [said.of(moment) for moment in found.moments] == [
        "cell begins",
        "cell creates Task-1",
        "cell: not recorded from here on",
        "Task-1 runs",
        "Task-1 prints: hello",
        "Task-1 fails: ValueError: no such city",
    ]
    russian = Sentences(translation("ru"), found)
    assert [russian.of(moment) for moment in found.moments][-2:] == [
        "Task-1 печатает: hello",
        "Task-1 завершается с ошибкой: ValueError: no such city",
    ]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("trace", [lecture(), pool(), hostile()], ids=["lecture", "pool", "hostile"])
def test_every_step_is_said(trace: Trace, lang: str) -> None:
    found = replay(trace)
    said = Sentences(translation(lang), found)
    texts = [said.of(moment) for moment in found.moments]
    assert all(text and "\n" not in text and "{task}" not in text for text in texts)


def test_marks_can_be_read() -> None:
    assert all(contrast(color, "#ffffff") >= 4.5 for color in TASK_COLORS)
    assert all(contrast(color, "#16191d") >= 4.5 for color in TASK_COLORS_DARK)


# ---------------------------------------------------------------------------------------- what the page makes of it

PROGRAM = """
{situation}
const wanted = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(wanted.map((content) => {{
  const replay = situation.prepared(content);
  return Array.from({{ length: replay.count }}, (_, step) => {{
    const now = situation.at(replay, step);
    return {{
      t: now.t, states: Array.from(now.states.values()).map((s) => [s.task, s.phase, s.since, s.wait, s.place, s.how]),
      ready: Array.from(now.ready), timers: now.timers, running: Array.from(now.running), printed: now.printed.map((print) => print[2]),
      pools: now.pools.map((p) => [
        p.pool, p.queue, p.workers.map((w) => [w, p.runs.has(w) ? p.runs.get(w) : null]), p.done, Array.from(p.back),
      ]),
    }};
  }});
}})));
"""


def in_page(contents: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return what the page's own program works out, for every step of each replay."""
    assert NODE is not None
    source = (Path(front.__file__).parent / "front/situation.js").read_text(encoding="utf-8")
    ran = subprocess.run(
        [NODE, "-e", PROGRAM.format(situation=source)], input=json.dumps(contents), capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: list[list[dict[str, Any]]] = json.loads(ran.stdout)
    return found


def expected(found: Replay, step: int) -> dict[str, Any]:
    now, hows = found.at(step), list(How)
    states = []
    for state in now.tasks.values():
        place = None if state.stand is None else (state.stand.place.file, state.stand.place.line)
        states.append((state.task, state.phase, state.since_ns, place, None if state.stand is None else hows.index(state.stand.how)))
    return {
        "t": now.moment.t_ns,
        "states": sorted(states, key=str),
        "ready": {track: list(queue) for track, queue in now.ready.items()},
        "timers": [[timer.due_ns, timer.task] for timer in now.timers],
        "running": dict(now.running),
        "printed": [instant.text[:2000] for instant in now.printed],
        "pools": [
            [one.pool, list(one.queue), [list(pair) for pair in one.workers], list(one.done), sorted(one.back)]
            for one in now.pools
            if one.queue or one.workers or one.done
        ],
    }


def told(seen: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    places = [(place["file"], place["line"]) for place in content["places"]]
    states = [(s[0], Phase(s[1]), s[2], places[s[4]] if s[4] >= 0 else None, s[5] if s[5] >= 0 else None) for s in seen["states"]]
    return {
        "t": seen["t"],
        "states": sorted(states, key=str),
        "ready": dict(seen["ready"]),
        "timers": seen["timers"],
        "running": dict(seen["running"]),
        "printed": seen["printed"],
        "pools": [[*one[:4], sorted(one[4])] for one in seen["pools"]],
    }


def lock() -> Trace:
    """Two tasks, a lock held by one of them, a time-out, and a line seen on the way."""
    script = TraceScript("lock")
    a, b = script.task("a", at=0.0, created_at=line(3)), script.task("b", at=0.05, created_at=line(4), defined_at=line(1))
    script.running(0, 0, 0.1)
    script.waiting(0, 0.1, 1, WaitKind.GATHER, targets=(a, b), chain=(line(5),))
    script.ready(a, 0, 0.1)
    script.running(a, 0.1, 0.2)
    script.waiting(a, 0.2, 0.6, WaitKind.SLEEP, delay_ns=ns(0.4), chain=(line(2),))
    script.running(a, 0.6, 0.7)
    script.ready(b, 0.05, 0.2)
    script.running(b, 0.2, 0.3)
    script.waiting(b, 0.3, 0.7, WaitKind.LOCK, targets=(a,), deadline_ns=ns(5), chain=(line(7, file="In[2]"),))
    script.running(b, 0.7, 0.8)
    script.instant(InstantKind.CALLOUT, 0.75, task=b, text="got it", location=line(8))
    script.instant(InstantKind.PRINTED, 0.76, task=b, text="b has it")
    script.end(a, 0.7)
    script.end(b, 0.8)
    return script.trace(cell_end=1)


@pytest.mark.skipif(NODE is None, reason="no node on this machine: the page's program is not tried apart from the browser")
def test_the_page_works_out_the_same_situations() -> None:
    samples = [lecture(), pool(), lock(), hostile(), steps(4, 12)]
    contents = [payload(trace) for trace in samples]
    for trace, content, seen in zip(samples, contents, in_page(contents), strict=True):
        found = replay(trace)
        assert len(seen) == len(found)
        for step in range(len(found)):
            assert told(seen[step], content) == expected(found, step), (trace.name, step)


@given(traces())
def test_any_trace_gives_a_payload(trace: Trace) -> None:
    found = replay_payload.replay_payload(ENGLISH, trace)
    if found is not None:
        json.dumps(found)
        count = len(found["steps"]["did"])
        assert all(did >= Did.CREATED or phase < 0 for did, phase in zip(found["steps"]["did"], found["steps"]["phase"], strict=True))
        assert all(step < until < count for step, until, _answer, _candidates in found["questions"])
        assert len(found["tasks"]["job"]) == len(trace.tasks)
        assert sum(found["tasks"]["job"]) == sum(task.kind is TaskKind.JOB for task in trace.tasks)
