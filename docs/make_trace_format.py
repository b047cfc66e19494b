"""Write ``trace-format.md`` from the tables that read and write trace files:  python docs/make_trace_format.py."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from async_magics.model import Cause, State, Trace, codec, columns
from async_magics.model.slices import SliceTable
from async_magics.model.trace import Slice

HEAD: Final = """# The trace file

Made from `async_magics/model/codec.py` by `python docs/make_trace_format.py`; a test keeps the two alike.

`save("lecture.json")`, `--save` and `%taskexport` write it, `load("lecture.json")` opens it. It is one JSON object in ASCII, and one
line. Equal traces give equal files. All numbers are whole, all times are nanoseconds since the recording began. What does not keep to
this page is refused with one line that says where: a file is data, and nothing in it is ever run.

**Versions.** `schema` is {schema}. It goes up with every change that an older version could not read; a file with a higher number than
the reader's is refused with the advice to upgrade. Files with lower numbers go on being read.

**Tables.** Most keys are tables: an object with a list for each column, all of the same length. The position in it is a row's id. A column
that holds nothing but default values is left out. A text, a line of code or a list of ids is written once, in `texts`, `locations` or
`lists`; columns hold its position there. -1 or `null` stands for nothing.

## The whole

| key | what it holds |
|---|---|
"""

WHOLE: Final[Mapping[str, str]] = {
    "format": f"always `{codec.FORMAT}`",
    "schema": "the number of the version of this format",
    "anchor": "two numbers for the moment the recording began: the monotonic clock, and nanoseconds since 1970 (UTC)",
    "texts": "every text of the tables, once",
    "lists": "every list of ids of the tables, once",
    "locations": "every line of code, once; see below",
    "waits": "every different thing that was waited for, once; see below",
    **dict.fromkeys(("tracks", "tasks", "slices", "instants", "spans", "notes"), "see below"),
}

TRACK: Final[Mapping[str, str]] = {
    "name": "what the system or the user calls it",
    "parent": "id of the track that it belongs to: of a loop's thread, of a thread's process",
    "pid": "number of the process",
    "tid": "number of the thread, as `threading.get_ident` gives it",
}

SLICES: Final[Mapping[str, tuple[str, str]]] = {
    "task": ("differences", "id of the task; slices are ordered by task, then by time"),
    "gap_ns": ("number", "from the end of the slice before to the start of this one, mostly 0"),
    "duration_ns": ("number", "length"),
    "wait": ("position in `waits`, or -1", ""),
    "location": ("position in `locations`, or -1", ""),
    "cpu_ns": ("number, or -1", ""),
    "waker": ("id of a task, or -1", ""),
    "state": ("", ""),
    "cause": ("", ""),
}

KINDS: Final[Mapping[type[columns.Column], str]] = {
    columns.Column: "number",
    columns.Maybe: "number or `null`",
    columns.Rising: "differences",
    columns.Flag: "0 or 1",
    columns.Text: "position in `texts`",
    columns.Place: "position in `locations`",
    columns.Ids: "position in `lists`: ids of tasks",
    columns.Places: "position in `lists`: positions in `locations`",
}

FOOT: Final = """
*Differences*: the first value, then the distance of each from the one before. *Words*: a position in `texts`, where one of the words
listed stands.
"""


def page() -> str:
    """Return the whole page."""
    return HEAD.format(schema=codec.SCHEMA) + "".join(_whole()) + FOOT + "".join(_tables()) + "".join(_slices())


def _whole() -> Iterator[str]:
    told = {**_told(Trace), **WHOLE}
    for key in codec._KEYS:
        yield f"| `{key}` | {told[key]} |\n"


def _tables() -> Iterator[str]:
    for table in (codec.TRACKS, codec.TASKS, codec.WAITS, codec.INSTANTS, codec.SPANS, codec.NOTES, codec.LOCATIONS):
        yield f"\n## `{table.name}`\n\n{_first_line(table.kind)}\n\n| column | written as | what it holds |\n|---|---|---|\n"
        told = {"kind": "which level", **TRACK} if table is codec.TRACKS else _told(table.kind)
        for name, column in table.columns.items():
            yield f"| `{name}` | {_kind(column)} | {told[name]} |\n"


def _slices() -> Iterator[str]:
    yield f"\n## `slices`\n\n{_first_line(Slice)}\n\n| column | written as | what it holds |\n|---|---|---|\n"
    told = _told(Slice)
    for name in ("task", "gap_ns", "duration_ns", *codec._SLICES):
        kind, text = SLICES[name]
        kind = {"state": _numbered(State), "cause": _numbered(Cause)}.get(name, kind)
        yield f"| `{name}` | {kind} | {text or told[name]} |\n"
    assert set(codec._SLICES) <= set(SliceTable.COLUMNS)


def _kind(column: columns.Column) -> str:
    if isinstance(column, columns.Word):
        return f"words: {' '.join(f'`{word.value}`' for word in column._words)}"
    if isinstance(column, columns.Number):
        return _numbered(column._words)
    optional = isinstance(column, columns.Pointer) and column.low < 0
    return KINDS[type(column)] + (", or -1" if optional else "")


def _numbered(words: type[IntEnum]) -> str:
    return ", ".join(f"{word.value} {word.name.lower()}" for word in words)


def _first_line(kind: Any) -> str:
    return _markdown((inspect.getdoc(kind) or "").partition("\n")[0])


def _told(kind: Any) -> dict[str, str]:
    """Return what a class's docstring says about each of its attributes."""
    text = (inspect.getdoc(kind) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+(?:, \w+)*): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {name: _markdown(" ".join(told.split()).removesuffix(".")) for names, told in entries for name in names.split(", ")}


def _markdown(text: str) -> str:
    return text.replace("``None``", "nothing").replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    Path(__file__).with_name("trace-format.md").write_text(page(), encoding="utf-8")
