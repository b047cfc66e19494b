"""Pages opened from a disk, without a network: the notebook as nbconvert's HTML and slides, and our own export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter, SlidesExporter

from .access import barriers
from .desk import LOAD, seen
from .offline import Offline
from .test_static import FETCH

if TYPE_CHECKING:
    from playwright.sync_api import Page

CELLS = [
    LOAD,
    f"%%tasktrace --name three --title 'Three at once'{FETCH}",
    "%%tasktrace --name many --size slide\n_ = await asyncio.gather(*(fetch(f'{n}', 0.001 * n) for n in range(100)))",
]
SLIDE = {"slideshow": {"slide_type": "slide"}}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook that was run without a browser."""
    cells = [nbformat.v4.new_code_cell(source, metadata=SLIDE) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = tmp_path_factory.mktemp("ran")
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


@pytest.fixture
def offline(new_page: Callable[..., Page], shots: Path) -> Callable[..., Offline]:
    return lambda path, **options: Offline(new_page(**options), path, shots)


@pytest.mark.parametrize("kind", ["html", "slides"])
def test_nbconvert(ran: nbformat.NotebookNode, offline: Callable[..., Offline], tmp_path: Path, kind: str) -> None:
    exporter = HTMLExporter() if kind == "html" else SlidesExporter()
    path = tmp_path / "lecture.html"
    path.write_text(exporter.from_notebook_node(ran)[0], encoding="utf-8")
    shown = offline(path)
    assert all(url.startswith("https://") for url in shown.asked)
    assert set(map(shown.host, shown.asked)) <= shown.hosts_of(exporter), "a chart asks for something"
    pictures = shown.page.locator('.jp-OutputArea-output[data-mime-type="text/html"] img')
    assert pictures.count() == 2
    for number in range(2):
        found = seen(pictures.nth(number))
        assert found["loaded"] and not found["cut"] and found["width"] > 500
        assert found["alt"].startswith("Gantt chart")
    shown.shot(f"nbconvert-{kind}")


def test_nbconvert_markdown_has_the_picture(ran: nbformat.NotebookNode) -> None:
    text, _ = MarkdownExporter().from_notebook_node(ran)
    assert text.count('<img alt="Gantt chart') == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_page_in_light_and_dark(ran: nbformat.NotebookNode, offline: Callable[..., Offline], tmp_path: Path, scheme: str) -> None:
    path = exported(ran, tmp_path)
    shown = offline(path, color_scheme=scheme)
    assert shown.asked == [] and shown.complaints == []
    paper = shown.page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(paper) > 600) is (scheme == "light")
    assert barriers(shown.page.locator("html")) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.shot(f"page-{scheme}")


def exported(ran: nbformat.NotebookNode, folder: Path) -> Path:
    """Return the first chart of the notebook as a page of its own."""
    from async_magics import load

    nbformat.write(ran, folder / "lecture.ipynb")
    return load(folder / "lecture.ipynb")["three"].save(folder / "three.html")
