"""What the rules noticed, as paragraphs below the picture: at most three, unless the reader wants all.

Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..analysis.findings import Finding
from ..lang import Catalogue
from ..lang.plain import clean
from ..model import Location
from .facts import Facts
from .scene import INDENTED, Paragraph, Tone
from .spec import ChartOptions

TOP: Final = 3
"""More than three lessons at once are none."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said below the picture.

    Attributes:
        paragraphs: the findings.
        places: the lines that they name.
    """

    paragraphs: tuple[Paragraph, ...] = ()
    places: frozenset[Location] = frozenset()


def advice(words: Catalogue, facts: Facts, options: ChartOptions) -> Advice:
    """Return the findings that are to be shown, the weightiest first, and how many there are besides."""
    if options.findings == "off":
        return Advice()
    found = facts.findings(options.ignore)
    shown = found if options.findings == "all" else found[:TOP]
    lines = [line for finding in shown for line in _paragraphs(words, finding)]
    if more := len(found) - len(shown):
        text = words.ngettext("{} more finding: --findings all shows it", "{} more findings: --findings all shows them", more)
        lines.append(Paragraph(tone=Tone.FOOTNOTE, text=text.format(words.number(more))))
    return Advice(tuple(lines), frozenset(finding.location for finding in shown if finding.location is not None))


def _paragraphs(words: Catalogue, finding: Finding) -> Iterator[Paragraph]:
    yield Paragraph(tone=Tone.FINDING, text=clean(finding.what.say(words), 600), mark=clean(finding.code, 12))
    further = " ".join(filter(None, (finding.why.say(words), finding.instead.say(words))))
    if further:
        yield Paragraph(tone=Tone.ADVICE, text=clean(further, 600), mark=INDENTED)
