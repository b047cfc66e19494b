"""These tests trace in kernels of their own. The client in this process may patch asyncio for good: old ones bring ``nest_asyncio``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def _asyncio() -> list[tuple[Any, str, Any]]:
    modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] in ("asyncio", "_asyncio")]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type) and "asyncio" in value.__module__}
    return [(owner, key, value) for owner in [*modules, *classes] for key, value in list(vars(owner).items())]


@pytest.fixture(scope="package", autouse=True)
def asyncio_as_found() -> Iterator[None]:
    before = _asyncio()
    yield
    for owner, key, value in before:
        if callable(value) and vars(owner).get(key) is not value:
            setattr(owner, key, value)


@pytest.fixture(autouse=True)
def as_found() -> None:
    """Nothing is traced in this process."""


@pytest.fixture
def own_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels named ``python3`` are of this environment, whatever the user has installed."""
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix, "share", "jupyter")))
