"""The controls and panels of the page program: each by mouse and by keyboard, on pages opened from a file."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from async_magics.analysis.findings import findings
from async_magics.analysis.window import window_times
from async_magics.model import Instant, InstantKind, Note, Trace
from async_magics.testing import TraceScript, line, ns
from async_magics.views.theme import contrast
from tests.views import samples

from . import pages
from .pages import LONG, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCE = """\
%%tasktrace
async def connect_to_user(n):
    await asyncio.sleep(1)  #: the connection
    if n == 4:
        raise OSError

await asyncio.gather(*map(connect_to_user, range(1, 5)))
time.sleep(0.93)
"""
VIEW = "document.getElementById('chart').asyncMagics"
Opened = Callable[..., "Page"]


def lecture() -> Trace:
    """The lecture's trace with its source, a note, a callout that two tasks made, and something printed."""
    called = [
        Instant(kind=InstantKind.CALLOUT, t_ns=ns(t), task=task, text="the connection", location=line(3, "await asyncio.sleep(1)"))
        for t, task in ((0.032, 1), (0.052, 2))
    ]
    printed = Instant(kind=InstantKind.PRINTED, t_ns=ns(1.05), task=1, text="half-way\n")
    trace = samples.lecture()
    return replace(trace, source=SOURCE, instants=(*trace.instants, *called, printed), notes=(Note(text="`gather` ends", t_ns=ns(1)),))


def pool() -> Trace:
    """A pool of two workers with three jobs."""
    script = TraceScript("pool")
    made = script.pool("Pool-1", begin=0.1)
    workers = [script.worker(made, f"Worker-{n}", begin=0.2, pid=100 + n) for n in (1, 2)]
    script.job(made, workers[0], "square", "1", 0.1, 0.3, 0.9)
    script.job(made, workers[1], "square", "2", 0.1, 0.3, 1.2)
    script.job(made, workers[0], "square", "3", 0.1, 1.0, 1.6)
    script.running(0, 0, 0.1)
    return script.trace(cell_end=2)


@pytest.fixture
def opened(new_page: Callable[..., Page], tmp_path: Path) -> Iterator[Opened]:
    """Open a trace's page; nothing on it may go wrong, and nothing may leave it."""
    wrong: list[str] = []

    def show(trace: Trace, *, width: int = 1280, media: dict[str, Any] | None = None, **options: Any) -> Page:
        page = new_page(viewport={"width": width, "height": 900}, accept_downloads=True, **(media or {}))
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if request.url.startswith(("file:", "blob:")) else wrong.append(request.url))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto(pages.write(tmp_path / "page.html", trace, **options))
        ask(page, "view.on('change', () => { globalThis.flashed = view.flash || globalThis.flashed; })")  # it is gone after a second
        return page

    yield show
    assert wrong == []


def ask(page: Page, expression: str) -> Any:
    """Return what an expression about the ``view`` gives."""
    return page.evaluate(f"(() => {{ const view = {VIEW}; return {expression}; }})()")


def state(page: Page, name: str) -> Any:
    return ask(page, f"view.state.{name}")


def press(page: Page, name: str, by: str, role: Any = "button") -> None:
    """Use a control with the mouse, or with the keyboard only."""
    found = page.get_by_role(role, name=name, exact=True)
    if by == "mouse":
        found.click()
        return
    reach(page, found)
    page.keyboard.press("Enter" if role != "checkbox" else "Space")


def reach(page: Page, wanted: Any, most: int = 80) -> None:
    """Go to a control with the Tab key."""
    for _ in range(most):
        if wanted.evaluate("found => found === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {wanted}")


def choose(page: Page, label: str, text: str, by: str) -> None:
    """Choose from a list: with the keyboard by its arrow keys."""
    found = page.get_by_label(label, exact=True)
    if by == "mouse":
        found.select_option(label=text)
        return
    reach(page, found)
    for _ in range(found.locator("option").count()):
        if found.evaluate("list => list.selectedOptions[0].textContent") == text:
            return
        page.keyboard.press("ArrowDown")
    assert found.evaluate("list => list.selectedOptions[0].textContent") == text


BY = pytest.mark.parametrize("by", ["mouse", "keys"])


# ---------------------------------------------------------------------- controls
@BY
def test_zoom_and_show_all(opened: Opened, by: str) -> None:
    page = opened(lecture(), media={"reduced_motion": "reduce"})
    whole = state(page, "to_ns")
    press(page, "zoom in", by)
    press(page, "zoom in", by)
    assert state(page, "to_ns") - state(page, "from_ns") == pytest.approx(whole / 4)
    press(page, "zoom out", by)
    assert state(page, "to_ns") - state(page, "from_ns") == pytest.approx(whole / 2)
    press(page, "show all", by)
    assert (state(page, "from_ns"), state(page, "to_ns")) == (0, whole)


@BY
def test_search_leaves_what_matches_counts_it_and_enter_goes_from_match_to_match(opened: Opened, by: str) -> None:
    page = opened(samples.like(40), lanes=60)
    field = page.get_by_role("searchbox", name="search")
    if by == "mouse":
        field.click()
    else:
        page.locator(".am-canvas").focus()
        page.keyboard.press("/")
    page.keyboard.type("fetch(3")
    page.keyboard.press("Enter")
    assert page.locator(".am-found").text_content() == "lanes: 11 of 41"  # 3, and 30 to 39
    first = state(page, "chosen")
    page.keyboard.press("Enter")
    second = state(page, "chosen")
    calls = ask(page, "view.data.tasks.call")
    assert (calls[first], calls[second]) == ("fetch(3)", "fetch(30)")
    page.keyboard.press("Shift+Enter")
    assert state(page, "chosen") == first
    assert "1 of 11" in (page.locator(".am-only-heard[role=status]").text_content() or "")
    page.keyboard.press("Escape")
    until(page, f"{VIEW}.state.filter.text === ''")
    assert page.locator(".am-found").text_content() == ""


def test_a_search_without_a_match_says_so(opened: Opened) -> None:
    page = opened(lecture())
    page.get_by_role("searchbox").fill("<img src=x>")
    page.keyboard.press("Enter")
    assert page.locator(".am-found").text_content() == "nothing matches"


@BY
@pytest.mark.parametrize(
    ("label", "text", "count"),
    [
        ("state", "blocks the loop", 1),
        ("state", "waiting", 4),
        ("kind", "asyncio task", 4),
        ("outcome", "failed", 2),
        ("outcome", "cancelled", 1),
    ],
)
def test_filters(opened: Opened, label: str, text: str, count: int, by: str) -> None:
    page = opened(lecture())
    summary = page.locator("summary", has_text="filter")
    if by == "mouse":
        summary.click()
    else:
        reach(page, summary)
        page.keyboard.press("Enter")
    choose(page, label, text, by)
    assert page.locator(".am-found").text_content() == f"lanes: {count} of 5"
    assert ask(page, "view.rows().length") == count
    assert summary.text_content() == "filter (1)"
    press(page, "clear the filter", by)
    assert ask(page, "view.rows().length") == 5


def test_longer_than_counts_slices_of_the_chosen_state(opened: Opened) -> None:
    page = opened(lecture())
    page.locator("summary", has_text="filter").click()
    page.get_by_label("longer than").fill("500")
    page.get_by_label("unit of time").select_option(label="ms")
    choose(page, "state", "running", "mouse")
    until(page, f"{VIEW}.state.filter.longer_ns === 5e8")
    assert page.locator(".am-found").text_content() == "lanes: 1 of 5"  # the one that blocks


def test_escape_closes_a_menu_and_gives_the_focus_back(opened: Opened) -> None:
    page = opened(lecture())
    summary = page.locator("summary", has_text="filter")
    summary.click()
    page.get_by_label("state").focus()
    page.keyboard.press("Escape")
    assert summary.evaluate("found => found === document.activeElement && !found.parentElement.open")


@BY
def test_groups_unfold_one_by_one_and_all_at_once(opened: Opened, by: str) -> None:
    page = opened(samples.like(60, failing=2))
    rows = "view.rows().length"
    folded = ask(page, rows)
    summary = page.locator("summary", has_text="groups")
    if by == "mouse":
        summary.click()
    else:
        reach(page, summary)
        page.keyboard.press("Enter")
    press(page, "fetch × 58", by, "checkbox")
    assert ask(page, rows) == folded + 58
    press(page, "fold all", by)
    assert ask(page, rows) == folded
    press(page, "unfold all", by)
    assert ask(page, rows) == folded + 58
    assert page.get_by_role("checkbox", name="fetch × 58").is_checked()


@BY
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("as a tree", ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]),
        ("by duration", ["Task-111", "Task-110", "Task-112", "cell", "Task-113"]),
        ("by time running", ["Task-113", "Task-110", "Task-111", "Task-112", "cell"]),
        ("by time waiting", ["Task-110", "Task-111", "Task-112", "cell", "Task-113"]),
        ("by name", ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]),
        ("by creation", ["cell", "Task-110", "Task-111", "Task-112", "Task-113"]),
    ],
)
def test_orders(opened: Opened, text: str, names: list[str], by: str) -> None:
    page = opened(lecture())
    choose(page, "order", text, by)
    assert ask(page, "view.rows().map((row) => row.name)") == names


@BY
@pytest.mark.parametrize(
    ("name", "key", "at_first"), [("arrows", "arrows", True), ("causes", "causes", True), ("critical path", "path", False)]
)
def test_switches(opened: Opened, name: str, key: str, at_first: bool, by: str) -> None:
    page = opened(lecture())
    found = page.get_by_role("button", name=name, exact=True)
    for wanted in (at_first, not at_first, at_first):
        assert state(page, key) is wanted
        assert found.get_attribute("aria-pressed") == str(wanted).lower()
        press(page, name, by)


def test_the_path_says_its_sentence(opened: Opened) -> None:
    page = opened(lecture())
    sentence = page.locator(".am-path-text")
    assert sentence.is_hidden()
    press(page, "critical path", "mouse")
    assert sentence.is_visible()
    assert sentence.text_content()


@BY
def test_theme(opened: Opened, by: str) -> None:
    page = opened(lecture(), media={"color_scheme": "dark"}, dark=True)
    paper = "getComputedStyle(document.getElementById('chart')).getPropertyValue('--am-paper')"
    until(page, f"{paper} === '#16191d'")
    choose(page, "theme", "light", by)
    until(page, f"{paper} === '#ffffff'")
    choose(page, "theme", "dark", by)
    until(page, f"{paper} === '#16191d'")


@BY
def test_help(opened: Opened, by: str) -> None:
    page = opened(lecture())
    if by == "mouse":
        page.locator("button[aria-expanded]").click()
    else:
        page.locator(".am-canvas").focus()
        page.keyboard.press("?")
    assert page.locator(".am-help").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".am-help").is_hidden()


def test_everything_that_can_be_used_has_a_name(opened: Opened) -> None:
    page = opened(samples.like(60, failing=2))
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    nameless = page.evaluate("""[...document.querySelectorAll('.am-explorer :is(button, input, select, summary, [tabindex="0"])')]
      .filter((one) => !one.textContent.trim() && !one.getAttribute('aria-label') && !(one.labels && one.labels.length))
      .map((one) => one.outerHTML)""")
    assert nameless == []


# ---------------------------------------------------------------------- panels
def wait_for(page: Page, found: Callable[[], Any], wanted: Any) -> Any:
    """Look until something is what it should be, or for some seconds; return what it is."""
    for _ in range(400):
        if (now := found()) == wanted:
            return now
        page.wait_for_timeout(20)
    return now


def figures(page: Page) -> dict[int, list[float]]:
    """Return what the table says, task by task."""
    rows = page.locator(".am-panel-figures tbody tr").evaluate_all("rows => rows.map((row) => [row.dataset.task, row.dataset.figures])")
    return {int(task): [float(number) for number in numbers.split()] for task, numbers in rows}


@pytest.mark.parametrize("trace", [lecture(), pool(), samples.like(30)], ids=["lecture", "pool", "like"])
@pytest.mark.parametrize(("begin", "end"), [(0.0, 1.0), (0.3, 0.55), (0.9, 1.0)])
def test_figures_of_a_window_are_those_of_the_analysis(opened: Opened, trace: Trace, begin: float, end: float) -> None:
    page = opened(trace)
    page.locator(".am-panel-figures summary").click()
    from_ns, to_ns = round(begin * trace.end_ns), round(end * trace.end_ns)
    ask(page, f"view.set({{ from_ns: {from_ns}, to_ns: {to_ns} }})")
    wanted = {
        times.task: [times.busy_ns, times.ready_ns, times.waiting_ns, times.steps] for times in window_times(trace, from_ns, to_ns)
    }  # fmt: skip
    assert wait_for(page, lambda: figures(page), wanted) == wanted
    total = page.locator(".am-panel-figures tfoot tr").get_attribute("data-figures")
    assert [float(number) for number in (total or "").split()] == [sum(numbers[at] for numbers in wanted.values()) for at in range(4)]


def test_figures_are_of_what_the_filter_leaves(opened: Opened) -> None:
    page = opened(lecture())
    page.locator(".am-panel-figures summary").click()
    ask(page, "view.set({ filter: { ...view.state.filter, outcome: 'raised' } })")
    until(page, "document.querySelectorAll('.am-panel-figures tbody tr').length === 2")
    assert sorted(figures(page)) == [0, 4]


def test_a_trace_too_long_for_the_page_asks_the_kernel_for_figures(opened: Opened) -> None:
    window = "async () => ({ from_ns: 0, to_ns: 1, texts: [], places: [], rows: [] })"
    host = f"{{ alive: true, window: {window}, figures: async () => [[1, 5, 6, 7, 8]] }}"
    page = opened(lecture(), changes=LONG, host=host)
    page.locator(".am-panel-figures summary").click()
    until(page, "document.querySelectorAll('.am-panel-figures tbody tr').length === 1")
    assert figures(page) == {1: [5, 6, 7, 8]}


def test_figures_of_a_long_trace_count_what_stands_on_another_lane(opened: Opened) -> None:
    job = next(task.id for task in pool().tasks if task.call.startswith("square"))
    host = f"{{ alive: true, window: async () => ({{ rows: [] }}), figures: async () => [[{job}, 5, 6, 7, 8]] }}"
    page = opened(pool(), changes=LONG, host=host)
    page.locator(".am-panel-figures summary").click()
    until(page, "document.querySelectorAll('.am-panel-figures tbody tr').length === 1")
    assert figures(page) == {job: [5, 6, 7, 8]}


def test_the_kernel_is_asked_for_figures_once_it_has_answered(opened: Opened) -> None:
    host = """{ alive: true, window: async () => ({ rows: [] }), asked: [], figures(from_ns, to_ns) {
        return new Promise((done) => this.asked.push({ from_ns, done: () => done([[1, from_ns, 0, 0, 1]]) }));
    } }"""
    page = opened(lecture(), changes=LONG, host=host)
    page.locator(".am-panel-figures summary").click()
    until(page, "host.asked.length === 1")
    for place in range(1, 4):
        before = page.locator(".am-panel-figures .am-count").text_content()
        ask(page, f"view.set({{ from_ns: {place}e8 }})")
        until(page, f"document.querySelector('.am-panel-figures .am-count').textContent !== {before!r}")  # it has looked at the change
    assert page.evaluate("host.asked.length") == 1
    page.evaluate("host.asked[0].done()")
    until(page, "host.asked.length === 2")
    page.evaluate("host.asked[1].done()")
    until(page, "document.querySelectorAll('.am-panel-figures tbody tr').length === 1")
    assert figures(page)[1][0] == ns(0.3) and page.evaluate("host.asked.length") == 2


def test_a_trace_too_long_for_the_page_says_that_without_a_kernel_it_knows_no_figures(opened: Opened) -> None:
    page = opened(lecture(), changes=LONG)
    page.locator(".am-panel-figures summary").click()
    page.get_by_text("too many slices to sum them up").wait_for()


@pytest.mark.parametrize("then", ["view.zoom(0.5)", "view.slide(0.5)", "view.set({ from_ns: 1e8, to_ns: 2e8 })"])
def test_who_moves_the_window_ends_a_movement_on_its_way(opened: Opened, then: str) -> None:
    page = opened(lecture(), media={"reduced_motion": "no-preference"})
    ask(page, "view.set({ from_ns: 3e8, to_ns: 5e8 })")
    ask(page, f"(view.glide(0, view.data.end_ns), {then})")
    at_once = [state(page, "from_ns"), state(page, "to_ns")]
    page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 400))")  # the whole movement takes 160 ms
    assert [state(page, "from_ns"), state(page, "to_ns")] == at_once
    ask(page, "view.glide(0, view.data.end_ns)")
    until(page, f"{VIEW}.state.to_ns - {VIEW}.state.from_ns === {VIEW}.data.end_ns")


@BY
def test_a_finding_goes_to_its_place_and_marks_its_line(opened: Opened, by: str) -> None:
    found = findings(lecture())[0]
    told = {"code": found.code, "what": "it `blocks`", "why": "w", "instead": "`await`", "start_ns": ns(1.2), "end_ns": ns(1.3)}
    page = opened(lecture(), changes={"findings": [{**told, "tasks": [3], "line": 8, "error": True}]})
    assert page.locator(".am-findings code").all_text_contents() == ["blocks", "await"]
    press(page, f"{found.code} it blocks", by)
    assert state(page, "from_ns") < ns(1.2) < state(page, "to_ns") < lecture().end_ns
    assert state(page, "chosen") == 3
    assert page.evaluate("flashed.t_ns") == ns(1.2)
    assert page.locator(".am-pointed").get_attribute("data-line") == "8"
    assert "!" in (page.locator(".am-blamed").text_content() or "")


@BY
def test_the_chosen_task_tells_its_story_and_leads_to_its_creator_and_children(opened: Opened, by: str) -> None:
    page = opened(lecture())
    ask(page, "view.set({ chosen: 3 })")
    panel = page.locator(".am-panel-chosen")
    panel.get_by_text("connect_to_user(3)").wait_for()
    said = panel.text_content() or ""
    for text in ("Task-112", "asyncio task", "cancelled: by Task-111", "40.0 ms", "1.41 s", "sleep(1)"):
        assert text in said
    press(page, "to its creator", by)
    until(page, f"{VIEW}.state.chosen === 0")
    panel.get_by_label("go to a task that it created").select_option(label="Task-113")
    assert state(page, "chosen") == 4


def test_pointing_at_a_slice_marks_its_line(opened: Opened) -> None:
    trace = lecture()
    page = opened(trace)
    blocks = ask(page, "[view.frame.x(5e8), view.frame.middle(4)]")
    box = page.locator(".am-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + blocks[0], box["y"] + blocks[1])
    assert page.locator(".am-pointed").get_attribute("data-line") == "7"
    page.mouse.move(box["x"] + blocks[0], box["y"] - 40)
    assert page.locator(".am-pointed").count() == 0


@BY
def test_remarks_go_to_their_moments_one_after_the_other(opened: Opened, by: str) -> None:
    page = opened(lecture())
    item = page.get_by_role("button", name="1 the connection (line 3)")
    for task, t in ((1, 0.032), (2, 0.052), (1, 0.032)):
        if by == "mouse":
            item.click()
        else:
            reach(page, item)
            page.keyboard.press("Enter")
        assert page.evaluate("flashed") == {"t_ns": ns(t), "task": task}
    assert page.locator(".am-pointed").get_attribute("data-line") == "3"


@BY
def test_a_note_is_kept_in_the_page_and_can_be_taken_into_the_notebook(opened: Opened, by: str) -> None:
    page = opened(lecture())
    count = ask(page, "view.data.remarks.length")
    press(page, "add a note", by)
    assert page.get_by_label("note", exact=True).evaluate("field => field === document.activeElement")
    if by == "mouse":
        x, y = ask(page, "[view.frame.x(7e8), view.frame.middle(2)]")
        page.locator(".am-canvas").click(position={"x": x, "y": y})
    page.keyboard.type('say "hi" \\ <b>')
    page.keyboard.press("Enter")
    remarks = ask(page, "view.data.remarks")
    assert len(remarks) == count + 1
    assert remarks[-1]["task"] == (2 if by == "mouse" else -1)
    with page.expect_download() as saved:
        press(page, "save my notes as lines of %tasknote", by)
    words = shlex.split(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert words[:3] == ["%tasknote", "In [25]", 'say "hi" \\ <b>']
    assert float(words[words.index("--at") + 1]) == remarks[-1]["t_ns"] / 1e9
    assert words[5:] == (["--task", "Task-111"] if by == "mouse" else [])


def test_a_note_goes_to_the_kernel_where_there_is_one(opened: Opened) -> None:
    page = opened(lecture(), host="{ alive: true, addNote: async (...given) => { window.given = given; } }")
    ask(page, "view.set({ chosen: 2, cursor_ns: 3e8 })")
    press(page, "add a note", "mouse")
    page.get_by_label("note", exact=True).fill("here")
    press(page, "keep it", "mouse")
    until(page, "window.given !== undefined")
    assert page.evaluate("window.given") == ["here", 3e8, 2]
    assert page.get_by_role("button", name="save my notes").is_hidden()


def test_a_note_belongs_where_the_keys_are(opened: Opened) -> None:
    page = opened(lecture())
    page.locator(".am-canvas").focus()
    for key in ("ArrowDown", "ArrowDown", ",", "n"):
        page.keyboard.press(key)
    reached = ask(page, "[view.focus.t_ns, view.focus.target.task]")
    page.keyboard.type("here")
    page.keyboard.press("Enter")
    last = ask(page, "view.data.remarks[view.data.remarks.length - 1]")
    assert [last["t_ns"], last["task"]] == [round(reached[0]), reached[1]]
    assert reached[1] == 1


@BY
def test_a_note_can_be_left_unwritten(opened: Opened, by: str) -> None:
    page = opened(lecture())
    for leave in (lambda: page.keyboard.press("Escape"), lambda: press(page, "discard", by), lambda: press(page, "add a note", by)):
        press(page, "add a note", by)
        assert page.locator(".am-note-form").is_visible()
        leave()
        assert page.locator(".am-note-form").is_hidden()
        assert page.get_by_role("button", name="add a note").get_attribute("aria-pressed") == "false"


def test_what_the_kernel_says_against_a_note_is_told(opened: Opened) -> None:
    page = opened(lecture(), host="{ alive: true, addNote: async () => { throw new Error('no such trace'); } }")
    press(page, "add a note", "mouse")
    press(page, "keep it", "mouse")
    assert page.get_by_text("type what the note should say").is_visible()
    page.get_by_label("note", exact=True).fill("here")
    press(page, "keep it", "mouse")
    page.get_by_text("no such trace").wait_for()


@BY
def test_prints_go_to_their_moments(opened: Opened, by: str) -> None:
    page = opened(lecture())
    if by == "mouse":
        page.locator(".am-panel-prints summary").click()
    else:
        reach(page, page.locator(".am-panel-prints summary"))
        page.keyboard.press("Enter")
    assert page.locator(".am-prints pre").text_content() == "half-way\n"
    press(page, "1.050 s", by)
    assert page.evaluate("flashed") == {"t_ns": ns(1.05), "task": 1}


def test_the_table_says_what_the_chart_says(opened: Opened) -> None:
    page = opened(lecture())
    page.locator(".am-panel-tasks summary").click()
    until(page, "document.querySelectorAll('.am-panel-tasks tbody tr').length === 5")
    rows = page.locator(".am-panel-tasks tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    assert rows[3] == ["Task-112", "connect_to_user(3)", "asyncio task", "0.005", "1.500", "1.50 s", "■ cancelled: by Task-111"]


def test_the_table_is_listed_bit_by_bit(opened: Opened) -> None:
    page = opened(samples.like(700))
    page.locator(".am-panel-tasks summary").click()
    until(page, "document.querySelectorAll('.am-panel-tasks tbody tr').length === 300")
    page.get_by_role("button", name="more: 401").click()
    assert page.locator(".am-panel-tasks tbody tr").count() == 600


@BY
def test_a_picture_of_what_is_shown(opened: Opened, by: str) -> None:
    page = opened(lecture())
    summary = page.locator("summary", has_text="save as")
    if by == "mouse":
        summary.click()
    else:
        reach(page, summary)
        page.keyboard.press("Enter")
    with page.expect_download() as saved:
        press(page, "PNG", by)
    assert saved.value.suggested_filename == "In_25.png"
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    assert page.get_by_role("button", name="JSON").count() == 0  # nobody is there to write it


def test_a_host_saves_the_trace(opened: Opened) -> None:
    page = opened(lecture(), host="{ save: async (suffix) => `In_25${suffix}` }")
    page.locator("summary", has_text="save as").click()
    press(page, "JSON", "mouse")
    until(page, "document.querySelector('.am-hint').textContent === 'saved: In_25.json'")  # it hides itself, and keeps its text


# ---------------------------------------------------------------------- looks
def test_hostile_names_stay_text(opened: Opened) -> None:
    bad = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    script = TraceScript(bad, title=bad, source=f"print('''{bad}''')\n{'x' * 10_000}")
    for name in (bad, "\u202eevil", "שלום " * 40, "z" * 10_000, "`code` `"):
        task = script.task(name, name, name)
        script.running(task, 0, 1, location=line(1, name))
        script.end(task, 1, message=name)
        script.instant(InstantKind.PRINTED, 0.5, task=task, text=name)
        script.note(name, 0.5, task)
    page = opened(script.trace(cell_end=1))
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    ask(page, "view.set({ chosen: 1 })")
    until(page, "document.querySelectorAll('.am-panel-tasks tbody tr').length === 6")
    assert page.locator(".am-explorer :is(img, script)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert bad in (page.locator(".am-source").text_content() or "")


@pytest.mark.parametrize("width", [700, 1400])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_nothing_is_wider_than_the_page(opened: Opened, width: int, lang: str) -> None:
    page = opened(lecture(), width=width, lang=lang)
    page.evaluate("document.querySelectorAll('.am-panel').forEach((one) => { one.open = true; })")
    for menu in page.locator(".am-menu summary").all():
        menu.click()
        until(page, f"document.documentElement.scrollWidth <= {width}")  # it finds its place when it is open
        page.keyboard.press("Escape")
    chart, side = (page.locator(place).bounding_box() for place in (".am-chart", ".am-side"))
    assert chart is not None and side is not None
    assert (side["x"] > chart["x"] + chart["width"] - 1) == (width == 1400)


TEXTS_SHOWN = """() => {
  const opaque = (color) => color !== 'rgba(0, 0, 0, 0)' && color !== 'transparent';
  const hex = (color) => '#' + color.match(/\\d+/g).slice(0, 3).map((part) => Number(part).toString(16).padStart(2, '0')).join('');
  const found = new Map();
  for (const one of document.querySelectorAll('.am-explorer *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || one.matches('input, select');
    if (!own || !one.checkVisibility()) continue;
    let behind = one;
    while (behind && !opaque(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    const pair = [hex(getComputedStyle(one).color), behind ? hex(getComputedStyle(behind).backgroundColor) : '#ffffff'];
    found.set(pair.join(' '), [...pair, one.className || one.tagName]);
    const hint = getComputedStyle(one, '::placeholder').color;
    if (one.matches('input')) found.set('hint', [hex(hint), pair[1], 'placeholder']);
  }
  return [...found.values()];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(opened: Opened, theme: str) -> None:
    page = opened(lecture(), media={"color_scheme": theme}, dark=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    ask(page, "view.set({ chosen: 3, path: true })")
    page.locator("button[aria-expanded]").click()
    ask(page, "view.tell('line', { line: 7, go: false })")
    ask(page, "view.addNote()")
    page.locator(".am-panel-chosen").get_by_text("connect_to_user(3)").wait_for()
    shown = page.evaluate(TEXTS_SHOWN)
    assert len(shown) >= 5
    assert [(*texts, contrast(*texts[:2])) for texts in shown if contrast(*texts[:2]) < 4.5] == []


def test_print_shows_chart_and_open_panels_without_controls(opened: Opened) -> None:
    page = opened(lecture())
    page.emulate_media(media="print")
    assert page.locator(".am-canvas").is_visible()
    assert page.locator(".am-findings").is_visible()
    shown = page.locator(".am-toolbar :is(button, input, select, summary)").evaluate_all(
        "all => all.filter((one) => one.checkVisibility()).length"
    )
    assert shown == 0
    assert page.locator(".am-panel-tasks").is_hidden()


def test_what_was_not_seen_is_said_below_the_chart(opened: Opened) -> None:
    page = opened(replace(lecture(), problems=("threads were not seen",)))
    assert "threads were not seen" in page.locator(".am-footnotes").inner_text()


def test_source_looks_the_same_where_a_notebook_has_a_style_for_code(opened: Opened) -> None:
    page = opened(lecture())
    page.add_style_tag(content=".themed .html :not(pre) > code { background-color: rgb(9, 9, 9); padding: 1px 5px; }")
    page.evaluate("document.documentElement.className = 'themed', document.body.className = 'html'")
    code = page.locator(".am-source-line code").first
    look = "code => [getComputedStyle(code).backgroundColor, getComputedStyle(code).padding]"
    assert code.evaluate(look) == ["rgba(0, 0, 0, 0)", "0px"]


def test_nothing_blinks_for_those_who_asked_for_less_motion(opened: Opened) -> None:
    page = opened(lecture(), media={"reduced_motion": "reduce"})
    look = "(view.tell('line', { line: 7, go: true }), getComputedStyle(document.querySelector('.am-flash')).animationName)"
    assert ask(page, look) == "none"


def test_a_closed_chart_hears_no_keys(opened: Opened) -> None:
    page = opened(lecture())
    page.evaluate("""(() => {
      const root = document.getElementById('chart'), view = root.asyncMagics, content = view.data;
      view.close();
      view.focusSearch = () => { window.heard = true; };
      root.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
    })()""")
    assert page.evaluate("window.heard") is None


def test_the_critical_path_is_shown_from_the_start_where_the_author_wants_it(opened: Opened) -> None:
    page = opened(lecture(), critical_path=True)
    assert state(page, "path") is True and page.locator(".am-path-text").is_visible()
    assert page.get_by_role("button", name="critical path", exact=True).get_attribute("aria-pressed") == "true"
