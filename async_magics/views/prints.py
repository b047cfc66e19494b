"""What was printed: ticks on the lanes, and on demand a list below the picture. Imports ``lang``, ``model`` and this folder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..lang import Catalogue
from ..lang.plain import clean
from ..model import Instant, TaskKind, Trace
from . import labels
from .annotations import PrintTick
from .axis import moment
from .facts import Facts
from .scene import Frame, Lane, Paragraph, Tone
from .window import Window

MOST_LINES: Final = 20
LONGEST: Final = 200


def printed(facts: Facts, at: Mapping[int, int], window: Window) -> tuple[Instant, ...]:
    """Return what the tasks of the lanes that are drawn wrote, in order of time; what nobody is known to have written, too."""
    low = bisect_left(facts.printed, window.start_ns, key=lambda item: item.t_ns)
    high = bisect_right(facts.printed, window.end_ns, key=lambda item: item.t_ns)
    return tuple(item for item in facts.printed[low:high] if (who := _who(item)) is None or who in at)


def _who(instant: Instant) -> int | None:
    return instant.by if instant.task is None else instant.task


def ticks(found: Sequence[Instant], at: Mapping[int, int], frame: Frame, lanes: Sequence[Lane]) -> tuple[PrintTick, ...]:
    """Return a tick for every pixel of a lane in which something was printed."""
    places = {(at[who], round(frame.x(item.t_ns))): None for item in found if (who := _who(item)) is not None}
    return tuple(PrintTick(lane=lane, x=x, y=lanes[lane].top + lanes[lane].height) for lane, x in places)


def paragraphs(
    words: Catalogue, trace: Trace, found: Sequence[Instant], at: Mapping[int, int], lanes: Sequence[Lane]
) -> Iterator[Paragraph]:
    """Yield the list: when, who, what; the rest counted."""
    told = [item for item in found if item.text.strip()]
    for item in told[:MOST_LINES]:
        who = _who(item)
        name = "" if who is None else f"{_name(trace, who, lanes[at[who]])}: "
        text = clean(item.text.strip("\r\n"), LONGEST)
        yield Paragraph(tone=Tone.PRINTED, text=f"{name}{text}", mark=moment(words, item.t_ns, trace.end_ns))
    if (more := len(told) - MOST_LINES) > 0:
        text = words.ngettext("{} more line printed", "{} more lines printed", more).format(words.number(more))
        yield Paragraph(tone=Tone.FOOTNOTE, text=f"… {text}")


def _name(trace: Trace, task: int, lane: Lane) -> str:
    """Return what a task's lane is called, or the task itself where others are drawn in it too."""
    if lane.tasks == (task,):
        return lane.name
    found = trace.tasks[task]
    return labels.call_of(found) if found.kind is TaskKind.JOB else labels.task_name(found)
