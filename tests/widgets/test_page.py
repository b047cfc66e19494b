"""What a page may ask: its questions are answered out of the trace, hostile ones are refused in one line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from async_magics.errors import WidgetError
from async_magics.model import Trace
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript
from async_magics.views.explorer import detail, payload
from async_magics.views.spec import ChartOptions
from async_magics.widgets import page
from async_magics.widgets.answers import MOST_ROWS, Answers

OPTIONS = ChartOptions(lang="en")


def recorded() -> Recorded:
    script = TraceScript("In [3]", source="await work()")
    one = script.task("one", "work")
    for task in (0, one):
        script.running(task, 0, 0.5)
        script.end(task, 0.5)
    return Recorded(script.trace())


def unpacked(data: bytes) -> Any:
    return json.loads(gzip.decompress(data))


def answers(trace: Recorded, noted: Any = lambda: None) -> Answers:
    return Answers(trace, OPTIONS, noted)


WINDOW = {"id": 1, "ask": "window", "from_ns": 0, "to_ns": 500_000_000, "rows": [[0], [1]], "columns": 300}


def test_the_payload_is_the_page_s() -> None:
    trace = recorded()
    assert unpacked(answers(trace).payload()) == json.loads(json.dumps(payload(trace.trace, OPTIONS)))


def test_a_window_is_answered_packed() -> None:
    reply, (data,) = answers(recorded()).answer(WINDOW)
    assert reply == {"id": 1}
    assert [(row["lanes"], row["start"], row["length"]) for row in unpacked(data)["rows"]] == [
        ([0], [0], [500_000_000]),
        ([1], [0], [500_000_000]),
    ]


def test_an_unfolded_group_is_asked_for_together_with_its_lanes() -> None:
    script = TraceScript("In [3]")
    for task in (0, *(script.task(f"w{number}", "work") for number in range(60))):
        script.running(task, 0, 0.5)
        script.end(task, 0.5)
    trace = script.trace()
    lanes = max((group["lanes"] for group in payload(trace, OPTIONS)["groups"]), key=len)
    assert len(lanes) == 60
    rows = [[0], lanes, *([lane] for lane in lanes)]
    reply, (data,) = answers(Recorded(trace)).answer({**WINDOW, "rows": rows})
    assert reply == {"id": 1} and [row["lanes"] for row in unpacked(data)["rows"]] == rows


def test_figures_are_those_of_the_window() -> None:
    reply, (data,) = answers(recorded()).answer({"id": 2, "ask": "figures", "from_ns": 100_000_000, "to_ns": 300_000_000})
    assert reply == {"id": 2}
    assert unpacked(data) == {"rows": [[0, 200_000_000, 0, 0, 1], [1, 200_000_000, 0, 0, 1]]}


def test_a_note_ends_in_the_list_of_the_trace() -> None:
    trace, told = recorded(), []
    asked = answers(trace, lambda: told.append(len(trace.notes)))
    assert asked.answer({"id": 7, "ask": "note", "text": "here", "t_ns": 250_000_000.4, "task": 1}) == ({"id": 7, "answer": None}, [])
    assert [(note.text, note.t_ns, note.task) for note in trace.notes] == [("here", 250_000_000, 1)]
    assert told == [1] and asked.stale
    assert unpacked(asked.payload())["remarks"][0]["text"] == "here"
    assert not asked.stale


def test_a_note_is_on_the_task_that_the_page_saw_whatever_its_number_is_by_now() -> None:
    def followed(*names: str) -> Trace:
        script = TraceScript("In [3]")
        for name in names:
            script.running(script.task(name, name), 0, 0.5)
        return script.trace()

    trace = Recorded(followed("one", "helper"))
    asked = answers(trace)
    asked.payload()
    trace._trace = followed("one", "made later", "helper")
    asked.answer({"id": 7, "ask": "note", "text": "here", "t_ns": 1, "task": 2})
    assert [trace.tasks[note.task].name for note in trace.notes if note.task is not None] == ["helper"]


def test_a_note_keeps_what_was_worked_out_of_the_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(recorded())
    asked.answer(WINDOW)
    asked.answer({"id": 7, "ask": "note", "text": "here", "t_ns": 1, "task": None})
    asked.payload()
    monkeypatch.setattr(detail.Detail, "__init__", lambda *_: pytest.fail("built again"))
    assert asked.answer(WINDOW)[0] == {"id": 1}


def test_files_are_written_beside_the_notebook_and_never_over_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = answers(recorded())
    names = [asked.answer({"id": n, "ask": "save", "suffix": ".json"})[0]["answer"] for n in range(3)]
    assert names == ["In-3.json", "In-3-2.json", "In-3-3.json"] == sorted((path.name for path in tmp_path.iterdir()), key=names.index)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from_ns": "0"}, "from_ns is a whole number"),
        ({"from_ns": True}, "from_ns is a whole number"),
        ({"to_ns": 10**30}, "to_ns is a whole number"),
        ({"to_ns": 0}, "a window ends after it begins"),
        ({"ask": "figures", "to_ns": 0}, "a window ends after it begins"),
        ({"ask": "figures", "from_ns": None}, "from_ns is a whole number"),
        ({"columns": None}, "columns is a whole number"),
        ({"rows": None}, "rows are lists of lanes"),
        ({"rows": [[]]}, "rows are lists of lanes"),
        ({"rows": [[0]] * (MOST_ROWS + 1)}, "rows are lists of lanes"),
        ({"rows": [[0], [1], [1], [0, 1]]}, "lanes go from 0 to 1, each in two rows"),
        ({"rows": [[2]]}, "lanes go from 0 to 1"),
        ({"rows": [[-1]]}, "lanes go from 0 to 1"),
        ({"rows": [["0"]]}, "lanes go from 0 to 1"),
        ({"rows": [{"0": 1}]}, "rows are lists of lanes"),
        ({"ask": "payload"}, "a page asks for a window, figures, a note or a file"),
        ({"ask": ["window"]}, "a page asks for a window, figures, a note or a file"),
        ({"ask": "save", "suffix": "/../../x.png"}, "a file ends in one of"),
        ({"ask": "save", "suffix": "x.png"}, "a file ends in one of"),
        ({"ask": "save", "suffix": None}, "suffix is a text"),
        ({"ask": "note", "text": 3, "t_ns": 0}, "text is a text"),
        ({"ask": "note", "text": "a" * 10**6, "t_ns": 0}, "text is a text of"),
        ({"ask": "note", "text": " ", "t_ns": 0}, "a note needs a text"),
        ({"ask": "note", "text": "a", "t_ns": float("nan")}, "t_ns is a number"),
        ({"ask": "note", "text": "a", "t_ns": "0"}, "t_ns is a number"),
        ({"ask": "note", "text": "a", "t_ns": 10**12}, "there is no moment"),
        ({"ask": "note", "text": "a", "t_ns": 0, "task": 9}, "there is no task number 9"),
        ({"ask": "note", "text": "a", "t_ns": 0, "task": "one"}, "task is a whole number"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    change: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trace = recorded()
    reply, buffers = answers(trace).answer({**WINDOW, **change})
    assert reply["id"] == 1 and said in reply["error"] and "\n" not in reply["error"]
    assert (buffers, trace.notes, list(tmp_path.iterdir())) == ([], (), [])


@pytest.mark.parametrize("content", [None, [], "window", 7, {"id": [1], "ask": "window"}, {}])
def test_what_is_no_question_is_answered_all_the_same(content: Any) -> None:
    reply, buffers = answers(recorded()).answer(content)
    assert list(reply) == ["error"] and buffers == []


def test_an_error_of_ours_goes_to_the_page_only() -> None:
    def broken() -> None:
        raise ZeroDivisionError("of ours\nin two lines")

    reply, _ = answers(recorded(), broken).answer({"id": 1, "ask": "note", "text": "a", "t_ns": 0, "task": None})
    assert reply == {"id": 1, "error": "ZeroDivisionError: of ours↵in two lines"}


def test_without_anywidget_one_line_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    monkeypatch.delitem(__import__("sys").modules, "async_magics.widgets.page_widget", raising=False)
    with pytest.raises(WidgetError, match=r'anywidget is not installed: pip install "async_magics\[widget\]"'):
        page.explorer(recorded(), OPTIONS)


class TestWidget:
    """The widget itself, with nobody at the other end."""

    @pytest.fixture(autouse=True)
    def anywidget(self) -> None:
        pytest.importorskip("anywidget")

    def made(self, trace: Recorded, host: Any = None) -> Any:
        widget = page.explorer(trace, OPTIONS, host)
        widget.sent = []
        widget.send = lambda content, buffers=None: widget.sent.append((content, buffers))
        return widget

    def asks(self, widget: Any, **content: Any) -> None:
        widget._handle_custom_msg(content, [])

    def test_it_has_the_trace_and_the_program(self) -> None:
        widget = self.made(recorded())
        assert unpacked(widget.payload)["name"] == "In [3]"
        assert "export default" in widget._esm and ".am-" in widget._css

    def test_it_answers(self) -> None:
        widget = self.made(recorded())
        self.asks(widget, **WINDOW)
        assert [content for content, _ in widget.sent] == [{"id": 1}]

    def test_a_note_changes_it_where_there_is_no_host(self) -> None:
        widget = self.made(recorded())
        self.asks(widget, id=1, ask="note", text="here", t_ns=0, task=None)
        assert [remark["text"] for remark in unpacked(widget.payload)["remarks"]] == ["here"]

    def test_a_host_is_asked_to_change_all_charts(self) -> None:
        changed: list[Any] = []

        class Host:
            def redraw(self, of: Any) -> int:
                changed.append(of)
                return 1

        trace = recorded()
        self.asks(self.made(trace, Host()), id=1, ask="note", text="here", t_ns=0, task=None)
        assert changed == [trace]

    def test_a_page_that_is_gone_hurts_nobody(self) -> None:
        widget = self.made(recorded())

        def gone(*_: Any) -> None:
            raise RuntimeError("the comm is closed")

        widget.send = gone
        self.asks(widget, **WINDOW)

    def test_an_unchanged_trace_is_not_sent_again(self) -> None:
        widget = self.made(recorded())
        before = widget.payload
        widget.refresh()
        assert widget.payload is before
