"""The trace stays with the notebook: through a real kernel into the file, and out of it again without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from async_magics import load
from async_magics.views.kept import MIME

pytestmark = pytest.mark.usefixtures("own_kernel")

CELLS = [
    "%load_ext async_magics\n%config TaskTrace.lang = 'en'\nimport asyncio",
    "%%tasktrace --name both --title 'Two at once' --theme dark\n_ = await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02))",
    "%%tasktrace --name later\ngate = asyncio.Event()\nlater = asyncio.create_task(gate.wait(), name='later')",
    "%%tasktrace --no-embed\nawait asyncio.sleep(0)",
    "gate.set()\n_ = await later",
    "%tasknote both 'here' --at 0.01",
    "%config TaskTrace.embed = False",
    "%%tasktrace\nawait asyncio.sleep(0)",
    "%taskchart both --embed --size wide",
    "from async_magics.views import kept\nkept.MOST_TEXT = 100",
    "%taskchart both --embed --title large",
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    path = folder / "lecture.ipynb"
    nbformat.write(notebook, path)
    return path


def charts(path: Path) -> list[dict[str, Any]]:
    """Return the data of every picture in a notebook."""
    outputs = [output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", ())]
    return [output["data"] for output in outputs if "image/png" in output.get("data", {})]


def test_the_notebook_is_valid_and_keeps_what_it_shall(ran: Path) -> None:
    nbformat.validate(nbformat.read(ran, as_version=4))
    assert [MIME in data for data in charts(ran)] == [True, True, False, False, True, True]


def test_its_traces_come_back_as_they_were_last(ran: Path) -> None:
    traces = load(ran)
    assert list(traces) == ["both", "later", "both (2)", "both (3)"]
    assert not traces["later"].trace.pending  # a chart that changed in place carries the newest trace
    assert [note.text for note in traces["both"].trace.notes] == ["here"]
    assert (traces["both"].chart_options.theme, traces["both (2)"].chart_options.size) == ("dark", "wide")
    assert "Two at once" in traces["both"].gantt().text()


def test_a_large_trace_lies_beside_the_notebook(ran: Path) -> None:
    reference = charts(ran)[-1][MIME]["file"]["path"]
    assert (ran.parent / reference).is_file()
    assert "kept beside the notebook" in " ".join("".join(charts(ran)[-1]["text/plain"]).split())
    assert load(ran)["both (3)"].trace == load(ran)["both (2)"].trace


def test_without_a_kernel_the_picture_shows(ran: Path) -> None:
    page, _ = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="").from_filename(str(ran))
    assert page.count('src="data:image/') == len(charts(ran))
    assert MIME not in page
