"""By value: what a notebook defines travels to other processes as itself, not as a name that they would look up in vain.

``multiprocessing`` pickles everything with one class, ``ForkingPickler``, which asks its attribute ``reducer_override`` about each object
if it has one. ``switch_on`` gives it one. A child switches itself on when the first such object reaches it, so that its results and its
own children are served as well. Imported in children: standard library only, cloudpickle when the first object is packed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import AsyncMagicsError
from .notebook_code import in_notebook, of_main
from .patching import UndoStack


class Reducer:
    """What ``ForkingPickler`` asks how to pickle each object."""

    __slots__ = ()

    def __call__(self, item: Any) -> Any:
        if not of_main(item) or not in_notebook():
            return NotImplemented
        from .by_value_pickle import packed

        return load, (packed(item),)


def load(blob: bytes) -> Any:
    """Make a notebook's function or class of its pickle; called by ``pickle`` in the process that receives it."""
    from .by_value_pickle import is_child, unpacked

    if is_child() and not is_on():
        from multiprocessing.reduction import ForkingPickler

        setattr(ForkingPickler, "reducer_override", Reducer())  # noqa: B010 -- mypy knows a method of that name; for the child's life
    return unpacked(blob)


def is_on() -> bool:
    """Tell whether by-value is on in this process."""
    module = sys.modules.get("multiprocessing.reduction")
    return module is not None and type(vars(module.ForkingPickler).get("reducer_override")) is Reducer


def switch_on(undo: UndoStack) -> None:
    """Send by value from here on.

    Raises:
        AsyncMagicsError: cloudpickle is missing.
    """
    from multiprocessing.reduction import ForkingPickler

    try:
        from . import by_value_pickle  # noqa: F401 -- now, not in the middle of the user's call
    except ImportError as error:
        raise AsyncMagicsError(f"by-value needs cloudpickle ({error}): pip install cloudpickle") from error
    undo.patch(ForkingPickler, "reducer_override", Reducer())


@contextmanager
def forking() -> Iterator[None]:
    """While a child is forked: let it know its classes and variables as those of this process."""
    from .by_value_pickle import LEDGER

    with LEDGER.inherited():
        yield
