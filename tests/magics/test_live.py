"""The live chart of a cell: when it is shown, what is sent and in which order, and that nothing of it is left."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from async_magics.lang import translation
from async_magics.magics import live as module
from async_magics.magics.extension import load_into, loaded, unload_from
from async_magics.magics.live import LiveChart, Output, looked_at
from async_magics.magics.settings import Settings
from async_magics.model.live import Live

from .fakes import Drawing, Screen


class Session:
    """Keeps what is sent: kind, data, whether it was an update of the same output, and from where."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.ids: set[str] = set()
        self.parents: list[Any] = []
        self.news = threading.Condition()

    def send(self, socket: Any, kind: str, content: Any, *, parent: Any, ident: bytes) -> None:
        with self.news:
            self.sent.append((kind, content["data"]))
            self.ids.add(content["transient"]["display_id"])
            self.parents.append(parent)
            self.news.notify_all()

    def wait_for(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.sent) >= count, timeout=20)

    @property
    def kinds(self) -> list[str]:
        return [kind if data else f"{kind}: empty" for kind, data in self.sent]


class Loop:
    """The loop of the kernel's output thread: runs what it is given at once, unless it is busy."""

    def __init__(self) -> None:
        self.busy = False
        self.asked = threading.Event()
        self.late: list[Callable[[], None]] = []

    def add_callback(self, function: Callable[..., None], *args: Any) -> None:
        if self.busy:
            self.late.append(partial(function, *args))
        else:
            function(*args)
        self.asked.set()


class Publisher(Screen):
    """A kernel's ``display_pub``: what goes around ``publish`` is the live chart's."""

    topic = b"display_data"

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self.parent_header = {"msg_id": "cell"}
        self.loop = Loop()
        self.pub_socket = type("Socket", (), {"io_thread": type("Thread", (), {"io_loop": self.loop})})


class Kernel:
    _allow_stdin = True


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as a cell begins, and again without a rest."""
    monkeypatch.setattr(module, "FIRST_S", 0.0)
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    monkeypatch.setattr(module, "REST", 0)


@pytest.fixture
def watched(bare: Any) -> Any:
    """A shell with a real recorder and a front end in front of it."""
    bare.kernel = Kernel()
    bare.display_pub = Publisher()
    load_into(bare, draw=Drawing, later=lambda seconds, step: False)
    bare.user_ns["wait_for"] = bare.display_pub.session.wait_for
    return bare


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = _thread._count()
    yield
    assert _thread._count() == before


def test_a_cell_shows_one_output_changes_it_and_empties_it_before_its_chart(watched: Any, fast: None) -> None:
    watched.run_cell("%%tasktrace\nwait_for(3)").raise_error()
    session = watched.display_pub.session
    assert session.kinds[0] == "display_data" and set(session.kinds[1:-1]) == {"update_display_data"}
    assert session.kinds[-1] == "update_display_data: empty" and session.kinds.count(session.kinds[-1]) == 1
    assert len(session.ids) == 1 and session.parents == [{"msg_id": "cell"}] * len(session.sent)
    assert "In [1]: " in session.sent[0][1]["text/plain"] and "<svg" in session.sent[0][1]["text/html"]
    assert watched.display_pub.texts == ["chart of In [1]"]


def test_a_short_cell_sends_nothing(watched: Any) -> None:
    watched.run_cell("%%tasktrace\nx = 1").raise_error()
    assert watched.display_pub.session.sent == []
    assert watched.display_pub.texts == ["chart of In [1]"]


@pytest.mark.parametrize("options", ["--live off", "--quiet"])
def test_not_wanted(watched: Any, fast: None, options: str) -> None:
    watched.run_cell(f"%%tasktrace {options}\nx = 1").raise_error()
    assert watched.display_pub.session.sent == []


def test_the_setting_is_the_default(watched: Any, fast: None) -> None:
    watched.run_cell("%config TaskTrace.live = 'off'").raise_error()
    watched.run_cell("%%tasktrace\nx = 1").raise_error()
    assert watched.display_pub.session.sent == []
    watched.run_cell("%%tasktrace --live on\nwait_for(1)").raise_error()
    assert watched.display_pub.session.kinds[-1] == "update_display_data: empty"


def test_nobody_looks(watched: Any, fast: None) -> None:
    """nbclient, nbconvert and papermill do not allow input; a terminal has no kernel; ``%%capture`` takes what is published."""
    assert looked_at(watched)
    watched.kernel._allow_stdin = False
    assert not looked_at(watched)
    watched.run_cell("%%tasktrace\nx = 1").raise_error()
    assert watched.display_pub.session.sent == []
    watched.kernel._allow_stdin, publisher = True, watched.display_pub
    watched.display_pub = Screen()
    assert not looked_at(watched)
    watched.display_pub = publisher
    del watched.kernel
    assert not looked_at(watched)


def test_what_a_cell_captures_is_its_own(watched: Any, fast: None) -> None:
    code = "from IPython.utils.capture import capture_output\nwith capture_output() as got:\n    wait_for(2)"
    watched.run_cell(f"%%tasktrace\n{code}\ncount = len(got.outputs)").raise_error()
    assert watched.user_ns["count"] == 0


def test_no_thread_can_be_seen(watched: Any, fast: None) -> None:
    watched.user_ns["before"] = threading.enumerate()
    watched.run_cell("%%tasktrace\nimport threading\nwait_for(2)\nsame = threading.enumerate() == before").raise_error()
    assert watched.user_ns["same"] and threading.enumerate() == watched.user_ns["before"]
    trace = loaded(watched).shelf["In [1]"].trace
    assert [task.name for task in trace.tasks] == ["cell"] and trace.problems == ()


@pytest.mark.parametrize(("code", "kind"), [("1/0", ZeroDivisionError), ("raise KeyboardInterrupt", KeyboardInterrupt)])
def test_a_cell_that_fails(watched: Any, fast: None, code: str, kind: type) -> None:
    result = watched.run_cell(f"%%tasktrace\nwait_for(1)\n{code}")
    assert type(result.error_in_exec) is kind
    assert watched.display_pub.session.kinds[-1] == "update_display_data: empty"
    assert watched.display_pub.texts == ["chart of In [1]"]


def test_an_interrupt_between_cell_and_chart_leaves_nothing(
    watched: Any, fast: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(self: Any) -> None:
        raise KeyboardInterrupt

    watched.user_ns["patch"] = lambda: monkeypatch.setattr("async_magics.api.Recording.code_ended", interrupted)
    watched.run_cell("%%tasktrace\nwait_for(1)\npatch()").raise_error()
    assert watched.display_pub.session.kinds[-1] == "update_display_data: empty"
    assert "the live chart did not end as it should: KeyboardInterrupt" in "".join(capsys.readouterr())


def test_unloaded_in_the_middle(watched: Any, fast: None) -> None:
    watched.user_ns["unload"] = lambda: unload_from(watched)
    watched.run_cell("%%tasktrace\nwait_for(1)\nunload()\ncount = len(get_ipython().display_pub.session.sent)").raise_error()
    session = watched.display_pub.session
    assert session.kinds[-1] == "update_display_data: empty" and len(session.sent) == watched.user_ns["count"]


def test_a_cell_inside_a_cell(watched: Any, fast: None) -> None:
    """Only the cell that is recorded shows something, once."""
    watched.run_cell("%%tasktrace\nget_ipython().run_cell('%%tasktrace\\nwait_for(1)')\nwait_for(2)").raise_error()
    assert watched.display_pub.session.kinds.count("display_data") == 1
    watched.display_pub.session.sent.clear()
    watched.run_cell("get_ipython().run_cell('%%tasktrace\\nwait_for(1)')\nkinds = get_ipython().display_pub.session.kinds").raise_error()
    assert watched.user_ns["kinds"][-1] == "update_display_data: empty"


def test_every_run_of_a_repeated_cell(watched: Any, fast: None) -> None:
    code = "wait_for(len(get_ipython().display_pub.session.sent) + 2)"
    watched.run_cell(f"%%tasktrace --repeat 3\n{code}").raise_error()
    texts = [data["text/plain"] for _, data in watched.display_pub.session.sent if data]
    assert [run for run in (1, 2, 3) if any(f"run {run} of 3" in text for text in texts)] == [1, 2, 3]
    assert watched.display_pub.session.kinds.count("update_display_data: empty") == 1


def test_a_statement(watched: Any, fast: None) -> None:
    watched.run_cell("x = 1\n%tasktrace wait_for(2)").raise_error()
    assert watched.display_pub.session.kinds[-1] == "update_display_data: empty"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_sends_nothing(watched: Any, fast: None) -> None:
    """It runs on as a copy of the cell; the parent's chart goes on after the fork."""
    code = """
import os
wait_for(1)
read, write = os.pipe()
if (child := os.fork()) == 0:
    session = get_ipython().display_pub.session
    before = len(session.sent)
    get_ipython().magics_manager.registry["TaskTrace"].runner.live.close()
    os.write(write, str(len(session.sent) - before).encode())
    os._exit(0)
os.waitpid(child, 0)
sent = os.read(read, 9)
os.close(read), os.close(write)
wait_for(len(get_ipython().display_pub.session.sent) + 2)
"""
    watched.run_cell(f"%%tasktrace\n{code}").raise_error()
    assert watched.user_ns["sent"] == b"0"
    assert watched.display_pub.session.kinds[-1] == "update_display_data: empty"


class Recording:
    """A recording that a live chart can be made of."""

    name = "x"

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.told = threading.Event()
        self.fails = False

    def live(self) -> Live:
        return Live(-1001, time.monotonic_ns(), os.getpid())

    def feed(self, live: Live) -> bool:
        if self.fails:
            raise RuntimeError("broken")
        return True

    def problem(self, text: str) -> None:
        self.problems.append(text)
        self.told.set()


def test_an_error_of_ours_is_a_line_under_the_chart(fast: None) -> None:
    publisher, recording = Publisher(), Recording()
    recording.fails = True
    chart = LiveChart(recording, Output(publisher), translation("en"))
    chart.start()
    assert recording.told.wait(20)
    chart.close()
    assert recording.problems[0].startswith("the live chart stopped: RuntimeError: broken")
    assert publisher.session.sent == []


def test_a_kernel_that_sends_nothing_now_does_not_hold_up_the_end(fast: None) -> None:
    """What it still has to send then is not sent any more."""
    publisher = Publisher()
    publisher.loop.busy = True
    chart = LiveChart(Recording(), Output(publisher), translation("en"))
    chart.start()
    assert publisher.loop.asked.wait(20)
    chart.close()
    publisher.loop.late[0]()
    assert publisher.session.sent == []


def test_it_rests_as_long_as_it_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than 2 % of the time, by construction."""
    monkeypatch.setattr(module, "FIRST_S", 0.0)
    waited: list[float] = []
    chart = LiveChart(Recording(), Output(Publisher()), translation("en"))
    now = [100.0]
    costs = iter([0, 1_000_000, 0, 100_000_000, 0, 0])

    def asked(wait_s: float = 0.0) -> bool:
        waited.append(wait_s)
        now[0] += wait_s
        return len(waited) > 3

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "thread_time_ns", lambda: next(costs))
    monkeypatch.setattr(chart, "_asked", asked)
    monkeypatch.setattr(chart, "_drawn", dict)
    chart.begin()
    chart._work()
    assert waited == pytest.approx([0.0, 0.5, 6.0, 0.5])


def test_settings_know_the_option() -> None:
    assert Settings()["live"] == "on"
