"""Make the pictures of the documentation by running their cells in a kernel:  python docs/make_images.py."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

IMAGES = Path(__file__).parent / "images"
GATHER = """\
%%tasktrace --title "gather: one of four connections fails" --quiet
import asyncio, time

async def connect(user):
    await asyncio.sleep(1)
    if user == 4:
        time.sleep(0.4)
        raise OSError(f"no route to {user}")
    await asyncio.sleep(1)

try:
    await asyncio.gather(*map(connect, [1, 2, 3, 4]))
except OSError as error:
    print(error)"""


POOL = """\
%%tasktrace --title "Pool(3).map: six calls, two rounds" --quiet
import time
from multiprocessing import Pool

def slow_square(x):
    time.sleep(0.5)
    return x**2

with Pool(3) as pool:
    pool.map(slow_square, range(6))"""
CRITICAL_PATH = """\
%%tasktrace --title "Two pages: what everybody waited for" --quiet
import asyncio, time

async def fetch(page):
    await asyncio.sleep(0.4)
    return f"page {page}"

def parse(text):
    time.sleep(0.3)
    return len(text)

async def load(page):
    text = await fetch(page)
    return await asyncio.to_thread(parse, text)

async def count():
    for number in range(4):
        await asyncio.sleep(0.1)

index = await fetch(0)
await asyncio.gather(load(1), load(2), count())"""
CELLS = {"gather": (GATHER, ""), "pool": (POOL, ""), "critical-path": (CRITICAL_PATH, "--critical-path")}
"""By the picture's name: the cell, and with what options its chart is drawn."""

COMPARED = (
    """\
import asyncio

async def fetch(user):
    await asyncio.sleep(1 + user / 10)""",
    """\
%%tasktrace --name sequential --quiet
for user in 1, 2, 3:
    await fetch(user)""",
    """\
%%tasktrace --name gather --repeat 5 --quiet
import random
await asyncio.sleep(random.random() / 5)
await asyncio.gather(*map(fetch, [1, 2, 3]))""",
    """\
%%tasktrace --name "two at a time" --quiet
two = asyncio.Semaphore(2)

async def bounded(user):
    async with two:
        await fetch(user)

await asyncio.gather(*map(bounded, [1, 2, 3]))""",
)


def main() -> None:
    """Run each cell, wait for the tasks that outlive it, and write the chart."""
    IMAGES.mkdir(exist_ok=True)
    for name, (cell, options) in CELLS.items():
        target = IMAGES / f"{name}.png"
        run("import asyncio", cell, f"await asyncio.sleep(2)\n%taskexport {target} --lang en --force {options}")
        print(target)
    target = IMAGES / "compare.png"
    run(*COMPARED, f'%taskcompare sequential gather "two at a time" --title "Three requests, three ways" --lang en --save {target} --force')
    print(target)


def run(*cells: str) -> None:
    """Run cells in a kernel that has the extension."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in ("%load_ext async_magics", *cells)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()


if __name__ == "__main__":
    main()
