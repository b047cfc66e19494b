"""The lecture in both languages, and the gallery, run by real kernels."""

from __future__ import annotations

import ast
import asyncio
import copy
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from async_magics import load
from async_magics.model import InstantKind, Outcome, State, Task, TaskKind, Trace

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ru")

WAITING = {
    "loop": TaskKind.CALL,
    "processes": TaskKind.PROCESS,
    "pool": TaskKind.JOB,
    "few": TaskKind.JOB,
    "leak": TaskKind.JOB,
    "threads": TaskKind.THREAD,
    "executor": TaskKind.JOB,
}
"""Cells that ask weather stations, and what it is that asks."""

COMPUTING = {"compute": TaskKind.THREAD, "gil": TaskKind.THREAD, "cores": TaskKind.PROCESS}
"""Cells that compute twice."""

CALLED_OUT = {
    "processes": 6,
    "pool": 3,
    "threads": 6,
    "coroutine": 2,
    "gather": 2,
    "cancel": 3,
    "blocked": 2,
    "thread": 1,
}
"""How often lines with a remark run, in the cells that have such lines or call functions of earlier cells that have."""

MISTAKES = {"leak": "AM514", "tiny": "AM511", "sequence": "AM101", "trap": "AM101", "failure": "AM205", "blocked": "AM102"}
"""Cells that are wrong on purpose, and what is said of them however busy the machine is."""

FOLLOWED = ("failure", "timeout", "start")
"""Cells of ours whose tasks outlive them."""


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def run_together(notebooks: list[Any], folder: Path) -> None:
    """Run notebooks at the same time, each in a kernel of this Python; they get their outputs."""

    async def together() -> None:
        resources = {"metadata": {"path": str(folder)}}
        await asyncio.gather(
            *(NotebookClient(each, timeout=60, kernel_name="python3", resources=resources).async_execute() for each in notebooks)
        )

    asyncio.run(together())


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_chart(output: Any) -> bool:
    return "image/png" in output.get("data", {})


@pytest.fixture(scope="module")
def lectures() -> dict[str, Any]:
    return {lang: read(ROOT / "notebooks" / f"lecture_{lang}.ipynb") for lang in LANGUAGES}


@pytest.mark.parametrize("name", ["lecture_en", "lecture_ru", "gallery", "grading"])
def test_notebook_is_stored_without_traces_of_a_run(name: str) -> None:
    notebook = read(ROOT / "notebooks" / f"{name}.ipynb")
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3" and notebook.metadata.language_info == {"name": "python"}
    assert not [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count is not None]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_traced_cell_is_announced_and_explained(lectures: dict[str, Any], lang: str) -> None:
    cells = lectures[lang].cells
    traced = [number for number, cell in enumerate(cells) if cell.source.startswith("%%tasktrace")]
    assert len(traced) >= 25
    for number in traced:
        before, cell, after = cells[number - 1 : number + 2]
        magic = re.fullmatch(
            r'%%tasktrace --name ([a-z]+)(?: --calls [a-z]+| --follow 0| --prints)? --title "([^"]{5,40})"', cell.source.splitlines()[0]
        )
        assert magic and magic[1] == cell.id
        assert (before.cell_type, after.cell_type) == ("markdown", "markdown")
        assert (before.id, after.id) == (f"{cell.id}-before", f"{cell.id}-after")


def shape(source: str) -> list[str]:
    """Return a cell's code without its texts: magics with their options, where callouts stand, then the syntax tree."""
    lines = source.splitlines()
    magics = [re.sub(r'"[^"]*"|--lang \w+|--task \w+', "…", line) for line in lines if line.startswith("%")]
    callouts = [f"line {number}" for number, line in enumerate(lines, 1) if "#:" in line]
    tree = ast.parse("\n".join(line for line in lines if not line.startswith("%")))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "…"
    return [*magics, *callouts, ast.dump(tree)]


def test_both_languages_have_the_same_cells(lectures: dict[str, Any]) -> None:
    english, russian = (lectures[lang].cells for lang in LANGUAGES)
    assert [(cell.id, cell.cell_type) for cell in english] == [(cell.id, cell.cell_type) for cell in russian]
    for one, other in zip(english, russian, strict=True):
        if one.cell_type == "code":
            assert shape(one.source) == shape(other.source), one.id
        else:
            assert one.source != other.source and re.search("[а-я]{4}", other.source), one.id


@pytest.mark.usefixtures("own_kernel")
def test_notebooks_run_and_show_their_charts(lectures: dict[str, Any], tmp_path: Path) -> None:
    executed = [copy.deepcopy(lectures[lang]) for lang in LANGUAGES]
    for lang, notebook in zip(LANGUAGES, executed, strict=True):
        notebook.cells.append(nbformat.v4.new_code_cell(f"%taskexport --all {lang}/*.json", id="traces"))
    gallery = read(ROOT / "notebooks" / "gallery.ipynb")
    run_together([*executed, gallery], tmp_path)
    for notebook in (*executed, gallery):
        charts = {cell.id: [*map(is_chart, cell.outputs)] for cell in code_cells(notebook)}
        drawn = {cell.id for cell in code_cells(notebook) if re.match("(?!.* --quiet )(%%tasktrace|%taskchart|%taskcompare)", cell.source)}
        assert {name: sum(found) for name, found in charts.items()} == {name: int(name in drawn) for name in charts}
        assert all(charts[name][-1] for name in drawn), "the chart comes last"
    for notebook in executed:
        outputs = {cell.id: cell.outputs for cell in code_cells(notebook)}
        assert not [each for said in outputs.values() for each in said if each.get("name") == "stderr"]
        assert_findings_are_announced(notebook)
        assert "text/html" in outputs["stats"][0]["data"]
        for name in FOLLOWED:
            text = outputs[name][-1]["data"]["text/plain"]
            assert "●" in text and "▸" not in text, f"{name} is not redrawn after its tasks have finished:\n{text}"
    assert (tmp_path / "out" / "blocked.svg").is_file()
    for lang in LANGUAGES:
        traces = {path.stem: load(path).trace for path in (tmp_path / lang).glob("*.json")}
        assert_first_half_is_as_told(traces)
        assert_remarks_are_where_they_belong(traces)


def assert_first_half_is_as_told(traces: dict[str, Trace]) -> None:
    """Check what the lecture says about its first charts, by counts and order."""
    waiting = {name: works(traces[name], kind) for name, kind in WAITING.items()}
    assert {name: len(found) for name, found in waiting.items()} == {**dict.fromkeys(WAITING, 5), "few": 6, "leak": 2}
    for name, most in {"processes": 5, "pool": 5, "few": 2, "leak": 2, "threads": 5, "executor": 3}.items():
        assert 2 <= most_at_once(waiting[name]) <= most, name  # a busy machine may not start all of them in the time that one takes
    assert most_at_once(waiting["loop"]) == 1
    for name, found in waiting.items():
        assert {task.outcome for task in found} == {Outcome.RETURNED}, name
        assert len({task.arguments for task in found}) == len(found), name
    for name, workers in {"pool": 5, "few": 2, "executor": 3}.items():
        assert 2 <= len({job.track for job in waiting[name]}) <= workers, name
    assert any(instant.kind is InstantKind.NOT_CLOSED for instant in traces["leak"].instants)
    computing = {name: works(traces[name], kind) for name, kind in COMPUTING.items()}
    assert {name: most_at_once(found) for name, found in computing.items()} == {"compute": 1, "gil": 2, "cores": 2}
    assert all(task.cpu_ns for found in computing.values() for task in found)
    assert len(works(traces["tiny"], TaskKind.JOB)) == 20
    assert_cooks_take_turns(traces["turns"])


def assert_findings_are_announced(notebook: Any) -> None:
    """Check that each mistake is named below its chart, and its code in the text that explains the chart."""
    cells = {cell.id: cell for cell in notebook.cells}
    for name, code in MISTAKES.items():
        (chart,) = filter(is_chart, cells[name].outputs)
        assert code in re.findall("^AM[0-9]{3}", chart["data"]["text/plain"], re.MULTILINE), name
        assert code in cells[f"{name}-after"].source


def assert_remarks_are_where_they_belong(traces: dict[str, Trace]) -> None:
    """Check that each commented line is called out as often as it ran, by whoever ran it, and that the late note is there."""
    called = {name: [instant for instant in trace.instants if instant.kind is InstantKind.CALLOUT] for name, trace in traces.items()}
    assert {name: len(found) for name, found in called.items() if found} == CALLED_OUT
    for name, kind in {"processes": TaskKind.PROCESS, "threads": TaskKind.THREAD}.items():
        by = Counter(instant.task for instant in called[name])
        assert {by[task.id] for task in works(traces[name], kind)} == {1}
    asks, is_asked, lets_go = sorted(called["cancel"], key=lambda instant: instant.t_ns)
    assert asks.task != is_asked.task == lets_go.task
    assert {name: len(trace.notes) for name, trace in traces.items() if trace.notes} == {"blocked": 1}
    assert [task.name for task in traces["blocked"].tasks if task.id == traces["blocked"].notes[0].task] in (["polite"], ["вежливая"])


def works(trace: Trace, kind: TaskKind) -> list[Task]:
    return [task for task in trace.tasks if task.kind is kind]


def most_at_once(tasks: list[Task]) -> int:
    """Return how many of them ran at one moment, at the most; at their beginnings it grows."""
    spans = [(task.begun_ns or 0, task.ended_ns or 0) for task in tasks]
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)


def assert_cooks_take_turns(trace: Trace) -> None:
    """Check that the two generators run by turns, as often as they have steps and once to end, never both."""
    soup, pancakes = works(trace, TaskKind.GENERATOR)
    steps = sorted((row.start_ns, row.end_ns, row.task) for row in trace.slices if row.state is State.RUNNING and row.task)
    assert Counter(task for _begin, _end, task in steps) == {soup.id: 5, pancakes.id: 4}
    assert [task for _begin, _end, task in steps] == [soup.id, pancakes.id] * 4 + [soup.id]
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(steps))
