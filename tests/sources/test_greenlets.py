"""Greenlets and gevent, as the ledger tells of them."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from async_magics.sources import greenlets

from .ledger import record

greenlet: Any = pytest.importorskip("greenlet", reason="greenlet is not installed")


def ping(turns: int) -> str:
    for _ in range(turns):
        greenlet.getcurrent().parent.switch()
    return "done"


def test_bare_greenlets_take_turns() -> None:
    """A step from switch to switch; the function is known once it has been seen suspended."""
    results: list[Any] = []

    def cell() -> None:
        a, b = greenlet.greenlet(ping), greenlet.greenlet(ping)
        a.switch(1)
        b.switch(2)
        results.extend([a.switch(), b.switch(), b.switch()])

    told = record(cell)
    assert results == ["done", (), "done"]
    assert [work.steps for work in told.works] == [["yield", "return"], ["yield", "yield", "return"]]
    assert [work.lines for work in told.works] == [[2], [2, 2]]
    spawn = told.works[0].spawn
    assert (spawn["kind"], spawn["function"], spawn["by"]) == ("greenlet", "ping", told.marker)
    assert spawn["defined"] == (ping.__code__, 0)
    assert told.log.problems == []


def test_an_error_ends_one() -> None:
    """The error goes to the parent; its type is not told."""

    def fails() -> None:
        greenlet.getcurrent().parent.switch()
        raise ZeroDivisionError

    def cell() -> None:
        one = greenlet.greenlet(fails)
        one.switch()
        with pytest.raises(ZeroDivisionError):
            one.switch()

    assert record(cell).works[0].steps == ["yield", "exception"]


def test_who_created_whom() -> None:
    """A greenlet that another starts is its; while one runs, what runs here is it."""

    def parent() -> None:
        child = greenlet.greenlet(ping)
        child.switch(1)

    told = record(lambda: greenlet.greenlet(parent).switch())
    creators = {work.spawn["function"].rpartition(".")[2]: work.spawn["by"] for work in told.works}
    assert creators == {"parent": told.marker, "ping": next(work.id for work in told.works if work.spawn["by"] == told.marker)}


def test_another_tracer_stays() -> None:
    """A tracer that is there goes on being called, and is there afterwards."""
    events: list[str] = []

    def tracer(event: str, _: Any) -> None:
        events.append(event)

    greenlet.settrace(tracer)
    try:
        told = record(lambda: greenlet.greenlet(ping).switch(0))
        assert greenlet.gettrace() is tracer
    finally:
        greenlet.settrace(None)
    assert events == ["switch", "switch"]
    assert len(told.works) == 1


def test_gone_afterwards() -> None:
    """Nothing stays, in this thread or another."""
    record(lambda: None)
    assert greenlet.gettrace() is None
    left: list[Any] = []

    def run() -> None:
        record(lambda: greenlet.greenlet(ping).switch(0))
        left.append(greenlet.gettrace())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert left == [None]


def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps beyond the bound are counted; the last is kept."""
    monkeypatch.setattr(greenlets, "MOST_STEPS", 2)

    def cell() -> None:
        one = greenlet.greenlet(ping)
        one.switch(4)
        while not one.dead:
            one.switch()

    told = record(cell)
    assert told.works[0].steps == ["yield", "yield", "return"]
    assert told.log.dropped == 2


def test_without_greenlet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said where it is not there."""
    monkeypatch.setitem(sys.modules, "greenlet", None)
    assert record(lambda: None).log.problems == []


def test_imported_by_the_traced_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell may begin with the import."""
    monkeypatch.delitem(sys.modules, "greenlet")

    def cell() -> None:
        import greenlet as late

        late.greenlet(ping).switch(0)

    told = record(cell)
    assert [work.steps for work in told.works] == [["return"]]
    assert greenlet.gettrace() is None


def test_gevent() -> None:
    """Function and arguments are known; who spawned, who failed; the hub is no work."""
    gevent = pytest.importorskip("gevent", reason="gevent is not installed")

    def works(number: int, password: str) -> int:
        gevent.sleep(0)
        return number

    def fails() -> None:
        gevent.sleep(0)
        raise ZeroDivisionError

    def spawns() -> None:
        gevent.spawn(works, 3, password="c").join()

    def cell() -> None:
        hub = gevent.get_hub()
        hub.exception_stream, stream = None, hub.exception_stream
        jobs = [gevent.spawn(works, 1, "a"), gevent.spawn(fails), gevent.spawn(spawns)]
        gevent.joinall(jobs)
        hub.exception_stream = stream
        assert jobs[0].value == 1 and isinstance(jobs[1].exception, ZeroDivisionError)

    told = record(cell)
    assert told.calls == ["works(1, '***')", "fails()", "spawns()", "works(3, password='***')"]
    assert [work.steps for work in told.works] == [
        ["yield", "return"],
        ["yield", "ZeroDivisionError"],
        ["yield", "return"],
        ["yield", "return"],
    ]
    assert [work.spawn["by"] for work in told.works] == [told.marker] * 3 + [told["spawns()"].id]
    assert told["fails()"].lines == [1]
