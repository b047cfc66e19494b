"""Rows of callouts, marks, prints and spans -> instants and spans; rows of children are believed in nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from async_magics.events import Verb
from async_magics.model import InstantKind

from .test_works import MAIN, MARKER, Script

FILE = ["lesson.py", 7, "work"]
OTHER = -1002


def with_thread(**data: Any) -> Script:
    script = Script()
    script.spawn(0, "t", "thread", name="T")
    script.run("t", 10, 90, thread=12, **data)
    return script


def said(script: Script, *kinds: InstantKind) -> list[tuple[str, int, int | None, str]]:
    return [(item.kind.value, item.t_ns, item.task, item.text) for item in script.trace(ended=100).instants if item.kind in kinds]


def test_callouts_and_marks() -> None:
    script = with_thread()
    script.row(Verb.MARK, 30, "", text="m", by="t", site=FILE)
    script.row(Verb.CALLOUT, 20, "", text="c", by=MARKER, site=FILE, line=5)
    script.row(Verb.MARK, 40, "", text="no line", by="t")
    found = [item for item in script.trace(ended=100).instants if item.kind in (InstantKind.MARK, InstantKind.CALLOUT)]
    assert [(item.kind.value, item.t_ns, item.task, item.text) for item in found] == [
        ("callout", 20, 0, "c"), ("mark", 30, 1, "m"), ("mark", 40, 1, "no line")]  # fmt: skip
    places = [item.location and (item.location.file, item.location.line, item.location.function) for item in found]
    assert places == [("lesson.py", 5, "work"), ("lesson.py", 7, "work"), None]


def test_of_another_recording_or_outside_the_cell() -> None:
    script = with_thread()
    script.row(Verb.MARK, -5, "", text="before", by=MARKER)
    script.row(Verb.MARK, 20, "", text="other", by=OTHER)
    script.row(Verb.MARK, 20, "", text="stranger", by="thread of nobody")
    script.row(Verb.MARK, 20, "", text="nobody")
    script.row(Verb.PRINTED, 150, "", text="a traceback", by=MARKER)
    script.row(Verb.MARK, 150, "", text="late", by="t")
    assert said(script, InstantKind.MARK, InstantKind.PRINTED) == [("mark", 150, 1, "late")]


def test_writes_of_one_line_are_one_print() -> None:
    script = with_thread()
    for at, by, text, more in [
        (10, "t", "a ", {}), (11, MARKER, "cell", {}), (12, "t", "warn\n", {"stream": "stderr"}), (13, "t", "b", {}), (14, "t", "\n", {}),
        (15, MARKER, "\nnext\n", {}), (16, "t", "\n", {}), (17, "t", "two\nlines\n", {}), (18, "t", "rest", {}),
    ]:  # fmt: skip
        script.row(Verb.PRINTED, at, "", text=text, by=by, **more)
    assert said(script, InstantKind.PRINTED) == [
        ("printed", 10, 1, "a b"), ("printed", 11, 0, "cell"), ("printed", 12, 1, "warn"), ("printed", 15, 0, "next"),
        ("printed", 17, 1, "two\nlines"), ("printed", 18, 1, "rest"),
    ]  # fmt: skip


def test_what_a_terminal_would_not_show() -> None:
    script = Script()
    for at, text in enumerate(["\r 10 %\r100 %", "\r \n", "\x1b[1;31mred\x1b[0m \x1b]0;title\x07\n", " \n", "a\tb\n"], 1):
        script.row(Verb.PRINTED, at, "", text=text, by=MARKER)
    assert [text for *_, text in said(script, InstantKind.PRINTED)] == ["100 %", "red", "a\tb"]


def test_spans() -> None:
    script = with_thread()
    script.row(Verb.SPAN_BEGAN, 20, "s1", text="open", by="t", site=FILE)
    script.row(Verb.SPAN_BEGAN, 10, "s2", text="whole", by=MARKER)
    script.row(Verb.SPAN_ENDED, 70, "s2")
    script.row(Verb.SPAN_ENDED, 80, "s2", pid=2)  # a forked child leaves its parent's
    script.row(Verb.SPAN_BEGAN, 30, "s3", text="other", by=OTHER)
    script.row(Verb.SPAN_ENDED, 40, "s3")
    script.row(Verb.SPAN_ENDED, 50, "s4")
    spans = script.trace(ended=100).spans
    assert [(bar.name, bar.task, bar.start_ns, bar.end_ns) for bar in spans] == [("whole", 0, 10, 70), ("open", 1, 20, None)]


def test_what_was_left_out_is_a_problem_of_its_own_recording() -> None:
    script = with_thread()
    for by, text in ((MARKER, "only some"), ("t", "only some"), (OTHER, "not ours")):
        script.row(Verb.LEFT_OUT, 20, "", text=text, by=by)
    assert script.trace(ended=100).problems == ("only some",)


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(-5, 2000), st.text(max_size=5), st.lists(st.integers(-3, 9), max_size=4))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Verb.CALLOUT, Verb.MARK, Verb.PRINTED, Verb.SPAN_BEGAN, Verb.SPAN_ENDED, Verb.LEFT_OUT]),
            st.integers(-10, 200), st.sampled_from(["", "s1", "t"]), st.sampled_from([1, 2]),
            st.dictionaries(st.sampled_from(["text", "line", "site", "stream"]), ANYTHING),
            st.sampled_from([MARKER, "t", 7, None, [1], -1]),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_rows_make_a_sound_trace(rows: list[Any]) -> None:
    script = with_thread()
    for verb, at, work, pid, data, by in rows:
        script.row(verb, at, work, pid, MAIN, **data, by=by)
    found = script.trace(ended=100)
    moments = [item.t_ns for item in found.instants]
    assert moments == sorted(moments)
    assert [bar.start_ns for bar in found.spans] == sorted(bar.start_ns for bar in found.spans)
