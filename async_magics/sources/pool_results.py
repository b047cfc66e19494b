"""What comes back to a pool of ``multiprocessing``, and who waits for it. Imports ``recorder`` and siblings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from threading import get_ident
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from ..events import Verb
from ..recorder import Recorder
from .child import unframed
from .crews import Crews
from .patching import dressed_as
from .pickle_notes import without_wrapper
from .running import Waiting, failure
from .tags import Tags

if TYPE_CHECKING:
    from .pools import Call


class PoolResults:
    """The results that callers of pools hold.

    Args:
        recorder: whose recordings.
        crews: the pools.
        calling: the call that a thread is making.
    """

    def __init__(self, recorder: Recorder, crews: Crews, calling: dict[int, Call]) -> None:
        self._recorder, self._works, self._crews, self._calling = recorder, recorder.works, crews, calling
        self._calls: Tags[Call] = Tags()

    def patch(self, module: ModuleType) -> None:
        """Patch where a result is made, comes in, and is waited for."""
        undo = self._recorder.undo
        apply, many, lazy = module.ApplyResult, module.MapResult, module.IMapIterator
        undo.patch(apply, "__init__", self._making(apply.__init__))
        undo.patch(many, "__init__", self._making_many(many.__init__))
        undo.patch(lazy, "__init__", self._making(lazy.__init__))
        for kind in (apply, many, lazy, module.IMapUnorderedIterator):
            undo.patch(kind, "_set", self._coming(vars(kind)["_set"]))
        undo.patch(lazy, "_set_length", self._counted(lazy._set_length))
        public = {getattr(module.Pool, name).__code__ for name in ("map", "starmap", "apply")}
        undo.patch(apply, "wait", self._waiting(apply.wait, apply.get.__code__, public))
        following = self._following(lazy.next)
        undo.patch(lazy, "next", following)
        undo.patch(lazy, "__next__", following)

    # ------------------------------------------------------------------ made
    def _making(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        results = self

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it stands in for one
            results._accepted(self, {})
            stock(self, *args, **kwargs)

        return dressed_as(__init__, stock)

    def _making_many(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        results = self

        def __init__(self: Any, pool: Any, chunksize: int, length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            call = results._accepted(self, {"items": length, "chunk": chunksize})
            stock(self, pool, chunksize, length, *args, **kwargs)
            if call is not None and not length:
                results._back(call)

        return dressed_as(__init__, stock)

    def _accepted(self, result: Any, counts: dict[str, int]) -> Call | None:
        """The pool has accepted the call that this thread makes: this is its result, and nothing of it has been sent yet."""
        call = self._calling.pop(get_ident(), None)
        if call is not None:
            self._calls.put(result, call)
            self._works.emit(Verb.SPAWN, call.work, **{**call.row, **counts})
            self._crews.sent(call.crew, call.work, call.owner)
        return call

    # ------------------------------------------------------------------ back
    def _coming(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        results, calls, works = self, self._calls, self._works

        def _set(self: Any, i: int, obj: Any) -> None:
            call, now = calls.get(self), works.clock()
            if call is not None and not obj[0]:
                without_wrapper(obj[1])
            if call is not None and call.row["kind"] == "batch":
                works.emit(Verb.BACK, call.work, now, chunk=i)
            try:
                stock(self, i, obj)
            except BaseException as error:  # a callback of the user's
                unframed(error)
                raise
            if call is not None and self._job not in self._cache:
                results._back(call, now, None if getattr(self, "_success", True) else self._value)

        return dressed_as(_set, stock)

    def _counted(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        results, calls = self, self._calls

        def _set_length(self: Any, length: int) -> None:
            call = calls.get(self)
            stock(self, length)
            if call is not None and self._job not in self._cache:
                results._back(call)

        return dressed_as(_set_length, stock)

    def _back(self, call: Call, t_ns: int | None = None, error: BaseException | None = None) -> None:
        if call.work in call.crew.pending:
            self._works.emit(Verb.BACK, call.work, t_ns, **failure(error))
            self._crews.back(call.crew, call.work)

    # ------------------------------------------------------------------ waited for
    def _waiting(self, stock: Callable[..., Any], get: Any, public: set[Any]) -> Callable[..., Any]:
        works, calls = self._works, self._calls

        def wait(self: Any, timeout: float | None = None) -> None:
            call = calls.get(self)
            waits = call is not None and not self._event.is_set() and works.owner() is not None
            how = _how(sys._getframe(1), get, public) if waits else ""
            with Waiting(works, call.work, how) if waits and call is not None else nullcontext():
                try:
                    stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(wait, stock)

    def _following(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        works, calls = self._works, self._calls

        def next(self: Any, timeout: float | None = None) -> Any:  # noqa: A001 -- its name
            call = calls.get(self)
            waits = call is not None and not self._items and self._index != self._length and works.owner() is not None
            with Waiting(works, call.work, "next") if waits and call is not None else nullcontext():
                try:
                    return stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(next, stock)


def _how(caller: FrameType, get: Any, public: set[Any]) -> str:
    """Return the name of the call that waits: ``map``, ``starmap``, ``apply``, ``get`` or ``wait``."""
    if caller.f_code is not get:
        return "wait"
    above = caller.f_back
    return above.f_code.co_name if above is not None and above.f_code in public else "get"
