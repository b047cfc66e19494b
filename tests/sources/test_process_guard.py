"""A notebook's function is named before the call hangs; everything else is as without the guard."""

from __future__ import annotations

import time

import pytest

from .notebook_main import METHODS, run

FRESH = METHODS[1:]
CALLS = [
    "pool.map(f, [1, 2])", "pool.starmap(f, [(1,)])", "pool.apply(f, (1,))", "pool.map_async(f, [1])", "pool.starmap_async(f, [(1,)])",
    "pool.apply_async(f, (1,))", "pool.imap(f, [1])", "pool.imap_unordered(f, [1])", "pool.imap(f, [1, 2], chunksize=2)",
    "pool.map(func=f, iterable=[1])", "pool.map(partial(f, 1), [1])", "pool.map(partial(map, f), [[1]])", "pool.map(C(), [1])",
    "pool.map(C().method, [1])", "pool.map(C.made, [1])", "pool.map(cached, [1])", "pool.map(type, [C()])", "pool.apply(type, (C(),))",
    "pool.map(Timed(f, '', 0, ''), [1])",
]  # fmt: skip


@pytest.mark.parametrize("method", FRESH)
def test_every_way_to_send_a_notebook_function_to_a_pool_is_refused(method: str) -> None:
    """Each call raises the error that names the function, and the pool goes on working."""
    ran = run(
        f"""
from functools import cache, partial
from async_magics.sources.child import Timed
def f(*x): return x
cached = cache(f)
cached.__qualname__ = "cached"
class C:
    def __call__(self, x): return x
    def method(self, x): return x
    @classmethod
    def made(cls, x): return x
with context.Pool(2) as pool:
    for call in {CALLS!r}:
        outcome(eval, call)
    print(pool.map(abs, [-1]), list(pool.imap(abs, [-2])))
""",
        method,
    )
    assert len(ran.lines) == len(CALLS) + 1
    for call, line in zip(CALLS, ran.lines, strict=False):
        name = "class C" if "C" in call else "cached()" if "cached" in call else "f()"
        assert line.startswith(f"NotebookFunctionError {name} is defined in this notebook"), (call, line)
        assert all(words in line for words in (repr(method), "%taskprocesses by-value", "%%writefile", "get_context('fork')"))
    assert ran.lines[-1] == "[1] [2]"


@pytest.mark.parametrize("method", FRESH)
def test_executors_and_initializers_are_refused_too(method: str) -> None:
    """Neither breaks an executor nor starts workers that die at once; an importable function goes through."""
    ran = run(
        """
def f(x=0): return x
outcome(context.Pool, 2, f)
with ProcessPoolExecutor(2, mp_context=context) as executor:
    outcome(executor.submit, f, 1)
    outcome(lambda: list(executor.map(f, [1, 2])))
    outcome(executor.submit(abs, -3).result)
with ProcessPoolExecutor(1, mp_context=context, initializer=f) as executor:
    outcome(executor.submit, abs, -3)
""",
        method,
    )
    names = [line.partition(" ")[0] for line in ran.lines]
    assert names == ["NotebookFunctionError"] * 3 + ["3", "NotebookFunctionError"]


@pytest.mark.parametrize("method", FRESH)
def test_a_process_is_warned_of_once_at_the_users_line_and_started_all_the_same(method: str) -> None:
    """It fails as it would without us: exit code 1."""
    ran = run(
        """
def f(x): return x
for n in range(2):
    p = context.Process(target=f, args=(n,))
    p.start()
    p.join()
    print(p.exitcode)
p = context.Process(target=print, args=("from the child",)); p.start(); p.join(); print(p.exitcode)
""",
        method,
    )
    assert [line for line in ran.lines if line.isdigit()] == ["1", "1", "0"]
    ((line, warning),) = ran.warnings
    assert (line, warning.partition(" in this")[0]) == ("p.start()", "f() is defined")
    assert "exit code 1" in warning


@pytest.mark.parametrize("method", FRESH)
def test_what_pickle_refuses_keeps_pickles_own_message(method: str) -> None:
    """Lambdas and functions inside functions never reach a worker."""
    program = """
class Pickled:
    def __reduce__(self): return (int, (3,))
with context.Pool(1) as pool:
    outcome(pool.map, lambda x: x, [1])
    outcome(pool.map, abs, [Pickled()])
try: context.Process(target=lambda: 1).start()
except Exception as error: print(type(error).__name__, error)
"""
    plain = run("guard.undo.undo()\n" + program, method)
    guarded = run(program, method)
    assert [line.partition(" at 0x")[0] for line in guarded.lines] == [line.partition(" at 0x")[0] for line in plain.lines]
    assert "Error" in guarded.lines[0] and guarded.lines[1] == "[3]" and "Error" in guarded.lines[2]


def test_under_fork_nothing_is_said() -> None:
    """Forked children know what the notebook had defined."""
    ran = run("""
def f(x): return x
with context.Pool(2) as pool: print(pool.map(f, [1, 2]))
with ProcessPoolExecutor(2, mp_context=context) as executor: print(list(executor.map(f, [1, 2])))
p = context.Process(target=f, args=(1,)); p.start(); p.join(); print(p.exitcode)
from multiprocessing.pool import ThreadPool
with ThreadPool(2) as pool: print(pool.map(f, [1]), list(pool.imap(lambda x: x, [2])))
""")
    assert (ran.lines, ran.errors) == (["[1, 2]", "[1, 2]", "0", "[1] [2]"], "")


def test_a_script_with_a_file_is_left_alone() -> None:
    """Its children import it again."""
    ran = run(
        """
import tempfile, subprocess
path = os.path.join(tempfile.mkdtemp(), "script.py")
with open(path, "w") as file: file.write('''
from async_magics.sources.process_guard import ProcessGuard
def f(x): return x + 1
if __name__ == "__main__":
    ProcessGuard(print).install()
    import multiprocessing
    with multiprocessing.get_context("spawn").Pool(1) as pool: print(pool.map(f, [1]))
''')
print(subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=20).stdout.strip())
"""
    )
    assert ran.lines == ["[2]"]


def test_what_old_workers_cannot_know_is_refused_and_what_they_know_otherwise_is_warned_of() -> None:
    """A pool and an executor that were forked before a function was defined, or defined anew."""
    ran = run("""
def f(x): return x
def same(x): return x
pool = context.Pool(2)
executor = ProcessPoolExecutor(2, mp_context=context)
print(list(executor.map(f, [1])), pool.map(f, [1]))


def same(x):  # a line further down
    return x
print(pool.map(same, [1]))
def f(x): return x + 1
print(pool.map(f, [1]))
def late(x): return x
class Late: pass
outcome(pool.map, late, [1])
outcome(pool.apply, late, (1,))
outcome(pool.map, type, [Late()])
outcome(lambda: list(executor.map(late, [1])))
print(pool.map(abs, [-1]), context.Pool(1).map(late, [5]))
pool.terminate()
executor.shutdown()
""")
    assert ran.lines[:3] == ["[1] [1]", "[1]", "[1]"]
    named = [line.split(" was defined after the workers of this ") for line in ran.lines[3:7]]
    assert [name for name, _ in named] == [f"NotebookFunctionError {name}" for name in ("late()", "late()", "class Late", "late()")]
    assert [rest.partition(" ")[0] for _, rest in named] == ["Pool", "Pool", "Pool", "ProcessPoolExecutor"]
    assert ran.lines[7] == "[1] [5]"
    ((line, warning),) = ran.warnings
    assert line == "print(pool.map(f, [1]))"
    assert warning.startswith("the workers of this Pool still run the old f()")


def test_a_recording_is_told_of_stale_functions() -> None:
    """With the line that calls them; what nobody records is told to nobody."""
    ran = run("""
from async_magics import trace
def f(x): return x
pool = context.Pool(1)
def f(x): return x + 1
def late(x): return x
outcome(pool.map, late, [1])
with trace() as recording:
    try: pool.map(late, [1])
    except Exception: pass
    pool.map(f, [1])
pool.terminate()
stale = [(i.kind.value, i.text, i.task, i.location.line) for i in recording.trace.instants if i.kind.value.endswith("in workers")]
print(stale, recording.trace.problems)
""")
    first = ran.code.splitlines().index("with trace() as recording:") + 2
    stale = [("unknown in workers", "late()", 0, first), ("old in workers", "f()", 0, first + 2)]
    assert ran.lines[-1] == f"{stale} ()"


def test_replaced_workers_know_better() -> None:
    """Nothing is refused once workers were replaced after the definition; a mixture is warned of, not refused."""
    ran = run("""
def f(x): return x
pool = context.Pool(2, maxtasksperchild=1)
def late(x): return x
for _ in range(100):
    if len(pool._pool) == 2 and all(guard._knowledge.ignorant(late, [worker])[0] == 0 for worker in pool._pool): break
    pool.map(abs, [1, 2], chunksize=1)
    time.sleep(0.02)
print(pool.map(late, [1, 2, 3]))
missing = guard._knowledge.ignorant(late, [context.Process(), *pool._pool])
print(missing[:2])
""")
    assert ran.lines == ["[1, 2, 3]", "(0, 0)"]
    assert not ran.warnings


def test_unloading_restores_the_very_objects() -> None:
    """Also what was patched when multiprocessing was imported later."""
    ran = run(
        """
def found():
    owners = [pool.Pool, pool.ApplyResult, pool.IMapIterator, process.BaseProcess, futures.ProcessPoolExecutor, reduction.ForkingPickler]
    return {(owner, name): value for owner in owners for name, value in vars(owner).items() if callable(value)}
before = list(sys.meta_path)
from async_magics.sources.process_guard import ProcessGuard
guard = ProcessGuard(lambda text: print("PROBLEM", text)); guard.install()
print("multiprocessing" in sys.modules)
from multiprocessing import pool, process, reduction
from concurrent.futures import process as futures
patched = found()
print(pool.__spec__.loader is pool.__loader__, type(pool.__loader__).__name__)
guard.send_by_value(True)
guard.undo.undo()
plain = found()
print(sorted(name for _, name in patched if patched[_, name] is not plain.get((_, name))))
print(before == sys.meta_path, "reducer_override" in vars(reduction.ForkingPickler))
again = ProcessGuard(print); again.install(); now = found(); again.undo.undo()
print(all(now[key] is not plain[key] for key in plain if patched[key] is not plain[key]), found() == plain)
""",
        before="import sys",
    )
    assert ran.lines == [
        "False",
        "True SourceFileLoader",
        "['__init__', '__init__', '_map_async', '_repopulate_pool', 'apply_async', 'imap', 'imap_unordered', 'start', 'submit']",
        "True False",
        "True True",
    ]


def test_the_message_comes_at_once() -> None:
    """Well below the three seconds after which somebody looks at the clock."""
    begin = time.monotonic()
    ran = run("def f(x): return x\nwith context.Pool(2) as pool: outcome(pool.map, f, range(10))", "forkserver", timeout=20)
    assert ran.lines[0].startswith("NotebookFunctionError f()")
    assert time.monotonic() - begin < 20


def test_tracebacks_are_as_without_us() -> None:
    """No frame of ours is between the user's line and multiprocessing's."""
    program = """
import traceback
def frames(call):
    try: call()
    except Exception as error: print([frame.name for frame in traceback.extract_tb(error.__traceback__)], type(error).__name__)
def bad():
    yield 1
    raise ValueError
pool = context.Pool(1)
frames(lambda: pool.map(abs, bad())); frames(lambda: pool.map(abs, [None])); frames(lambda: pool.apply(abs, (None,)))
frames(lambda: pool.imap(abs, [1], chunksize=0)); frames(lambda: list(pool.imap(abs, [None])))
pool.terminate()
frames(lambda: pool.map(abs, [1])); frames(lambda: pool.apply(abs, (1,)))
frames(lambda: multiprocessing.get_context("spawn").Process(target=lambda: 1).start())
executor = ProcessPoolExecutor(1); executor.shutdown()
frames(lambda: executor.submit(abs, 1)); frames(lambda: executor.map(abs, [1]))
"""
    assert run(program).lines == run("guard.undo.undo()\n" + program).lines
