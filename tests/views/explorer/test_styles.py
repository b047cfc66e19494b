"""Style sheets of the page: every class is styled by one of them, so that none changes what another made."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import async_magics.views.explorer

FRONT = Path(async_magics.views.explorer.__file__).parent / "front"
SHARED = {"am-explorer", "am-wide", "am-toolbar", "am-chart", "am-side", "am-below", "am-canvas", "am-only-heard"}
"""The places of the page."""


def test_every_class_is_styled_by_one_sheet() -> None:
    sheets = [set(re.findall(r"\.(am-[\w-]+)", path.read_text(encoding="utf-8"))) for path in FRONT.glob("*.css")]
    assert len(sheets) >= 2
    used = Counter(name for sheet in sheets for name in sheet)
    assert {name for name, count in used.items() if count > 1} <= SHARED
