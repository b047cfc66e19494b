"""JSON as text with positions: where each object's members and each array's items begin, so that text can be put between them.

Everything else of the text stays as it is, whoever wrote it and however it is indented. Imports ``errors``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from ..errors import TraceFormatError

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
"""Reads texts and plain values; numbers stay as they are written."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value in the text.

    Attributes:
        start, end: where it stands.
        value: a text's or a plain value's value, a list of nodes for an array, a dict of nodes for an object.
    """

    start: int
    end: int
    value: Any

    def get(self, key: str) -> Node | None:
        """Return a member of an object, ``None`` where there is none or it is no object."""
        found: Node | None = self.value.get(key) if isinstance(self.value, dict) else None
        return found

    @property
    def items(self) -> list[Node]:
        """The items of an array; none where it is no array."""
        return self.value if isinstance(self.value, list) else []

    @property
    def plain(self) -> Any:
        """The value itself, as ``json.loads`` returns it."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        return [node.plain for node in self.value] if isinstance(self.value, list) else self.value


def scan(text: str) -> Node:
    """Return the whole text as a node.

    Raises:
        TraceFormatError: it is no JSON.
    """
    try:
        node = _value(text, _space(text, 1 if text.startswith("\ufeff") else 0))
    except RecursionError:
        raise TraceFormatError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        _fail(error.pos)
    if _space(text, node.end) != len(text):
        _fail(node.end)
    return node


def _value(text: str, at: int) -> Node:
    first = text[at : at + 1]
    if first == "[":
        return _array(text, at)
    if first == "{":
        return _object(text, at)
    value, end = _DECODER.raw_decode(text, at)
    return Node(at, end, value)


def _array(text: str, start: int) -> Node:
    items: list[Node] = []
    at = _space(text, start + 1)
    while text[at : at + 1] != "]":
        at = _separated(text, at) if items else at
        items.append(_value(text, at))
        at = _space(text, items[-1].end)
    return Node(start, at + 1, items)


def _object(text: str, start: int) -> Node:
    members: dict[str, Node] = {}
    at = _space(text, start + 1)
    while text[at : at + 1] != "}":
        at = _separated(text, at) if members else at
        key = _value(text, at)
        colon = _space(text, key.end)
        if not isinstance(key.value, str) or text[colon : colon + 1] != ":":
            _fail(colon)
        members[key.value] = _value(text, _space(text, colon + 1))
        at = _space(text, members[key.value].end)
    return Node(start, at + 1, members)


def _separated(text: str, at: int) -> int:
    if text[at : at + 1] != ",":
        _fail(at)
    return _space(text, at + 1)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _fail(at: int) -> NoReturn:
    raise TraceFormatError(f"it is not JSON, or is cut off, at character {at}")
