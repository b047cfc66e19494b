"""JupyterLab or Notebook 7 on a screen: notebooks are opened, cells run, and what is then shown is found. Every wait is bounded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .server import Server

OPENS_WITHIN_MS: Final = 60_000
RUNS_WITHIN_MS: Final = 60_000

LOAD: Final = "%load_ext async_magics\n%config TaskTrace.lang = 'en'\nimport asyncio"
"""The first cell of every notebook here."""

OPEN_WITHOUT_KERNEL: Final = """path => window.jupyterapp.restored.then(() => window.jupyterapp.commands.execute('docmanager:open', {
    path, factory: 'Notebook', kernelPreference: {shouldStart: false, canStart: false, autoStartDefault: false},
}))"""
NOTEBOOK: Final = "window.jupyterapp?.shell?.currentWidget"


class Desk:
    """One page of a browser.

    Args:
        page: where the notebook is shown.
        server: who shows it.
        shots: the folder of the screenshots.
        name: what their names begin with.

    Attributes:
        asked: every address outside the server that the page asked for.
    """

    def __init__(self, page: Page, server: Server, shots: Path, name: str) -> None:
        self.page = page
        self.server = server
        self.asked: list[str] = []
        self._shots = shots
        self._name = name
        page.on("request", lambda request: self._note(request.url))

    def write(self, notebook: str, cells: Sequence[str]) -> Path:
        """Write a notebook of code cells that were not run yet."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.server.root / notebook
        nbformat.write(made, path)
        return path

    def open(self, notebook: str, *, kernel: bool = True, classic: bool = False) -> None:
        """Show a notebook of the server, in JupyterLab or in Notebook 7; without a kernel it is only looked at."""
        self.page.goto(self.server.notebook(notebook) if classic else self.server.lab("" if not kernel else notebook))
        if not kernel:
            self.page.wait_for_function("window.jupyterapp?.commands.hasCommand('docmanager:open')", timeout=OPENS_WITHIN_MS)
            self.page.evaluate(OPEN_WITHOUT_KERNEL, notebook)
        self.page.wait_for_function(f"{NOTEBOOK}?.context?.isReady", timeout=OPENS_WITHIN_MS)
        if kernel:
            self.page.wait_for_function(f"{NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'", timeout=OPENS_WITHIN_MS)
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=OPENS_WITHIN_MS)

    def run_all(self) -> None:
        """Run every cell; return when the last has ended."""
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_until_idle()

    def run(self, number: int, source: str | None = None) -> None:
        """Run one cell, by its number, with another source if one is given; return when it has ended."""
        self._begin(number, source, "return ran;")
        self.wait_until_idle()

    def start(self, number: int) -> None:
        """Have one cell run, and do not wait for its end."""
        self._begin(number, None, "ran.catch(() => {});")

    def wait_until_idle(self) -> None:
        """Wait until no cell runs."""
        idle = f"""() => {{
            const book = {NOTEBOOK};
            const running = book.content.widgets.some(cell => cell.model.executionState === 'running');
            return !running && book.sessionContext.session.kernel.status === 'idle';
        }}"""
        self.page.wait_for_function(idle, timeout=RUNS_WITHIN_MS)

    def save(self) -> None:
        """Save the notebook, with the state of its widgets."""
        self.page.evaluate(f"{NOTEBOOK}.context.save()")

    def cell(self, number: int) -> Locator:
        """Return a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def outputs(self, number: int) -> Locator:
        """Return what stands below a cell, one element for each output."""
        return self.cell(number).locator(".jp-Cell-outputArea .jp-OutputArea-output")

    def errors(self) -> list[str]:
        """Return what is shown as an error below any cell."""
        wrong = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], .jp-OutputArea-output[data-mime-type*="stderr"]'
        return self.page.locator(wrong).all_inner_texts()

    def trusts(self) -> bool:
        """Tell whether every cell's output is trusted."""
        trusted: bool = self.page.evaluate(f"{NOTEBOOK}.content.widgets.every(cell => cell.model.trusted)")
        return trusted

    def trust(self) -> None:
        """Trust the notebook, as its reader would."""
        self.page.evaluate(f"{NOTEBOOK}.content.widgets.forEach(cell => {{ cell.model.trusted = true; }})")

    def shot(self, what: str, of: Locator | None = None) -> Path:
        """Keep a picture of the page, or of a part of it."""
        path = self._shots / f"{self._name}-{what}.png"
        (of or self.page).screenshot(path=path)
        return path

    def _begin(self, number: int, source: str | None, then: str) -> None:
        self.page.evaluate(
            f"""([number, source]) => {{
                const book = {NOTEBOOK}.content;
                book.activeCellIndex = number;
                if (source !== null) book.activeCell.model.sharedModel.setSource(source);
                const ran = window.jupyterapp.commands.execute('notebook:run-cell');
                {then}
            }}""",
            [number, source],
        )

    def _note(self, url: str) -> None:
        if not url.startswith((self.server.url, self.server.url.replace("http", "ws", 1), "data:", "blob:", "about:")):
            self.asked.append(url)


def outputs_of(path: Path) -> list[list[dict[str, Any]]]:
    """Return the outputs that a notebook's file holds, cell by cell."""
    return [cell.get("outputs", []) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def seen(picture: Locator) -> dict[str, Any]:
    """Return how a picture is shown: whether it is loaded or cut off, its size, and its name for screen readers."""
    picture.scroll_into_view_if_needed()
    found: dict[str, Any] = picture.evaluate(
        """async image => {
            await image.decode();
            const box = image.getBoundingClientRect();
            let cut = false;
            for (let parent = image.parentElement; parent; parent = parent.parentElement)
                cut ||= getComputedStyle(parent).overflowX !== 'visible' && box.right > parent.getBoundingClientRect().right + 1;
            return {
                loaded: image.complete && image.naturalWidth > 0, cut, alt: image.alt, width: box.width, height: box.height,
                drawn: Number(image.getAttribute('width')), ratio: image.naturalHeight / image.naturalWidth,
            };
        }"""
    )
    return found
