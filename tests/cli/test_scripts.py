"""A plain script, traced: the same output, errors and exit status as ``python script.py``, and a chart."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from async_magics import load
from async_magics.model import InstantKind, Outcome, TaskKind

ASYNC = """\
import asyncio

async def work(name):
    await asyncio.sleep(0)
    return name

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(work("a"), name="first")
        group.create_task(work("b"))

asyncio.run(main())
"""
SAME: dict[str, str] = {
    "tasks": ASYNC + "print('done')",
    "what the script sees": """\
import sys, builtins
print(sys.argv, __name__, __file__, sys.path[0], __doc__, __package__, __spec__, type(__loader__).__name__)
print(sys.modules["__main__"].__dict__ is globals(), sorted(globals()), __builtins__ is builtins)
""",
    "its own docstring and future": """\
'''Doc.'''
from __future__ import annotations
def f(x: nobody): pass
print(__doc__, f.__annotations__)
""",
    "an error": "def f():\n    1 / 0\ntry:\n    [][1]\nexcept IndexError:\n    f()",
    "an error in a task": "import asyncio\nasync def f():\n    raise ValueError('no')\nasyncio.run(f())",
    "an error with a cause and a note": "try:\n    1 / 0\nexcept Exception as e:\n    e.add_note('hm')\n    raise KeyError('k') from e",
    "an interrupt in a task": "import asyncio, sys\nasync def f():\n    raise KeyboardInterrupt\ntry:\n    asyncio.run(f())\n"
    "except KeyboardInterrupt as error:\n    sys.excepthook(type(error), error, error.__traceback__)",
    "a group": "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])",
    "a syntax error": "print('never')\ndef f(:\n    pass",
    "an odd indentation": "if True:\n        x = 1\n    y = 2",
    "a warning of the compiler": "x = 1\nprint(x is 'a')\nprint('\\d')",
    "a callout": "def f():\n    #: here\n    1 / 0  #: and there\nf()",
    "another folder": "import os\nos.chdir(os.sep)\nprint(os.getcwd())",
    "exit 0": "raise SystemExit",
    "exit 7": "import sys\nprint('x')\nsys.exit(7)",
    "exit with a text": "import sys\nsys.exit('bad luck')",
    "exit in a function": "import sys, atexit\natexit.register(print, 'bye')\ndef f():\n    sys.exit(3)\nf()",
    "an excepthook of its own": "import sys\nsys.excepthook = lambda kind, error, tb: print('hook', kind.__name__, tb.tb_lineno)\n1 / 0",
    "threads that outlive it": "import threading\nready = threading.Event()\ndef f():\n    ready.wait(30)\n    print('thread')\n"
    "threading.Thread(target=f).start()\nprint('main')\nready.set()",
    "an executor left open": """\
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
print(pool.submit(sum, [1, 2]).result())
""",
    "a forked child that comes to the end": """\
import os, warnings
warnings.simplefilter("ignore")  # Python counts threads that are about to go
if pid := os.fork():
    os.waitpid(pid, 0)
print("parent" if pid else "child", flush=True)
""",
    "processes": "import multiprocessing as mp\ndef f(x):\n    return x + 1\nif __name__ == '__main__':\n"
    "    with mp.get_context('spawn').Pool(1) as pool:\n        print(pool.map(f, [1, 2]))",
    "another encoding": "# -*- coding: latin-1 -*-\nprint('\xe9')",
    "input": "print(input().upper())",
}  # fmt: skip


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"}
    environment.pop("COLUMNS", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, input="typed\n", capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_a_traced_script_is_the_same_script(source: str, tmp_path: Path) -> None:
    (tmp_path / "s.py").write_bytes(source.encode("latin-1" if "latin-1" in source else "utf-8"))
    plain = python(tmp_path, "s.py", "one", "--two")
    traced = python(tmp_path, "-m", "async_magics", "run", "--quiet", "s.py", "one", "--two")
    assert (traced.stdout, traced.stderr, traced.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    assert (tmp_path / "s.trace.json").exists() == ("SyntaxError" not in plain.stderr and "IndentationError" not in plain.stderr)


def test_the_chart_goes_to_the_error_stream_and_the_trace_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text(ASYNC + "print('out')")
    ran = python(tmp_path, "-m", "async_magics", "run", "--title", "Two tasks", "demo.py")
    assert ran.returncode == 0 and ran.stdout == "out\n"
    assert "Two tasks" in ran.stderr and "first" in ran.stderr and ran.stderr.endswith("-> demo.trace.json\n")
    trace = load(tmp_path / "demo.trace.json").trace
    assert (trace.name, trace.title, trace.tasks[0].name) == ("demo", "Two tasks", "demo.py")
    works = [task for task in trace.tasks if task.kind is TaskKind.ASYNCIO]
    assert sorted(task.call for task in works) == ["main()", "work('a')", "work('b')"]
    first = next(task for task in works if task.name == "first")
    assert first.created_at is not None and (first.created_at.file, first.created_at.line) == ("cell", 9)
    assert first.created_at.text == 'group.create_task(work("a"), name="first")'
    assert trace.source == ASYNC + "print('out')"


def test_it_may_be_run_again(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text("pass")
    for _ in range(2):
        assert python(tmp_path, "-m", "async_magics", "run", "--quiet", "demo.py").returncode == 0
    (tmp_path / "demo.trace.json").write_text("mine")
    ran = python(tmp_path, "-m", "async_magics", "run", "demo.py")
    assert ran.returncode == 1 and ran.stderr.startswith("async-magics: demo.trace.json exists") and ran.stderr.count("\n") == 1
    assert (tmp_path / "demo.trace.json").read_text() == "mine"
    assert python(tmp_path, "-m", "async_magics", "run", "--no-save", "--quiet", "demo.py").stderr == ""


def test_files_that_were_asked_for(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text("import sys\nprint(len(sys.argv))\nsys.exit(4)")
    ran = python(tmp_path, "-m", "async_magics", "run", "--quiet", "--save", "a.json", "--save", "out/a.csv", "demo.py", "--save", "x")
    assert ran.returncode == 4 and ran.stdout == "3\n"
    assert sorted(path.name for path in tmp_path.rglob("a.*")) == ["a.csv", "a.json"]
    trace = load(tmp_path / "a.json").trace
    assert (trace.tasks[0].outcome, trace.tasks[0].exception) == (Outcome.RAISED, "SystemExit")
    ran = python(tmp_path, "-m", "async_magics", "run", "--save", "a.docx", "demo.py")
    assert ran.returncode == 1 and ran.stdout == "" and "known are" in ran.stderr


def test_comments_become_callouts(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text(ASYNC.replace("return name", "return name  #: the end of one"))
    assert python(tmp_path, "-m", "async_magics", "run", "--quiet", "demo.py").returncode == 0
    trace = load(tmp_path / "demo.trace.json").trace
    called = [instant for instant in trace.instants if instant.kind is InstantKind.CALLOUT]
    assert sorted(trace.tasks[instant.task or 0].call for instant in called) == ["work('a')", "work('b')"]
    assert {(instant.text, instant.location and instant.location.line) for instant in called} == {("the end of one", 5)}


def test_calls_of_a_function(tmp_path: Path) -> None:
    (tmp_path / "demo.py").write_text("def f(x):\n    return x\nf(1)\nf(2)")
    assert python(tmp_path, "-m", "async_magics", "run", "--quiet", "--calls", "f", "demo.py").returncode == 0
    trace = load(tmp_path / "demo.trace.json").trace
    assert [task.call for task in trace.tasks if task.kind is TaskKind.CALL] == ["f(1)", "f(2)"]
