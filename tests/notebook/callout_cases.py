# ruff: noqa: E501 -- a table: one case, one line, however long its cell is
"""Cells with ``#:`` comments, and what must be the same where those become callouts as where they are comments."""

from __future__ import annotations

from .case import Case, case, plain, stacked, traced, under

SLEEP = "import asyncio\nawait asyncio.sleep(0.01)  #: sleeps\n"

CALLOUTS: tuple[Case, ...] = (
    case("callout: an expression", "1 + 1  #: the sum", plain("_, _1, Out")),
    case("callout: names that are left", "a = 1  #: a\n#: f\ndef f(): pass\nclass C: pass  #: C", plain("%who"), plain("sorted(vars(C)), f.__code__.co_varnames")),
    case("callout: await", SLEEP + "41 + 1  #: the result", plain("_")),
    case("callout: an awaited value", "import asyncio\nawait asyncio.sleep(0.01, 'slept')  #: here", plain("_")),
    case("callout: a semicolon hides the result", "x = 5\nx;  #: quiet", plain("_, Out, x")),
    case("callout: a semicolon after await", "import asyncio\nawait asyncio.sleep(0.01, 7);  #: quiet", plain("Out")),
    case("callout: a comment only", "#: nothing", plain("Out"), charts=0),
    case("callout: a docstring", '"""What this is."""  #: doc\nx = 1', plain("__doc__")),
    case("callout: a docstring is the result", '"""What this is."""  #: doc', plain("__doc__")),
    *(
        case(
            f"callout: ast_node_interactivity {value}",
            plain(f"get_ipython().ast_node_interactivity = '{value}'"),
            "#: one\n1\nx = 2  #: two\nx  #: three\ny = 3  #: four",
            SLEEP + "for i in range(2):  #: loop\n    i  #: in the loop",
            "if x:  #: if\n    x  #: x\nelse:  #: else\n    y",
            plain("get_ipython().ast_node_interactivity = 'last_expr'"),
            charts=3,
        )
        for value in ("all", "last", "last_expr", "none", "last_expr_or_assign")
    ),
    case("callout: from __future__", "#: first\nfrom __future__ import annotations  #: future\ndef f(x: undefined): pass  #: f\nf.__annotations__", plain("def g(x: nope): pass\n1")),
    case("callout: a docstring and __future__", '"""Doc."""\n#: future\nfrom __future__ import annotations\n1', plain("__doc__")),
    case("callout: getsource", "import inspect\n#: above\ndef f():  #: beside\n    # inside\n    return 1  #: returns\n", plain("print(inspect.getsource(f)); inspect.getsourcelines(f)[1]"), plain("f()")),
    case("callout: getsource of a class", "import inspect\nclass C:  #: C\n    'Doc.'\n    x = 1  #: x\n    def m(self): return 2  #: m\nprint(inspect.getsource(C.m)); C.__doc__, C().m()"),
    case("callout: question marks", "def f(x):  #: f\n    'Docs of f.'\n    return x\n", plain("f?"), plain("f??")),
    case("callout: decorators", "import functools\ndef d(g):  #: d\n    @functools.wraps(g)  #: wraps\n    def inner(*args): return g(*args)  #: inner\n    return inner\n@d  #: decorated\n@functools.cache\ndef f(x):\n    'Doc.'\n    return x\nf(3), f.__doc__, f.__wrapped__.__wrapped__.__code__.co_firstlineno"),
    case("callout: generators", "def g():  #: begins\n    for i in range(2):  #: loop\n        yield i  #: yields\n    else:  #: else\n        yield 'end'\nlist(g()), [*(x for x in g())]  #: all"),
    case("callout: async for and async with", "import contextlib\n@contextlib.asynccontextmanager  #: manager\nasync def f():\n    print('in')  #: in\n    yield 5  #: yields\n    print('out')\nasync def g():  #: g\n    yield 1\nasync with f() as x:  #: with\n    async for y in g():  #: for\n        print(x, y)  #: body\n[z async for z in g()]  #: comprehension"),
    case("callout: match", "match [1, 2]:  #: match\n    case [1]:  #: one\n        print(1)\n    case [1, x] if x > 1:  #: two\n        print(x)\n    case _: pass  #: none"),
    case("callout: line numbers in frames", "import sys\ndef f():  #: f\n    return sys._getframe().f_lineno  #: inside\n[f(),  #: one\n sys._getframe().f_lineno]  #: two"),
    case("callout: indentation and prompts", traced("  x = 1  #: one\n  if x:  #: two\n      print('yes')  #: three\n  x", plain=None), traced(">>> x = 1  #: one\n>>> if x:  #: two\n...     print('yes')\n", plain=None), charts=2),
    case("callout: CRLF, tabs, form feeds", "x = 1  #: one\r\ny = 2  #: two\r\nif 1:\r\n\tz = 3  #: three\r\n\f\r\n1/0  #: four"),
    case("callout: a string of many lines", "s = '''a\n#: no\n%time\n!ls\n'''  #: string\ns"),
    case("callout: Cyrillic", "имя = 'задача 🐍'; print(имя)  #: имя\n1/0  #: деление"),
    case("callout: magics and shell", "#: above a magic\n%time x = 1 + 1  #: in its line\n#: above a shell\n!echo from a shell\nx = !echo captured\nx.s  #: s"),
    case("callout: a magic over lines", "x = 1\n%time y = x + \\\n    1\n1/0  #: division"),
    case("callout: under %%time", under("%%time", "x = 1  #: one\nx + 1\n1/0  #: division")),
    case("callout: %%time under ours", stacked("%%time\nx = 1  #: one\nprint(x)  #: two")),
    case("callout: %%capture", stacked("%%capture out\nprint('kept')  #: one\n5"), plain("out.stdout, len(out.outputs)")),
    case("callout: another extension's decorator of the tree", plain(
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Constant(self, n):\n        return ast.copy_location(ast.Constant(n.value + 1), n) if isinstance(n.value, int) else n\n"
        "T = T(); get_ipython().ast_transformers.append(T)"), "1 + 1  #: five", plain("get_ipython().ast_transformers.remove(T)")),
    case("callout: nested run_cell", "r = get_ipython().run_cell('1 + 1  #: inner')\nr.result, r.success  #: outer"),
    case("callout: an exception", "def f():  #: f\n    return 1 / 0  #: divides\n\nf()  #: call", plain("import sys; sys.last_type, sys.last_value, sys.last_traceback.tb_next.tb_lineno")),
    case("callout: an exception over lines", "def f(x, y):  #: f\n    return (x +  #: one\n            #: two\n            x / y)\n\nf(\n    1,  #: three\n    0)"),
    case("callout: an exception in the first line", "1/0  #: division"),
    case("callout: an exception after await", SLEEP + "async def f():  #: f\n    await asyncio.sleep(0)  #: sleeps\n    raise ValueError('no')  #: raises\n\nawait f()  #: awaits"),
    case("callout: exceptions in every block", "try:  #: try\n    1/0  #: division\nexcept ZeroDivisionError as e:  #: except\n    raise RuntimeError('second') from e  #: raise\nfinally:  #: finally\n    print('finally')"),
    case("callout: an error in a decorator", "def d(f):\n    1/0  #: division\n#: above\n@d  #: beside\ndef f():\n    pass"),
    case("callout: an error in a class body", "class C:  #: C\n    x = 1  #: x\n    y = x / 0  #: y"),
    case("callout: an error across cells", "def f():  #: f\n    return 1 / 0  #: divides", "x = 1\nf()", plain("f()"), charts=2),
    case("callout: an exception group", "def f(): raise ValueError(1)  #: f\nimport asyncio\nasync def g(): f()  #: g\nasync with asyncio.TaskGroup() as t:  #: group\n    t.create_task(g())  #: task"),
    case("callout: %xmode Verbose", plain("%xmode Verbose"), "def f(x):  #: f\n    1/x  #: divides\nf(0)", plain("%xmode Context")),
    case("callout: %xmode Plain", plain("%xmode Plain"), "def f():  #: f\n    1/0  #: divides\nf()", plain("%xmode Context")),
    case("callout: %tb afterwards", "def f():  #: f\n    1/0\nf()  #: call", plain("%tb")),
    case("callout: a syntax error", "x = 1  #: one\ny = = 2  #: two", charts=0),
    case("callout: an indentation error", "if 1:  #: one\nx = 1  #: two", charts=0),
    case("callout: return outside a function", "x = 1  #: one\nreturn 5  #: two", charts=0),
    case("callout: warnings and their lines", "import warnings\nwarnings.warn('careful')  #: one\ndef f():  #: two\n    warnings.warn('deeper', DeprecationWarning, stacklevel=2)\nf()  #: three"),
    case("callout: SystemExit", "import sys\nprint('bye')  #: bye\nsys.exit(3)  #: exit", plain("1")),
    case("callout: interrupt", traced("import time\nprint('ready', flush=True)  #: ready\ntime.sleep(6)  #: sleeps", interrupt="ready"), plain("1")),
    case("prints: order and kinds", "import sys\nprint('a', 'b', end='')\nsys.stderr.write('c\\n')\nsys.stdout.writelines(['d', 'e\\n'])\nprint('f', file=sys.stderr)\nsys.stdout.write('g')\nsys.stdout is sys.__stdout__, getattr(sys.stdout.write, '__self__', None) is sys.stdout, sys.stdout.write.__name__"),
    case("prints: redirected and captured", "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f:\n    print('caught')\nprint('seen')\nf.getvalue()"),
    case("prints: a question", traced("import sys\nprint('before', end='')\nname = input('who? ')\nsys.stderr.write('after\\n')\nprint(name)", answers=("Ada",), request={"allow_stdin": True})),
    case("prints: not a text", "import sys\nsys.stdout.write(5)"),
    case("prints: from threads", "import threading\ndef f(n): print('thread', n)\nfor n in range(3):\n    t = threading.Thread(target=f, args=(n,)); t.start(); t.join()"),
    case("prints: from a forked child", "import os, sys\nsys.stdout.flush()\npid = os.fork()\nif pid == 0:\n    print('child'); sys.stdout.flush(); os._exit(0)\n_, code = os.waitpid(pid, 0)\ndel pid, _\ncode"),
    case("prints: a progress bar", "import sys, time\nfor i in range(3):\n    print(f'\\r{i}/3', end='', file=sys.stderr, flush=True)\nprint(file=sys.stderr)"),
    case("prints: late output", "import asyncio\ngate = asyncio.Event()\nasync def late():\n    await gate.wait()\n    print('late')\nt = asyncio.create_task(late())\nprint('now')", plain("gate.set()\nawait t")),
    case("marks and spans", "from async_magics import mark, span\nmark('here')\nwith span('a') as s, span('b'):\n    mark('inside')\nasync with span('c'):\n    pass\ntry:\n    with s:\n        1/0\nexcept ZeroDivisionError as e:\n    print(e.__traceback__.tb_next)\ns.name"),
    case("an error in a span", "from async_magics import span\nwith span('a'):\n    1/0"),
)  # fmt: skip
