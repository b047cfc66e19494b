# ruff: noqa: E501 -- a table: one case, one line, however long its cell is
"""The behaviour matrix: what a cell can do, and what must be the same with ``%%tasktrace`` above it."""

from __future__ import annotations

import json

from .callout_cases import CALLOUTS
from .case import Case, Difference, case, plain, stacked, traced, under


def names(*own: str) -> str:
    """Return the line of the state that lists the namespace."""
    return json.dumps(["names", *sorted([*["In", "Out", "__builtin__", "__builtins__", "__name__", "exit", "get_ipython", "quit"], *own])])


def captured(outputs: str) -> tuple[str, ...]:
    """Return the lines of the transcript that hold what ``%%capture`` caught."""
    value = f"('kept\\n', {outputs})"
    return f"result 2: {{'text/plain': {value!r}}}", json.dumps(["Out", [2, value]]), json.dumps(["last", value, "''", "''"])


SLEEP = "import asyncio\nawait asyncio.sleep(0.01)\n"

RESULTS: tuple[Case, ...] = (
    case("an expression", "1 + 1", plain("_, _1, Out")),
    case("await", SLEEP + "41 + 1", plain("_")),
    case("an awaited value is the result", "import asyncio\nawait asyncio.sleep(0.01, 'slept')", plain("_")),
    case("async for", "async def f():\n    yield 1\n    yield 2\nasync for x in f():\n    print(x)\n[y async for y in f()]"),
    case(
        "async with",
        "import contextlib\n@contextlib.asynccontextmanager\nasync def f():\n    print('in')\n    yield 5\n    print('out')\n"
        "async with f() as x:\n    print(x)\nx",
    ),
    case("gather", "import asyncio\nasync def f(n):\n    await asyncio.sleep(n / 100)\n    return n\nawait asyncio.gather(f(2), f(1))"),
    case("a semicolon hides the result", "x = 5\nx;", plain("_, Out, x")),
    case("a semicolon after await", "import asyncio\nawait asyncio.sleep(0.01, 7);", plain("Out")),
    case("a semicolon and a comment", "5;  # quiet"),
    case("a semicolon inside a string", "'a;'"),
    case("None is no result", "None", plain("Out")),
    case("a statement has no result", "x = 3", plain("_, Out")),
    case("a comment only", "# nothing", plain("Out"), charts=0),
    case("the history", "1", "2", plain("print(_, __, _i, _ii, *In, sep='\\n'); Out, _2"), plain("%history"), plain("%history -t"), charts=2),
    case("the cell's own number", "get_ipython().execution_count, len(In)", plain("get_ipython().execution_count, len(In)")),
    case("names that are left", "a = 1\nimport math as m\ndef f(): pass\nclass C: pass", plain("%who"), plain("%whos")),
    case("a docstring", '"""What this is."""\nx = 1', plain("__doc__")),
    case("a docstring is the result", '"""What this is."""'),
    case("display inside", "from IPython.display import display, HTML\ndisplay(1)\nh = display('a', display_id='u')\nh.update('b')\nHTML('<b>x</b>')"),
    case("clear_output", "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)"),
    case("user expressions", traced("x = 6", request={"user_expressions": {"a": "x * 7", "b": "1 / 0"}})),
    case("a payload", "%load_ext autoreload\nget_ipython().set_next_input('y = 1')"),
)  # fmt: skip

INTERACTIVITY: tuple[Case, ...] = tuple(
    case(
        f"ast_node_interactivity {value}",
        plain(f"get_ipython().ast_node_interactivity = '{value}'"),
        "1\nx = 2\nx\ny = 3",
        SLEEP + "1\nx\nz = 4",
        plain("get_ipython().ast_node_interactivity = 'last_expr'"),
        charts=2,
    )
    for value in ("all", "last", "last_expr", "none", "last_expr_or_assign")
)

SOURCE: tuple[Case, ...] = (
    case("from __future__", "from __future__ import annotations\ndef f(x: undefined): pass\nf.__annotations__", plain("def g(x: nope): pass\n1")),
    case("from __future__ and await", "from __future__ import annotations\n" + SLEEP + "5"),
    case("a docstring and __future__", '"""Doc."""\nfrom __future__ import annotations\n1'),
    case("getsource of a function", "import inspect\ndef f():\n    # inside\n    return 1\n", plain("print(inspect.getsource(f)); inspect.getsourcelines(f)[1]")),
    case("getsource of a class", "import inspect\nclass C:\n    x = 1\n    def m(self): return 2\nprint(inspect.getsource(C.m))"),
    case("question marks", "def f(x):\n    'Docs of f.'\n    return x\n", plain("f?"), plain("f??")),
    case("line numbers in frames", "import sys\ndef f():\n    return sys._getframe().f_lineno\n[f(), sys._getframe().f_lineno]"),
    case("__file__ and __name__", "__name__, '__file__' in globals(), '__builtins__' in globals()"),
    case("an indented body", traced("  x = 1\n  if x:\n      print('yes')\n  x", plain=None)),
    case("prompts in front of the lines", traced(">>> x = 1\n>>> if x:\n...     print('yes')\n", plain=None)),
    case("IPython's prompts", traced("In [1]: x = 1\n   ...: x", plain=None)),
    case("blank lines first", "\n\n\nx = 1\n1/0"),
    case("CRLF", "x = 1\r\ny = 2\r\nx + y"),
    case("tabs and form feeds", "if 1:\n\tx = 1\n\f\nx"),
    case("a line that continues", "x = 1 + \\\n    2\nx"),
    case("a string of many lines", "s = '''a\n%%tasktrace\n%time\n!ls\n'''\ns"),
    case("Cyrillic and emoji", "имя = 'задача 🐍'\nprint(имя)\n1/0"),
    case("a magic inside the cell", "%time x = 1 + 1\nx", ),
    case("a shell command", "!echo from a shell\nx = !echo captured\nx.s, _exit_code"),
    case("a failing shell command", "!exit 3\n_exit_code"),
    case("a question inside the cell", "x = 1\nx?"),
    case("autocall and automagic", plain("%autocall 0"), "x = 1\npwd_is = %pwd\ntype(pwd_is)"),
    case("nested run_cell", "r = get_ipython().run_cell('1 + 1')\nr.result, r.success"),
    case("nested run_cell that fails", "r = get_ipython().run_cell('1 / 0')\nrepr(r.error_in_exec)"),
    case(
        "%run of a script",
        plain("import tempfile, pathlib\np = pathlib.Path(tempfile.mkdtemp()) / 's.py'\n_ = p.write_text('print(__name__)\\ny = 5\\n')"),
        "%run $p\ny",
        plain("import shutil; shutil.rmtree(p.parent); del p"),
    ),
    case("%%writefile keeps its text", plain("import os, tempfile\nd = tempfile.mkdtemp(); os.chdir(d)"), stacked("%%writefile a.txt\nfirst\nsecond"),
         plain("print(open('a.txt').read()); os.chdir('/'); import shutil; shutil.rmtree(d); del d")),
    case("a macro", "x = 1\nx + 1", plain("%macro -q m 1"), plain("m"), charts=2),
    case("%rerun", "print('again')", plain("%rerun 1"), charts=2),
    case("another extension's decorator of the tree", plain(
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Constant(self, n):\n        return ast.copy_location(ast.Constant(n.value + 1), n) if isinstance(n.value, int) else n\n"
        "T = T(); get_ipython().ast_transformers.append(T)"), "1 + 1", plain("get_ipython().ast_transformers.remove(T)")),
    case("another extension's input transformer", plain(
        "def shout(lines): return [l.replace('LOUD', 'print') for l in lines]\nget_ipython().input_transformers_post.append(shout)"),
        "LOUD('hello')", plain("get_ipython().input_transformers_post.remove(shout)")),
    case("input transformers are called as often", plain(
        "calls = []\ndef count(lines):\n    calls.append(len(lines))\n    return lines\nget_ipython().input_transformers_post.append(count)"),
        "1", SLEEP, plain("get_ipython().input_transformers_post.remove(count)\nlen(calls)"), charts=2),
    case("events fire as often", plain(
        "log = []\nip = get_ipython()\nhooks = {e: (lambda *a, e=e: log.append(e)) for e in ('pre_execute', 'pre_run_cell', 'post_execute', 'post_run_cell')}\n"
        "for e, f in hooks.items(): ip.events.register(e, f)"),
        "1", SLEEP, plain("for e, f in hooks.items(): ip.events.unregister(e, f)\nlog"), charts=2),
)  # fmt: skip

ERRORS: tuple[Case, ...] = (
    case("an exception", "def f():\n    return 1 / 0\n\nf()", plain("import sys; sys.last_type, sys.last_value, sys.last_traceback.tb_next.tb_lineno")),
    case("an exception in the first line", "1/0"),
    case("an exception after await", SLEEP + "def f():\n    raise ValueError('no')\n\nf()"),
    case("an exception in a task", "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    raise KeyError('k')\nawait asyncio.gather(f(), asyncio.sleep(0))"),
    case("a chained exception", "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise RuntimeError('second') from e"),
    case("an exception group", "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])"),
    case("a task group fails", "import asyncio\nasync def f():\n    raise ValueError('x')\nasync with asyncio.TaskGroup() as g:\n    g.create_task(f())"),
    case("an exception with notes", "e = ValueError('x')\ne.add_note('a note')\nraise e"),
    case("an error across cells", "def f():\n    return 1 / 0", "x = 1\nf()", charts=2),
    case("an error in a coroutine of another cell", "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    1/0", "\nawait f()", charts=2),
    case("recursion", "def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError as error:\n    print(error)"),
    case("an error in __repr__", "class R:\n    def __repr__(self):\n        return 1 / 0\nR()", plain("del R; _ = __ = ___ = 0; Out.clear()")),
    case("a custom _repr_html_", "class R:\n    def _repr_html_(self): return '<i>r</i>'\nR()"),
    case("%xmode Plain", plain("%xmode Plain"), "def f():\n    1/0\nf()", plain("%xmode Context")),
    case("%xmode Verbose", plain("%xmode Verbose"), "def f(x):\n    1/x\nf(0)", plain("%xmode Context")),
    case("%tb afterwards", "def f():\n    1/0\nf()", plain("%tb")),
    case("a syntax error", "x = 1\ny = = 2", charts=0),
    case("a syntax error in the first line", "x = = 1", charts=0),
    case("an indentation error", "if 1:\nx = 1", charts=0),
    case("a string that does not end", "x = 'abc", charts=0),
    case("a bracket that does not close", "f(1,\n2", charts=0),
    case("return outside a function", "x = 1\nreturn 5", charts=0),
    case("await in a lambda", "f = lambda: await 1", charts=0),
    case("yield outside a function", "x = 1\nyield x", charts=0),
    case("a name error", "x = 1\nundefined_name"),
    case("SystemExit", "import sys\nprint('bye')\nsys.exit(3)", plain("1")),
    case("raise SystemExit in an async cell", SLEEP + "raise SystemExit('done')", plain("1")),
    case("an assertion", "x = 2\nassert x == 3, 'three'"),
    case("warnings and their lines", "import warnings\nwarnings.warn('careful')\ndef f():\n    warnings.warn('deeper', DeprecationWarning, stacklevel=2)\nf()"),
    case("a syntax warning", "x = 1\nx is 1"),
    case("an invalid escape", "x = '\\d'\nx"),
    case("a coroutine never awaited", "async def f(): pass\nf()\nimport gc; x = gc.collect(); del x"),
    case("stop on error", traced("1/0", request={"stop_on_error": True}), plain("1")),
)  # fmt: skip

INTERRUPTS: tuple[Case, ...] = (
    case("interrupt in sleep", traced("import time\nprint('ready', flush=True)\ntime.sleep(6)", interrupt="ready"), plain("1")),
    case("interrupt in await", traced("import asyncio\nprint('ready', flush=True)\nawait asyncio.sleep(6)", interrupt="ready"), plain("1")),
    case(
        "interrupt in gather",
        traced("import asyncio\nprint('ready', flush=True)\nawait asyncio.gather(asyncio.sleep(6), asyncio.sleep(6.1))", interrupt="ready"),
        plain("len(asyncio.all_tasks())"),
    ),
    case("interrupt in busy code", traced("print('ready', flush=True)\nwhile True:\n    pass", interrupt="ready"), plain("1")),
    case(
        "interrupt in busy code of a coroutine",
        traced("import asyncio, time\nasync def f():\n    print('ready', flush=True)\n    end = time.monotonic() + 2\n    while time.monotonic() < end:\n        pass\n"
               "    await asyncio.sleep(6)\nawait f()", interrupt="ready"),
        plain("1"),
    ),
    case(
        "interrupt that is caught",
        traced("import time\ntry:\n    print('ready', flush=True)\n    time.sleep(6)\nexcept KeyboardInterrupt:\n    print('caught')\n7", interrupt="ready"),
    ),
    case("input", traced("name = input('who? ')\nprint('hello', name)\nname", answers=("Ada",), request={"allow_stdin": True})),
    case("input that is refused", "input('who? ')"),
    case("getpass", traced("import getpass\ngetpass.getpass('secret: ')", answers=("x1",), request={"allow_stdin": True})),
)  # fmt: skip

MAGICS: tuple[Case, ...] = (
    case("%%time below", stacked("%%time\nx = 1\nx + 1"), plain("x")),
    case("%%time above", under("%%time", "x = 1\nx + 1"), plain("x")),
    case("%%time below, with await", stacked("%%time\nimport asyncio\nawait asyncio.sleep(0)"), differs=(
        Difference(
            why="IPython's own %%time cannot await; its call stands on the cell's second line, below ours",
            plain=("  Cell In[1], line 1",), traced=("  Cell In[1], line 2",), ipython=(9,),
        ),
    )),
    case("%%time above, with await", under("%%time", "import asyncio\nawait asyncio.sleep(0)")),
    case("%%capture below", stacked("%%capture c\nprint('kept')\n5"), plain("c.stdout, len(c.outputs)")),
    case("%%capture above", under("%%capture c", "print('kept')\n5"), plain("c.stdout, [o.data.get('text/plain') for o in c.outputs]"), charts=0, differs=(
        Difference(why="the chart is an output of the cell, so it is captured too",
                   plain=captured("['5']"), traced=captured("['5', 'CHART']")),
    )),
    case("%%timeit below", stacked("%%timeit -n1 -r1 -q\nx = 1")),
    case("%%timeit above", under("%%timeit -n1 -r1 -q", "x = 1")),
    case("%%prun below", stacked("%%prun -q\nx = 1\nprint(x)")),
    case("%%prun above", under("%%prun -q", "x = 1\nprint(x)"), charts=0, differs=(
        Difference(why="%%prun compiles the text itself and calls no hook: nothing is recorded, and our line stays, a string, so a docstring",
                   plain=(names("x"),), traced=(names("__doc__", "x"),)),
    )),
    case("%%bash below", stacked("%%bash\necho one\necho two >&2")),
    case("%%bash that fails", stacked("%%bash\nexit 4"), differs=(
        Difference(why="the call of %%bash stands on the cell's second line, below ours",
                   plain=("----> 1 get_ipython().run_cell_magic('bash', '', 'exit 4\\n')",),
                   traced=("      1 #", "----> 2 get_ipython().run_cell_magic('bash', '', 'exit 4\\n')")),
        Difference(why="newer IPython names the line above it as well", plain=("Cell In[1], line 1",), traced=("Cell In[1], line 2",), ipython=(8, 9)),
    )),
    case("%%html below", stacked("%%html\n<b>bold</b>")),
    case("%%script above keeps its text", under("%%script cat", "print(1)"), charts=0, differs=(
        Difference(why="%%script takes the rest of the cell as text, whatever it is", plain=(), traced=()),
    )[:0]),
    case("an unknown magic below", stacked("%%nosuchmagic\nx = 1")),
    case("the magic twice", traced("x = 1\nx", magic="%%tasktrace\n%%tasktrace", plain="#\n#")),
    case("options", traced("x = 1\nx", magic="%%tasktrace --title 'a b' --theme dark --limit 1000 --no-args")),
    case("quiet", traced("x = 1\nx", magic="%%tasktrace --quiet"), charts=0),
    case("an alias", traced("x = 1\nx", magic="%%aliased", plain="#"),),
    case("%load_ext below", "%load_ext autoreload\n%autoreload 0\n1"),
    case("%pdb stays off", "get_ipython().call_pdb"),
    case("%matplotlib inline figures", plain("%matplotlib inline\nimport matplotlib.pyplot as plt"),
         "print('before')\nplt.plot([1, 2]); print('after')", "import asyncio\nfig, ax = plt.subplots()\nawait asyncio.sleep(0)", plain("plt.close('all')"), charts=2),
    case("%who_ls and %reset_selective", "a1 = 1\nb1 = 2", plain("%reset_selective -f a1"), plain("%who_ls")),
)  # fmt: skip

ASYNC: tuple[Case, ...] = (
    case("asyncio.run inside", "import asyncio\nasync def f(): return 1\nasyncio.run(f())"),
    case("run_until_complete inside", "import asyncio\nasyncio.get_event_loop().run_until_complete(asyncio.sleep(0))"),
    case("asyncio.run in a thread", "import asyncio, threading\nout = []\nasync def f():\n    await asyncio.sleep(0.01)\n    out.append(1)\nt = threading.Thread(target=lambda: asyncio.run(f()))\nt.start(); t.join()\nout"),
    case("to_thread", "import asyncio, time\nawait asyncio.to_thread(time.sleep, 0.01)\nawait asyncio.to_thread(lambda: 5)"),
    case("the running loop", "import asyncio\nl = asyncio.get_running_loop()\nl.get_task_factory(), l.get_debug(), type(l).__name__", plain("l is asyncio.get_running_loop()")),
    case("repr of tasks", "import asyncio, re\nasync def f(): await asyncio.sleep(0.01)\nt = asyncio.create_task(f(), name='n')\nprint(repr(t))\nawait t\nprint(repr(t))"),
    case("stack of a task", "import asyncio\nasync def f():\n    await asyncio.sleep(0.05)\nt = asyncio.create_task(f())\nawait asyncio.sleep(0)\nt.print_stack()\nprint(t.get_coro().__qualname__, t.get_stack()[0].f_lineno)\nawait t"),
    case("a task that a later cell awaits", "import asyncio\nasync def f():\n    await asyncio.sleep(0.05)\n    return 'late'\nt = asyncio.create_task(f())", plain("await t"), plain("t.done()")),
    case("a task that prints later", "import asyncio\ne = asyncio.Event()\nasync def f():\n    await e.wait()\n    print('late')\nt = asyncio.create_task(f())\n0", plain("e.set()\nawait t")),
    case("cancel", "import asyncio\nt = asyncio.create_task(asyncio.sleep(6))\nawait asyncio.sleep(0)\nt.cancel('msg')\ntry:\n    await t\nexcept asyncio.CancelledError as e:\n    print('cancelled', e.args)"),
    case("a cancelled cell", "import asyncio\nraise asyncio.CancelledError('me')", plain("1")),
    case("context variables", "import contextvars\nv = contextvars.ContextVar('v', default=0)\nv.set(1)\nv.get()", plain("v.get()")),
    case("context variables of an async cell", "import asyncio, contextvars\nw = contextvars.ContextVar('w', default=0)\nw.set(1)\nawait asyncio.sleep(0)\nw.get()", plain("w.get()")),
    case("an exception nobody retrieved", "import asyncio, gc\nasync def f(): 1/0\nt = asyncio.create_task(f())\nawait asyncio.sleep(0.01)\ndel t\nx = gc.collect(); del x"),
    case("timeouts", "import asyncio\nawait asyncio.wait_for(asyncio.sleep(6), 0.01)"),
    case("a queue", "import asyncio\nq = asyncio.Queue(1)\nasync def p():\n    for i in range(3): await q.put(i)\nt = asyncio.create_task(p())\n[await q.get() for _ in range(3)]"),
    case("a subprocess", "import asyncio\np = await asyncio.create_subprocess_shell('echo hi', stdout=-1)\nawait p.communicate()"),
    case("a server", "import asyncio\nasync def h(r, w):\n    w.write(await r.readline())\n    w.close()\ns = await asyncio.start_server(h, '127.0.0.1', 0)\nr, w = await asyncio.open_connection(*s.sockets[0].getsockname())\nw.write(b'echo\\n')\nprint(await r.read())\nw.close(); s.close()\nawait asyncio.sleep(0.01)"),
    case("a slow step in debug mode", "import asyncio\nl = asyncio.get_running_loop()\nl.set_debug(True)\nawait asyncio.sleep(0.01)\nl.set_debug(False)\nl.get_debug()"),
    case("autoawait off", plain("%autoawait off"), "import asyncio\nawait asyncio.sleep(0)", plain("%autoawait asyncio"), charts=0),
    case("a thread that outlives the cell", "import threading, time\nt = threading.Thread(target=time.sleep, args=(0.05,)); t.start()\n1", plain("t.join(); t.is_alive()")),
    case("a generator that outlives the cell", "def g():\n    yield 1\n    yield 2\ni = g()\nnext(i)", plain("next(i)")),
)  # fmt: skip

REQUESTS: tuple[Case, ...] = (
    case("silent", traced("x = 4\nx", request={"silent": True}), plain("x"), charts=0),
    case("silent with await", traced(SLEEP + "y = 5", request={"silent": True}), plain("y"), charts=0),
    case("store_history off", traced("x = 4\nx", request={"store_history": False}), plain("x, Out")),
    case("is it complete", *(plain(text, action="is_complete") for text in ("for x in y:", "f(", "x = 1", "x = = 1", "%%time\n1", "%time f(", "a?")), charts=0),
    case("inspection", plain("import os\nos.path.join", action="inspect"), charts=0),
    case("completion of names", plain("long_name_here = 1"), plain("long_na", action="complete"), charts=0),
    case("completion of magics", plain("%%time", action="complete"), charts=0),
)  # fmt: skip

CASES: tuple[Case, ...] = (*RESULTS, *INTERACTIVITY, *SOURCE, *ERRORS, *INTERRUPTS, *MAGICS, *ASYNC, *REQUESTS, *CALLOUTS)
