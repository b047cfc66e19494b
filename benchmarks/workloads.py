"""Programs that are measured: nothing in them knows that it may be watched. Only the standard library."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

DOCUMENT: Final = json.dumps({"users": [{"id": number, "name": f"user {number}", "tags": ["a", "b", "c"]} for number in range(20)]})


async def switching(tasks: int, steps: int) -> None:
    """Tasks that do nothing but give way: the worst case for a recorder of steps."""

    async def spin() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)

    await asyncio.gather(*(spin() for _ in range(tasks)))


async def queue(items: int) -> None:
    """One producer and one consumer over a queue of ten places."""
    line: asyncio.Queue[int] = asyncio.Queue(maxsize=10)

    async def produce() -> None:
        for item in range(items):
            await line.put(item)

    async def consume() -> None:
        for _ in range(items):
            await line.get()

    await asyncio.gather(produce(), consume())


async def timers(tasks: int, sleeps: int) -> None:
    """Many tasks that sleep a millisecond at a time."""

    async def nap() -> None:
        for _ in range(sleeps):
            await asyncio.sleep(0.001)

    await asyncio.gather(*(nap() for _ in range(tasks)))


async def echo(requests: int) -> None:
    """A server and ten clients on the loopback interface; every request waits for its answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while row := await reader.readline():
            writer.write(row)
            await writer.drain()
        writer.close()

    async def ask(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(requests // 10):
            writer.write(b"hello\n")
            await reader.readline()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*(ask(port) for _ in range(10)))


async def lecture(tasks: int, sleeps: int) -> None:
    """What a lecture's cell looks like to the loop: short sleeps and some real work between them."""

    async def work() -> None:
        for _ in range(sleeps):
            await asyncio.sleep(0.005)
            for _ in range(5):
                json.loads(DOCUMENT)

    await asyncio.gather(*(work() for _ in range(tasks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One program.

    Attributes:
        title: what the table calls it.
        make: returns its coroutine at a size from 0 to 1.
    """

    title: str
    make: Callable[[float], Coroutine[Any, Any, None]]


WORKLOADS: Final = {
    "switching": Workload(title="10 tasks × 50,000 `sleep(0)`", make=lambda size: switching(10, round(50_000 * size))),
    "spawning": Workload(title="100,000 tasks × 1 `sleep(0)`", make=lambda size: switching(round(100_000 * size), 1)),
    "queue": Workload(title="queue, 200,000 items", make=lambda size: queue(round(200_000 * size))),
    "timers": Workload(title="1,000 tasks × 20 sleeps of 1 ms", make=lambda size: timers(round(1_000 * size), 20)),
    "echo": Workload(title="streams echo server, 20,000 requests", make=lambda size: echo(round(20_000 * size))),
    "lecture": Workload(title="lecture-like: 200 tasks × 10 sleeps of 5 ms and work", make=lambda size: lecture(round(200 * size), 10)),
}
