"""Our lines in a notebook's text, every other byte as it was."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import code, notebook_of

from async_magics.cli.jsontext import scan
from async_magics.cli.main import main
from async_magics.cli.splice import LOAD, annotated
from async_magics.errors import TraceFormatError

ROOT = Path(__file__).parents[2]
CELLS = [
    {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Обед\n", "await me"]},
    code(["import asyncio\n", "async def f():\n", "    print('\\u2028 é \"quoted\"')"]),
    code(["await f()\n", "1 + 1"], {"output_type": "stream", "name": "stdout", "text": ["é \u2028 🍲\n"]}, tags=["raises-exception"]),
    code(["f"]),
    code(["await f()"]),
]


def written(whole: Any, **how: Any) -> str:
    return json.dumps(whole, **how)


WHOLE: dict[str, Any] = {"cells": CELLS, "metadata": {"x": [1.50, 1e3, None, True]}, "nbformat": 4, "nbformat_minor": 5}
STYLES: dict[str, Callable[[], str]] = {
    "Jupyter": lambda: written(WHOLE, indent=1, ensure_ascii=False) + "\n",
    "four spaces": lambda: written(WHOLE, indent=4),
    "tabs": lambda: written(WHOLE, indent="\t") + "\n\n",
    "escapes": lambda: written(WHOLE, indent=1, ensure_ascii=True) + "\n",
    "CR LF": lambda: (written(WHOLE, indent=2, ensure_ascii=False) + "\n").replace("\n", "\r\n"),
    "sorted": lambda: written(WHOLE, indent=1, sort_keys=True),
    "a byte-order mark": lambda: "\ufeff" + written(WHOLE, indent=1),
}


def changes(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and the lines that came."""
    lines = list(difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def sources(text: str) -> list[str]:
    whole = json.loads(text.removeprefix("\ufeff"))
    return ["".join(cell["source"]) for cell in whole["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("make", STYLES.values(), ids=STYLES)
def test_only_lines_are_added(make: Callable[[], str]) -> None:
    text = make()
    made = annotated(text)
    assert made.traced == (2, 4) and made.code_cells == 4
    gone, came = changes(text, made.text)
    assert not gone
    assert [line.strip() for line in came].count(r'"%%tasktrace\n",') == 2
    ending = "\r\n" if "\r\n" in text else "\n"
    assert all(line.endswith(ending) and (ending == "\r\n" or "\r" not in line) for line in came)
    assert sources(made.text) == [
        sources(text)[0], LOAD, "%%tasktrace\nawait f()\n1 + 1", "f", "%%tasktrace\nawait f()",
    ]  # fmt: skip


@pytest.mark.parametrize("make", STYLES.values(), ids=STYLES)
def test_what_is_added_looks_like_what_is_there(make: Callable[[], str]) -> None:
    """A notebook made of equal cells is, with ours in it, what the same program would have written."""
    text = make()
    made = annotated(text).text
    whole = json.loads(made.removeprefix("\ufeff"))
    again = {
        "Jupyter": lambda: written(whole, indent=1, ensure_ascii=False) + "\n",
        "four spaces": lambda: written(whole, indent=4),
        "tabs": lambda: written(whole, indent="\t") + "\n\n",
        "escapes": lambda: written(whole, indent=1) + "\n",
        "CR LF": lambda: (written(whole, indent=2, ensure_ascii=False) + "\n").replace("\n", "\r\n"),
        "sorted": lambda: written(whole, indent=1, sort_keys=True),
        "a byte-order mark": lambda: "\ufeff" + written(whole, indent=1),
    }
    name = next(name for name, style in STYLES.items() if style is make)
    assert made == again[name]()


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_notebook_on_one_line(separators: tuple[str, str]) -> None:
    text = written(WHOLE, separators=separators)
    made = annotated(text).text
    assert "\n" not in made and made == written(json.loads(made), separators=separators)


def test_sources_that_are_one_text() -> None:
    cells = [code("import asyncio"), code("await f()\n"), code('await g("é")\r\n1')]
    text = written({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False)
    made = annotated(text).text
    assert sources(made) == ["import asyncio", LOAD, "%%tasktrace\nawait f()\n", '%%tasktrace\r\nawait g("é")\r\n1']
    assert isinstance(json.loads(made)["cells"][1]["source"], str)


def test_the_extension_is_loaded_once_and_ids_stay_unique() -> None:
    loaded = notebook_of(code("%load_ext async_magics"), code("await f()"))
    assert sources(annotated(loaded).text) == [LOAD, "%%tasktrace\nawait f()"]
    taken = notebook_of({**code("await f()"), "id": "load-async-magics"})
    assert [cell["id"] for cell in json.loads(annotated(taken).text)["cells"]] == ["load-async-magics-0", "load-async-magics"]
    old = json.dumps({"cells": [{"cell_type": "code", "source": ["await f()"]}], "nbformat": 4, "nbformat_minor": 2})
    assert "id" not in json.loads(annotated(old).text)["cells"][0]


def test_annotating_twice_changes_nothing() -> None:
    once = annotated(STYLES["Jupyter"]()).text
    assert annotated(once).text == once and annotated(once).traced == ()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"cells": {}}', '{"cells": [}', '{"cells": []} x', "[" * 100_000, '{"a" 1}', "{1: 2}"]
)
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(TraceFormatError):
        annotated(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.sampled_from([None, 1, 4, "\t"]), st.booleans())
def test_positions_are_those_of_the_values(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    todo = [(scan(text), value)]
    while todo:
        node, expected = todo.pop()
        assert json.loads(text[node.start : node.end]) == expected
        children = node.value.values() if isinstance(node.value, dict) else node.items
        todo += zip(
            children, expected.values() if isinstance(expected, dict) else expected if isinstance(expected, list) else [], strict=True
        )


def test_as_a_new_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lecture.ipynb"
    path.write_bytes(STYLES["CR LF"]().encode())
    before = path.read_bytes()
    assert main(["annotate", str(path)]) == 0
    told = capsys.readouterr()
    assert told.err == "2 of 4 code cells are worth tracing: 2, 4\n" and told.out == f"{tmp_path / 'lecture.traced.ipynb'}\n"
    assert path.read_bytes() == before
    assert (tmp_path / "lecture.traced.ipynb").read_bytes() == annotated(before.decode()).text.encode()
    assert main(["annotate", str(path)]) == 1
    assert "exists; give another --output" in capsys.readouterr().err
    assert main(["annotate", str(path), "--force"]) == 0
    assert main(["annotate", str(path), "--output", str(path), "--force"]) == 1
    assert path.read_bytes() == before
    assert main(["annotate", str(path), "--output", str(tmp_path / "none.ipynb"), "--dry-run"]) == 0
    assert not (tmp_path / "none.ipynb").exists()


def test_the_lecture_is_annotated_as_its_author_did(tmp_path: Path) -> None:
    """Stripped of our lines, it gets them back on every cell but the plain loop, which runs nothing at the same time."""
    lecture = ROOT / "notebooks/lecture_en.ipynb"
    if not lecture.exists():
        pytest.skip("the lecture is not part of this copy")
    whole = json.loads(lecture.read_text(encoding="utf-8"))
    plain = [cell for cell in whole["cells"] if cell["cell_type"] == "code"]
    wanted = {cell["id"] for cell in plain if cell["source"][0].startswith("%%tasktrace")}
    for cell in plain:
        cell["source"] = [line for line in cell["source"] if not line.startswith(("%%tasktrace", "%load_ext", "%task", "%config"))] or [
            "pass"
        ]
    traced = {plain[number - 1]["id"] for number in annotated(json.dumps(whole, indent=1)).traced}
    assert wanted - traced == {"loop"} and traced - wanted == {"dismiss"}


def test_the_shared_lecture_changes_by_added_lines_only() -> None:
    lecture = ROOT.parent / "shared/lecture/lecture_cells.ipynb"
    if not lecture.exists():
        pytest.skip("the shared lecture is not here")
    text = lecture.read_bytes().decode()
    made = annotated(text)
    assert not changes(text, made.text)[0]
    assert len(made.traced) >= 14
