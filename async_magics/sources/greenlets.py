"""Greenlets, gevent's too: a step from one switch to the next, through ``greenlet.settrace`` in the thread of the traced code.

A tracer that is there is called as before, and is there again afterwards. Where greenlet is not imported, nothing happens. The main
greenlet of a thread is the traced code itself, gevent's hub its loop: neither is a work of its own. Imports ``recorder``.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder, Window
from .late_imports import OnImport
from .reprs import called, function_name
from .sampler import users_line

MOST_STEPS: Final = 5_000  #: of one greenlet


class Light:
    """A greenlet that is followed.

    Attributes:
        work: its id.
        owner: marker of its recording.
        ref: to the greenlet: another may get its id.
        spawn: data of its first row, until that is written.
        born_ns: when it was first switched to.
        begin_ns: when the step in progress began.
        steps: how many it took.
    """

    __slots__ = ("begin_ns", "born_ns", "owner", "ref", "spawn", "steps", "work")

    def __init__(self, work: str, owner: int, ref: weakref.ref[Any], spawn: dict[str, Any], now: int) -> None:
        self.work, self.owner, self.ref = work, owner, ref
        self.spawn: dict[str, Any] | None = spawn
        self.born_ns = self.begin_ns = now
        self.steps = 0


class Greenlets:
    """Greenlets that are switched to in a thread of traced code."""

    name = "greenlets"

    def __init__(self) -> None:
        self._recorder: Recorder
        self._live: dict[int, Light] = {}
        self._markers: dict[int, int] = {}
        self._tracers: dict[int, Callable[[str, Any], None]] = {}
        self._on = False
        self._module: Any = None

    def unavailable(self) -> str | None:
        """Where there is no greenlet, there is nothing to miss."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Be ready, for greenlet to be imported as well."""
        self._recorder = recorder
        OnImport({"greenlet": self._imported}).install(recorder.undo)

    def _imported(self, module: Any) -> None:
        if hasattr(module, "settrace"):  # a build may come without
            self._module = module
            self._watch_here()

    def opened(self, window: Window) -> None:
        """Watch this thread."""
        self._markers[get_ident()] = window.marker
        self._watch_here()

    def _watch_here(self) -> None:
        here, module = get_ident(), self._module
        if module is None or here not in self._markers or (self._on and module.gettrace() is self._tracers.get(here)):
            return
        self._tracers[here] = self._trace(module)

    def closing(self, window: Window) -> None:
        """What was begun goes on being followed; what begins from here on is not the traced code's."""
        self._markers.pop(get_ident(), None)

    # ------------------------------------------------------------------ the tracer
    def _trace(self, module: Any) -> Callable[[str, Any], None]:
        before: Callable[[str, Any], Any] | None = module.gettrace()
        clock, thread = self._recorder.clock, get_ident()
        self._on = True

        def switched(event: str, between: Any) -> None:
            now = clock()
            if self._on:
                try:
                    self._leaves(between[0], event, now)
                    self._enters(between[1], between[0], now, self._markers.get(thread))
                except Exception as error:
                    self._on = False
                    self._recorder.log.problem(f"greenlets were switched off: {type(error).__name__}: {error}")
            elif module.gettrace() is switched:
                module.settrace(before)  # a thread that outlived the recording
            if before is not None:
                before(event, between)

        def stop() -> None:
            self._on = False
            if module.gettrace() is switched:
                module.settrace(before)

        module.settrace(switched)
        self._recorder.undo.then(stop)
        return switched

    def _enters(self, target: Any, origin: Any, now: int, marker: int | None) -> None:
        light = self._known(target)
        if light is None:
            if marker is None or target.parent is None or _is_hub(target):
                return
            light = self._live[id(target)] = self._first(target, origin, now, marker)
        light.begin_ns = now
        if self._recorder.works.by() != light.work:  # a patched ``get_ident`` has a stack for each greenlet
            self._recorder.works.enter(light.work, light.owner)

    def _leaves(self, origin: Any, event: str, now: int) -> None:
        light = self._known(origin)
        if light is None:
            return
        works, frame = self._recorder.works, origin.gr_frame
        works.leave(light.work)
        if light.spawn is not None:
            works.emit(Verb.SPAWN, light.work, light.born_ns, **{**_of_frame(frame), **light.spawn})
            light.spawn = None
        light.steps += 1
        if light.steps > MOST_STEPS and not origin.dead:
            self._recorder.log.dropped += 1
            self._recorder.log.problem(f"of the steps of a greenlet only the first {MOST_STEPS:,} were kept")
            return
        site = None if frame is None else users_line(frame)
        works.emit(Verb.STEP, light.work, light.begin_ns, end=now, how=_ending(origin, event), site=site)
        if origin.dead:
            del self._live[id(origin)]
            works.over(light.work)

    # ------------------------------------------------------------------ which, and whose
    def _known(self, greenlet: Any) -> Light | None:
        light = self._live.get(id(greenlet))
        return light if light is not None and light.ref() is greenlet else None

    def _first(self, target: Any, origin: Any, now: int, marker: int) -> Light:
        creator = self._known(_spawner(target) or origin)
        work = self._recorder.works.new("greenlet")
        spawn = {"kind": "greenlet", "by": marker if creator is None else creator.work, "owner": marker}
        spawn.update(self._called(target))
        self._recorder.pending(work, marker)
        return Light(work, marker, weakref.ref(target), spawn, now)

    def _called(self, target: Any) -> dict[str, Any]:
        """Return what gevent knows of a greenlet's function; a bare one has forgotten it by now, its frame will tell."""
        if not _is_gevents(target):
            return {}
        function = target._run
        found: dict[str, Any] = {"function": function_name(function)}
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        if code is not None:
            found["defined"] = (code, 0)
        if self._recorder.arguments and type(target.args) is tuple and type(target.kwargs) is dict:
            found["arguments"] = called(function, target.args, target.kwargs)
        return found


def _is_gevents(greenlet: Any) -> bool:
    module: Any = sys.modules.get("gevent.greenlet")
    return module is not None and isinstance(greenlet, module.Greenlet)


def _is_hub(greenlet: Any) -> bool:
    module: Any = sys.modules.get("gevent.hub")
    return module is not None and isinstance(greenlet, module.Hub)


def _spawner(greenlet: Any) -> Any:
    """Return the greenlet that called ``gevent.spawn``: the first switch comes from the hub."""
    spawner = greenlet.spawning_greenlet if _is_gevents(greenlet) else None
    return None if spawner is None else spawner()


def _of_frame(frame: FrameType | None) -> dict[str, Any]:
    """Return what a suspended greenlet's outermost frame tells."""
    if frame is None:
        return {"function": "greenlet"}  # over before anybody could look
    while frame.f_back is not None:
        frame = frame.f_back
    return {"function": frame.f_code.co_qualname, "defined": (frame.f_code, 0)}


def _ending(greenlet: Any, event: str) -> str:
    if not greenlet.dead:
        return "yield"
    if _is_gevents(greenlet) and greenlet.exception is not None:
        return type(greenlet.exception).__qualname__
    return "exception" if event == "throw" else "return"
