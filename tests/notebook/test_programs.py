"""Programs that run notebooks, and IPython in a terminal, with the real recorder and the real chart."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

LOAD = "%load_ext async_magics"
SLEEPS = """%%tasktrace --title 'Two sleeps' --lang en
import asyncio
async def nap(seconds):
    await asyncio.sleep(seconds)
    return seconds
await asyncio.gather(nap(0.02), nap(0.01))"""


def notebook(*cells: str) -> Any:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def executed(*cells: str, **client: Any) -> list[Any]:
    """Return the cells after nbclient ran them."""
    book = notebook(*cells)
    NotebookClient(book, timeout=60, kernel_name="python3", **client).execute()
    return list(book.cells)


def kinds(cell: Any) -> list[str]:
    return [output.output_type for output in cell.outputs]


def test_nbclient_stores_the_result_and_then_the_chart() -> None:
    cell = executed(LOAD, SLEEPS)[1]
    assert kinds(cell) == ["execute_result", "display_data"]
    assert cell.outputs[0].data["text/plain"] == "[0.02, 0.01]"
    chart = cell.outputs[1]
    assert base64.b64decode(chart.data["image/png"]).startswith(b"\x89PNG")
    assert {"width", "height"} <= set(chart.metadata["image/png"])
    text = chart.data["text/plain"]
    assert all(words in text for words in ("Two sleeps", "nap(0.02)", "nap(0.01)", "gather(2"))


def test_nbclient_stops_at_an_error_and_keeps_the_chart() -> None:
    book = notebook(LOAD, "%%tasktrace\n1/0", "2")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        NotebookClient(book, timeout=60, kernel_name="python3").execute()
    assert kinds(book.cells[1]) == ["error", "display_data"]
    assert book.cells[2].execution_count is None


def test_a_task_that_a_later_cell_awaits_is_finished_on_the_stored_chart() -> None:
    pending = "%%tasktrace --lang en\nimport asyncio\nt = asyncio.create_task(asyncio.sleep(0.5, 7))"
    first, second = executed(LOAD, pending, "await t")[1:]
    assert kinds(second) == ["execute_result"]
    (chart,) = first.outputs
    assert "sleep(0.5)" in chart.data["text/plain"]
    assert "pending" not in chart.data["text/plain"]


def test_a_task_that_nobody_awaits_is_pending_on_the_stored_chart() -> None:
    endless = "%%tasktrace --lang en --follow 0\nimport asyncio\nt = asyncio.create_task(asyncio.sleep(60))\nawait asyncio.sleep(0)"
    (chart,) = executed(LOAD, endless, "t.cancel();")[1].outputs
    assert "pending" in chart.data["text/plain"]


def test_on_traces_what_follows_and_off_ends_it() -> None:
    cells = executed(LOAD, "%tasktrace on", "1", "%tasktrace off", "2")
    assert [kinds(cell) for cell in cells[1:]] == [[], ["execute_result", "display_data"], [], ["execute_result"]]


def test_one_line_awaits() -> None:
    cell = executed(LOAD, "import asyncio", "%tasktrace await asyncio.sleep(0.01, 5)")[2]
    assert kinds(cell) == ["execute_result", "display_data"]
    assert cell.outputs[0].data["text/plain"] == "5"


def test_reloading_between_and_inside_traced_cells() -> None:
    inside = "%%tasktrace\n%reload_ext async_magics\nimport asyncio\nawait asyncio.sleep(0.01, 3)"
    cells = executed(LOAD, SLEEPS, "%reload_ext async_magics", SLEEPS, inside, SLEEPS)
    assert [kinds(cell) for cell in cells[3:]] == [
        ["execute_result", "display_data"],
        ["execute_result"],
        ["execute_result", "display_data"],
    ]


def test_nbconvert_executes_to_html(tmp_path: Path) -> None:
    source = tmp_path / "book.ipynb"
    nbformat.write(notebook(LOAD, SLEEPS), source)
    program = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "html", "--output", "book.html", str(source)]
    subprocess.run(program, check=True, timeout=120, capture_output=True)
    page = (tmp_path / "book.html").read_text()
    assert "data:image/png;base64" in page or "<svg" in page


def test_papermill(tmp_path: Path) -> None:
    papermill = pytest.importorskip("papermill")
    nbformat.write(notebook(LOAD, SLEEPS), tmp_path / "in.ipynb")
    papermill.execute_notebook(str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), progress_bar=False, kernel_name="python3")
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert kinds(next(cell for cell in cells if "tasktrace" in cell.source)) == ["execute_result", "display_data"]


def test_a_script_made_by_nbconvert(tmp_path: Path) -> None:
    script = tmp_path / "script.ipy"
    body = SLEEPS.partition("\n")[2]
    load = "get_ipython().run_line_magic('load_ext', 'async_magics')\n"
    script.write_text(f"{load}get_ipython().run_cell_magic('tasktrace', '', {body!r})\n")
    ran = subprocess.run([sys.executable, "-m", "IPython", str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert "nap(0.02)" in ran.stdout, ran.stderr


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Any]:
    pexpect = pytest.importorskip("pexpect")
    environment = {
        **os.environ,
        "IPYTHONDIR": str(tmp_path),
        "TERM": "dumb",
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "ignore",
    }
    child = pexpect.spawn(
        sys.executable, ["-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=NoColor"],
        env=environment, encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.expect_exact("In [1]: ")
    yield child
    child.close(force=True)


def typed(terminal: Any, cell: str, number: int) -> str:
    """Type a cell and return what is printed until the next prompt."""
    for line in [*cell.splitlines(), "", ""] if "\n" in cell else [cell]:
        terminal.sendline(line)
    terminal.expect_exact(f"In [{number}]: ")
    return str(terminal.before)


def test_a_terminal_shows_the_chart_as_text(terminal: Any) -> None:
    typed(terminal, LOAD, 2)
    said = typed(
        terminal, "%%tasktrace --lang en\nimport asyncio\nawait asyncio.gather(asyncio.sleep(0.02, 41), asyncio.sleep(0.01, 42))", 3
    )
    assert said.index("[41, 42]") < said.index("sleep(0.02)", said.index("[41, 42]"))
    assert "gather(2" in said


def test_a_terminal_shows_the_error_and_then_the_chart(terminal: Any) -> None:
    typed(terminal, LOAD, 2)
    said = typed(terminal, "%tasktrace --lang en 1/0", 3)
    assert said.index("ZeroDivisionError: division by zero") < said.rindex("ZeroDivisionError")


@pytest.mark.parametrize(
    "body",
    [
        "import time\nprint('rea' + 'dy', flush=True)\ntime.sleep(20)",
        "import asyncio\nprint('rea' + 'dy', flush=True)\nawait asyncio.sleep(20)",
    ],
)
def test_ctrl_c_in_a_terminal_ends_the_cell_and_leaves_a_chart(terminal: Any, body: str) -> None:
    typed(terminal, LOAD, 2)
    for line in ("%%tasktrace --lang en", *body.splitlines(), "", ""):
        terminal.sendline(line)
    terminal.expect_exact("ready\r\n")
    time.sleep(0.3)  # nothing tells from outside that the cell waits now
    terminal.sendintr()
    terminal.expect(r"In \[(\d)\]: ", timeout=10)  # the sleep is longer; before IPython 9 such a cell is not counted
    number = int(terminal.match[1])
    said = terminal.before
    assert "Exception ignored" not in said
    assert said.index("KeyboardInterrupt") < said.index("cell  In [2]")
    assert "42" in typed(terminal, "6 * 7", number + 1)
