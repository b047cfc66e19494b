"""How a trace leaves: one file, whole or not at all, in the format that its name asks for.

Another format is one new exporter and one line in ``EXPORTERS``, or, from another package, an entry point in the group
``async_magics.exporters`` whose name is the suffix without its first dot and whose object is an ``Exporter``. A suffix may have
several dots; the longest that a name ends in counts, so ``a.perfetto.json`` is not a ``.json``.
Imports ``errors``, ``model`` and ``views``; matplotlib, pyarrow and the like only once something is written with them.
"""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, Protocol

from ..errors import AsyncMagicsError, ExportError, OutputExistsError
from .charts import CHARTS, PDF, PICTURES, PNG, SVG, Chart
from .film import GIF, MP4
from .html import HTML, REPLAY_HTML, Chapter, book, encoded
from .mermaid import MERMAID
from .otlp import OTLP
from .parquet import PARQUET
from .perfetto import PERFETTO
from .rows import CSV
from .tracefile import JSON

if TYPE_CHECKING:
    from ..model import Trace
    from ..views.spec import ChartOptions

__all__ = [
    "EXPORTERS", "GROUP", "REPLAY_HTML", "Chapter", "Exporter", "chart_target", "check_target", "suffix_of", "suffixes", "unknown",
    "write", "write_book", "write_chart",
]  # fmt: skip


class Exporter(Protocol):
    """Writes traces in one format."""

    @property
    def suffixes(self) -> Sequence[str]:
        """The endings of file names that ask for this format, with their dot, in small letters."""

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the file; ``target`` does not exist yet and is renamed by the caller afterwards."""


EXPORTERS: Final[tuple[Exporter, ...]] = (PNG, SVG, PDF, HTML, JSON, CSV, PARQUET, PERFETTO, OTLP, MERMAID, GIF, MP4)
GROUP: Final = "async_magics.exporters"


def write(
    trace: Trace, path: str | os.PathLike[str], *, options: ChartOptions, force: bool = False, exporter: Exporter | None = None
) -> Path:
    """Write a trace to a file and return its path.

    Missing folders are made. The file appears under its name only when it is complete.

    Args:
        trace: what to write.
        path: where; its suffix chooses the format. ``~`` is the home folder.
        options: how charts look; formats that are no chart ignore it.
        force: replace a file that is there.
        exporter: writes it; ``None``: the one that the suffix asks for.

    Raises:
        OutputExistsError: the file is there and ``force`` was not given.
        ExportError: nothing writes this suffix, or writing failed.
    """
    target = check_target(path, force=force)
    found = exporter or _exporter(target)
    _replace(target, lambda draft: found.write(trace, draft, options))
    return target


def check_target(path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Return the path of a file that can be written; for those who want to know before they have anything to write.

    Raises:
        OutputExistsError: the file is there and ``force`` was not given.
        ExportError: nothing writes this suffix.
    """
    target = Path(path).expanduser()
    _exporter(target)
    _may_write(target, force=force)
    return target


def write_chart(chart: Chart, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write what draws itself to a picture and return its path; otherwise as ``write``.

    Raises:
        OutputExistsError: the file is there and ``force`` was not given.
        ExportError: it is no kind of picture, or writing failed.
    """
    target, paint = chart_target(path, force=force)

    def fill(draft: Path) -> None:
        draft.write_bytes(paint(chart))

    _replace(target, fill)
    return target


def write_book(
    chapters: Sequence[Chapter], path: str | os.PathLike[str], title: str, *, options: ChartOptions, force: bool = False
) -> Path:
    """Write several charts as one page with an index and return its path; otherwise as ``write``.

    Args:
        chapters: the charts, in their order.
        path: where.
        title: of the whole page.
        options: the language and the colours of what stands around the charts.
        force: replace a file that is there.

    Raises:
        OutputExistsError: the file is there and ``force`` was not given.
        ExportError: it is no page (``.html``), there is nothing to write, or writing failed.
    """
    target = check_target(path, force=force)
    if suffix_of(target.name) not in HTML.suffixes:
        raise ExportError(f"{target.name!r} is no page: give a name that ends in .html")
    if not chapters:
        raise ExportError("there is no chart to put on a page")

    def fill(draft: Path) -> None:
        draft.write_bytes(encoded(book(chapters, title, options)))

    _replace(target, fill)
    return target


def chart_target(path: str | os.PathLike[str], *, force: bool = False) -> tuple[Path, Callable[[Chart], bytes]]:
    """Return the path of a picture that can be written, and what paints it; for those who want to know before they draw.

    Raises:
        OutputExistsError: the file is there and ``force`` was not given.
        ExportError: it is no kind of picture.
    """
    target = Path(path).expanduser()
    found = next((exporter for exporter in CHARTS if target.suffix.lower() in exporter.suffixes), None)
    if found is None:
        raise ExportError(f"{target.name!r} is no picture: give a name that ends in one of {' '.join(PICTURES)}")
    _may_write(target, force=force)
    return target, found.paint


def _may_write(target: Path, *, force: bool) -> None:
    there = next((folder for folder in target.absolute().parents if folder.exists()), None)
    if there is not None and not os.access(there, os.W_OK):
        raise ExportError(f"{target} cannot be written: {there} is read-only; give another folder")
    if target.exists() and not force:
        raise OutputExistsError(f"{target} exists; give another name, or --force (force=True) to replace it")


def suffixes() -> list[str]:
    """Return every suffix that can be written: our own, then those of other packages."""
    own = [suffix for exporter in EXPORTERS for suffix in exporter.suffixes]
    return [*own, *(f".{point.name.lower()}" for point in _others() if f".{point.name.lower()}" not in own)]


def suffix_of(name: str) -> str:
    """Return the longest suffix that the name of a file ends in and something can write, ``""`` where there is none."""
    small = name.lower()
    return max((suffix for suffix in suffixes() if small.endswith(suffix) and len(small) > len(suffix)), key=len, default="")


def unknown(name: str) -> str:
    """Say that nothing writes a file of this name, and which suffix may have been meant."""
    known, endings = suffixes(), [ending.lower() for ending in PurePath(name).suffixes[-2:]]
    near = [match for typed in ("".join(endings), *endings[-1:]) for match in difflib.get_close_matches(typed, known, n=1, cutoff=0.7)]
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{name!r} ends in no format that can be written: {hint}known are {' '.join(known)}"


def _exporter(target: Path) -> Exporter:
    suffix = suffix_of(target.name)
    for exporter in EXPORTERS:
        if suffix in exporter.suffixes:
            return exporter
    for point in _others():
        if suffix == f".{point.name.lower()}":
            return _loaded(point)
    raise ExportError(unknown(target.name))


def _loaded(point: EntryPoint) -> Exporter:
    try:
        exporter: Exporter = point.load()
    except Exception as error:
        raise ExportError(f"the exporter for .{point.name} ({point.value}) cannot be loaded: {error!r}") from error
    return exporter


def _others() -> Sequence[EntryPoint]:
    return tuple(entry_points(group=GROUP))


def _replace(target: Path, fill: Callable[[Path], None]) -> None:
    """Write beside the target, then rename: nobody ever sees half a file, and a failure leaves the old one."""
    final = Path(os.path.realpath(target))  # a link stays a link, and what it points to is replaced
    draft = final.with_name(f".{secrets.token_hex(8)}{suffix_of(target.name)}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        fill(draft)
        draft.replace(final)
    except AsyncMagicsError:
        raise
    except OSError as error:
        raise ExportError(f"cannot write {target}: {error.strerror or error}") from error
    except Exception as error:
        raise ExportError(f"cannot write {target}: {error!r}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
