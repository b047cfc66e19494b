"""Pages with one chart, opened from a file: what the tests of the page program look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from async_magics.model import Trace
from async_magics.views.explorer import front, payload
from async_magics.views.spec import ChartOptions

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
LONG = {"slices": None, "seen": {"kinds": [1, 2, 4, 5], "cpu": False}}
"""What the payload says of a trace that is too long to be sent whole."""
VIEW = "document.getElementById('chart').asyncMagics"


def write(
    path: Path, trace: Trace, *, host: str = "{}", dark: bool = False, changes: Mapping[str, Any] | None = None, **options: Any
) -> str:
    """Write a page that shows a trace, and return its address.

    Args:
        path: the file.
        trace: what to show.
        host: the page's host, as JavaScript.
        dark: whether the page can be dark.
        changes: what to put into the payload in place of what is there.
        options: those of the chart.
    """
    content = {**payload(trace, ChartOptions(**options)), **(changes or {})}
    scheme = "light dark" if dark else "light"
    path.write_text(
        f'<!DOCTYPE html><html lang="{content["lang"]}"><head><meta charset="utf-8"><title>chart</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<style>:root {{ color-scheme: {scheme}; }} body {{ margin: 8px; }} {front.style()}</style></head>"
        f'<body><div id="chart"></div><script>{front.script()}</script><script>const host = {host};'
        f'asyncMagics.explore(document.getElementById("chart"), {literal(content)}, host);</script></body></html>',
        encoding="utf-8",
        errors="replace",
    )
    return path.as_uri()


def literal(content: Any) -> str:
    """Return data as JavaScript that can stand in a script of a page."""
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def until(page: Page, condition: str) -> None:
    """Wait for a condition; Playwright's own way would need a page that may evaluate texts."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never: {condition}")


class Chart:
    """A chart on a page: where its lanes and moments are, and what it says.

    Attributes:
        page: where it is shown.
        errors: what the page complained about.
        asked: the addresses that it asked for.
    """

    def __init__(self, browser: Browser, path: Path, trace: Trace, *, system: str = "light", width: int = 1100, **given: Any) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=system, reduced_motion="reduce")  # type: ignore[arg-type]
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(write(path / "chart.html", trace, **given))
        self.settle()

    def of(self, expression: str) -> Any:
        """Return something of the view, as in ``of("state.chosen")``."""
        return self.page.evaluate(f"{VIEW}.{expression}")

    def settle(self) -> None:
        """Wait until what was asked for is painted."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def until(self, expression: str) -> None:
        """Wait until something holds of the view; the page's policy forbids the driver's own way of waiting."""
        for _ in range(200):
            if self.of(expression):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"never: {expression}")

    def window(self) -> tuple[float, float]:
        """Return the shown part of the axis, in seconds."""
        self.settle()
        return self.of("state.from_ns") / 1e9, self.of("state.to_ns") / 1e9

    def place(self, row: int, seconds: float) -> tuple[float, float]:
        """Return where a moment of a row stands on the page."""
        box = self.page.locator(".am-canvas").bounding_box()
        assert box is not None
        return box["x"] + self.of(f"frame.x({seconds * 1e9})"), box["y"] + self.of(f"frame.middle({row})")

    def hover(self, row: int, seconds: float) -> list[str]:
        """Point at a moment of a row; return the lines of what is told then."""
        self.page.mouse.move(*self.place(row, seconds))
        tip = self.page.locator(".am-tip")
        return tip.inner_text().split("\n") if tip.is_visible() else []

    def click(self, row: int, seconds: float) -> None:
        """Click a moment of a row."""
        self.page.mouse.click(*self.place(row, seconds))
        self.settle()

    def drag(self, start: tuple[float, float], stop: tuple[float, float]) -> None:
        """Drag from one point of the page to another."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
        self.page.mouse.move(*stop)
        self.page.mouse.up()
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def heard(self) -> str:
        """Return what is read out."""
        return self.page.locator("[aria-live]").first.inner_text()

    def color(self, x: int, y: int) -> str:
        """Return the colour of a point of the canvas."""
        pixel = self.page.evaluate(f"Array.from({VIEW}.canvas.getContext('2d').getImageData({x}, {y}, 1, 1).data)")
        return "#" + "".join(f"{part:02x}" for part in pixel[:3])
