"""The widget that the kernel draws, as far as no page is needed."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest
from tests.views.samples import lecture

from async_magics.errors import WidgetError
from async_magics.recorded import Recorded
from async_magics.views.spec import ChartOptions
from async_magics.widgets.figure import explorer


def test_a_missing_package_is_named_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "ipympl":
            raise ImportError("no", name="ipympl")
        return real(name, *rest)

    for name in [name for name in sys.modules if name.startswith(("ipympl", "async_magics.widgets."))]:
        if name != "async_magics.widgets.figure":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WidgetError, match=r'^ipympl is not installed: pip install "async_magics\[widget\]"$'):
        explorer(Recorded(lecture()), ChartOptions(lang="en"))
