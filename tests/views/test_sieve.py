"""What a reader looks for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.views.samples import lecture, like
from tests.views.works import pool

from async_magics.model import Trace
from async_magics.testing import ns
from async_magics.views.basis import Basis
from async_magics.views.facts import Facts
from async_magics.views.sieve import Sieve
from async_magics.views.spec import ChartOptions


def lanes(trace: Trace, **wanted: Any) -> list[str]:
    facts = Facts(trace)
    return [lane.name for lane in Basis.of(facts, ChartOptions(lang="en"), found=Sieve(**wanted).owners(facts, facts.owners)).lanes]


ALL = ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({}, ALL),
        ({"text": "task-11"}, ALL[1:]),
        ({"text": " CONNECT_TO_USER(3) "}, ["Task-112"]),
        ({"text": "nobody"}, []),
        ({"outcome": "cancelled"}, ["Task-112"]),
        ({"outcome": "raised"}, ["cell", "Task-113"]),
        ({"kind": "asyncio"}, ALL[1:]),
        ({"kind": "thread"}, []),
        ({"state": "blocking"}, ["Task-113"]),
        ({"state": "blocking", "longer_ns": ns(2)}, []),
        ({"state": "waiting", "longer_ns": ns(0.999)}, ["Task-110", "Task-111", "Task-112"]),
        ({"state": "running", "longer_ns": ns(0.5)}, ["Task-113"]),
        ({"longer_ns": ns(1.6)}, ["Task-110", "Task-111"]),
        ({"text": "task", "outcome": "raised"}, ["Task-113"]),
        ({"order": "duration"}, ["cell", "Task-111", "Task-110", "Task-112", "Task-113"]),
        ({"order": "wait"}, ["cell", "Task-111", "Task-110", "Task-112", "Task-113"]),
        ({"order": "name"}, ALL),
    ],
)
def test_lanes_that_are_left(wanted: dict[str, Any], left: list[str]) -> None:
    assert lanes(lecture(), **wanted) == left


def test_what_is_left_is_drawn_one_by_one_where_it_has_room() -> None:
    assert [name for name in lanes(like(300, failing=2)) if "×" in name]
    assert lanes(like(300, failing=2), outcome="raised") == ["Task-300", "Task-301"]


def test_a_worker_is_found_by_its_calls_and_keeps_its_pool_only_if_that_fits() -> None:
    found = lanes(pool(10), text="slow_square(3)")
    assert len(found) == 1 and found[0].startswith("ForkPoolWorker")


def test_the_usual_order_changes_nothing() -> None:
    assert Sieve().is_open and not Sieve(order="name").is_open
    facts = Facts(pool(10))
    assert set(Sieve().owners(facts, facts.owners).order) == set(facts.owners.order)
