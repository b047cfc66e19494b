"""``--repeat`` in a real kernel: as if the body had been typed so many times, and only the last run's value is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .harness import Kernel, normal

COUNT = "n = globals().get('n', 0) + 1\n"


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel(traced=True)
    yield kernel
    kernel.close()


@pytest.fixture(autouse=True)
def empty(kernel: Kernel) -> None:
    kernel.told("get_ipython().reset(new_session=True)")


def said(kernel: Kernel, code: str) -> list[str]:
    """Run a cell; return what it prints, shows and raises, in order, each run of prints in one piece."""
    messages, _reply = kernel.told(code)
    out: list[str] = []
    for message in messages:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream" and out and out[-1].startswith("printed "):
            out[-1] += content["text"]
        elif kind == "stream":
            out.append("printed " + content["text"])
        elif kind in ("execute_result", "display_data"):
            out.append(f"{kind} {content['data']['text/plain']}")
        elif kind == "error":
            out.append(f"error {content['ename']}")
    return out


def value_of(kernel: Kernel, expression: str) -> str:
    """Return the text of an expression's value."""
    return next(text.partition(" ")[2] for text in said(kernel, expression) if text.startswith("execute_result"))


def test_await_print_and_the_last_runs_value(kernel: Kernel) -> None:
    cell = f"%%tasktrace --repeat 3\nimport asyncio\n{COUNT}print('run', n)\nawait asyncio.sleep(0.01, n * 10)"
    assert said(kernel, cell) == ["printed run 1\nrun 2\nrun 3\n", "execute_result 30", "display_data CHART"]
    assert value_of(kernel, "_, list(Out.values())") == "(30, [30])"


def test_the_history_and_the_namespace_are_as_without(kernel: Kernel) -> None:
    before = int(value_of(kernel, "get_ipython().execution_count"))
    said(kernel, "%%tasktrace --repeat 3\nx = 1\nx")
    assert value_of(kernel, "get_ipython().execution_count") == str(before + 2)
    assert value_of(kernel, "In[-3].splitlines()[1:]") == "['x = 1', 'x']"
    assert value_of(kernel, "list(Out.values())[1]") == "1"
    assert value_of(kernel, "sorted(set(dir()) - {'In', 'Out', 'exit', 'quit', 'open', 'get_ipython'})[-1]") == "'x'"
    assert value_of(kernel, "[name for name in dir() if 'run' in name or 'async' in name]") == "[]"


def test_a_semicolon(kernel: Kernel) -> None:
    assert said(kernel, f"%%tasktrace --repeat 2\n{COUNT}n;") == ["display_data CHART"]
    assert value_of(kernel, "n") == "2"


def test_every_expression_is_shown_once_where_all_are_shown(kernel: Kernel) -> None:
    kernel.told("get_ipython().ast_node_interactivity = 'all'")
    try:
        cell = f"%%tasktrace --repeat 3\n{COUNT}n\nprint(n)\nn + 1"
        found = said(kernel, cell)
    finally:
        kernel.told("get_ipython().ast_node_interactivity = 'last_expr'")
    assert [text for text in found if text.startswith("execute_result")] == ["execute_result 3", "execute_result 4"]
    assert "".join(text.removeprefix("printed ") for text in found if text.startswith("printed")) == "1\n2\n3\n"


def test_an_error_in_the_third_run(kernel: Kernel) -> None:
    messages, reply = kernel.told(f"%%tasktrace --repeat 5 --name bad\n{COUNT}print(n)\nif n == 3:\n    1 / 0\n'end'")
    error = next(message["content"] for message in messages if message["msg_type"] == "error")
    assert (reply["ename"], error["ename"]) == ("ZeroDivisionError", "ZeroDivisionError")
    shown = normal("\n".join(error["traceback"]))
    assert "----> 5     1 / 0" in shown
    assert "next_run" not in shown
    assert value_of(kernel, "n") == "3"
    assert value_of(kernel, "len(__import__('async_magics').traces['bad'].runs)") == "3"


def test_an_interrupt_stops_them_all(kernel: Kernel) -> None:
    cell = f"%%tasktrace --repeat 9 --name stopped\nimport time\n{COUNT}print('run', n)\nif n == 2: time.sleep(20)"
    _messages, reply = kernel.told(cell, interrupt="run 2")
    assert reply["ename"] == "KeyboardInterrupt"
    assert value_of(kernel, "n, len(__import__('async_magics').traces['stopped'].runs)") == "(2, 2)"


def test_the_runs_are_what_happened(kernel: Kernel) -> None:
    said(kernel, "import asyncio\nasync def f(x):\n    await asyncio.sleep(x)")
    said(kernel, "%%tasktrace --repeat 3 --name g\nawait asyncio.gather(f(0.02), f(0.01))")
    runs = "__import__('async_magics').traces['g'].runs"
    assert value_of(kernel, f"{{tuple(task.call for task in run.tasks[1:]) for run in {runs}}}") == "{('f(0.02)', 'f(0.01)')}"
    assert value_of(kernel, f"[run.trace.problems for run in {runs}]") == "[(), (), ()]"


def test_nothing_stays_patched(kernel: Kernel) -> None:
    kernel.told("import asyncio; before = asyncio.base_events.BaseEventLoop.create_task")
    said(kernel, "%%tasktrace --repeat 3\nawait asyncio.sleep(0)")
    assert value_of(kernel, "asyncio.base_events.BaseEventLoop.create_task is before, len(asyncio.all_tasks())").startswith("(True,")


def test_a_function_defined_by_the_cell_keeps_its_lines(kernel: Kernel) -> None:
    cell = "%%tasktrace --repeat 2\nimport inspect\ndef f():\n    return 1\ninspect.getsourcelines(f)[1], f.__code__.co_firstlineno"
    assert said(kernel, cell)[0] == "execute_result (3, 3)"
