"""The page program as text: every file in its order, nothing that reaches out, evaluates, or makes tags of texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from async_magics.views.explorer import front, payload
from async_magics.views.spec import ChartOptions

from .. import samples

FOLDER = Path(front.__file__).parent / "front"


def test_every_file_is_in_the_script_once_and_in_order() -> None:
    script = front.script()
    places = [script.index((FOLDER / f"{name}.js").read_text(encoding="utf-8")) for name in front.FILES]
    assert places == sorted(places)
    assert {path.stem for path in FOLDER.glob("*.js")} == {*front.FILES, "widget"}
    assert list(front.FILES)[-1] == "explore"


def test_each_file_defines_what_it_gives() -> None:
    for name, given in front.FILES.items():
        text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        for word in given.split(", "):
            assert re.search(rf"^(async )?(function|const) {word}\b", text, re.MULTILINE), (name, word)


def test_no_name_is_given_twice() -> None:
    given = [word for names in front.FILES.values() for word in names.split(", ")]
    assert len(given) == len(set(given))


@pytest.mark.parametrize(
    "word",
    [
        "http:", "https:", "//cdn", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts", "import(",
        "eval(", "localStorage", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
        "document.cookie", "</script",
    ],
)  # fmt: skip
def test_the_program_neither_reaches_out_nor_evaluates_nor_writes_tags(word: str) -> None:
    assert word not in front.module() and word not in front.style()


def test_the_style_stays_within_the_chart_and_loads_nothing() -> None:
    style = re.sub(r"/\*.*?\*/", "", front.style(), flags=re.DOTALL)
    assert "url(" not in style and "@import" not in style
    for rule in re.findall(r"([^{}]+)\{", re.sub(r"\([^()]*\)", "", style)):
        for selector in rule.split(","):
            assert selector.strip().startswith((".am-explorer", "@media", "@keyframes", "50%")), selector


def test_the_module_is_the_script_and_a_face_for_anywidget() -> None:
    assert front.module().startswith(front.script())
    assert front.module().rstrip().endswith("export default { render };")
    assert not re.search(r"^\s*(import|export)\b", front.script(), re.MULTILINE)


def test_every_text_that_the_program_asks_for_is_sent() -> None:
    words = payload(samples.lecture(), ChartOptions())["words"]
    asked = set(re.findall(r"""(?:view\.words|say\.fill|\bfill)\((?:view, )?"([^"]+)"(?: \+)?""", front.script()))
    missing = {key for key in asked if not any(word == key or (key.endswith(" ") and word.startswith(key)) for word in words)}
    assert missing == set() and len(asked) > 20


def test_the_files_are_short() -> None:
    for path in FOLDER.glob("*.js"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) < 400 and max(map(len, lines)) <= 200, path.name
