"""Who started a thread or submitted a job, what that is called, and whether it is a library's own business. Imports siblings only."""

from __future__ import annotations

import functools
from contextlib import suppress
from contextvars import Context
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType
from typing import Any, Final

from ..events import Site
from .reprs import bare, called, function_name
from .sampler import is_library

LIBRARIES: Final = frozenset({
    "ipykernel", "IPython", "zmq", "tornado", "jupyter_client", "comm", "debugpy", "pydevd", "joblib", "loky", "tqdm", "async_magics",
})  # fmt: skip
INTERNAL: Final = LIBRARIES | {"multiprocessing", "concurrent", "asyncio", "subprocess", "socketserver"}
"""Packages that start threads for themselves, which are never somebody's work: they keep pools, kernels and progress bars going."""
_BETWEEN: Final = frozenset({"multiprocessing.dummy", "threading"})
"""Modules whose ``start`` calls another."""
_LOOP: Final = "_run_once"
"""Where asyncio's loop runs: what called that has nothing to do with what is called now."""


def caller(frame: FrameType | None) -> tuple[Site | None, frozenset[str]]:
    """Return the innermost line that is not a library's, and the names of the library's functions between there and here."""
    names: set[str] = set()
    for _ in range(200):
        if frame is None or frame.f_code.co_name == _LOOP:
            break
        code = frame.f_code
        if not is_library(code.co_filename):
            return (code, frame.f_lasti), frozenset(names)
        names.add(code.co_name)
        frame = frame.f_back
    return None, frozenset(names)


def module_of(function: Any) -> str:
    """Return the module in which whatever can be called was defined, without running code of the user's."""
    kind = function.__func__ if type(function) is MethodType else function
    with suppress(AttributeError):
        if type(kind) in (FunctionType, BuiltinFunctionType):
            found = kind.__module__
        else:
            found = type.__dict__["__module__"].__get__(kind if isinstance(kind, type) else type(kind))
        return found if type(found) is str else ""
    return ""


def is_internal(frame: FrameType | None) -> bool:
    """Tell whether a thread that is started at a frame is one of those that a library starts for itself."""
    while frame is not None and frame.f_globals.get("__name__") in _BETWEEN:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in INTERNAL


def is_for_library(frame: FrameType | None) -> bool:
    """Tell whether a pool is made at a frame for a library of ``LIBRARIES``, which tells itself what it does with it."""
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("multiprocessing."):
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in LIBRARIES


def described(function: Any, args: Any, kwargs: Any, *, arguments: bool) -> dict[str, Any]:
    """Return the keys of a ``SPAWN`` row that say what is going to be called."""
    found: dict[str, Any] = {"function": function_name(function)}
    args, kwargs = _given(function, args, kwargs)
    if arguments and type(args) in (tuple, list) and type(kwargs) is dict:
        found["arguments"] = called(function, tuple(args), kwargs)
    plain = bare(function)
    plain = plain.__func__ if type(plain) is MethodType else plain
    return {**found, "defined": (plain.__code__, 0)} if type(plain) is FunctionType else found


def _given(function: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """Return the arguments, among them those that ``asyncio.to_thread`` has put into a partial."""
    if type(function) is functools.partial and type(function.func) is BuiltinFunctionType and isinstance(function.func.__self__, Context):
        return function.args[1:], function.keywords
    return args, kwargs
