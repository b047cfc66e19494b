"""A chart inside a page: a picture for whoever runs no script, its data, and the program that puts the explorer in the picture's place.

The same form serves the stand-alone page and a notebook's output, where it survives saving, re-opening without a kernel and nbconvert.
Imports ``front`` and ``payload``; what is in the data can only ever be data: it stands there as base64.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from ...lang import Catalogue, marked, translation
from ...model import Trace
from . import front
from .payload import MOST_SLICES, encoded, payload

if TYPE_CHECKING:
    from ..spec import ChartOptions

_OLD: Final = marked("This browser is too old for the interactive chart; here is the picture.")
_FAILED: Final = marked("The interactive chart could not be opened; here is the picture.")

STYLE: Final = """
.am-said{font-style:italic;margin:8px 0}
@media screen{.am-opened>.am-static{display:none}}
@media print{.am-embed>.am-live,.am-said{display:none}}
"""
"""Either the explorer or what stands for it: on paper always the picture."""


def fragment(trace: Trace, options: ChartOptions, picture: str, *, replayed: bool = False) -> str:
    """Return a chart as HTML that needs nothing else.

    Args:
        trace: what happened.
        options: how to show it.
        picture: HTML of what is there without scripts, on paper, and until the explorer is ready; an image and its alternative text.
        replayed: the replay is open at once.
    """
    if not fits(trace):
        return picture
    box = boxed(translation(options.lang), picture, data(trace, options, replayed=replayed))
    return f"<style>{style()}</style>\n{box}<script>{program()}</script>\n"


def fits(trace: Trace) -> bool:
    """Tell whether a page can hold a trace; a larger one needs a kernel that is asked for what its window shows."""
    return len(trace.slices) <= MOST_SLICES


def boxed(words: Catalogue, static: str, content: str) -> str:
    """Return the element in which the program finds a chart."""
    told = f'data-old="{escape(words.gettext(_OLD))}" data-failed="{escape(words.gettext(_FAILED))}"'
    return (
        f'<div class="am-embed" {told}>\n<div class="am-static">\n{static}</div>\n<div class="am-live"></div>\n'
        f'<script type="application/octet-stream" class="am-data">{content}</script>\n</div>\n'
    )


def data(trace: Trace, options: ChartOptions, *, titled: bool = True, replayed: bool = False) -> str:
    """Return what the explorer shows, as base64 of a packed payload; without its title where the page around it has one."""
    content = payload(trace, options)
    if replayed and content["replay"] is not None:
        content["replay"]["open"] = True
    return base64.b64encode(encoded(content if titled else {**content, "title": ""})).decode("ascii")


@cache
def program() -> str:
    """Return the script that opens every chart above it."""
    opening = files(__package__).joinpath("embed.js").read_text(encoding="utf-8")
    return small(f"{front.script()}\n{opening}")


@cache
def style() -> str:
    """Return the style sheet of the explorer and of the place where it stands."""
    return small(front.style() + STYLE)


def small(code: str) -> str:
    """Return a script or style sheet without indentation, empty lines and lines of comment.

    Line ends stay, so that no statement changes its meaning; a text of the program's own must not go over several lines.
    """
    bare = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*$", "", code, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in bare.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
