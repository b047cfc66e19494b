"""The painter: few artists, the user's settings untouched, the same bytes at every call, no warning whatever the names."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from typing import Any

import matplotlib
import pytest
from matplotlib.collections import Collection
from matplotlib.text import Text
from PIL import Image
from tests.views.samples import busy, hostile, lecture, like, steps

from async_magics.model import Trace
from async_magics.views import mpl, mpl_fonts, mpl_letters
from async_magics.views.compose import compose
from async_magics.views.gantt import Gantt
from async_magics.views.scene import Scene
from async_magics.views.spec import ChartOptions

WEIRD: Any = {
    "font.family": ["monospace"], "font.size": 31, "text.color": "red", "lines.linewidth": 9, "hatch.linewidth": 7,
    "path.sketch": (5, 50, 9),
    "figure.autolayout": True, "savefig.bbox": "tight", "savefig.pad_inches": 2, "savefig.transparent": True, "savefig.facecolor": "lime",
    "savefig.dpi": 33, "text.usetex": True, "patch.force_edgecolor": True, "patch.antialiased": False, "lines.antialiased": False,
    "axes.unicode_minus": False, "svg.fonttype": "none", "svg.hashsalt": "user", "font.weight": "bold", "font.style": "italic",
    "scatter.edgecolors": "blue", "path.snap": False, "text.antialiased": False, "hatch.color": "green",
}  # fmt: skip


def scene(trace: Trace, **options: Any) -> Scene:
    return compose(trace, ChartOptions(**{"lang": "en", **options}))


def size(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as image:
        return image.size


def test_ten_thousand_bars_are_few_artists() -> None:
    found = scene(steps(50, 105), fold=False)
    assert sum(map(len, found.bars)) > 10_000
    drawn = mpl.figure(found, outlines=True)
    assert len(drawn.findobj(Collection)) < 15
    assert len(drawn.get_children()) < 25


def test_png_is_twice_the_scene() -> None:
    found = scene(lecture())
    assert size(mpl.png(found)) == (2 * found.frame.width, 2 * found.frame.height)


def test_same_trace_same_bytes() -> None:
    gantt = Gantt(lecture(), ChartOptions(lang="en"))
    assert gantt.svg() == gantt.svg()
    assert gantt.png() == gantt.png()
    assert gantt.pdf() == gantt.pdf()


def test_the_users_settings_neither_change_the_chart_nor_are_changed() -> None:
    found = scene(lecture())
    plain = (mpl.png(found), mpl.svg(found), mpl.pdf(found))
    with matplotlib.rc_context(WEIRD):
        before = dict(matplotlib.rcParams.items())
        assert (mpl.png(found), mpl.svg(found), mpl.pdf(found)) == plain
        assert dict(matplotlib.rcParams.items()) == before


def test_settings_come_back_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_how: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(mpl, "figure", fail)
    with matplotlib.rc_context(WEIRD), pytest.raises(RuntimeError):
        mpl.png(scene(lecture()))
    assert matplotlib.rcParams["text.usetex"] is False


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_hostile_names_warn_nobody(lang: str, caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gantt = Gantt(hostile(), ChartOptions(lang=lang))
        assert len(gantt.png()) > 10_000 and len(gantt.pdf()) > 10_000
        root = ET.fromstring(gantt.svg())
    assert root.tag.endswith("svg")
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not caplog.records


def test_svg_carries_the_sentence() -> None:
    gantt = Gantt(hostile(), ChartOptions(lang="en"))
    root = ET.fromstring(gantt.svg())
    assert root.get("role") == "img" and root.get("aria-label") == gantt.alt()


def test_no_text_is_read_as_mathematics() -> None:
    drawn = mpl.figure(scene(hostile()))
    texts: Any = drawn.findobj(Text)
    assert texts and not any(text.get_parse_math() for text in texts)


def test_what_no_font_has_is_replaced_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpl_fonts, "_families", tuple)
    mpl_fonts._family.cache_clear()
    face = mpl_fonts.face("中文 ok")
    assert (face.text, face.lost) == ("□□ ok", 2)
    drawn: Any = mpl.figure(scene(hostile()))
    assert any("no installed font" in text.get_text() for text in drawn.findobj(Text))
    mpl_fonts._family.cache_clear()


def test_what_bold_fonts_lack_is_drawn_in_regular_ones() -> None:
    regular = mpl_fonts._letters(mpl_fonts.BASE, False) - mpl_fonts._letters(mpl_fonts.BASE, True)
    letter = next(chr(code) for code in sorted(regular) if code > 0x2000 and mpl_fonts._family(chr(code), True) is None)
    assert not mpl_fonts.face(letter, bold=True).bold
    assert mpl_fonts.face("Привет", bold=True).bold


def test_outlines_are_as_wide_as_they_say() -> None:
    face = mpl_fonts.face("Task-110", bold=True)
    wide = mpl_letters.width(face, 20)
    path: Any = mpl_letters.outline([mpl_letters.Written(face=face, x=100, y=50, size=20, shift=1.0)])
    assert 95 < path.vertices[:, 0].max() <= 100
    assert 100 - wide <= path.vertices[:, 0].min() < 105 - wide


def test_right_to_left_letters_are_left_to_matplotlib() -> None:
    assert mpl_letters.simple("Задача 中文") and not mpl_letters.simple("שלום")


def test_short_slices_show() -> None:
    from async_magics.views.mpl_shapes import NARROWEST, rectangles
    from async_magics.views.scene import BarKind

    found = scene(steps(3, 100))
    corners = rectangles(found, found.bars_of(BarKind.RUNNING))
    assert (corners[:, 1, 0] - corners[:, 0, 0]).min() >= NARROWEST - 1e-9


def test_bands_stay_in_their_lanes() -> None:
    from async_magics.views.mpl_shapes import areas

    for trace in (like(200), busy(5000)):
        found = scene(trace)
        for band in found.bands:
            lane = found.lanes[band.lane]
            for outlines in areas(found, band).values():
                for outline in outlines:
                    assert outline[:, 1].min() >= lane.top - 1e-6 and outline[:, 1].max() <= lane.top + lane.height + 1e-6


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_background_and_bars_keep_the_colours_of_the_theme(theme: str) -> None:
    found = scene(lecture(), theme=theme)
    with Image.open(io.BytesIO(mpl.png(found))) as image:
        colors = {color for _count, color in image.convert("RGB").getcolors(1 << 20) or ()}
    for name in (found.theme.paper, found.theme.running.face, found.theme.waiting.face, found.theme.blocking.face):
        assert tuple(bytes.fromhex(name[1:])) in colors


def test_matplotlib_comes_only_with_a_picture_and_pyplot_never() -> None:
    code = (
        "import sys; from tests.views.samples import lecture; from async_magics.views.gantt import Gantt; g = Gantt(lecture());"
        "g.text(); g.alt(); assert not {'matplotlib', 'numpy', 'PIL'} & set(sys.modules);"
        "g.png(); g.svg(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
