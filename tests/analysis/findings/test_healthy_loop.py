"""Good programs with asyncio give no findings."""

from __future__ import annotations

import pytest

from .healthy_loop import INTERRUPTED, PROGRAMS
from .notebook import Notebook, codes, told


@pytest.mark.parametrize("name", PROGRAMS)
def test_good_program(name: str, notebook: Notebook) -> None:
    (ran,) = notebook.run([PROGRAMS[name]], settle=0.3)
    assert codes([ran]) == set(), told(ran.findings)
    assert (ran.error, ran.trace.problems) == (None, ())


@pytest.mark.parametrize("name", INTERRUPTED)
def test_good_program_that_is_interrupted(name: str, notebook: Notebook) -> None:
    (ran,) = notebook.run([INTERRUPTED[name]], interrupt=0.4, settle=0.0)
    assert codes([ran]) == set(), told(ran.findings)
    assert ran.error == "CancelledError"
