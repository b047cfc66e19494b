"""What a widget needs of the notebook that it stands in. Imports nothing that draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..recorded import Recorded


class Host(Protocol):
    """Where a widget stands: ``magics.explorers.Explorers`` is one."""

    def redraw(self, recorded: Recorded) -> int:
        """Change every static chart of a trace, because a note was added; return how many there are."""
