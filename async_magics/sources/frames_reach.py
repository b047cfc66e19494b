"""Whether traced code may drive a generator by hand: asked before the code runs, since watching frames costs every call a little.

A generator is driven by hand only where some function of the user's names ``next`` or ``send``, and only if there are generator
functions within reach: of the cell's text, of what the names in it stand for, and so on. Nothing of the user's is called: functions'
code, classes' and modules' dictionaries and built-in containers are looked at. Standard library only, but for ``sampler``.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from inspect import CO_GENERATOR, CO_OPTIMIZED
from types import CellType, CodeType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any, Final

from .sampler import is_library

DRIVERS: Final = frozenset({"next", "send", "__next__"})
MOST_OBJECTS: Final = 3_000
MOST_ITEMS: Final = 20
_WORD: Final = re.compile(r"[^\W\d]\w*")
_namespace_of: Final = type.__dict__["__dict__"].__get__
_mro_of: Final = type.__dict__["__mro__"].__get__


def is_generator(code: CodeType) -> bool:
    """Tell whether a code object is a generator function's of the user's."""
    return bool(code.co_flags & CO_GENERATOR) and code.co_name != "<genexpr>" and not is_library(code.co_filename)


def may_drive(source: str, frame: FrameType | None) -> bool:
    """Tell whether code may drive a generator by hand.

    Args:
        source: its text, as far as that is known.
        frame: the user's innermost, if the recording was started from there.
    """
    reach = _Reach()
    if source:
        reach.text(source, vars(sys.modules["__main__"]))
    if frame is not None:
        reach.frame(frame)
    return reach.found()


class _Reach:
    """What code can get hold of."""

    def __init__(self) -> None:
        self._driver = self._generator = False
        self._seen: set[int] = set()
        self._waiting: deque[tuple[Any, frozenset[str]]] = deque()

    def text(self, source: str, namespace: dict[str, Any]) -> None:
        """Begin with a text whose names are looked up in a namespace."""
        words = frozenset(_WORD.findall(source))
        self._driver |= bool(words & DRIVERS)
        self._generator |= "yield" in words
        self._named(words, namespace)

    def frame(self, frame: FrameType) -> None:
        """Begin with a frame: its code, its variables."""
        names = self._code(frame.f_code)
        self._named(names, frame.f_globals)
        if frame.f_code.co_flags & CO_OPTIMIZED:
            local = frame.f_locals
            self._add(local.values(), names)
            if type(local) is dict:  # up to Python 3.12 the frame would keep this copy, and with it the values, alive
                local.clear()

    def found(self) -> bool:
        """Look at one thing after another until it is known, or there is no more."""
        for _ in range(MOST_OBJECTS):
            if (self._driver and self._generator) or not self._waiting:
                break
            self._look(*self._waiting.popleft())
        return self._driver and self._generator

    def _named(self, names: Iterable[str], namespace: dict[str, Any]) -> None:
        self._add([namespace[name] for name in names if name in namespace], frozenset(names))

    def _add(self, values: Iterable[Any], names: frozenset[str]) -> None:
        for value in values:
            if id(value) not in self._seen:
                self._seen.add(id(value))
                self._waiting.append((value, names))

    def _code(self, code: CodeType) -> frozenset[str]:
        """Note what a code object holds; return the names that it mentions."""
        names: set[str] = set()
        for one in _nested(code):
            names.update(one.co_names)
            self._generator |= is_generator(one)
        self._driver |= bool(names & DRIVERS)
        return frozenset(names)

    def _look(self, value: Any, names: frozenset[str]) -> None:
        kind = type(value)
        if kind is FunctionType:
            self._function(value)
        elif kind is GeneratorType:
            self._generator |= is_generator(value.gi_code)
        elif kind in (MethodType, staticmethod, classmethod):
            self._add([value.__func__], names)
        elif kind is property:
            self._add([value.fget], names)
        elif kind is ModuleType:
            if not is_library(str(vars(value).get("__file__") or "<frozen")):
                self._named(names, vars(value))
        elif kind in (list, tuple, set, frozenset, deque):
            self._add(_first(value), names)
        elif kind is dict:
            self._add(_first(value.values()), names)
        elif issubclass(kind, type):
            self._class(value, names)
        elif kind.__module__ not in ("builtins", "numpy"):
            self._instance(value, kind, names)

    def _function(self, function: FunctionType) -> None:
        code = function.__code__
        if is_library(code.co_filename):
            return
        names = self._code(code)
        self._named(names, function.__globals__)
        self._add(_contents(function.__closure__ or ()), names)

    def _class(self, kind: type, names: frozenset[str]) -> None:
        for base in _mro_of(kind):
            namespace = _namespace_of(base)
            module = sys.modules.get(str(namespace.get("__module__")))
            if module is not None and not is_library(str(getattr(module, "__file__", None) or "")) and base is not object:
                self._add(list(namespace.values()), names)

    def _instance(self, value: Any, kind: type, names: frozenset[str]) -> None:
        self._add([kind], names)
        try:
            attributes = object.__getattribute__(value, "__dict__")
        except Exception:  # it has slots, or is of a kind that refuses
            return
        if type(attributes) is dict:
            self._add(_first(attributes.values()), names)


def _nested(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and those of the functions defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _first(values: Iterable[Any]) -> list[Any]:
    return [value for value, _ in zip(list(values), range(MOST_ITEMS), strict=False)]


def _contents(cells: Iterable[CellType]) -> Iterator[Any]:
    for cell in cells:
        try:
            yield cell.cell_contents
        except ValueError:  # still empty
            continue
