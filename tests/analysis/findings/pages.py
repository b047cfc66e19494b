"""Pages of ``docs/findings``: what each must hold, and the cells in it.

A page is named after its rule and begins with ``# AM101: the rule's summary``. Its last two sections are ``## Fires`` and
``## Does not fire``; each holds one ```` ```python ```` block, or several that are cells run one after the other. With the word
``interrupt`` after ``python`` the cell hangs, and the stop button is pressed; with the word ``quiet`` the rule measures what a machine
without a free core does not show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "docs/findings"
FIRES, SILENT = "Fires", "Does not fire"
SECTIONS = ["Why it matters", "What to write instead", FIRES, SILENT]
INTERRUPT_S = 1.0
_BLOCK = re.compile(r"^```python( interrupt| quiet)?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        code: the rule's.
        summary: the heading without the code.
        sections: heading -> text.
    """

    code: str
    summary: str
    sections: dict[str, str]

    def cells(self, section: str) -> list[str]:
        """Return the cells of a section."""
        return [cell for _, cell in _BLOCK.findall(self.sections[section])]

    def interrupt(self, section: str) -> float | None:
        """Return after how many seconds the stop button is pressed in a section's last cell."""
        return INTERRUPT_S if " interrupt" in self._words(section) else None

    def quiet(self, section: str) -> bool:
        """Whether a section's cells need a machine with nothing else to do."""
        return " quiet" in self._words(section)

    def _words(self, section: str) -> set[str]:
        return {word for word, _ in _BLOCK.findall(self.sections[section])}


def pages() -> list[Page]:
    """Return all pages, in the order of their codes."""
    return [_page(path) for path in sorted(FOLDER.glob("AM*.md"))]


def _page(path: Path) -> Page:
    heading, *parts = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)
    found = re.match(rf"# {path.stem}: (.+)\n", heading)
    assert found is not None, f"{path.name} must begin with '# {path.stem}: …'"
    return Page(path.stem, found[1], {title: text for title, _, text in (part.partition("\n") for part in parts)})


def index() -> str:
    """Return what the table in ``docs/findings/README.md`` must be."""
    rows = [f"| [{page.code}]({page.code}.md) | {page.summary} |" for page in pages()]
    return "\n".join(["| code | what it notices |", "|---|---|", *rows])
