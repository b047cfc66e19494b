"""Opening what was saved: trace files, and notebooks with all their traces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import async_magics
from async_magics.errors import AsyncMagicsWarning, TraceFormatError, TraceNotFoundError
from async_magics.lang import translation
from async_magics.model.codec import to_json
from async_magics.model.pack import packed
from async_magics.opened import _free, charts_of, heading_of
from async_magics.testing import TraceScript
from async_magics.views.kept import MIME, keep
from async_magics.views.spec import ChartOptions


def output(name: str, **options: Any) -> dict[str, Any]:
    """Return an output as a notebook stores it."""
    script = TraceScript(name)
    task = script.task("Task-1", "fetch", "1")
    script.running(task, 0.0, 0.5)
    script.end(task, 0.5)
    content = keep(script.trace(cell_end=1.0), ChartOptions(lang="en", **options), translation("en"), None).content
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["CHART"], MIME: content}}


def code(source: Any, *outputs: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": source, "outputs": list(outputs)}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Lecture"]},
        code(["%%tasktrace\n", "await main()"], {"output_type": "stream", "name": "stdout", "text": "hi"}, output("In [3]", theme="dark")),
        code("%%tasktrace --name pool\nrun()", output("pool"), output("pool", title="again")),
        code("1 + 1", {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 4}),
    ]
    path = tmp_path / "lecture.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_a_notebook_gives_its_traces_by_name_in_the_order_of_its_cells(notebook: Path) -> None:
    traces = async_magics.load(notebook)
    assert list(traces) == ["In [3]", "pool", "pool (2)"] and len(traces) == 3
    assert traces["In [3]"].trace.name == "In [3]" and traces["In [3]"] is traces[3] is traces["3"]
    assert traces["last"] is traces["pool (2)"]
    assert "pool" in traces and "nobody" not in traces
    assert repr(traces) == "<traces of lecture.ipynb: In [3], pool, pool (2)>"
    assert repr(traces["pool"]) == "<Recorded 'pool': 1 tasks, 1.000 s>"


def test_a_trace_is_drawn_as_the_notebook_drew_it(notebook: Path) -> None:
    traces = async_magics.load(str(notebook))
    assert traces[3].gantt().options == ChartOptions(lang="en", theme="dark")
    assert traces[3].gantt(size="slide").options == ChartOptions(lang="en", theme="dark", size="slide")
    assert traces["pool (2)"].chart_options.title == "again"
    assert traces["pool (2)"].gantt().scene().title == "again"


def test_charts_know_their_cells(notebook: Path) -> None:
    found = [(chart.cell, chart.name, chart.title) for chart in charts_of(notebook)]
    assert found == [(1, "In [3]", ""), (2, "pool", ""), (2, "pool", "again")]
    assert charts_of(notebook)[0].source == "%%tasktrace\nawait main()"


def test_a_name_that_is_not_there_gets_the_nearest(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(TraceNotFoundError, match=r"did you mean 'pool'\?"):
        async_magics.load(notebook)["pol"]
    empty = tmp_path / "empty.ipynb"
    empty.write_text('{"cells": []}')
    assert len(async_magics.load(empty)) == 0 and repr(async_magics.load(empty)) == "<traces of empty.ipynb: none>"
    with pytest.raises(TraceNotFoundError, match="keeps no traces"):
        async_magics.load(empty)["last"]


def test_one_damaged_chart_does_not_hide_the_others(notebook: Path) -> None:
    whole = json.loads(notebook.read_text())
    whole["cells"][1]["outputs"][1]["data"][MIME]["trace"] = ["AAAA"]
    whole["cells"][2]["outputs"][0]["data"][MIME]["options"] = {"theme": "neon"}
    notebook.write_text(json.dumps(whole))
    traces = async_magics.load(notebook)
    with pytest.raises(TraceFormatError, match=r"^code cell 1 \(In \[3\]\): "):
        traces[3]
    with pytest.warns(AsyncMagicsWarning, match="theme is one of"):
        traces["pool"]
    assert traces["pool (2)"].trace.name == "pool"


def test_trace_files_stay_one_trace(tmp_path: Path) -> None:
    trace = TraceScript("demo").trace(cell_end=1.0)
    (tmp_path / "a.json").write_text(to_json(trace))
    (tmp_path / "a.json.gz").write_bytes(packed(trace))
    assert async_magics.load(tmp_path / "a.json").trace == async_magics.load(tmp_path / "a.json.gz").trace == trace
    with pytest.raises(FileNotFoundError):
        async_magics.load(tmp_path / "none.json")


NOT_NOTEBOOKS = {
    "empty": "",
    "no JSON": "hello",
    "cut off": '{"cells": [{"cell_type": "code", "outp',
    "a list": "[]",
    "no cells": '{"nbformat": 4}',
    "cells no list": '{"cells": {}}',
    "version 3": '{"worksheets": [{"cells": []}], "nbformat": 3}',
    "nested deeply": '{"cells": ' + "[" * 200_000,
    "an endless number": '{"cells": [], "n": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("text", NOT_NOTEBOOKS.values(), ids=NOT_NOTEBOOKS)
def test_what_is_no_notebook_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(TraceFormatError, match="is not a notebook") as caught:
        async_magics.load(path)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.ipynb").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TraceFormatError, match="not UTF-8"):
        async_magics.load(tmp_path / "x.ipynb")


@pytest.mark.parametrize(
    "cells",
    [
        [None, 7, "x", []],
        [{"cell_type": "code", "outputs": 7}, {"cell_type": "code", "outputs": [None, 7, {"data": []}, {"data": None}, {}]}],
        [{"cell_type": "code", "source": 7, "outputs": []}, {"cell_type": "code", "source": [7, None, "x"]}],
        [{"cell_type": "code", "outputs": [{"data": {MIME: None}}]}],
    ],
)
def test_odd_cells_are_passed_over(cells: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    for name in async_magics.load(path):
        with pytest.raises(TraceFormatError):
            async_magics.load(path)[name]


class Asked(dict[str, object]):
    """Counts how often it is asked for a name."""

    count = 0

    def __contains__(self, key: object) -> bool:
        self.count += 1
        return super().__contains__(key)


def test_ten_thousand_charts_of_one_name_are_named_without_trying_every_number() -> None:
    taken, numbers = Asked(), dict[str, int]()
    for _ in range(10_000):
        taken[_free("pool", taken, numbers)] = None
    assert [*taken][:3] == ["pool", "pool (2)", "pool (3)"] and len(taken) == 10_000
    assert taken.count < 30_000


@pytest.mark.parametrize(
    ("source", "heading"),
    [
        ("text\n## A *lesson* ##\n# other", "A *lesson*"),
        ("### too deep\n#\n#none\n# # #\n#\tTab", "Tab"),
        ("", ""),
        ("# a" + " " * 200_000 + "b#", "a"),
        ("# " + "#" * 200_000 + "b", "#"),
    ],
)
def test_the_first_heading_of_a_notebook(source: str, heading: str, tmp_path: Path) -> None:
    """Found in no time in a line of any length."""
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": source}]}))
    found = heading_of(path)
    assert found == heading if len(source) < 200 else found.startswith(heading)
