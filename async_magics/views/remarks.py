"""The numbered remarks of a chart: callouts, marks, the author's notes, spans too short for their names. One list, one order.

Numbers are given in the order of the first time that each remark appears. Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from ..analysis.phrases import line_of
from ..lang import Catalogue
from ..lang.plain import clean
from ..model import InstantKind, Location
from . import pins
from .annotations import Annotations, Disc
from .brackets import Brackets
from .facts import Facts
from .lanes import lane_of
from .layout import Across
from .scene import Frame, Lane, Paragraph, Tone
from .spec import ChartOptions
from .window import Window

LONGEST: Final = 300
"""Columns of a remark's text; more of it is cut."""
MOST_LISTED: Final = 20
MARGIN: Final = 2.0
"""Pixels above the highest disc."""
MOST_DRAWN: Final = 99
"""Numbers above this have no disc."""
MOST_TOLD: Final = 3
"""How many remarks the sentence for those who cannot see the chart repeats."""


Key: TypeAlias = tuple[str, ...]


class Saying(NamedTuple):
    """A remark at one moment. Sayings with the same ``key`` are one remark."""

    t_ns: int
    lane: int | None
    task: int | None
    key: Key
    text: str
    place: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """All remarks of a chart, and where they stand along the time axis.

    Attributes:
        texts: the remarks in the order of their numbers, with the lines of code they belong to.
        sayings: the moments that have a disc, lane by lane, with the discs' numbers and places.
        rows: how many rows of discs there are above a lane.
        brackets: the spans.
        scale: of the chart.
    """

    texts: tuple[str, ...]
    sayings: tuple[tuple[Saying, int, pins.Place], ...]
    rows: Mapping[int | None, int]
    brackets: Brackets
    scale: float

    @property
    def above(self) -> float:
        """How much room above the field the remarks on the chart as a whole take."""
        return self.rows.get(None, 0) * self._row

    def headroom(self, lanes: int) -> tuple[float, ...]:
        """Return how much room above its bars every lane needs."""
        wanted = (self._stem(number) + self.rows.get(number, 0) * self._row for number in range(lanes))
        return tuple(height + MARGIN * self.scale if height else 0.0 for height in wanted)

    @property
    def _row(self) -> float:
        return (2 * pins.RADIUS + pins.APART) * self.scale

    def _stem(self, lane: int | None) -> float:
        """Return the distance from the bars to the discs."""
        levels = 0 if lane is None else self.brackets.levels(lane)
        return (levels * pins.SPAN_ROW + (pins.STEM if levels or lane in self.rows else 0)) * self.scale

    def paragraphs(self, words: Catalogue) -> Iterator[Paragraph]:
        """Yield the list below the picture."""
        count = len(self.texts)
        listed = count if count <= MOST_LISTED + 1 else MOST_LISTED
        for number, text in enumerate(self.texts[:listed], start=1):
            yield Paragraph(tone=Tone.REMARK, text=text, mark=str(number))
        if more := count - listed:
            rest = words.ngettext("{} more numbered remark", "{} more numbered remarks", more).format(words.number(more))
            yield Paragraph(tone=Tone.FOOTNOTE, text=f"… {rest} ({listed + 1}–{count})")

    def told(self, words: Catalogue) -> str:
        """Return how many remarks there are, and the first of them, in one sentence; ``""`` for none."""
        if not self.texts:
            return ""
        first = "; ".join(f"{number} {clean(text, 100)}" for number, text in enumerate(self.texts[:MOST_TOLD], start=1))
        text = words.ngettext("{n} remark: {texts}.", "{n} remarks: {texts}.", len(self.texts))
        return text.format(n=words.number(len(self.texts)), texts=first + ("; …" if len(self.texts) > MOST_TOLD else ""))

    def placed(self, frame: Frame, lanes: Sequence[Lane]) -> Annotations:
        """Return the discs and brackets in the chart's pixels."""
        discs = tuple(self._disc(frame, lanes, *found) for found in self.sayings)
        return Annotations(
            discs=discs,
            brackets=self.brackets.placed(frame, lanes, [(disc.lane, disc.at_x) for disc in discs]),
            radius=pins.RADIUS * self.scale,
        )

    def _disc(self, frame: Frame, lanes: Sequence[Lane], saying: Saying, number: int, place: pins.Place) -> Disc:
        foot = frame.top if saying.lane is None else lanes[saying.lane].top
        y = foot - self._stem(saying.lane) - place.row * self._row - self._row / 2
        at_y = frame.bottom if saying.lane is None else foot
        text, at_x = self.texts[number - 1], frame.x(saying.t_ns)
        return Disc(number=number, text=text, lane=saying.lane, t_ns=saying.t_ns, x=place.x, y=y, at_x=at_x, at_y=at_y)


def remarks(words: Catalogue, facts: Facts, lanes: Sequence[Lane], options: ChartOptions, across: Across, window: Window) -> Remarks:
    """Return the remarks on a trace as its chart shows them."""
    at = lane_of(lanes)
    brackets = Brackets.of(facts.trace, lanes, at, across, window)
    found = sorted((*_said(facts, at, options, window), *_unnamed(brackets)), key=lambda saying: saying.t_ns)
    times = Counter(saying.key for saying in found)
    numbers = {key: number for number, key in enumerate(times, start=1)}
    shown = [saying for saying in _marked(found, lanes, options) if numbers[saying.key] <= MOST_DRAWN]
    discs = tuple(_placed(shown, numbers, across))
    drawn = Counter(saying.key for saying, _number, _place in discs)
    first = {saying.key: saying for saying in reversed(found)}
    texts = tuple(_text(words, first[key], times[key] if times[key] > drawn[key] else 1) for key in numbers)
    rows: dict[int | None, int] = {}
    for saying, _number, place in discs:
        rows[saying.lane] = max(rows.get(saying.lane, 0), place.row + 1)
    return Remarks(texts=texts, sayings=discs, rows=rows, brackets=brackets, scale=across.scale)


def numbered(words: Catalogue, facts: Facts, lanes: Sequence[Lane], options: ChartOptions) -> Iterator[tuple[int, Saying, str]]:
    """Yield every remark as often as it was made, but for what has a bracket: its number, when and by whom, and its text."""
    found = sorted(_said(facts, lane_of(lanes), options, Window.all(facts.trace.end_ns)), key=lambda saying: saying.t_ns)
    numbers = {key: number for number, key in enumerate(dict.fromkeys(saying.key for saying in found), start=1)}
    yield from ((numbers[saying.key], saying, _text(words, saying, 1)) for saying in found)


def _said(facts: Facts, at: Mapping[int, int], options: ChartOptions, window: Window) -> Iterator[Saying]:
    """Yield every callout, mark and note that belongs on the chart: not those of lanes that the reader left out."""
    for instant in facts.said:
        if instant.kind is InstantKind.MARK or options.callouts != "off":
            task = instant.by if instant.task is None else instant.task
            if (task is None or task in at) and window.holds(instant.t_ns):
                key = _key(instant.kind, instant.text, instant.location)
                yield Saying(instant.t_ns, _lane(at, task), task, key, instant.text, instant.location)
    for note in facts.trace.notes:
        if (note.task is None or note.task in at) and window.holds(note.t_ns):
            yield Saying(note.t_ns, _lane(at, note.task), note.task, _key("note", note.text), note.text)


def _unnamed(brackets: Brackets) -> Iterator[Saying]:
    for span, lane, start_ns in brackets.unnamed:
        yield Saying(start_ns, lane, span.task, _key("span", span.name, span.location), span.name, span.location)


def _key(kind: str, text: str, place: Location | None = None) -> Key:
    return (kind, text, *(() if place is None else (place.file, str(place.line))))


def _lane(at: Mapping[int, int], task: int | None) -> int | None:
    return None if task is None else at[task]


def _marked(found: Iterable[Saying], lanes: Sequence[Lane], options: ChartOptions) -> Iterator[Saying]:
    """Yield what gets a disc: of a callout the first of each task, or of each lane that stands for many; all if that is wanted."""
    seen = set()
    for saying in found:
        lane = None if saying.lane is None else lanes[saying.lane]
        whose = (saying.lane, None if lane is not None and lane.many else saying.task)
        once = saying.key[0] in (InstantKind.CALLOUT, "span") and options.callouts != "all"
        if not once or (saying.key, whose) not in seen:
            yield saying
        seen.add((saying.key, whose))


def _placed(shown: Sequence[Saying], numbers: Mapping[Key, int], across: Across) -> Iterator[tuple[Saying, int, pins.Place]]:
    by_lane: defaultdict[int | None, list[Saying]] = defaultdict(list)
    for saying in shown:
        by_lane[saying.lane].append(saying)
    seen: set[Key] = set()
    for sayings in by_lane.values():
        wanted = []
        for saying in sayings:
            wanted.append(pins.Wanted(across.x(saying.t_ns), numbers[saying.key], saying.key in seen))
            seen.add(saying.key)
        width = (2 * pins.RADIUS + pins.APART) * across.scale
        places = pins.stack(wanted, width, across.left - width / 2, across.right + width / 2)
        yield from ((saying, numbers[saying.key], place) for saying, place in zip(sayings, places, strict=True) if place is not None)


def _text(words: Catalogue, saying: Saying, times: int) -> str:
    """Return what a remark says, its line of code, and how often that ran where not every time has a disc."""
    about = [] if saying.place is None else [line_of(words, saying.place)]
    if times > 1:
        about.append(words.ngettext("{} time", "{} times", times).format(words.number(times)))
    text = clean(saying.text.strip(), LONGEST) or "…"
    return f"{text} ({'; '.join(about)})" if about else text
