"""The small grey lines below the picture: what was not over, not drawn one by one, not kept, not seen.

Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from typing import Final

from ..analysis import unfinished
from ..analysis.phrases import line_of
from ..lang import Catalogue
from ..lang.plain import clean
from ..lang.times import duration
from ..model import InstantKind, Location, Outcome, TaskKind, Trace
from ..model.slices import NONE
from . import labels
from .scene import Band, End, Lane, Paragraph, Tone

MOST_NOTES: Final = 7
"""More lines than these are counted, not shown."""
MOST_NAMED: Final = 3


def footnotes(
    words: Catalogue, trace: Trace, lanes: Sequence[Lane], bands: Sequence[Band], ends: Sequence[End], unnamed: Set[int],
    computed: Sequence[str] = (), chosen: Iterable[str] = (),
) -> tuple[Paragraph, ...]:  # fmt: skip
    """Return the lines.

    ``unnamed`` steps block the loop and have no label, nor a finding; ``computed`` are of ``figures.computed``, ``chosen`` of
    ``choice.remarks``.
    """
    lines = [
        *chosen,
        *_culprits(words, trace, unnamed), *computed, *_pending(words, trace),
        *_remarks(words, trace), *_failures(words, trace, lanes, ends), *_drawn_together(words, lanes, bands),
    ]  # fmt: skip
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
    return tuple(Paragraph(tone=Tone.FOOTNOTE, text=line) for line in lines)


def _culprits(words: Catalogue, trace: Trace, rows: Set[int]) -> list[str]:
    """Name the lines that held up the loop, the worst first, with all the time that each took."""
    table = trace.slices
    took: Counter[Location] = Counter()
    for row in rows:
        if table.location[row] != NONE:
            took[table.locations[table.location[row]]] += table.end_ns[row] - table.start_ns[row]
    if not took:
        return []
    named = [_culprit(words, place, ns) for place, ns in took.most_common()]
    return [words.gettext("blocks the loop: {}").format(_listed(words, named))]


def _culprit(words: Catalogue, place: Location, ns: int) -> str:
    return f"{clean(place.text, 40)} {line_of(words, place)} ({duration(words, ns)})".strip()


def _failures(words: Catalogue, trace: Trace, lanes: Sequence[Lane], ends: Sequence[End]) -> list[str]:
    """Name the calls that failed, and the processes that did not end well, where the chart has no room for it."""
    named = {(end.lane, end.t_ns) for end in ends if end.text and not end.small}
    calls, codes = [], []
    for number, lane in enumerate(lanes):
        for task in map(trace.tasks.__getitem__, (*lane.tasks, *lane.inner)):
            if (number, task.ended_ns) in named:
                continue
            if task.kind is TaskKind.JOB and task.outcome is Outcome.RAISED:
                calls.append(f"{labels.call_of(task)} {labels.failure(words, task)}")
            elif task.outcome is Outcome.RAISED and task.exit_code:
                codes.append(f"{labels.task_name(task)} ({labels.exit_text(words, task.exit_code)})")
    texts = (words.gettext("failed: {}"), calls), (words.gettext("ended badly: {}"), codes)
    return [text.format(_listed(words, found)) for text, found in texts if found]


def _listed(words: Catalogue, names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f", … (+{words.number(more)})" if more > 0 else "")


def _pending(words: Catalogue, trace: Trace) -> list[str]:
    pending = len(unfinished(trace))
    if not pending:
        return []
    text = words.ngettext("{} task was still pending when this was drawn", "{} tasks were still pending when this was drawn", pending)
    return [text.format(words.number(pending))]


def _remarks(words: Catalogue, trace: Trace) -> list[str]:
    """Name the calls that were given to a pool and that no worker began."""
    unbegun = (instant for instant in trace.instants if instant.kind is InstantKind.NEVER_BEGUN)
    named = list(dict.fromkeys(_subject(trace, instant.task, instant.text) for instant in unbegun))
    return [words.gettext("calls that no worker began: {}").format(_listed(words, named))] if named else []


def _subject(trace: Trace, task: int | None, text: str) -> str:
    return clean(text, 60) if text or task is None else labels.task_name(trace.tasks[task])


def _drawn_together(words: Catalogue, lanes: Sequence[Lane], bands: Sequence[Band]) -> list[str]:
    lines = []
    groups = [lane for lane in lanes if lane.many]
    if groups:
        count = sum(len(lane.tasks) + len(lane.inner) for lane in groups)
        text = words.ngettext("{count} tasks share {n} lane", "{count} tasks share {n} lanes", len(groups))
        if all(lane.parallel for lane in groups):
            what = words.gettext("the height tells how many there were, the dark part how many of them ran")
        else:
            what = words.gettext("the height tells how many were alive; the strip below, how much of the time one of them ran")
        lines.append(f"{text.format(count=words.number(count), n=len(groups))}: {what}")
    dense = sum(not lanes[band.lane].many for band in bands)
    if dense:
        text = words.ngettext("{} lane has more slices than pixels", "{} lanes have more slices than pixels", dense)
        what = words.gettext("the height of each colour is its share of the time")
        lines.append(f"{text.format(words.number(dense))}: {what}")
    return lines
