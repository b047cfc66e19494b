"""What errors of pickle say about where they happened."""

from __future__ import annotations

import functools
import sys
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pytest

from async_magics.sources.child import Timed
from async_magics.sources.pickle_notes import without_wrapper


def notes(function: Any) -> list[str]:
    """Return the notes on the error that a function makes in a call that is sent to a pool."""
    try:
        ForkingPickler.dumps(("job", 0, function, (1,), {}))
    except Exception as error:
        without_wrapper(error)
        return list(getattr(error, "__notes__", []))
    raise AssertionError


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("function", [lambda: 1, functools.partial(lambda: 1)])
def test_as_without_us(function: Any, safe: bool) -> None:
    """The wrapper is not in them, whatever its way to be packed; all else is."""
    wrapped = Timed(function, "job1", -1001, "nowhere", safe=safe)
    assert notes(wrapped) == notes(function)
    assert bool(notes(function)) == (sys.version_info >= (3, 14))


def test_others_errors() -> None:
    """Errors without notes, or with somebody's own, are left alone."""
    plain, noted = ValueError("plain"), ValueError("noted")
    noted.add_note("mine")
    without_wrapper(plain)
    without_wrapper(noted)
    assert not hasattr(plain, "__notes__")
    assert noted.__notes__ == ["mine"]
