"""Films: pictures of one size, each shown for its time; bounded; and one clear line where ffmpeg is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

import matplotlib
import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter
from PIL import Image

from async_magics import export
from async_magics.errors import ExportError
from async_magics.model import Trace
from async_magics.testing import ns
from async_magics.views import film, mpl, mpl_film
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


COPIES: Final = "pathlib.Path(sys.argv[-1]).write_bytes(sys.stdin.buffer.read())"
FAILS: Final = "sys.stdin.buffer.read(); print('Stream #0\\nUnknown encoder h264', file=sys.stderr); sys.exit(8)"
DIES: Final = "sys.exit(3)"


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a program of that name on the path."""

    def install(does: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "ffmpeg"
        program.write_text(f"#!{sys.executable} -S\nimport pathlib, sys\n{does}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))

    return install


posix = pytest.mark.skipif(os.name == "nt", reason="a script cannot stand for a program there")


@posix
@pytest.mark.parametrize(("does", "said"), [(FAILS, "Unknown encoder h264"), (DIES, "exit code 3")])
def test_what_ffmpeg_cannot_write_is_one_line(tmp_path: Path, ffmpeg: Callable[[str], None], does: str, said: str) -> None:
    ffmpeg(does)
    message = f"^ffmpeg could not write it \\({said}\\): write a .gif instead$"
    with pytest.raises(ExportError, match=message):
        export.write(two(), tmp_path / "x.mp4", options=EN)
    try:
        raise ValueError("of the user's own, which is being handled")
    except ValueError:
        with pytest.raises(ExportError, match=message):
            export.write(two(), tmp_path / "x.mp4", options=EN)
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


@posix
@pytest.mark.parametrize("error", [KeyboardInterrupt("stopped"), RuntimeError("no such letter")])
def test_what_stopped_us_is_told_and_not_that_ffmpeg_was_stopped_too(
    tmp_path: Path, ffmpeg: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def stop(_painter: object) -> None:
        raise error

    ffmpeg(FAILS)
    monkeypatch.setattr(mpl_film._Painter, "pixels", stop)
    with pytest.raises(type(error) if isinstance(error, KeyboardInterrupt) else ExportError, match=str(error)):
        export.write(two(), tmp_path / "x.mp4", options=EN)
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


@posix
def test_the_users_settings_change_no_film(tmp_path: Path, ffmpeg: Callable[[str], None]) -> None:
    ffmpeg(COPIES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = export.write(two(), tmp_path / "plain.mp4", options=EN).read_bytes()
        with matplotlib.rc_context({"figure.constrained_layout.use": True, "figure.frameon": False, "savefig.facecolor": "red"}):
            assert export.write(two(), tmp_path / "other.mp4", options=EN).read_bytes() == plain


@posix
@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_film_that_fails_leaves_the_users_settings(
    tmp_path: Path, ffmpeg: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no more")

    ffmpeg(COPIES)
    monkeypatch.setattr(mpl_film, "reduced", refuse)
    monkeypatch.setattr(FFMpegWriter, "grab_frame", refuse)
    with matplotlib.rc_context({"font.size": 31.0, "savefig.bbox": "tight"}):
        before = dict(matplotlib.rcParams)
        with pytest.raises(ExportError, match="no more") as held:
            export.write(two(), tmp_path / f"x{suffix}", options=EN)
        assert held.value.__cause__ is not None and dict(matplotlib.rcParams) == before


@posix
def test_an_mp4_of_nothing_is_one_line_too(tmp_path: Path, ffmpeg: Callable[[str], None]) -> None:
    ffmpeg(FAILS)
    with pytest.raises(ExportError, match="there is nothing to replay"):
        export.write(Trace(name="empty"), tmp_path / "x.mp4", options=EN)


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


@pytest.mark.parametrize("rows", range(6, 24))
def test_no_heading_is_there_twice_and_the_list_is_as_long_as_there_is_room(rows: int) -> None:
    for before in range(12):
        ready = [Listed("ready", bold=True), *(Listed(f"ready {number}") for number in range(before))]
        items = [*ready, Listed("pool", bold=True), *(Listed(f"worker {number}") for number in range(9))]
        shown = [item.text for item in mpl_film._tail(items, rows)]
        assert len(shown) == min(rows, len(items)) and len(set(shown)) == len(shown)
        assert shown.count("pool") == 1 and shown[-1] == "worker 8" and ("…" in shown) == (len(items) > rows)
        left = [text for text in shown if text != "…"]
        assert left == [item.text for item in items if item.text in left], "in order"


def test_the_cursor_stands_in_the_part_that_the_chart_shows_or_nowhere() -> None:
    options = ChartOptions(lang="en", window=(ns(1), ns(2)))
    with mpl.own_settings():
        chart = mpl_film._Chart(two(), options)
    assert [chart.cursor(ns(t)) for t in (0, 0.9, 2.1, 3)] == [None] * 4
    places = [chart.cursor(ns(t)) for t in (1, 1.5, 2)]
    assert all(place is not None and chart.left < place[0] < chart.left + chart.width for place in places)
    ((pixels, _seconds),) = mpl_film.pictures(two(), options)
    shown = pixels[chart.top : chart.top + chart.height, chart.left : chart.left + chart.width]
    assert (shown == chart.pixels).all(), "nothing happens there, and what happened before has no place"


def test_a_film_of_a_window_has_its_cursor_on_every_picture() -> None:
    options = ChartOptions(lang="en", window=(ns(2.4), ns(3)))
    with mpl.own_settings():
        chart = mpl_film._Chart(two(), options)
    for pixels, _seconds in mpl_film.pictures(two(), options):
        shown = pixels[chart.top : chart.top + chart.height, chart.left : chart.left + chart.width]
        changed = (shown != chart.pixels).any(axis=(0, 2))
        assert 0 < changed.sum() <= 3


def test_marks_that_do_not_fit_are_counted() -> None:
    marks = [Mark(f"Task-{number}", "#000000") for number in range(9)]
    shown = mpl_film._fitting(marks, 200)
    assert shown[-1].text == f"+{10 - len(shown)}" and sum(mpl_film._width(mark) + 6 for mark in shown) <= 210
    assert mpl_film._fitting(marks[:2], 400) == marks[:2]
