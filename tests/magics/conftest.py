"""A fresh IPython shell for each test, with the extension and its stand-ins."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from async_magics.magics.extension import load_into, loaded, unload_from

from .fakes import Drawing, Recordings, Screen


@pytest.fixture
def bare() -> Iterator[Any]:
    """A shell without the extension."""
    hooks = {name: getattr(sys, name) for name in ("excepthook", "displayhook")}
    main = sys.modules["__main__"]
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    shell.Completer.use_jedi = False
    yield shell
    if loaded(shell) is not None:
        unload_from(shell)
    shell.restore_sys_module_state()
    sys.modules["__main__"] = main
    for name, hook in hooks.items():
        setattr(sys, name, hook)


@pytest.fixture
def recordings() -> Recordings:
    return Recordings()


@pytest.fixture
def shell(bare: Any, recordings: Recordings) -> Any:
    """A shell that looks like a kernel's, with the extension."""
    bare.kernel = object()
    bare.display_pub = Screen()
    load_into(bare, make_recording=recordings, draw=Drawing, later=lambda seconds, step: False)
    return bare


@pytest.fixture
def screen(shell: Any) -> Screen:
    found: Screen = shell.display_pub
    return found
