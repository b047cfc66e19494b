"""The part of the time axis that a chart shows. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, of how much.

    Attributes:
        start_ns, end_ns: what is shown.
        of_ns: where the trace ends.
    """

    start_ns: int
    end_ns: int
    of_ns: int

    @classmethod
    def all(cls, of_ns: int) -> Window:
        """Return the window that shows everything."""
        return cls(0, of_ns, of_ns)

    @classmethod
    def asked(cls, wanted: tuple[int, int] | None, of_ns: int) -> Window:
        """Return the part of what is wanted that lies within the trace; all of the trace where none does."""
        if wanted is None or wanted[0] >= of_ns:
            return cls.all(of_ns)
        return cls(max(0, wanted[0]), min(wanted[1], of_ns), of_ns)

    @property
    def span_ns(self) -> int:
        """How much is shown."""
        return self.end_ns - self.start_ns

    @property
    def is_all(self) -> bool:
        """Whether nothing is cut off."""
        return self.start_ns == 0 and self.end_ns == self.of_ns

    @property
    def after_ns(self) -> int:
        """What ends later than this shows; at the trace's beginning also what takes no time."""
        return self.start_ns if self.start_ns > 0 else -1

    @property
    def before_ns(self) -> int:
        """What begins earlier than this shows; at the trace's end also what takes no time."""
        return self.end_ns if self.end_ns < self.of_ns else self.of_ns + 1

    def holds(self, t_ns: int) -> bool:
        """Whether a moment shows."""
        return self.start_ns <= t_ns <= self.end_ns

    def meets(self, start_ns: int, end_ns: int) -> bool:
        """Whether some of an interval shows."""
        return start_ns < self.before_ns and end_ns > self.after_ns

    def clipped(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """Return the part of an interval that shows; all of it where the whole trace does."""
        if self.is_all:
            return start_ns, end_ns
        return max(start_ns, self.start_ns), min(end_ns, self.end_ns)


@dataclass(frozen=True, slots=True)
class View:
    """A window, told apart into columns, about one to the pixel.

    Attributes:
        window: what is shown.
        columns: how many columns.
        scale: size of the letters against the notebook's.
    """

    window: Window
    columns: int
    scale: float = 1.0

    def width(self, ns: int) -> float:
        """Return how wide a time is, in pixels at scale 1."""
        return ns * self.columns / self.scale / max(1, self.window.span_ns)
