"""A cell that takes longer than a second, in JupyterLab: its chart grows below it, and only the final picture remains."""

from __future__ import annotations

from typing import Final

from .desk import LOAD, Desk, outputs_of

WITHIN_MS: Final = 30_000
SLOW: Final = """%%tasktrace --name slow
from pathlib import Path

async def until_asked():
    while not Path("go").exists():
        await asyncio.sleep(0.02)

await asyncio.wait_for(asyncio.gather(until_asked(), until_asked(), asyncio.sleep(0)), 60)"""
COUNTS: Final = """element => {
    const found = /running (\\d+) · waiting (\\d+) · ready (\\d+) · done (\\d+)/.exec(element.innerText);
    return found && found.slice(1).map(Number);
}"""


def test_the_chart_grows_while_the_cell_runs(desk: Desk) -> None:
    desk.write("live.ipynb", [LOAD, SLOW])
    desk.open("live.ipynb")
    desk.run(0)
    desk.start(1)
    live = desk.cell(1).locator(".async-magics-live")
    live.wait_for(timeout=WITHIN_MS)
    first = live.inner_text()
    running, waiting, ready, done = live.evaluate(COUNTS)
    assert (running + waiting + ready, done) == (2, 1)
    desk.page.wait_for_function(
        "([cell, before]) => (cell.querySelector('.async-magics-live')?.innerText ?? before) !== before",
        arg=[desk.cell(1).element_handle(), first],
        timeout=WITHIN_MS,
    )
    assert live.get_by_role("progressbar").count() == 1 and live.locator("svg").is_visible()
    desk.shot("grows")
    (desk.server.root / "go").touch()
    desk.cell(1).locator("img").wait_for(timeout=WITHIN_MS)
    desk.wait_until_idle()
    assert live.count() == 0 and desk.errors() == []
    desk.save()
    kept = outputs_of(desk.server.root / "live.ipynb")[1]
    assert sum("image/png" in output.get("data", {}) for output in kept) == 1 and "async-magics-live" not in str(kept)
