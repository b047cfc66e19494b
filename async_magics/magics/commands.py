"""The magics themselves: what a user types, turned into calls of the runner, the charts and the shelf.

Only here errors of ours become IPython's ``UsageError``. Imports the rest of this folder; what records, draws and writes is
imported when it is used.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from traitlets import Bool, Enum, Float, Int, MetaHasTraits, TraitError, TraitType

from ..errors import AsyncMagicsError, ExportError, OptionError
from .charts import write_file, write_page
from .help import help_of
from .options import (
    CHART, COMPARE, EXPORT, LIST, NOTE, OPTIONS, PROCESSES, REPLAY, STATS, SUFFIXES, SWITCHES, TRACE, Option, leading_options, parse,
)  # fmt: skip
from .processes import Processes
from .runner import Runner
from .settings import Settings
from .shelf import Shelf
from .tasknote import NoteCommand

Method = TypeVar("Method", bound=Callable[..., Any])


def _documented(magic: str) -> Callable[[Method], Method]:
    """Make the magic's help its docstring, and its refusals one line of IPython's."""

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        def called(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except AsyncMagicsError as error:
                raise UsageError(str(error)) from None

        called.__doc__ = help_of(magic)
        return cast("Method", called)

    return decorate


@magics_class
class _TaskMagics(Magics):
    """The family; ``TaskTrace`` adds the traits that the table of options asks for."""

    shell: Any

    def __init__(self, shell: Any, **runner: Any) -> None:
        super().__init__(shell)
        self.shelf = Shelf()
        self.processes = Processes()
        self.runner = Runner(shell, shelf=self.shelf, configured=self.configured, **runner)

    def configured(self) -> Mapping[str, Any]:
        """Return the values that ``%config TaskTrace`` or a configuration file gave."""
        self.shelf.most = getattr(self, "keep", self.shelf.most)
        return {option.name: getattr(self, option.name) for option in OPTIONS if option.config}

    @no_var_expand
    @needs_local_scope
    @line_magic
    @_documented(TRACE)
    def tasktrace(self, line: str, local_ns: dict[str, Any] | None = None) -> Any:
        """See ``help``; called where the statement is not its cell's only line."""
        request = leading_options(TRACE, line)
        words = request.rest.split(maxsplit=1)
        if not words:
            raise OptionError(f"%{TRACE} needs a statement, or on, or off; to trace a cell put %%{TRACE} on its first line")
        if words[0] in SWITCHES:
            return self._switch(words[0], {**request.given, **parse(TRACE, request.rest[len(words[0]) :], words=False).given})
        return self._traced(request.rest, self.runner.settings(request.given), local_ns)

    @no_var_expand
    @cell_magic(TRACE)  # type: ignore[arg-type]
    @_documented(TRACE)
    def tasktrace_cell(self, line: str, cell: str) -> Any:
        """See ``help``; called only for a wrong option, or by a program: the runner takes every other cell."""
        return self._traced(cell, self.runner.settings(parse(TRACE, line, words=False).given), None)

    def _switch(self, word: str, given: Mapping[str, Any]) -> None:
        if word == "off" and given:
            raise OptionError(f"%{TRACE} off takes no options")
        self.runner.every_cell = dict(given) if word == "on" else None

    def _traced(self, code: str, settings: Settings, local: dict[str, Any] | None) -> Any:
        from .statement import Statement

        runner, statement = self.runner, Statement(self.shell, code, local)
        recording: Any = None if runner.recording_here() else runner.begin(settings, code)
        error: BaseException | None = None
        try:
            for _ in range(settings["repeat"] - 1 if recording is not None else 0):
                statement.run()
                recording.next()
            return statement.run()
        except BaseException as raised:
            error = raised
            raise
        finally:
            if recording is not None:
                runner.end(recording, settings, error)

    @line_magic
    @_documented(CHART)
    def taskchart(self, line: str) -> None:
        """See ``help``."""
        request = parse(CHART, line)
        recorded = self.shelf[" ".join(request.words)]
        settings = self.runner.settings({"title": None, **request.given})
        settings.chart()
        self.runner.charts.show(recorded, settings)

    @line_magic
    @_documented(REPLAY)
    def taskreplay(self, line: str) -> None:
        """See ``help``."""
        from . import replays

        request = parse(REPLAY, line)
        settings = self.runner.settings({"title": None, **request.given})
        replays.check(self.shell, settings)
        name = self.shelf.name_of(" ".join(request.words))
        trace = self.shelf[name].trace
        if replays.has_page(trace, settings) and hasattr(self.shell, "kernel"):
            replays.show(self.shell, trace, settings)
        if settings["save"]:
            print(f"{name} -> {replays.save(trace, settings)}")

    @no_var_expand
    @line_magic
    @_documented(NOTE)
    def tasknote(self, line: str) -> None:
        """See ``help``."""
        said = NoteCommand(self.shelf, self.shell.user_ns, self.runner.charts.redraw).run(line)
        if said:
            print(said)

    @line_magic
    @_documented(COMPARE)
    def taskcompare(self, line: str) -> None:
        """See ``help``."""
        from .side_by_side import compared, show

        request = parse(COMPARE, line)
        settings = self.runner.settings({"title": None, **request.given})
        found = compared(self.shelf, request.words, settings)
        show(self.shell, found)
        if settings["save"]:
            print(found.save(settings["save"], force=settings["force"]))

    @line_magic
    @_documented(EXPORT)
    def taskexport(self, line: str) -> None:
        """See ``help``."""
        request = parse(EXPORT, line)
        everything = bool(request.given.get("all"))
        names, paths = self._wanted(request.words, everything=everything)
        settings = self.runner.settings(request.given)
        pages = [path for path in paths if everything and _is_page(path)]
        for name in names:
            for path in (path for path in paths if path not in pages):
                target = Path(_with_name(path, name) if everything else path).expanduser()
                written = write_file(self.shelf[name].trace, target, options=settings.chart(), force=settings["force"])
                print(f"{name} -> {written}")
        for path in pages:
            print(f"{', '.join(names)} -> {write_page(self.shelf, Path(path).expanduser(), settings)}")

    def _wanted(self, words: tuple[str, ...], *, everything: bool) -> tuple[list[str], list[str]]:
        """Tell the name from the paths: the name is what stands before the first path."""
        at = 0 if everything else next((n for n, word in enumerate(words) if word.lower().endswith(SUFFIXES)), len(words) - 1)
        paths = list(words[at:])
        if not paths:
            raise ExportError(f"%{EXPORT} needs a path that ends in one of {' '.join(SUFFIXES)}")
        return (list(self.shelf) if everything else [self.shelf.name_of(" ".join(words[:at]))]), paths

    @line_magic
    @_documented(STATS)
    def taskstats(self, line: str) -> None:
        """See ``help``."""
        from ..views.stats_table import shown_stats

        request = parse(STATS, line)
        found = shown_stats(self.shelf[" ".join(request.words)].trace)
        lang = self.runner.settings(request.given).chart().lang
        self.shell.display_pub.publish(data={"text/plain": found.text(lang), "text/html": found.html(lang)}, metadata={})

    @line_magic
    @_documented(LIST)
    def tasklist(self, line: str) -> None:
        """See ``help``."""
        if line.strip():
            raise OptionError(f"%{LIST} takes no options")
        from .table import bundle, rows

        data, metadata = bundle(list(rows(self.shelf)))
        self.shell.display_pub.publish(data=data, metadata=metadata)

    @line_magic
    @_documented(PROCESSES)
    def taskprocesses(self, line: str) -> None:
        """See ``help``."""
        print(self.processes.asked(line))


def _is_page(path: str) -> bool:
    """Tell whether a path asks for one page of all traces; ``*.html`` asks for a page of each."""
    return path.lower().endswith(".html") and "*" not in path


def _with_name(path: str, name: str) -> str:
    """Put a trace's name into a path: in place of ``*``, or before the suffix."""
    from ..export import suffix_of

    safe = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "trace"
    if "*" in path:
        return path.replace("*", safe)
    found = Path(path)
    suffix = len(suffix_of(found.name)) or len(found.suffix)
    at = len(found.name) - suffix
    return str(found.with_name(f"{found.name[:at]}-{safe}{found.name[at:]}"))


class _Listed(TraitType[Any, Any]):
    """Several values, given as a text like on a magic line, or as a tuple."""

    def __init__(self, option: Option) -> None:
        super().__init__(option.default, help=option.help)
        self._option = option

    def validate(self, obj: Any, value: Any) -> tuple[Any, ...]:
        """Return the values; raise ``TraitError`` with what to write instead."""
        if not isinstance(value, str):
            return tuple(value)
        try:
            return tuple(self._option.value(value)) if value.strip() else ()
        except ValueError as error:
            raise TraitError(f"TaskTrace.{self._option.name} {error}") from None


def _trait(option: Option) -> TraitType[Any, Any]:
    if option.choices:
        return Enum(list(option.choices), option.default, help=option.help)
    if isinstance(option.default, bool):
        return Bool(option.default, help=option.help)
    if isinstance(option.default, tuple):
        return _Listed(option)
    if isinstance(option.default, int):
        return Int(option.default, min=option.least, max=option.most, help=option.help)
    return Float(option.default, min=option.least, max=option.most, help=option.help)


_TRAITS: Final = {
    **{option.name: _trait(option).tag(config=True) for option in OPTIONS if option.config},
    "keep": Int(100, min=1, help="how many traces of a session are kept; the oldest is forgotten").tag(config=True),
    "__doc__": "What every %%tasktrace, %taskchart and %taskexport goes by unless its own options say otherwise.",
    "__module__": __name__,
}

TaskTrace: Any = MetaHasTraits("TaskTrace", (_TaskMagics,), dict(_TRAITS))
"""The magics; the class's name is what users write in ``%config`` and in configuration files."""
