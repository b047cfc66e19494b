"""A trace as few bytes: the same for equal traces, and bounded on the way back."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from tests.strategies import traces

from async_magics.errors import TraceFormatError
from async_magics.model import Trace
from async_magics.model.codec import to_json
from async_magics.model.pack import LINE, from_text_lines, is_packed, packed, text_lines, unpacked

SMALL = Trace(name="small", source="pass")


@given(traces())
@settings(max_examples=50)
def test_round_trip_changes_nothing(trace: Trace) -> None:
    data = packed(trace)
    assert unpacked(data) == trace
    assert packed(unpacked(data)) == data
    assert from_text_lines(text_lines(data)) == data


def test_it_is_an_ordinary_gzip_file_without_a_date() -> None:
    assert gzip.decompress(packed(SMALL)).decode() == to_json(SMALL)
    assert packed(SMALL)[4:8] == bytes(4)
    assert is_packed(packed(SMALL)) and not is_packed(to_json(SMALL).encode())


def test_lines_are_bounded_ascii() -> None:
    lines = text_lines(bytes(range(256)) * 20)
    assert max(map(len, lines)) == LINE and all(map(str.isascii, lines))
    assert from_text_lines("".join(lines)) == bytes(range(256)) * 20


BOMB = gzip.compress(bytes(5_000_000))
HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda data: b"",
    "no gzip": lambda data: b"hello",
    "zlib, not gzip": lambda data: zlib.compress(b"{}"),
    "cut off": lambda data: data[:-9],
    "its end missing": lambda data: data[:-1],
    "more behind it": lambda data: data + b"x",
    "two in one": lambda data: data + data,
    "a byte changed": lambda data: data[:20] + bytes([data[20] ^ 255]) + data[21:],
    "a wrong checksum": lambda data: data[:-8] + bytes(4) + data[-4:],
    "other JSON": lambda data: gzip.compress(b"[]"),
    "a bomb": lambda data: BOMB,
    "a bomb in a bomb": lambda data: gzip.compress(BOMB),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_ours_is_refused_in_one_line(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TraceFormatError) as caught:
        unpacked(change(packed(SMALL)), most=1_000_000)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("lines", [None, 7, {"a": 1}, [1], [["x"]], [None, "x"], "é", "not base64!", ["abc"], ["====="]])
def test_lines_that_are_no_base64_are_refused(lines: object) -> None:
    with pytest.raises(TraceFormatError):
        from_text_lines(lines)
