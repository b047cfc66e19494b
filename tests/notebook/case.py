"""What one case of the behaviour matrix is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One request to the kernel.

    Attributes:
        body: the code under the magic's line.
        magic: the line on top in the traced kernel; ``None``: the same code in both.
        plain: the line that stands there in the plain kernel, so that lines keep their numbers; ``None``: none, the body is
            another cell magic and must begin the cell.
        interrupt: interrupt the kernel when this text has been printed.
        answers: what the user types when asked.
        request: arguments of the execute request (``silent``, ``store_history``, ``user_expressions``).
        action: ask something else than to execute: ``is_complete``, ``inspect``.
    """

    body: str
    magic: str | None = "%%tasktrace"
    plain: str | None = "#"
    interrupt: str | None = None
    answers: tuple[str, ...] = ()
    request: dict[str, Any] = field(default_factory=dict)
    action: str = "execute"

    def text(self, *, traced: bool) -> str:
        """Return the cell as one of the two kernels gets it."""
        first = self.magic if traced else self.plain
        if self.magic is None or first is None:
            return self.body
        return f"{first}\n{self.body}" if self.body or traced else first


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference that is meant.

    Attributes:
        why: the reason.
        plain, traced: the lines that only the one of them has, in order.
        ipython: major versions of IPython that show it; the others must not.
    """

    why: str
    plain: tuple[str, ...] = ()
    traced: tuple[str, ...] = ()
    ipython: tuple[int, ...] = (7, 8, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Some cells that are run in a fresh namespace in both kernels.

    Attributes:
        name: says what is compared.
        cells: what is run.
        charts: how many charts the traced kernel shows in all.
        differs: the differences that are meant.
    """

    name: str
    cells: tuple[Cell, ...]
    charts: int = 1
    differs: tuple[Difference, ...] = ()


def case(name: str, *cells: Cell | str, **fields: Any) -> Case:
    """Return a case; a text is a traced cell."""
    return Case(name=name, cells=tuple(traced(cell) if isinstance(cell, str) else cell for cell in cells), **fields)


def traced(body: str, **fields: Any) -> Cell:
    """A cell with the magic on top."""
    return Cell(body=body, **fields)


def plain(body: str, **fields: Any) -> Cell:
    """A cell that is the same in both kernels."""
    return Cell(body=body, magic=None, **fields)


def stacked(body: str, **fields: Any) -> Cell:
    """A cell whose body begins with another cell magic."""
    return Cell(body=body, plain=None, **fields)


def under(other: str, body: str, **fields: Any) -> Cell:
    """A cell in which our magic is the second line, below another one."""
    return Cell(body=body, magic=f"{other}\n%%tasktrace", plain=f"{other}\n#", **fields)
