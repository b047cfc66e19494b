"""Which lanes the author wants, in which order, under which names, in which colours.

A name stands for a task's own name, its function or its call; ``*`` for any letters. Imports ``lang``, ``model`` and this
folder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..lang import Catalogue
from ..lang.plain import clean
from ..model import Task, TaskKind, Trace
from . import labels
from .owners import Owners, kept_of
from .spec import ChartOptions, hex_color


@dataclass(frozen=True, slots=True)
class Choice:
    """What the author asked for, matched against one trace."""

    trace: Trace
    options: ChartOptions

    def __bool__(self) -> bool:
        """Whether lanes are chosen or ordered at all."""
        return bool(self.options.only or self.options.hide or self.options.order)

    def among(self, found: Owners) -> Owners:
        """Return the forest of the lanes that are wanted, in the order that is wanted; all of them where nothing would be left."""
        if not self:
            return found
        kept = {task for task in found.order if self._wanted(task, found)} or set(found.order)
        left = kept_of(found, kept, (task for task in found.order if task in kept))
        rank = self._ranks(found, left.above)
        return kept_of(found, kept, sorted(left.order, key=rank.__getitem__))  # a stable sort: the others stay as they are

    def _wanted(self, task: int, found: Owners) -> bool:
        tasks = self.trace.tasks
        inside = [tasks[task], *(tasks[inner] for inner in found.inner.get(task, ()))]
        if self.options.only and not any(_matches(one, self.options.only) for one in inside):
            return False
        return not _matches(tasks[task], self.options.hide)

    def _ranks(self, found: Owners, above: Mapping[int, int | None]) -> dict[int, int]:
        """Return where each stands in the order asked for; what stands above one that is asked for comes as early as that."""
        last = len(self.options.order)
        own = {task: self._rank(task, found) for task in above}
        rank = dict(own)
        for task, now in above.items():
            while now is not None and rank[now] > own[task]:
                rank[now] = own[task]
                now = above[now]
        return {task: min(place, last) for task, place in rank.items()}

    def _rank(self, task: int, found: Owners) -> int:
        tasks = self.trace.tasks
        inside = [tasks[task], *(tasks[inner] for inner in found.inner.get(task, ()))]
        patterns = enumerate(self.options.order)
        return next((place for place, name in patterns if any(_matches(one, (name,)) for one in inside)), len(self.options.order))

    def label(self, tasks: Sequence[int]) -> str:
        """Return what the author calls a lane, ``""`` where nothing was said."""
        return clean(self._said(self.options.label, tasks), 60)

    def color(self, tasks: Sequence[int]) -> str:
        """Return the colour that the author gave a lane, ``""`` where none was."""
        said = self._said(self.options.color, tasks)
        return hex_color(said) if said else ""

    def _said(self, pairs: Collection[tuple[str, str]], tasks: Sequence[int]) -> str:
        return next((what for name, what in pairs if _matches(self.trace.tasks[tasks[0]], (name,))), "")

    def remarks(self, words: Catalogue, left_out: int) -> Iterator[str]:
        """Yield what the author should know: names that nothing has, and how many lanes are left out."""
        options = self.options
        given = (*options.only, *options.hide, *options.order, *(name for name, _ in (*options.label, *options.color)))
        for name in dict.fromkeys(given):
            if not any(_matches(task, (name,)) for task in self.trace.tasks):
                yield self._unknown(words, name)
        if left_out:
            yield words.ngettext("{} lane is left out", "{} lanes are left out", left_out).format(words.number(left_out))

    def _unknown(self, words: Catalogue, name: str) -> str:
        known = sorted({text for task in self.trace.tasks for text in _names(task)})
        near = get_close_matches(name, known, n=1)
        if near:
            return words.gettext("nothing is called {name}; did you mean {near}?").format(name=clean(name, 40), near=clean(near[0], 40))
        return words.gettext("nothing is called {name}").format(name=clean(name, 40))


def _matches(task: Task, patterns: Sequence[str]) -> bool:
    return any(_fits(pattern, name) for pattern in patterns for name in _names(task))


def _fits(pattern: str, name: str) -> bool:
    """Whether a name is meant; brackets are letters here, as they belong to calls."""
    return pattern == name or ("*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None)


def _names(task: Task) -> tuple[str, ...]:
    names = (labels.task_name(task), labels.function_of(task), labels.call_of(task))
    return tuple(dict.fromkeys((*filter(None, names), *(("cell",) if task.kind is TaskKind.CELL else ()))))
