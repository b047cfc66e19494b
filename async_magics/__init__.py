"""See what a notebook cell does at once: ``%load_ext async_magics``, then ``%%tasktrace`` above a cell.

The public names are looked up when they are first used: importing this module imports nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in typing, whose import would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

    from .api import load, trace
    from .comparing import compare
    from .magics.shelf import Shelf
    from .marks import mark, span

    traces: Shelf
    __version__: str

__all__ = ["compare", "load", "load_ipython_extension", "mark", "span", "trace", "traces", "unload_ipython_extension"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in {"load", "trace"}:
        from . import api

        return getattr(api, name)
    if name == "compare":
        from .comparing import compare

        return compare
    if name in {"mark", "span"}:
        from . import marks

        return globals().setdefault(name, getattr(marks, name))  # they are called often: the next time Python finds them itself
    if name == "traces":
        from .magics.shelf import current_shelf

        return current_shelf()
    if name == "__version__":
        from importlib.metadata import version

        return version("async_magics")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"} - {"TYPE_CHECKING", "annotations"})


def load_ipython_extension(shell: Any) -> None:
    """Called by ``%load_ext async_magics``."""
    from .magics.extension import load_into

    load_into(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Called by ``%unload_ext async_magics``: everything is as it was before."""
    from .magics.extension import unload_from

    unload_from(shell)
