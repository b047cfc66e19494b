"""The words of the page program: its buttons, fields and messages. Imports ``lang`` only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...lang import marked

TEXTS: Final[Mapping[str, str]] = {
    "zoom in": marked("zoom in"),
    "zoom out": marked("zoom out"),
    "whole": marked("show all"),
}
"""What the page's program calls a text, and the text in English."""
