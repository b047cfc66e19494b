"""What the notebooks of these tests run: three tasks, one that fails, one that blocks the loop; prints and a remark."""

from __future__ import annotations

from .desk import LOAD

FUNCTIONS = """import time

async def fetch(name, s):
    print("ask", name)
    await asyncio.sleep(s)  #: the server thinks
    if name == "c":
        raise OSError("no answer")
    if name == "a":
        time.sleep(0.15)
    return name"""
LESSON = """%%tasktrace --name lesson --title "One of three fails"
results = await asyncio.gather(fetch("a", 0.2), fetch("b", 0.3), fetch("c", 0.4), return_exceptions=True)"""
CELLS = [LOAD, FUNCTIONS, LESSON]
