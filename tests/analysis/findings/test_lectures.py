"""What the rules say about the cells of lectures on asyncio: what the lecturer shows there, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .notebook import Notebook, told

ROOT = Path(__file__).parents[3]
OURS = ROOT / "notebooks/lecture_en.ipynb"
REAL = ROOT.parent / "shared/lecture/lecture_cells.ipynb"

EXPECTED_OURS = {
    "sequence": ["AM101"],
    "trap": ["AM101"],
    "failure": ["AM205"],
    "blocked": ["AM102"],
}
"""Cells that show what not to do, by name."""

EXPECTED_REAL = {8: ["AM101"], 18: ["AM205"]}
"""The same, by position: ``await`` after ``await``, and ``gather`` whose tasks go on when one fails."""


def cells(path: Path) -> list[dict[str, object]]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def source(cell: dict[str, object]) -> str:
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)  # type: ignore[arg-type]


@pytest.mark.skipif(not OURS.is_file(), reason="the notebooks are not part of this copy")
def test_our_lecture(notebook: Notebook) -> None:
    found = cells(OURS)
    names = [str(cell["id"]) for cell in found]
    first, last = names.index("coroutine"), names.index("finish")
    traced = [cell for cell in found[first : last + 1] if re.match("%%?tasktrace ", source(cell))]
    ran = notebook.run([source(cell) for cell in (found[0], *traced)])
    said = {one.trace.name: [finding.code for finding in one.findings] for one in ran}
    assert list(said) == [cell["id"] for cell in traced]
    assert {name: codes for name, codes in said.items() if codes} == EXPECTED_OURS, [told(one.findings) for one in ran]


@pytest.mark.skipif(not REAL.is_file(), reason="the lecture is not part of the project: ../shared/lecture is missing")
def test_real_lecture(notebook: Notebook) -> None:
    """From the cell that imports asyncio on; before it there are processes and generators."""
    found = [source(cell) for cell in cells(REAL)]
    first = found.index("import asyncio")
    ran = notebook.run([f"%time\n{found[0]}", *found[first:]])
    said = {number: [finding.code for finding in one.findings] for number, one in enumerate(ran, first)}
    assert len(said) == len(found) - first
    assert {number: codes for number, codes in said.items() if codes} == EXPECTED_REAL, [told(one.findings) for one in ran]
