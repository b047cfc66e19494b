"""Says what a browser's Python (Pyodide, JupyterLite) does not have, once, in place of the sources that would watch it. Imports nothing."""

from __future__ import annotations

from typing import Any, Final

REASON: Final = "Python in a browser has none; long steps cannot be looked into"


class Threadless:
    """Stands for the sources that need threads or processes."""

    name = "threads, processes and pools"

    def unavailable(self) -> str | None:
        """Never there."""
        return REASON

    def install(self, recorder: Any) -> None:
        """Nothing is watched."""
