"""How long tasks were in a state at a stretch, and in all. Imports ``model`` only; never numpy."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import State, Trace


def longest(trace: Trace) -> Mapping[tuple[int, int], int]:
    """Return the length of the longest slice of every task in every state that it was in."""
    table = trace.slices
    found: dict[tuple[int, int], int] = {}
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        key = (task, state)
        if end - start > found.get(key, -1):
            found[key] = end - start
    return found


def waited(trace: Trace) -> list[int]:
    """Return how long each task waited, or was ready, in all."""
    table = trace.slices
    out = [0] * len(trace.tasks)
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        if state != State.RUNNING:
            out[task] += end - start
    return out
