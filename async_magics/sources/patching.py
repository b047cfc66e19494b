"""UndoStack: change an attribute now, put that very object back later, last in first out. Standard library only."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any, Final

_ABSENT: Final = object()


class UndoStack:
    """Remembers what was changed and restores it identically, in reverse order, each change once."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def patch(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute of a class, module or object; remember what its own ``__dict__`` held before."""
        before = vars(owner).get(name, _ABSENT)

        def restore() -> None:
            if vars(owner).get(name, _ABSENT) is not value:
                return  # somebody patched on top of us and still holds our object: theirs stays, ours is inert
            if before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

        setattr(owner, name, value)
        self._undo.append(restore)

    def patch_builtin(self, owner: type, name: str, value: Any) -> bool:
        """Set an attribute of a class written in C, which refuses ``setattr``; return whether that is possible here.

        Only CPython: the dictionary behind the read-only proxy is changed and the interpreter's method caches are told.
        ``docs/decisions.md`` says why nothing milder does.
        """
        changed = _type_changed()
        namespace = _namespace(owner)
        if changed is None or namespace is None or name not in namespace:
            return False
        before = namespace[name]

        def restore() -> None:
            if namespace.get(name) is value:
                namespace[name] = before
                changed(owner)

        namespace[name] = value
        changed(owner)
        self._undo.append(restore)
        return True

    def then(self, undo: Callable[[], None]) -> None:
        """Call a function when its turn comes."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Restore everything; one failure does not keep the rest from being restored."""
        errors: list[Exception] = []
        while self._undo:
            try:
                self._undo.pop()()
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def __len__(self) -> int:
        return len(self._undo)


def leave_no_frames(error: BaseException, file: str) -> None:
    """Take the frames of a module of ours, where they are the outermost, out of what the user's traceback shows."""
    while error.__traceback__ is not None and error.__traceback__.tb_frame.f_code.co_filename == file:
        error.__traceback__ = error.__traceback__.tb_next


def dressed_as(function: Callable[..., Any], stock: Any) -> Callable[..., Any]:
    """Give a function the name, the text and the signature of the one that it stands in for; return it."""
    for name in ("__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(stock, name))
    vars(function)["__wrapped__"] = stock  # where ``inspect`` finds the signature and the source
    return function


def unshare(owner: Any) -> None:
    """Give an object a dictionary whose keys are not shared with its class's other objects.

    Python 3.11 and 3.12 cannot specialise the look-up of an attribute in a shared one once ``vars`` has been called: every
    ``self._ready`` in a loop's own code would then be several times slower. ``popitem`` is what ends the sharing.
    """
    own = vars(owner)
    if own:
        own.update([own.popitem()])


def _namespace(owner: type) -> dict[str, Any] | None:
    return next((found for found in gc.get_referents(owner.__dict__) if type(found) is dict), None)


def _type_changed() -> Callable[[type], None] | None:
    if sys.implementation.name != "cpython" or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    try:
        import ctypes

        modified = ctypes.pythonapi.PyType_Modified
    except (ImportError, AttributeError):
        return None
    modified.argtypes, modified.restype = [ctypes.py_object], None
    return modified
