"""What a notebook's output keeps: the trace, how it was drawn, and a file beside it where it is too large. Nothing read is believed."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.views.samples import busy, lecture, like

from async_magics.errors import TraceFormatError
from async_magics.lang import translation
from async_magics.model import Trace
from async_magics.model.pack import packed
from async_magics.views import kept, kept_files
from async_magics.views.gantt import Gantt
from async_magics.views.kept import MIME, keep, name_in, opened
from async_magics.views.spec import ChartOptions

EN = ChartOptions(lang="en")
WORDS = translation("en")
DRAWN = ChartOptions(
    lang="ru", theme="dark", size="slide", title="", caption="Обед", only=("fetch*",), label=(("Task-1", "<медленная>"),), lanes=7,
    critical_path=True, findings="all", ignore=("AM102",), fold=False,
)  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_tells_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.mark.parametrize("options", [EN, DRAWN])
@pytest.mark.parametrize("make", [lecture, lambda: like(200), lambda: busy(500)])
def test_a_chart_comes_back_as_it_was(make: Callable[[], Trace], options: ChartOptions, tmp_path: Path) -> None:
    content = keep(make(), options, WORDS, None).content
    found = opened(json.loads(json.dumps(content)), tmp_path)
    assert (found.trace, found.options, found.remarks) == (make(), options, ())
    assert name_in(content)


def test_the_same_chart_keeps_the_same_text() -> None:
    assert keep(lecture(), EN, WORDS, None) == keep(lecture(), EN, WORDS, None)
    content = keep(lecture(), EN, WORDS, None).content
    assert content is not None and content["options"] == {"lang": "en"}


def test_the_output_carries_it_unless_it_shall_not() -> None:
    data, _ = Gantt(lecture(), EN)._repr_mimebundle_()
    assert data[MIME] == keep(lecture(), EN, WORDS, None).content
    assert MIME not in Gantt(lecture(), dataclasses.replace(EN, embed=False))._repr_mimebundle_()[0]
    assert MIME not in Gantt(lecture(), EN)._repr_mimebundle_(exclude=[MIME])[0]
    assert set(Gantt(lecture(), EN)._repr_mimebundle_(include=[MIME])[0]) == {MIME}


# ---------------------------------------------------------------------- too large for an output
@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_TEXT", 100)


@pytest.mark.usefixtures("small_limit")
def test_a_large_trace_lies_beside_the_notebook_and_the_chart_says_so(tmp_path: Path) -> None:
    data, _ = Gantt(lecture(), EN, tmp_path)._repr_mimebundle_(include=["text/plain", MIME])
    path = data[MIME]["file"]["path"]
    assert "trace" not in data[MIME] and path.startswith("notebook.traces/")
    assert "is kept beside the notebook, in notebook.traces/" in " ".join(data["text/plain"].split())
    assert opened(data[MIME], tmp_path).trace == lecture()
    assert [found.name for found in (tmp_path / "notebook.traces").iterdir()] == [Path(path).name]


@pytest.mark.usefixtures("small_limit")
def test_without_a_place_the_chart_says_that_nothing_is_kept(tmp_path: Path) -> None:
    data, _ = Gantt(lecture(), EN)._repr_mimebundle_(include=["text/plain", MIME])
    assert MIME not in data and "is not kept in the notebook" in " ".join(data["text/plain"].split())
    (tmp_path / "notebook.traces").write_text("mine")
    assert keep(lecture(), EN, WORDS, tmp_path).content is None
    assert (tmp_path / "notebook.traces").read_text() == "mine"


def test_equal_traces_are_one_file_and_nothing_is_overwritten(tmp_path: Path) -> None:
    data = packed(lecture())
    reference = kept_files.save(data, "In [3]", tmp_path)
    target = tmp_path / reference["path"]
    assert target.name == f"In-3-{hashlib.sha256(data).hexdigest()[:16]}.json.gz"
    before = target.stat().st_mtime_ns
    assert kept_files.save(data, "In [3]", tmp_path) == reference
    assert target.stat().st_mtime_ns == before
    target.write_text("somebody else's")
    with pytest.raises(FileExistsError):
        kept_files.save(data, "In [3]", tmp_path)
    assert target.read_text() == "somebody else's"


def test_of_one_name_only_the_newest_stay_where_the_notebook_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/My lecture.ipynb")
    folder = tmp_path / "My-lecture.traces"
    written = []
    for number in range(6):
        written.append(kept_files.save(str(number).encode(), "pool", tmp_path)["path"])
        os.utime(tmp_path / written[-1], ns=(number, number))
    kept_files.save(b"other", "pool-2", tmp_path)
    (folder / "pool-notes.txt").touch()
    left = {path.name for path in folder.iterdir()}
    assert {Path(path).name for path in written[-kept_files.NEWEST :]} < left
    assert len(left) == kept_files.NEWEST + 2


def test_files_of_an_unknown_notebook_are_left_alone(tmp_path: Path) -> None:
    for number in range(6):
        kept_files.save(str(number).encode(), "pool", tmp_path)
    assert len(list((tmp_path / "notebook.traces").iterdir())) == 6


@pytest.mark.parametrize(
    ("text", "made"),
    [("In [3]", "In-3"), ("../../etc", "etc"), ("обед: №1", "обед-1"), ("", "trace"), ("a" * 99, "a" * 40), (".", "trace")],
)
def test_slugs(text: str, made: str) -> None:
    assert kept_files.slug(text) == made


# ---------------------------------------------------------------------- hostile
def whole() -> dict[str, Any]:
    content = keep(lecture(), EN, WORDS, None).content
    assert content is not None
    return copy.deepcopy(content)


def file(**fields: Any) -> dict[str, Any]:
    content = whole()
    del content["trace"]
    return {**content, "file": {"path": "a.traces/x.json.gz", "sha256": "0" * 64, **fields}}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


HOSTILE: dict[str, Callable[[], object]] = {
    "null": lambda: None,
    "a list": lambda: [whole()],
    "a text": lambda: json.dumps(whole()),
    "another format": lambda: {**whole(), "format": "vega"},
    "no version": lambda: {key: value for key, value in whole().items() if key != "version"},
    "a true version": lambda: {**whole(), "version": True},
    "version 1.0": lambda: {**whole(), "version": 1.0},
    "version NaN": lambda: {**whole(), "version": float("nan")},
    "version 0": lambda: {**whole(), "version": 0},
    "a future version": lambda: {**whole(), "version": 2},
    "a huge version": lambda: {**whole(), "version": 10**4000},
    "neither trace nor file": lambda: {key: value for key, value in whole().items() if key != "trace"},
    "trace and file": lambda: {**whole(), "file": {}},
    "trace a number": lambda: {**whole(), "trace": 7},
    "trace an object": lambda: {**whole(), "trace": {"a": 1}},
    "trace nested deeply": lambda: {**whole(), "trace": nested(500)},
    "trace cut off": lambda: {**whole(), "trace": [whole()["trace"][0][:400]]},
    "trace empty": lambda: {**whole(), "trace": []},
    "file a text": lambda: {**file(), "file": "a.traces/x.json.gz"},
    "file an empty object": lambda: {**file(), "file": {}},
    "path a number": lambda: file(path=7),
    "path empty": lambda: file(path=""),
    "path up": lambda: file(path="../x.json.gz"),
    "path up inside": lambda: file(path="a/../../x.json.gz"),
    "path absolute": lambda: file(path="/etc/passwd"),
    "path with a drive": lambda: file(path="C:/x.json.gz"),
    "path with backslashes": lambda: file(path="..\\x.json.gz"),
    "path of a home": lambda: file(path="~/x"),
    "path with a zero": lambda: file(path="a\0b"),
    "path with a line end": lambda: file(path="a\nb"),
    "path long": lambda: file(path="a/" * 200),
    "path a folder": lambda: file(path="folder"),
    "path to nothing": lambda: file(path="a.traces/none.json.gz"),
    "hash a number": lambda: file(sha256=0),
    "hash short": lambda: file(sha256="00"),
    "hash wrong": lambda: file(path="real.json.gz"),
    "a link out": lambda: file(path="link.json.gz", sha256=hashlib.sha256(b"secret").hexdigest()),
    "a link to a folder out": lambda: file(path="out/secret", sha256=hashlib.sha256(b"secret").hexdigest()),
    "links in a circle": lambda: file(path="circle"),
    "a pipe": lambda: file(path="pipe"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_bytes(b"secret")
    made = tmp_path / "notebooks"
    (made / "folder").mkdir(parents=True)
    (made / "real.json.gz").write_bytes(packed(lecture()))
    (made / "link.json.gz").symlink_to(tmp_path / "secret")
    (made / "out").symlink_to(tmp_path)
    (made / "circle").symlink_to(made / "circle")
    os.mkfifo(made / "pipe")
    return made


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_ours_is_refused_in_one_line(make: Callable[[], object], folder: Path) -> None:
    with pytest.raises(TraceFormatError) as caught:
        opened(make(), folder)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_future_version_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TraceFormatError, match="upgrade async_magics"):
        opened({**whole(), "version": 2}, tmp_path)


ODD_OPTIONS: dict[str, tuple[object, str]] = {
    "no object": ([], "no object"),
    "unknown": ({"colour": 1}, "no chart option 'colour'"),
    "the switch itself": ({"embed": False}, "no chart option 'embed'"),
    "theme": ({"theme": "neon"}, "theme is one of"),
    "theme a list": ({"theme": ["dark"]}, "theme"),
    "lang": ({"lang": "xx"}, "lang is one of"),
    "lanes huge": ({"lanes": 10**30}, "lanes is a whole number"),
    "lanes infinite": ({"lanes": float("inf")}, "lanes is a whole number"),
    "lanes true": ({"lanes": True}, "lanes is a whole number"),
    "fold a text": ({"fold": "no"}, "fold is True or False"),
    "title a number": ({"title": 5}, "title"),
    "title endless": ({"title": "x" * 10_000}, "title is a text"),
    "caption an object": ({"caption": {}}, "caption is a text"),
    "caption null": ({"caption": None}, "caption is a text"),
    "only a text": ({"only": "a"}, "only is a list"),
    "only numbers": ({"only": [1]}, "only is a list"),
    "only endless": ({"only": ["a"] * 10_000}, "only is a list"),
    "only nested": ({"only": [[["a"]]]}, "only is a list"),
    "label flat": ({"label": ["a"]}, "label is a tuple of pairs"),
    "label three": ({"label": [["a", "b", "c"]]}, "label is a tuple of pairs"),
}


@pytest.mark.parametrize(("options", "said"), ODD_OPTIONS.values(), ids=ODD_OPTIONS)
def test_options_that_make_no_sense_are_left_out_and_said(options: object, said: str, tmp_path: Path) -> None:
    found = opened({**whole(), "options": options}, tmp_path)
    assert found.options == ChartOptions()
    assert len(found.remarks) == 1 and said in found.remarks[0] and len(found.remarks[0]) < 220


def test_good_options_survive_bad_ones(tmp_path: Path) -> None:
    found = opened({**whole(), "options": {"theme": "dark", "size": "vast", "lang": "ru"}}, tmp_path)
    assert (found.options.theme, found.options.size, found.options.lang) == ("dark", "notebook", "ru")


@pytest.mark.parametrize(
    ("content", "name"), [({"name": "In [3]"}, "In [3]"), ({"name": " "}, "trace"), ({"name": 3}, "trace"), ([], "trace")]
)
def test_a_name_is_always_a_line(content: object, name: str) -> None:
    assert name_in(content) == name
