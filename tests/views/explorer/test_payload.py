"""What a page is sent of a trace: the same as the static chart says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from async_magics.model import Instant, InstantKind, Trace
from async_magics.testing import ns
from async_magics.views.compose import compose
from async_magics.views.explorer import payload
from async_magics.views.spec import ChartOptions

from .. import samples, works

OPTIONS = ChartOptions(lang="en")


@pytest.mark.parametrize("trace", [samples.lecture(), works.processes(killed=True)], ids=["cancelled", "killed"])
def test_who_ended_a_task_is_said_as_in_the_static_chart(trace: Trace) -> None:
    sent, scene = payload(trace, OPTIONS)["tasks"]["end_text"], compose(trace, OPTIONS)
    ended = {scene.lanes[end.lane].tasks[0]: end.text for end in scene.ends if end.outcome == "cancelled"}
    assert any(ended.values()) and {task: sent[task] for task in ended} == ended


def test_the_window_that_was_asked_for_is_sent() -> None:
    trace = samples.lecture()
    assert payload(trace, OPTIONS)["window"] == [0, trace.end_ns]
    assert payload(trace, ChartOptions(lang="en", window=(ns(0.5), ns(1))))["window"] == [ns(0.5), ns(1)]


def test_what_is_left_out_is_said() -> None:
    trace = replace(samples.lecture(), problems=("threads were not seen",), dropped=7)
    said = payload(trace, OPTIONS)["footnotes"]
    assert said == list(compose(trace, OPTIONS).footnotes) and any("threads were not seen" in text for text in said)
    prints = tuple(Instant(kind=InstantKind.PRINTED, t_ns=number, task=0, text="x") for number in range(5001))
    sent = payload(replace(trace, instants=prints), OPTIONS)
    assert len(sent["prints"]) == 5000 and sent["footnotes"][-1] == "only the first 5,000 prints are listed here"
