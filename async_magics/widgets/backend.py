"""ipympl's canvas and its manager, without what the package does when it is imported. Imports ipympl and matplotlib.

``import ipympl`` chooses ipympl's backend for all figures of the session, where matplotlib is there already. A widget of ours is no
reason for that: ``%matplotlib`` stays what the user made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

import matplotlib

__all__ = ["Canvas", "FigureManager", "backend_stays"]


@contextmanager
def backend_stays() -> Iterator[None]:
    """Let nothing that this thread does meanwhile choose another backend; other threads may."""
    module: Any = matplotlib
    use, here = module.use, get_ident()

    def others_use(backend: str, *, force: bool = True) -> None:
        if get_ident() != here:
            use(backend, force=force)

    module.use = others_use
    try:
        yield
    finally:
        if module.use is others_use:
            module.use = use


with backend_stays():
    from ipympl.backend_nbagg import Canvas, FigureManager
