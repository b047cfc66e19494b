"""Colours and hatches: the Okabe–Ito palette, readable by the colour-blind; light, dark, and one for print in grey.

State is never told by colour alone: running is solid, waiting pale with an outline, ready a dotted line, starting up hatched one
way and blocking the other; the end markers differ in shape. All text keeps a contrast of 4.5:1 or more to what it stands on (a
test computes it).
Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How one kind of bar is filled.

    Attributes:
        face: colour inside.
        edge: colour of the outline and of the hatch.
        text: colour of a label on it.
        hatch: matplotlib's hatch pattern, ``""`` for none.
    """

    face: str
    edge: str
    text: str
    hatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of a chart, as ``#rrggbb``.

    Attributes:
        paper: background.
        ink, faint: text and secondary text on paper.
        grid, axis: lines.
        running, waiting, blocking: bars.
        ready: the dotted line, and the band of ready tasks.
        starting: time that a process or thread takes until its code begins.
        cpu, cpu_room: the line inside a running bar, and what it would be at a full core.
        ends: colour of the end markers by outcome.
        alarm: text about failures on paper.
        remark: the discs of numbered remarks, and the brackets of named operations.
        path: the line of the critical path.
    """

    paper: str
    ink: str
    faint: str
    grid: str
    axis: str
    running: Fill
    waiting: Fill
    blocking: Fill
    ready: Fill
    starting: Fill
    cpu: str
    cpu_room: str
    ends: Mapping[str, str]
    alarm: str
    remark: Fill
    path: str


PAINTED: Final = ("running", "waiting", "blocking", "ready", "paper", "ink")
"""What a palette can change."""


def repainted(theme: Theme, palette: Iterable[tuple[str, str]]) -> Theme:
    """Return the theme with some colours changed; what stands on them, or beside them, keeps its contrast.

    Args:
        theme: the one to change.
        palette: pairs of a part, one of ``PAINTED``, and its colour as ``#rrggbb``.
    """
    for part, color in palette:
        if part == "paper":
            faint = max((theme.ink, "#000000", "#ffffff"), key=lambda text: contrast(text, color))
            remark = theme.remark if contrast(theme.remark.face, color) >= 4.5 else Fill(face=faint, edge=faint, text=color)
            theme = replace(theme, paper=color, ink=faint, faint=_mixed(faint, color, 0.78), axis=faint, grid=_mixed(faint, color, 0.12))
            theme = replace(theme, remark=remark)
        elif part == "ink":
            theme = replace(theme, ink=color, axis=color)
        elif part in PAINTED:
            changed: dict[str, Any] = {part: _filled(getattr(theme, part), color)}
            theme = replace(theme, **changed)
    return theme


def _filled(fill: Fill, color: str) -> Fill:
    text = max(("#000000", "#ffffff"), key=lambda text: contrast(text, color))
    return replace(fill, face=color, edge=_mixed(color, text, 0.7) if fill.edge != fill.face else color, text=text)


def tinted(theme: Theme, color: str) -> tuple[Fill, Fill]:
    """Return how running and waiting are filled on a lane that its author gave a colour (``#rrggbb``)."""
    pale = _mixed(color, theme.paper, 0.28)
    dark, light = sorted((theme.ink, theme.paper), key=_luminance)
    running = Fill(face=color, edge=color, text=max((dark, light), key=lambda text: contrast(text, color)))
    return running, Fill(face=pale, edge=_mixed(color, theme.paper, 0.6), text=max((dark, light), key=lambda text: contrast(text, pale)))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    shares = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(color: str, paper: str, share: float) -> str:
    pairs = ((int(color[at : at + 2], 16), int(paper[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * own + (1 - share) * ground):02x}" for own, ground in pairs)


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme(
        paper="#ffffff",
        ink="#111111",
        faint="#595959",
        grid="#e6e6e6",
        axis="#222222",
        running=Fill(face="#0072b2", edge="#0072b2", text="#ffffff"),
        waiting=Fill(face="#d2e5f2", edge="#9cc5e0", text="#274b63"),
        blocking=Fill(face="#c04a00", edge="#8f3700", text="#ffffff", hatch="////"),
        ready=Fill(face="#f5dfae", edge="#b87a00", text="#4a3200", hatch="...."),
        starting=Fill(face="#fff8e8", edge="#b87a00", text="#4a3200", hatch="\\\\\\\\\\"),
        cpu="#ffe14d",
        cpu_room="#00466e",
        ends={"returned": "#009e73", "raised": "#d55e00", "cancelled": "#8c8c8c", "unfinished": "#0072b2"},
        alarm="#b34700",
        remark=Fill(face="#2b2b2b", edge="#2b2b2b", text="#ffffff"),
        path="#a0206f",
    ),
    "dark": Theme(
        paper="#16191d",
        ink="#f2f2f2",
        faint="#b4b9be",
        grid="#2c3137",
        axis="#c8ccd0",
        running=Fill(face="#56b4e9", edge="#56b4e9", text="#0b1a24"),
        waiting=Fill(face="#24394a", edge="#3f6480", text="#cfe4f3"),
        blocking=Fill(face="#ff8438", edge="#b34f10", text="#1d0c00", hatch="////"),
        ready=Fill(face="#55431a", edge="#e69f00", text="#ffe7b3", hatch="...."),
        starting=Fill(face="#2b2413", edge="#e69f00", text="#ffe7b3", hatch="\\\\\\\\\\"),
        cpu="#14222c",
        cpu_room="#8fd0f5",
        ends={"returned": "#1fc796", "raised": "#ff7a2b", "cancelled": "#a6a6a6", "unfinished": "#56b4e9"},
        alarm="#ff9a5c",
        remark=Fill(face="#f2f2f2", edge="#f2f2f2", text="#16191d"),
        path="#f58ccb",
    ),
    "print": Theme(
        paper="#ffffff",
        ink="#000000",
        faint="#444444",
        grid="#dddddd",
        axis="#000000",
        running=Fill(face="#262626", edge="#262626", text="#ffffff"),
        waiting=Fill(face="#ececec", edge="#8a8a8a", text="#222222"),
        blocking=Fill(face="#ffffff", edge="#000000", text="#000000", hatch="/////"),
        ready=Fill(face="#ffffff", edge="#555555", text="#222222", hatch="...."),
        starting=Fill(face="#ffffff", edge="#6e6e6e", text="#222222", hatch="\\\\\\\\\\"),
        cpu="#ffffff",
        cpu_room="#6e6e6e",
        ends={"returned": "#4d4d4d", "raised": "#000000", "cancelled": "#8a8a8a", "unfinished": "#262626"},
        alarm="#000000",
        remark=Fill(face="#000000", edge="#000000", text="#ffffff"),
        path="#000000",
    ),
}
