"""A real browser against a real JupyterLab with real kernels. Skipped with a reason where one of them is missing.

The folder of the screenshots is printed at the end; ``ASYNC_MAGICS_SHOTS`` names another one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

from .desk import Desk
from .lesson import CELLS
from .server import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip
NEEDED = ("playwright", "jupyterlab", "notebook", "ipywidgets", "nbconvert")


def missing() -> str:
    """Return why these tests cannot run here, or nothing."""
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed: pip install -e '.[test,browser]'"
    return "" if chromium() else f"no browser is installed: none of {', '.join(CHROMIUMS)}"


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests in one worker, for they share a server; skip them where they cannot run."""
    here, why = Path(__file__).parent, missing()
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(autouse=True)
def as_found() -> None:
    """Nothing is traced in this process, and the browser's driver runs a loop in it."""


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the screenshots."""
    chosen = os.environ.get("ASYNC_MAGICS_SHOTS")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages of a browser that has seen nothing yet; they are closed after the test."""
    contexts = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def lesson_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lesson, run without a browser, and exported as a page of its own."""
    folder = tmp_path_factory.mktemp("lesson")
    cells = [*CELLS, "%taskexport lesson lesson.html"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return folder / "lesson.html"


@pytest.fixture(scope="module")
def desk(browser: Browser, server: Server, shots: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """JupyterLab on a screen, for the tests of one module."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    yield Desk(context.new_page(), server, shots, str(request.module.__name__).rpartition("_")[2])
    context.close()
    server.end_kernels()
