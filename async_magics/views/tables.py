"""A small table of texts that shows itself: HTML in a notebook, aligned columns elsewhere. Imports ``lang.plain`` only."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from ..lang.plain import columns, pad


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of texts under a header.

    Attributes:
        header: names of the columns.
        rows: as many texts each.
        numbers: positions of the columns that stand on the right.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()

    def text(self) -> str:
        """Return aligned columns."""
        lines = [self.header, *self.rows]
        widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
        return "\n".join(self._line(line, widths) for line in lines)

    def _line(self, line: Sequence[str], widths: Sequence[int]) -> str:
        cells = (pad(text, width, right=at in self.numbers) for at, (text, width) in enumerate(zip(line, widths, strict=True)))
        return "  ".join(cells).rstrip()

    def html(self) -> str:
        """Return a table, everything in it escaped."""
        head = "".join(self._cell("th", at, text) for at, text in enumerate(self.header))
        body = "".join("<tr>" + "".join(self._cell("td", at, text) for at, text in enumerate(row)) + "</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cell(self, tag: str, at: int, text: str) -> str:
        return f'<{tag} style="text-align:{"right" if at in self.numbers else "left"}">{html.escape(text)}</{tag}>'

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        return self.text()
