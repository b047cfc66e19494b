"""A real kernel that is asked like a front end asks, and a transcript of all it says."""

from __future__ import annotations

import re
import time
from ast import literal_eval
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

from .case import Case, Cell

LOAD = """
from async_magics.magics.extension import load_into
class _Drawing:
    def __init__(self, trace, options): self.trace = trace
    def text(self, width=100): return "CHART"
    def _repr_mimebundle_(self, include=None, exclude=None): return {"text/plain": "CHART"}, {}
load_into(get_ipython(), draw=_Drawing)
get_ipython().magics_manager.register_alias("aliased", "tasktrace", "cell", "--theme dark")
"""
"""The picture is tested elsewhere; here a word stands for it, so that two hundred cells take no minutes to draw."""

EMPTY = """
get_ipython().reset(new_session=True)
get_ipython().user_ns.pop("_state", None)
"""
"""A fresh namespace and a fresh history."""

STATE = r"""
def _state():
    import asyncio, contextvars, json, re, sys, warnings
    ip = get_ipython()
    space = ip.user_ns
    bare = lambda cell: re.sub(r"\A(['\"]?%%tasktrace.*|%%aliased.*|#)(\n|\Z)", "", cell or "")
    return [json.dumps(line, ensure_ascii=False, default=repr) for line in (
        ["names", *sorted(name for name in space if name not in ("_state", "open") and not re.fullmatch("_i+|_i[0-9]+|_dh|_oh|_ih", name))],
        ["In", *map(bare, space["In"])],
        ["Out", *((number, repr(value)[:200]) for number, value in space["Out"].items())],
        ["last", *(repr(space.get(name))[:200] for name in ("_", "__", "___"))],
        ["typed", *(bare(space.get(name)) for name in ("_i", "_ii", "_iii")[: len(space["In"]) - 1])],
        ["count", ip.execution_count],
        ["variables", *sorted(variable.name for variable in contextvars.copy_context())],
        ["tasks", len(asyncio.all_tasks())],
        ["hooks", type(sys.displayhook).__name__, type(sys.excepthook).__name__, sys.gettrace(), sys.getprofile()],
        ["filters", len(warnings.filters)],
    )]
_state = "\n".join(_state())
"""

_NORMAL = (
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"0x[0-9a-f]+"), "0x…"),
    (re.compile(r"ipykernel_\d+[/\\]\d+\.py"), "ipykernel/cell.py"),
    (re.compile(r"\(\d+\.py"), "(cell.py"),
    (re.compile(r"<ipython-input-(\d+)-[0-9a-f]+>"), r"<ipython-input-\1>"),
    (re.compile(r"/tmp/tmp\w+"), "/tmp/dir"),
    (re.compile(r"""'%%tasktrace[^'\n\\]*'|"%%tasktrace[^"\n\\]*\""""), "#"),
    (re.compile(r"#?%%(tasktrace|aliased)[^\n\\]*"), "#"),
    (re.compile(r"CPU times: [^\n]*"), "CPU times"),
    (re.compile(r"(Wall time|Compiler *):[^\n]*\n?"), ""),
    (re.compile(r"\d[\d.]* [a-zμµ]+ ± [^\n]* per loop[^\n]*"), "per loop"),
    (re.compile(r"Task-\d+"), "Task-n"),
    (re.compile(r"took \d+\.\d+ seconds"), "took seconds"),
    (re.compile(r"pid=\d+|fd=\d+"), "n"),
    (re.compile(r"(laddr|raddr)=\([^)]*\)"), "address"),
)


def normal(text: str) -> str:
    """Take out what differs from run to run, and the magic's own line."""
    for pattern, replacement in _NORMAL:
        text = pattern.sub(replacement, text)
    return text


@dataclass(slots=True)
class Transcript:
    """What the kernel said to one case.

    Attributes:
        lines: in order; normalised.
        charts: how many charts were shown, how many changed.
        misplaced: charts that were not the last thing their cell showed.
    """

    lines: list[str] = field(default_factory=list)
    charts: int = 0
    updates: int = 0
    misplaced: int = 0


class Kernel:
    """A kernel of its own process, with the extension or without.

    Args:
        traced: load the extension, and run the cells with the magic on top.
    """

    def __init__(self, *, traced: bool) -> None:
        self.traced = traced
        self.manager = KernelManager()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self._quietly("get_ipython().Completer.use_jedi = False")
        if traced:
            self._quietly(LOAD)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, case: Case) -> Transcript:
        """Run a case in an empty namespace."""
        self._quietly(EMPTY)
        transcript = Transcript()
        for number, cell in enumerate(case.cells):
            transcript.lines.append(f"--- cell {number}")
            getattr(self, f"_{cell.action}")(cell, transcript)
        transcript.lines += ["--- state", *self._state()]
        return transcript

    def told(self, code: str, *, interrupt: str | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Run code as it stands; return all that the kernel says meanwhile, and its reply. ``interrupt`` as in ``Cell``."""
        request = self.client.execute(code, allow_stdin=False, stop_on_error=False)
        return self._ask(request, Cell(body=code, interrupt=interrupt), within_s=30)

    # ------------------------------------------------------------------ requests
    def _execute(self, cell: Cell, transcript: Transcript) -> None:
        request = {"allow_stdin": False, "stop_on_error": False, **cell.request}
        said, reply = self._ask(self.client.execute(cell.text(traced=self.traced), **request), cell)
        transcript.lines += [*self._told(said, transcript), *_reply(reply)]
        if request["stop_on_error"]:
            self._taken_again()

    def _is_complete(self, cell: Cell, transcript: Transcript) -> None:
        self._other(self.client.is_complete(cell.body), transcript, ("status", "indent"))

    def _inspect(self, cell: Cell, transcript: Transcript) -> None:
        self._other(self.client.inspect(cell.body), transcript, ("status", "found", "data"))

    def _complete(self, cell: Cell, transcript: Transcript) -> None:
        self._other(self.client.complete(cell.body), transcript, ("status", "matches"))

    def _other(self, request: str, transcript: Transcript, keys: tuple[str, ...]) -> None:
        _, content = self._ask(request, None)
        transcript.lines += [normal(f"{key}: {content.get(key)}") for key in keys]

    def _quietly(self, code: str) -> None:
        _, reply = self._ask(self.client.execute(code, silent=True, allow_stdin=False), None)
        assert reply["status"] == "ok", reply

    def _taken_again(self) -> None:
        """Wait out the moment after an error in which the kernel turns away all that comes: how long it lasts is chance."""
        for _ in range(100):
            _, reply = self._ask(self.client.execute("", silent=True, allow_stdin=False), None)
            if reply["status"] == "ok":
                return
        raise AssertionError("the kernel takes no cell after an error")

    def _state(self) -> list[str]:
        self._quietly(STATE)
        _, reply = self._ask(self.client.execute("", silent=True, user_expressions={"state": "_state"}), None)
        found = reply["user_expressions"]["state"]
        return normal(literal_eval(found["data"]["text/plain"])).splitlines()

    # ------------------------------------------------------------------ what it says
    def _ask(self, request: str, cell: Cell | None, within_s: float = 10) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return all that the kernel says until it is idle again, and its reply; answer and interrupt meanwhile."""
        said: list[dict[str, Any]] = []
        answers = list(cell.answers) if cell else []
        interrupt = cell.interrupt if cell else None
        end = time.monotonic() + within_s
        while True:
            assert time.monotonic() < end, f"the kernel does not become idle; it said {said}"
            if answers and self.client.stdin_channel.msg_ready():
                self.client.get_stdin_msg(timeout=1)
                self.client.input(answers.pop(0))
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                if message["msg_type"] != "status":
                    said.append(message)
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return said, self._reply_to(request)
            said.append(message)
            if interrupt and interrupt in message["content"].get("text", ""):
                interrupt = None
                time.sleep(1)  # the text came before the code it announces
                self.manager.interrupt_kernel()

    def _reply_to(self, request: str) -> dict[str, Any]:
        while True:
            message = self.client.get_shell_msg(timeout=10)
            if message["parent_header"].get("msg_id") == request:
                content: dict[str, Any] = message["content"]
                return content

    def _told(self, said: list[dict[str, Any]], transcript: Transcript) -> list[str]:
        lines: list[str] = []
        stream: tuple[str, str] | None = None
        chart_seen = False
        for message in [*said, {"msg_type": "end", "content": {}}]:
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                name = content["name"]
                if stream and stream[0] == name:
                    stream = (name, stream[1] + content["text"])
                    continue
                lines += _stream(stream)
                stream = (name, content["text"])
                continue
            if content.get("data", {}).get("text/plain") == "CHART":
                transcript.charts += kind == "display_data"
                transcript.updates += kind == "update_display_data"
                chart_seen = chart_seen or kind == "display_data"
                continue
            if kind not in ("end", "status") and chart_seen:
                transcript.misplaced += 1
            lines += _stream(stream)
            stream = None
            lines += _message(kind, content)
        return lines


def _stream(stream: tuple[str, str] | None) -> list[str]:
    return normal(f"{stream[0]}: {stream[1]}").splitlines() if stream else []


def _message(kind: str, content: dict[str, Any]) -> list[str]:
    if kind == "execute_input":
        return [f"input {content['execution_count']}"]
    if kind in ("execute_result", "display_data", "update_display_data"):
        name = {"execute_result": f"result {content.get('execution_count')}"}.get(kind, kind)
        data = {mime: text if mime.startswith("text/") else len(text) > 0 for mime, text in sorted(content["data"].items())}
        return normal(f"{name}: {data}").splitlines()
    if kind == "error":
        return normal("error: " + "\n".join(content["traceback"])).splitlines()
    if kind in ("status", "end"):
        return []
    return [normal(f"{kind}: {content}")]


def _reply(content: dict[str, Any]) -> list[str]:
    keys = ("status", "execution_count", "ename", "evalue", "user_expressions", "payload")
    return normal("\n".join(f"reply {key}: {content[key]}" for key in keys if key in content)).splitlines()
