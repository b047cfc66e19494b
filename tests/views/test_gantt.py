"""The chart as a notebook output, and as text."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views.samples import busy, hostile, lecture, like

from async_magics.errors import OptionError
from async_magics.views.gantt import Gantt
from async_magics.views.picture import MOST_SVG_BYTES
from async_magics.lang.plain import columns
from async_magics.model import Trace
from async_magics.views.kept import MIME
from async_magics.views.spec import ChartOptions

EN = ChartOptions(lang="en")


def test_one_output_in_several_forms() -> None:
    data, metadata = Gantt(lecture(), EN)._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "text/html", MIME}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert len(data["text/html"]) <= MOST_SVG_BYTES * 1.4
    frame = Gantt(lecture(), EN).scene().frame
    assert metadata == {"image/png": {"width": frame.width, "height": frame.height, "alt": Gantt(lecture(), EN).alt()}}


def test_large_charts_carry_no_svg_unless_asked() -> None:
    def html(trace: Trace, **options: Any) -> str:
        return Gantt(trace, dataclasses.replace(EN, **options))._repr_mimebundle_()[0]["text/html"]

    assert "data:image/svg+xml;base64," in html(lecture())
    assert "data:image/png;base64," in html(like(300))
    assert "data:image/svg+xml;base64," in html(like(300), svg="on")
    assert "data:image/png;base64," in html(lecture(), svg="off")


def test_the_picture_in_html_says_what_it_shows_and_fits_into_the_page() -> None:
    gantt = Gantt(hostile(), EN)
    (image,) = re.findall("<[^>]+>", gantt._repr_mimebundle_(include=["text/html"])[0]["text/html"])
    assert unescape(re.findall('alt="([^"]*)"', image)[0]) == gantt.alt()
    assert f'width="{gantt.scene().frame.width}"' in image and "max-width: 100%; height: auto" in image


@pytest.mark.parametrize("make", [lecture, lambda: like(300)])
@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(["application/json", "application/javascript", "text/html", "image/svg+xml", "text/latex", "image/png"], id="VS Code"),
        pytest.param(["text/latex", "text/markdown", "application/json", "text/html", "image/svg+xml"], id="VS Code for screen readers"),
        pytest.param(["application/vnd.jupyter.widget-view+json", "application/javascript", "text/html", "image/png"], id="nbconvert html"),
        pytest.param(["text/latex", "application/pdf", "image/png", "image/jpeg", "image/svg+xml"], id="nbconvert latex"),
        pytest.param(["text/latex", "text/html", "text/markdown", "image/svg+xml", "image/png"], id="JupyterLab"),
    ],
)
def test_every_front_end_finds_the_picture_first(make: Callable[[], Trace], kinds: list[str]) -> None:
    """The orders in which front ends look through an output's forms, as they document them."""
    data, _ = Gantt(make(), EN)._repr_mimebundle_()
    chosen = next(kind for kind in kinds if kind in data)
    assert "base64," in data[chosen] or base64.b64decode(data[chosen]).startswith(b"\x89PNG")


def test_include_and_exclude() -> None:
    gantt = Gantt(lecture(), EN)
    assert set(gantt._repr_mimebundle_(include=["text/plain"])[0]) == {"text/plain"}
    assert set(gantt._repr_mimebundle_(exclude=["image/png", "text/html"])[0]) == {"text/plain", MIME}


def test_repr_does_not_hold_the_trace() -> None:
    assert len(repr(Gantt(like(300), EN))) < 300


def test_pdf_and_svg_are_what_they_say() -> None:
    assert Gantt(lecture(), EN).pdf().startswith(b"%PDF-")
    assert "<svg" in Gantt(lecture(), EN).svg()


@pytest.mark.parametrize("width", [60, 100, 137, 200])
@pytest.mark.parametrize("make", [lecture, hostile, lambda: like(200, failing=2), lambda: busy(5000)])
def test_no_line_of_text_is_too_wide(make: object, width: int) -> None:
    assert callable(make)
    for lang in ("en", "ru"):
        lines = Gantt(make(), ChartOptions(lang=lang)).text(width).split("\n")
        assert max(map(columns, lines)) <= width
        assert all(line.isprintable() or "\u200d" in line for line in lines)


def test_text_width_is_bounded() -> None:
    assert max(map(columns, Gantt(lecture(), EN).text(5).split("\n"))) <= 60
    assert max(map(columns, Gantt(lecture(), EN).text(5000).split("\n"))) <= 200


def test_text_charts(snapshot: SnapshotAssertion) -> None:
    assert Gantt(lecture(), EN).text(100) == snapshot(name="lecture, English")
    assert Gantt(lecture(), ChartOptions(lang="ru")).text(80) == snapshot(name="lecture, Russian, narrow")
    assert Gantt(like(200, failing=1), EN).text(100) == snapshot(name="a group")


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"theme": "drak"}, "did you mean 'dark'"), ({"lang": "rus"}, "did you mean 'ru'"), ({"size": "slides"}, "did you mean 'slide'"),
        ({"svg": "yes"}, "one of auto, on, off"), ({"lanes": 1}, "from 2 to 400"),
        ({"lanes": True}, "not True"), ({"lanes": "9"}, "not '9'"),
        ({"fold": "no"}, "True or False"), ({"title": 3}, "title is a text"),
    ],
)  # fmt: skip
def test_wrong_options_name_the_right_ones(options: dict[str, object], hint: str) -> None:
    with pytest.raises(OptionError, match=hint):
        ChartOptions(**options)  # type: ignore[arg-type]


def test_the_readers_language_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGUAGE", raising=False)
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert ChartOptions().lang == "ru"
