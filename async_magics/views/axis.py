"""The time axis: round steps, and the unit that suits the length. Imports ``lang`` and ``scene``."""

from __future__ import annotations

from math import floor, log10
from typing import Final

from ..lang import Catalogue, marked
from ..lang.times import UNITS
from .scene import Tick
from .window import Window

MICRO: Final = 1_000
MILLI: Final = 1_000_000
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND

_CELL_LABELS: Final = {
    1: marked("nanoseconds since the cell began"),
    MICRO: marked("microseconds since the cell began"),
    MILLI: marked("milliseconds since the cell began"),
    SECOND: marked("seconds since the cell began"),
    MINUTE: marked("minutes since the cell began"),
}
_LABELS: Final = {
    1: marked("nanoseconds since the start"),
    MICRO: marked("microseconds since the start"),
    MILLI: marked("milliseconds since the start"),
    SECOND: marked("seconds since the start"),
    MINUTE: marked("minutes since the start"),
}
_LONG_STEPS: Final = tuple(n * SECOND for n in (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400))


def unit_of(end_ns: int) -> int:
    """Return the unit of an axis of that length, in nanoseconds."""
    if end_ns > 150 * SECOND:
        return MINUTE
    if end_ns >= SECOND // 10:  # what was typed as sleep(0.3) is read as 0.3
        return SECOND
    return next((unit for unit in (MILLI, MICRO) if end_ns >= unit), 1)


def label(words: Catalogue, end_ns: int, cell: bool) -> str:
    """Return what stands under the axis."""
    return words.gettext((_CELL_LABELS if cell else _LABELS)[unit_of(end_ns)])


def units(words: Catalogue, cell: bool) -> list[tuple[int, str, str]]:
    """Return every unit in nanoseconds, the longest first, with what stands under an axis of it and how a time is written in it."""
    labels = _CELL_LABELS if cell else _LABELS
    return [(unit, words.gettext(labels[unit]), words.gettext(UNITS.get(unit, UNITS[SECOND]))) for unit in sorted(labels, reverse=True)]


def ticks(words: Catalogue, window: Window, most: int) -> tuple[Tick, ...]:
    """Return at most ``most`` + 1 ticks, at round steps; they read as on the axis of all, with as many digits as tell them apart."""
    if window.span_ns <= 0:
        return (Tick(t_ns=0, text="0"),)
    unit = unit_of(window.of_ns)
    step = _step(window.span_ns, max(1, most), unit)
    times = range(-(-window.start_ns // step) * step, window.end_ns + 1, step)
    if unit == MINUTE:
        return tuple(Tick(t_ns=t, text=_minutes(words, t, step)) for t in times)
    decimals = next(n for n in range(12) if step * 10**n % unit == 0)
    return tuple(Tick(t_ns=t, text=words.number(t / unit, decimals)) for t in times)


def _minutes(words: Catalogue, t_ns: int, step: int) -> str:
    if step % SECOND == 0:
        return f"{t_ns // MINUTE}:{t_ns // SECOND % 60:02}"
    decimals = next(n for n in range(12) if step * 10**n % SECOND == 0)
    fine = SECOND // 10 ** min(decimals, 9)
    minutes, ns = divmod(round(t_ns / fine) * fine, MINUTE)  # 59.996 s is 1:00.00
    seconds = words.number(ns / SECOND, decimals)
    return f"{minutes}:{seconds if ns >= 10 * SECOND else '0' + seconds}"


def _step(end_ns: int, most: int, unit: int) -> int:
    if unit == MINUTE and end_ns / most > _LONG_STEPS[0] / 2:
        return next((step for step in _LONG_STEPS if end_ns / step <= most), -(-end_ns // most))
    power = 1
    while True:
        for factor in (10, 20, 25, 50):
            step = max(1, factor * power // 10)
            if end_ns / step <= most:
                return step
        power *= 10


def moment(words: Catalogue, t_ns: int, end_ns: int) -> str:
    """Return a moment as one of the axis reads it, to a thousandth of the axis: ``0.50 s``."""
    unit = unit_of(end_ns)
    if unit == MINUTE:
        return f"{t_ns // MINUTE}:{t_ns // SECOND % 60:02}"
    decimals = 0 if unit == 1 else 3 if end_ns < unit else 2
    return words.gettext(UNITS[unit]).format(words.number(t_ns / unit, decimals))


def exactly(words: Catalogue, t_ns: int, end_ns: int, fine_ns: int) -> str:
    """Return a moment as one of the axis reads it, to about a tenth of some length of time."""
    unit = unit_of(end_ns)
    decimals = min(9, max(2, 1 + floor(log10(min(unit, SECOND) / max(1, fine_ns))))) if unit > 1 else 0
    if unit == MINUTE:
        return _minutes(words, t_ns, SECOND // 10**decimals)
    return words.gettext(UNITS[unit]).format(words.number(t_ns / unit, decimals))
