"""A note on a chart that is there already, in a real kernel: the very output changes, and the trace keeps the note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from async_magics import load

from .harness import Kernel

NAP = "%%tasktrace --name nap --note 'cell@0: begins'\nimport asyncio\nasync def doze():\n    await asyncio.sleep(0.02)\nawait doze()"


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    found = Kernel(traced=True)
    yield found
    found.close()


def charts(said: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return kind and display id of every message that shows a chart."""
    return [
        (message["msg_type"], message["content"]["transient"]["display_id"])
        for message in said
        if message["content"].get("data", {}).get("text/plain") == "CHART"
    ]


def test_a_note_changes_the_output_that_is_there(kernel: Kernel) -> None:
    shown, _ = kernel.told(NAP)
    ((kind, output),) = charts(shown)
    assert kind == "display_data"
    changed, reply = kernel.told('%tasknote nap "wakes up" --at 0.01')
    assert reply["status"] == "ok"
    assert charts(changed) == [("update_display_data", output)]
    assert [message["msg_type"] for message in changed if message["msg_type"] in ("stream", "error")] == []
    said, _ = kernel.told("import async_magics\n[(note.text, note.task) for note in async_magics.traces['nap'].notes]")
    assert [message["content"]["data"]["text/plain"] for message in said if message["msg_type"] == "execute_result"] == [
        "[('begins', 0), ('wakes up', None)]"
    ]


def test_a_note_on_tasks_that_go_on_is_kept_until_they_have_finished(kernel: Kernel) -> None:
    first = "%%tasktrace --name later --note '0.05: after the cell'\nimport asyncio\nrest = asyncio.create_task(asyncio.sleep(0.2))"
    ((_, output),) = charts(kernel.told(first)[0])
    changed, _ = kernel.told('%tasknote "sleeps" --at 0 --task sleep')
    assert ("update_display_data", output) in charts(changed)
    kernel.told("await rest")
    said, _ = kernel.told(
        "import async_magics\nlater = async_magics.traces['later']\n[later.pending, *(note.text for note in later.notes)]"
    )
    assert [message["content"]["data"]["text/plain"] for message in said if message["msg_type"] == "execute_result"] == [
        "[False, 'sleeps', 'after the cell']"
    ]


def test_the_saved_notebook_holds_the_chart_and_the_trace_with_the_note(tmp_path: Path) -> None:
    cells = ["%load_ext async_magics", f"{NAP.replace('--note', '--lang en --note')}", '%tasknote nap "wakes up" --at 0.01']
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    NotebookClient(book, timeout=60, kernel_name="python3").execute()
    nbformat.write(book, tmp_path / "lesson.ipynb")
    (chart,) = [output for output in book.cells[1].outputs if output.output_type == "display_data"]
    assert "② wakes up" in chart.data["text/plain"]
    assert book.cells[2].outputs == []
    assert [note.text for note in load(tmp_path / "lesson.ipynb")["nap"].notes] == ["begins", "wakes up"]
