"""Which widget stands below which chart, and what happens to it."""

from __future__ import annotations

import builtins
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from async_magics.errors import WidgetError
from async_magics.magics import explorers
from async_magics.magics.explorers import VIEW_MIME
from async_magics.magics.extension import load_into, loaded, unload_from

from .fakes import Drawing, Outliving, Recordings, Screen


class Widget:
    """A widget that says what it was told."""

    def __init__(self, view: str, recorded: Any, options: Any, host: Any) -> None:
        self.view, self.recorded, self.options, self.host = view, recorded, options, host
        self.model_id = f"model of {recorded.name}"
        self.calls: list[str] = []

    def refresh(self) -> None:
        self.calls.append("refresh")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def made() -> list[Widget]:
    return []


@pytest.fixture
def waiting() -> list[Callable[[], None]]:
    return []


@pytest.fixture
def shell(bare: Any, recordings: Recordings, made: list[Widget], waiting: list[Callable[[], None]]) -> Any:
    def make(*given: Any) -> Widget:
        made.append(Widget(*given))
        return made[-1]

    bare.kernel, bare.display_pub = object(), Screen()
    load_into(bare, make_recording=recordings, draw=Drawing, later=lambda seconds, step: waiting.append(step) or True, make=make)
    return bare


def kinds(screen: Screen) -> list[str]:
    """Return what was shown, in order."""
    found = []
    for item in screen.shown:
        data = item["data"]
        kind = "widget" if VIEW_MIME in data else "style" if "text/html" in data else "picture" if "image/png" in data else "text"
        found.append(("again: " if item["update"] else "") + (kind if data["text/plain"] or kind != "text" else "room"))
    return found


@pytest.mark.parametrize(("line", "view"), [("-w", "widget"), ("--view widget", "widget"), ("--view canvas", "canvas")])
def test_the_picture_comes_first_and_the_widget_in_an_output_of_its_own(
    shell: Any, screen: Screen, made: list[Widget], line: str, view: str
) -> None:
    shell.run_cell(f"%%tasktrace {line} --theme dark --name x\n7")
    assert kinds(screen) == ["picture", "style", "widget"]
    assert screen.shown[2]["data"][VIEW_MIME]["model_id"] == "model of x"
    assert len({item["id"] for item in screen.shown}) == 3
    assert (made[0].view, made[0].options.theme) == (view, "dark")


def test_the_style_is_of_this_chart_only(shell: Any, screen: Screen) -> None:
    for _ in range(2):
        shell.run_cell("%%tasktrace -w\n7")
    one, other = (item["data"]["text/html"] for item in screen.shown if "text/html" in item["data"])
    assert one != other and ":has(" in one


def test_config_makes_the_widget_usual_and_the_line_the_picture(shell: Any, screen: Screen, made: list[Widget]) -> None:
    shell.run_line_magic("config", "TaskTrace.view = 'canvas'")
    shell.run_cell("%%tasktrace\n7")
    shell.run_cell("%%tasktrace --view static\n7")
    shell.run_cell("%taskchart --view widget")
    assert kinds(screen) == ["picture", "style", "widget", "picture", "picture", "style", "widget"]
    assert [widget.view for widget in made] == ["canvas", "widget"]


def test_quiet_is_quiet(shell: Any, screen: Screen) -> None:
    shell.run_cell("%%tasktrace --quiet -w\n7")
    assert kinds(screen) == []


def test_a_note_changes_every_widget_of_its_trace(shell: Any, screen: Screen, made: list[Widget]) -> None:
    shell.run_cell("%%tasktrace -w --name x\n7")
    shell.run_cell("%taskchart x --view canvas")
    shell.run_cell("%%tasktrace -w --name other\n7")
    shell.run_cell("%tasknote x 'here' --at 0.1")
    assert [widget.calls for widget in made] == [["refresh"], ["refresh"], []]
    assert kinds(screen)[-2:] == ["again: picture"] * 2


def test_a_note_from_a_widget_changes_the_picture_at_once_between_cells(shell: Any, screen: Screen, made: list[Widget]) -> None:
    shell.run_cell("%%tasktrace -w --name x\n7")
    assert made[0].host.redraw(made[0].recorded) == 1
    assert kinds(screen)[-1] == "again: picture" and made[0].calls == ["refresh"]


def test_a_note_from_a_widget_waits_for_the_cell_that_runs(shell: Any, screen: Screen, made: list[Widget]) -> None:
    shell.run_cell("%%tasktrace -w --name x\n7")
    shell.user_ns.update(noted=lambda: made[0].host.redraw(made[0].recorded), shown=lambda: len(screen.shown))
    assert shell.run_cell("noted(), noted(), shown()").result == (0, 0, 3)
    assert kinds(screen)[3:] == ["again: picture"] and made[0].calls == ["refresh"]


def test_a_widget_waits_for_tasks_that_go_on_in_a_place_that_is_kept(
    shell: Any, recordings: Recordings, screen: Screen, made: list[Widget], waiting: list[Any]
) -> None:
    recordings.kind = Outliving
    shell.run_cell("%%tasktrace -w\n7")
    assert kinds(screen) == ["text", "style", "room"] and made == []
    waiting[0]()
    assert kinds(screen)[3:] == ["again: picture", "again: widget"]
    recordings.last.settle()
    assert kinds(screen)[5:] == ["again: picture"] and made[0].calls == ["refresh"]
    assert screen.shown[2]["id"] == screen.shown[4]["id"]


def test_a_widget_that_cannot_be_made_is_one_line_below_the_picture(
    bare: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(*_: Any) -> Any:
        raise WidgetError('anywidget is not installed: pip install "async_magics[widget]"')

    bare.kernel, bare.display_pub = object(), Screen()
    load_into(bare, make_recording=recordings, draw=Drawing, make=make)
    assert bare.run_cell("%%tasktrace --view canvas\n7").result == 7
    assert kinds(bare.display_pub) == ["picture"]
    assert capsys.readouterr().err == 'tasktrace: no widget: anywidget is not installed: pip install "async_magics[widget]"\n'


def test_a_terminal_shows_text_and_says_so_once(bare: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]) -> None:
    load_into(bare, make_recording=recordings, draw=Drawing, make=lambda *_: pytest.fail("no page here"))
    for _ in range(2):
        bare.run_cell("%%tasktrace -w\nx = 7")
    said = capsys.readouterr()
    assert said.out.split("\n") == ["chart of In [1]", "chart of In [1] (2)", ""]
    assert said.err == "tasktrace: a terminal shows charts as text; --view works in notebooks\n"


def test_a_widget_that_cannot_be_changed_is_one_line(shell: Any, made: list[Widget], capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%%tasktrace -w --name x\n7")

    def broken() -> None:
        raise RuntimeError("the page has left")

    made[0].refresh = broken  # type: ignore[method-assign]
    shell.run_cell("%tasknote x 'here' --at 0.1")
    assert capsys.readouterr().err.startswith("tasktrace: the widget was not updated: RuntimeError: the page has left")


@pytest.mark.parametrize(("view", "package"), [("widget", "ipympl.backend_nbagg"), ("canvas", "anywidget")])
def test_what_a_widget_needs_is_imported_before_the_cell_runs(view: str, package: str) -> None:
    if find_spec(package.partition(".")[0]) is None:
        pytest.skip(f"{package} is not installed")
    code = f"""if True:
        import sys
        from async_magics.magics.explorers import make_widget, prepare
        from async_magics.recorded import Recorded
        from async_magics.testing import TraceScript
        from async_magics.views import gantt, mpl
        from async_magics.views.spec import ChartOptions
        prepare({view!r})
        assert {package!r} in sys.modules
        before = set(sys.modules)
        make_widget({view!r}, Recorded(TraceScript("x").trace(1)), ChartOptions(lang="en"), None)
        print([name for name in sys.modules if name not in before and name.startswith(("ipy", "anywidget", "traitlets"))])
        """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("error", [ImportError("gone"), RuntimeError("broken")])
def test_a_package_that_cannot_be_imported_stops_nobody(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = builtins.__import__, []

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("ipywidgets", "anywidget"):
            asked.append(name)
            raise error
        return real(name, *rest)

    for name in [name for name in sys.modules if name.startswith("async_magics.widgets.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("page_widget", "figure_widget"):
        monkeypatch.delattr(f"async_magics.widgets.{name}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    for view in ("widget", "canvas"):
        explorers.prepare(view)
    assert asked == ["ipywidgets", "anywidget"]


def test_only_so_many_live_at_once(shell: Any, made: list[Widget], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorers, "MOST_OPEN", 2)
    for _ in range(3):
        shell.run_cell("%%tasktrace -w\n7")
    assert [widget.calls for widget in made] == [["close"], [], []]


def test_unloading_closes_them(shell: Any, made: list[Widget]) -> None:
    shell.run_cell("%%tasktrace -w\n7")
    assert loaded(shell) is not None
    unload_from(shell)
    assert made[0].calls == ["close"]
