"""``%tasknote``: notes on a trace that is there already; its charts change in place. Imports the rest of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import OptionError, TraceNotFoundError
from .options import CHART, NOTE, Request, parse
from .shelf import Shelf


class NoteCommand:
    """Adds, lists and takes away notes.

    Args:
        shelf: the traces of the session.
        space: the user's variables: what ``load()`` returned has a name only there.
        redraw: changes the charts of a trace; returns how many there are.
    """

    def __init__(self, shelf: Shelf, space: Mapping[str, Any], redraw: Callable[[Any], int]) -> None:
        self._shelf = shelf
        self._space = space
        self._redraw = redraw

    def run(self, line: str) -> str:
        """Do what a line asks for; return what is to be said, ``""`` where the chart says it.

        Raises:
            AsyncMagicsError: one line with what is to be typed instead.
        """
        request = parse(NOTE, line)
        if "remove" in request.given:
            if {"at", "task"} & set(request.given):
                raise OptionError(f"%{NOTE} --remove N takes no --at and no --task")
            return self._removed(request.words, request.given["remove"])
        if "at" in request.given:
            return self._added(request)
        return self._listed(request)

    def _added(self, request: Request) -> str:
        if not request.words:
            raise OptionError(f'%{NOTE} needs a text: %{NOTE} "the timeout fires" --at {request.given["at"]:g}')
        *name, text = request.words
        recorded, called = self._found(name)
        recorded.note(text, at=request.given["at"], task=request.given.get("task"))
        return self._shown(recorded, called, "noted")

    def _removed(self, name: Sequence[str], number: int) -> str:
        try:
            recorded, called = self._found(name)
        except TraceNotFoundError as error:
            raise TraceNotFoundError(f"{error}; %{NOTE} [NAME] --remove N takes no text") from None
        note = recorded.remove_note(number)
        return self._shown(recorded, called, f"removed: {note.text}")

    def _listed(self, request: Request) -> str:
        try:
            recorded, called = self._found(request.words)
        except TraceNotFoundError:
            if len(self._shelf) and request.words:
                raise OptionError(f'a note needs its moment: %{NOTE} "{request.words[-1]}" --at SECONDS') from None
            raise
        if "task" in request.given:
            raise OptionError(f'a note needs a text and its moment: %{NOTE} "TEXT" --at SECONDS --task {request.given["task"]}')
        trace = recorded.trace
        rows = [
            f"{number:3}  {note.t_ns / 1e9:.6g} s  {'' if note.task is None else trace.tasks[note.task].name + '  '}{note.text}"
            for number, note in enumerate(trace.notes, start=1)
        ]
        return "\n".join([f"{called}:", *rows]) if rows else f'{called}: no notes; add one with %{NOTE} "TEXT" --at SECONDS'

    def _found(self, words: Sequence[str]) -> tuple[Any, str]:
        """Return the trace that is meant, and what it is called: one of the session, or a variable that holds one."""
        name = " ".join(words)
        try:
            called = self._shelf.name_of(name)
        except TraceNotFoundError as error:
            if hasattr(held := self._space.get(name), "remove_note"):
                return held, name
            hint = "; put the text in quotes" if len(words) > 1 else ""
            raise TraceNotFoundError(f"{error}{hint}") from None
        return self._shelf[called], called

    def _shown(self, recorded: Any, called: str, done: str) -> str:
        if self._redraw(recorded):
            return ""
        shows = f"%{CHART} {called}" if called in self._shelf else f"{called}.show()"
        return f"{done}; {shows} shows it" if done == "noted" else done
