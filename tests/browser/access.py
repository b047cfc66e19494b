"""Whether a page can be used by those who cannot see it, or only with the keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_LOOK = Path(__file__).with_name("access.js").read_text(encoding="utf-8").partition("\n")[2]


def barriers(scope: Locator) -> list[str]:
    """Return what is wrong in a part of a page: images and controls without a name, canvases without a role, text with little contrast."""
    found: list[str] = scope.evaluate(_LOOK)
    return found


def tab_stops(page: Page, most: int = 200) -> list[dict[str, Any]]:
    """Return what the Tab key leads to from the top of a page, in its order, up to the first that comes again."""
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
                const element = document.activeElement;
                if (!element || element === document.body) return null;
                element.dataset.stop ??= String(document.querySelectorAll('[data-stop]').length);
                const style = getComputedStyle(element), box = element.getBoundingClientRect();
                return {
                    stop: element.dataset.stop, tag: element.tagName.toLowerCase(),
                    text: element.getAttribute('aria-label') || element.textContent.trim(),
                    seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none', top: box.top + scrollY, width: box.width,
                };
            }"""
        )
        if at is None or at["stop"] in [stop["stop"] for stop in stops]:
            break
        stops.append(at)
    return stops
