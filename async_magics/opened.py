"""Saved traces, opened again: a file of its own, or all that a notebook keeps in its outputs. Nothing in them is believed.

Notebooks are read as the JSON that they are; nothing of Jupyter is needed. Imports ``errors``, ``recorded``, ``model`` and ``views``.
"""

from __future__ import annotations

import difflib
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from .errors import AsyncMagicsWarning, TraceFormatError, TraceNotFoundError
from .lang.plain import clean
from .model import Trace
from .model.codec import from_json
from .model.pack import is_packed, unpacked
from .recorded import Recorded
from .views.kept import COMPARISON, MIME, Opened, OpenedComparison, name_in, opened, opened_comparison, title_in

NOTEBOOK: Final = ".ipynb"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class KeptChart:
    """One chart in a notebook's output, not opened yet.

    Attributes:
        cell: number of its cell among those with code, from 1.
        name: what the trace is called.
        title: the heading that its author gave it, ``""`` for none.
        cell_name: what the notebook calls the cell, ``""`` where it does not.
        source: the cell's text.
        content: what the output holds.
        folder: where the notebook lies.
    """

    cell: int
    name: str
    title: str
    cell_name: str
    source: str = field(repr=False)
    content: object = field(repr=False)
    folder: Path = field(repr=False)

    def open(self) -> Opened:
        """Open it.

        Raises:
            TraceFormatError: it is damaged; the message names the cell.
        """
        try:
            return opened(self.content, self.folder)
        except TraceFormatError as error:
            raise TraceFormatError(f"code cell {self.cell} ({self.name}): {error}") from error


@dataclass(frozen=True, slots=True)
class KeptComparison:
    """A comparison in a notebook's output, not opened yet; fields as of ``KeptChart``."""

    cell: int
    title: str
    content: object = field(repr=False)

    def open(self) -> OpenedComparison:
        """Open it.

        Raises:
            TraceFormatError: it is damaged; the message names the cell.
        """
        try:
            return opened_comparison(self.content)
        except TraceFormatError as error:
            raise TraceFormatError(f"code cell {self.cell} (comparison): {error}") from error


class Traces(Mapping[str, Recorded]):
    """The traces that a notebook keeps, by name, in the order of its cells; each is opened when it is first asked for.

    A number stands for the cell that had it (``In [3]``), ``"last"`` for the last. A name that comes twice has a number the second time.

    Args:
        path: the notebook.
        charts: what it keeps.
    """

    def __init__(self, path: Path, charts: list[KeptChart]) -> None:
        self._path = path
        self._charts: dict[str, KeptChart] = {}
        self._opened: dict[str, Recorded] = {}
        numbers: dict[str, int] = {}
        for chart in charts:
            self._charts[_free(chart.name, self._charts, numbers)] = chart

    def __getitem__(self, name: str | int) -> Recorded:
        key = self.name_of(str(name))
        if key not in self._opened:
            found = self._charts[key].open()
            for remark in found.remarks:
                warnings.warn(f"{self._path.name}, {key}: {remark}", AsyncMagicsWarning, stacklevel=2)
            self._opened[key] = Recorded(found.trace, found.options)
        return self._opened[key]

    def name_of(self, asked: str) -> str:
        """Return the full name of what the user asked for.

        Raises:
            TraceNotFoundError: with the nearest name, and all others.
        """
        asked = asked.strip()
        if asked in self._charts:
            return asked
        if asked.isdecimal() and f"In [{asked}]" in self._charts:
            return f"In [{asked}]"
        if asked == "last" and self._charts:
            return next(reversed(self._charts))
        if not self._charts:
            raise TraceNotFoundError(nothing_kept(self._path))
        near = difflib.get_close_matches(asked, self._charts, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise TraceNotFoundError(f"no trace in {self._path} is called {asked!r}; {hint}there are: {', '.join(self._charts)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._charts)

    def __len__(self) -> int:
        return len(self._charts)

    def __contains__(self, name: object) -> bool:
        return name in self._charts

    def __repr__(self) -> str:
        names = list(self._charts)
        more = f", … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
        return f"<traces of {self._path.name}: {', '.join(names[:_SHOWN]) + more or 'none'}>"


def nothing_kept(path: Path) -> str:
    """Return what is to be said of a notebook without traces."""
    return f"{path} keeps no traces: put %%tasktrace above its cells (`async-magics annotate`), run it, and save it with its charts"


def open_path(path: Path) -> Recorded | Traces:
    """Open a trace file, or the traces of a notebook.

    Raises:
        TraceFormatError: it is neither, or damaged.
        OSError: it cannot be read.
    """
    if path.suffix.lower() == NOTEBOOK:
        return Traces(path, charts_of(path))
    return Recorded(trace_of(path))


def trace_of(path: Path) -> Trace:
    """Return the trace in a file that ``save("….json")`` wrote, or in one beside a notebook.

    Raises:
        TraceFormatError: it is none; the message names the file.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    try:
        return unpacked(data) if is_packed(data) else from_json(data)
    except TraceFormatError as error:
        raise TraceFormatError(f"{path}: {error}") from error


def charts_of(path: Path) -> list[KeptChart]:
    """Return the charts that a notebook keeps, in the order of its cells.

    Raises:
        TraceFormatError: the file is no notebook.
        OSError: it cannot be read.
    """
    charts: list[KeptChart] = []
    for number, cell in _numbered(path):
        text, called = text_of(cell.get("source")), _name_of(cell)
        kept = _kept_in(cell, MIME)
        charts += [KeptChart(number, name_in(content), title_in(content), called, text, content, path.parent) for content in kept]
    return charts


def comparisons_of(path: Path) -> list[KeptComparison]:
    """Return the comparisons that a notebook keeps, in the order of its cells; errors as of ``charts_of``."""
    return [
        KeptComparison(number, title_in(content), content) for number, cell in _numbered(path) for content in _kept_in(cell, COMPARISON)
    ]


def heading_of(path: Path) -> str:
    """Return the first heading in a notebook's text, ``""`` where there is none; errors as of ``charts_of``."""
    texts = (text_of(cell.get("source")) for cell in _cells(path) if cell.get("cell_type") == "markdown")
    headings = (line[1].rstrip(" \t#") for text in texts for line in re.finditer(r"^#{1,2}[ \t]+(\S.*)$", text, re.MULTILINE))
    return clean(next(filter(None, headings), ""), 200)


def _numbered(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the cells with code, numbered from 1."""
    return enumerate((cell for cell in _cells(path) if cell.get("cell_type") == "code"), 1)


def text_of(source: object) -> str:
    """Return a cell's text, which notebooks keep as one text or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _name_of(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return clean(name, 100) if isinstance(name, str) else ""


def _kept_in(cell: dict[str, Any], kind: str) -> Iterator[object]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict) and kind in data:
            yield data[kind]


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        whole = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        _fail(path, "it is not UTF-8 text")
    except json.JSONDecodeError as error:
        _fail(path, f"it is not JSON, or is cut off, at character {error.pos}")
    except RecursionError:
        _fail(path, "it is nested too deeply")
    except ValueError:
        _fail(path, "it holds a number of absurd length")
    cells = whole.get("cells") if isinstance(whole, dict) else None
    if not isinstance(cells, list):
        old = isinstance(whole, dict) and "worksheets" in whole
        _fail(path, "it is of an old format: open and save it in Jupyter" if old else "it has no cells")
    return [cell if isinstance(cell, dict) else {} for cell in cells]


def _fail(path: Path, why: str) -> NoReturn:
    raise TraceFormatError(f"{path} is not a notebook: {why}")


def _free(name: str, taken: Mapping[str, object], numbers: dict[str, int]) -> str:
    """Return the name with the first number that makes it new; ``numbers`` holds how often each name came."""
    plain = re.sub(r"\s+", " ", name)
    free, number = plain, numbers.get(plain, 1)
    while free in taken:
        number += 1
        free = f"{plain} ({number})"
    numbers[plain] = number
    return free
