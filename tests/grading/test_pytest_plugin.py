"""The fixture, in pytest's own runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytest_plugins = "pytester"

PLUGIN = "async_magics.pytest_plugin"
PROGRAM = """
import asyncio

async def step():
    await asyncio.sleep(0)

async def one_by_one():
    for name in "ab":
        await asyncio.create_task(step(), name=name)

"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("LANGUAGE", "en")

    def run_test(source: str) -> pytest.RunResult:
        pytester.makepyfile(PROGRAM + source)
        # In a process of its own: what is imported in this one is forgotten afterwards, and numpy cannot be imported twice.
        return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")

    return run_test


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    if not project.is_file():
        pytest.skip("not the whole project")
    assert tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


def test_a_right_program_passes(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_it(tasktrace):
    with tasktrace() as trace:
        asyncio.run(one_by_one())
    assert trace.task("a").ran_before("b")
    assert trace.finished_in_order("a", "b") and trace.no_leaks()
    assert tasktrace.run(one_by_one).max_concurrency <= 2
    assert not trace.task("a").overlaps("b")
"""
    )
    result.assert_outcomes(passed=1)
    assert "since the cell began" not in result.stdout.str()


def test_async_with_records_inside_a_loop(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_it(tasktrace):
    async def main():
        async with tasktrace("inside") as trace:
            await one_by_one()
        return trace
    assert asyncio.run(main()).task("a").ran_before("b")
"""
    )
    result.assert_outcomes(passed=1)


def test_a_failure_says_why_and_leaves_the_chart(run, pytester: pytest.Pytester) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_it(tasktrace):
    trace = tasktrace.run(one_by_one)
    assert trace.task("a").overlaps("b")
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines_random(
        [r"E +AssertionError: assert <no: a ran .*: one after the other>", r"-+ tasktrace -+", r".*seconds since the cell began"]
    )
    pictures = [Path(text) for text in result.stdout.lines if text.endswith(("1.png", "1.json"))]
    assert [path.suffix for path in pictures] == [".png", ".json"]
    assert all(path.stat().st_size > 100 for path in pictures)


def test_a_number_says_what_it_was(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_it(tasktrace):
    assert tasktrace.run(one_by_one).max_concurrency >= 3
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines_random([r"E +AssertionError: assert 2 >= 3"])


def test_a_recording_that_never_began_does_not_spoil_the_report(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_it(tasktrace):
    tasktrace("unused")
    assert False
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines_random([r"unused: nothing was recorded yet.*"])


def test_what_is_left_open_is_closed_after_the_test(run) -> None:  # type: ignore[no-untyped-def]
    result = run(
        """
def test_one(tasktrace):
    tasktrace().start()

def test_two():
    assert not hasattr(asyncio.base_events.BaseEventLoop.create_task, "recorder")
"""
    )
    result.assert_outcomes(passed=2)
