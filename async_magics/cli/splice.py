"""Puts ``%load_ext`` and ``%%tasktrace`` into a notebook's text and leaves every other byte as it is.

The magic line becomes the first line of a cell's source; what loads the extension is a new cell above the first cell that needs it,
since the first cell of a notebook is often one that installs something. Imports ``jsontext`` and ``worth`` of this folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import TraceFormatError
from .jsontext import Node, scan
from .worth import worth_tracing

LOAD: Final = "%load_ext async_magics"
TRACE: Final = "%%tasktrace"
_LOADED: Final = re.compile(r"^\s*%(load|reload)_ext\s+async_magics\b", re.M)


@dataclass(frozen=True, slots=True)
class Annotated:
    """A notebook's text with our lines in it.

    Attributes:
        text: all of it.
        traced: numbers of the cells that got ``%%tasktrace``, counted among those with code, from 1.
        code_cells: how many cells have code.
    """

    text: str
    traced: tuple[int, ...]
    code_cells: int


def annotated(text: str) -> Annotated:
    """Return a notebook's text with our lines in it.

    Raises:
        TraceFormatError: the text is no notebook.
    """
    cells = scan(text).get("cells")
    if cells is None or not isinstance(cells.value, list):
        raise TraceFormatError("it has no cells, or is of an old format: open and save it in Jupyter")
    code = [cell for cell in cells.items if _plain(cell.get("cell_type")) == "code" and cell.get("source") is not None]
    sources = [_text(cell) for cell in code]
    wanted = [number for number, worth in enumerate(worth_tracing(sources)) if worth]
    pieces = [(_place(code[number]), _line(text, code[number], sources[number])) for number in wanted]
    if wanted and not any(_LOADED.search(source) for source in sources[: wanted[0]]):
        first = code[wanted[0]]
        pieces.insert(0, (first.start, _loading_cell(text, cells, first)))
    return Annotated(_with(text, pieces), tuple(number + 1 for number in wanted), len(code))


def _with(text: str, pieces: Sequence[tuple[int, str]]) -> str:
    out, last = [], 0
    for at, piece in pieces:
        out += [text[last:at], piece]
        last = at
    return "".join([*out, text[last:]])


# ---------------------------------------------------------------------- the magic line
def _text(cell: Node) -> str:
    source = _plain(cell.get("source"))
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _place(cell: Node) -> int:
    """Return where a line is to be put: before the first line's text, or behind the quote of a source that is one text."""
    source = cell.value["source"]
    return int(source.items[0].start if source.items else source.start + 1)


def _line(text: str, cell: Node, source: str) -> str:
    """Return the line as the notebook's own lines are written."""
    ending = "\r\n" if re.match(r"[^\n]*\r\n", source) else "\n"
    line = json.dumps(TRACE + ending)
    node = cell.value["source"]
    if not node.items:
        return line[1:-1]
    return f"{line}{_between(text, cell, node.items)}"


def _between(text: str, cell: Node, lines: Sequence[Node]) -> str:
    """Return what separates the lines of a cell."""
    if len(lines) > 1:
        return text[lines[0].end : lines[1].start]
    lead = text[cell.value["source"].start + 1 : lines[0].start]
    return f",{lead}" if "\n" in lead or not _is_loose(text, cell) else ", "


def _is_loose(text: str, cell: Node) -> bool:
    """Whether a cell that stands on one line has spaces behind its colons, and so behind its commas."""
    return re.search(r'":[ \t]', text[cell.start : cell.end]) is not None


# ---------------------------------------------------------------------- the new cell
def _loading_cell(text: str, cells: Node, before: Node) -> str:
    """Return a cell that loads the extension, written as the cell below it is, and what separates the two."""
    at = cells.items.index(before)
    space = text[cells.start + 1 : before.start] if at == 0 else text[cells.items[at - 1].end : before.start].partition(",")[2]
    made = _written(text, before, _new_cell(before, cells), space)
    return f"{made},{space}"


def _new_cell(like: Node, cells: Node) -> dict[str, Any]:
    """Return the cell; its members come in the order of the other's."""
    made: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": [LOAD]}
    if isinstance(like.value["source"].value, str):
        made["source"] = LOAD
    if "id" in like.value:
        taken = {_plain(cell.get("id")) for cell in cells.items}
        names = ["load-async-magics", *(f"load-async-magics-{number}" for number in range(len(taken)))]
        made["id"] = next(name for name in names if name not in taken)
    order = [*like.value, *made]
    return {key: made[key] for key in sorted(made, key=order.index)}


def _written(text: str, like: Node, cell: dict[str, Any], space: str) -> str:
    """Write a cell with the indentation, the line ends and the spaces of another."""
    inside = re.match(r"\{([ \t\r\n]*)", text[like.start : like.end])
    lead = inside[1] if inside else ""
    if "\n" not in lead:
        return json.dumps(cell, separators=(", ", ": ") if _is_loose(text, like) else (",", ":"))
    outer = space.rpartition("\n")[2]
    unit = lead.rpartition("\n")[2][len(outer) :] or " "
    newline = "\r\n" if "\r\n" in lead else "\n"
    return json.dumps(cell, indent=unit).replace("\n", newline + outer)


def _plain(node: Node | None) -> Any:
    return None if node is None else node.plain
