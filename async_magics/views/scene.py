"""A chart as plain, frozen data: what stands where, in pixels and nanoseconds. Painters read it and decide nothing.

``compose`` makes one from a trace. A scene stays small whatever the trace: lanes are bounded, and a lane with more slices than
pixels is a band of shares. Imports nothing but ``annotations`` and ``theme`` of this folder; no numpy, no
matplotlib.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from .annotations import Annotations
from .theme import Theme


class Role(StrEnum):
    """What a lane stands for."""

    CELL = "cell"
    TASK = "task"
    POOL = "pool"  #: a pool, and the jobs that none of its workers began
    WORKER = "worker"  #: a worker, and the jobs that it ran
    GROUP = "group"  #: like tasks: same function, same creator
    REST = "rest"  #: all that would not fit otherwise


class BarKind(StrEnum):
    """What a bar tells; also the keys of the legend, together with ``Outcome``, ``"cpu"`` and the kinds of arrows."""

    OPEN = "open"  # a pool that can be given work
    WAITING = "waiting"
    READY = "ready"
    STARTING = "starting"
    RUNNING = "running"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A row of the chart.

    Attributes:
        role: what it stands for.
        tasks: ids of the tasks whose lane it is; more than one in a group.
        inner: ids of the tasks that are drawn in it too: the jobs of a worker, those that nobody began in a pool's.
        name, detail: the bold and the grey text left of it, cleaned and bounded, not yet cut to the room there is.
        depth: how many lanes stand above it in the tree of who created whom.
        parent: number of the lane above it in that tree.
        top, height: of its bars, in pixels from the chart's top.
        strip: height of the part at the bottom in which running is drawn; all of it, but in a band of many tasks of one loop.
        color: what its running parts are painted in, ``#rrggbb``; ``""``: the theme's colour.
        parallel: its many tasks could all run at once, as threads and processes can.
    """

    role: Role
    tasks: tuple[int, ...]
    name: str
    detail: str = ""
    depth: int = 0
    parent: int | None = None
    top: float = 0.0
    height: float = 0.0
    strip: float = 0.0
    inner: tuple[int, ...] = ()
    parallel: bool = False
    color: str = ""

    @property
    def many(self) -> bool:
        """Whether it stands for several tasks at once, so that only their number can be drawn."""
        return self.role in (Role.GROUP, Role.REST)

    @property
    def middle(self) -> float:
        """Where its texts and markers stand."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """All bars of one kind, as columns of equal length, ordered by lane and time."""

    kind: BarKind
    lane: tuple[int, ...]
    start_ns: tuple[int, ...]
    end_ns: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuShares:
    """How much of a core was used in the bars wide enough to show it, as columns of equal length.

    Attributes:
        lane, start_ns, end_ns: the bars.
        share: CPU time divided by the bar's length, 0 to 1; more than one core shows as 1.
    """

    lane: tuple[int, ...] = ()
    start_ns: tuple[int, ...] = ()
    end_ns: tuple[int, ...] = ()
    share: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How many tasks of a lane were in which state, column by column.

    Attributes:
        lane: its number.
        start_ns, column_ns: where the first column begins, and how wide each is.
        running, ready, waiting: mean number of tasks in that state during each column.
        peak: the largest number of tasks alive in a column, what the full height stands for.
        text: a label on it, ``""`` for none.
        starting: those that are ready are starting up, as processes do, and do not queue for a loop.
    """

    lane: int
    start_ns: float
    column_ns: float
    running: tuple[float, ...]
    ready: tuple[float, ...]
    waiting: tuple[float, ...]
    peak: float
    text: str = ""
    starting: bool = False

    @property
    def end_ns(self) -> float:
        """Where the last column ends."""
        return self.start_ns + self.column_ns * len(self.running)

    @property
    def middle_ns(self) -> float:
        """Where its label stands."""
        return (self.start_ns + self.end_ns) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text on a bar, already cut to fit."""

    lane: int
    start_ns: int
    end_ns: int
    text: str
    on: BarKind


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a task ended. ``outcome`` is a value of ``Outcome``; ``small`` ones stand in bands, many to a lane."""

    lane: int
    t_ns: int
    outcome: str
    text: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """Something went from one lane (``source``) at ``t_ns`` to another (``target``) at ``end_ns``.

    ``kind`` is ``"cancel"``: a task was asked to stop, at once; ``"handed"``: a call went to a worker, or its result came back; or
    ``"cause"``: one brought the other about, drawn where a reader asked for the causes of a task.
    """

    t_ns: int
    source: int
    target: int
    end_ns: int
    kind: str = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPart:
    """The critical path stays on a lane for a while; the next part begins where this one ends, on another lane."""

    lane: int
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the time axis."""

    t_ns: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendItem:
    """One sign that occurs in the chart: a ``BarKind``, an ``Outcome``, ``"cpu"``, or the kind of an ``Arrow``."""

    kind: str
    text: str


class Tone(StrEnum):
    """How a paragraph below the picture is written."""

    CAPTION = "caption"  #: the author's own sentence
    REMARK = "remark"  #: one of the numbered remarks
    PRINTED = "printed"  #: what a task printed, and when
    PATH = "path"  #: what the critical path means
    FINDING = "finding"  #: what a rule noticed
    ADVICE = "advice"  #: why that matters, and what to write instead
    FOOTNOTE = "footnote"  #: what was not seen, not drawn, or not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A text below the picture.

    Attributes:
        tone: how it is written.
        text: cleaned, not yet broken into lines.
        mark: what stands before it in bold: a finding's code, a remark's number. Its further lines, and those of paragraphs that
            follow with the mark ``INDENTED``, begin under its text.
    """

    tone: Tone
    text: str
    mark: str = ""


INDENTED: Final = "\N{NO-BREAK SPACE}"
"""The mark of a paragraph that continues the one above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text below the picture: where its base line begins, and how it is written."""

    x: float
    y: float
    text: str
    tone: Tone
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where everything stands, in pixels (96 to the inch), y downwards.

    Attributes:
        width, height: of the whole chart.
        left, right: the ends of the time axis.
        top, bottom: of the field with the lanes.
        scale: size of letters and margins against the notebook's.
        px_per_ns: of the time axis.
        start_ns: where the time axis begins.
        title_y, figures_y, runs_y, cell_end_y, tick_y, axis_y: base lines of the texts above and below the field.
        legend: x and y of every legend item's sign.
        below: the lines of the paragraphs below the picture.
        one_line: names and details stand beside each other.
        tree: names stand on the left, indented, with lines to their creators.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    scale: float
    px_per_ns: float
    title_y: float
    figures_y: float
    runs_y: float
    cell_end_y: float
    tick_y: float
    axis_y: float
    legend: tuple[tuple[float, float], ...]
    below: tuple[Line, ...]
    one_line: bool
    tree: bool
    start_ns: int = 0

    def x(self, t_ns: float) -> float:
        """Return where a moment stands."""
        return self.left + (t_ns - self.start_ns) * self.px_per_ns

    def t_ns(self, x: float) -> int:
        """Return which moment stands at a place."""
        return round(self.start_ns + (x - self.left) / self.px_per_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One of several charts under each other: its heading, and where it ended.

    Attributes:
        lane: number of its first lane.
        name, headline, figures: the heading: bold, bold from ``headline_x`` on, and grey at the right; already cut to fit.
        y: base line of the heading.
        rule_y: of the line above it, ``None`` for the first chart.
        top: of its uppermost bar, where the line at its end begins.
        end_ns: when it ended.
        end_text, end_y, end_align: what stands at the foot of that line, ``""`` for nothing; on which side of it.
        runs_ns: when repeated runs of the same ended, the shortest first; empty where there was one.
        runs_text, runs_y, runs_align: what stands beside the marks of these, where they are, and which end of the text stands at them.
    """

    lane: int
    name: str
    headline: str
    headline_x: float
    figures: str
    y: float
    rule_y: float | None
    top: float
    end_ns: int
    end_text: str
    end_y: float
    end_align: Literal["left", "right"]
    runs_ns: tuple[int, ...] = ()
    runs_text: str = ""
    runs_y: float = 0.0
    runs_align: Literal["left", "right"] = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One chart, or several under each other.

    Attributes:
        title, figures, runs: heading, the line of figures, and how far repeated runs differ.
        alt: the chart in one sentence, for those who cannot see it.
        lanes, bars, cpu, bands, labels, ends, arrows: what stands in the field.
        annotations: what people said about it, and what was printed.
        ticks, axis_label: the time axis.
        cell_end_ns, cell_end_text: the dashed line, ``None`` where nothing outlives the cell.
        legend: one item for every sign that occurs.
        below: the paragraphs under the legend: caption, remarks, findings, footnotes.
        lost_text: what a painter adds when its fonts do not have every letter.
        start_ns, end_ns: where the time axis begins and ends.
        frame, theme: where, and in which colours.
        panels: the headings of several charts, empty where there is one.
        path: where the critical path goes; empty where nobody asked for it.
        pale: numbers of lanes that step back behind the others.
    """

    title: str
    figures: str
    runs: str
    alt: str
    lanes: tuple[Lane, ...]
    bars: tuple[Bars, ...]
    cpu: CpuShares
    bands: tuple[Band, ...]
    labels: tuple[Label, ...]
    ends: tuple[End, ...]
    arrows: tuple[Arrow, ...]
    annotations: Annotations = field(default_factory=Annotations)
    ticks: tuple[Tick, ...]
    axis_label: str
    cell_end_ns: int | None
    cell_end_text: str
    legend: tuple[LegendItem, ...]
    below: tuple[Paragraph, ...]
    lost_text: str
    end_ns: int
    frame: Frame
    theme: Theme
    start_ns: int = 0
    panels: tuple[Panel, ...] = ()
    path: tuple[PathPart, ...] = ()
    pale: frozenset[int] = frozenset()

    def bars_of(self, kind: BarKind) -> Bars:
        """Return the bars of one kind, perhaps none."""
        for bars in self.bars:
            if bars.kind is kind:
                return bars
        return Bars(kind=kind, lane=(), start_ns=(), end_ns=())

    def on_lanes(self, kind: BarKind, lanes: Container[int]) -> Bars:
        """Return the bars of one kind on some lanes."""
        bars = self.bars_of(kind)
        chosen = [item for item in zip(bars.lane, bars.start_ns, bars.end_ns, strict=True) if item[0] in lanes]
        lane, start, end = zip(*chosen, strict=True) if chosen else ((), (), ())
        return Bars(kind=kind, lane=lane, start_ns=start, end_ns=end)

    @property
    def footnotes(self) -> tuple[str, ...]:
        """What was not seen, not drawn, or not over."""
        return tuple(paragraph.text for paragraph in self.below if paragraph.tone is Tone.FOOTNOTE)

    @property
    def bar_count(self) -> int:
        """How many bars, and columns of bands, there are."""
        return sum(map(len, self.bars)) + sum(len(band.running) for band in self.bands)
