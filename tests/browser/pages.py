"""Pages with one chart, opened from a file: what the tests of the page program look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from async_magics.model import Trace
from async_magics.views.explorer import front, payload
from async_magics.views.spec import ChartOptions

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"


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
    data = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    scheme = "light dark" if dark else "light"
    path.write_text(
        f'<!DOCTYPE html><html lang="{content["lang"]}"><head><meta charset="utf-8"><title>chart</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<style>:root {{ color-scheme: {scheme}; }} body {{ margin: 8px; }} {front.style()}</style></head>"
        f'<body><div id="chart"></div><script>{front.script()}</script>'
        f'<script>const host = {host}; asyncMagics.explore(document.getElementById("chart"), {data}, host);</script></body></html>',
        encoding="utf-8",
        errors="replace",
    )
    return path.as_uri()
