"""Traces a plain script: as ``python script.py`` would run it, in this process, with a chart at the end.

``__main__``, ``sys.argv``, ``sys.path``, exit status and tracebacks are the script's own; our frames are in none of them.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import os
import sys
import threading
import types
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import OptionError, TraceFormatError
from .charts import with_looks
from .say import complain, remark

if TYPE_CHECKING:
    from ..api import Recording
    from ..model import Trace

ENDING: Final = ".trace.json"
_INTERRUPTED: Final = 130


def add(options: Any) -> None:
    """Add what tracing a script takes."""
    options.add_argument("--save", action="append", default=[], type=Path, metavar="PATH",
                         help="write the chart or the trace here instead; may be given several times")  # fmt: skip
    options.add_argument("--no-save", action="store_true", help="write nothing")
    options.add_argument("--title", default="", metavar="TEXT", help="heading of the chart")
    options.add_argument("--calls", default="", metavar="NAMES", help="record every call of these functions, names with commas between")


def go(arguments: argparse.Namespace) -> int:
    """Run the script, print its chart, save its trace; return the script's exit status."""
    from ..api import Recording, RecordingOptions

    path: Path = arguments.path
    targets = _targets(arguments)
    file = os.path.abspath(path)  # noqa: PTH100  # as Python does it: links stay
    source = _source(path)
    calls = tuple(name.strip() for name in arguments.calls.split(",") if name.strip())
    recording = Recording(
        name=path.stem, title=arguments.title, source=source, filename=file, options=RecordingOptions(calls=calls, follow_s=0)
    )
    start, pid = Path.cwd(), os.getpid()
    code = _as_main(str(path), file, source, arguments.arguments)
    status = 1 if code is None else _run(recording, code)
    if code is None or os.getpid() != pid:
        return status  # no script; or a child that the script forked, and that came to the script's end
    try:
        trace = _named(recording.trace, path.name)
        _show(trace, arguments)
        failed = _save(trace, [start / target for target in targets], arguments)
    except Exception as error:  # the script did what it did: nothing of ours may hide it
        failed = complain(f"no chart: {type(error).__name__}: {error}")
    return status or failed


def _targets(arguments: argparse.Namespace) -> list[Path]:
    """Return the files to write, checked before the script runs.

    Raises:
        OptionError, ExportError: one cannot be written.
    """
    from ..export import check_target

    if arguments.no_save:
        return []
    if arguments.save:
        return [check_target(path, force=arguments.force) for path in arguments.save]
    usual = Path(f"{arguments.path.stem}{ENDING}")
    return [check_target(usual, force=arguments.force or _is_trace(usual))]


def _is_trace(path: Path) -> bool:
    """Tell whether a file is a trace of ours, which the next run of the same script may replace."""
    from ..opened import trace_of

    try:
        trace_of(path)
    except (OSError, TraceFormatError):
        return False
    return True


def _source(path: Path) -> str:
    import tokenize

    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise OptionError(f"{path} is no Python script: {error}") from error


# ---------------------------------------------------------------------- running
def _as_main(given: str, file: str, source: str, arguments: Sequence[str]) -> types.CodeType | None:
    """Make this process the script's, and return its code; ``None`` after saying that its syntax is wrong."""
    sys.modules["__main__"] = _main_module(file)
    sys.argv[:] = [given, *arguments]
    sys.path[0] = os.path.dirname(os.path.realpath(file))  # noqa: PTH120  # as Python does it
    try:
        return compile(_tree(source, file), file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return None


def _tree(source: str, file: str) -> ast.Module:
    """Return the script's syntax tree, with a call for every ``#:`` comment."""
    from ..callouts import with_callouts

    tree = ast.parse(source, file)
    with suppress(Exception):  # the script runs without them
        with_callouts(tree, source, file)
    return tree


def _run(recording: Recording, code: types.CodeType) -> int:
    """Run the script; return its exit status."""
    pid = os.getpid()
    recording.start()
    raised = _raised_by(code)
    if os.getpid() == pid:
        recording.code_ended()
        _join_threads()
        recording.stop(None if isinstance(raised, SystemExit) and not raised.code else raised)
    return _status(raised)


def _main_module(file: str) -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=file, __cached__=None, __builtins__=builtins, __package__=None)
    module.__dict__["__loader__"] = SourceFileLoader("__main__", file)
    if sys.version_info < (3, 14):
        module.__annotations__ = {}
    return module


def _raised_by(code: types.CodeType) -> BaseException | None:
    """Run the code; return what it raised, its traceback beginning in the script itself."""
    try:
        exec(code, sys.modules["__main__"].__dict__)  # noqa: S102  # the script is what the user asked to run
    except BaseException as error:
        tb = error.__traceback__
        return error.with_traceback(tb.tb_next if tb is not None else None)
    return None


def _join_threads() -> None:
    """Wait for the script's threads, as Python does at its end; an executor's idle ones leave when Python itself ends."""
    pool = sys.modules.get("concurrent.futures.thread")
    idle = set(getattr(pool, "_threads_queues", ()))
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon and thread not in idle:
            thread.join()


def _status(error: BaseException | None) -> int:
    """Say what an uncaught exception says, and return the status that Python would exit with."""
    sys.stdout.flush()
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        sys.stderr.write(f"{error.code}\n")
        return 1
    sys.excepthook(type(error), error, error.__traceback__)
    return _INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


# ---------------------------------------------------------------------- afterwards
def _named(trace: Trace, name: str) -> Trace:
    """Call the traced code by the script's name: it is no cell."""
    first, *others = trace.tasks
    return replace(trace, tasks=(replace(first, name=name), *others))


def _show(trace: Trace, arguments: argparse.Namespace) -> None:
    import shutil

    from ..views.gantt import Gantt
    from ..views.spec import ChartOptions

    if not arguments.quiet:
        width = shutil.get_terminal_size((100, 24)).columns
        remark(f"\n{Gantt(trace, with_looks(ChartOptions(), arguments)).text(width)}")


def _save(trace: Trace, targets: Sequence[Path], arguments: argparse.Namespace) -> int:
    from ..errors import ExportError
    from ..export import write
    from ..views.spec import ChartOptions

    failed = 0
    for target in targets:
        try:
            written = write(trace, target, options=with_looks(ChartOptions(), arguments), force=True)
        except ExportError as error:
            failed = complain(str(error))
            continue
        if not arguments.quiet:
            remark(f"-> {os.path.relpath(written)}")
    return failed
