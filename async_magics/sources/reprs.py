"""Bounded text of users' objects, made without running any of the users' code. Standard library only.

Only exact built-in types are shown by value; anything else as its type's name. Values under names that look like secrets are
hidden.
"""

from __future__ import annotations

import functools
import itertools
import re
from contextvars import Context
from itertools import zip_longest
from types import BuiltinFunctionType, CodeType, CoroutineType, FunctionType, MethodType
from typing import Any, Final

LONGEST: Final = 60
SECRET: Final = re.compile(r"pass(word|wd|phrase)?|pwd|secret|token|api_?key|credential|cookie|private_?key", re.I)
_HIDDEN: Final = "'***'"
_STARS: Final = "***"
_NAMED: Final = re.compile(
    rf"([\w-]*(?:{SECRET.pattern})[\w-]*['\"]?\s*[:=]\s*['\"]?|--?[\w-]*(?:{SECRET.pattern})[\w-]*\s+)[^\s'\"&;]+", re.I
)
"""``"password": "x"``, ``token=x`` and ``--secret x`` inside a longer text."""
_VALUES: Final = (
    (re.compile(r"(\w[\w+.-]*://)[^/\s@]+@"), rf"\1{_STARS}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {_STARS}"),
    (re.compile(r"\b(?:sk-|gh[pousr]_|github_pat_|glpat-|xox[abp]-|AKIA)[\w-]{8,}"), _STARS),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), _STARS),
)
_TELLING: Final = (
    "://", "pass", "pwd", "secret", "token", "api_key", "apikey", "private", "credential", "cookie", "bearer", "basic",
    "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "akia", "eyj",
)  # fmt: skip
"""Without one of these nothing is hidden: a short look instead of many long ones."""
_CONTEXT: Final = 100
"""How much of a text is looked at beyond what is shown, so that no secret is cut in two and then taken for something else."""
_BRACKETS: Final[dict[Any, Any]] = {list: "[]", tuple: "()", set: "{}", frozenset: ("frozenset({", "})")}
_PLAIN: Final = frozenset({bool, float, complex, type(None), type(...), type(NotImplemented)})
_type_name: Final = type.__dict__["__qualname__"].__get__


def short(value: object, longest: int = LONGEST, depth: int = 2) -> str:
    """Return a bounded repr; never raises, never calls a method of the user's."""
    try:
        text = _short(value, longest, depth)
    except Exception as error:
        text = f"<{type(error).__name__}>"
    return text if len(text) <= 2 * longest else text[: 2 * longest] + "…"


def _short(value: Any, longest: int, depth: int) -> str:
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() < 200 else f"<int of {value.bit_length()} bits>"
    if kind is str:
        text = without_secrets(str(value[: longest + _CONTEXT]))
        return repr(text) if len(text) <= longest else repr(text[:longest]) + "…"
    if kind in (bytes, bytearray):
        return repr(bytes(value[: longest // 2])) + ("…" if len(value) > longest // 2 else "")
    if kind in _BRACKETS:
        return _items(value, longest, depth)
    if kind is dict:
        return _pairs(value, longest, depth)
    if kind is range:
        return repr(value) if max(map(int.bit_length, (value.start, value.stop, value.step))) < 200 else "<range>"
    if kind in (FunctionType, BuiltinFunctionType, MethodType, CoroutineType):
        return str(value.__qualname__)[:longest]
    if kind is functools.partial:
        return _short(value.func, longest, depth)
    if kind is type or issubclass(kind, type):
        return str(_type_name(value))[:longest]
    return f"<{_type_name(kind)}>"[: longest + 2]


def without_secrets(text: str) -> str:
    """Hide what looks like a secret inside a text: in an address, after a telling name, by its own form."""
    low = text.lower()
    for mark in _TELLING:
        if mark in low:
            break
    else:
        return text
    for pattern, instead in _VALUES:
        text = pattern.sub(instead, text)
    return _NAMED.sub(rf"\1{_STARS}", text)


def _items(value: Any, longest: int, depth: int) -> str:
    left: str
    right: str
    left, right = _BRACKETS[type(value)]
    if depth <= 0:
        return f"{left}… {len(value)}{right}"
    shown = [_short(item, longest // 2, depth - 1) for item, _ in zip(value, range(4), strict=False)]
    if len(value) > 4:
        shown.append(f"… {len(value)}")
    return left + ", ".join(shown) + ("," if type(value) is tuple and len(value) == 1 else "") + right


def _pairs(value: dict[Any, Any], longest: int, depth: int) -> str:
    if depth <= 0:
        return f"{{… {len(value)}}}"
    shown = []
    for (key, item), _ in zip(value.items(), range(4), strict=False):
        secret = type(key) is str and SECRET.search(key)
        shown.append(f"{_short(key, longest // 2, 0)}: {_HIDDEN if secret else _short(item, longest // 2, depth - 1)}")
    if len(value) > 4:
        shown.append(f"… {len(value)}")
    return "{" + ", ".join(shown) + "}"


def arguments(code: CodeType, local: dict[str, Any]) -> str:
    """Return the arguments of a call that has just begun, ``"1, retries=3"``-like: values in order, secrets hidden."""
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    shown = []
    for position, name in enumerate(names):
        if name not in local or (position == 0 and name in ("self", "cls")):
            continue
        value = _HIDDEN if SECRET.search(name) else short(local[name], 30, 1)
        shown.append(value if position < code.co_argcount else f"{name}={value}")
        if len(shown) == 5:
            shown.append("…")
            break
    text = ", ".join(shown)
    return text if len(text) <= 2 * LONGEST else text[: 2 * LONGEST] + "…"


def called(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return the arguments of a call that is about to be made, as ``arguments`` does; secrets are known by the parameters' names."""
    names = _parameters(bare(function))
    shown = [_HIDDEN if name and SECRET.search(name) else short(value, 30, 1) for name, value in zip_longest(names[: len(args)], args)]
    shown += [f"{name}={_HIDDEN if SECRET.search(name) else short(value, 30, 1)}" for name, value in itertools.islice(kwargs.items(), 5)]
    text = ", ".join(shown[:5] + ["…"] * (len(args) + len(kwargs) > 5))
    return text if len(text) <= 2 * LONGEST else text[: 2 * LONGEST] + "…"


def _parameters(function: Any) -> tuple[str, ...]:
    if type(function) is MethodType:
        return _parameters(function.__func__)[1:]
    if type(function) is not FunctionType:
        return ()
    code: CodeType = function.__code__
    return code.co_varnames[: code.co_argcount]


def function_name(function: Any) -> str:
    """Return the qualified name of whatever can be called, bounded; of what a ``partial`` or a wrapper of ours holds."""
    found = bare(function)
    if type(found) in (FunctionType, BuiltinFunctionType, MethodType):
        return str(found.__qualname__)[:80]
    return str(_type_name(found if isinstance(found, type) else type(found)))[:80]


def bare(function: Any) -> Any:
    """Return what partials, ``asyncio.to_thread`` and our own wrappers hold; a plain function where there is one."""
    for _ in range(20):
        if type(function) is functools.partial:
            inside = type(function.func) is BuiltinFunctionType and isinstance(function.func.__self__, Context)
            function = function.args[0] if inside and function.args else function.func
        elif type(function).__name__ == "Timed" and type(function).__module__ == f"{__package__}.child":
            function = function.func
        else:
            break
    return function


_QUIET: Final = frozenset({BaseException.__str__, OSError.__str__, KeyError.__str__, ImportError.__str__, SyntaxError.__str__})


def message(error: BaseException) -> str:
    """Return the bounded text of an exception, if making it runs no user code; else ``""``."""
    if type(error).__str__ not in _QUIET or not all(type(item) in (str, int, float, bytes, type(None)) for item in error.args):
        return ""
    return str(error)[:200]
