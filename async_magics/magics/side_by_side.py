"""``%taskcompare``: which traces are meant, and how the comparison is shown. Imports ``comparing`` and what it needs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

from ..comparing import Comparing, comparison
from ..errors import OptionError
from ..export import chart_target
from .options import COMPARE, LIST
from .settings import Settings
from .shelf import Shelf


def compared(shelf: Shelf, words: Sequence[str], settings: Settings) -> Comparing:
    """Return the comparison that was asked for, after a look whether it could be saved.

    Raises:
        OptionError: there is nothing to compare.
        TraceNotFoundError: no trace has that name.
        ExportError: the path is none that can be written.
    """
    names = names_in(shelf, words)
    found = [shelf[name] for name in names]
    if not found or (len(found) == 1 and len(found[0].trace.runs_ns) < 2):
        raise OptionError(f"%{COMPARE} needs two names or more, as in %{COMPARE} {_example(shelf, names)} (%{LIST} lists them)")
    if settings["save"]:
        chart_target(settings["save"], force=settings["force"])
    return comparison(found, settings.chart())


def names_in(shelf: Shelf, words: Sequence[str]) -> list[str]:
    """Return the full names of the traces that some words name; a name may have several words, ``In [3]``."""
    names: list[str] = []
    at = 0
    while at < len(words):
        ends = (end for end in range(len(words), at, -1) if " ".join(words[at:end]) in [*shelf])
        end = next(ends, at + 1)
        names.append(shelf.name_of(" ".join(words[at:end])))
        at = end
    return names


def _example(shelf: Shelf, names: Sequence[str]) -> str:
    shown = [*names, *(name for name in shelf if name not in names), "sequential", "gather"][:2]
    return " ".join(f'"{name}"' if " " in name else name for name in shown)


def show(shell: Any, found: Comparing) -> None:
    """Show a comparison, in a terminal as text."""
    if hasattr(shell, "kernel"):
        data, metadata = found._repr_mimebundle_()
    else:
        data, metadata = {"text/plain": found.text(width=shutil.get_terminal_size((100, 24)).columns)}, {}
    shell.display_pub.publish(data=data, metadata=metadata)
