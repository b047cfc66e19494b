"""What a comparison says: how much faster, how far runs differ, all of it in one sentence. Imports ``analysis``, ``lang``, ``figures``."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis.compare import SAME, Compared
from ..lang import Catalogue
from ..lang.plain import clean
from ..lang.times import duration
from . import figures


def span_of_runs(words: Catalogue, row: Compared) -> str:
    """Return how far repeated runs differ, ``""`` where there was one."""
    return figures.runs(words, row.spread, failed=row.failed, median=False)


def speed(words: Catalogue, row: Compared) -> str:
    """Return how much faster than the first: ``2.9× faster``."""
    found = row.speed_up
    if found is None:
        return words.gettext("failed") if row.failed else ""
    if abs(found - 1) <= SAME:
        return words.gettext("as fast")
    factor = found if found > 1 else 1 / found
    if factor < 9.95:
        text = words.gettext("{}× faster") if found > 1 else words.gettext("{}× slower")
        return text.format(words.number(factor, 1))
    whole = round(factor)
    faster = words.ngettext("{n}× faster", "{n}× faster", whole)
    slower = words.ngettext("{n}× slower", "{n}× slower", whole)
    return (faster if found > 1 else slower).format(n=words.number(whole))


def alt(words: Catalogue, rows: Sequence[Compared], title: str) -> str:
    """Return the comparison in words, for those who cannot see it."""
    facts = []
    for number, row in enumerate(rows):
        name = clean(row.title or row.name, 60)
        facts.append(", ".join(filter(None, (f"{name} {duration(words, row.wall_ns)}", speed(words, row) if number else ""))))
    return words.gettext("Gantt chart of {name}: {facts}.").format(name=title or words.gettext("a comparison"), facts="; ".join(facts))
