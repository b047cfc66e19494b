"""The widget that the kernel draws, worked with as a page would: messages in, pictures out. Nobody's matplotlib is touched."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from tests.views.samples import lecture, like

from async_magics.recorded import Recorded
from async_magics.testing import ns
from async_magics.views.spec import ChartOptions
from async_magics.widgets.figure import explorer

pytestmark = pytest.mark.skipif(find_spec("ipympl") is None, reason="ipympl is not installed")  # importing it here would hide what it does


class Host:
    def __init__(self) -> None:
        self.redrawn: list[Any] = []

    def redraw(self, recorded: Any) -> int:
        self.redrawn.append(recorded)
        return 1


class Page:
    """Does what a page does."""

    def __init__(self, recorded: Recorded, **options: Any) -> None:
        self.host = Host()
        self.widget: Any = explorer(recorded, ChartOptions(**{"lang": "en", **options}), self.host)
        self.place, self.picture, self.canvas = self.widget._place, self.widget._picture, self.widget._picture.canvas
        self.sent: list[int] = []
        self.canvas.syncing_data_url = False
        self.canvas.send = lambda _content, buffers=(): self.sent.append(sum(map(len, buffers)))
        self.draw()

    def draw(self) -> None:
        self.canvas._handle_message(None, {"type": "draw"}, [])

    def at(self, second: float, lane: int) -> tuple[float, float]:
        scene = self.picture.current()
        return scene.frame.x(ns(second)), scene.lanes[lane].middle

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        event = {"type": kind, "x": x, "y": y, "button": 0, "buttons": 1, "modifiers": [], **more}
        self.canvas._handle_message(None, event, [])
        self.draw()

    def click(self, x: float, y: float) -> None:
        self.mouse("button_press", x, y)
        self.mouse("button_release", x, y)

    def key(self, name: str) -> None:
        self.canvas._handle_message(None, {"type": "key_press", "key": f"k{name}"}, [])
        self.draw()

    @property
    def status(self) -> str:
        text: str = self.widget._said.value
        return text

    def shown(self) -> tuple[int, int]:
        scene = self.picture.scene
        return scene.start_ns, scene.end_ns


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)


@pytest.fixture
def page() -> Page:
    return Page(Recorded(lecture()))


def test_the_pointer_is_told_what_stands_there(page: Page) -> None:
    page.mouse("motion_notify", *page.at(0.5, 4))
    assert "blocks the loop" in page.status and "line 7: time.sleep(0.93)" in page.status
    assert "blocks the loop" in page.widget._tip.value
    page.mouse("figure_leave", 0, 0)
    assert page.widget._tip.value == "" and "wheel" in page.status


def test_the_wheel_zooms_where_the_pointer_is_and_shift_moves_along(page: Page) -> None:
    x, y = page.at(0.5, 1)
    page.mouse("scroll", x, y, step=1)
    start, end = page.shown()
    assert 0 < start < ns(0.5) < end < lecture().end_ns
    page.mouse("scroll", x, y, step=-1, modifiers=["shift"])
    assert page.shown()[0] > start and page.shown()[1] - page.shown()[0] == end - start


def test_a_drag_shows_what_it_framed_and_a_double_click_everything(page: Page) -> None:
    page.mouse("button_press", *page.at(0.5, 1))
    page.mouse("motion_notify", *page.at(1.0, 1))
    page.mouse("button_release", *page.at(1.0, 1))
    assert page.shown() == (pytest.approx(ns(0.5), abs=ns(0.003)), pytest.approx(ns(1.0), abs=ns(0.003)))
    page.mouse("dblclick", *page.at(0.7, 1))
    assert page.place.window.is_all


def test_a_drag_with_shift_moves_along(page: Page) -> None:
    page.place.show(ns(0.5), ns(1.0))
    page.picture.change()
    page.draw()
    page.mouse("button_press", *page.at(0.75, 1), modifiers=["shift"])
    x, y = page.at(0.65, 1)
    page.mouse("motion_notify", x, y, modifiers=["shift"])
    page.mouse("button_release", x, y, modifiers=["shift"])
    assert page.shown() == (pytest.approx(ns(0.6), abs=ns(0.01)), pytest.approx(ns(1.1), abs=ns(0.01)))


def test_a_click_shows_causes_and_a_second_one_takes_them_away(page: Page) -> None:
    page.click(*page.at(0.5, 2))
    assert page.picture.scene.pale == {1, 3, 4}
    assert [arrow.kind for arrow in page.picture.scene.arrows if arrow.kind == "cause"] == ["cause"]
    assert "created by cell" in page.widget._panels._causes.value
    page.click(*page.at(0.5, 2))
    assert not page.picture.scene.pale


def test_keys_alone_are_enough(page: Page) -> None:
    page.key("ArrowDown")
    page.key("ArrowDown")
    assert "Task-110" in page.status
    page.key(".")
    assert "waiting: sleep(1) · 1.05 s to 2.05 s" in page.status
    page.key("Enter")
    assert page.place.chosen is not None and page.place.chosen[0] == 1
    page.key("Escape")
    assert page.place.chosen is None
    page.key("+")
    assert not page.place.window.is_all
    before = page.shown()
    page.key("ArrowRight")
    assert page.shown()[0] > before[0]
    for name in ("0", "+", "Home"):
        page.key(name)
    assert page.place.window.is_all
    fold = page.place.fold
    page.key("f")
    assert page.place.fold is not fold
    page.key("x")


def test_filters_leave_lanes_and_the_cross_brings_them_back(page: Page) -> None:
    controls = page.widget._controls
    controls._text.value = "task-11"
    page.draw()
    assert [lane.name for lane in page.picture.scene.lanes] == ["Task-110", "Task-111", "Task-112", "Task-113"]
    controls._outcome.value = "cancelled"
    page.draw()
    assert [lane.name for lane in page.picture.scene.lanes] == ["Task-112"]
    controls._text.value = "nobody"
    page.draw()
    assert page.picture.scene.lanes == ()
    controls.box.children[1].children[-1].click()
    page.draw()
    assert len(page.picture.scene.lanes) == 5


def test_many_lanes_have_a_slider() -> None:
    page = Page(Recorded(like(60)))
    scroll = page.widget._controls.scroll
    assert scroll.layout.display == "none"
    page.key("f")
    assert scroll.layout.display is None and len(page.picture.scene.lanes) == 30
    scroll.value = scroll.min
    page.draw()
    assert page.picture.scene.lanes[-1].name == "Task-61"
    page.key("PageUp")
    assert scroll.value == scroll.min + 10


def test_a_finding_jumps_to_its_place(page: Page) -> None:
    button = page.widget._panels.box.children[0].children[0]
    assert button.description.startswith("AM")
    button.click()
    page.draw()
    finding = Recorded(lecture()).findings[0]
    assert page.shown()[0] <= finding.start_ns and finding.end_ns <= page.shown()[1]


def test_a_note_stands_where_was_clicked_and_the_static_charts_change_too(page: Page) -> None:
    panels = page.widget._panels
    page.click(*page.at(0.5, 2))
    panels._text.value = "<b>here</b>"
    panels._add()
    page.draw()
    assert [disc.lane for disc in page.picture.scene.annotations.discs] == [2]
    note = page.widget._recorded.notes[0]
    assert note.text == "<b>here</b>" and note.task == 2 and note.t_ns == pytest.approx(ns(0.5), abs=ns(0.003))
    assert page.host.redrawn == [page.widget._recorded]
    panels._add()
    assert "needs a text" in panels._said.value


def test_figures_are_those_of_the_window(page: Page) -> None:
    panels = page.widget._panels
    panels.box.selected_index = 1
    whole = panels._figures.value
    page.place.show(ns(0.2), ns(0.4))
    page.widget.moved()
    assert panels._figures.value != whole and "200 ms" in panels._figures.value


def test_what_is_shown_is_saved_under_a_name_of_its_own(page: Page, tmp_path: Path) -> None:
    panels = page.widget._panels
    for suffix in (".png", ".svg", ".pdf", ".png"):
        panels._kind.value = suffix
        panels._save()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".pdf", ".png", ".png", ".svg"]
    page.widget._controls._text.value = "task-112"
    panels._kind.value = ".svg"
    panels._save()
    newest = max(tmp_path.glob("*.svg"), key=lambda path: path.stat().st_mtime_ns)
    assert "Task-110" not in newest.read_text() and "1 " in newest.read_text()


def test_a_trace_that_went_on_is_shown_when_it_is_refreshed() -> None:
    recorded = Recorded(like(3))
    page = Page(recorded)
    recorded._trace = like(5)
    page.widget.refresh()
    page.draw()
    assert len(page.picture.scene.lanes) == 6
    sent = len(page.sent)
    page.widget.refresh()
    assert len(page.sent) == sent


def test_findings_filters_and_the_text_for_screen_readers_follow_a_trace_that_goes_on() -> None:
    recorded = Recorded(like(3))
    page = Page(recorded)
    controls, findings, note = page.widget._controls, page.widget._panels.box.children[0], page.widget._note.value
    assert [label.value for label in findings.children] == ["no findings"]
    controls._outcome.value = "returned"
    recorded._trace = lecture()
    page.widget.refresh()
    page.draw()
    assert len(findings.children) == len(Recorded(lecture()).findings) and findings.children[0].description.startswith("AM")
    assert "cancelled" in dict(controls._outcome.options).values() and controls._outcome.value == "returned"
    assert page.widget._note.value != note
    controls._outcome.value = "cancelled"
    recorded._trace = like(3)
    page.widget.refresh()
    assert controls._outcome.value == "" and page.place.sieve.outcome == ""


def test_a_narrow_page_gets_a_smaller_picture_and_pointing_still_meets(page: Page) -> None:
    page.widget._room.width = 756
    page.draw()
    assert page.picture.scale == 720 / 960 and page.canvas.get_width_height() == (720, page.picture.scene.frame.height * 3 // 4)
    x, y = page.at(0.5, 4)
    page.mouse("motion_notify", x * 0.75, y * 0.75)
    assert "blocks the loop" in page.status
    page.widget._room.width = 2000
    assert page.picture.scale == 1


def test_ten_turns_of_the_wheel_are_one_picture(page: Page) -> None:
    made: list[int] = []
    compose = page.picture._compose
    page.picture._compose = lambda: (made.append(1), compose())[1]
    for _ in range(10):
        page.canvas._handle_message(None, {"type": "scroll", "x": 500, "y": 100, "button": 0, "buttons": 0, "modifiers": [], "step": 1}, [])
    page.draw()
    assert len(made) == 1


def test_a_small_message_goes_to_the_page(page: Page) -> None:
    page.key("+")
    assert 0 < page.sent[-1] < 300_000


def test_every_word_is_in_the_readers_language() -> None:
    page = Page(Recorded(lecture()), lang="ru")
    page.mouse("motion_notify", *page.at(0.5, 4))
    assert "блокирует цикл событий" in page.status
    assert page.widget._panels.box.titles[0] == "Замечания"


def test_a_closed_widget_keeps_nothing_alive() -> None:
    from ipywidgets.widgets.widget import _instances

    before, recorded = set(_instances), Recorded(lecture())
    widget, kept = explorer(recorded, ChartOptions(lang="en")), weakref.ref(recorded)
    other = Page(Recorded(lecture()))
    widget.close()
    widget.close()
    del widget, recorded
    gc.collect()
    assert kept() is None
    other.key("+")
    other.widget.close()
    assert {type(part).__name__ for model_id, part in _instances.items() if model_id not in before} == set()


def test_a_widget_of_a_trace_that_went_on_keeps_nothing_alive_either() -> None:
    from ipywidgets.widgets.widget import _instances

    before, recorded = set(_instances), Recorded(lecture())
    widget, kept = explorer(recorded, ChartOptions(lang="en")), weakref.ref(recorded)
    held = len(_instances)
    for trace in (like(3), lecture(), like(3), lecture()):
        recorded._trace = trace
        widget.refresh()
    assert len(_instances) == held, "what was found before is gone"
    widget.close()
    del widget, recorded
    gc.collect()
    assert kept() is None
    assert {type(part).__name__ for model_id, part in _instances.items() if model_id not in before} == set()


def matplotlib_settings() -> dict[str, Any]:
    """Return them all; to read the backend as a user does would choose one."""
    return {key: matplotlib.rcParams._get(key) for key in matplotlib.rcParams}


def test_the_users_matplotlib_is_left_as_it_was() -> None:
    settings, pyplot = matplotlib_settings(), "matplotlib.pyplot" in sys.modules
    page = Page(Recorded(lecture()))
    page.key("+")
    assert ("matplotlib.pyplot" in sys.modules) == pyplot
    assert matplotlib_settings() == settings
    from matplotlib._pylab_helpers import Gcf

    assert not Gcf.get_all_fig_managers()


def test_the_users_settings_do_not_change_the_picture(page: Page) -> None:
    page.key("0")
    plain = bytes(page.canvas.buffer_rgba())
    with matplotlib.rc_context({"font.size": 31, "hatch.linewidth": 7, "path.sketch": (5, 50, 9), "text.usetex": True}):
        page.picture.change()
        page.draw()
    assert bytes(page.canvas.buffer_rgba()) == plain


def test_settings_that_figures_are_made_with_do_not_change_the_picture() -> None:
    plain = bytes(Page(Recorded(lecture())).canvas.buffer_rgba())
    with matplotlib.rc_context({"figure.constrained_layout.use": True, "figure.frameon": False}):
        page = Page(Recorded(lecture()))
        assert bytes(page.canvas.buffer_rgba()) == plain


def test_hostile_names_are_text() -> None:
    from tests.views.samples import hostile

    page = Page(Recorded(hostile()))
    for lane in range(len(page.picture.scene.lanes)):
        page.mouse("motion_notify", *page.at(0.3, lane))
        assert "<script" not in page.status and "<script" not in page.widget._tip.value
