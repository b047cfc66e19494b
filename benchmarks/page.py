"""Prints how large an HTML page is and how soon it is there in Chromium: ``python benchmarks/page.py [--quick] [SLICES …]``.

"picture" is the browser's first paint with content, "explorer" the frame in which the canvas has been painted, both counted from the
moment when the page was asked for. The best of three openings, each in a browser that has seen nothing yet; ``--quick`` opens twice, and
10,000 slices only. Ends with status 1 where up to 10,000 slices took longer than a second, or a small page has more than 300 kB.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from chart import invented
from playwright.sync_api import sync_playwright

from async_magics.export.html import Chapter, book, encoded, page
from async_magics.views.gantt import Gantt
from async_magics.views.spec import ChartOptions

SIZES = (100, 10_000, 200_000)
SMALL_BYTES, MOST_S = 300_000, 1.0
EN = ChartOptions(lang="en")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
WATCH = """
new MutationObserver((_, watch) => {
  if (document.querySelector(".am-opened canvas")) {
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.explorer = performance.now(); }));
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


class Case(NamedTuple):
    """A page to open, with the limits that it has to keep to."""

    name: str
    make: Callable[[], str]
    most_s: float = math.inf
    most_bytes: float = math.inf


def one(slices: int) -> Case:
    """Return the page of one invented trace."""
    small, usual = slices <= 1000, slices <= 10_000
    return Case(f"{slices:,} slices", lambda: page(invented(slices), EN), MOST_S if usual else math.inf, SMALL_BYTES if small else math.inf)


def thirty() -> Case:
    """Return a page of thirty traces."""
    chapters = [Chapter("t", Gantt(invented(1000), EN))] * 30
    return Case("30 charts of 1,000", lambda: book(chapters, "thirty", EN))


def measure(browser: Any, case: Case, folder: Path, rounds: int) -> bool:
    """Open a page some times; print the best times, and return whether it kept to its limits."""
    begun = time.perf_counter()
    path = folder / "page.html"
    path.write_bytes(encoded(case.make()))
    made = time.perf_counter() - begun
    painted, explored = (min(column) / 1000 for column in zip(*[opened(browser, path) for _ in range(rounds)], strict=True))
    good = explored <= case.most_s and path.stat().st_size <= case.most_bytes
    print(
        f"{case.name:20} {path.stat().st_size / 1000:7,.0f} kB   made in {made:5.2f} s   picture {painted:6.3f} s   "
        f"explorer {explored:6.3f} s   {'ok' if good else 'TOO MUCH'}",
        flush=True,
    )
    return good


def opened(browser: Any, path: Path) -> tuple[float, float]:
    """Open a page; return when its picture and when its explorer was there, in milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    shown.add_init_script(WATCH)
    shown.goto(path.as_uri())
    shown.evaluate("document.querySelector('.am-embed').scrollIntoView()")  # the index of thirty is longer than the window
    shown.wait_for_function("() => globalThis.explorer > 0", timeout=120_000)
    painted = shown.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    explored = shown.evaluate("explorer")
    context.close()
    return painted, explored


def main() -> int:
    """Measure; return 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slices", nargs="*", type=int, default=SIZES)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    cases = [one(10_000)] if arguments.quick else [*map(one, arguments.slices), thirty()]
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=FLAGS)
        good = [measure(browser, case, Path(folder), 2 if arguments.quick else 3) for case in cases]
        browser.close()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
