"""Python in a browser (Pyodide, as JupyterLite has it), run by Node. ``ASYNC_MAGICS_PYODIDE`` names the folder of the npm package."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import async_magics

HERE = Path(__file__).parent / "pyodide"
MODULES = (
    "IPython", "traitlets", "pygments", "prompt_toolkit", "wcwidth", "jedi", "parso", "stack_data", "executing", "asttokens", "pure_eval",
    "matplotlib_inline", "pexpect", "ptyprocess", "ipython_pygments_lexers", "cloudpickle", "decorator",
)  # fmt: skip
"""What IPython needs; all of it is plain Python, and taken from this environment."""


def pyodide() -> str:
    """Return the folder of the package, or nothing."""
    named = os.environ.get("ASYNC_MAGICS_PYODIDE")
    if named or shutil.which("npm") is None:
        return named or ""
    root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, timeout=60, check=False).stdout.strip()
    return str(Path(root, "pyodide")) if Path(root, "pyodide").is_dir() else ""


def place(module: str) -> str | None:
    """Return the folder, or the one file, of a module; ``None`` where there is none."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return None
    origin = Path(found.origin)
    return str(origin.parent if origin.name == "__init__.py" else origin)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    folder = pyodide()
    if shutil.which("node") is None or not folder:
        pytest.skip("no Node, or no Pyodide for it: npm install --global pyodide")
    modules = [str(Path(async_magics.__file__).parent), *filter(None, map(place, MODULES))]
    command = ["node", str(HERE / "run.mjs"), folder, str(HERE / "program.py"), *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_steps_of_tasks_are_seen(facts: dict[str, Any]) -> None:
    assert facts["answers"] == ["a", "b"]
    assert [(arguments, outcome) for _, arguments, outcome in facts["tasks"]] == [
        (None, "returned"),
        ("'a', 0.05", "returned"),
        ("'b', 0.1", "returned"),
    ]
    assert facts["states"] == ["RUNNABLE", "RUNNING", "WAITING", "RUNNABLE", "RUNNING"]
    assert len(facts["waits"]) == 1 and "sleep" in facts["waits"][0]


def test_the_loop_is_as_it_was(facts: dict[str, Any]) -> None:
    assert facts["restored"]


def test_the_chart_says_what_is_not_there(facts: dict[str, Any]) -> None:
    assert facts["problems"] == ["threads, processes and pools: Python in a browser has none; long steps cannot be looked into"]
    assert facts["problems"][0] in facts["text"]


def test_a_traced_cell_shows_its_value_and_its_chart(facts: dict[str, Any]) -> None:
    assert facts["value"] == "the value"
    (chart,) = facts["charts"]
    assert "fetch('slow', 5)" in chart and "■ by the TaskGroup" in chart and "extra_flags" not in chart


def test_the_page_gets_its_data(facts: dict[str, Any]) -> None:
    assert facts["payload"] == ["cell", "asyncio", "asyncio"]
    assert facts["packed"] == "1f8b"  # gzip
