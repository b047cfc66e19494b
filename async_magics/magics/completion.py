"""TAB on the magics' lines: options, their values, names of traces. Made from the table of options. Imports ``options``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from .options import CHART, COMPARE, EXPORT, MAGICS, NOTE, PROCESSES, REPLAY, STATS, SWITCHES, TRACE, VALUE, WAYS, flags_of
from .shelf import LAST

_LINE: Final = rf"(?s)\s*(%%?)({'|'.join(MAGICS)})[ \t](.*)\Z"
_KEYS: Final = tuple(f"{sign}{magic}" for magic in MAGICS for sign in ("%", "%%"))


class Candidates:
    """What can stand at the cursor.

    Args:
        names: the traces of the session.
    """

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def at(self, line: str) -> tuple[str, list[str]] | None:
        """Return the fragment before the cursor and what may replace it; ``None`` where Python or paths are to be completed.

        Args:
            line: the line up to the cursor.
        """
        found = re.match(_LINE, line)
        if found is None:
            return None
        sign, magic, typed = found.groups()
        before, fragment = re.fullmatch(r"(.*?)(\S*)", typed, re.DOTALL).groups()  # type: ignore[union-attr]
        flag, equals, value = fragment.partition("=")
        words = before.split()
        options = flags_of(magic)
        if equals and flag in options:
            return self._of(value, list(options[flag].choices))
        if words and words[-1] in options and options[words[-1]].flags[words[-1]] is VALUE:
            asked = options[words[-1]]
            return self._of(fragment, self._tasks(words) if asked.name == "task" else list(asked.choices))
        if magic == TRACE and sign == "%" and any(not word.startswith("-") for word in words if word not in SWITCHES):
            return None  # the statement has begun
        return self._of(fragment, [*self._words(sign, magic, words), *options])

    def _words(self, sign: str, magic: str, words: list[str]) -> list[str]:
        if magic == TRACE:
            return list(SWITCHES) if sign == "%" and not words else []
        if magic == PROCESSES:
            return [] if words else list(WAYS)
        several = magic == COMPARE
        return [LAST, *self._names] if several or (magic in (CHART, REPLAY, NOTE, STATS, EXPORT) and not words) else []

    def _tasks(self, words: list[str]) -> list[str]:
        """Return what the tasks of the trace that is meant are called, as far as it takes no quotes."""
        meant = words[0] if words[0] in self._names else next(reversed(list(self._names)), None)
        if meant is None:
            return []
        names = dict.fromkeys(name for task in self._names[meant].tasks for name in (task.name, task.function))
        return [name for name in names if name and not set(name) & set(" \t\"'")]

    @staticmethod
    def _of(fragment: str, known: list[str]) -> tuple[str, list[str]] | None:
        matching = [text for text in known if text.startswith(fragment)]
        return (fragment, matching) if matching else None


def install(shell: Any, candidates: Candidates) -> Callable[[], None]:
    """Let the shell's completer ask us; return what takes that back."""
    try:
        from IPython.core.completer import SimpleCompletion, context_matcher
    except ImportError:
        return _install_hook(shell, candidates)

    @context_matcher(identifier="async_magics.options")  # type: ignore[untyped-decorator]
    def task_options(context: Any) -> Any:
        found = candidates.at(context.line_with_cursor[: context.cursor_position])
        if found is None:
            return {"completions": [], "suppress": False}
        fragment, matching = found
        completions = [SimpleCompletion(text=text, type="param") for text in matching]
        return {"completions": completions, "matched_fragment": fragment, "suppress": True, "ordered": True}

    matchers = shell.Completer.custom_matchers
    matchers.append(task_options)
    return lambda: matchers.remove(task_options)


def _install_hook(shell: Any, candidates: Candidates) -> Callable[[], None]:
    """IPython before 8.6: a hook for each magic. There is no public way to take a hook back."""

    def complete(_: Any, event: Any) -> list[str]:
        found = candidates.at(event.line[: event.line.rfind(event.symbol) + len(event.symbol)] if event.symbol else event.line)
        return found[1] if found else []

    for key in _KEYS:
        shell.set_hook("complete_command", complete, str_key=key)
    known = shell.strdispatchers["complete_command"].strs

    def take_back() -> None:
        for key in _KEYS:
            chain = known[key].chain if key in known else []
            chain[:] = [entry for entry in chain if getattr(entry[1], "__func__", entry[1]) is not complete]
            if not chain:
                known.pop(key, None)

    return take_back
