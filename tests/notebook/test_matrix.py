"""Every case in a kernel without the magic and in one with it: the transcripts are the same, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from difflib import ndiff

import IPython
import pytest

from .case import Case
from .cases import CASES
from .harness import Kernel, Transcript

MAJOR = int(IPython.__version__.split(".", 1)[0])


class Pair:
    """The same cells in two kernels at once; a kernel that hangs is replaced, so that it spoils one case only."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2)
        self._kernels: list[Kernel] = []

    def run(self, case: Case) -> list[Transcript]:
        if not self._kernels:
            self._kernels = list(self._pool.map(lambda traced: Kernel(traced=traced), (False, True)))
        try:
            return list(self._pool.map(lambda kernel: kernel.run(case), self._kernels))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        kernels, self._kernels = self._kernels, []
        for kernel in kernels:
            kernel.close()


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    kernels = Pair()
    yield kernels
    kernels.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_with_and_without(case: Case, pair: Pair) -> None:
    plain, traced = pair.run(case)
    found = [line for line in ndiff(plain.lines, traced.lines) if line[0] in "-+"]
    expected = [
        line
        for item in case.differs
        if MAJOR in item.ipython
        for line in [*(f"- {t}" for t in item.plain), *(f"+ {t}" for t in item.traced)]
    ]
    assert sorted(found) == sorted(expected), "\n".join(found)
    assert (traced.charts, traced.misplaced) == (case.charts, 0)


def test_names_of_cases_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 62
