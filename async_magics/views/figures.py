"""The line of figures above the picture, and the chart in one sentence.

Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from ..analysis import Stats, core_use
from ..analysis.compare import Spread
from ..analysis.stats import ALIVE, NO_WORK
from ..lang import Catalogue
from ..lang.plain import clean, ems
from ..lang.times import duration
from ..model import TaskKind, Trace
from . import labels

LEAST_CORES: Final = 0.05
LEAST_MEAN: Final = 0.05
"""Below this it would read 0.0: calls that take no time to speak of."""
SEPARATOR: Final = " · "


def figures(words: Catalogue, found: Stats, width_em: float = math.inf, *, wall: bool = True) -> str:
    """Return how long, what, how many at once, and how busy: ``2.07 s · 4 tasks · 3.1 at once on average · loop 48 % busy``.

    What is too long for a width, in units of the letters' size, loses its last figures. How long it took is left out without ``wall``.
    """
    parts = _parts(words, found)[0 if wall else 1 :]
    while len(parts) > 1 and ems(SEPARATOR.join(parts)) > width_em:
        parts.pop()
    return SEPARATOR.join(parts)


def _parts(words: Catalogue, found: Stats) -> list[str]:
    parts = [duration(words, found.wall_ns), *_counts(words, found)]
    if found.tasks > 1 and found.mean_concurrency >= LEAST_MEAN:
        mean = found.mean_concurrency
        parts.append(words.gettext("{} at once on average").format(words.number(mean, 1 if mean < 9.95 else 0)))
    looped = sum(found.counts.get(kind, 0) for kind in ALIVE)
    if looped:
        parts.append(_loop(words, found))
    if found.tasks > looped and found.cores_busy is not None and found.cores is not None:
        least = f"<{words.number(2 * LEAST_CORES, 1)}"
        text = words.ngettext("{busy} of {n} core busy", "{busy} of {n} cores busy", found.cores)
        busy = least if found.cores_busy < LEAST_CORES else words.number(found.cores_busy, 1)
        parts.append(text.format(busy=busy, n=words.number(found.cores)))
    return parts


def _counts(words: Catalogue, found: Stats) -> Iterator[str]:
    """Yield how many works of each kind there were."""
    number, count = words.number, found.counts.get
    if n := count(TaskKind.PROCESS):
        yield words.ngettext("{} process", "{} processes", n).format(number(n))
    if n := count(TaskKind.SUBPROCESS):
        yield words.ngettext("{} program", "{} programs", n).format(number(n))
    if n := count(TaskKind.THREAD):
        yield words.ngettext("{} thread", "{} threads", n).format(number(n))
    if n := sum(found.counts.get(kind, 0) for kind in ALIVE):
        yield words.ngettext("{} task", "{} tasks", n).format(number(n))
    calls, jobs = count(TaskKind.CALL), count(TaskKind.JOB)
    if jobs and found.workers:
        text = words.ngettext("{calls} in {n} worker", "{calls} in {n} workers", found.workers)
        yield text.format(calls=_calls(words, jobs), n=number(found.workers))
    elif jobs:
        yield _calls(words, jobs)
    if calls and not jobs:  # seen twice otherwise: the call of a worker, and the function in it
        yield _calls(words, calls)
    if n := count(TaskKind.GENERATOR):
        yield words.ngettext("{} generator", "{} generators", n).format(number(n))


def _calls(words: Catalogue, n: int) -> str:
    return words.ngettext("{} call", "{} calls", n).format(words.number(n))


def _loop(words: Catalogue, found: Stats) -> str:
    busy = words.number(100 * found.utilisation) if found.utilisation >= 0.005 or not found.utilisation else "<1"
    text = words.gettext("loop {} % busy") if len(found.loops) == 1 else words.gettext("busiest loop {} % busy")
    return text.format(busy)


def runs(words: Catalogue, found: Spread | None, *, failed: bool, median: bool = True) -> str:
    """Return how far repeated runs differ: ``5 runs: 1.02–1.11 s, median 1.05 s``; ``""`` where there was one.

    The last part is left out without ``median``: beside a chart of that run it is said already.
    """
    if found is None or (found.count < 2 and not failed):
        return ""
    times = between(words, found.least_ns, found.most_ns)
    if failed:
        text = words.ngettext("this run failed; {n} run did not: {times}", "this run failed; {n} runs did not: {times}", found.count)
        return text.format(n=words.number(found.count), times=times)
    if times == duration(words, found.most_ns):
        text = words.ngettext("{n} run: {times} each", "{n} runs: {times} each", found.count)
        return text.format(n=words.number(found.count), times=times)
    if not median:
        return words.ngettext("{n} run: {times}", "{n} runs: {times}", found.count).format(n=words.number(found.count), times=times)
    text = words.ngettext("{n} run: {times}, median {median}", "{n} runs: {times}, median {median}", found.count)
    return text.format(n=words.number(found.count), times=times, median=duration(words, found.median_ns))


def between(words: Catalogue, least_ns: int, most_ns: int) -> str:
    """Return two times, the unit once where it is the same: ``1.02–1.11 s``."""
    least, most = duration(words, least_ns), duration(words, most_ns)
    number, _, unit = least.rpartition(" ")
    if least == most:
        return most
    return f"{number if unit == most.rpartition(' ')[2] and ' ' not in number else least}–{most}"


def alt(words: Catalogue, trace: Trace, found: Stats, title: str, told: Sequence[str] = ()) -> str:
    """Return the chart in words, for those who cannot see it; ``told`` is what else is said below it."""
    name = title or clean(trace.name, 60)
    counts = Counter(task.outcome for task in trace.tasks if task.kind not in NO_WORK)
    parts = [figures(words, found)]
    if counts:
        parts.append(labels.outcomes(words, counts).replace(" · ", ", "))
    parts += told
    return words.gettext("Gantt chart of {name}: {facts}.").format(name=name, facts="; ".join(parts))


def computed(words: Catalogue, trace: Trace) -> list[str]:
    """Tell what computed side by side; that it took turns instead is a finding."""
    lines = []
    for use in core_use(trace):
        if use.turns:
            continue
        if use.kind is TaskKind.THREAD:
            text = words.ngettext(
                "{n} thread computed side by side: {cores} cores", "{n} threads computed side by side: {cores} cores", use.count
            )
        else:
            text = words.ngettext(
                "{n} process computed side by side: {cores} cores", "{n} processes computed side by side: {cores} cores", use.count
            )
        lines.append(text.format(n=words.number(use.count), cores=words.number(use.cores, 2 if use.cores < 1.2 else 1)))
    return lines
