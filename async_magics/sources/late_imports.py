"""OnImport: call a function as soon as somebody imports a certain module, without importing it. Standard library only.

A finder, because it works for every way to import and costs nothing until then: the module is found and loaded as ever, and when its
code has run, before anybody has the module in hand, the function is called.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeAlias

from .patching import UndoStack

Then: TypeAlias = Callable[[ModuleType], None]


class OnImport:
    """The finder. Where several want the same module, the first to be installed is called first.

    Args:
        wanted: what to call, by name of the module; must not raise.
    """

    def __init__(self, wanted: Mapping[str, Then]) -> None:
        self._wanted = wanted

    def install(self, undo: UndoStack) -> None:
        """Call at once for modules that are there already, and from now on for each that is imported."""
        sys.meta_path.insert(0, self)
        undo.then(self._remove)
        for name, then in self._wanted.items():
            module = sys.modules.get(name)
            if module is not None:
                then(module)

    def _remove(self) -> None:
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find a wanted module as all other finders would, and have its loader tell us."""
        then = self._wanted.get(name)
        if then is None:
            return None
        finders = list(sys.meta_path)
        behind = finders[finders.index(self) + 1 :] if self in finders else finders  # those before us asked, or will ask, us
        for finder in behind:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find is not None else None
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Telling(spec, then)  # type: ignore[assignment]
                return spec
        return None


class _Telling:
    """Stands in for a loader until the module's code has run."""

    def __init__(self, spec: ModuleSpec, then: Then) -> None:
        self._spec, self._stock, self._then = spec, spec.loader, then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._stock.create_module(spec) if self._stock is not None else None

    def exec_module(self, module: ModuleType) -> None:
        stock: Any = self._stock
        self._spec.loader = module.__loader__ = stock
        stock.exec_module(module)
        self._then(module)
