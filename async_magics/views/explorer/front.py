"""The page program, put together from the files in ``front/``: as a script, as a module for anywidget, and its style.

Each file has a scope of its own and gives some of its names to those after it. Nothing is built, fetched or evaluated.
Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILES: Final[Mapping[str, str]] = {
    "speech": "speech",
    "profile": "profile",
    "data": "decode",
    "remote": "remote",
    "rows": "rowsOf, matching",
    "causes": "causesOf",
    "layout": "layoutOf",
    "shapes": "shapes",
    "bars": "bars",
    "axis": "axis",
    "overlay": "overlay",
    "paint": "painter, themeOf",
    "tips": "tips, calledOf",
    "hover": "hovering",
    "pointer": "pointing",
    "keys": "keying",
    "gestures": "gestures",
    "elements": "element, button, switchButton, labelled, choice, coded, panel, menu, announce, later, onRoot, whenClosed, scrolled, "
    "heading",
    "names": "fill, seconds, when, nameOf, outcomeOf, kindOf, sign, taskButton, goToTask, touches",
    "figures": "timesIn, figuresPanel",
    "source": "sourcePanel, lineButton",
    "chosen": "chosenPanel",
    "findings": "findingsPanel",
    "pictures": "saveText, saving",
    "notes": "notesPanel",
    "prints": "printsPanel",
    "listing": "listingPanel",
    "search": "searching, filtering",
    "help": "helping, shortcuts",
    "controls": "controls",
    "panels": "panels",
    "situation": "DID, PHASE, situation",
    "standing": "standing",
    "replay_lists": "replayLists",
    "replay": "replay",
    "explore": "explore",
}
"""The files in their order, and the names that each of them gives to those after it, as ``"one, other"``."""
_FOLDER: Final = Path(__file__).parent / "front"


def script() -> str:
    """Return the whole program as one classic script, which defines ``asyncMagics.explore(root, payload, host)``."""
    parts = (
        f"const {{ {given} }} = (function () {{\n{_file(f'{name}.js')}return {{ {given} }};\n}})();\n" for name, given in FILES.items()
    )
    return f'var asyncMagics = (function () {{\n"use strict";\n{"".join(parts)}return {{ explore }};\n}})();\n'


def module() -> str:
    """Return the program as a module for anywidget, which draws the trait ``payload`` of its model."""
    return script() + _file("widget.js")


def style() -> str:
    """Return the style of the page's parts; all of it applies within ``.am-explorer`` only."""
    return _file("style.css") + _file("panels.css") + _file("replay.css")


def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
