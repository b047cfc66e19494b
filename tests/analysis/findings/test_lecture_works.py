"""What the rules say about the lecture's cells with processes, pools and threads: nothing but what its author wants said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .notebook import ENGLISH, Notebook, Ran, codes, told

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "lecture" / "lecture_cells.ipynb"
FORK = "import multiprocessing\nmultiprocessing.set_start_method('fork')"

SAYS = {"leak": {"AM514"}, "gil": {"AM501"}, "tiny": {"AM511"}}
"""The trap, the lock and the trifle; all other cells are good."""
LAST = "tiny"
"""The last cell with processes."""


def sources(path: Path) -> list[str]:
    """Return the code cells of a notebook."""
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def traced(cells: list[str]) -> dict[str, str]:
    """Return the lecture's traced cells up to the last one with processes, by name and without the magic, with what stands between them."""
    found: dict[str, str] = {}
    for number, cell in enumerate(cells):
        magic = re.match(r"%%tasktrace --name (\w+).*\n", cell)
        code = cell[magic.end() :] if magic else _plain(cell)
        if code:
            found[magic[1] if magic else f"cell {number}"] = code
        if magic and magic[1] == LAST:
            break
    return found


def _plain(cell: str) -> str:
    return "\n".join(line for line in cell.splitlines() if not line.startswith("%"))


@pytest.fixture(scope="module")
def lecture(notebook: Notebook) -> dict[str, Ran]:
    cells = traced(sources(ROOT / "notebooks/lecture_en.ipynb"))
    return dict(zip(["fork", *cells], notebook.run([FORK, *cells.values()], settle=0), strict=True))


def test_only_the_traps_are_named(lecture: dict[str, Ran]) -> None:
    assert {*SAYS, "processes", "pool", "few", "threads", "executor", "compute", "cores"} <= lecture.keys()
    said = {name: codes([ran]) for name, ran in lecture.items() if codes([ran])}
    assert said in (SAYS, {name: SAYS[name] for name in SAYS if name != "gil"}), {name: told(lecture[name].findings) for name in said}
    assert [(name, ran.error, ran.trace.problems) for name, ran in lecture.items() if ran.error or ran.trace.problems] == []


def test_the_forgotten_pool_is_to_be_closed(lecture: dict[str, Ran]) -> None:
    (finding,) = lecture["leak"].findings
    assert finding.text(ENGLISH).startswith("Pool(2) (line 2) was not closed: use `with Pool(…) as pool:`")


@pytest.mark.skipif(not REAL.is_file(), reason="the lecture is not part of the project: ../shared/lecture is missing")
def test_the_lecture_that_the_package_was_made_for(notebook: Notebook) -> None:
    """Its pool is never closed; interrupted it is all the same."""
    functions, _loop, processes, pool = sources(REAL)[:4]
    ran = notebook.run([FORK, functions, processes, pool])
    assert [codes([one]) for one in ran] == [set(), set(), set(), {"AM514"}], [told(one.findings) for one in ran]
    assert [(one.error, one.trace.problems) for one in ran] == [(None, ())] * len(ran)


def test_an_interrupted_pool_is_to_be_closed(notebook: Notebook) -> None:
    cell = "import time\nfrom multiprocessing import Pool\npool = Pool(2)\npool.map(time.sleep, [5] * 4)"
    (_, ran) = notebook.run([FORK, cell], interrupt=1.0)
    assert (codes([ran]), ran.error) == ({"AM514"}, "KeyboardInterrupt"), told(ran.findings)
