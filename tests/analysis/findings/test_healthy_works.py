"""Good programs with threads, pools and processes give no finding at all."""

from __future__ import annotations

import pytest

from .healthy_works import JOBLIB, PROGRAMS
from .notebook import Notebook, told


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_said_about_a_good_program(name: str, notebook: Notebook) -> None:
    (ran,) = notebook.run([PROGRAMS[name]])
    assert (told(ran.findings), ran.error, ran.trace.problems) == ([], None, ())
    assert len(ran.trace.tasks) > 1


@pytest.mark.parametrize("backend", JOBLIB)
def test_nothing_is_said_about_joblib(backend: str, notebook: Notebook) -> None:
    pytest.importorskip("joblib")
    (ran,) = notebook.run([JOBLIB[backend]])
    assert (told(ran.findings), ran.error, ran.trace.problems) == ([], None, ())
    assert len(ran.trace.tasks) > 1
