"""Loading and unloading: everything that is put into IPython, and how each thing is taken out again.

Imports the rest of this folder and ``sources.patching`` for its undo stack.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Final

from traitlets import TraitError

from ..errors import AsyncMagicsWarning
from ..sources.patching import UndoStack
from .cells import CellText
from .commands import TaskTrace
from .completion import Candidates, install

SECTION: Final = "TaskTrace"


def load_into(shell: Any, **runner: Any) -> None:
    """Put the extension into an IPython, once.

    Args:
        shell: the IPython.
        runner: stand-ins for what records, draws and writes, for tests.
    """
    if loaded(shell) is not None:
        return
    undo = UndoStack()
    magics = _made(shell, **runner)
    magics.undo = undo
    undo.then(lambda: _remove(shell.configurables, magics))
    _register(shell, magics, undo)
    _insert(shell.input_transformer_manager.line_transforms, CellText(shell), undo)
    _insert(shell.ast_transformers, magics.runner, undo)
    for event in ("pre_run_cell", "post_run_cell"):
        _listen(shell, event, getattr(magics.runner, event), undo)
        _listen(shell, event, getattr(magics.processes, event), undo)
    undo.then(install(shell, Candidates(magics.shelf)))
    magics.processes.install(undo)
    undo.then(magics.runner.close)


def unload_from(shell: Any) -> None:
    """Take the extension out again; a recording that goes on is forgotten."""
    magics = loaded(shell)
    if magics is not None:
        magics.undo.undo()


def loaded(shell: Any) -> Any:
    """Return the magics in this IPython, ``None`` where the extension is not loaded."""
    found = shell.magics_manager.registry.get(SECTION)
    return found if hasattr(found, "undo") else None


def _register(shell: Any, magics: Any, undo: UndoStack) -> None:
    manager = shell.magics_manager
    for table, names in ((manager.registry, [SECTION]), *((manager.magics[kind], magics.magics[kind]) for kind in ("line", "cell"))):
        for name in names:
            undo.then(_put_back(table, name))
    shell.register_magics(magics)


def _put_back(table: dict[str, Any], name: str) -> Callable[[], None]:
    """Return what makes an entry of a table what it is now."""
    if name in table:
        before = table[name]
        return lambda: table.__setitem__(name, before)
    return lambda: table.pop(name, None) and None


def _insert(items: list[Any], item: Any, undo: UndoStack) -> None:
    items.insert(0, item)
    undo.then(lambda: _remove(items, item))


def _listen(shell: Any, event: str, callback: Callable[..., None], undo: UndoStack) -> None:
    shell.events.register(event, callback)
    undo.then(lambda: _remove(shell.events.callbacks[event], callback))


def _remove(items: list[Any], item: Any) -> None:
    items[:] = [other for other in items if other is not item and other != item]


def _made(shell: Any, **runner: Any) -> Any:
    """Make the magics; a stored setting that makes no sense is dropped with a warning, the others stay."""
    try:
        return TaskTrace(shell, **runner)
    except TraitError as error:
        warnings.warn(f"{error} The default is used.", AsyncMagicsWarning, stacklevel=2)
    shell.configurables[:] = [other for other in shell.configurables if type(other) is not TaskTrace]
    stored = shell.config.pop(SECTION)
    magics = TaskTrace(shell, **runner)
    for name, value in stored.items():
        try:
            setattr(magics, name, value)
        except TraitError:
            continue
        shell.config[SECTION][name] = value
    return magics
