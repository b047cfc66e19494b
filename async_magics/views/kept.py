"""What a notebook's output keeps of a chart: the trace and how it was drawn, as one JSON object of our own kind.

Front ends that do not know the kind show the picture beside it. Writing and reading stand side by side here; files beside the
notebook are ``kept_files``'s. Imports ``errors``, ``model`` and this folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from ..errors import OptionError, TraceFormatError
from ..lang import Catalogue
from ..lang.plain import clean
from ..model import Trace
from ..model.pack import MOST_BYTES, from_text_lines, packed, text_lines, unpacked
from . import kept_files
from .spec import ChartOptions

MIME: Final = "application/vnd.async-magics.trace+json"
FORMAT: Final = "async_magics chart"
COMPARISON: Final = "application/vnd.async-magics.comparison+json"
COMPARISON_FORMAT: Final = "async_magics comparison"
VERSION: Final = 1
"""Goes up with every change that an older version could not read."""
MOST_TEXT: Final = 1_000_000
"""Letters that an output keeps at the most. A Jupyter server lets about a megabyte a second through to the page and drops what is more;
notebooks of a few megabytes are no longer shown by hosts and no longer nice to have under version control."""

MOST_COMPARED: Final = 12
"""More charts under each other than these are too small to be read."""
_NOT_KEPT: Final = frozenset(("embed",))
_LONGEST: Final = 2000
_MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes into an output.

    Attributes:
        content: the object, ``None`` where the trace is too large and there is no place for a file.
        remark: what the chart has to say about that, ``""`` for nothing.
    """

    content: dict[str, Any] | None
    remark: str = ""


def keep(trace: Trace, options: ChartOptions, words: Catalogue, beside: Path | None) -> Kept:
    """Return what an output keeps of a chart.

    Args:
        trace: what happened.
        options: how it is drawn.
        words: the chart's language.
        beside: the notebook's folder, for a trace that is too large for an output; ``None``: there is none.
    """
    data = packed(trace)
    head = {"format": FORMAT, "version": VERSION, "name": trace.name, "options": written(options)}
    if len(data) * 4 / 3 <= MOST_TEXT:
        return Kept({**head, "trace": text_lines(data)})
    size = f"{words.number(len(data) / 1e6, 1)} MB"
    lost = words.gettext("the trace takes {size} and is not kept in the notebook: save it as a file (--save trace.json)").format(size=size)
    if beside is None:
        return Kept(None, lost)
    try:
        reference = kept_files.save(data, trace.name, beside)
    except OSError:
        return Kept(None, lost)
    remark = words.gettext("the trace takes {size} and is kept beside the notebook, in {path}").format(size=size, path=reference["path"])
    return Kept({**head, "file": reference}, remark)


def keep_comparison(traces: Sequence[Trace], options: ChartOptions) -> dict[str, Any] | None:
    """Return what an output keeps of a comparison; ``None`` where that would be too large: each trace is kept with its own chart."""
    kept = [packed(trace) for trace in traces]
    if sum(map(len, kept)) * 4 / 3 > MOST_TEXT:
        return None
    head = {"format": COMPARISON_FORMAT, "version": VERSION, "options": written(options)}
    return {**head, "traces": [text_lines(data) for data in kept]}


def written(options: ChartOptions) -> dict[str, Any]:
    """Return options as JSON: the language, and whatever is not as usual."""
    usual = ChartOptions(lang=options.lang)
    found = {item.name: getattr(options, item.name) for item in fields(options) if item.name not in _NOT_KEPT}
    return {name: value for name, value in found.items() if name == "lang" or value != getattr(usual, name)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart that a notebook kept.

    Attributes:
        trace: what happened.
        options: how it was drawn.
        remarks: one line for everything that made no sense and was left out.
    """

    trace: Trace
    options: ChartOptions
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedComparison:
    """A comparison that a notebook kept; ``options`` and ``remarks`` as of ``Opened``."""

    traces: tuple[Trace, ...]
    options: ChartOptions
    remarks: tuple[str, ...] = ()


def name_in(content: object) -> str:
    """Return what the trace is called, without opening it; the name is anybody's text."""
    name = content.get("name") if isinstance(content, dict) else None
    return clean(name, 200) if isinstance(name, str) and name.strip() else "trace"


def title_in(content: object) -> str:
    """Return the heading that the chart was given, without opening it; ``""`` for none."""
    options = content.get("options") if isinstance(content, dict) else None
    title = options.get("title") if isinstance(options, dict) else None
    return clean(title, 200) if isinstance(title, str) else ""


def opened(content: object, folder: Path) -> Opened:
    """Open what ``keep`` made; nothing in it is believed.

    Args:
        content: the object.
        folder: where the notebook lies; no file outside it is read.

    Raises:
        TraceFormatError: it is none of ours, damaged, or of a newer version.
    """
    content = _of_this_version(content, FORMAT)
    if ("trace" in content) == ("file" in content):
        raise TraceFormatError("not a kept chart: it should hold either a trace or a file")
    data = from_text_lines(content["trace"]) if "trace" in content else kept_files.read(content["file"], folder)
    options, remarks = _read_options(content.get("options", {}))
    return Opened(unpacked(data), options, remarks)


def opened_comparison(content: object) -> OpenedComparison:
    """Open what ``keep_comparison`` made; nothing in it is believed.

    Raises:
        TraceFormatError: it is none of ours, damaged, or of a newer version.
    """
    content = _of_this_version(content, COMPARISON_FORMAT)
    traces = content.get("traces")
    if not isinstance(traces, list) or not 0 < len(traces) <= MOST_COMPARED:
        raise TraceFormatError(f"not a kept comparison: it should hold from 1 to {MOST_COMPARED} traces")
    options, remarks = _read_options(content.get("options", {}))
    most = MOST_BYTES // len(traces)
    return OpenedComparison(tuple(unpacked(from_text_lines(lines), most) for lines in traces), options, remarks)


def _of_this_version(content: object, wanted: str) -> dict[str, Any]:
    """Return the object, after a look at what it says of itself."""
    if not isinstance(content, dict) or content.get("format") != wanted:
        raise TraceFormatError(f"not a kept chart: its format is not {wanted!r}")
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise TraceFormatError("not a kept chart: its version should be a whole number from 1")
    if version > VERSION:
        what = f"version {version}; this one reads up to {VERSION}" if version < 10**6 else f"this one reads up to version {VERSION}"
        raise TraceFormatError(f"the chart was kept by a newer version ({what}): upgrade async_magics")
    return content


def _read_options(raw: object) -> tuple[ChartOptions, tuple[str, ...]]:
    if not isinstance(raw, dict):
        return ChartOptions(), ("the kept options are no object: the chart is drawn as usual",)
    found: dict[str, Any] = {}
    remarks = []
    known = {item.name for item in fields(ChartOptions)} - _NOT_KEPT
    for name, value in raw.items():
        if name not in known:
            remarks.append(f"there is no chart option {str(name)[:40]!r}: it was left out")
            continue
        try:
            one: dict[str, Any] = {name: _plain(name, value)}
            ChartOptions(**one)
            found |= one
        except (OptionError, TypeError, ValueError) as error:
            remarks.append(f"the kept option was left out: {clean(str(error), 160)}")
    return ChartOptions(**found), tuple(remarks[:_MOST])


def _plain(name: str, value: object) -> object:
    """Return a value as ``ChartOptions`` wants it: lists become tuples, texts are bounded."""
    usual = getattr(ChartOptions(lang="en"), name)
    if name == "window":
        return tuple(value) if isinstance(value, list) else value
    if isinstance(usual, tuple):
        if not isinstance(value, list) or len(value) > _MOST or not all(map(_is_text, _leaves(value))):
            raise OptionError(f"{name} is a list of texts, {_MOST} at the most")
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    if isinstance(usual, str | None) and not (value is None and usual is None) and not _is_text(value):
        raise OptionError(f"{name} is a text, {_LONGEST} letters at the most")
    return value


def _leaves(values: list[Any]) -> Iterator[object]:
    for value in values:
        yield from value if isinstance(value, list) else (value,)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST
