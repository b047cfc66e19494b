"""How many of some intervals cover each moment, kept so that the mean over any column costs two bisections. Imports numpy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class Profile:
    """Intervals, by their beginnings and ends.

    Args:
        start: where each begins, in any order.
        end: where each ends.
    """

    def __init__(self, start: Numbers, end: Numbers) -> None:
        self._start, self._end = np.sort(start), np.sort(end)
        # These sums may run over; the differences of them do not, and are right all the same: integers wrap around.
        self._starts, self._ends = _running_sums(self._start), _running_sums(self._end)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._start)

    @property
    def peak(self) -> int:
        """The largest number of them at one moment."""
        over = np.searchsorted(self._end, self._start, "right")
        return int((np.arange(1, len(self) + 1) - over).max(initial=0))

    def means(self, edges: Numbers) -> NDArray[Any]:
        """Return the mean number of them between each edge and the next."""
        begun, ended = np.searchsorted(self._start, edges, "left"), np.searchsorted(self._end, edges, "left")
        until = (begun - ended) * edges - self._starts[begun] + self._ends[ended]
        found: NDArray[Any] = np.diff(until) / np.maximum(1, np.diff(edges))
        return found


def _running_sums(values: Numbers) -> Numbers:
    return np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
