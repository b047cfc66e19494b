"""What one recording and its chart go by: the defaults, then ``%config``, then ``%tasktrace on``, then the magic line.

Imports ``options``; the packages that record and draw only when a recording or a chart is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .options import defaults

if TYPE_CHECKING:
    from ..api import RecordingOptions
    from ..views.spec import ChartOptions


class Settings:
    """The value of every option.

    Args:
        layers: values by option name; the later ones win.
    """

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        self._values = defaults()
        for layer in layers:
            self._values.update(layer)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def but(self, **values: Any) -> Settings:
        """Return these settings with some values changed."""
        return Settings(self._values, values)

    def chart(self) -> ChartOptions:
        """Return how the chart is to look."""
        from dataclasses import fields

        from ..lang import detect
        from ..views.spec import ChartOptions

        lang = detect() if self["lang"] == "auto" else self["lang"]
        return ChartOptions(lang=lang, **{item.name: self[item.name] for item in fields(ChartOptions) if item.name != "lang"})

    def recording(self) -> RecordingOptions:
        """Return how to record."""
        from ..api import RecordingOptions

        return RecordingOptions(
            limit=self["limit"],
            threshold_ns=round(self["threshold"] * 1_000_000_000),
            results=self["results"],
            arguments=self["arguments"],
            follow_s=self["follow"],
            calls=self["calls"] or (),
        )
