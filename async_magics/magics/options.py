"""Every option of every magic, declared once: parser, help, completion, ``%config`` and the documentation read this table.

Imports ``errors`` and ``typed`` (and ``export`` for a suffix it does not know); nothing of IPython, so that the documentation can be
made without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ..errors import OptionError
from .typed import asked_note, codes, count, duration, names, own_name, pair, patterns, window

VALUE: Final = object()
"""Stands in ``Option.flags`` for "the value that follows"."""

SUFFIXES: Final = (".png", ".svg", ".pdf", ".html", ".json", ".csv", ".parquet", ".perfetto.json", ".otlp.json", ".mmd", ".gif", ".mp4")
"""What ``--save`` and ``%taskexport`` write; other packages' exporters add to it, see ``export``."""

TRACE, CHART, COMPARE, NOTE = "tasktrace", "taskchart", "taskcompare", "tasknote"
STATS, EXPORT, LIST, PROCESSES, REPLAY = "taskstats", "taskexport", "tasklist", "taskprocesses", "taskreplay"
MAGICS: Final = (TRACE, CHART, COMPARE, NOTE, STATS, EXPORT, LIST, PROCESSES, REPLAY)
SWITCHES: Final = ("on", "off")
WAYS: Final = ("by-value", "by-name")
"""How what a notebook defines is sent to processes."""


class Option(NamedTuple):
    """One option.

    Attributes:
        name: what the value is called in ``%config TaskTrace`` and in settings.
        flags: what a user types -> what it stands for; ``VALUE`` where a value follows.
        help: one line.
        magics: the magics that take it.
        metavar: the value's name in the help.
        choices: all values, where there are few.
        convert: makes the value of the text; raises ``ValueError`` with one line.
        default: the value where nobody gave one.
        least, most: bounds of a number.
        config: whether ``%config TaskTrace`` has it too.
        many: it may be given several times, and its value is all of them.
    """

    name: str
    flags: Mapping[str, Any]
    help: str
    magics: tuple[str, ...] = (TRACE,)
    metavar: str = ""
    choices: tuple[str, ...] = ()
    convert: Callable[[str], Any] = str
    default: Any = None
    least: float | None = None
    most: float | None = None
    config: bool = False
    many: bool = False

    def value(self, text: str) -> Any:
        """Make the value of what the user typed.

        Raises:
            ValueError: with what is wrong and the nearest right value.
        """
        if self.choices and text not in self.choices:
            raise ValueError(f"is one of {', '.join(self.choices)}, not {text!r}{nearest(text, self.choices)}")
        value = self.convert(text)
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            bounds = f"at least {self.least:g}" if self.most is None else f"from {self.least:g} to {self.most:g}"
            raise ValueError(f"is {bounds}, not {text}")
        return value


class Request(NamedTuple):
    """What a user asked for in one magic line.

    Attributes:
        given: values by option name.
        words: what stands between the options.
        rest: the line from the first word on that is no option, untouched.
    """

    given: Mapping[str, Any] = MappingProxyType({})
    words: tuple[str, ...] = ()
    rest: str = ""


def _colored(text: str) -> tuple[str, str]:
    name, color = pair(text, "slow=red")
    return name, _color(color)


def _palette(text: str) -> tuple[tuple[str, str], ...]:
    from ..views.theme import PAINTED  # only now: nothing of the views is needed to run a cell

    found = tuple((part.strip().lower(), _color(color)) for part, color in map(pair, filter(None, text.split(","))))
    for part, _ in found:
        if part not in PAINTED:
            raise ValueError(f"names parts of a chart: {', '.join(PAINTED)}, not {part!r}{nearest(part, PAINTED)}")
    return found


def _color(text: str) -> str:
    from ..views.spec import hex_color

    try:
        return hex_color(text)
    except OptionError as error:
        raise ValueError(str(error)) from None


def _path(text: str) -> str:
    name = PurePath(text).name
    if not PurePath(text).suffix:
        raise ValueError(f"is a path that ends in one of {' '.join(SUFFIXES)}, not {text!r}")
    if not name.lower().endswith(SUFFIXES):
        from ..export import suffix_of, unknown  # only now: other packages' exporters have to be looked for

        if not suffix_of(name):
            raise ValueError(f"is a path, but {unknown(name)}")
    return text


_DRAWN = (TRACE, CHART, REPLAY, EXPORT)
_SHOWN = (*_DRAWN, COMPARE)

OPTIONS: Final[tuple[Option, ...]] = (
    Option(name="title", flags={"--title": VALUE}, magics=_SHOWN, metavar="TEXT", help="heading of the chart"),
    Option(name="caption", flags={"--caption": VALUE}, magics=_SHOWN, default="", metavar="TEXT", help="a sentence or two below the chart"),
    Option(
        name="note", flags={"--note": VALUE}, many=True, default=(), metavar='"[TASK@]SECONDS: TEXT"', convert=asked_note,
        help="a numbered remark on a moment; may be given several times",
    ),
    Option(
        name="at", flags={"--at": VALUE}, magics=(NOTE,), metavar="SECONDS", convert=duration,
        help="the moment that the note is about, since the recording began",
    ),
    Option(
        name="task", flags={"--task": VALUE}, magics=(NOTE,), metavar="TASK",
        help="the task that the note is about, by its name, call or function; without it the note stands on the chart as a whole",
    ),
    Option(
        name="remove", flags={"--remove": VALUE}, magics=(NOTE,), metavar="N", convert=count, least=1,
        help="take the note of this number in the list away",
    ),
    Option(
        name="callouts", flags={"--callouts": VALUE}, magics=_DRAWN, choices=("first", "all", "off"), default="first", config=True,
        help="which runs of a line with a #: comment are marked: each task's first, all, none",
    ),
    Option(
        name="prints", flags={"--prints": True, "--no-prints": False}, magics=_DRAWN, default=False, config=True,
        help="list what each task printed below the chart",
    ),
    Option(
        name="only", flags={"--only": VALUE}, magics=_DRAWN, default=(), metavar="NAMES", convert=patterns,
        help="draw the lanes of these tasks or functions only, names with commas between, * for any letters",
    ),
    Option(
        name="hide", flags={"--hide": VALUE}, magics=_DRAWN, default=(), metavar="NAMES", convert=patterns,
        help="do not draw the lanes of these tasks or functions",
    ),
    Option(
        name="order", flags={"--order": VALUE}, magics=_DRAWN, default=(), metavar="NAMES", convert=patterns,
        help="draw these lanes first, in this order",
    ),
    Option(
        name="label", flags={"--label": VALUE}, magics=_DRAWN, default=(), many=True, metavar='"NAME=TEXT"', convert=pair,
        help="call a lane something else; may be given several times",
    ),
    Option(
        name="color", flags={"--color": VALUE}, magics=_DRAWN, default=(), many=True, metavar="NAME=COLOR", convert=_colored,
        help="draw a lane in a colour (#0072b2 or a name); may be given several times",
    ),
    Option(
        name="window", flags={"--window": VALUE}, magics=_DRAWN, metavar="FROM:TO", convert=window,
        help="draw this part of the time axis only, in seconds since the recording began",
    ),
    Option(
        name="critical_path", flags={"--critical-path": True, "--no-critical-path": False}, magics=_DRAWN, default=False,
        help="mark what determined how long it took, and say it below the chart",
    ),
    Option(
        name="findings", flags={"--findings": VALUE}, magics=_DRAWN, choices=("top", "all", "off"), default="top", config=True,
        help="how many findings stand below the chart: the three that matter most, all, none",
    ),
    Option(
        name="ignore", flags={"--ignore": VALUE}, magics=_DRAWN, default=(), metavar="CODES", convert=codes, config=True,
        help="findings that are not wanted, codes with commas between",
    ),
    Option(
        name="repeat", flags={"--repeat": VALUE}, metavar="N", convert=count, default=1, least=1, most=100,
        help="run the cell several times, draw the run of middle length and show how far the others differ",
    ),
    Option(
        name="keep_runs", flags={"--keep-runs": True}, default=False,
        help="with --name: keep the runs that the name already has, if the cell is the same, and add this one",
    ),
    Option(
        name="view", flags={"-w": "widget", "--view": VALUE}, magics=(TRACE, CHART), choices=("static", "widget", "canvas"),
        default="static", config=True, help="a picture, a widget that the kernel draws, or a canvas that the page draws",
    ),
    Option(
        name="live", flags={"--live": VALUE}, choices=("on", "off"), default="on", config=True,
        help="show what runs, waits and is done while the cell takes longer than a second",
    ),
    Option(
        name="embed", flags={"--embed": True, "--no-embed": False}, magics=(TRACE, CHART), default=True, config=True,
        help="keep the trace itself in the notebook, so that it can be redrawn without running anything",
    ),
    Option(
        name="name", flags={"--name": VALUE}, metavar="NAME", convert=own_name,
        help='what the trace is called, "In [n]" if not given; an older one of that name is replaced',
    ),
    Option(
        name="save", flags={"--save": VALUE}, magics=(TRACE, REPLAY, COMPARE), metavar="PATH", convert=_path,
        help="write it to a file, too; the ending of the path chooses the format",
    ),
    Option(
        name="force", flags={"--force": True}, magics=(TRACE, REPLAY, COMPARE, EXPORT), default=False, help="replace a file that is there",
    ),
    Option(name="quiet", flags={"--quiet": True}, default=False, help="record, but show no chart"),
    Option(
        name="theme", flags={"--theme": VALUE}, magics=_SHOWN, choices=("light", "dark", "print"), default="light", config=True,
        help="colours; print can be told apart in grey",
    ),
    Option(
        name="palette", flags={"--palette": VALUE}, magics=_SHOWN, default=(), metavar="PART=COLOR,...", convert=_palette, config=True,
        help="other colours for running, waiting, blocking, ready, paper, ink, in place of the theme's",
    ),
    Option(
        name="lang", flags={"--lang": VALUE}, magics=(*_SHOWN, STATS), choices=("auto", "en", "ru"), default="auto", config=True,
        help="language of the chart; auto takes the locale's",
    ),
    Option(
        name="size", flags={"--size": VALUE}, magics=_SHOWN, choices=("notebook", "wide", "slide", "print"),
        default="notebook", config=True, help="how large the chart is drawn",
    ),
    Option(
        name="svg", flags={"--svg": "on", "--no-svg": "off"}, magics=(TRACE, CHART), choices=("auto", "on", "off"),
        default="auto", config=True, help="whether the notebook shows the chart as SVG, else as PNG; auto: where the SVG stays small",
    ),
    Option(
        name="fold", flags={"--fold": True, "--no-fold": False}, magics=_SHOWN, default=True, config=True,
        help="collapse groups of like tasks where there are more than --lanes",
    ),
    Option(
        name="lanes", flags={"--lanes": VALUE}, magics=_SHOWN, metavar="N", convert=count, default=24, least=2, most=400, config=True,
        help="how many lanes are drawn at the most",
    ),
    Option(
        name="follow", flags={"--follow": VALUE}, metavar="SECONDS", convert=duration, default=600.0, least=0, config=True,
        help="how long tasks that outlive the cell are followed; 0: not at all",
    ),
    Option(
        name="threshold", flags={"--threshold": VALUE}, metavar="SECONDS", convert=duration, default=0.05, least=0.001, config=True,
        help="a step longer than this holds up the loop and is drawn red",
    ),
    Option(
        name="limit", flags={"--limit": VALUE}, metavar="N", convert=count, default=2_000_000, least=1, config=True,
        help="how many facts are kept at the most; more are counted and dropped",
    ),
    Option(
        name="results", flags={"--results": True, "--no-results": False}, default=False, config=True,
        help="keep a short text of what each task returned",
    ),
    Option(
        name="arguments", flags={"--args": True, "--no-args": False}, default=True, config=True,
        help="keep a short text of the arguments each task was called with",
    ),
    Option(
        name="calls", flags={"--calls": VALUE}, metavar="NAMES", convert=names,
        help="record every call of these functions, names with commas between, wherever it runs",
    ),
    Option(name="all", flags={"--all": True}, magics=(EXPORT,), default=False, help="every trace of this session"),
)  # fmt: skip


def options_of(magic: str) -> tuple[Option, ...]:
    """Return the options that a magic takes."""
    return tuple(option for option in OPTIONS if magic in option.magics)


def flags_of(magic: str) -> dict[str, Option]:
    """Return the options that a magic takes, by what a user types."""
    return {flag: option for option in options_of(magic) for flag in option.flags}


def defaults() -> dict[str, Any]:
    """Return the value of every option that nobody set."""
    return {option.name: option.default for option in OPTIONS}


def nearest(text: str, known: Any) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing if nothing is near."""
    from difflib import get_close_matches  # only when something is wrong

    near = get_close_matches(text.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


_QUOTED: Final = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|["'].*"""
_TOKEN: Final = rf"""(?:[^\s"']|{_QUOTED})+"""
_PART: Final = rf"""[^"']+|{_QUOTED}"""


def unquoted(token: str) -> str:
    """Take away quotes; a backslash counts only before a quote or a backslash inside them, as Windows paths need."""
    return "".join(_bare(part) for part in re.findall(_PART, token))


def _bare(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if len(part) == 1 or part[0] != part[-1]:
        raise OptionError(f"the quote is not closed: {part}")
    return re.sub(r"\\([\"'\\])", r"\1", part[1:-1])


def parse(magic: str, line: str, *, words: bool = True) -> Request:
    """Read one magic line.

    Args:
        magic: whose options count.
        line: what stands after the magic's name.
        words: whether anything but options may follow; options end at the first word if ``rest`` matters.

    Raises:
        OptionError: one line with the nearest right option or value.
    """
    found = list(re.finditer(_TOKEN, line))
    given: dict[str, Any] = {}
    others: list[str] = []
    position = 0
    rest = ""
    while position < len(found):
        token = found[position].group()
        if not _is_flag(token):
            rest = rest or line[found[position].start() :]
            others.append(unquoted(token))
            position += 1
            continue
        position = _take(magic, [item.group() for item in found], position, given)
    if others and not words:
        raise OptionError(f"%%{magic} takes options only, not {others[0]!r}{_meant(magic, line, others[0], rest)}")
    return Request(given=_fitting(given), words=tuple(others), rest=rest)


def leading_options(magic: str, line: str) -> Request:
    """Read the options at the beginning of a line whose rest is a statement that must stay as it is.

    Raises:
        OptionError: as ``parse``.
    """
    found = list(re.finditer(_TOKEN, line))
    tokens = [item.group() for item in found]
    given: dict[str, Any] = {}
    position = 0
    while position < len(found) and _is_flag(tokens[position]):
        position = _take(magic, tokens, position, given)
    return Request(given=_fitting(given), rest=line[found[position].start() :] if position < len(found) else "")


def _is_flag(word: str) -> bool:
    """Whether a word is meant as an option; ``-1`` and ``-x`` begin a statement."""
    return word.startswith("--") or word == "-w"


def _fitting(given: dict[str, Any]) -> dict[str, Any]:
    """Refuse what would silently do nothing."""
    if given.get("keep_runs") and "name" not in given:
        raise OptionError("--keep-runs needs --name NAME: a cell without a name has another one at every run")
    return given


def _meant(magic: str, line: str, word: str, rest: str) -> str:
    """Say what one who wrote a word among the options may have meant: an option, or a value of several words."""
    before = line[: len(line) - len(rest)].split()
    open_option = next((option for option in options_of(magic) if len(before) > 1 and before[-2] in option.flags), None)
    if open_option is not None and open_option.flags[before[-2]] is VALUE:
        return f'; a value with spaces takes quotes: {before[-2]} "{before[-1]} {word}"'
    return nearest("--" + word, flags_of(magic))


def _take(magic: str, tokens: list[str], position: int, given: dict[str, Any]) -> int:
    """Read the option at a position into ``given``; return the position after it and its value."""
    flag, equals, text = unquoted(tokens[position]).partition("=")
    flags = flags_of(magic)
    if flag not in flags:
        raise OptionError(f"%{magic} has no option {flag!r}{nearest(flag, flags)}")
    option = flags[flag]
    if option.flags[flag] is not VALUE:
        if equals:
            raise OptionError(f"{flag} takes no value; write {flag} alone")
        given[option.name] = option.flags[flag]
        return position + 1
    if not equals:
        position += 1
        if position == len(tokens):
            raise OptionError(f"{flag} needs a value: {flag} {option.metavar or '|'.join(option.choices)}")
        text = unquoted(tokens[position])
    try:
        value = option.value(text)
        given[option.name] = (*given.get(option.name, ()), value) if option.many else value
    except ValueError as error:
        raise OptionError(f"{flag} {error}") from None
    return position + 1
