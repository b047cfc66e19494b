"""Every test leaves asyncio, threads, processes, monitoring and the output streams as it found them."""

from __future__ import annotations

import asyncio
import signal
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from async_magics import marks

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

WATCHED = ("asyncio", "_asyncio", "threading", "_thread", "concurrent", "multiprocessing", "selectors", "subprocess")
PATCHABLE = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, type,
    types.GetSetDescriptorType, types.MemberDescriptorType, property, staticmethod, classmethod,
)  # fmt: skip


def patchable_objects() -> dict[str, Any]:
    """Return, by dotted name, every function, class, method and property that a recorder could have replaced."""
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if module is not None and name.split(".")[0] in WATCHED:
            for key, value in list(vars(module).items()):
                found.update(_of(f"{name}.{key}", value))
    return found


def _of(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, PATCHABLE):
        yield name, value
    if isinstance(value, type) and value.__module__.split(".")[0] in WATCHED:
        for key, member in list(vars(value).items()):
            if isinstance(member, PATCHABLE):
                yield f"{name}.{key}", member


def process_state() -> dict[str, Any]:
    """Return what else must not change: streams and their methods, hooks, tools of ``sys.monitoring``, the loop that runs here."""
    streams = {name: getattr(sys, name) for name in ("stdout", "stderr", "__stdout__", "__stderr__")}
    state = {name: getattr(sys, name) for name in ("stdout", "stderr", "displayhook", "excepthook", "unraisablehook")}
    state |= {"trace": sys.gettrace(), "profile": sys.getprofile(), "loop": asyncio._get_running_loop()}
    state |= {"coroutine origin": sys.get_coroutine_origin_tracking_depth(), "async generators": sys.get_asyncgen_hooks()}
    state |= {f"write of {name}": getattr(stream, "write", None) for name, stream in streams.items()}
    state |= {"marks": marks.notes, "SIGINT": signal.getsignal(signal.SIGINT), "SIGTERM": signal.getsignal(signal.SIGTERM)}
    if hasattr(sys, "monitoring"):
        state |= {f"tool {number}": sys.monitoring.get_tool(number) for number in range(6)}
    return state


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names whose object is another one now, or gone."""
    return [name for name in before if after.get(name) is not before[name]]


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    """Fail a test that leaves something patched."""
    objects, state = patchable_objects(), process_state()
    yield
    now = process_state()
    different = changed(objects, patchable_objects()) + [name for name in state if now[name] != state[name]]
    assert not different, f"the test left these changed: {different}"
