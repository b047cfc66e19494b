"""Tornado's coroutines, as the ledger tells of them."""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import Any

import pytest

from async_magics.events import Verb

from .ledger import Ledger, record

gen = pytest.importorskip("tornado.gen", reason="tornado is not installed")


@gen.coroutine
def old(number: int) -> Any:
    yield gen.sleep(0.001)
    done = yield native(number)
    raise gen.Return(done)


@gen.coroutine
def fails(step: int) -> Any:
    if not step:
        raise ZeroDivisionError
    yield gen.moment
    raise KeyError("k")


@gen.coroutine
def nests() -> Any:
    yield [old(1), old(2)]


async def native(number: int) -> int:
    await gen.sleep(0.001)
    return number


def run(main: Any) -> Ledger:
    async def wrapped() -> Any:
        return await main()

    return record(lambda: asyncio.run(wrapped()))


def test_steps() -> None:
    """Every step is there, the first too; the task that called is its creator."""

    async def main() -> None:
        assert await old(7) == 7

    told = run(main)
    work = told["old(7)"]
    assert work.steps == ["yield", "yield", "return"]
    assert work.verbs == [Verb.SPAWN, *[Verb.STEP] * 3]
    assert work.spawn["kind"] == "generator" and work.spawn["by"] > 0 and work.spawn["owner"] == told.marker
    assert work.spawn["site"][0] is main.__code__
    assert work.spawn["defined"] == (old.__wrapped__.__code__, 0)
    assert told.log.problems == []


def test_coroutines_in_coroutines() -> None:
    """What a step calls was created by it."""
    told = run(nests)
    assert told.calls == ["nests()", "old(1)", "old(2)"]
    assert [work.spawn["by"] for work in told.works[1:]] == [told.works[0].id] * 2


@pytest.mark.parametrize(("step", "steps"), [(0, ["ZeroDivisionError"]), (1, ["yield", "KeyError"])])
def test_errors(step: int, steps: list[str]) -> None:
    """An error is named, and its traceback is the one without us."""

    async def main() -> list[str]:
        try:
            await fails(step)
        except Exception as error:
            texts.append("".join(traceback.format_exception(error)))
        return texts

    texts: list[str] = []
    asyncio.run(main())
    told = run(main)
    assert told.works[0].steps == steps
    assert texts[0].partition("in main")[2] == texts[1].partition("in main")[2]


def test_cancelled() -> None:
    """A cancelled coroutine says so."""

    async def main() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        @gen.coroutine
        def waits() -> Any:
            yield future

        waiting = waits()
        future.cancel()
        await asyncio.wait([waiting], timeout=0.01)  # Tornado before 6.6 never completes it
        assert waiting.cancelled() or not waiting.done()

    assert run(main).works[0].steps[0] == "yield"


def test_of_others() -> None:
    """Outside a recording coroutines are left alone, and tornado is as it was."""
    before = (vars(gen.Runner)["run"], "next" in vars(gen))
    record(lambda: None)
    assert (vars(gen.Runner)["run"], "next" in vars(gen)) == before
    assert "next" not in vars(gen)


def test_without_tornado(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said where it is not there."""
    monkeypatch.setitem(sys.modules, "tornado.gen", None)
    assert record(lambda: None).log.problems == []


def test_imported_by_the_traced_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell may begin with the import; afterwards even that module is as it was."""
    monkeypatch.delitem(sys.modules, "tornado.gen")
    found: list[Any] = []

    def cell() -> None:
        import tornado.gen as late

        @late.coroutine
        def waits() -> Any:
            yield late.sleep(0)

        async def main() -> None:
            await waits()

        found.extend([late, "next" in vars(late)])
        asyncio.run(main())

    assert record(cell).works[0].steps == ["yield", "return"]
    assert found[1] is True and "next" not in vars(found[0])
