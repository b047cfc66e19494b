"""Slices as a Parquet file, typed and compressed, for DuckDB, Spark, pandas, polars. Imports ``errors``, ``tables``; pyarrow when used.

Texts are dictionary-encoded, times are whole nanoseconds (``int64``) and seconds (``double``). The file's metadata has the key
``async_magics`` with the facts of the recording as JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..errors import ExportError
from ..model.codec import SCHEMA
from .tables import Column, slices_table, sound

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions

KEY: Final = "async_magics"
"""Of the metadata."""


@dataclass(frozen=True, slots=True)
class ParquetExporter:
    """Writes one row for each slice."""

    suffixes: tuple[str, ...] = (".parquet",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the file.

        Raises:
            ExportError: pyarrow is not installed.
        """
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise ExportError('a .parquet file needs pyarrow: pip install "async_magics[parquet]"') from None
        columns = {name: _array(pyarrow, column) for name, column in slices_table(trace).items()}
        table = pyarrow.table(columns).replace_schema_metadata({KEY: json.dumps(facts(trace))})
        pyarrow.parquet.write_table(table, target, compression="zstd")


PARQUET: Final = ParquetExporter()


def facts(trace: Trace) -> dict[str, Any]:
    """Return what a reader of slices wants to know about their recording."""
    return {
        "schema": SCHEMA,
        "name": trace.name,
        "title": trace.title,
        "python": trace.python,
        "began_unix_ns": trace.anchor.wall_ns,
        "end_ns": trace.end_ns,
        "cell_end_ns": trace.cell_end_ns,
        "tasks": len(trace.tasks),
        "threshold_ns": trace.threshold_ns,
        "dropped": trace.dropped,
        "problems": list(trace.problems),
    }


def _array(pyarrow: Any, column: Column) -> Any:
    if column.kind in ("text", "word"):
        texts = pyarrow.array([None if value is None else sound(value) for value in column.values], pyarrow.string())
        return texts.dictionary_encode() if column.kind == "word" else texts
    return pyarrow.array(column.values, {"int": pyarrow.int64(), "float": pyarrow.float64(), "flag": pyarrow.bool_()}[column.kind])
