"""Prints how large a trace of 200,000 slices is and how long it takes to save and to open: ``python benchmarks/tracefile.py [--quick]``.

As a file of its own (JSON), and as a notebook keeps it: packed, as text in an output, read out of the whole ``.ipynb``; or in a file
beside it. The trace is the worst that we could make up: no two durations or deadlines alike. ``--quick`` does each once, with a tenth of
the slices.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from async_magics import load
from async_magics.lang import translation
from async_magics.model import Outcome, SliceTable, State, Task, TaskKind, Trace, Track, TrackKind, Wait, WaitKind
from async_magics.model.codec import to_json
from async_magics.model.pack import packed, text_lines
from async_magics.views import kept
from async_magics.views.kept import FORMAT, MIME, VERSION, keep
from async_magics.views.spec import ChartOptions

SLICES = 200_000
MOST_BYTES, MOST_SECONDS = 10_000_000, 2.0


def invented(slices: int, tasks: int = 1000) -> Trace:
    """Return a trace in which nothing repeats."""
    dice = random.Random(7)
    table = SliceTable()
    now = 0
    for task in range(tasks):
        for row in range(slices // tasks):
            start, now = now, now + dice.randrange(1_000_000, 2_000_000)
            state = State(row % 3)
            wait = Wait(kind=WaitKind.WAIT_FOR, delay_ns=dice.randrange(10**10), deadline_ns=now + dice.randrange(10**10))
            known = table.wait_id(wait) if state is State.WAITING else -1
            table.add(task, start, now, state, wait=known, waker=dice.randrange(tasks), cpu_ns=dice.randrange(100_000))
    tracks = (Track(id=0, kind=TrackKind.PROCESS, name="python"),)
    made = [Task(id=0, kind=TaskKind.CELL, name="cell", begun_ns=0, ended_ns=now, outcome=Outcome.RETURNED)]
    made += [Task(id=number, kind=TaskKind.ASYNCIO, name=f"Task-{number}", function="work", arguments="1") for number in range(1, tasks)]
    return Trace(name="benchmark", slices=table, end_ns=now, cell_end_ns=now, tasks=tuple(made), tracks=tracks)


def notebook(content: Any) -> str:
    """Return a notebook with one chart."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["CHART"], MIME: content}}
    cell = {"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "outputs": [output], "source": ["%%tasktrace"]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def best(step: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Return the shortest time that a step took, and what it returned."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        result = step()
        times.append(time.perf_counter() - begun)
    return min(times), result


def measure(trace: Trace, folder: Path, rounds: int) -> bool:
    """Save and open a trace in each form; return whether all of it kept to the limits."""
    words, options = translation("en"), ChartOptions(lang="en")
    good = True
    head = {"format": FORMAT, "version": VERSION, "name": trace.name, "options": {"lang": "en"}}
    forms: list[tuple[str, str, Callable[[], str]]] = [
        ("JSON file", "t.json", lambda: to_json(trace)),
        ("in the notebook", "n.ipynb", lambda: notebook({**head, "trace": text_lines(packed(trace))})),
        ("beside the notebook", "b.ipynb", lambda: notebook(keep(trace, options, words, folder).content)),
    ]
    for name, file, write in forms:
        path = folder / file
        saving, text = best(write, rounds)
        path.write_text(text)
        loading, found = best(lambda path=path: _opened(path), rounds)
        size = path.stat().st_size + sum(beside.stat().st_size for beside in folder.glob("*.traces/*") if file == "b.ipynb")
        assert found.slices.start_ns == trace.slices.start_ns
        kept_to = size < MOST_BYTES and loading < MOST_SECONDS
        good = good and kept_to
        print(f"{name:20} {size / 1e6:6.2f} MB   save {saving:6.2f} s   load {loading:6.2f} s   {'ok' if kept_to else 'TOO MUCH'}")
    return good


def _opened(path: Path) -> Trace:
    found = load(path)
    trace: Trace = (found if path.suffix == ".json" else found["last"]).trace
    return trace


def main() -> int:
    """Measure; return 1 if a limit was passed."""
    quick = "--quick" in sys.argv[1:]
    trace = invented(SLICES // 10 if quick else SLICES, 100 if quick else 1000)
    print(
        f"{len(trace.slices):,} slices, limits {MOST_BYTES / 1e6:g} MB and {MOST_SECONDS:g} s; an output keeps {kept.MOST_TEXT:,} letters"
    )
    with tempfile.TemporaryDirectory() as folder:
        return 0 if measure(trace, Path(folder), 1 if quick else 3) else 1


if __name__ == "__main__":
    sys.exit(main())
