"""Which cells are worth tracing, told by reading them."""

from __future__ import annotations

import pytest

from async_magics.cli.worth import worth_tracing

ASYNC = "import asyncio\nasync def f(): await asyncio.sleep(1)"
WORTH: dict[str, list[str]] = {
    "top-level await": [ASYNC, "await f()"],
    "await in the defining cell": [ASYNC + "\nawait f()"],
    "await of a variable": [ASYNC, "t = f()", "x = await t"],
    "async for": ["async for x in y: print(x)"],
    "async with": ["async with lock: pass"],
    "async comprehension": ["[x async for x in y]"],
    "await inside try and if": ["import asyncio", "if True:\n    try:\n        await asyncio.wait_for(f(), 1)\n    finally:\n        pass"],
    "asyncio.run": ["import asyncio\nasyncio.run(main())"],
    "under another name": ["import asyncio as aio", "aio.gather(a(), b())"],
    "imported by name": ["from asyncio import create_task as spawn", "spawn(f())"],
    "by star": ["from multiprocessing import *", "p = Process(target=f)"],
    "a loop's method": ["loop.run_until_complete(main())"],
    "TaskGroup": ["import asyncio", "async with asyncio.TaskGroup() as g:\n    g.create_task(f())"],
    "threads": ["import threading", "t = threading.Thread(target=f); t.start()"],
    "a timer": ["from threading import Timer", "Timer(1, f).start()"],
    "a class of threads": ["import threading\nclass W(threading.Thread):\n    def run(self): pass", "W().start()"],
    "a pool": ["from multiprocessing import Pool", "with Pool(2) as p:\n    p.map(f, [1])"],
    "a context's pool": ["import multiprocessing as mp", "ctx = mp.get_context('spawn')", "ctx.Pool(2)"],
    "an executor": ["import concurrent.futures", "concurrent.futures.ThreadPoolExecutor()"],
    "joblib": ["from joblib import Parallel, delayed", "Parallel(2)(delayed(f)(i) for i in range(3))"],
    "programs": ["import subprocess", "subprocess.run(['ls'])"],
    "what an earlier cell started": [
        "from threading import Thread",
        "ts = [Thread(target=f) for _ in range(2)]",
        "for t in ts:\n    t.start()",
    ],
    "a pool of an earlier cell": ["from multiprocessing import Pool", "pool = Pool(2)", "r = pool.map(f, [1])"],
    "joining it": ["from multiprocessing import Pool", "pool = Pool(2)", "pool.close()\npool.join()"],
    "a function that does": ["import asyncio\ndef go():\n    asyncio.run(main())", "go()"],
    "a function that calls one that does": [
        "from threading import Thread\ndef a():\n    Thread(target=f).start()\ndef b():\n    a()",
        "b()",
    ],
    "a method that does": ["import asyncio\nclass C:\n    def go(self):\n        asyncio.run(self.x())", "C().go()"],
    "generators in turn": ["def g():\n    yield", "a = g()\nwhile True:\n    next(a)"],
    "%%time above it": [ASYNC, "%%time\nimport asyncio\nasyncio.run(f())"],
    "%%capture above it": ["%%capture out\nawait f()"],
    "with line magics": [ASYNC, "%matplotlib inline\n!ls\nawait f()"],
    "__main__": ["import asyncio\nif __name__ == '__main__':\n    asyncio.run(main())"],
    "after a cell with a mistake": ["def (:", "await f()"],
}
NOT: dict[str, list[str]] = {
    "nothing": [""],
    "imports": ["import asyncio, threading"],
    "definitions only": [ASYNC, "async def g():\n    await f()\n    await asyncio.gather(f(), f())"],
    "definitions of what would": ["import asyncio\ndef go():\n    asyncio.run(main())"],
    "a coroutine that nobody awaits": [ASYNC, "f()"],
    "sleep alone": ["import asyncio", "await asyncio.sleep(1)"],
    "plain work": ["import time\nfor i in range(3):\n    time.sleep(1)"],
    "looking at a task": [ASYNC, "t = asyncio.create_task(f())", "t.done()"],
    "naming a task": [ASYNC, "t = asyncio.create_task(f())", "t.set_name('x')\nt.get_name()"],
    "a result": [ASYNC, "r = await asyncio.gather(f())", "r.get('x')"],
    "a name that means something else now": ["from threading import Thread", "t = Thread(target=f)", "t = 'x'", "t.join(['a'])"],
    "text that joins": ["from threading import Thread", "print(', '.join(['a']))"],
    "a lambda": ["import asyncio", "g = lambda: asyncio.run(f())"],
    "a function redefined": ["import asyncio\ndef go():\n    asyncio.run(f())", "def go():\n    pass", "go()"],
    "a generator function called": ["def g():\n    yield", "a = g()\nlist(a)"],
    "next, but no loop": ["def g():\n    yield", "a = g()\nnext(a)"],
    "an own run": ["def run(x): return x", "run(1)"],
    "a mistake": ["await f("],
    "bash": ["%%bash\nsleep 1"],
    "writefile": ["%%writefile a.py\nimport asyncio\nasyncio.run(f())"],
    "timeit": ["%%timeit\nimport asyncio\nasyncio.run(f())"],
    "already traced": [ASYNC, "%%tasktrace --name x\nawait f()"],
    "traced in one line": [ASYNC, "%tasktrace await f()"],
    "every cell is traced": [ASYNC, "%tasktrace on", "await f()"],
    "magics of ours": ["%tasklist", "%taskchart x"],
    "a shell command": ["!pip install x"],
    "help": ["asyncio.run?"],
}


@pytest.mark.parametrize("cells", WORTH.values(), ids=WORTH)
def test_worth_tracing(cells: list[str]) -> None:
    assert worth_tracing(cells)[-1]


@pytest.mark.parametrize("cells", NOT.values(), ids=NOT)
def test_not_worth_tracing(cells: list[str]) -> None:
    assert not worth_tracing(cells)[-1]


def test_until_it_is_switched_off() -> None:
    assert worth_tracing(["%tasktrace on", "await f()", "%tasktrace off", "await f()"]) == [False, False, False, True]
