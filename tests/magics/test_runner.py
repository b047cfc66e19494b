from __future__ import annotations

import ast
import asyncio
import linecache
import threading
import types
from typing import Any

import pytest

from async_magics.errors import RecordingError
from async_magics.magics.extension import loaded
from async_magics.magics.runner import Runner
from async_magics.magics.shelf import Shelf

from .fakes import FakeRecording, Recordings, Screen


def runner_of(shell: Any) -> Runner:
    found: Runner = loaded(shell).runner
    return found


def test_a_cell_is_recorded_once_and_shown_once(shell: Any, recordings: Recordings, screen: Screen) -> None:
    result = shell.run_cell("%%tasktrace\nimport asyncio\nawait asyncio.sleep(0, 7)")
    assert result.result == 7
    assert [made.calls for made in recordings.made] == [["start", "stop"]]
    assert screen.texts == ["chart of In [1]"]


def test_what_a_recording_is_told(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace --title 'A title' --limit 9 --threshold 1ms --follow 0 --results --no-args --calls f,g\nx = 1")
    made = recordings.last
    assert (made.name, made.title, made.source.splitlines()[1]) == ("In [1]", "A title", "x = 1")
    assert (made.options.limit, made.options.threshold_ns, made.options.follow_s) == (9, 1_000_000, 0)
    assert (made.options.results, made.options.arguments, made.options.calls) == (True, False, ("f", "g"))
    assert made.others["filename"] in linecache.cache


@pytest.mark.parametrize(("code", "kind"), [("1/0", ZeroDivisionError), ("raise KeyboardInterrupt", KeyboardInterrupt), ("1", None)])
def test_a_recording_learns_how_the_cell_ended(shell: Any, recordings: Recordings, code: str, kind: type | None) -> None:
    result = shell.run_cell(f"%%tasktrace\n{code}")
    assert recordings.last.error is result.error_in_exec
    assert type(recordings.last.error) is (kind or type(None))


@pytest.mark.parametrize("cell", ["%%tasktrace", "%%tasktrace\n# nothing", "%%tasktrace --bogus\n1", "x = 1", "%%tasktrace\nx = ="])
def test_not_recorded(shell: Any, recordings: Recordings, cell: str) -> None:
    shell.run_cell(cell)
    assert recordings.made == []


def test_a_cell_that_does_not_compile_leaves_no_chart(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nreturn 1")
    assert recordings.last.calls == ["start", "discard"]
    assert (screen.shown, list(loaded(shell).shelf)) == ([], [])


def test_a_silent_execution_is_not_recorded(shell: Any, recordings: Recordings) -> None:
    assert shell.run_cell("%%tasktrace\nx = 5", silent=True).success
    assert (recordings.made, shell.user_ns["x"]) == ([], 5)


def test_a_cell_inside_a_traced_cell_belongs_to_it(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace --name outer\nget_ipython().run_cell('%%tasktrace --name inner\\n1')\n%tasktrace 2")
    assert [made.name for made in recordings.made] == ["outer"]


def test_a_traced_cell_inside_an_untraced_one(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("get_ipython().run_cell('%%tasktrace --name inner\\n1/0')\nx = 1")
    assert [made.name for made in recordings.made] == ["inner"]
    assert isinstance(recordings.last.error, ZeroDivisionError)
    assert shell.user_ns["x"] == 1


def test_names_are_unique_and_a_name_that_is_given_replaces(shell: Any) -> None:
    for cell in ("1", "2", "--name mine\n3", "--name mine\n4"):
        shell.run_cell(f"%%tasktrace {cell}" if cell.startswith("--") else f"%%tasktrace\n{cell}", store_history=cell == "2")
    assert list(loaded(shell).shelf) == ["In [1]", "In [1] (2)", "mine"]


def test_cells_of_two_threads_do_not_meet(shell: Any) -> None:
    runner = Runner(shell, shelf=Shelf(), configured=dict, make_recording=Recordings(), draw=_never)
    info = types.SimpleNamespace(raw_cell="x")
    runner.pre_run_cell(info)
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: (runner.post_run_cell(None), seen.append(runner.busy())))
    thread.start()
    thread.join()
    assert seen == [True]
    runner.post_run_cell(types.SimpleNamespace(info=info, error_before_exec=None, error_in_exec=None))
    assert not runner.busy()


def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError


def test_a_second_description_of_the_same_cell_ends_it(shell: Any, recordings: Recordings) -> None:
    runner = runner_of(shell)
    runner.pre_run_cell(types.SimpleNamespace(raw_cell="cell"))
    other = types.SimpleNamespace(info=types.SimpleNamespace(raw_cell="cell"), error_before_exec=None, error_in_exec=None)
    runner.post_run_cell(other)
    assert not runner.busy()


def test_a_cancelled_cell_has_no_result(shell: Any, recordings: Recordings) -> None:
    runner = runner_of(shell)
    runner.pre_run_cell(types.SimpleNamespace(raw_cell="%%tasktrace\n1"))
    runner.visit(ast.parse("'%%tasktrace'\n1"))
    runner.post_run_cell(None)
    assert isinstance(recordings.last.error, asyncio.CancelledError)


class Broken(FakeRecording):
    """Fails where its name says."""

    def _fail(self, where: str) -> None:
        if self.name == where:
            raise RuntimeError(f"broken {where}")

    def start(self) -> None:
        super().start()
        self._fail("start")

    def stop(self, error: BaseException | None = None) -> None:
        super().stop(error)
        self._fail("stop")

    def discard(self) -> None:
        super().discard()
        self._fail("discard")

    @property
    def trace(self) -> Any:
        self._fail("trace")
        if self.name == "refused":
            raise RecordingError("nothing was recorded")
        return super().trace


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("start", "tasktrace: not recording: RuntimeError: broken start"),
        ("stop", "tasktrace: no chart: RuntimeError: broken stop"),
        ("trace", "tasktrace: no chart: RuntimeError: broken trace"),
        ("refused", "tasktrace: no chart: nothing was recorded"),
    ],
)
def test_an_error_of_ours_is_a_line_of_text(
    shell: Any, recordings: Recordings, screen: Screen, capsys: pytest.CaptureFixture[str], where: str, line: str
) -> None:
    recordings.kind = Broken
    result = shell.run_cell(f"%%tasktrace --name {where}\nx = 40 + 2\nx")
    told = [text for text in capsys.readouterr().err.splitlines() if text.startswith("tasktrace")]
    assert result.result == 42
    assert len(told) == 1 and told[0].startswith(line)
    assert screen.shown == []
    assert shell.run_cell("x").success


def test_a_recorder_that_cannot_be_made(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    runner_of(shell)._make_recording = _never
    assert shell.run_cell("%%tasktrace\n6 * 7").result == 42
    assert "tasktrace: not recording: AssertionError" in capsys.readouterr().err


def test_on_and_off(shell: Any, recordings: Recordings) -> None:
    for cell in (
        "%tasktrace on --quiet --title every",
        "x = 1",
        "# nothing",
        "%tasklist",
        "%tasktrace on --title other",
        "%%tasktrace --title own\n1",
    ):
        shell.run_cell(cell)
    shell.run_cell("import asyncio\nawait asyncio.sleep(0)\n%tasktrace off")
    shell.run_cell("x = 2")
    assert [made.title for made in recordings.made] == ["every", "own", "other"]


@pytest.mark.parametrize("line", ["off --quiet", "on --bogus", "on something", "", "--theme"])
def test_wrong_uses_are_refused(shell: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str], line: str) -> None:
    result = shell.run_cell(f"%tasktrace {line}")
    assert type(result.error_in_exec).__name__ == "UsageError"
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert recordings.made == []


def test_a_line_in_the_middle_of_a_cell(shell: Any, recordings: Recordings) -> None:
    result = shell.run_cell("y = 20\nx = %tasktrace --name part y + 22\nx")
    assert (result.result, recordings.last.name, recordings.last.calls) == (42, "part", ["start", "stop"])


def test_its_exception_passes_through(shell: Any, recordings: Recordings) -> None:
    result = shell.run_cell("x = 1\n%tasktrace 1/0\nx = 2")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert recordings.last.error is result.error_in_exec
    assert shell.user_ns["x"] == 1


def test_it_sees_the_variables_of_the_function_around_it(shell: Any) -> None:
    assert shell.run_cell("def f(z):\n    q = %tasktrace z * 2\n    return q\nf(21)").result == 42


def test_await_as_the_cells_only_line(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("import asyncio")
    assert shell.run_cell("%tasktrace --name one await asyncio.sleep(0, 7)").result == 7
    assert recordings.last.name == "one"


def test_await_where_it_cannot_be(shell: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell("import asyncio\nawait asyncio.sleep(0)\n%tasktrace await asyncio.sleep(0)")
    assert "put %%tasktrace above the cell" in str(result.error_in_exec)
    assert recordings.made == []


def test_called_by_a_program(shell: Any, recordings: Recordings) -> None:
    assert shell.run_cell_magic("tasktrace", "--name a", "x = 1\nx + 1") == 2
    assert shell.run_cell_magic("tasktrace", "--name b", "import asyncio\nawait asyncio.sleep(0, 3)") == 3
    with pytest.raises(ZeroDivisionError):
        shell.run_cell_magic("tasktrace", "--name c", "1/0")
    assert [(made.name, made.calls) for made in recordings.made] == [(name, ["start", "stop"]) for name in "abc"]


def test_a_traceback_shows_the_cell_as_it_was_typed(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%%tasktrace --quiet\n1/0")
    out = capsys.readouterr()
    text = out.out + out.err
    assert "'%%tasktrace" not in text
    assert "#%%tasktrace --quiet" in text


def test_the_code_ends_before_its_traceback_is_made(shell: Any, recordings: Recordings) -> None:
    own = vars(shell).get("showtraceback")
    shell.run_cell("%%tasktrace\n1/0")
    assert recordings.last.calls == ["start", "code ended", "stop"]
    shell.run_cell("%%tasktrace\nget_ipython().run_cell('1/0')\nget_ipython().showtraceback((ValueError, ValueError(1), None))")
    assert recordings.last.calls == ["start", "stop"], "what the cell shows itself is not its end"
    assert vars(shell).get("showtraceback") is own
