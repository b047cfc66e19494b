"""What is printed is noticed and not altered."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from async_magics.api import trace
from async_magics.model import InstantKind, Trace

from .story import record


def printed(found: Trace) -> list[tuple[str, str]]:
    return [
        (found.tasks[instant.task].name, instant.text)
        for instant in found.instants
        if instant.kind is InstantKind.PRINTED and instant.task is not None
    ]


class Faulty(io.StringIO):
    """Refuses one text."""

    def write(self, text: str) -> int:
        if text == "refused":
            raise OSError("full")
        return super().write(text)


class Slotted:
    """Takes no attributes."""

    __slots__ = ("texts",)

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str) -> int:
        self.texts.append(text)
        return len(text)

    def flush(self) -> None:
        pass


def plain_stdout(monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    """Put a plain text file in the place of ``sys.stdout``; not in a fixture, for pytest changes it after those."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


def text_of(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer: Any = stream.buffer
    return str(buffer.getvalue().decode())


def say() -> None:
    print("a", 1, sep="-")  # noqa: T201
    print("b", end="")  # noqa: T201
    print("c", "d")  # noqa: T201
    sys.stdout.writelines(["e\n", "f\n"])
    print()  # noqa: T201
    sys.stdout.write("g")


def test_every_way_to_print_is_noticed_and_comes_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    out = plain_stdout(monkeypatch)
    say()
    plain = text_of(out)
    with trace() as recording:
        say()
    assert text_of(out) == plain * 2
    assert printed(recording.trace) == [("cell", text) for text in ("a-1", "bc d", "e", "f", "g")]


def test_the_stream_is_the_same_object_and_afterwards_the_same_method(monkeypatch: pytest.MonkeyPatch) -> None:
    out = plain_stdout(monkeypatch)
    before = sys.stdout.write
    with trace():
        assert sys.stdout is out
        assert sys.stdout.write.__self__ is out and sys.stdout.write.__name__ == "write"  # type: ignore[attr-defined]
        assert sys.stdout.write("four") == 4
    assert sys.stdout.write == before and "write" not in vars(out)


def test_somebody_elses_write_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a debugger leaves one: a function, not a method."""
    out = plain_stdout(monkeypatch)
    stock = out.write

    def theirs(text: str) -> int:
        return stock(text.upper())

    out.write = theirs  # type: ignore[method-assign,assignment]
    with trace() as recording:
        print("loud")  # noqa: T201
        assert not hasattr(out.write, "__self__") and out.write.__name__ == "theirs"
    assert vars(out)["write"] is theirs and text_of(out) == "LOUD\n"
    assert printed(recording.trace) == [("cell", "loud")]


def test_errors_of_a_stream_pass_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Faulty()
    monkeypatch.setattr(sys, "stdout", stream)
    with trace() as recording:
        with pytest.raises(OSError, match="full") as caught:
            print("refused")  # noqa: T201
        with pytest.raises(TypeError):
            stream.write(5)  # type: ignore[arg-type]
        print("taken")  # noqa: T201
    assert [entry.name for entry in caught.traceback] == ["test_errors_of_a_stream_pass_as_they_are", "write"]
    assert caught.traceback[-1].frame.code.raw.co_filename == __file__
    assert printed(recording.trace) == [("cell", "taken")] and recording.trace.problems == ()


@pytest.mark.parametrize("make", [Slotted, lambda: None], ids=["takes no attributes", "none"])
def test_a_stream_that_cannot_be_watched_is_left_alone(monkeypatch: pytest.MonkeyPatch, make: Callable[[], Any]) -> None:
    stream = make()
    monkeypatch.setattr(sys, "stdout", stream)
    with trace() as recording:
        print("not seen")  # noqa: T201
        sys.stderr.write("seen\n")
    assert stream is None or stream.texts == ["not seen", "\n"]
    assert printed(recording.trace) == [("cell", "seen")] and recording.trace.problems == ()


def test_one_object_for_both_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    out = plain_stdout(monkeypatch)
    monkeypatch.setattr(sys, "stderr", out)
    with trace() as recording:
        print("out")  # noqa: T201
        print("error", file=sys.stderr)  # noqa: T201
    assert printed(recording.trace) == [("cell", "out"), ("cell", "error")] and "write" not in vars(out)


def test_what_is_redirected_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    out = plain_stdout(monkeypatch)
    with trace() as recording, contextlib.redirect_stdout(io.StringIO()) as caught:
        print("caught")  # noqa: T201
    assert caught.getvalue() == "caught\n" and text_of(out) == ""
    assert printed(recording.trace) == []


def test_lines_of_tasks_that_take_turns_are_joined_for_each() -> None:
    """Two half lines of each, in turn; and one that stderr cuts into."""

    async def visit(name: str) -> None:
        sys.stdout.write(f"{name} begins, ")
        await asyncio.sleep(0)
        sys.stderr.write("problem\n")
        sys.stdout.write(f"{name} ends\n")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.create_task(visit(name), name=name) for name in "ab"))

    found = record(main).trace
    assert printed(found) == [("a", "a begins, a ends"), ("b", "b begins, b ends"), ("a", "problem"), ("b", "problem")]


def test_of_threads_and_logging() -> None:
    logger = logging.Logger("test")
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    with trace() as recording:
        threads = [threading.Thread(target=print, args=(f"in {name}",), name=name) for name in "xy"]
        for thread in threads:
            thread.start()
            thread.join()
        logger.warning("careful")
    assert printed(recording.trace) == [("x", "in x"), ("y", "in y"), ("cell", "careful")]


def test_of_a_progress_bar_the_end_is_shown_and_colours_are_not() -> None:
    with trace() as recording:
        for step in range(3):
            sys.stderr.write(f"\r{step}/2")
        sys.stderr.write("\n\x1b[31mred\x1b[0m\n")
    assert printed(recording.trace) == [("cell", "2/2"), ("cell", "red")]


def test_texts_are_bounded() -> None:
    with trace() as recording:
        print("x" * 100_000)  # noqa: T201
        print("y")  # noqa: T201
    assert [len(text) for _, text in printed(recording.trace)] == [200, 1]


def test_a_loop_that_prints_does_not_fill_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost in the output; on the chart stands what is missing."""
    out = plain_stdout(monkeypatch)
    with trace() as recording:
        for number in range(12_000):
            print(number)  # noqa: T201
    found = recording.trace
    assert text_of(out) == "".join(f"{number}\n" for number in range(12_000))
    assert len(printed(found)) == 10_000 and found.dropped == 4_000  # of each, the text and the end of the line
    assert found.problems == ("of what was printed only the first 10,000 texts were kept",)


def test_a_subclass_of_str_is_kept_as_plain_text() -> None:
    class Odd(str):
        def __getitem__(self, key: Any) -> str:
            raise RuntimeError("no")

        def __len__(self) -> int:
            raise RuntimeError("no")

    stream = sys.stdout
    with trace() as recording:
        stream.write(Odd("odd"))
    assert printed(recording.trace) == [("cell", "odd")]


def test_who_puts_the_streams_own_write_back_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As IPython 9 does at the end of each cell, while a task goes on."""
    out = plain_stdout(monkeypatch)
    own = out.write

    async def late() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print("late")  # noqa: T201

    async def main() -> Trace:
        recording = trace().start()
        task = asyncio.get_running_loop().create_task(late(), name="late")
        print("early")  # noqa: T201
        recording.stop()
        out.write = own  # type: ignore[method-assign]
        await task
        recording.close()
        return recording.trace

    found = asyncio.run(main())
    assert printed(found) == [("cell", "early"), ("late", "late")]
    assert out.write == own and text_of(out) == "early\nlate\n"


def test_what_somebody_kept_over_the_end_steps_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    out = plain_stdout(monkeypatch)
    own = out.write
    with trace():
        kept = out.write
    out.write = kept  # type: ignore[method-assign]
    print("after")  # noqa: T201
    assert out.write == own and text_of(out) == "after\n"
