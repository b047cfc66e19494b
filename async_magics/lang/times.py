"""Times in words: three digits and a unit. Imports this folder only."""

from __future__ import annotations

from typing import Final

from . import Catalogue, marked

UNITS: Final = {1: marked("{} ns"), 1_000: marked("{} µs"), 1_000_000: marked("{} ms"), 1_000_000_000: marked("{} s")}


def duration(words: Catalogue, ns: int) -> str:
    """Return a time in three digits and the unit that suits it: ``850 µs``, ``2.07 s``, ``1 min 40 s``."""
    seconds = round(ns / 1e9)
    if seconds >= 120:
        return words.gettext("{minutes} min {seconds} s").format(minutes=words.number(seconds // 60), seconds=seconds % 60)
    unit, text = next((pair for pair in reversed(UNITS.items()) if ns >= pair[0]), (1, UNITS[1]))
    value = ns / unit
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return words.gettext(text).format(words.number(value, decimals if unit > 1 else 0))


def exact(words: Catalogue, ns: int) -> str:
    """Return a time that somebody typed, without idle digits: ``5 s``, ``0.25 s``."""
    if abs(ns) >= 120_000_000_000:
        return duration(words, ns)
    text = f"{ns / 1e9:.6f}".rstrip("0").rstrip(".")
    return words.gettext("{} s").format(words.number(float(text), len(text.partition(".")[2])))
