"""A replay as a film: an animated GIF, or an MP4 where ffmpeg is installed. matplotlib is imported when one is made.

A GIF needs nothing but Pillow, which comes with matplotlib, and holds how long each picture is shown. An MP4 has a fixed number of
pictures a second, so each is written as often as it takes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any, Final

from ..errors import ExportError
from ..lang.plain import clean

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions

RATE: Final = 10
"""Pictures a second of an MP4."""


@dataclass(frozen=True, slots=True)
class GifExporter:
    """Writes an animated GIF, which goes on for ever."""

    suffixes: tuple[str, ...] = (".gif",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write it."""
        from ..views.mpl_film import reduced

        images, lasting = [], []
        for pixels, seconds in _pictures(trace, options):
            images.append(reduced(pixels, options))
            lasting.append(round(seconds * 100) * 10)  # a GIF counts hundredths of a second
        images[0].save(target, format="GIF", save_all=True, append_images=images[1:], duration=lasting, loop=0, optimize=False)


@dataclass(frozen=True, slots=True)
class Mp4Exporter:
    """Writes an MP4 with ffmpeg, which it starts and waits for."""

    suffixes: tuple[str, ...] = (".mp4",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write it.

        Raises:
            ExportError: ffmpeg is not installed, or failed.
        """
        from matplotlib.animation import FFMpegWriter
        from matplotlib.figure import Figure

        from ..views.mpl import own_settings

        check_ffmpeg()
        with own_settings():
            made = Figure(figsize=(12.8, 7.2), dpi=100)
        writer = FFMpegWriter(fps=RATE)
        with _failures_told(), writer.saving(made, str(target), 100):
            for pixels, lasts in _pictures(trace, options):
                made.clear()
                made.figimage(pixels)
                for _ in range(max(1, round(lasts * RATE))):
                    writer.grab_frame()


GIF: Final = GifExporter()
MP4: Final = Mp4Exporter()


def check_ffmpeg() -> None:
    """Refuse where no MP4 can be written, for those who want to know before they have anything to write.

    Raises:
        ExportError: ffmpeg is not installed.
    """
    from matplotlib.animation import FFMpegWriter

    if not FFMpegWriter.isAvailable():
        raise ExportError("an .mp4 needs ffmpeg, which is not installed: install it, or write a .gif instead")


@contextmanager
def _failures_told() -> Iterator[None]:
    """Say in one line why ffmpeg failed; where it was only stopped, what stopped us says why: an interrupt reaches both."""
    outside = sys.exc_info()[1]
    try:
        yield
    except CalledProcessError as error:
        inside = error.__context__
        if inside is not None and inside is not outside and not isinstance(inside, OSError):
            raise inside from None
        lines = str(error.stderr or "").strip().splitlines() or [f"exit code {error.returncode}"]
        raise ExportError(f"ffmpeg could not write it ({clean(lines[-1], 200)}): write a .gif instead") from None


def _pictures(trace: Trace, options: ChartOptions) -> Iterator[tuple[Any, float]]:
    """Yield pixels, and for how many seconds they are shown; one picture at a time is in memory."""
    from ..views.mpl_film import pictures

    if not trace.tasks:
        raise ExportError("there is nothing to replay: the trace has no task")
    return pictures(trace, options)
