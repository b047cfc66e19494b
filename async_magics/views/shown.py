"""What a reader has before the eyes, as a chart of its own that paints itself. Imports this folder."""

from __future__ import annotations

from dataclasses import dataclass

from .basis import Basis
from .compose import drawn
from .picture import Picture
from .scene import Scene
from .window import Window


@dataclass(frozen=True, slots=True)
class ShownPart(Picture):
    """A part of a chart: some of its lanes, some of its time axis.

    Attributes:
        basis: the lanes.
        window: the part of the axis.
    """

    basis: Basis
    window: Window

    def scene(self) -> Scene:
        """Return it as data, with what stands below a static chart."""
        return drawn(self.basis, self.window)
