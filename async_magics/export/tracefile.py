"""The trace itself as a file, to be opened again with ``async_magics.load``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..model.codec import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions


@dataclass(frozen=True, slots=True)
class JsonExporter:
    """Writes what ``model.codec`` reads."""

    suffixes: tuple[str, ...] = (".json",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write one line of ASCII."""
        target.write_bytes(to_json(trace).encode("ascii") + b"\n")


JSON: Final = JsonExporter()
