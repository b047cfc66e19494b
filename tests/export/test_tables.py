"""Data frames and Parquet: every value there and exact, types fixed whatever the trace holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from async_magics.errors import ExportError, OptionError
from async_magics.export.frames import frame
from async_magics.export.parquet import KEY, PARQUET
from async_magics.export.tables import TABLES
from async_magics.model import Cause, InstantKind, Outcome, Trace, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, line
from async_magics.views.spec import ChartOptions
from tests.strategies import traces

LIBRARIES = ("pandas", "polars")


def rows(found: Any) -> list[dict[str, Any]]:
    """Return a frame as plain Python, missing values as ``None``."""
    if type(found).__module__.startswith("polars"):
        return list(found.to_dicts())
    import pandas

    records = found.astype(object).to_dict("records")
    return [{name: None if pandas.isna(value) else value for name, value in row.items()} for row in records]


@pytest.fixture
def trace() -> Trace:
    script = TraceScript("demo")
    a = script.task("Task-1", "fetch", "1", created_at=line(4))
    b = script.process("child", "crunch", "9", at=0.25, begin=0.5, pid=4712, parent=a)
    script.running(a, 0, 0.25, cpu_ns=1000)
    script.waiting(a, 0.25, 1, WaitKind.TASK, targets=(b,), chain=(line(7),))
    script.ready(a, 1, 1.25, Cause.TASK, waker=b, location=line(9))
    script.running(b, 0.5, 1)
    script.end(b, 1, Outcome.RAISED, "ValueError", "no")
    script.instant(InstantKind.MARK, 0.75, task=b, text="half")
    return script.trace(cell_end=2)


@pytest.mark.parametrize("library", LIBRARIES)
def test_frames_hold_what_the_tables_hold(trace: Trace, library: Any) -> None:
    pytest.importorskip(library)
    recorded = Recorded(trace)
    methods = (recorded.tasks_frame, recorded.slices_frame, recorded.edges_frame, recorded.instants_frame)
    for method, make in zip(methods, TABLES.values(), strict=True):
        found, table = method(library), make(trace)
        assert list(found.columns) == list(table)
        columns = [column.values for column in table.values()]
        assert rows(found) == [dict(zip(table, values, strict=True)) for values in zip(*columns, strict=True)]


def test_a_task_is_one_row(trace: Trace) -> None:
    table = TABLES["tasks"](trace)
    row = {name: column.values[2] for name, column in table.items()}
    assert row == {
        "task": 2, "name": "child", "kind": "process", "call": "crunch(9)", "function": "crunch", "process": "child", "pid": 4712,
        "thread": "MainThread", "parent": 1, "pool": None, "created_ns": 250_000_000, "created_s": 0.25, "begun_ns": 500_000_000,
        "begun_s": 0.5, "ended_ns": 1_000_000_000, "ended_s": 1.0, "busy_ns": 500_000_000, "busy_s": 0.5, "ready_ns": 250_000_000,
        "ready_s": 0.25, "waiting_ns": 0, "waiting_s": 0.0, "steps": 1, "cpu_ns": None, "cpu_s": None, "outcome": "raised",
        "exception": "ValueError", "message": "no", "older": False, "created_at_file": None, "created_at_line": None,
        "created_at_function": None,
    }  # fmt: skip


def test_slices_say_their_line_and_their_waker(trace: Trace) -> None:
    table = TABLES["slices"](trace)
    wanted = ("task", "state", "start_s", "wait", "waker", "cause", "line", "cpu_ns")
    assert list(zip(*(table[name].values for name in wanted), strict=True)) == [
        (1, "running", 0.0, None, None, None, None, 1000),
        (1, "waiting", 0.25, "child", None, None, 7, None),
        (1, "runnable", 1.0, None, 2, "task", 9, None),
        (2, "runnable", 0.25, None, None, "spawn", None, None),
        (2, "running", 0.5, None, None, None, None, None),
    ]


@pytest.mark.parametrize("library", LIBRARIES)
@given(trace=traces(max_tasks=3))
@settings(max_examples=20)
def test_types_are_the_same_whatever_the_trace_holds(library: Any, trace: Trace) -> None:
    pytest.importorskip(library)
    empty = TraceScript().trace()
    for table in TABLES:
        found, plain = frame(trace, table, library), frame(empty, table, library)
        kinds = [{name: str(kind).split("(")[0] for name, kind in zip(each.columns, each.dtypes, strict=True)} for each in (found, plain)]
        assert kinds[0] == kinds[1]
        assert len(found) == len(next(iter(TABLES[table](trace).values())).values)


@pytest.mark.parametrize("library", LIBRARIES)
def test_half_a_surrogate_pair_is_escaped(library: Any) -> None:
    pytest.importorskip(library)
    script = TraceScript()
    script.task("a\ud800b")
    assert list(frame(script.trace(), "tasks", library)["name"])[1] == r"a\ud800b"


def test_pandas_is_taken_first_then_polars(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    assert type(frame(trace, "tasks")).__module__.startswith("pandas")
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert type(frame(trace, "tasks")).__module__.startswith("polars")


def test_without_a_library_one_line_says_what_to_install(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OptionError, match="neither is installed: pip install pandas"):
        Recorded(trace).tasks_frame()
    with pytest.raises(OptionError, match="polars is not installed: pip install polars"):
        Recorded(trace).tasks_frame("polars")
    with pytest.raises(OptionError, match="library is one of pandas, polars, not 'dask'"):
        Recorded(trace).tasks_frame("dask")  # type: ignore[arg-type]


def test_parquet_holds_the_slices_and_the_facts(trace: Trace, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    PARQUET.write(trace, tmp_path / "t.parquet", ChartOptions())
    found, wanted = parquet.read_table(tmp_path / "t.parquet"), TABLES["slices"](trace)
    assert found.to_pydict() == {name: list(column.values) for name, column in wanted.items()}
    kinds = {name: found.schema.field(name).type for name in ("start_ns", "start_s", "name", "line")}
    words = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    assert kinds == {"start_ns": pyarrow.int64(), "start_s": pyarrow.float64(), "name": words, "line": pyarrow.int64()}
    facts = json.loads(found.schema.metadata[KEY.encode()])
    assert (facts["name"], facts["schema"], facts["tasks"], facts["end_ns"]) == ("demo", 1, 3, 2_000_000_000)


@given(trace=traces(max_tasks=3))
@settings(max_examples=20)
def test_any_trace_fits_into_parquet(tmp_path_factory: pytest.TempPathFactory, trace: Trace) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path_factory.mktemp("parquet") / "t"
    PARQUET.write(trace, target, ChartOptions())
    assert parquet.read_table(target)["start_ns"].to_pylist() == trace.slices.start_ns.tolist()


def test_without_pyarrow_one_line_says_what_to_install(trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r'pip install "async_magics\[parquet\]"'):
        Recorded(trace).save(tmp_path / "t.parquet")
    assert not list(tmp_path.iterdir())
