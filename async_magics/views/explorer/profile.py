"""How many of some intervals cover each moment, kept so that the mean over any column costs a few searches. Imports ``density``."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..density import Sums

Numbers: TypeAlias = NDArray[np.int64]


class Profile:
    """Intervals, by their beginnings and ends.

    Args:
        start: where each begins, in any order.
        end: where each ends.
    """

    def __init__(self, start: Numbers, end: Numbers) -> None:
        self._begun, self._ended = Sums(start), Sums(end)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._begun.times)

    @property
    def peak(self) -> int:
        """The largest number of them at one moment."""
        over = np.searchsorted(self._ended.times, self._begun.times, "right")
        return int((np.arange(1, len(self) + 1) - over).max(initial=0))

    def means(self, edges: Numbers) -> NDArray[Any]:
        """Return the mean number of them between each edge and the next."""
        since_begun, _ = self._begun.until(edges)
        since_ended, _ = self._ended.until(edges)
        found: NDArray[Any] = np.diff(since_begun - since_ended) / np.maximum(1, np.diff(edges))
        return found
