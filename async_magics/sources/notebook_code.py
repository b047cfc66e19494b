"""Which functions and classes live in a notebook only, so that a fresh Python cannot import them. Standard library only."""

from __future__ import annotations

import copyreg
import functools
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

CACHED: Final = type(functools.lru_cache(int))
"""The type of what ``functools.cache`` makes of a function."""
_OURS: Final = __name__.partition(".")[0] + "."
_DEEPEST, _WIDEST = 3, 20
_DATA: Final = frozenset({int, float, str, bytes, bool, complex, type(None), range, BuiltinFunctionType})


def in_notebook() -> bool:
    """Tell whether ``__main__`` is a notebook or a prompt: no file, and nothing that a child could import again."""
    main = sys.modules.get("__main__")
    return main is not None and getattr(main, "__file__", None) is None and getattr(main, "__spec__", None) is None


def of_main(item: Any) -> bool:
    """Tell whether something is a function or a class made by code in ``__main__``."""
    kind = type(item)
    if kind is not FunctionType and kind is not CACHED and not issubclass(kind, type):
        return False
    return getattr(item, "__module__", None) == "__main__"


def notebook_objects(*values: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the functions and classes of the notebook that a pickle of these values would name.

    Partials, bound methods, instances, tuples and lists are looked into, not far and not at much: this runs before every call.
    What pickle itself refuses (lambdas, functions inside functions) is left to pickle's own message.
    """
    for value in values:
        kind = type(value)
        if kind in _DATA or depth > _DEEPEST:
            continue
        if kind is tuple or kind is list:
            yield from notebook_objects(*value[:_WIDEST], depth=depth + 1)
        elif kind is dict:
            yield from notebook_objects(*list(value.values())[:_WIDEST], depth=depth + 1)
        elif isinstance(value, functools.partial):
            yield from notebook_objects(value.func, value.args, value.keywords, depth=depth + 1)
        elif kind is MethodType:
            yield from notebook_objects(value.__self__, depth=depth + 1)
        elif kind.__module__.startswith(_OURS) and hasattr(value, "func"):
            yield from notebook_objects(value.func, depth=depth + 1)
        else:
            named = _named(value)
            if named is not None:
                yield named


def _named(value: Any) -> Any:
    """Return the function or class of ``__main__`` that the pickle of a value names, ``None`` if it names none."""
    kind = type(value)
    if kind is FunctionType or kind is CACHED or issubclass(kind, type):
        return value if of_main(value) and _reachable(value) else None
    return kind if kind.__module__ == "__main__" and _plainly_pickled(kind) and _reachable(kind) else None


def _plainly_pickled(kind: type) -> bool:
    """Tell whether instances are pickled as their class and their state, not in a way of their own."""
    own = any("__reduce_ex__" in vars(base) or "__reduce__" in vars(base) for base in kind.__mro__[:-1])
    return not own and kind not in copyreg.dispatch_table


def _reachable(item: Any) -> bool:
    """Tell whether pickle finds the very object under its name, as it must."""
    found: Any = sys.modules.get("__main__")
    try:
        for name in item.__qualname__.split("."):
            found = getattr(found, name)
    except AttributeError:
        return False
    return found is item
