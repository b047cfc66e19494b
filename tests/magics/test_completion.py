from __future__ import annotations

from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter

from async_magics.magics.completion import Candidates
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript

HERE = Candidates({"In [3]": None, "slow": None})


@pytest.mark.parametrize(
    ("line", "fragment", "some"),
    [
        ("%%tasktrace ", "", {"--title", "--theme", "--no-args"}),
        ("%%tasktrace --th", "--th", {"--theme", "--threshold"}),
        ("%%tasktrace --ca", "--ca", {"--calls"}),
        ("%%tasktrace --theme ", "", {"light", "dark", "print"}),
        ("%%tasktrace --theme d", "d", {"dark"}),
        ("%%tasktrace --theme=d", "d", {"dark"}),
        ("%%tasktrace --title x --s", "--s", {"--save", "--size", "--svg"}),
        ("%tasktrace o", "o", {"on", "off"}),
        ("%tasktrace on --qu", "--qu", {"--quiet"}),
        ("%taskchart ", "", {"last", "In [3]", "slow", "--theme"}),
        ("%taskchart sl", "sl", {"slow"}),
        ("%tasknote ", "", {"last", "In [3]", "slow", "--at", "--task", "--remove"}),
        ("%tasknote slow --t", "--t", {"--task"}),
        ("%%tasktrace --no", "--no", {"--note"}),
        ("%taskexport --a", "--a", {"--all"}),
        ("    %taskexport --f", "--f", {"--force", "--fold"}),
        ("%taskstats ", "", {"last", "In [3]", "slow", "--lang"}),
        ("%taskreplay ", "", {"last", "In [3]", "slow", "--theme", "--save"}),
        ("%taskreplay sl", "sl", {"slow"}),
        ("%taskstats --lang ", "", {"auto", "en", "ru"}),
        ("%taskprocesses ", "", {"by-value", "by-name"}),
        ("%taskprocesses by-v", "by-v", {"by-value"}),
    ],
)
def test_what_is_offered(line: str, fragment: str, some: set[str]) -> None:
    found = HERE.at(line)
    assert found is not None
    assert found[0] == fragment
    assert some <= set(found[1])
    assert all(text.startswith(fragment) for text in found[1])


@pytest.mark.parametrize(
    "line",
    [
        "%%tasktrace",
        "x = 1",
        "%%time --th",
        "%tasktrace asyncio.sl",
        "%tasktrace f(x, --t",
        "%%tasktrace --save /tm",
        "%tasklist ",
        "%taskprocesses by-value ",
    ],
)
def test_the_rest_is_left_to_others(line: str) -> None:
    assert HERE.at(line) is None


def completed(shell: Any, line: str) -> set[str]:
    """Return the lines that TAB could make of a line, as every front end asks for them."""
    with provisionalcompleter():
        return {line[: found.start] + found.text + line[found.end :] for found in shell.Completer.completions(line, len(line))}


def test_the_shell_completes_options_and_values(shell: Any) -> None:
    assert {"%%tasktrace --theme", "%%tasktrace --threshold"} <= completed(shell, "%%tasktrace --th")
    assert "%%tasktrace --theme dark" in completed(shell, "%%tasktrace --theme da")
    assert "%tasktrace --theme=dark" in completed(shell, "%tasktrace --theme=da")


def test_the_shell_completes_names_of_traces(shell: Any) -> None:
    shell.run_cell("%%tasktrace --name slow_one\n1")
    assert "%taskchart slow_one" in completed(shell, "%taskchart slow")


def test_names_of_tasks_are_offered_for_a_note() -> None:
    script = TraceScript()
    script.task("Task-7", "fetch")
    script.task("two words", "fetch")
    here = Candidates({"slow": Recorded(script.trace(1)), "last one": Recorded(TraceScript().trace(1))})
    assert here.at('%tasknote slow "x" --at 1 --task ') == ("", ["cell", "Task-7", "fetch"])
    assert here.at('%tasknote "x" --at 1 --task ') == ("", ["cell"])
    assert here.at("%tasknote slow --task=T") is None
    assert Candidates({}).at("%tasknote --task ") is None


def test_the_shell_completes_the_magics(shell: Any) -> None:
    assert {"%tasktrace", "%taskchart", "%tasknote", "%taskexport", "%tasklist", "%taskprocesses"} <= completed(shell, "%task")
