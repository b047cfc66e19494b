"""Whether a page can be used by those who cannot see it, or only with the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator

USABLE = "button, a[href], input, select, textarea, summary, [tabindex='0']"
_FOCUSED = """scope => {
    const element = document.activeElement;
    if (!element || !scope.contains(element)) return null;
    const style = getComputedStyle(element);
    return {
        number: [...scope.querySelectorAll('*')].indexOf(element),
        text: element.getAttribute('aria-label') || element.textContent.trim() || element.tagName,
        seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    };
}"""
_LOOK = Path(__file__).with_name("access.js").read_text(encoding="utf-8").partition("\n")[2]


def barriers(scope: Locator) -> list[str]:
    """Return what is wrong in a part of a page: images and controls without a name, canvases without a role, text with little contrast."""
    found: list[str] = scope.evaluate(_LOOK)
    return found


def tab_stops(scope: Locator, most: int = 200) -> list[dict[str, Any]]:
    """Return what the Tab key leads to inside a part of a page, in its order, until it leaves the part."""
    scope.locator(USABLE).locator("visible=true").first.focus()
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        at = scope.evaluate(_FOCUSED)
        if at is None or at["number"] in [stop["number"] for stop in stops]:
            break
        stops.append(at)
        scope.page.keyboard.press("Tab")
    return stops
