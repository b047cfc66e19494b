"""The pictures of a page: one SVG that is light or dark as the reader's system asks, or two PNGs where it would be large.

matplotlib is imported when they are drawn.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..views.picture import Picture
    from ..views.spec import ThemeName

MOST_SVG_BYTES: Final = 120_000
"""A chart with more lines than make this is a PNG in the page: nobody zooms into thousands of bars, and the explorer does it better.
Two PNGs of a chart, in light and dark, take about as much."""

_ID: Final = re.compile(r'(?<=\bid=")[^"]+(?=")|(?<=href="#)[^"]+(?=")|(?<=url\(#)[^)]+(?=\))')
_NOTHING: Final = re.compile(r'^.*?(?=<svg )|<(title|metadata)>.*?</\1>|<!--.*?-->| aria-label="[^"]*"|(?<=>)\s+(?=<)', re.DOTALL)
_PATH: Final = re.compile(r'(?<= d=")[^"]*(?=")')
_MOVED: Final = re.compile(r'<use xlink:href="(#[^"]*)" transform="translate\((\S+) (\S+)\)"/>')
_LONG: Final = re.compile(r"\d+\.\d{3,}")
_COLOR: Final = re.compile(r"(#[0-9a-f]{6})\b")


def pictures(draw: Callable[[ThemeName], Picture], theme: ThemeName, alt: str) -> str:
    """Return the images of a chart.

    Args:
        draw: makes the chart in some colours.
        theme: the colours that were asked for; ``light`` is dark where the reader's system is.
        alt: the chart in a sentence.
    """
    charts = {name: draw(name) for name in _themes(theme)}
    drawn = {name: slim(chart.svg()) for name, chart in charts.items()}
    one = drawn[theme] if len(drawn) == 1 else in_both(drawn["light"], drawn["dark"])
    if one is not None and len(one.encode()) <= MOST_SVG_BYTES:
        return _image(charts[theme], "both" if len(drawn) > 1 else theme, alt, "svg+xml", one.encode())
    return "".join(_image(chart, name, alt, "png", chart.png()) for name, chart in charts.items())


def _themes(theme: ThemeName) -> Iterator[ThemeName]:
    yield theme
    if theme == "light":
        yield "dark"


def _image(chart: Picture, kind: str, alt: str, suffix: str, data: bytes) -> str:
    frame = chart.scene().frame
    text = base64.b64encode(data).decode("ascii")
    return (
        f'<img class="{kind}" width="{round(frame.width)}" height="{round(frame.height)}" alt="{escape(alt)}" '
        f'src="data:image/{suffix};base64,{text}">\n'
    )


def in_both(light: str, dark: str) -> str | None:
    """Return one SVG for two that differ in nothing but colours; ``None`` where they differ in more.

    A picture in a page is told by the browser which colours the page has. On paper they are light.
    """
    pieces, others = _COLOR.split(light), _COLOR.split(dark)
    if pieces[::2] != others[::2]:
        return None
    names: dict[tuple[str, str], str] = {}
    for at in range(1, len(pieces), 2):
        names.setdefault((pieces[at], others[at]), f"--c{len(names)}")
        pieces[at] = f"var({names[pieces[at], others[at]]})"
    rules = _rules(names, 0) + f"@media screen and (prefers-color-scheme:dark){{{_rules(names, 1)}}}"
    return "".join(pieces).replace('<style type="text/css">', f'<style type="text/css">{rules}', 1)


def _rules(names: Mapping[tuple[str, str], str], which: int) -> str:
    return f"svg{{{';'.join(f'{name}:{pair[which]}' for pair, name in names.items())}}}"


def _named(svg: str) -> str:
    """Return the SVG with ids that do not depend on its colours."""
    known: dict[str, str] = {}
    return _ID.sub(lambda found: known.setdefault(found[0], f"i{len(known)}"), svg)


def slim(svg: str) -> str:
    """Return an SVG of matplotlib's that looks the same and is half as long.

    Places are exact to a hundredth of a point, letters are numbered, and no text is left in it: the image in the page says it.
    """
    bare = _NOTHING.sub("", _NOTHING.sub("", svg))  # what is taken away leaves spaces beside each other
    short = _PATH.sub(lambda found: re.sub(r"\s*\n\s*|\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+", "", _rounded(found[0])), bare)
    moved = _MOVED.sub(lambda found: _rounded(f'<use href="{found[1]}" x="{found[2]}" y="{found[3]}"/>').replace(' y="0"', ""), short)
    return _named(moved.replace(' xlink:href="', ' href="').replace("; ", ";"))


def _rounded(text: str) -> str:
    return _LONG.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
