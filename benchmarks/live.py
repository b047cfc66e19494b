"""What the live chart costs: a cell of a lecture with it and without, in turn, in real kernels: ``python benchmarks/live.py [--quick]``.

A kernel runs the cell, a round gives one ratio of the times that the traces tell; the figure is the MEDIAN of the rounds' ratios, so
a machine that is slow for a while slows both. ``computing`` never waits: whatever the chart takes is seen at once. ``lecture`` mostly
waits, as lectures do. Each takes ten seconds. Beside the wall time stands how much more CPU time the kernel used, as a part of the cell's
wall time: where a cell waits, that is all that the chart takes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from queue import Empty
from typing import Any, Final

from jupyter_client.manager import KernelManager

CELLS: Final[dict[str, str]] = {
    "lecture": """
import asyncio, time
async def fetch(n):
    for part in range(5):
        await asyncio.sleep({seconds} * (0.05 + n % 7 / 50))
        sum(range(20_000))
    return n
async def main():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(n)) for n in range(40)]
    await asyncio.to_thread(time.sleep, {seconds} * 0.1)
await main()
""",
    "computing": """
import asyncio
async def compute(n):
    for _ in range({steps}):
        sum(range(3_000))
        await asyncio.sleep(0)
await asyncio.gather(*(compute(n) for n in range(20)))
""",
}
STEPS: Final = 6_500
"""Of each of the tasks that compute: about ten seconds."""
READ: Final = """
import json, time
trace = get_ipython().magics_manager.registry["TaskTrace"].shelf["x"].trace
print(json.dumps([trace.cell_end_ns, trace.cpu_ns]))
"""


class Kernel:
    """A kernel that is asked as a front end asks: input is allowed, so that the live chart is shown."""

    def __init__(self) -> None:
        self.manager = KernelManager()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> list[Any]:
        """Return what it says, once it is idle again."""
        request = self.client.execute(code, allow_stdin=True)
        said: list[Any] = []
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                raise SystemExit("\n".join(message["content"]["traceback"]))
            if message["content"].get("execution_state") == "idle":
                return said
            said.append(message)
        raise SystemExit("the kernel did not come to an end")

    def close(self) -> None:
        """Stop it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def taken(kernel: Kernel, code: str, live: str) -> tuple[float, float, int]:
    """Run a cell; return its wall and CPU seconds, and how many messages the live chart sent."""
    said = kernel.run(f"%%tasktrace --name x --live {live} --no-svg --no-embed\n{code}")
    shown = [message for message in said if message["content"].get("data", {}).get("text/html", "").find("async-magics-live") >= 0]
    text = "".join(message["content"]["text"] for message in kernel.run(READ) if message["msg_type"] == "stream")
    wall_ns, cpu_ns = json.loads(text)
    return wall_ns / 1e9, cpu_ns / 1e9, len(shown)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="cells of three seconds, two rounds")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    seconds, rounds = (3, 2) if options.quick else (10, options.rounds)
    kernel = Kernel()
    try:
        kernel.run("%load_ext async_magics")
        kernel.run("%%tasktrace\nimport time; time.sleep(1.6)")  # what is imported once does not count
        print(f"{'':12}{'wall':>8}{'CPU':>8}{'with':>9}{'without':>9}   median of {rounds} rounds")
        for name, cell in CELLS.items():
            code = cell.format(seconds=seconds, steps=STEPS * seconds // 10)
            pairs = [(taken(kernel, code, "on"), taken(kernel, code, "off")) for _ in range(rounds)]
            wall = statistics.median(on[0] / off[0] for on, off in pairs) - 1
            cpu = statistics.median((on[1] - off[1]) / off[0] for on, off in pairs)
            on_s, off_s = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
            shown, least = pairs[0][0][2], min(on[2] for on, _ in pairs)
            if not least or any(off[2] for _, off in pairs):
                raise SystemExit(f"{name}: the live chart was shown {shown} times with, {pairs[0][1][2]} times without")
            print(f"{name:12}{wall:+8.1%}{cpu:+8.1%}{on_s:8.2f}s{off_s:8.2f}s   {shown} updates")
    finally:
        kernel.close()


if __name__ == "__main__":
    main()
