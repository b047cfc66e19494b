"""``%taskreplay``: a trace step by step, as an output of the notebook or as a file. Imports what shows and writes when it is used."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ..errors import OptionError
from .options import REPLAY
from .settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions

SUFFIXES: Final = (".html", ".gif", ".mp4")
"""What a replay can be saved as."""


def check(shell: Any, settings: Settings) -> None:
    """Refuse what cannot be done, before anything is shown.

    Raises:
        OptionError: the path asks for something else, or there is no notebook to show a replay in.
        ExportError: the path cannot be written.
    """
    from ..export import check_target
    from ..export.film import check_ffmpeg

    path = settings["save"]
    if path and not path.lower().endswith(SUFFIXES):
        raise OptionError(f"a replay is saved as {' '.join(SUFFIXES)}, not as {path!r}; %taskexport writes the other formats")
    if path:
        check_target(path, force=settings["force"])
        if path.lower().endswith(".mp4"):
            check_ffmpeg()
    elif not hasattr(shell, "kernel"):
        raise OptionError(f"%{REPLAY} shows a page, and a terminal has none: write it to a file, %{REPLAY} --save replay.html")


def has_page(trace: Trace, settings: Settings) -> bool:
    """Tell whether a page can replay a trace; what is too large for one is written as a film, and nothing is shown.

    Raises:
        OptionError: it is too large, and no film was asked for.
    """
    from ..views.explorer.embed import fits
    from ..views.explorer.payload import MOST_SLICES

    if fits(trace):
        return True
    if settings["save"] and not settings["save"].lower().endswith(".html"):
        return False
    raise OptionError(
        f"{trace.name} has {len(trace.slices):,} slices, and a page replays {MOST_SLICES:,} at the most: "
        f"write a film, %{REPLAY} {trace.name} --save replay.gif"
    )


def show(shell: Any, trace: Trace, settings: Settings) -> None:
    """Show the explorer with the replay open; where no script runs, the chart."""
    data, metadata = bundle(trace, settings.chart())
    shell.display_pub.publish(data=data, metadata=metadata)


def bundle(trace: Trace, options: ChartOptions) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the output: the page with the picture inside it, and for whatever shows no HTML the picture alone and its text."""
    from ..views.explorer import embed
    from ..views.gantt import Gantt
    from ..views.picture import PNG

    data, metadata = Gantt(trace, options)._repr_mimebundle_(include=("text/plain", PNG))
    size = metadata[PNG]
    picture = f'<img width="{size["width"]}" height="{size["height"]}" alt="{escape(size["alt"])}" src="data:{PNG};base64,{data[PNG]}">\n'
    data["text/html"] = embed.fragment(trace, options, picture, replayed=True)
    return data, metadata


def save(trace: Trace, settings: Settings) -> Path:
    """Write the replay and return its path."""
    from ..export import REPLAY_HTML, write

    page = settings["save"].lower().endswith(".html")
    exporter = REPLAY_HTML if page else None
    return write(trace, settings["save"], options=settings.chart(), force=settings["force"], exporter=exporter)
