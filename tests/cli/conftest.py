"""Saved notebooks and traces to work with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from async_magics.lang import translation
from async_magics.model import Trace, WaitKind
from async_magics.model.codec import to_json
from async_magics.testing import TraceScript, ns
from async_magics.views.kept import MIME, keep
from async_magics.views.spec import ChartOptions


def run_of(name: str, *seconds: float, title: str = "") -> Trace:
    """Return a trace in which tasks sleep side by side."""
    script = TraceScript(name, title=title, source="%%tasktrace\nawait main()")
    for number, length in enumerate(seconds, 1):
        task = script.task(f"Task-{number}", "fetch", str(number))
        script.running(task, 0.0, 0.1)
        script.waiting(task, 0.1, length, WaitKind.SLEEP, delay_ns=ns(length))
        script.end(task, length)
    return script.trace(cell_end=max(seconds))


def output_of(trace: Trace, **options: Any) -> dict[str, Any]:
    """Return an output as a notebook stores it."""
    content = keep(trace, ChartOptions(lang="en", **options), translation("en"), None).content
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["CHART"], MIME: content}}


def code(source: str | list[str], *outputs: Any, **metadata: Any) -> dict[str, Any]:
    """Return a code cell as a notebook stores it."""
    return {"cell_type": "code", "execution_count": None, "id": "x", "metadata": metadata, "outputs": list(outputs), "source": source}


def notebook_of(*cells: dict[str, Any]) -> str:
    """Return a notebook as Jupyter writes it."""
    whole = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    """A saved notebook: five code cells, two of them without charts, one with two."""
    one, two = run_of("In [3]", 1.0, 2.0), run_of("pool", 0.5)
    path = tmp_path / "lecture.ipynb"
    path.write_text(
        notebook_of(
            {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Lecture"]},
            code("%load_ext async_magics"),
            code("%%tasktrace\nawait main()", output_of(one)),
            code("2 + 2"),
            code("%%tasktrace --name pool\nrun()", output_of(two), output_of(two, title="Обед: №1", theme="dark")),
            code("%%tasktrace\nawait x()", output_of(run_of("In [5]", 1.0, title="x"), title="Slow <b>")),
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Saves a trace as a file."""

    def save(name: str, *seconds: float) -> Path:
        path = tmp_path / f"{name}.trace.json"
        path.write_text(to_json(run_of(name, *seconds)))
        return path

    return save
