"""A page from the disk, in a browser that has no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


class Offline:
    """A file that is shown.

    Attributes:
        page: where.
        asked: the addresses of everything that the page asked for; nothing of it was fetched.
        complaints: errors that its scripts raised or wrote down, and what its own policy forbade.
    """

    def __init__(self, page: Page, path: Path, shots: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._shots = shots
        self._own = path.as_uri()
        page.context.route("**/*", self._refuse)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(self._own)

    def _refuse(self, route: Route) -> None:
        if route.request.url.split("#")[0] == self._own:
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    @staticmethod
    def host(url: str) -> str:
        """Return whom an address belongs to."""
        return urlsplit(url).netloc

    @classmethod
    def hosts_of(cls, exporter: Any) -> set[str]:
        """Return where nbconvert's own page fetches its scripts from."""
        urls = [getattr(exporter, name) for name in exporter.trait_names() if name.endswith(("_url", "_url_prefix"))]
        return {cls.host(url) for url in urls if "://" in url}

    def shot(self, name: str) -> Path:
        """Keep a picture of the page."""
        path = self._shots / f"{name}.png"
        self.page.screenshot(path=path)
        return path
