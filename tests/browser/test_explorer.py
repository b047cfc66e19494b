"""The page program in a real browser, from a file: what is told, how it moves, how much is drawn, and what it must not do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from async_magics.model import Cause, Instant, InstantKind, Note, Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.explorer import encoded, front, payload
from async_magics.views.spec import ChartOptions

from ..views import samples
from .pages import LONG, VIEW, Chart, literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Open = Callable[..., Chart]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open charts; the page of each is closed after the test, in which nothing may have gone wrong or been asked for."""
    charts: list[Chart] = []

    def opened(trace: Trace, **given: Any) -> Chart:
        charts.append(Chart(browser, tmp_path, trace, **given))
        return charts[-1]

    yield opened
    for chart in charts:
        chart.page.close()
        assert chart.errors == []
        assert all(address.startswith("file:") for address in chart.asked)


def woken() -> Trace:
    """A task that waits for a lock which another one holds, prints, and is told about in a remark."""
    script = TraceScript("In [7]", title="a lock")
    script.running(0, 0, 0.1)
    script.waiting(0, 0.1, 1, WaitKind.GATHER, count=2)
    script.end(0, 1)
    holder, waiter = script.task("holder", "hold", "", at=0.05), script.task("waiter", "wait_in_line", "7", at=0.06)
    script.running(holder, 0.1, 0.5, location=line(3, "lock.release()"))
    script.end(holder, 0.5)
    script.waiting(waiter, 0.1, 0.5, WaitKind.LOCK, name="Lock#1")
    script.ready(waiter, 0.5, 0.6, cause=Cause.TASK, waker=holder)
    script.running(waiter, 0.6, 0.9, location=line(5, "work()"))
    script.end(waiter, 0.9, Outcome.RAISED, "OSError")
    script.instant(InstantKind.PRINTED, 0.8, by=waiter, text="at last\n")
    return script.trace(cell_end=1)


def pooled() -> Trace:
    """A pool in whose queue a call stood for a moment that nobody ran."""
    script = TraceScript("In [8]")
    script.running(0, 0, 1)
    script.end(0, 1)
    pool = script.pool("pool", at=0, begin=0)
    job = script.job(pool, None, "work", None, 0.1)
    script.ready(job, 0.1, 0.2)
    script.end(job, 0.2, Outcome.CANCELLED)
    return script.trace(cell_end=1)


def test_the_life_of_a_pool_goes_on_behind_what_was_queued_in_it(show: Open) -> None:
    chart = show(pooled())
    lane = chart.of("data.lanes.role.indexOf('pool')")
    low, high = chart.of(f"data.range({lane}, 5e8, 6e8)")
    assert low < high and chart.of(f"data.slices.length[{low}]") == ns(1)
    assert chart.of(f"data.at({lane}, 5e8)") == low


# --- what is told


def test_hover_tells_lane_state_wait_times_and_code(show: Open) -> None:
    chart = show(samples.lecture())
    assert chart.hover(2, 0.5) == ["Task-111", "connect_to_user(2)", "waiting: sleep(1)", "0.05 s – 1.05 s · 1.00 s"]
    assert chart.hover(4, 0.5)[2:5] == ["blocks the loop", "0.072 s – 1.000 s · 928 ms", "line 7: time.sleep(0.93)"]


def test_hover_tells_who_woke_it_what_it_printed_and_how_it_ended(show: Open) -> None:
    chart = show(woken())
    assert "woken by holder · hold()" in chart.hover(2, 0.55)
    assert "printed: at last" in chart.hover(2, 0.8)
    assert any("failed" in told and "OSError" in told for told in chart.hover(2, 0.9))


def test_a_step_of_microseconds_can_be_pointed_at(show: Open) -> None:
    script = TraceScript("In [1]")
    script.waiting(0, 0, 0.5, WaitKind.SLEEP)
    script.running(0, 0.5, 0.500001)
    script.waiting(0, 0.500001, 1, WaitKind.SLEEP)
    chart = show(script.trace(cell_end=1))
    assert chart.hover(0, 0.5)[1] == "running" and chart.hover(0, 0.4)[1] == "waiting: sleep"


def test_hover_counts_the_states_of_a_group(show: Open) -> None:
    told = show(samples.like(1000)).hover(1, 0.05)
    assert told[0] == "fetch × 1,000"
    counts = {text.partition(": ")[0]: int(text.partition(": ")[2]) for text in told[2:5]}
    assert sum(counts.values()) == 1000 and counts["waiting"] > 400 and counts["ready, not yet run"] > 400


def test_hover_speaks_russian(show: Open) -> None:
    chart = show(samples.lecture(), lang="ru")
    assert chart.hover(2, 0.5)[2:] == ["ждёт: sleep(1)", "0,05 с – 1,05 с · 1,00 с"]
    assert chart.of("say.unitOf()[1]") == "секунды от начала ячейки"
    assert chart.of("say.duration(125e9)") == "2 мин 5 с"
    assert chart.of("say.moment(1.5e9, 0.25e9, true)") == "1,50"


def test_the_cell_is_named_in_the_language_of_the_chart(show: Open) -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 0.5)
    task = script.task("first", "first", "", at=0.05)
    script.waiting(task, 0.1, 0.5, WaitKind.EVENT, name="Event#1")
    script.running(task, 0.5, 0.9, cause=Cause.TASK, waker=0)
    chart = show(script.trace(cell_end=1), lang="ru")
    assert chart.hover(1, 0.7)[-1] == "разбудила ячейка"
    chart.page.locator(".am-canvas").focus()
    chart.press("ArrowDown", "Enter")
    assert "ячейка" in chart.heard() and "cell" not in chart.heard()


# --- how it moves


def test_the_wheel_leaves_the_page_its_scrolling_until_the_chart_is_wanted(show: Open) -> None:
    chart = show(samples.lecture())
    whole = chart.window()
    chart.page.mouse.move(*chart.place(2, 0.5))
    chart.page.mouse.wheel(0, -200)
    assert chart.window() == whole and "Ctrl" in chart.page.locator(".am-hint").inner_text()
    chart.click(2, 0.5)
    chart.page.mouse.wheel(0, -200)
    assert chart.window() != whole


def test_zoom_keeps_what_is_below_the_pointer(show: Open) -> None:
    chart = show(samples.lecture())
    x, y = chart.place(2, 0.5)
    chart.page.mouse.move(x, y)
    chart.page.keyboard.down("Control")
    chart.page.mouse.wheel(0, -200)
    chart.page.keyboard.up("Control")
    start, stop = chart.window()
    assert stop - start < 1.5 and chart.place(2, 0.5)[0] == pytest.approx(x, abs=1)


def test_drag_pans_shift_drag_zooms_and_a_double_click_shows_all(show: Open) -> None:
    chart = show(samples.lecture())
    whole = chart.window()
    chart.page.keyboard.down("Shift")
    chart.drag(chart.place(1, 0.5), chart.place(1, 1.5))
    chart.page.keyboard.up("Shift")
    assert chart.window() == pytest.approx((0.5, 1.5), abs=0.01)
    chart.drag(chart.place(1, 1.0), chart.place(1, 1.2))
    assert chart.window() == pytest.approx((0.3, 1.3), abs=0.01)
    chart.drag(chart.place(1, 0.4), chart.place(1, 1.3))
    assert chart.window()[0] == 0
    chart.page.mouse.dblclick(*chart.place(1, 0.5))
    assert chart.window() == whole and chart.of("state.chosen") is None


def test_a_range_that_is_drawn_over_the_edge_ends_there(show: Open) -> None:
    chart = show(samples.lecture())
    chart.of("show(2e8, 1.8e9)")
    x, y = chart.place(1, 1.0)
    chart.page.keyboard.down("Shift")
    chart.drag((x, y), (chart.place(1, 0.2)[0] - 90, y))
    chart.page.keyboard.up("Shift")
    assert chart.window() == pytest.approx((0.2, 1.0), abs=0.01)
    left = chart.place(1, 0.2)[0]
    chart.page.keyboard.down("Shift")
    chart.drag((left - 90, y), (left - 20, y))  # all of it beside the axis
    chart.page.keyboard.up("Shift")
    assert chart.window() == pytest.approx((0.2, 1.0), abs=0.01)


def test_a_place_left_of_the_axis_is_its_beginning(show: Open) -> None:
    chart = show(samples.lecture())
    chart.of("addNote()")
    x, y = chart.place(1, 0)
    chart.page.mouse.click(x - 2, y)
    assert chart.of("state.note.t_ns") == 0


def test_moments_of_a_long_trace_carry_over_to_the_next_minute(show: Open) -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 600)
    chart = show(script.trace(cell_end=600))
    said = [
        chart.of(f"say.moment({t}, {step})") for t, step in ((59.6e9, 1e9), (9.7e9, 1e9), (59.97e9, 1e8), (9.97e9, 1e8), (61.25e9, 1e8))
    ]
    assert said == ["1:00", "0:10", "1:00.0", "0:10.0", "1:01.3"]


def test_however_many_remarks_a_row_has_they_stay_on_it(show: Open) -> None:
    trace = samples.like(1000)
    made = [
        Instant(kind=InstantKind.CALLOUT, t_ns=ns(0.0001 * number), task=1 + number % 1000, text=f"remark {number}", location=line(3))
        for number in range(6000)
    ]
    chart = show(replace(trace, instants=(*trace.instants, *made)))
    discs = chart.of("discs.map(([x, y]) => [x, y])")
    assert 20 < len(discs) < 200 and all(0 < x < chart.of("frame.width") - 8 for x, _y in discs)
    assert all(abs(x - u) >= 16 or abs(y - v) >= 15 for at, (x, y) in enumerate(discs) for u, v in discs[:at])
    assert "only the first 5,000 remarks are shown here" in chart.page.locator("body").inner_text()


def test_remarks_at_the_end_of_the_axis_stand_beside_each_other(show: Open) -> None:
    notes = tuple(Note(text=f"note {number}", t_ns=ns(1.99), task=2) for number in range(5))
    chart = show(replace(samples.lecture(), notes=notes))
    discs = chart.of("discs.map(([x]) => x)")
    assert len(discs) == 5 and all(abs(x - y) >= 16 for at, x in enumerate(discs) for y in discs[:at])


def test_keys_zoom_pan_and_fit(show: Open) -> None:
    chart = show(samples.lecture())
    whole = chart.window()
    chart.page.locator(".am-canvas").focus()
    assert chart.of("focused") is True
    chart.press("+", "+")
    start, stop = chart.window()
    assert stop - start == pytest.approx(0.36 * whole[1], rel=0.01)
    chart.press("ArrowRight")
    assert chart.window()[0] > start
    chart.press("ArrowLeft", "ArrowLeft")
    assert chart.window()[0] < start
    chart.press("Home")
    assert chart.window() == whole


def test_keys_go_over_lanes_and_slices_and_choose_while_all_is_read_out(show: Open) -> None:
    chart = show(samples.lecture())
    chart.page.locator(".am-canvas").focus()
    chart.press("ArrowDown")
    assert chart.heard().startswith("cell; ")
    chart.press("ArrowDown")
    assert "Task-110" in chart.heard()
    chart.press(",", ",", ",", ",", ",")
    assert "ready" in chart.heard()
    chart.press(".")
    assert "running" in chart.heard()
    chart.press("Enter")
    assert chart.of("state.chosen") == 1 and chart.page.locator(".am-tip").is_visible() and "chosen: Task-110" in chart.heard()
    chart.press("Escape")
    assert chart.of("state.chosen") is None
    assert chart.page.locator("canvas").get_attribute("aria-label") == chart.of("data.alt")
    chart.page.keyboard.press("Tab")
    assert chart.of("focused") is False


def test_rows_scroll_and_the_reached_lane_stays_in_sight(show: Open) -> None:
    chart = show(samples.like(200), lanes=400)
    assert chart.of("frame.scrolls") is True
    chart.page.locator(".am-canvas").focus()
    chart.press("PageDown")
    assert chart.of("state.top_row") > 5
    chart.press(*["ArrowDown"] * 30)
    row, top, shown = chart.of("focus.row"), chart.of("state.top_row"), chart.of("frame.shown")
    assert top <= row <= top + shown - 1


# --- choosing, folding, filtering


def test_a_click_chooses_a_task_and_shows_its_causes_back_to_the_cell(show: Open) -> None:
    chart = show(woken())
    chart.click(2, 0.7)
    assert chart.of("state.chosen") == 2
    assert chart.page.evaluate("Array.from(document.getElementById('chart').asyncMagics.causes.tasks)") == [2, 1, 0]
    links = chart.of("causes.links")
    assert [(link[0], link[2], link[4]) for link in links] == [(1, 2, "wake"), (0, 1, "spawn")]
    chart.click(2, 0.7)
    assert chart.of("state.chosen") is None


def test_a_click_unfolds_a_group_and_folds_it_again(show: Open) -> None:
    chart = show(samples.like(1000))
    assert chart.of("rows().length") == 2
    chart.click(1, 0.5)
    assert chart.of("rows().length") == 1002
    chart.click(1, 0.5)
    assert chart.of("rows().length") == 2


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"text": "USER(2)"}, ["Task-111"]),
        ({"outcome": "raised"}, ["cell", "Task-113"]),
        ({"state": "blocking"}, ["Task-113"]),
        ({"kind": "cell"}, ["cell"]),
        ({"state": "waiting", "longer_ns": 999_000_000}, ["Task-110", "Task-111", "Task-112"]),
        ({"text": "nobody"}, []),
    ],
)
def test_filters_leave_the_lanes_that_fit(show: Open, wanted: dict[str, Any], names: list[str]) -> None:
    chart = show(samples.lecture())
    empty = {"text": "", "state": "", "kind": "", "outcome": "", "longer_ns": 0}
    chart.of(f"set({{filter: {json.dumps(empty | wanted)}}})")
    chart.settle()
    assert chart.of("rows().map((row) => row.name)") == names


def test_lanes_are_sorted(show: Open) -> None:
    chart = show(samples.lecture())
    orders = {}
    for sort in ("end", "name", "busiest", "idlest", "longest", "start"):
        chart.of(f"set({{sort: '{sort}'}})")
        orders[sort] = chart.of("rows().map((row) => row.name)")
    assert orders["end"] == ["cell", "Task-113", "Task-112", "Task-110", "Task-111"]
    assert orders["name"] == ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]
    assert orders["busiest"][0] == "Task-113" and orders["idlest"][-1] == "Task-113"
    assert orders["longest"][0] == "Task-111" and orders["start"][0] == "cell"


def test_a_group_of_any_size_is_sorted(show: Open) -> None:
    chart = show(samples.like(60))
    assert chart.of("data.groups.filter((group) => group.lanes.length > 1 && (group.lanes = new Array(150000).fill(1))).length") == 1
    for sort in ("start", "end", "longest"):
        chart.of(f"set({{sort: '{sort}'}})")
        assert chart.of("rows().length") == 2
    chart.settle()


def test_a_window_that_was_asked_for_is_where_it_begins(show: Open) -> None:
    chart = show(samples.lecture(), window=(ns(0.5), ns(1)))
    assert chart.window() == (0.5, 1)
    chart.page.locator(".am-canvas").focus()
    chart.press("0")
    assert chart.window() == (0, samples.lecture().end_ns / 1e9)


def test_a_replay_begins_in_the_window_that_was_asked_for(show: Open) -> None:
    chart = show(samples.lecture(), window=(ns(0.5), ns(1.5)), host="{ replay: true }")
    assert chart.window() == (0.5, 1.5) and ns(0.5) <= chart.of("state.cursor_ns") <= ns(1.5)


def test_others_can_go_to_a_place(show: Open) -> None:
    chart = show(samples.like(1000))
    chart.of("set({open: new Set([1])})")
    chart.of("goTo(0.5e9, 700)")
    chart.settle()
    start, stop = chart.window()
    assert start < 0.5 < stop <= start + 0.21
    row = chart.of("rows().findIndex((row) => row.lanes.length === 1 && row.lanes[0] === 700)")
    assert chart.of("state.top_row") <= row < chart.of("state.top_row") + chart.of("frame.shown")


# --- how much is drawn


def test_what_is_drawn_depends_on_the_pixels_not_on_the_slices(show: Open) -> None:
    chart = show(samples.steps(100, 1000))
    assert chart.of("data.slices.start.length") == 200_000
    chart.of(f"set({{open: new Set({VIEW}.data.groups.map((_, number) => number))}})")
    for span in (1e9, 1e8, 1e7, 1e6):
        chart.of(f"show(4e8, 4e8 + {span})")
        chart.settle()
        drawn, columns = chart.of("drawn"), chart.of("frame.right") - chart.of("frame.left")
        assert 0 < drawn["bars"] + drawn["columns"] <= (chart.of("frame.shown") + 2) * columns / 2 + columns


def test_every_failure_of_a_large_group_is_marked(show: Open) -> None:
    chart = show(samples.like(2500, failing=30))
    assert chart.of(f"data.badEnds({VIEW}.rows()[1].lanes).length") == 30
    assert any("failed · TimeoutError" in told for told in chart.hover(1, 0.9))


def test_paper_shows_every_row_in_grey(show: Open) -> None:
    chart = show(samples.like(60), lanes=400)
    chart.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert chart.of("frame.scrolls") is False and chart.of("root.dataset.amTheme") == "print"
    chart.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert chart.of("frame.scrolls") is True and chart.of("root.dataset.amTheme") == "light"


def test_shares_of_a_column_add_up_to_what_was_alive(show: Open) -> None:
    chart = show(samples.like(1000))
    found = chart.of(f"data.cut({VIEW}.data.groups[1].lanes, 0, 8e8, 40)")
    for column in range(40):
        total = found["running"][column] + found["ready"][column] + found["waiting"][column]
        assert total == pytest.approx(1000, rel=1e-3)
    assert found["peak"] == 1000


def test_a_trace_without_slices_and_one_with_one(show: Open) -> None:
    empty = show(TraceScript("In [1]").trace(cell_end=0))
    assert empty.of("drawn.bars") == 0 and empty.of("rows().length") >= 0
    empty.page.locator(".am-canvas").focus()
    empty.press("ArrowDown", "+", "Enter", ".", "0")
    script = TraceScript("In [2]")
    script.running(0, 0, 1)
    one = show(script.trace(cell_end=1))
    assert one.of("drawn.bars") == 1 and one.hover(0, 0.5)[:2] == ["cell", "running"]


# --- a kernel that answers


ANSWERS = """{ asked: [], window: async function (from, to, rows, columns) {
  this.asked.push([from, to, rows, columns]);
  return { from_ns: from, to_ns: to, texts: ["sleep(1)"], places: [], rows: rows.map((lanes) => lanes.length > 1
    ? { lanes, running: [0, 1], ready: [0, 0], waiting: [3, 2], peak: 3 }
    : { lanes, start: [from], length: [to - from], kind: [1], task: [0], text: [0], line: [-1], waker: [-1], cause: [0] }) };
} }"""


def test_a_long_trace_is_asked_for_window_by_window(show: Open) -> None:
    chart = show(samples.like(1000), changes=LONG, host=ANSWERS)
    chart.until("drawn.bars === 1")
    start, stop, rows, columns = chart.page.evaluate("host.asked[0]")
    assert (start, stop, len(rows), len(rows[1])) == (0, ns(1), 2, 1000) and columns > 500
    assert chart.of("drawn.columns") == 2 and chart.hover(0, 0.5)[1] == "waiting: sleep(1)"
    for place in range(5):
        chart.of(f"show({place}e7, 5e8)")
        chart.settle()
    chart.until("host.asked.some((asked) => asked[0] === 4e7)")
    assert chart.page.evaluate("host.asked[host.asked.length - 1].slice(0, 2)") == [4e7, 4e7 + 5e8 - 4e7]


def test_an_error_of_the_kernel_is_told(show: Open) -> None:
    chart = show(samples.like(10), changes=LONG, host="{ window: async () => { throw new Error('gone'); } }")
    chart.until("root.querySelector('.am-hint').textContent === 'the kernel does not answer: gone'")  # it hides itself, and keeps its text


WIDGET = """async ([source, packed]) => {
  const { default: face } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = {}, sent = [], el = document.getElementById("chart");
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const model = {
    get: () => bytes(packed), on: (name, told) => { heard[name] = told; }, off: (name) => { delete heard[name]; },
    send(message) { sent.push(message); setTimeout(() => heard["msg:custom"]({ id: message.id, answer: message.ask }), 0); },
  };
  const end = await face.render({ model, el });
  const answers = [await el.asyncMagics.host.addNote("look", 5, 1), await el.asyncMagics.host.save(".json")];
  await heard["change:payload"]();
  const canvases = el.querySelectorAll("canvas").length;
  end();
  return { sent, answers, canvases, left: Object.keys(heard), title: el.asyncMagics.data.name };
}"""


def test_the_module_draws_the_trait_of_a_widget_and_asks_by_number(browser: Browser, tmp_path: Path) -> None:
    import base64

    page = browser.new_page()
    (tmp_path / "widget.html").write_text('<!DOCTYPE html><meta charset="utf-8"><div id="chart"></div>', encoding="utf-8")
    page.goto((tmp_path / "widget.html").as_uri())
    packed = base64.b64encode(encoded(payload(samples.lecture(), ChartOptions()))).decode()
    told = page.evaluate(WIDGET, [front.module(), packed])
    page.close()
    first = told["sent"][0]["id"]
    assert told["sent"] == [
        {"id": first, "ask": "note", "text": "look", "t_ns": 5, "task": 1}, {"id": first + 1, "ask": "save", "suffix": ".json"},
    ]  # fmt: skip
    assert told["answers"] == ["note", "save"] and told["canvases"] == 1 and told["left"] == [] and told["title"] == "In [25]"


# --- how it looks, and what it must not do


def test_a_page_that_can_be_dark_is_dark_where_the_system_is(show: Open) -> None:
    assert show(samples.lecture(), dark=True, system="dark").color(2, 2) == "#16191d"
    assert show(samples.lecture(), dark=False, system="dark").color(2, 2) == "#ffffff"
    assert show(samples.lecture(), theme="dark").color(2, 2) == "#16191d"


def test_the_authors_palette_is_kept(show: Open) -> None:
    chart = show(samples.lecture(), palette=(("paper", "#fff4d6"),))
    assert chart.color(2, 2) == "#fff4d6"


def test_the_chart_follows_the_width_of_its_page(show: Open) -> None:
    chart = show(samples.lecture(), width=900)
    wide = chart.of("canvas.width")
    chart.page.set_viewport_size({"width": 480, "height": 800})
    chart.until(f"canvas.width < {wide}")
    assert chart.of("frame.right") <= 480 and chart.page.evaluate("document.documentElement.scrollWidth") <= 480


def test_hostile_names_are_only_letters(show: Open) -> None:
    script = TraceScript("<img src=x onerror=alert(1)>", title="</script><script>alert(2)</script>")
    script.running(0, 0, 1)
    for number, name in enumerate(samples.HOSTILE):
        task = script.task(name, "f", "'</div><b>'")
        script.waiting(task, 0, 1, WaitKind.LOCK, name=name)
        script.end(task, 1, Outcome.RAISED, name[:100] or "Error", message=name) if number % 2 else script.end(task, 1)
    chart = show(script.trace(cell_end=1))
    dialogs: list[str] = []
    chart.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for row in range(chart.of("rows().length")):
        chart.of(f"set({{top_row: {row}}})")
        chart.settle()
        chart.hover(row, 0.5)
        chart.hover(row, 1.0)
    assert dialogs == [] and chart.page.locator("#chart img, #chart b, #chart script").count() == 0


def test_closing_a_chart_stops_its_watching(show: Open) -> None:
    chart = show(samples.lecture(), width=900)
    chart.of("close()")
    wide = chart.of("canvas.width")
    chart.page.set_viewport_size({"width": 480, "height": 800})
    chart.settle()
    assert chart.of("canvas.width") == wide


def test_a_literal_can_stand_in_a_page() -> None:
    assert "</script>" not in literal({"a": "</script>\u2028"})
