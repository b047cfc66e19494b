"""Which tasks share a lane: a tree by who created whom, like tasks collapsed where there would be too many lanes.

Tasks are alike when they have the same function and their creators are alike. Every task is in exactly one row. Imports ``model``
and ``owners``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from typing import Final

from ..model import Outcome, Task, TaskKind, Trace
from .owners import Owners, owners

DEEPEST: Final = 6
"""Groups of tasks created by tasks created by … stand this deep at most; deeper ones join those above them."""
MOST_SINGLED_OUT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lane to be.

    Attributes:
        tasks: ids of the tasks whose lane it is; more than one in a group.
        inner: ids of the tasks that are drawn on it too: the jobs of a worker.
        depth: in the tree.
        parent: position of the row that stands above it in the tree.
        rest: they have nothing in common but that no lane was left.
    """

    tasks: tuple[int, ...]
    depth: int = 0
    parent: int | None = None
    rest: bool = False
    inner: tuple[int, ...] = ()


@dataclass(slots=True)
class _Group:
    """Like tasks, and the groups of the tasks that they created."""

    key: object
    depth: int
    parent: int | None
    tasks: list[int] = field(default_factory=list)
    children: list[int] = field(default_factory=list)
    whole: int = 0  # number of tasks here and below
    open: bool = False  # every task here and below has a lane of its own


def fold(trace: Trace, limit: int, special: Set[int] = frozenset(), found: Owners | None = None) -> list[Row]:
    """Return at most ``limit`` rows, the cell's first, creators above those they created.

    ``special`` tasks, and those that failed, get a row beside their group where there is room and where they are few. ``found``
    are the lanes to be; all that there are where they are not given.
    """
    found = owners(trace) if found is None else found
    return _numbered(trace.tasks, found, _folded(trace.tasks, found, limit, special))


def _folded(tasks: tuple[Task, ...], found: Owners, limit: int, special: Set[int]) -> list[Row]:
    if len(found.order) <= limit:
        return _tree(tasks, found, [task for task in found.order if found.above[task] is None], 0)
    groups = _groups(tasks, found)
    if len(groups) > limit:
        return _largest(groups, found, limit)
    _open_small(groups, limit)
    return _single_out(tasks, _rows(tasks, found, groups), limit, special)


def _tree(tasks: tuple[Task, ...], found: Owners, roots: list[int], depth: int, within: Set[int] | None = None) -> list[Row]:
    """Return one row per task, a creator above those it created."""
    created: defaultdict[int, list[int]] = defaultdict(list)
    for task in found.order:
        above = found.above[task]
        if above is not None and (within is None or task in within):
            created[above].append(task)
    rows = []
    todo = [(root, depth + (depth == 0 and tasks[root].kind is not TaskKind.CELL)) for root in reversed(roots)]
    while todo:
        current, level = todo.pop()
        rows.append(Row(tasks=(current,), depth=level))
        todo += [(child, level + 1) for child in reversed(created[current])]
    return rows


def _groups(tasks: tuple[Task, ...], found: Owners) -> list[_Group]:
    """Put every task into the group of its like; group 0 is the cell's."""
    groups: list[_Group] = []
    known: dict[object, int] = {}
    group_of: dict[int, int] = {}
    for task in (tasks[number] for number in _creators_first(found)):
        key = (task.kind, task.name if task.kind is TaskKind.POOL else task.function)
        creator = found.above[task.id]
        above = None if creator is None else _joined(groups, group_of[creator], key)
        alike = above is not None and groups[above].key == key
        number = above if alike and above is not None else known.setdefault((above, key), len(groups))
        if number == len(groups):
            depth = int(task.kind is not TaskKind.CELL) if above is None else groups[above].depth + 1
            groups.append(_Group(key, depth, above))
            if above is not None:
                groups[above].children.append(number)
        groups[number].tasks.append(task.id)
        group_of[task.id] = number
    for group in reversed(groups):
        group.whole = len(group.tasks) + sum(groups[child].whole for child in group.children)
    return groups


def _joined(groups: list[_Group], above: int, key: object) -> int | None:
    """Return the group under which a new one belongs: its creator's, or one higher up where that is too deep.

    A task that creates more of its like (a crawler) is in one group with them.
    """
    found: int | None = above
    while found and groups[found].key != key and groups[found].depth >= DEEPEST:
        found = groups[found].parent
    return found


def _creators_first(found: Owners) -> Iterator[int]:
    """Yield creators before those they created; they nearly always are in that order already."""
    done: set[int] = set()
    for task in found.order:
        path = [task]
        while (above := found.above[path[-1]]) is not None and above not in done:
            path.append(above)
        for number in reversed(path):
            if number not in done:
                done.add(number)
                yield number


def _open_small(groups: list[_Group], limit: int) -> None:
    """Give every task of the smallest groups its own lane, as long as there is room."""
    lanes = [0] * len(groups)

    def count(number: int) -> int:
        group = groups[number]
        return group.whole if group.open else 1 + sum(lanes[child] for child in group.children)

    for number in reversed(range(len(groups))):
        lanes[number] = count(number)
    room = limit - sum(lanes[number] for number, group in enumerate(groups) if group.parent is None)
    for number in sorted(range(1, len(groups)), key=lambda n: (groups[n].whole, n)):
        extra = groups[number].whole - lanes[number]
        if 0 < extra <= room:
            groups[number].open = True
            room -= extra
            above: int | None = number
            while above is not None:
                lanes[above] += extra
                above = groups[above].parent


def _rows(tasks: tuple[Task, ...], found: Owners, groups: list[_Group]) -> list[Row]:
    rows: list[Row] = []
    todo = [number for number in reversed(range(len(groups))) if groups[number].parent is None]
    while todo:
        number = todo.pop()
        group = groups[number]
        if group.open:
            within = set(_below(groups, number))
            roots = [task for task in group.tasks if found.above[task] not in within]
            rows += _tree(tasks, found, roots, group.depth, within)
        else:
            rows.append(Row(tasks=tuple(group.tasks), depth=group.depth))
            todo += reversed(group.children)
    return rows


def _below(groups: list[_Group], number: int) -> Iterator[int]:
    todo = [number]
    while todo:
        group = groups[todo.pop()]
        yield from group.tasks
        todo += group.children


def _single_out(tasks: tuple[Task, ...], rows: list[Row], limit: int, special: Set[int]) -> list[Row]:
    """Give the few tasks of a group that failed, or are special, a row of their own below it and all that it created."""
    room = limit - len(rows)
    out: list[Row] = []
    apart: list[Row] = []
    for row in rows:
        while apart and apart[-1].depth >= row.depth:
            out.append(apart.pop())
        odd = [task for task in row.tasks if task in special or tasks[task].outcome is Outcome.RAISED]
        if len(row.tasks) > 1 + len(odd) and 0 < len(odd) <= min(MOST_SINGLED_OUT, room):
            room -= len(odd)
            row = replace(row, tasks=tuple(task for task in row.tasks if task not in odd))
            apart += [Row(tasks=(task,), depth=row.depth) for task in reversed(odd)]
        out.append(row)
    return out + apart[::-1]


def _largest(groups: list[_Group], found: Owners, limit: int) -> list[Row]:
    """Keep the groups with the most tasks, on their lanes or inside them, and put all others into one last row."""
    size = [sum(1 + len(found.inner.get(task, ())) for task in group.tasks) for group in groups]
    kept = sorted(range(1, len(groups)), key=lambda n: (-size[n], n))[: limit - 2]
    shown = [0, *sorted(kept)]
    others = [task for number, group in enumerate(groups) if number not in shown for task in group.tasks]
    rows = [Row(tasks=tuple(groups[number].tasks), depth=min(groups[number].depth, 1)) for number in shown]
    return [*rows, Row(tasks=tuple(sorted(others)), depth=1, rest=True)]


def _numbered(tasks: tuple[Task, ...], found: Owners, rows: list[Row]) -> list[Row]:
    """Fill in ``parent`` from the depths, and ``inner``.

    The parent is the nearest row above that is less deep; there is none where nobody is known to have created them.
    """
    stack: list[tuple[int, int]] = []
    out = []
    for number, row in enumerate(rows):
        while stack and stack[-1][0] >= row.depth:
            stack.pop()
        known = stack and not row.rest and tasks[row.tasks[0]].parent is not None
        inner = tuple(task for owner in row.tasks for task in found.inner.get(owner, ()))
        out.append(replace(row, parent=stack[-1][1] if known else None, inner=inner))
        stack.append((row.depth, number))
    return out
