"""``%taskreplay``: an output with the explorer, the replay open, and the chart inside it; or a file."""

from __future__ import annotations

import base64
import gzip
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from async_magics.magics import replays
from async_magics.views.spec import ChartOptions

from ..views.samples import hostile, lecture
from .fakes import Screen


@pytest.fixture
def traced(shell: Any, screen: Screen) -> Any:
    shell.run_cell("%%tasktrace --name slow\n1", store_history=True)
    screen.shown.clear()
    return shell


def content(html: str) -> Any:
    (data,) = re.findall(r'class="am-data">([^<]*)<', html)
    return json.loads(gzip.decompress(base64.b64decode(data)))


def test_the_output_is_the_page_with_the_picture_inside_it() -> None:
    data, metadata = replays.bundle(lecture(), ChartOptions(lang="ru"))
    html = data["text/html"]
    assert content(html)["replay"]["open"] is True and content(html)["lang"] == "ru"
    assert html.index("<img") < html.index('class="am-data"') and f"base64,{data['image/png']}" in html
    assert metadata["image/png"]["alt"] and data["text/plain"]


def test_names_of_the_program_stay_data() -> None:
    html = replays.bundle(hostile(), ChartOptions(lang="en"))[0]["text/html"]
    shown = html.partition('class="am-data">')[0]
    assert "<script>alert" not in shown and "onerror" not in shown.partition("<div")[2].partition("<img")[0]


def test_it_is_shown(traced: Any, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        replays, "bundle", lambda trace, options: (asked.append((trace.name, options.theme)), ({"text/html": "page"}, {}))[1]
    )
    monkeypatch.setattr(traced, "kernel", object(), raising=False)
    traced.run_cell("%taskreplay --theme dark")
    assert asked == [("slow", "dark")]
    assert [shown["data"] for shown in screen.shown] == [{"text/html": "page"}]


def test_it_is_saved(traced: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(traced, "kernel", raising=False)
    target = tmp_path / "new" / "slow.html"
    traced.run_cell(f"%taskreplay slow --save {target}")
    assert capsys.readouterr().out.splitlines()[-1] == f"slow -> {target}"
    assert content(target.read_text(encoding="utf-8"))["replay"]["open"] is True
    traced.run_cell(f"%taskexport slow {tmp_path}/other.html")
    assert "open" not in content((tmp_path / "other.html").read_text(encoding="utf-8"))["replay"]


@pytest.fixture
def large(traced: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A notebook whose trace has more slices than a page holds."""
    for module in ("embed", "payload"):
        monkeypatch.setattr(import_module(f"async_magics.views.explorer.{module}"), "MOST_SLICES", 0)
    monkeypatch.setattr(traced, "kernel", object(), raising=False)
    return traced


@pytest.mark.parametrize("save", ["", " --save replay.html"])
def test_what_is_too_large_for_a_page_is_said_with_what_to_type_instead(
    large: Any, screen: Screen, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save: str
) -> None:
    monkeypatch.chdir(tmp_path)
    large.run_cell(f"%taskreplay{save}")
    assert capsys.readouterr().err.strip() == (
        "UsageError: slow has 1 slices, and a page replays 0 at the most: write a film, %taskreplay slow --save replay.gif"
    )
    assert screen.shown == [] and list(tmp_path.iterdir()) == []


def test_what_is_too_large_for_a_page_is_a_film_all_the_same(
    large: Any, screen: Screen, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    large.run_cell(f"%taskreplay slow --save {tmp_path}/replay.gif")
    assert capsys.readouterr().out.strip() == f"slow -> {tmp_path}/replay.gif"
    assert screen.shown == [] and (tmp_path / "replay.gif").read_bytes().startswith(b"GIF8")


def test_without_ffmpeg_nothing_is_shown_before_it_is_said(
    traced: Any, screen: Screen, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(traced, "kernel", object(), raising=False)
    traced.run_cell(f"%taskreplay slow --save {tmp_path}/x.mp4")
    assert capsys.readouterr().err.startswith("UsageError: an .mp4 needs ffmpeg, which is not installed")
    assert screen.shown == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%taskreplay slow", "%taskreplay shows a page, and a terminal has none: write it to a file, %taskreplay --save replay.html"),
        ("%taskreplay slow --save x.png", "a replay is saved as .html .gif .mp4, not as 'x.png'; %taskexport writes the other formats"),
        ("%taskreplay slwo --save x.gif", "no trace is called 'slwo'; did you mean 'slow'?"),
        ("%taskreplay --follow 3", "%taskreplay has no option '--follow'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    traced: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.delattr(traced, "kernel", raising=False)
    traced.run_cell(line)
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1 and told[0].startswith(f"UsageError: {message}")
