"""Films: pictures of one size, each shown for its time; bounded; and one clear line where ffmpeg is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter
from PIL import Image

from async_magics import export
from async_magics.errors import ExportError
from async_magics.model import Trace
from async_magics.views import film, mpl_film
from async_magics.views.film import CodeLine, Listed, Mark
from async_magics.views.spec import ChartOptions

from ..views.samples import hostile
from ..views.test_film import two

EN = ChartOptions(lang="en")


def frames(path: Path) -> list[tuple[int, bytes]]:
    with Image.open(path) as image:
        assert image.size == (1280, 720)
        found = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            found.append((image.info["duration"], image.convert("RGB").tobytes()))
        return found


def test_a_gif_shows_every_still_for_its_time(tmp_path: Path) -> None:
    target = export.write(two(), tmp_path / "two.gif", options=EN)
    found, stills = frames(target), list(film.stills(two(), EN))
    assert [lasts for lasts, _ in found] == [round(still.seconds * 100) * 10 for still in stills]
    assert len({pixels for _, pixels in found}) == len(found), "each change can be seen"
    assert target.stat().st_size < 60_000 * len(found)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_paper_stays_the_paper(theme: str) -> None:
    options = ChartOptions(lang="en", theme=theme)  # type: ignore[arg-type]
    pixels, _seconds = next(mpl_film.pictures(two(), options))
    reduced = np.asarray(mpl_film.reduced(pixels, options).convert("RGB"))
    assert tuple(reduced[2, 2]) == tuple(pixels[2, 2]) == tuple(bytes.fromhex(mpl_film.THEMES[theme].paper[1:]))


def test_names_of_the_program_are_drawn_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MOST_STILLS", 3)
    pixels, _seconds = next(mpl_film.pictures(hostile(), EN))
    assert pixels.shape == (720, 1280, 3)


def test_nothing_to_replay_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="there is nothing to replay: the trace has no task"):
        export.write(Trace(name="empty"), tmp_path / "x.gif", options=EN)
    assert not list(tmp_path.iterdir())


def test_without_ffmpeg_it_says_what_to_write_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(ExportError, match=r"an \.mp4 needs ffmpeg, which is not installed: install it, or write a \.gif instead"):
        export.write(two(), tmp_path / "x.mp4", options=EN)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not FFMpegWriter.isAvailable(), reason="ffmpeg is not installed")
def test_an_mp4(tmp_path: Path) -> None:
    target = export.write(two(), tmp_path / "x.mp4", options=EN)
    assert target.read_bytes()[4:8] == b"ftyp"
    told = subprocess.run([FFMpegWriter.bin_path(), "-i", str(target)], capture_output=True, text=True, timeout=60, check=False).stderr
    assert "1280x720" in told


def test_code_that_is_too_long_is_shown_around_where_tasks_stand() -> None:
    lines = [CodeLine(number, f"line {number}") for number in range(1, 41)]
    lines[20] = CodeLine(21, "here", (Mark("a", "#000000"),))
    lines[24] = CodeLine(25, "and here", (Mark("b", "#000000"),))
    shown = [line.number for line in mpl_film._window(lines, 10)]
    assert len(shown) == 10 and {21, 25} <= set(shown)
    lines[2] = CodeLine(3, "far away", (Mark("c", "#000000"),))
    assert {3, 21, 25} <= {line.number for line in mpl_film._window(lines, 10)}
    lines[12] = CodeLine(13, "last", (Mark("d", "#000000"),))
    assert mpl_film._window(lines, 4) == [lines[2], lines[12], lines[20], lines[24]]


def test_a_list_that_is_too_long_says_so() -> None:
    items = [Listed("tasks", bold=True), *(Listed(str(number)) for number in range(20)), Listed("printed", bold=True), Listed("hello")]
    shown = [item.text for item in mpl_film._tail(items, 8)]
    assert len(shown) == 8 and shown[-3:] == ["…", "printed", "hello"]


def test_marks_that_do_not_fit_are_counted() -> None:
    marks = [Mark(f"Task-{number}", "#000000") for number in range(9)]
    shown = mpl_film._fitting(marks, 200)
    assert shown[-1].text == f"+{10 - len(shown)}" and sum(mpl_film._width(mark) + 6 for mark in shown) <= 210
    assert mpl_film._fitting(marks[:2], 400) == marks[:2]
