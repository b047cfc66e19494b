"""Every traced cell of the lectures, replayed: states, queue and printed text equal the trace at every step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from async_magics.analysis.replay import How
from async_magics.model import Trace

from .findings.notebook import Notebook
from .findings.test_lectures import OURS, REAL, cells, source
from .replayed import checked


def traced(notebook: Notebook, path: Path) -> dict[str, Trace]:
    found = [source(cell) for cell in cells(path)]
    ran = notebook.run([found[0], *(text for text in found if re.match("%%?tasktrace ", text))])
    return {one.trace.name: one.trace for one in ran}


@pytest.mark.skipif(not OURS.is_file(), reason="the notebooks are not part of this copy")
@pytest.mark.parametrize("name", ["lecture_en.ipynb", "lecture_ru.ipynb"])
def test_our_lectures(notebook: Notebook, name: str) -> None:
    found = traced(notebook, OURS.with_name(name))
    assert len(found) > 25
    replays = {name: checked(trace) for name, trace in found.items()}
    gather = replays["gather"]
    assert len(gather.questions) == 8, "the cell, four tasks twice, and the cell again: the first has nothing before it"
    final = gather.at(-1)
    assert len(final.printed) == 5
    waiting = gather.at(gather.questions[4].step).tasks
    stands = {task: state.stand for task, state in waiting.items()}
    assert all(stand is not None and stand.how is How.WAITS for stand in stands.values())
    places = [stand.place.file for stand in stands.values() if stand is not None]
    assert places[0] == "cell" and all(place.startswith("In[") for place in places[1:]), "fetch was defined in an earlier cell"


@pytest.mark.skipif(not REAL.is_file(), reason="the lecture is not part of the project: ../shared/lecture is missing")
def test_real_lecture(notebook: Notebook) -> None:
    found = [source(cell) for cell in cells(REAL)]
    first = found.index("import asyncio")
    ran = notebook.run([f"%time\n{found[0]}", *found[first:]])
    assert len(ran) == len(found) - first
    for one in ran:
        checked(one.trace)
