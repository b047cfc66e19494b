"""One kernel-like process for all cells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .findings.notebook import Notebook


@pytest.fixture(scope="session")
def notebook() -> Iterator[Notebook]:
    found = Notebook()
    yield found
    found.close()
