# ruff: noqa: T201, F704, PLE1142  (runs as a cell does, and prints one line of JSON)
"""What a lesson in a browser does: a script's ``trace()``, and a notebook's ``%%tasktrace``."""

import asyncio
import json

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from async_magics import trace
from async_magics.views.explorer.payload import encoded, payload
from async_magics.views.spec import ChartOptions

CELL = """%%tasktrace --name lesson --lang en
print('begins')
try:
    async with asyncio.timeout(0.05), asyncio.TaskGroup() as group:
        slow = group.create_task(fetch('slow', 5), name='slow')
        group.create_task(fetch('quick', 0), name='quick')
except TimeoutError:
    print('too late')
'the value'
"""


async def fetch(name, s):
    await asyncio.sleep(s)
    return name


class Screen:
    def __init__(self):
        self.shown = []

    def publish(self, data, metadata=None, **rest):
        self.shown.append(data["text/plain"])


loop = asyncio.get_running_loop()
before = dict(vars(loop))
async with trace("script") as recorded:
    answers = await asyncio.gather(fetch("a", 0.05), fetch("b", 0.1))
restored = {name for name, value in vars(loop).items() if before.get(name) != value} <= {"_in_progress"} and set(vars(loop)) == set(before)

config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
shell.display_pub = screen = Screen()
shell.user_ns |= {"fetch": fetch, "asyncio": asyncio}
shell.run_line_magic("load_ext", "async_magics")
shell.events.trigger("pre_execute")
result = await shell.run_cell_async(CELL, store_history=True, transformed_cell=shell.transform_cell(CELL))
shell.events.trigger("post_execute")
shell.events.trigger("post_run_cell", result)
shell.run_line_magic("unload_ext", "async_magics")

facts = {
    "answers": answers,
    "restored": restored,
    "tasks": [(task.name, task.arguments, task.outcome.value) for task in recorded.trace.tasks],
    "states": [part.state.name for part in recorded.trace.slices if part.task == 1],
    "waits": [str(part.wait) for part in recorded.trace.slices if part.task == 1 and part.wait],
    "problems": recorded.trace.problems,
    "text": recorded.gantt(lang="en").text(100),
    "payload": payload(recorded.trace, ChartOptions(lang="en"))["tasks"]["kind"],
    "packed": encoded(payload(recorded.trace, ChartOptions(lang="en")))[:2].hex(),
    "value": result.result,
    "charts": screen.shown,
}
print(json.dumps(facts))
