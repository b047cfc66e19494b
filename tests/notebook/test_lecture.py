"""The lectures, run by a real kernel: ours in both languages, and the one that the package was made for, with the magic and without."""

from __future__ import annotations

import ast
import asyncio
import copy
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import ipykernel
import nbformat
import pytest
from nbclient import NotebookClient

from async_magics import load
from async_magics.model import InstantKind, Outcome, State, Task, TaskKind, Trace

from .harness import normal

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ru")
REAL = ROOT.parent / "shared" / "lecture" / "lecture_cells.ipynb"

PROCESSES = ("processes", "pool")
"""Cells whose child processes print in any order, even within a line."""

AFTER_THE_CELL = {"hello", "... world!", *(f"Отправляю команду test пользователю {number}" for number in (1, 2, 3))}
"""What tasks print that outlive their cell; kernels before 6.29 show it under whatever cell runs then."""

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


@pytest.fixture(autouse=True)
def own_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share", "jupyter")))


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_chart(output: Any) -> bool:
    return "image/png" in output.get("data", {})


# ---------------------------------------------------------------------------------------------------------------- our lecture


@pytest.fixture(scope="module")
def lectures() -> dict[str, Any]:
    return {lang: read(ROOT / "notebooks" / f"lecture_{lang}.ipynb") for lang in LANGUAGES}


@pytest.mark.parametrize("name", ["lecture_en", "lecture_ru", "gallery"])
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
            r'%%tasktrace --name ([a-z]+)(?: --calls [a-z]+| --follow 0)? --title "([^"]{5,40})"', cell.source.splitlines()[0]
        )
        assert magic and magic[1] == cell.id
        assert (before.cell_type, after.cell_type) == ("markdown", "markdown")
        assert (before.id, after.id) == (f"{cell.id}-before", f"{cell.id}-after")


def shape(source: str) -> list[str]:
    """Return a cell's code without its texts: magics with their options, then the syntax tree."""
    lines = source.splitlines()
    magics = [re.sub(r'"[^"]*"|--lang \w+', "…", line) for line in lines if line.startswith("%")]
    tree = ast.parse("\n".join(line for line in lines if not line.startswith("%")))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "…"
    return [*magics, ast.dump(tree)]


def test_both_languages_have_the_same_cells(lectures: dict[str, Any]) -> None:
    english, russian = (lectures[lang].cells for lang in LANGUAGES)
    assert [(cell.id, cell.cell_type) for cell in english] == [(cell.id, cell.cell_type) for cell in russian]
    for one, other in zip(english, russian, strict=True):
        if one.cell_type == "code":
            assert shape(one.source) == shape(other.source), one.id
        else:
            assert one.source != other.source and re.search("[а-я]{4}", other.source), one.id


def test_notebooks_run_and_show_their_charts(lectures: dict[str, Any], tmp_path: Path) -> None:
    executed = [copy.deepcopy(lectures[lang]) for lang in LANGUAGES]
    for lang, notebook in zip(LANGUAGES, executed, strict=True):
        notebook.cells.append(nbformat.v4.new_code_cell(f"%taskexport --all {lang}/*.json", id="traces"))
    gallery = read(ROOT / "notebooks" / "gallery.ipynb")
    run_together([*executed, gallery], tmp_path)
    for notebook in (*executed, gallery):
        charts = {cell.id: [*map(is_chart, cell.outputs)] for cell in code_cells(notebook)}
        drawn = {cell.id for cell in code_cells(notebook) if re.match("%%tasktrace|%taskchart", cell.source)}
        assert {name: sum(found) for name, found in charts.items()} == {name: int(name in drawn) for name in charts}
        assert all(charts[name][-1] for name in drawn), "the chart comes last"
    for notebook in executed:
        outputs = {cell.id: cell.outputs for cell in code_cells(notebook)}
        assert not [each for said in outputs.values() for each in said if each.get("name") == "stderr"]
        for name in FOLLOWED:
            text = outputs[name][-1]["data"]["text/plain"]
            assert "●" in text and "▸" not in text, f"{name} is not redrawn after its tasks have finished:\n{text}"
    assert (tmp_path / "out" / "blocked.svg").is_file()
    for lang in LANGUAGES:
        assert_first_half_is_as_told({path.stem: load(path).trace for path in (tmp_path / lang).glob("*.json")})


def assert_first_half_is_as_told(traces: dict[str, Trace]) -> None:
    """Check what the lecture says about its first charts, by counts and order."""
    waiting = {name: works(traces[name], kind) for name, kind in WAITING.items()}
    assert {name: len(found) for name, found in waiting.items()} == {**dict.fromkeys(WAITING, 5), "few": 6, "leak": 2}
    assert {name: most_at_once(found) for name, found in waiting.items()} == {
        "loop": 1, "processes": 5, "pool": 5, "few": 2, "leak": 2, "threads": 5, "executor": 3,
    }  # fmt: skip
    for name, found in waiting.items():
        assert {task.outcome for task in found} == {Outcome.RETURNED}, name
        assert len({task.arguments for task in found}) == len(found), name
    assert {name: len({job.track for job in waiting[name]}) for name in ("pool", "few", "executor")} == {"pool": 5, "few": 2, "executor": 3}
    assert any(instant.kind is InstantKind.NOT_CLOSED for instant in traces["leak"].instants)
    computing = {name: works(traces[name], kind) for name, kind in COMPUTING.items()}
    assert {name: most_at_once(found) for name, found in computing.items()} == {"compute": 1, "gil": 2, "cores": 2}
    assert all(task.cpu_ns for found in computing.values() for task in found)
    assert len(works(traces["tiny"], TaskKind.JOB)) == 20
    assert_cooks_take_turns(traces["turns"])


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


# ----------------------------------------------------------------------------------------------------------- the real lecture


def with_first_line(notebook: Any, line: str, first_cell: str) -> Any:
    """Return the notebook with a line on top of each cell, and a cell before them."""
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        cell.source = f"{line}\n{cell.source}"
    changed.cells.insert(0, nbformat.v4.new_code_cell(first_cell))
    return changed


def said(cell: Any) -> dict[str, list[str]]:
    """Return what a cell printed, returned and raised; no charts."""
    found: dict[str, list[str]] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            name, text = output.name, output.text
        elif output.output_type == "error":
            name, text = "error", "\n".join([output.ename, output.evalue, *output.traceback])
        elif is_chart(output):
            continue
        else:
            name, text = output.output_type, output.data["text/plain"]
        found[name] = [*found.get(name, []), text]
    return {name: comparable(cell, normal("".join(texts))) for name, texts in found.items()}


def comparable(cell: Any, text: str) -> list[str]:
    """Take out times, and the order where it is free: in sets, and among processes."""
    text = re.sub(r"\d+\.\d{3,}", "seconds", text)
    if cell.metadata["name"] in PROCESSES:
        return sorted("".join(text.split()))
    return [", ".join(sorted(re.split(r"(?<=>), (?=<Task)", line.strip("{}")))) for line in text.splitlines()]


Said: TypeAlias = dict[str, list[str]]


def without_strays(number: int, plain: Said, traced: Said) -> tuple[Said, Said]:
    """Forget, on old kernels, the lines of tasks of earlier cells that appeared in one of the two runs only."""
    one, other = (Counter(run.get("stdout", ())) for run in (plain, traced))
    if ipykernel.version_info >= (6, 29) or number < 14 or one == other:
        return plain, traced
    strays = AFTER_THE_CELL.intersection({*(one - other), *(other - one)})
    return _without(strays, plain), _without(strays, traced)


def _without(lines: set[str], run: Said) -> Said:
    return {**run, "stdout": [line for line in run.get("stdout", ()) if line not in lines]}


@pytest.mark.skipif(not REAL.is_file(), reason="the lecture is not part of the project: ../shared/lecture is missing")
def test_real_lecture_says_the_same_with_a_chart_under_each_cell(tmp_path: Path) -> None:
    real = read(REAL)
    plain = with_first_line(real, "#", "#")
    traced = with_first_line(real, "%%tasktrace --no-svg", "%load_ext async_magics")
    run_together([plain, traced], tmp_path)
    for number, (one, other) in enumerate(zip(plain.cells[1:], traced.cells[1:], strict=True)):
        expected, found = without_strays(number, said(one), said(other))
        assert found == expected, f"cell {number}, {one.metadata['name']}"
        assert [is_chart(output) for output in other.outputs] == [*(False for _ in other.outputs[1:]), True], f"cell {number}"
        assert not any(is_chart(output) for output in one.outputs)
        assert one.execution_count == other.execution_count == number + 2
    assert "error" in said(traced.cells[1 + 18]), "the cell that raises did raise"
