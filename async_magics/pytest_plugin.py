"""The fixture ``tasktrace`` for pytest: records, answers, and when a test fails leaves the chart beside the report.

Loaded by pytest itself wherever the package is installed, so it imports nothing heavy before the fixture is used.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .grading import TaskTrace

_FIXTURE = "tasktrace"


class TaskTraces:
    """What the fixture gives: call it for a recording, or let it run a program.

    Attributes:
        folder: where the charts of a failed test go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._recordings: list[TaskTrace] = []

    def __call__(self, name: str = "", **options: Any) -> TaskTrace:
        """Return a recording for ``with`` or ``async with``; the options are those of ``async_magics.trace``."""
        from .grading import tasktrace

        recording = tasktrace(name or f"trace {len(self._recordings) + 1}", **options)
        self._recordings.append(recording)
        return recording

    def run(self, work: Any, *args: Any, **kwargs: Any) -> TaskTrace:
        """Record a coroutine, a coroutine function or a function, called with the arguments."""
        from .grading import run_in

        return run_in(self(getattr(work, "__name__", "")), work, *args, **kwargs)

    def close(self) -> None:
        """Stop whatever still records, so that the next test finds everything as it was."""
        for recording in self._recordings:
            recording.close()

    def report(self) -> str:
        """Return the charts of what was recorded as text, and where they lie as pictures."""
        from .errors import AsyncMagicsError

        told = []
        for number, recording in enumerate(self._recordings, start=1):
            try:
                told.append(recording.gantt().text())
                told += [str(recording.save(self.folder / f"{number}{suffix}", force=True)) for suffix in (".png", ".json")]
            except AsyncMagicsError as error:
                told.append(f"{recording.name}: {error}")
        return "\n".join(told)


@pytest.fixture
def tasktrace(tmp_path: Path) -> Iterator[TaskTraces]:
    """Give what records tasks, threads and processes, and can be asked about them."""
    traces = TaskTraces(tmp_path / _FIXTURE)
    yield traces
    traces.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the charts into the report of a test that failed."""
    report = yield
    traces = getattr(item, "funcargs", {}).get(_FIXTURE)
    if report.when == "call" and report.failed and isinstance(traces, TaskTraces):
        report.sections.append((_FIXTURE, traces.report()))
    return report
