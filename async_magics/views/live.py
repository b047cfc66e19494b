"""The chart of a cell that still runs: a line of counts, a bar, and a lane for each task that is shown. Plain HTML and SVG.

Nothing moves by itself, and who wants no movement sees the counts only. Everything is escaped. Imports ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from ..lang import Catalogue
from ..lang.plain import clean, fit
from ..lang.times import duration
from ..model import Outcome, Wait, WaitKind
from ..model.live import Live
from ..model.live_counts import Counts
from ..model.live_lanes import Lane
from .labels import wait_texts
from .theme import THEMES, Theme

ROW: Final = 18
WIDTH: Final = 760
FROM: Final = 200
TO: Final = 620
"""Where the time axis lies, in pixels; left of it stand names, right of it what each does now."""
LETTER: Final = 11
STILL: Final = "<style>@media (prefers-reduced-motion: reduce) { .async-magics-live svg { display: none } }</style>"
_MARKS: Final = {Outcome.RETURNED: ("●", "done"), Outcome.RAISED: ("✕", "failed"), Outcome.CANCELLED: ("■", "cancelled")}
"""Sign and word of each end; the words are those of the legend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What stands around the lanes.

    Attributes:
        name: of the recording.
        share: which part of the time went into looking and drawing, 0 to 1.
        run: which run of how many this is.
        theme: name of the colours.
    """

    name: str
    share: float = 0.0
    run: tuple[int, int] = (1, 1)
    theme: str = "light"


def bundle(words: Catalogue, live: Live, look: Look) -> dict[str, str]:
    """Return the chart for a notebook, by MIME type."""
    counts = live.counts()
    line = " · ".join([duration(words, live.now_ns - live.begin_ns), *_parts(words, counts, look)])
    return {"text/html": _html(words, live, look, counts, line), "text/plain": f"{clean(look.name, 60)}: {line}"}


def _parts(words: Catalogue, counts: Counts, look: Look) -> Iterator[str]:
    if look.run[1] > 1:
        yield words.gettext("run {run} of {runs}").format(run=look.run[0], runs=look.run[1])
    if counts.all > counts.calls:
        yield words.gettext("running {}").format(words.number(counts.running))
        yield words.gettext("waiting {}").format(words.number(counts.waiting))
        yield words.gettext("ready {}").format(words.number(counts.ready))
        yield words.gettext("done {}").format(words.number(counts.done))
    if counts.calls:
        text = words.gettext("calls of pools: running {running}, queued {queued}, done {done}")
        yield text.format(
            running=words.number(counts.calls_running), queued=words.number(counts.calls_queued), done=words.number(counts.calls_done)
        )


def _html(words: Catalogue, live: Live, look: Look, counts: Counts, line: str) -> str:
    theme, name = THEMES[look.theme], clean(look.name, 60)
    return (
        f'{STILL}<div class="async-magics-live" style="max-width: {WIDTH}px; padding: 6px 8px; box-sizing: border-box; '
        f'background: {theme.paper}; color: {theme.ink}; font: 13px/1.5 system-ui, sans-serif">'
        f'<div role="progressbar" aria-label="{escape(name)}" aria-valuetext="{escape(line)}"{_value(counts)}>'
        f"<b>{escape(name)}</b> {escape(line)}{_bar(counts, theme) if counts.all else ''}</div>"
        f"{_svg(words, live, theme)}"
        f'<div style="color: {theme.faint}; font-size: 11px">{escape(_below(words, live, look))}</div></div>'
    )


def _value(counts: Counts) -> str:
    """Return how far it is, for screen readers; without tasks nobody knows."""
    done = counts.done + counts.calls_done
    return f' aria-valuemin="0" aria-valuemax="{counts.all}" aria-valuenow="{done}"' if counts.all else ""


def _bar(counts: Counts, theme: Theme) -> str:
    percent = 100 * (counts.done + counts.calls_done) // counts.all
    return (
        f'<div style="height: 4px; margin: 3px 0; background: {theme.grid}">'
        f'<div style="height: 4px; width: {percent}%; background: {theme.running.face}"></div></div>'
    )


def _below(words: Catalogue, live: Live, look: Look) -> str:
    share = words.gettext("this display takes {} % of the time").format(words.number(100 * look.share, 1))
    others = live.lanes.offered - len(live.lanes.shown)
    if others <= 0:
        return share
    return f"{words.ngettext('{} more is not shown', '{} more are not shown', others).format(words.number(others))} · {share}"


# ---------------------------------------------------------------------- lanes
def _svg(words: Catalogue, live: Live, theme: Theme) -> str:
    lanes = [live.cell, *live.lanes.in_order()]
    height = ROW * len(lanes) + ROW
    scale = (TO - FROM) / max(1, live.now_ns - live.begin_ns)
    rows = "".join(
        f'<g transform="translate(0 {ROW * number})">{_lane(words, live, lane, theme, scale)}</g>' for number, lane in enumerate(lanes)
    )
    text = words.ngettext("a chart of {} lane", "a chart of {} lanes", len(lanes)).format(words.number(len(lanes)))
    return (
        f'<svg role="img" aria-label="{escape(text)}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'style="display: block; max-width: 100%" font-size="{LETTER}" font-family="system-ui, sans-serif">'
        f"{rows}{_axis(words, live, theme, ROW * len(lanes))}</svg>"
    )


def _lane(words: Catalogue, live: Live, lane: Lane, theme: Theme, scale: float) -> str:
    def at(t_ns: int) -> float:
        return round(FROM + max(0, t_ns - live.begin_ns) * scale, 1)

    begin, end = at(lane.born_ns), at(live.now_ns if lane.ended_ns is None else lane.ended_ns)
    bars = _joined((at(start), at(stop)) for start, stop in lane.bars(live.now_ns))
    path = "".join(f"M{start:g} 9H{max(stop, start + 1):g}" for start, stop in bars)
    return (
        f"{_label(words, live, lane, theme)}"
        f'<rect x="{begin}" y="5" width="{max(1.0, round(end - begin, 1))}" height="8" fill="{theme.waiting.face}" '
        f'stroke="{theme.waiting.edge}" stroke-width=".6"/><path d="{path}" stroke="{theme.running.face}" stroke-width="12"/>'
        f"{_state(words, lane, theme)}"
    )


def _joined(bars: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield bars, those as one between which nothing could be seen."""
    last: tuple[float, float] | None = None
    for start, stop in bars:
        if last is None:
            last = start, stop
        elif start < max(last[1], last[0] + 1) + 1:
            last = last[0], max(last[1], stop)
        else:
            yield last
            last = start, stop
    if last is not None:
        yield last


def _label(words: Catalogue, live: Live, lane: Lane, theme: Theme) -> str:
    room = (FROM - 10) / LETTER
    name = words.gettext("cell") if lane is live.cell else clean(lane.name, 60)
    call = clean(lane.call, 60)
    if not name:
        return f'<text x="4" y="13" fill="{theme.ink}">{escape(fit(call, room))}</text>'
    shown = fit(name, room * (0.5 if call else 1), bold=True)
    rest = f' <tspan fill="{theme.faint}">{escape(fit(call, room / 2))}</tspan>' if call else ""
    return f'<text x="4" y="13" fill="{theme.ink}"><tspan font-weight="bold">{escape(shown)}</tspan>{rest}</text>'


def _state(words: Catalogue, lane: Lane, theme: Theme) -> str:
    """Say what it does now, or how it ended: with a sign, a colour and a word."""
    room = (WIDTH - TO - 24) / LETTER
    if lane.ended_ns is not None and lane.outcome in _MARKS:
        sign, word = _MARKS[lane.outcome]
        text, color = words.gettext(word), theme.ends[lane.outcome]
    else:
        sign, text = _doing(words, lane)
        color = theme.running.face if sign == "▶" else theme.faint
    return (
        f'<text x="{TO + 6}" y="13" fill="{color}">{sign}</text>'
        f'<text x="{TO + 20}" y="13" fill="{theme.ink}">{escape(fit(text, room))}</text>'
    )


def _doing(words: Catalogue, lane: Lane) -> tuple[str, str]:
    if lane.open_ns is not None:
        return "▶", words.gettext("running")
    if type(lane.ending) is tuple:
        return "…", next(iter(wait_texts(words, _wait(lane.ending), ())), "") or words.gettext("waiting")
    if isinstance(lane.key, int) or not lane.begun:
        return "○", words.gettext("ready, not yet run")
    return "…", words.gettext("waiting")


def _wait(ending: tuple[Any, ...]) -> Wait:
    _chain, kind, delay_ns, count, _targets, name, _object = ending
    return Wait(kind=WaitKind(kind), delay_ns=delay_ns, count=count, name=name)


def _axis(words: Catalogue, live: Live, theme: Theme, top: int) -> str:
    ends = ((FROM, 0, "start"), (TO, live.now_ns - live.begin_ns, "end"))
    texts = "".join(
        f'<text x="{x}" y="{top + 15}" fill="{theme.faint}" text-anchor="{anchor}">{escape(duration(words, t_ns) if t_ns else "0")}</text>'
        for x, t_ns, anchor in ends
    )
    return f'<path d="M{FROM} {top + 2}H{TO}" stroke="{theme.axis}" stroke-width=".8"/>{texts}'
