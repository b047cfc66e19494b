"""Writing by suffix: whole or not at all, nothing overwritten, every failure one clear line."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from matplotlib.animation import FFMpegWriter

from async_magics import export
from async_magics.errors import ExportError, OutputExistsError
from async_magics.export import write
from async_magics.magics.options import SUFFIXES
from async_magics.model import Trace
from async_magics.model.codec import from_json
from async_magics.testing import TraceScript
from async_magics.views.spec import ChartOptions

OPTIONS = ChartOptions()
BEGINNINGS = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".svg": b"<?xml", ".pdf": b"%PDF-", ".html": b"<!doctype html>", ".json": b'{"format":', ".csv": b"task,name",
    ".parquet": b"PAR1", ".perfetto.json": b'{"displayTimeUnit":', ".otlp.json": b'{"resourceSpans":', ".mmd": b"gantt\n",
    ".gif": b"GIF89a", ".mp4": b"\0\0\0",
}  # fmt: skip


@pytest.fixture
def trace() -> Trace:
    script = TraceScript("demo", title="Обед")
    task = script.task("Task-1", "fetch", "1")
    script.running(task, 0.0, 0.5)
    script.end(task, 0.5)
    return script.trace(cell_end=1.0)


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_every_format_is_written_into_folders_that_are_made(trace: Trace, tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    if suffix == ".mp4" and not FFMpegWriter.isAvailable():
        pytest.skip("ffmpeg is not installed")
    target = tmp_path / "new" / "folder" / f"chart{suffix.upper()}"
    assert write(trace, target, options=OPTIONS) == target
    assert target.read_bytes().startswith(BEGINNINGS[suffix])
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.stat().st_mode & 0o044 == _readable(tmp_path)


def _readable(folder: Path) -> int:
    probe = folder / "probe"
    probe.touch()
    return probe.stat().st_mode & 0o044


def test_a_trace_comes_back_from_its_file(trace: Trace, tmp_path: Path) -> None:
    assert from_json(write(trace, tmp_path / "t.json", options=OPTIONS).read_bytes()) == trace


def test_nothing_is_overwritten_without_force(trace: Trace, tmp_path: Path) -> None:
    target = tmp_path / "t.json"
    target.write_text("mine")
    with pytest.raises(OutputExistsError, match="--force"):
        write(trace, target, options=OPTIONS)
    assert target.read_text() == "mine"
    write(trace, target, options=OPTIONS, force=True)
    assert from_json(target.read_text()) == trace


def test_a_link_stays_a_link(trace: Trace, tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write(trace, link, options=OPTIONS, force=True)
    assert link.is_symlink() and from_json(real.read_text()) == trace


def test_every_suffix_is_known_to_the_magics_and_tried_here() -> None:
    assert [suffix for exporter in export.EXPORTERS for suffix in exporter.suffixes] == list(SUFFIXES)
    assert set(SUFFIXES) == set(BEGINNINGS)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.json", ".json"), ("a.perfetto.json", ".perfetto.json"), ("A.OTLP.JSON", ".otlp.json"), ("perfetto.json", ".json"),
     ("a.b.json", ".json"), (".json", ""), ("json", ""), ("a.docx", "")],
)  # fmt: skip
def test_the_longest_suffix_counts(name: str, suffix: str) -> None:
    assert export.suffix_of(name) == suffix


@pytest.mark.parametrize(
    ("name", "hint"),
    [("a.pgn", "did you mean .png"), ("a", r"known are \.png \.svg \.pdf \.html \.json \.csv"), ("a.docx", "known are"),
     ("a.perfeto.jsn", "did you mean .perfetto.json"), ("a.b.jsn", "did you mean .json"), ("a.parket", "did you mean .parquet")],
)  # fmt: skip
def test_an_unknown_suffix_names_the_known_ones(trace: Trace, tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(ExportError, match=hint):
        write(trace, tmp_path / "new" / name, options=OPTIONS)
    assert not list(tmp_path.iterdir())


@dataclass(frozen=True)
class Broken:
    """An exporter that fails half-way."""

    error: BaseException
    suffixes: tuple[str, ...] = (".broken",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        target.write_text("half")
        raise self.error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ZeroDivisionError("division by zero")])
def test_a_failure_leaves_the_old_file_and_no_rubbish(
    trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(export, "EXPORTERS", (Broken(error),))
    target = tmp_path / "t.broken"
    target.write_text("old")
    with pytest.raises(ExportError, match=str(error.args[-1])) as caught:
        write(trace, target, options=OPTIONS, force=True)
    assert caught.value.__cause__ is error
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_an_interrupt_passes_and_leaves_no_rubbish(trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "EXPORTERS", (Broken(KeyboardInterrupt()),))
    with pytest.raises(KeyboardInterrupt):
        write(trace, tmp_path / "t.broken", options=OPTIONS)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_way_is_one_clear_line(trace: Trace, tmp_path: Path) -> None:
    (tmp_path / "t.json").mkdir()
    with pytest.raises(ExportError, match=r"cannot write .*t\.json: Is a directory"):
        write(trace, tmp_path / "t.json", options=OPTIONS, force=True)
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot write"):
        write(trace, tmp_path / "file" / "t.json", options=OPTIONS)


class Names:
    """An exporter as another package would bring it."""

    suffixes = (".names",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        target.write_text(" ".join(task.name for task in trace.tasks))


NAMES = Names()


def test_another_package_brings_a_format(trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = (EntryPoint("names", f"{__name__}:NAMES", export.GROUP), EntryPoint("gone", "no_such_module:X", export.GROUP))
    monkeypatch.setattr(export, "entry_points", lambda group: points if group == export.GROUP else ())
    assert export.suffixes()[-2:] == [".names", ".gone"]
    assert write(trace, tmp_path / "t.names", options=OPTIONS).read_text() == "cell Task-1"
    with pytest.raises(ExportError, match="cannot be loaded"):
        write(trace, tmp_path / "t.gone", options=OPTIONS)
