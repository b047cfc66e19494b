"""The sentences around the picture: the line of figures, the small grey lines below, and the chart in one sentence.

Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import Final

from ..analysis import Stats
from ..lang import Catalogue
from ..model import InstantKind, Location, TaskKind, Trace
from ..model.slices import NONE
from . import labels
from .plain import clean
from .scene import Band, Lane, Role

MOST_NOTES: Final = 7
"""More lines than these are counted, not shown."""
MOST_NAMED: Final = 3


def figures(words: Catalogue, found: Stats) -> str:
    """Return wall time, tasks, mean concurrency and how busy the loop was: ``2.07 s · 4 tasks · 3.1 at once · loop 48 % busy``."""
    parts = [labels.duration(words, found.wall_ns)]
    if found.tasks:
        parts.append(words.ngettext("{} task", "{} tasks", found.tasks).format(words.number(found.tasks)))
        if found.tasks > 1:
            mean = found.mean_concurrency
            parts.append(words.gettext("{} at once on average").format(words.number(mean, 1 if mean < 9.95 else 0)))
        busy = words.number(100 * found.utilisation) if found.utilisation >= 0.005 or not found.utilisation else "<1"
        text = words.gettext("loop {} % busy") if len(found.loops) == 1 else words.gettext("busiest loop {} % busy")
        parts.append(text.format(busy))
    return " · ".join(parts)


def alt(words: Catalogue, trace: Trace, found: Stats, title: str, blocking: Set[int]) -> str:
    """Return the chart in words, for those who cannot see it."""
    name = title or clean(trace.name, 60)
    counts = Counter(task.outcome for task in trace.tasks if task.kind is not TaskKind.CELL)
    parts = [figures(words, found)]
    if counts:
        parts.append(labels.outcomes(words, counts).replace(" · ", ", "))
    if blocking:
        parts.append(_held_up(words, trace, blocking))
    return words.gettext("Gantt chart of {name}: {facts}.").format(name=name, facts="; ".join(parts))


def _held_up(words: Catalogue, trace: Trace, blocking: Set[int]) -> str:
    table = trace.slices
    worst = max(blocking, key=lambda row: table.end_ns[row] - table.start_ns[row])
    took = labels.duration(words, sum(table.end_ns[row] - table.start_ns[row] for row in blocking))
    place = table[worst].location
    if place is None:
        return words.gettext("the loop was held up for {time}").format(time=took)
    return words.gettext("the loop was held up for {time}, longest at {line}").format(time=took, line=labels.line_of(words, place))


def footnotes(words: Catalogue, trace: Trace, lanes: Sequence[Lane], bands: Sequence[Band], unnamed: Set[int]) -> tuple[str, ...]:
    """Return what was not over, not drawn one by one, not kept, and not seen; ``unnamed`` steps block the loop and have no label."""
    lines = [*_culprits(words, trace, unnamed), *_pending(words, trace), *_remarks(words, trace), *_drawn_together(words, lanes, bands)]
    if trace.dropped:
        text = words.ngettext(
            "{} event did not fit into the limit and is missing here",
            "{} events did not fit into the limit and are missing here",
            trace.dropped,
        )
        lines.append(text.format(words.number(trace.dropped)))
    lines += [clean(problem, 200) for problem in trace.problems]
    more = len(lines) - MOST_NOTES
    if more > 0:
        rest = words.ngettext("{} more remark", "{} more remarks", more + 1).format(words.number(more + 1))
        lines[MOST_NOTES - 1 :] = [f"… {rest}"]
    return tuple(lines)


def _culprits(words: Catalogue, trace: Trace, rows: Set[int]) -> list[str]:
    """Name the lines that held up the loop, the worst first, with all the time that each took."""
    table = trace.slices
    took: Counter[Location] = Counter()
    for row in rows:
        if table.location[row] != NONE:
            took[table.locations[table.location[row]]] += table.end_ns[row] - table.start_ns[row]
    if not took:
        return []
    named = [_culprit(words, place, ns) for place, ns in took.most_common(MOST_NAMED)]
    more = len(took) - MOST_NAMED
    return [words.gettext("blocks the loop: {}").format(", ".join(named)) + (f", … (+{words.number(more)})" if more > 0 else "")]


def _culprit(words: Catalogue, place: Location, ns: int) -> str:
    return f"{clean(place.text, 40)} {labels.line_of(words, place)} ({labels.duration(words, ns)})".strip()


def _pending(words: Catalogue, trace: Trace) -> list[str]:
    pending = [task for task in trace.pending if task.kind is not TaskKind.CELL]
    if not pending:
        return []
    text = words.ngettext("{} task was still pending when this was drawn", "{} tasks were still pending when this was drawn", len(pending))
    return [text.format(words.number(len(pending)))]


def _remarks(words: Catalogue, trace: Trace) -> list[str]:
    """Tell what a lecturer wants seen: results nobody asked for, coroutines nobody awaited."""
    texts = {
        InstantKind.NEVER_AWAITED: words.gettext("never awaited: {}"),
        InstantKind.NEVER_RETRIEVED: words.gettext("exception never looked at: {}"),
        InstantKind.DESTROYED: words.gettext("destroyed while pending: {}"),
        InstantKind.CANCEL_SWALLOWED: words.gettext("went on after it was cancelled: {}"),
    }
    lines = []
    for kind, text in texts.items():
        named = list(dict.fromkeys(_subject(trace, instant.task, instant.text) for instant in trace.instants if instant.kind is kind))
        if named:
            shown = ", ".join(named[:MOST_NAMED])
            more = len(named) - MOST_NAMED
            lines.append(text.format(shown) + (f", … (+{words.number(more)})" if more > 0 else ""))
    return lines


def _subject(trace: Trace, task: int | None, text: str) -> str:
    return clean(text, 60) if text or task is None else labels.task_name(trace.tasks[task])


def _drawn_together(words: Catalogue, lanes: Sequence[Lane], bands: Sequence[Band]) -> list[str]:
    lines = []
    groups = [lane for lane in lanes if lane.role in (Role.GROUP, Role.REST)]
    if groups:
        count = sum(len(lane.tasks) for lane in groups)
        text = words.ngettext("{count} tasks share {n} lane", "{count} tasks share {n} lanes", len(groups))
        what = words.gettext("the height tells how many were alive; the strip below, how much of the time one of them ran")
        lines.append(f"{text.format(count=words.number(count), n=len(groups))}: {what}")
    dense = sum(len(lanes[band.lane].tasks) == 1 for band in bands)
    if dense:
        text = words.ngettext("{} lane has more slices than pixels", "{} lanes have more slices than pixels", dense)
        what = words.gettext("the height of each colour is its share of the time")
        lines.append(f"{text.format(words.number(dense))}: {what}")
    return lines
