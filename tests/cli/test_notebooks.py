"""Running a notebook from the command line, in a real kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import code, notebook_of

from async_magics import load

ROOT = Path(__file__).parents[2]
LECTURE = ROOT / "notebooks/lecture_en.ipynb"


def async_magics(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; kernels are of this Python."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "async_magics", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False)


def ours(told: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what we said on the error stream; kernels say things too."""
    return [line for line in told.stderr.splitlines() if line.startswith(("async-magics:", "out", "n."))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = (
        code(["%load_ext async_magics\n", "import asyncio"]),
        code(["%%tasktrace --name both --lang en\n", "_ = await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02))"]),
        code(["%%tasktrace\n", "t = asyncio.create_task(asyncio.sleep(0), name='x')\n", "raise ValueError('no\\nsecond line')"]),
        code(["print('never')"]),
    )
    (tmp_path / "n.ipynb").write_text(notebook_of(*cells))
    return tmp_path


def test_a_notebook_is_run_saved_and_its_charts_exported(folder: Path) -> None:
    whole = json.loads((folder / "n.ipynb").read_text())
    whole["cells"][2]["metadata"]["tags"] = ["raises-exception"]
    (folder / "n.ipynb").write_text(json.dumps(whole))
    told = async_magics(
        folder, "run", "n.ipynb", "--to", "out/charts", "--output", "out/done.ipynb", "--format", "svg,json", "--timeout", "60"
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        "out/done.ipynb", "out/charts/02-both.svg", "out/charts/02-both.json", "out/charts/03-In-3.svg", "out/charts/03-In-3.json",
    ]  # fmt: skip
    assert list(load(folder / "out/done.ipynb")) == ["both", "In [3]"]
    done = json.loads((folder / "out/done.ipynb").read_text())
    assert done["cells"][3]["outputs"][0]["text"] == ["never\n"]
    assert done["metadata"]["language_info"]["name"] == "python"
    assert json.loads((folder / "n.ipynb").read_text()) == whole
    again = async_magics(folder, "run", "n.ipynb", "--output", "out/done.ipynb")
    assert again.returncode == 1 and ours(again) == ["async-magics: out/done.ipynb exists; give another --output, or --force to replace it"]
    exported = async_magics(folder, "export", "out/done.ipynb", "--to", "again", "--quiet")
    assert exported.returncode == 0
    for name in ("02-both.svg", "03-In-3.svg"):
        assert (folder / "again" / name).read_bytes() == (folder / "out/charts" / name).read_bytes()


def test_a_cell_that_fails_is_named_and_what_ran_is_kept(folder: Path) -> None:
    told = async_magics(folder, "run", "n.ipynb", "--format", "csv", "--quiet")
    assert told.returncode == 1
    assert ours(told) == ["async-magics: n.ipynb: code cell 3 raised ValueError: no"]
    assert sorted(path.name for path in (folder / "charts").iterdir()) == ["02-both.csv", "03-In-3.csv"]
    done = json.loads((folder / "n.executed.ipynb").read_text())
    assert [cell["execution_count"] for cell in done["cells"]] == [1, 2, 3, None]


@pytest.mark.parametrize(
    ("cell", "options", "said"),
    [
        ("import time; time.sleep(60)", ["--timeout", "1"], "code cell 1 took longer than 1 s (--timeout)"),
        ("import os; os._exit(1)", [], "the kernel died in code cell 1"),
    ],
)
def test_what_else_can_stop_a_notebook(cell: str, options: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text(notebook_of(code(cell)))
    told = async_magics(tmp_path, "run", "n.ipynb", *options)
    assert told.returncode == 1 and (tmp_path / "n.executed.ipynb").exists()
    assert ours(told)[0] == f"async-magics: n.ipynb: {said}"
    assert "has no charts: async-magics annotate" in ours(told)[1]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("{", [], "n.ipynb is not a notebook"),
        ("[]", [], "n.ipynb is not a notebook"),
        (None, ["--kernel", "cobol"], "there is no kernel 'cobol'"),
        (None, ["--format", "docx"], "nothing writes the format 'docx'"),
        (None, ["--output", "n.ipynb", "--force"], "is the notebook itself"),
    ],
)
def test_what_cannot_be_run(text: str | None, options: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text(notebook_of(code("1")) if text is None else text)
    told = async_magics(tmp_path, "run", "n.ipynb", *options)
    assert told.returncode == 1 and len(ours(told)) == 1 and said in ours(told)[0]
    assert [path.name for path in tmp_path.iterdir()] == ["n.ipynb"]


@pytest.mark.skipif(not LECTURE.exists(), reason="the lecture is not part of this copy")
def test_a_plain_lecture_becomes_a_traced_one_that_runs(tmp_path: Path) -> None:
    """Of the lecture a few quick cells, without a line of ours in them."""
    whole = json.loads(LECTURE.read_text(encoding="utf-8"))
    wanted = ("coroutine", "sequence", "tasks", "gather", "failure")
    cells = [cell for cell in whole["cells"] if cell["id"] in wanted]
    for cell in cells:
        cell["source"] = [line for line in cell["source"] if not line.startswith("%")]
    whole["cells"] = [{**cells[0], "id": "setup", "source": ["import asyncio\n", "import time"]}, *cells]
    (tmp_path / "plain.ipynb").write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")
    assert async_magics(tmp_path, "annotate", "plain.ipynb").returncode == 0
    told = async_magics(tmp_path, "run", "plain.traced.ipynb", "--format", "svg", "--lang", "en")
    assert told.returncode == 0, told.stderr
    assert sorted(path.name for path in (tmp_path / "charts").iterdir()) == [f"0{cell}-In-{cell}.svg" for cell in range(3, 8)]
