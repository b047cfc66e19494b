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


def main() -> None:
    """Run the cell, wait for the tasks that outlive it, and write the chart."""
    target = IMAGES / "gather.png"
    IMAGES.mkdir(exist_ok=True)
    later = f"await asyncio.sleep(2)\n%taskexport {target} --lang en --force"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in ("%load_ext async_magics", GATHER, later)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    print(target)


if __name__ == "__main__":
    main()
