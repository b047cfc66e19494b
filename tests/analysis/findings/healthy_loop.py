"""Good programs with asyncio, as cells: no rule may say anything about them."""

from __future__ import annotations

from typing import Final

_FETCH: Final = """
import asyncio

async def fetch(city, seconds=0.1):
    await asyncio.sleep(seconds)
    return f"{city}: sunny"
"""

_SERVER: Final = """
import asyncio

async def answer(reader, writer):
    while line := await reader.readline():
        await asyncio.sleep(0.02)
        writer.write(line.upper())
        await writer.drain()
    writer.close()

server = await asyncio.start_server(answer, "127.0.0.1", 0)
port = server.sockets[0].getsockname()[1]
"""

PROGRAMS: Final[dict[str, str]] = {
    "gather": _FETCH + 'print(await asyncio.gather(fetch("Oslo", 0.1), fetch("Lima", 0.2), fetch("Cairo", 0.15)))',
    "task group": _FETCH
    + """
async with asyncio.TaskGroup() as group:
    tasks = [group.create_task(fetch(city)) for city in ("Oslo", "Lima", "Cairo")]
print([task.result() for task in tasks])
""",
    "task group that fails": _FETCH
    + """
async def lost():
    await asyncio.sleep(0.05)
    raise ConnectionError("no answer")
try:
    async with asyncio.TaskGroup() as group:
        group.create_task(lost())
        group.create_task(fetch("Oslo", 0.2))
except* ConnectionError as several:
    print(several.exceptions)
""",
    "queue with a pool of workers": _FETCH
    + """
async def worker(queue, results):
    while True:
        city = await queue.get()
        results.append(await fetch(city, 0.03))
        queue.task_done()
queue, results = asyncio.Queue(), []
for number in range(12):
    queue.put_nowait(f"city {number}")
workers = [asyncio.create_task(worker(queue, results)) for _ in range(4)]
await queue.join()
for task in workers:
    task.cancel()
await asyncio.gather(*workers, return_exceptions=True)
print(len(results))
""",
    "downloads with a limit": _SERVER
    + """
limit = asyncio.Semaphore(10)
async def ask(number):
    async with limit:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"hello {number}\\n".encode())
        await writer.drain()
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answer
print(len(set(await asyncio.gather(*(ask(number) for number in range(60))))))
server.close()
""",
    "time-outs": _FETCH
    + """
for city in ("Oslo", "Mars"):
    try:
        print(await asyncio.wait_for(fetch(city, 0.05 if city == "Oslo" else 3600), 0.1))
    except TimeoutError:
        print(city, "does not answer")
try:
    async with asyncio.timeout(0.1):
        await fetch("Mars", 3600)
except TimeoutError:
    print("no answer")
""",
    "shield": _FETCH
    + """
work = asyncio.create_task(fetch("bank", 0.2))
async def visitor():
    return await asyncio.shield(work)
guest = asyncio.create_task(visitor())
await asyncio.sleep(0.05)
guest.cancel()
await asyncio.wait([guest])
print(await work)
""",
    "ping-pong with events": """
import asyncio
ping, pong = asyncio.Event(), asyncio.Event()
async def play(mine, other, name):
    for _ in range(4):
        await mine.wait()
        mine.clear()
        await asyncio.sleep(0.02)
        other.set()
ping.set()
await asyncio.gather(play(ping, pong, "ping"), play(pong, ping, "pong"))
""",
    "condition": """
import asyncio
condition, items = asyncio.Condition(), []
async def consume():
    async with condition:
        await condition.wait_for(lambda: items)
        return items.pop()
async def produce():
    for number in range(3):
        await asyncio.sleep(0.05)
        async with condition:
            items.append(number)
            condition.notify()
print(await asyncio.gather(consume(), consume(), consume(), produce()))
""",
    "asynchronous generator": _FETCH
    + """
async def pages(count):
    for number in range(count):
        await asyncio.sleep(0.05)
        yield number
print([page async for page in pages(5)])
async for page in pages(3):
    await fetch(page, 0.03)
""",
    "to_thread": """
import asyncio, hashlib, time
def read(name):
    time.sleep(0.1)
    return hashlib.sha256(name.encode()).hexdigest()
print(await asyncio.gather(*(asyncio.to_thread(read, name) for name in "abcd")))
""",
    "producer and consumer": """
import asyncio
async def produce(queue):
    for number in range(6):
        await asyncio.sleep(0.03)
        await queue.put(number)
    await queue.put(None)
async def consume(queue):
    while (number := await queue.get()) is not None:
        await asyncio.sleep(0.02)
queue = asyncio.Queue(maxsize=2)
async with asyncio.TaskGroup() as group:
    group.create_task(produce(queue))
    group.create_task(consume(queue))
""",
    "periodic task": """
import asyncio, contextlib
ticks = []
async def tick():
    while True:
        await asyncio.sleep(0.03)
        ticks.append(len(ticks))
task = asyncio.create_task(tick())
await asyncio.sleep(0.2)
task.cancel()
with contextlib.suppress(asyncio.CancelledError):
    await task
print(ticks)
""",
    "asyncio.run in a thread": _FETCH
    + """
import threading
async def main():
    print(await asyncio.gather(fetch("Oslo"), fetch("Lima")))
thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
await asyncio.to_thread(thread.join)
""",
    "eager tasks": _FETCH
    + """
import sys
loop = asyncio.get_running_loop()
if sys.version_info >= (3, 12):
    loop.set_task_factory(asyncio.eager_task_factory)
try:
    print(await asyncio.gather(*(loop.create_task(fetch(city)) for city in ("Oslo", "Lima"))))
finally:
    loop.set_task_factory(None)
""",
    "as_completed": _FETCH
    + """
for answer in asyncio.as_completed([fetch("Oslo", 0.15), fetch("Lima", 0.05), fetch("Cairo", 0.1)]):
    print(await answer)
""",
    "retries": """
import asyncio
tries = 0
async def shaky(city):
    global tries
    await asyncio.sleep(0.05)
    tries += 1
    if tries < 3:
        raise ConnectionError(city)
    return city
async def patient(city):
    for pause in (0.02, 0.04, 0.08):
        try:
            return await shaky(city)
        except ConnectionError:
            await asyncio.sleep(pause)
print(await patient("Oslo"))
""",
    "one needs the other": """
import asyncio
async def login(name):
    await asyncio.sleep(0.1)
    return f"token of {name}"
async def orders(token, page):
    await asyncio.sleep(0.1)
    return [token, page], page + 1
token = await login("Eve")
page = 1
for _ in range(2):
    found, page = await orders(token, page)
more, _ = await orders(token, page)
""",
    "one after another on purpose": """
import asyncio
async def connect():
    await asyncio.sleep(0.06)
async def migrate():
    await asyncio.sleep(0.06)
async def serve():
    await asyncio.sleep(0.06)
await connect()
await migrate()
await serve()
""",
    "polite crawler": _FETCH
    + """
for city in ("Oslo", "Lima", "Cairo"):
    print(await fetch(city, 0.03))
    await asyncio.sleep(0.05)
""",
    "search until found": _FETCH
    + """
for city in ("Oslo", "Lima", "Cairo"):
    if "sunny" in await fetch(city):
        break
found = None
for city in ("Oslo", "Lima", "Cairo"):
    answer = await fetch(city, 0.05)
    if answer.startswith("Lima"):
        found = answer
        break
""",
    "countdown": """
import asyncio
async def rocket():
    for number in (3, 2, 1):
        print(number)
        await asyncio.sleep(0.07)
    print("Go!")
await rocket()
await asyncio.sleep(0.05)
await asyncio.sleep(0.05)
""",
    "one conversation": _SERVER
    + """
async def say(reader, writer, text):
    writer.write(text.encode() + b"\\n")
    await writer.drain()
    return await reader.readline()
reader, writer = await asyncio.open_connection("127.0.0.1", port)
for text in ("hello", "how are you", "bye"):
    print(await say(reader, writer, text))
first = await say(reader, writer, "one")
second = await say(reader, writer, "two")
writer.close()
server.close()
""",
    "shared state under a lock": """
import asyncio
lock, total = asyncio.Lock(), 0
async def add(number):
    global total
    await asyncio.sleep(0.05)
    async with lock:
        before = total
        await asyncio.sleep(0)
        total = before + number
await asyncio.gather(*(add(number) for number in range(20)))
print(total)
""",
    "chunks by a few workers": _FETCH
    + """
async def worker(cities):
    return [await fetch(city, 0.05) for city in cities]
print(await asyncio.gather(worker(["Oslo", "Lima"]), worker(["Cairo", "Tokyo"]), worker(["Quito", "Perth"])))
""",
    "first answer wins": _FETCH
    + """
mirrors = [asyncio.create_task(fetch("mirror", 0.05 * number)) for number in (1, 2, 3)]
done, pending = await asyncio.wait(mirrors, return_when=asyncio.FIRST_COMPLETED)
for task in pending:
    task.cancel()
await asyncio.gather(*pending, return_exceptions=True)
""",
    "errors looked at": """
import asyncio
async def fail(number):
    await asyncio.sleep(0.02 * number)
    raise ValueError(number)
async def fine(number):
    await asyncio.sleep(0.1)
    return number
print(await asyncio.gather(fail(1), fine(2), fail(3), return_exceptions=True))
tasks = [asyncio.create_task(fail(1)), asyncio.create_task(fine(2))]
try:
    await asyncio.gather(*tasks)
except ValueError:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
""",
    "background tasks in a set": """
import asyncio
background = set()
async def log(text):
    await asyncio.sleep(0.1)
def start(text):
    task = asyncio.create_task(log(text))
    background.add(task)
    task.add_done_callback(background.discard)
for text in "abc":
    start(text)
await asyncio.sleep(0.01)
""",
    "a thousand quick tasks": """
import asyncio
async def quick(number):
    await asyncio.sleep(0.05)
    return number
print(len(await asyncio.gather(*(quick(number) for number in range(1000)))))
""",
    "computing with pauses": """
import asyncio
async def crunch():
    total = 0
    for number in range(3000):
        total += sum(range(50))
        if number % 10 == 0:
            await asyncio.sleep(0)
    return total
async def heart():
    for _ in range(5):
        await asyncio.sleep(0.01)
await asyncio.gather(crunch(), heart())
""",
    "subprocesses": """
import asyncio, sys
async def child(number):
    process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", f"print({number})", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return int(out)
print(await asyncio.gather(child(1), child(2)))
""",
    "graceful end": """
import asyncio
async def serve(stop):
    while not stop.is_set():
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
stop = asyncio.Event()
task = asyncio.create_task(serve(stop))
await asyncio.sleep(0.1)
stop.set()
await task
""",
}

INTERRUPTED: Final[dict[str, str]] = {
    "asleep": "import asyncio\nawait asyncio.sleep(100)",
    "workers": _FETCH
    + """
queue = asyncio.Queue()
for number in range(100):
    queue.put_nowait(number)
async def worker():
    while True:
        await fetch(await queue.get(), 0.05)
        queue.task_done()
workers = [asyncio.create_task(worker()) for _ in range(3)]
await queue.join()
""",
    "a server": _SERVER
    + """
async def client():
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(100):
        writer.write(b"hello\\n")
        await reader.readline()
await asyncio.gather(server.serve_forever(), client())
""",
    "coroutines that were made beforehand": _FETCH
    + """
for plan in [fetch(f"city {number}") for number in range(9)]:
    await plan
""",
    "somebody else has the queue": """
import asyncio, threading
queue, loop = asyncio.Queue(), asyncio.get_running_loop()
def later():
    import time
    time.sleep(3)
threading.Thread(target=later, daemon=True).start()
await queue.get()
""",
    "a helper that goes on": _FETCH
    + """
async def main():
    helper = asyncio.create_task(fetch("helper", 100))
    await fetch("main", 100)
    await helper
await main()
""",
    "locks in one order": _FETCH
    + """
one, two = asyncio.Lock(), asyncio.Lock()
async def use(name):
    async with one, two:
        await fetch(name, 100)
await asyncio.gather(use("a"), use("b"))
""",
}
"""Programs that do well, and are stopped before they are done."""
