"""A trace as few bytes, and as lines of text that a notebook can hold: ``codec``'s JSON, compressed; bounded on the way back.

Imports ``errors`` and ``codec`` of this folder.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Final

from .codec import from_json, to_json
from .columns import fail

if TYPE_CHECKING:
    from .trace import Trace

MOST_BYTES: Final = 200_000_000
"""More JSON than this no recording makes (two million facts take about half); a few kilobytes that grow beyond it are an attack."""
LINE: Final = 1000
"""Letters to a line of text: editors and version control bear many lines better than a long one."""

_GZIP: Final = 31
_LEVEL: Final = 6


def packed(trace: Trace) -> bytes:
    """Return the trace as a gzip file without a date; equal traces give equal bytes."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return deflate.compress(to_json(trace).encode("ascii")) + deflate.flush()


def unpacked(data: bytes, most: int = MOST_BYTES) -> Trace:
    """Return the trace that ``packed`` made.

    Raises:
        TraceFormatError: for anything else, and for what would take more than ``most`` bytes.
    """
    inflate = zlib.decompressobj(_GZIP)
    try:
        text = inflate.decompress(data, most + 1)
    except zlib.error:
        fail("the packed trace", "is damaged, or is no gzip data")
    if len(text) > most:
        fail("the packed trace", f"grows beyond {most / 1e6:g} MB")
    if not inflate.eof:
        fail("the packed trace", "is cut off")
    if inflate.unused_data:
        fail("the packed trace", "goes on after its end")
    return from_json(text)


def is_packed(data: bytes) -> bool:
    """Tell whether data begins as a gzip file does."""
    return data[:2] == b"\x1f\x8b"


def text_lines(data: bytes) -> list[str]:
    """Return the bytes as lines of base64."""
    text = base64.b64encode(data).decode("ascii")
    return [text[at : at + LINE] for at in range(0, len(text), LINE)]


def from_text_lines(lines: object) -> bytes:
    """Return the bytes whose ``text_lines`` these are; front ends may have joined the lines.

    Raises:
        TraceFormatError: they are not.
    """
    if isinstance(lines, str):
        lines = [lines]
    if not isinstance(lines, list) or set(map(type, lines)) - {str}:
        fail("the packed trace", "should be lines of text")
    try:
        return base64.b64decode("".join(lines).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        fail("the packed trace", "is no base64 text")
