"""The steps of a task -> slices that tile its life: ready, running, waiting and for what.

Imports this folder only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .slices import NONE, SliceTable
from .trace import Instant, Wait
from .words import Cause, InstantKind, Outcome, State, WaitKind
from .work_slices import carved

if TYPE_CHECKING:
    from .fold import _Folding
    from .lives import Life

OVERDUE_NS: Final = 2_000_000
"""A timer later than this was not late by the selector's own coarseness: the loop was busy."""

Row = tuple[int, Any, int, int, int, Any]


class Stretches:
    """Writes the slices of one trace."""

    def __init__(self, folding: _Folding, slices: SliceTable) -> None:
        self._folding, self._slices = folding, slices
        self._rows: list[int] = []
        self._long_ns = folding.frame.threshold_ns // 2
        self._at, self._places, self._log = folding.at, folding.places, folding.log
        self._waits: dict[Any, int] = {}
        self._objects: dict[str, dict[int, int]] = {}
        self._samples = sorted(self._log.samples)
        self._sample_times = [sample[0] for sample in self._samples]
        self._collect_objects()

    # ------------------------------------------------------------------ whole lives
    def of_task(self, life: Life) -> int | None:
        """Add the slices of a task; return when it ended, on the recorder's clock, or ``None``."""
        number, begin_ns = life.number or 0, self._folding.begin_ns
        older = life.owner != self._folding.frame.marker
        start_ns = begin_ns if older else life.created_ns or begin_ns
        rows = sorted(life.rows, key=lambda row: row[3])
        last: Row | None = None
        add, long_ns = self._rows.extend, self._long_ns
        for row in rows:
            step_ns, end_ns = row[3], row[4]
            if end_ns <= begin_ns:
                last = row
                continue
            if last is None or last[5] is not None:
                self._before(life, number, start_ns, last, row)
            elif start_ns < step_ns:  # the commonest case by far where there are many steps: it had only yielded
                add((number, start_ns - begin_ns, step_ns - begin_ns, State.RUNNABLE, NONE, Cause.ITSELF, NONE, NONE, NONE))
            step_ns = max(step_ns, start_ns)
            if end_ns - step_ns < long_ns:
                if step_ns < end_ns:
                    add((number, step_ns - begin_ns, end_ns - begin_ns, State.RUNNING, NONE, Cause.UNKNOWN, NONE, NONE, NONE))
            else:
                self._run(number, row, step_ns)
            start_ns, last = end_ns, row
        ended_ns = self._after(life, number, start_ns, last)
        self._flush()
        return ended_ns

    def of_cell(self, cell: Life, loop_runs: list[tuple[int, int]]) -> None:
        """Add the slices of the traced code itself."""
        folding = self._folding
        end_ns = folding.ended_ns or folding.frame.now_ns
        start_ns, last = folding.begin_ns, None
        rows = sorted(cell.rows, key=lambda row: row[3])
        if rows and type(rows[-1][5]) is not tuple:  # the step in which the code ended was noted a moment before its end
            rows[-1] = (*rows[-1][:4], end_ns, None)
        for row in rows:
            if last is not None:
                self._before(cell, 0, start_ns, last, row)
            self._run(0, (*row[:3], max(row[3], start_ns), row[4], row[5]), start_ns if last is None else row[3])
            start_ns, last = row[4], row
        if last is not None and type(last[5]) is tuple and start_ns < end_ns:
            self._add(0, start_ns, end_ns, State.WAITING, wait=self._wait(cell, last, start_ns))
            start_ns = end_ns
        for begin, end in [*loop_runs, (end_ns, end_ns)]:
            begin, end = max(begin, start_ns), min(end, end_ns)
            if start_ns < begin:
                self._run(0, (0, 0, 0, start_ns, begin, None), start_ns)
            if begin < end:
                self._add(0, begin, end, State.WAITING, wait=self._slices.wait_id(Wait(kind=WaitKind.LOOP, name="asyncio.run")))
            start_ns = max(start_ns, end)
        self._cut_out(folding.waits_of_cell(folding.begin_ns, end_ns))
        self._flush()

    def _cut_out(self, waits: list[tuple[int, int, Wait]]) -> None:
        """Turn the parts of running slices in which the thread waited for a work into waiting ones."""
        if not waits:
            return
        width = len(SliceTable.COLUMNS)
        rows, self._rows = self._rows, []
        for number, begin, end, state, *rest in (rows[at : at + width] for at in range(0, len(rows), width)):
            inside = [(max(begin, self._at(a)), min(end, self._at(b)), wait) for a, b, wait in waits]
            inside = [piece for piece in inside if piece[0] < piece[1]] if state == State.RUNNING else []
            if not inside:
                self._rows += [number, begin, end, state, *rest]
                continue
            for start, stop, kind, wait, _cpu in carved(begin, end, inside, None):
                if start < stop:
                    self._rows += [number, start, stop, kind, self._slices.wait_id(wait), Cause.UNKNOWN, NONE, NONE, NONE]

    # ------------------------------------------------------------------ parts of a life
    def _before(self, life: Life, number: int, start_ns: int, last: Row | None, row: Row) -> None:
        """Add what lies between a step and the one before it, or the task's creation."""
        step_ns = row[3]
        if step_ns <= start_ns:
            return
        cause, waker, site = self._folding.cause_of(row[1], row[2] or start_ns)
        ready_ns = start_ns
        if last is None and life.created_ns is None:
            ready_ns = min(max(row[2], start_ns), step_ns)
            self._add(number, start_ns, ready_ns, State.WAITING, wait=self._slices.wait_id(Wait(kind=WaitKind.UNKNOWN)))
        elif last is None:
            cause, waker, site = Cause.SPAWN, self._folding.creator_of(life), None
        elif type(last[5]) is tuple:
            ready_ns = self._due(last, min(max(row[2], start_ns), step_ns), cause)
            self._add(number, start_ns, ready_ns, State.WAITING, wait=self._wait(life, last, start_ns))
        if cause is Cause.THREAD and last is not None and type(last[5]) is tuple:
            waker = self._job_of(last)
        if last is not None and (last[5] is None or waker == number):
            cause, waker, site = Cause.ITSELF, None, None
        place = NONE if site is None else self._slices.location_id(self._places.at(*site))
        self._add(number, ready_ns, step_ns, State.RUNNABLE, cause=cause, waker=NONE if waker is None else waker, location=place)

    def _job_of(self, last: Row) -> int | None:
        """Return the job for which a task waited, if it was one: its result is what another thread brought."""
        works = self._folding.works
        jobs = [number for raw in last[5][4] if (number := works.of_future(raw, last[4])) is not None]
        return jobs[0] if len(jobs) == 1 else None

    def _run(self, number: int, row: Row, begin_ns: int) -> None:
        end_ns = row[4]
        place, cpu_ns = NONE, NONE
        if end_ns - begin_ns >= self._long_ns:
            place, cpu_ns = self._held_by(begin_ns, end_ns)
        self._add(number, begin_ns, end_ns, State.RUNNING, location=place, cpu_ns=cpu_ns)

    def _after(self, life: Life, number: int, start_ns: int, last: Row | None) -> int | None:
        """Add what lies behind the last step known; return when the task ended."""
        now_ns = self._folding.frame.now_ns
        waits = last is not None and type(last[5]) is tuple
        if life.done is not None:
            ended_ns = int(life.done[1])
            if last is not None and (waits or last[5] is None) and ended_ns > start_ns:  # steps that did not fit into the log
                unknown = self._slices.wait_id(Wait(kind=WaitKind.UNKNOWN))
                self._add(number, start_ns, ended_ns, State.WAITING, wait=unknown)
                return ended_ns
            return max(start_ns, self._folding.begin_ns) if last is not None else ended_ns
        if last is not None and waits:
            self._add(number, start_ns, now_ns, State.WAITING, wait=self._wait(life, last, start_ns))
        elif last is None and life.created_ns is None:
            self._add(number, start_ns, now_ns, State.WAITING, wait=self._slices.wait_id(Wait(kind=WaitKind.UNKNOWN)))
        else:
            cause = Cause.SPAWN if last is None else Cause.ITSELF
            self._add(number, start_ns, now_ns, State.RUNNABLE, cause=cause)
        return None

    def _due(self, last: Row, woken_ns: int, cause: Cause) -> int:
        """Return since when a sleeper was ready: its timer may have been due long before a busy loop could look at it."""
        _chain, kind, delay_ns, *_rest = last[5]
        if kind == "sleep" and cause is Cause.TIMER and delay_ns is not None and woken_ns - (last[4] + delay_ns) > OVERDUE_NS:
            return last[4] + max(0, int(delay_ns))
        return woken_ns

    def _add(
        self, number: int, start_ns: int, end_ns: int, state: State, *, wait: int = NONE, cause: int = Cause.UNKNOWN,
        waker: int = NONE, location: int = NONE, cpu_ns: int = NONE,
    ) -> None:  # fmt: skip
        start_ns, end_ns = self._at(start_ns), self._at(end_ns)
        if start_ns < end_ns:
            self._rows.extend((number, start_ns, end_ns, state, wait, cause, waker, location, cpu_ns))

    def _flush(self) -> None:
        self._slices.add_rows(self._rows)
        self._rows.clear()

    def _held_by(self, begin_ns: int, end_ns: int) -> tuple[int, int]:
        """Return the line that was seen most often during a long step, and the CPU time it used; ``NONE`` where not seen."""
        looks = self._samples[bisect_left(self._sample_times, begin_ns) : bisect_right(self._sample_times, end_ns)]
        if not looks:
            return NONE, NONE
        thread = Counter(look[1] for look in looks).most_common(1)[0][0]
        looks = [look for look in looks if look[1] == thread]
        lines = Counter(self._places.at(*look[3]) for look in looks)
        cpu_ns = NONE
        if len(looks) > 1 and looks[0][2] >= 0:
            span = looks[-1][0] - looks[0][0]
            cpu_ns = round((looks[-1][2] - looks[0][2]) / span * (end_ns - begin_ns)) if span else NONE
        return self._slices.location_id(lines.most_common(1)[0][0]), cpu_ns

    # ------------------------------------------------------------------ waits
    def _collect_objects(self) -> None:
        rows: Iterable[Row] = (row for life in (self._folding.cell, *self._folding.members) for row in life.rows)
        for row in sorted((row for row in rows if type(row[5]) is tuple and row[5][6]), key=lambda row: row[3]):
            numbers = self._objects.setdefault(row[5][1].partition(".")[0], {})
            numbers.setdefault(row[5][6], len(numbers) + 1)

    def _wait(self, life: Life, row: Row, start_ns: int) -> int:
        """Return the position of a step's wait among the trace's waits."""
        raw = row[5]
        held = raw[1] == "Lock"  # a task may wait for a lock that it holds itself, and does so for ever
        targets = tuple(
            number
            for target in raw[4]
            if (number := self._folding.number_of(target, row[4])) is not None and (held or number != life.number)
        )
        deadline_ns = self._deadline(life, start_ns) if life.deadlines else None
        key = (raw, targets, deadline_ns)
        found = self._waits.get(key)
        if found is None:
            chain, kind, delay_ns, count, _targets, name, _object = raw
            chain = tuple(self._places.at(*site) for site in self._log.chains[chain])
            wait = Wait(kind=WaitKind(kind), delay_ns=delay_ns, count=count, targets=targets, name=name or self._name(raw), chain=chain)
            found = self._waits[key] = self._slices.wait_id(replace(wait, deadline_ns=deadline_ns))
        return found

    def _name(self, raw: Any) -> str:
        kind, ident = raw[1].partition(".")[0], raw[6]
        numbers = self._objects.get(kind, {})
        return f"{kind}#{numbers[ident]}" if ident and len(numbers) > 1 and ident in numbers else ""

    def _deadline(self, life: Life, start_ns: int) -> int | None:
        dues = [
            due
            for spans in life.deadlines.values()
            for since, over, due in spans
            if due is not None and since is not None and since <= start_ns and (over is None or start_ns < over)
        ]
        return self._at(min(dues)) if dues else None

    # ------------------------------------------------------------------ cancellation
    def cancellations(self, life: Life) -> list[Instant]:
        """Return when a task was asked to stop, by whom, when it was told, and whether it took no notice."""
        found: list[Instant] = []
        rows = sorted(life.rows, key=lambda row: row[3])
        starts = [row[3] for row in rows]
        for t_ns, raw, (site, reason) in life.cancels:
            cause, by, _ = self._folding.cause_of(raw, t_ns)
            place = None if site is None else self._places.at(*site)
            asked = Instant(
                kind=InstantKind.CANCEL_REQUESTED,
                t_ns=self._at(t_ns),
                task=life.number,
                by=by,
                cause=cause,
                location=place,
                text=reason,
            )
            found.append(asked)
            step = bisect_left(starts, t_ns)
            if step < len(starts):
                told = replace(asked, kind=InstantKind.CANCEL_DELIVERED, t_ns=self._at(starts[step]))
                found.append(told)
                done = life.done
                if done is not None and Outcome(done[3]) is Outcome.RETURNED and place is not None:
                    found.append(replace(told, kind=InstantKind.CANCEL_SWALLOWED))
        return found
