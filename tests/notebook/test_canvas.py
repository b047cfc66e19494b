"""The canvas in a real kernel, asked like a page asks: outputs, messages, and what a running cell notices of them."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter, SlidesExporter

from async_magics import load
from async_magics.views.kept import MIME

from .harness import Kernel

pytest.importorskip("anywidget")
pytestmark = pytest.mark.usefixtures("own_kernel")

VIEW = "application/vnd.jupyter.widget-view+json"
NAP = "%%tasktrace --name nap --view canvas\nimport asyncio\nawait asyncio.sleep(0.02)"


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    found = Kernel(traced=True)
    yield found
    found.close()


def comm_of(said: list[dict[str, Any]]) -> str:
    """Return the id of the canvas's own comm: the one that has a payload."""
    opened = [message["content"] for message in said if message["msg_type"] == "comm_open"]
    (found,) = [content["comm_id"] for content in opened if ["payload"] in content["data"]["buffer_paths"]]
    return str(found)


def ask(kernel: Kernel, comm: str, subshell: str | None = None, **content: Any) -> str:
    """Send what a page would send."""
    message = kernel.client.session.msg("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}})
    if subshell is not None:
        message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)
    return str(message["header"]["msg_id"])


def heard(kernel: Kernel, until: Any, within_s: float = 20) -> list[dict[str, Any]]:
    """Return what the kernel says, up to the first message that is waited for."""
    said: list[dict[str, Any]] = []
    end = time.monotonic() + within_s
    while not (said and until(said[-1])):
        assert time.monotonic() < end, [message["msg_type"] for message in said]
        try:
            said.append(kernel.client.get_iopub_msg(timeout=0.1))
        except Empty:
            continue
    return said


def is_reply(message: dict[str, Any]) -> bool:
    return message["msg_type"] == "comm_msg" and message["content"]["data"].get("method") == "custom"


def test_picture_style_and_widget_stand_below_the_cell(kernel: Kernel) -> None:
    said, _ = kernel.told(NAP)
    shown = [message["content"]["data"] for message in said if message["msg_type"] == "display_data"]
    assert [next(iter(data)) for data in shown] == ["text/plain", "text/html", VIEW]
    assert shown[0]["text/plain"] == "CHART" and shown[2]["text/plain"] == ""
    assert shown[2][VIEW]["model_id"] == comm_of(said)
    assert [message for message in said if message["msg_type"] in ("error", "stream")] == []


def test_a_page_is_answered(kernel: Kernel) -> None:
    comm = comm_of(kernel.told(NAP)[0])
    ask(kernel, comm, id=1, ask="window", from_ns=0, to_ns=10**6, rows=[[0]], columns=100)
    reply = heard(kernel, is_reply)[-1]
    assert reply["content"]["data"]["content"] == {"id": 1}
    assert json.loads(gzip.decompress(bytes(reply["buffers"][0])))["rows"][0]["lanes"] == [0]
    ask(kernel, comm, id=2, ask="window", from_ns="0", to_ns=1, rows=[], columns=1)
    assert "from_ns is a whole number" in heard(kernel, is_reply)[-1]["content"]["data"]["content"]["error"]


def test_a_note_from_the_page_changes_the_picture_and_the_widget(kernel: Kernel) -> None:
    said, _ = kernel.told(NAP)
    (chart, *_), comm = [message["content"]["transient"] for message in said if message["msg_type"] == "display_data"], comm_of(said)
    ask(kernel, comm, id=1, ask="note", text="woken", t_ns=1e6, task=0)
    meanwhile = heard(kernel, is_reply)
    updates = [message["content"] for message in meanwhile if message["msg_type"] == "update_display_data"]
    assert [content["transient"]["display_id"] for content in updates] == [chart["display_id"]]
    assert any(message["content"]["data"].get("method") == "update" for message in meanwhile if message["msg_type"] == "comm_msg")
    said, _ = kernel.told("import async_magics\n[(note.text, note.t_ns, note.task) for note in async_magics.traces['nap'].notes]")
    assert [message["content"]["data"]["text/plain"] for message in said if message["msg_type"] == "execute_result"] == [
        "[('woken', 1000000, 0)]"
    ]


def test_a_recording_notices_nothing_of_a_page_that_asks_meanwhile(kernel: Kernel) -> None:
    comm = comm_of(kernel.told(NAP)[0])
    subshell = created_subshell(kernel)
    cell = "%%tasktrace --name busy --live off\nimport asyncio\nprint('begun')\nawait asyncio.sleep(1.5)\nprint('ended')"
    request = kernel.client.execute(cell)
    heard(kernel, lambda message: message["content"].get("text") == "begun\n")
    ask(kernel, comm, subshell, id=1, ask="window", from_ns=0, to_ns=10**6, rows=[[0]], columns=100)
    ask(kernel, comm, subshell, id=2, ask="note", text="meanwhile", t_ns=0, task=None)
    during = heard(kernel, lambda message: message["content"].get("text") == "ended\n")
    assert [message["content"]["data"]["content"] for message in during if is_reply(message)] == [{"id": 1}, {"id": 2, "answer": None}]
    assert not [message for message in during if message["msg_type"] == "update_display_data"], "drawn while a cell runs"
    after = heard(kernel, lambda message: message["content"].get("execution_state") == "idle" and of(message) == request)
    assert len([message for message in after if message["msg_type"] == "update_display_data"]) == 1
    said, _ = kernel.told(
        "import async_magics\nbusy = async_magics.traces['busy'].trace\n"
        "[task.name for task in busy.tasks], [one.text for one in busy.instants], busy.problems"
    )
    assert [message["content"]["data"]["text/plain"] for message in said if message["msg_type"] == "execute_result"] == [
        "(['cell'], ['begun', 'ended'], ())"
    ]


def of(message: dict[str, Any]) -> str:
    return str(message["parent_header"].get("msg_id"))


def created_subshell(kernel: Kernel) -> str:
    message = kernel.client.session.msg("create_subshell_request")
    kernel.client.control_channel.send(message)
    while True:
        try:
            reply = kernel.client.get_control_msg(timeout=10)
        except Empty:
            pytest.skip("this kernel does not know what a subshell is: it answers a page between cells only")
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            if "subshell_id" not in reply["content"]:
                pytest.skip("this kernel has no subshells: it answers a page between cells only")
            return str(reply["content"]["subshell_id"])


def test_unloading_closes_the_canvas(kernel: Kernel) -> None:
    comm = comm_of(kernel.told(NAP)[0])
    said, _ = kernel.told("from async_magics.magics.extension import unload_from\nunload_from(get_ipython())")
    assert comm in [message["content"]["comm_id"] for message in said if message["msg_type"] == "comm_close"]


CELLS = [
    "%load_ext async_magics\n%config TaskTrace.lang = 'en'\n%config TaskTrace.view = 'canvas'\n%config TaskTrace.svg = 'off'",
    "%%tasktrace --name nap\nimport asyncio\nawait asyncio.sleep(0.01)",
    "%%tasktrace --name later\ngate = asyncio.Event()\nlater = asyncio.create_task(gate.wait(), name='later')",
    "gate.set()\nawait later",
    "%tasknote nap 'here' --at 0.005",
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share", "jupyter")))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    path = tmp_path_factory.mktemp("canvas") / "lecture.ipynb"
    nbformat.write(notebook, path)
    return path


def test_the_saved_notebook_holds_the_picture_once_and_the_trace_with_it(ran: Path) -> None:
    notebook = nbformat.read(ran, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells[1:3]:
        picture, style, widget = [output.data for output in cell.outputs]
        assert {"image/png", MIME} <= set(picture)
        assert set(style) == {"text/html", "text/plain"} and len(style["text/html"]) < 600
        assert set(widget) == {VIEW, "text/plain"}
    assert [output.output_type for output in notebook.cells[3].outputs] == ["execute_result"]
    assert [note.text for note in load(ran)["nap"].notes] == ["here"]


@pytest.mark.parametrize("exporter", [HTMLExporter, SlidesExporter])
def test_pages_made_of_it_show_the_picture(ran: Path, exporter: Any) -> None:
    page, _ = exporter(mathjax_url="", require_js_url="", jquery_url="").from_filename(str(ran))
    assert page.count('src="data:image/png') == 2


def test_a_paper_made_of_it_shows_the_picture_and_no_style(ran: Path) -> None:
    paper, resources = LatexExporter().from_filename(str(ran))
    assert len([name for name in resources["outputs"] if name.endswith(".png")]) == 2
    assert "OutputArea" not in paper
