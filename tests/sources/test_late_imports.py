"""A function is called when a module is imported, and the module is none the wiser."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from async_magics.sources.late_imports import OnImport
from async_magics.sources.patching import UndoStack

NAME = "module_that_is_imported_late"


@pytest.fixture
def undo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UndoStack]:
    (tmp_path / f"{NAME}.py").write_text("import sys\nvalue = 1\nif getattr(sys, 'fail_late', False): raise ValueError('own')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    stack, finders = UndoStack(), list(sys.meta_path)
    yield stack
    stack.undo()
    assert sys.meta_path == finders
    sys.modules.pop(NAME, None)


def test_called_once_after_the_code_has_run(undo: UndoStack) -> None:
    """Whoever imports it gets the module with its own loader."""
    seen = []
    OnImport({NAME: lambda module: seen.append(module.value)}).install(undo)
    assert NAME not in sys.modules
    module = importlib.import_module(NAME)
    importlib.import_module(NAME)
    assert seen == [1]
    assert module.__spec__ is not None
    assert type(module.__loader__).__name__ == type(module.__spec__.loader).__name__ == "SourceFileLoader"


def test_called_at_once_for_a_module_that_is_there(undo: UndoStack) -> None:
    """And again if somebody removes it and imports it anew."""
    seen = []
    importlib.import_module(NAME)
    OnImport({NAME: seen.append}).install(undo)
    assert seen == [sys.modules[NAME]]
    del sys.modules[NAME]
    assert seen == [seen[0]] and importlib.import_module(NAME) is seen[1]


def test_several_that_want_the_same_module(undo: UndoStack) -> None:
    """In the order in which they were installed, so that the later lies on top; one may be gone by then."""
    seen: list[str] = []
    gone = UndoStack()
    for name, stack in (("first", undo), ("gone", gone), ("second", undo), ("third", undo)):
        OnImport({NAME: lambda module, name=name: seen.append(name)}).install(stack)  # type: ignore[misc]
    gone.undo()
    importlib.import_module(NAME)
    assert seen == ["first", "second", "third"]


def test_a_module_that_fails_or_does_not_exist(undo: UndoStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the module's own, and nobody is called."""
    OnImport({NAME: pytest.fail, "no_such_module_at_all": pytest.fail}).install(undo)
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module_at_all'"):
        importlib.import_module("no_such_module_at_all")
    monkeypatch.setattr(sys, "fail_late", True, raising=False)
    with pytest.raises(ValueError, match="own"):
        importlib.import_module(NAME)
    assert NAME not in sys.modules
