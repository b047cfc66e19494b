"""Hypothesis strategies for whole traces that keep to every rule of ``model.check``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from async_magics.clock import ClockAnchor
from async_magics.model import Cause, Instant, InstantKind, Location, Note, Outcome, Slice, SliceTable, Span, State, Task
from async_magics.model import TaskKind, Trace, Track, TrackKind, Wait, WaitKind

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""Any text; halves of surrogate pairs are left out, since JSON joins two of them."""
NS = st.integers(0, 10**13)
LOCATIONS = st.builds(Location, file=TEXT, line=st.integers(0, 10**6), function=TEXT, text=TEXT)


def waits(tasks: int) -> st.SearchStrategy[Wait]:
    """Waits for tasks of a trace that has so many."""
    return st.builds(
        Wait,
        kind=st.sampled_from(WaitKind),
        delay_ns=st.none() | st.integers(-(10**20), 10**25),
        deadline_ns=st.none() | NS,
        count=st.none() | st.integers(0, 10**6),
        targets=st.lists(st.integers(0, tasks - 1), max_size=4).map(tuple),
        name=TEXT,
        chain=st.lists(LOCATIONS, max_size=3).map(tuple),
    )


@st.composite
def tasks(draw: st.DrawFn, number: int, tracks: int) -> Task:
    """The task with this number; its parent has a lower one."""
    times = sorted(draw(st.lists(NS, min_size=3, max_size=3)))
    return Task(
        id=number,
        kind=draw(st.sampled_from(TaskKind)),
        name=draw(TEXT),
        function=draw(TEXT),
        arguments=draw(st.none() | TEXT),
        track=draw(st.integers(0, tracks - 1)),
        parent=draw(st.none() | st.integers(0, number - 1)) if number else None,
        created_ns=times[0],
        created_at=draw(st.none() | LOCATIONS),
        defined_at=draw(st.none() | LOCATIONS),
        begun_ns=draw(st.none() | st.just(times[1])),
        ended_ns=draw(st.none() | st.just(times[2])),
        outcome=draw(st.sampled_from(Outcome)),
        exception=draw(st.none() | TEXT),
        message=draw(st.none() | TEXT),
        result=draw(st.none() | TEXT),
        group=draw(st.none() | st.integers(0, 9)),
        eager=draw(st.booleans()),
        older=draw(st.booleans()),
        pool=draw(st.none() | st.integers(0, number - 1)) if number else None,
        method=draw(TEXT),
        daemon=draw(st.booleans()),
        exit_code=draw(st.none() | st.integers(-64, 255)),
        cpu_ns=draw(st.none() | NS),
        no_core_ns=draw(st.none() | NS),
        switches=draw(st.none() | NS),
        delivered_ns=draw(st.none() | NS),
        chunk=draw(st.none() | st.integers(1, 10**6)),
    )


@st.composite
def slices_of(draw: st.DrawFn, task: int, count: int) -> list[Slice]:
    """Slices of one task that touch each other or leave a gap, but never overlap."""
    found, now = [], draw(NS)
    for state in draw(st.lists(st.sampled_from(State), max_size=6)):
        start = now + draw(st.sampled_from([0, 0, 0, 7]))
        now = start + draw(st.integers(0, 10**9))
        fields: dict[str, Any] = {"task": task, "start_ns": start, "end_ns": now, "state": state}
        if state is State.WAITING:
            fields["wait"] = draw(st.none() | waits(count))
        else:
            fields |= {"cause": draw(st.sampled_from(Cause)), "waker": draw(st.none() | st.integers(0, count - 1))}
            fields |= {"location": draw(st.none() | LOCATIONS), "cpu_ns": draw(st.none() | st.integers(0, 10**9))}
        found.append(Slice(**fields))
    return found


@st.composite
def traces(draw: st.DrawFn, max_tasks: int = 5) -> Trace:
    """Whole traces."""
    count = draw(st.integers(0, max_tasks))
    tracks = [
        Track(
            id=number, kind=draw(st.sampled_from(TrackKind)), name=draw(TEXT), parent=number - 1 if number else None,
            pid=draw(st.none() | NS), tid=draw(st.none() | st.integers(0, 2**64)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    table = SliceTable()
    for task in range(count):
        for item in draw(slices_of(task, count)):
            table.append(item)
    someone = st.none() | st.integers(0, count - 1) if count else st.none()
    instants = st.builds(
        Instant, kind=st.sampled_from(InstantKind), t_ns=NS, task=someone, by=someone, cause=st.sampled_from(Cause),
        location=st.none() | LOCATIONS, text=TEXT,
    )  # fmt: skip
    spans = st.builds(
        lambda begin, length, **fields: Span(start_ns=begin, end_ns=None if length is None else begin + length, **fields),
        NS, st.none() | NS, name=TEXT, task=someone, location=st.none() | LOCATIONS,
    )  # fmt: skip
    notes = st.builds(Note, text=TEXT, t_ns=NS, task=someone)
    return Trace(
        name=draw(TEXT),
        title=draw(TEXT),
        source=draw(TEXT),
        anchor=ClockAnchor(mono_ns=draw(NS), wall_ns=draw(NS)),
        end_ns=max([draw(NS), *table.end_ns]),
        cell_end_ns=draw(st.none() | NS),
        tracks=tuple(tracks),
        tasks=tuple(draw(tasks(number, len(tracks))) for number in range(count)),
        slices=table,
        instants=tuple(draw(st.lists(instants, max_size=4))),
        spans=tuple(draw(st.lists(spans, max_size=3))),
        notes=tuple(draw(st.lists(notes, max_size=3))),
        dropped=draw(st.integers(0, 10**9)),
        problems=tuple(draw(st.lists(TEXT, max_size=2))),
        python=draw(TEXT),
        threshold_ns=draw(NS),
        cpu_ns=draw(st.none() | NS),
        cores=draw(st.none() | st.integers(1, 512)),
        runs_ns=tuple(draw(st.lists(NS, max_size=3))),
    )
