"""The words of the page program: its buttons, fields and messages. Imports ``lang`` only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...lang import marked
from .panel_texts import PANEL_TEXTS

TEXTS: Final[Mapping[str, str]] = {
    **PANEL_TEXTS,
    "zoom in": marked("zoom in"),
    "zoom out": marked("zoom out"),
    "whole": marked("show all"),
    # speech.js, tips.js
    "line {}": marked("line {}"),
    "{minutes} min {seconds} s": marked("{minutes} min {seconds} s"),
    "open": marked("open to calls"),
    "just created": marked("just created"),
    "created by {}": marked("created by {}"),
    "yielded": marked("let the others run"),
    "woken by {}": marked("woken by {}"),
    "woken by a timer": marked("woken by a timer"),
    "woken by input": marked("woken by input or output"),
    "woken from a thread": marked("woken from another thread"),
    "up to {} at once": marked("up to {} at once"),
    # gestures.js
    "zoom hint": marked("click the chart, or hold Ctrl, to zoom with the wheel"),
    "keys of the chart": marked(
        "arrow keys: lanes and panning; comma and point: slices; plus and minus: zoom; Home: all; Enter: choose; Escape: let go"
    ),
    "chosen: {}": marked("chosen: {}"),
    "asked in vain": marked("the kernel does not answer: {}"),
}
"""What the page's program calls a text, and the text in English."""
