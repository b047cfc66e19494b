"""Prints what moving about in the widget costs the kernel: ``python benchmarks/explore.py [--quick] [SLICES …]``.

"First" is everything from the trace to the picture's bytes; "step" is what one zoom or pan costs after that: composing and painting the
part that is shown, drawing it, and making the message that goes to the page (the difference to the picture before, as PNG). The
steps zoom into a random place until a few slices are left, and out again. ``--quick`` takes 100,000 slices and exits with 1 where a limit
is passed by a factor of four, for a machine that does other things as well.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator

from chart import invented

from async_magics.views.basis import Basis
from async_magics.views.compose import drawn
from async_magics.views.facts import Facts
from async_magics.views.spec import ChartOptions
from async_magics.views.window import Window

FIRST_S, STEP_S, MESSAGE_KB = 3.0, 0.150, 300.0
LENIENT = 4


def windows(end_ns: int, rounds: int = 3) -> Iterator[Window]:
    """Yield the windows of somebody who zooms in somewhere, pans, and zooms out."""
    chance = random.Random(1)
    for _ in range(rounds):
        at, span = chance.random(), float(end_ns)
        spans = []
        while span > 1_000_000:
            spans.append(span)
            span /= 1.6
        for wide in (*spans, *([spans[len(spans) // 2]] * 4), *reversed(spans)):
            start = max(0, min(end_ns - int(wide), int(at * end_ns - wide / 2)))
            yield Window(start, start + int(wide), end_ns)
            at = min(1.0, at + 0.1 * wide / end_ns)


def measure(slices: int) -> tuple[float, float, float]:
    """Print one line; return the first paint and the median step in seconds, and the largest message in kB."""
    from async_magics.widgets.canvas import Picture

    trace = invented(slices)
    begun = time.perf_counter()
    basis = Basis.of(Facts(trace), ChartOptions(lang="en"))
    shown = [Window.all(trace.end_ns)]
    picture = Picture(lambda: drawn(basis, shown[0], bare=True))
    messages: list[float] = []
    picture.canvas.syncing_data_url = False  # as soon as a page shows it
    picture.canvas.send = lambda _content, buffers=(): messages.append(sum(map(len, buffers)) / 1000)
    picture.canvas.draw()
    first = time.perf_counter() - begun
    composed, sent = [], []
    for window in windows(trace.end_ns):
        begun = time.perf_counter()
        shown[0] = window
        picture.change()
        picture.current()
        composed.append(time.perf_counter() - begun)
        picture.canvas.draw()
        sent.append(time.perf_counter() - begun)
    sizes = [size for size in messages if size]
    print(
        f"{len(trace.slices):>11,} slices   first {first:5.2f} s   step {1000 * statistics.median(sent):4.0f} ms median "
        f"(of which {1000 * statistics.median(composed):.0f} ms until matplotlib draws), {1000 * max(sent):4.0f} ms at most   "
        f"message {statistics.median(sizes):4.0f} kB median, {max(sizes):4.0f} kB at most   ({len(sent)} steps)",
        flush=True,
    )
    return first, statistics.median(sent), max(sizes)


def main() -> int:
    """Measure every size asked for; return 1 where a limit is passed."""
    quick = "--quick" in sys.argv
    sizes = [int(text.replace(",", "").replace("_", "")) for text in sys.argv[1:] if text != "--quick"]
    factor = LENIENT if quick else 1
    wrong = False
    for slices in sizes or ([100_000] if quick else [10_000, 1_000_000]):
        first, step, message = measure(slices)
        wrong |= first > FIRST_S * factor or step > STEP_S * factor or message > MESSAGE_KB
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
