"""``%taskprocesses``: how what a notebook defines goes to other processes, and the guard that stands there meanwhile.

Imports ``options`` and, of the sources, the guard only; neither imports ``multiprocessing``.
"""

from __future__ import annotations

from typing import Any, Final

from ..errors import OptionError
from ..sources import by_value
from ..sources.patching import UndoStack
from ..sources.process_guard import ProcessGuard
from .notes import note
from .options import PROCESSES, WAYS, nearest

_SAID: Final = {
    True: "by-value: functions and classes of this notebook are sent to processes as they are; %taskprocesses by-name ends that",
    False: "by-name: processes look functions and classes up by name, as Python does; %taskprocesses by-value sends them as they are",
}


class Processes:
    """The guard, and what the magic does with it."""

    def __init__(self) -> None:
        self._guard = ProcessGuard(note)
        self.pre_run_cell = self._guard.cell_begins

    def install(self, undo: UndoStack) -> None:
        """Stand guard until the extension is unloaded."""
        undo.then(self._guard.undo.undo)  # its own stack: what is patched when a cell imports multiprocessing must be restored last
        self._guard.install()

    def post_run_cell(self, result: Any) -> None:
        """IPython says how a cell ended."""
        self._guard.cell_ended(getattr(result, "error_in_exec", None))

    def asked(self, line: str) -> str:
        """Do what a line of the magic asks for and return what is so now.

        Raises:
            OptionError: there is no such way.
        """
        word = line.strip()
        if word and word not in WAYS:
            raise OptionError(f"%{PROCESSES} takes {' or '.join(WAYS)}, not {word!r}{nearest(word, WAYS)}")
        if word:
            self._guard.send_by_value(word == WAYS[0])
        return _SAID[by_value.is_on()]
