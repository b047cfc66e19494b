"""The author's choice of lanes: which, in what order, under what names and colours; a wrong name is said, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.errors import OptionError
from async_magics.lang import translation
from async_magics.model import Trace, WaitKind
from async_magics.testing import TraceScript
from async_magics.views.gantt import Gantt
from async_magics.views.scene import BarKind, Scene
from async_magics.views.spec import ChartOptions, hex_color
from async_magics.views.theme import THEMES, contrast, repainted, tinted

from . import works


def four() -> Trace:
    """Three downloads, the last of which starts a fourth task."""
    script = TraceScript("In [4]")
    downloads = [script.task(f"Task-{n + 2}", "slow" if n == 2 else "fetch", str(n)) for n in range(3)]
    inner = script.task("Task-5", "parse", "[1]", parent=downloads[2])
    for task in (*downloads, inner):
        script.running(task, 0, 0.04)
        script.waiting(task, 0.04, 1, WaitKind.SLEEP)
        script.end(task, 1)
    script.waiting(0, 0, 1, WaitKind.GATHER)
    return script.trace(cell_end=1)


def scene(trace: Trace, **options: Any) -> Scene:
    return Gantt(trace, ChartOptions(lang="en", **options)).scene()


def names(trace: Trace, **options: Any) -> list[str]:
    return [lane.name for lane in scene(trace, **options).lanes]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"only": ("fetch",)}, ["Task-2", "Task-3"]),
        ({"only": ("Task-2", "parse*")}, ["Task-2", "Task-5"]),
        ({"only": ("parse([1])",)}, ["Task-5"]),
        ({"hide": ("slow",)}, ["cell", "Task-2", "Task-3", "Task-5"]),
        ({"hide": ("cell", "fetch")}, ["Task-4", "Task-5"]),
        ({"hide": ("*",)}, ["cell", "Task-2", "Task-3", "Task-4", "Task-5"]),
        ({"order": ("parse", "Task-3")}, ["cell", "Task-4", "Task-5", "Task-3", "Task-2"]),
        ({"only": ("fetch", "slow"), "order": ("slow", "Task-3")}, ["Task-4", "Task-3", "Task-2"]),
    ],
)
def test_lanes(options: dict[str, Any], expected: list[str]) -> None:
    assert names(four(), **options) == expected


def test_what_is_left_out_is_said_and_wrong_names_get_the_nearest_right_one() -> None:
    assert scene(four(), only=("fetch",)).footnotes == ("3 lanes are left out",)
    assert scene(four(), hide=("fetsch",)).footnotes == ("nothing is called fetsch; did you mean fetch?",)
    assert scene(four(), label=(("zzz", "a"),)).footnotes == ("nothing is called zzz",)


def test_a_lane_keeps_its_place_under_the_nearest_creator_that_is_shown() -> None:
    lanes = scene(four(), hide=("slow",)).lanes
    assert [(lane.name, lane.depth) for lane in lanes] == [("cell", 0), ("Task-2", 1), ("Task-3", 1), ("Task-5", 1)]
    assert lanes[3].parent == 0


def test_a_renamed_lane_says_what_it_was() -> None:
    lane = scene(four(), label=(("slow", "the slow one"),)).lanes[3]
    assert (lane.name, lane.detail) == ("the slow one", "Task-4 · slow(2)")


def test_a_group_keeps_its_number() -> None:
    script = TraceScript()
    for number in range(50):
        task = script.task(f"Task-{number}", "fetch", str(number))
        script.running(task, 0, 1)
        script.end(task, 1)
    assert names(script.trace(cell_end=1), label=(("fetch", "downloads"),)) == ["cell", "downloads × 50"]


def test_workers_are_found_by_the_calls_they_ran() -> None:
    only = scene(works.leaked_pool(), only=("slow_square",))
    assert all("Pool" in lane.name for lane in only.lanes) and only.lanes


def test_every_painter_draws_a_choice(tmp_path: Any) -> None:
    chart = Gantt(four(), ChartOptions(lang="ru", only=("slow",), color=(("slow", "purple"),), label=(("slow", "медленная"),)))
    assert chart.png().startswith(b"\x89PNG") and "медленная" in chart.text() and chart.pdf().startswith(b"%PDF")
    assert "#cc79a7" in chart.svg()


def test_bars_on_some_lanes_are_those_on_them() -> None:
    found = scene(four())
    assert set(found.on_lanes(BarKind.WAITING, {1, 3}).lane) == {1, 3}
    assert len(found.on_lanes(BarKind.BLOCKING, {1})) == 0


@pytest.mark.parametrize(("text", "color"), [("#ABC", "#aabbcc"), ("Red", "#d55e00"), ("#0072b2", "#0072b2")])
def test_colours(text: str, color: str) -> None:
    assert hex_color(text) == color


def test_a_wrong_colour_names_the_nearest() -> None:
    with pytest.raises(OptionError, match=r"'purpel' is no colour: did you mean 'purple'\? use #rrggbb"):
        ChartOptions(color=(("Task-1", "purpel"),))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("color", ["#0072b2", "#f0e442", "#d55e00", "#7f7f7f", "#000000", "#ffffff", "#cc79a7"])
def test_text_on_every_colour_can_be_read(theme: Any, color: str) -> None:
    for fill in tinted(theme, color):
        assert contrast(fill.text, fill.face) >= 3.9


def test_russian_is_complete() -> None:
    words = translation("ru")
    assert words.ngettext("{} lane is left out", "{} lanes are left out", 5).format(5) == "5 дорожек скрыто"


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_palette_keeps_texts_readable(theme: Any) -> None:
    changed = repainted(theme, [("running", "#7b2d8b"), ("waiting", "#f0e442"), ("paper", "#fdf6e3")])
    assert (changed.running.face, changed.waiting.face, changed.paper) == ("#7b2d8b", "#f0e442", "#fdf6e3")
    assert all(contrast(fill.text, fill.face) >= 4.5 for fill in (changed.running, changed.waiting))
    assert min(contrast(color, changed.paper) for color in (changed.ink, changed.faint)) >= 4.5
    assert changed.blocking == theme.blocking
