"""What forked workers know of a notebook: what it had defined when they were forked, and as it was then. Standard library only."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from .notebook_code import of_main


class ForkKnowledge:
    """Remembers, for each worker, the names of functions and classes and a number for the code of each; no objects."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()

    @staticmethod
    def now() -> dict[str, int]:
        """Return what a child would know that is forked now."""
        return {name: _number(item) for name, item in tuple(vars(sys.modules["__main__"]).items()) if of_main(item)}

    def learn(self, worker: Any, known: dict[str, int]) -> None:
        """Note what a worker knows."""
        self._known[worker] = known

    def forget(self) -> None:
        """Be sure of nothing: workers may come to know more than they inherited."""
        self._known.clear()

    def ignorant(self, item: Any, workers: Iterable[Any]) -> tuple[int, int, int]:
        """Return how many of these workers surely do not know a function or class, how many know other code, how many there are."""
        name, dotted, _ = item.__qualname__.partition(".")
        known = [self._known.get(worker) for worker in workers]
        missing = sum(names is not None and name not in names for names in known)
        number = _number(item)
        old = sum(names is not None and not dotted and names.get(name, number) != number for names in known)
        return missing, old, len(known)


def _number(item: Any) -> int:
    """Return a number that equal code has in common; 0 where there is no single code."""
    function = getattr(item, "__wrapped__", item)
    return hash(_content(function.__code__)) if type(function) is FunctionType else 0


def _content(code: CodeType) -> tuple[Any, ...]:
    """Return what code does, without where it stands: a comment more above it changes nothing."""
    constants = tuple(_content(item) if type(item) is CodeType else _constant(item) for item in code.co_consts)
    shape = (code.co_flags, code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount)
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, shape, constants


def _constant(item: Any) -> Any:
    return repr(item) if type(item) in (int, float, bool) else item  # -1 and -2 have the same hash, 1 and True are equal
