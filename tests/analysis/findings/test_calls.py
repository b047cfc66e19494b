"""Which awaited calls the source itself shows to be independent."""

from __future__ import annotations

import textwrap

import pytest

from async_magics.analysis.code import Code
from async_magics.analysis.findings.calls import rows

INDEPENDENT = {
    "await f(1)\nawait f(2)": "gather(f(1), f(2))",
    "await f(1)\nprint('one')\nawait f(2)\nawait f(3)": "gather(f(1), f(2), f(3))",
    "a = await f('x', y=1)\nb = await f('x', y=2)": "gather(f('x', y=1), f('x', y=2))",
    "await asyncio.create_task(f(1), name='one')\nawait asyncio.create_task(f(2))": "gather(f(1), f(2))",
    "a = asyncio.create_task(f(1))\nawait a\nb = asyncio.create_task(f(2))\nx = await b": "gather(f(1), f(2))",
    "await asyncio.wait_for(f(1), 3)\nawait asyncio.wait_for(f(2), 3)": "gather(f(1), f(2))",
    "print(await f(1))\nprint(await f(2))": "gather(f(1), f(2))",
    "found.append(await f(1))\nfound.append(await f(2))": "gather(f(1), f(2))",
    "a = await f(session, 1)\nb = await f(session, 2)": "gather(f(session, 1), f(session, 2))",
    "base = 'http://x'\na = await f(base + '/a')\nb = await f(base + '/b')": "gather(f(base + '/a'), f(base + '/b'))",
    "await asyncio.to_thread(read, 1)\nawait asyncio.to_thread(read, 2)": "gather(asyncio.to_thread(read, 1), asyncio.to_thread(read, 2))",
    "import api\na = await api.load(1)\nb = await api.load(2)": "gather(api.load(1), api.load(2))",
    "a = await client.get(u)\nb = await client.get(v)": "gather(client.get(u), client.get(v))",
    "async def f(): return 1\nasync def g(): return 2\na = await f()\nb = await g()": "gather(f(), g())",
    "for url in urls:\n    await f(url)": "gather(*(f(url) for url in urls))",
    "for url in urls:\n    path = url.path\n    pages[url] = await f(path)\n    print(url)": "gather(*(f(path) for url in urls))",
    "for i, url in enumerate(urls):\n    total += await f(url)": "gather(*(f(url) for (i, url) in enumerate(urls)))",
    "pages = [await f(url) for url in urls if url]": "gather(*(f(url) for url in urls if url))",
    "pages = {url: await f(url) for url in urls}": "gather(*(f(url) for url in urls))",
    "async def main():\n    if x:\n        await f(1)\n        await f(2)": "gather(f(1), f(2))",
    "async with asyncio.timeout(3):\n    await f(1)\n    await f(2)": "gather(f(1), f(2))",
}

NOT_CERTAIN = {
    "the second uses the first's result": "a = await f(1)\nb = await f(a)",
    "through a subscript": "a['x'] = await f(1)\nb = await f(a)",
    "the same call again": "await f(1)\nawait f(1)",
    "different functions that are not in the source": "a = await login()\nb = await orders()",
    "different functions without results": "async def f(): ...\nasync def g(): ...\nawait f()\nawait g()",
    "functions that share state": """
        async def f():
            global token
            token = 1
        async def g():
            return token
        a = await f()
        b = await g()""",
    "a function with a state of its own": "async def f(n):\n    global count\n    count += n\nawait f(1)\nawait f(2)",
    "a function that fills an outer table": "async def f(n):\n    table[n] = 1\nawait f(1)\nawait f(2)",
    "a function with a lock": "async def f(n):\n    async with lock:\n        ...\nawait f(1)\nawait f(2)",
    "inside a lock": "async with lock:\n    await f(1)\n    await f(2)",
    "inside a lock of an object": "async with self.lock:\n    for n in x:\n        await f(n)",
    "a shared object": "await f(conn, 1)\nawait f(conn, 2)",
    "a method that changes its object": "await conn.send(1)\nawait conn.send(2)",
    "one thing changed twice": "await write('a.txt', 1)\nawait write('a.txt', 2)",
    "sleeps": "await asyncio.sleep(1)\nawait asyncio.sleep(2)",
    "sleeps, imported": "await sleep(1)\nawait sleep(2)",
    "phases": "await asyncio.gather(f(1), f(2))\nawait asyncio.gather(f(3), f(4))",
    "something else between them": "await f(1)\nx = compute()\nawait f(2)",
    "a condition between them": "a = await f(1)\nif not a: raise OSError\nb = await f(2)",
    "a task that needs the one before it": "a = asyncio.create_task(f(1))\nawait a\nb = asyncio.create_task(f(a))\nawait b",
    "tasks that overlap": "a = asyncio.create_task(f(1))\nb = asyncio.create_task(f(2))\nawait a\nawait b",
    "a task that overlaps with a call": "a = asyncio.create_task(f(1))\nawait f(2)\nawait a\nawait f(3)",
    "tasks that run already": "await one\nawait two",
    "unpacked arguments": "await f(*a)\nawait f(*b)",
    "one await only": "await f(1)",
    "a loop over nothing of interest": "for _ in range(3):\n    await f()",
    "a loop that carries something on": "for url in urls:\n    state = await f(url, state)",
    "a loop that carries something on, by a detour": "for url in urls:\n    key = make(url, last)\n    last = await f(key)",
    "a loop that stops": "for url in urls:\n    if await f(url):\n        break",
    "a loop that stops later": "for url in urls:\n    a = await f(url)\n    if a: break",
    "a loop with a pause": "for url in urls:\n    await f(url)\n    await asyncio.sleep(1)",
    "a loop with an else": "for url in urls:\n    await f(url)\nelse:\n    done()",
    "a loop with attempts": "for url in urls:\n    try:\n        await f(url)\n    except OSError: pass",
    "an asynchronous loop": "async for url in urls:\n    await f(url)",
    "a loop that yields": "async def g():\n    for url in urls:\n        yield await f(url)",
    "a loop with a shared object": "for part in parts:\n    await f(conn, part)",
    "a loop over methods": "for part in parts:\n    await writer.send(part)",
    "a while loop": "while x:\n    await f(x)",
    "an asynchronous comprehension": "a = [await f(url) async for url in urls]",
    "a comprehension with a state": "a = [await f(conn, url) for url in urls]",
    "a nested comprehension": "a = [await f(x) for y in z for x in y]",
}


def found(source: str) -> list[str]:
    return [row.code.removeprefix("await asyncio.") for row in rows(Code(textwrap.dedent(source)))]


@pytest.mark.parametrize("source", INDEPENDENT)
def test_independent(source: str) -> None:
    assert found(source) == [INDEPENDENT[source]]


@pytest.mark.parametrize("name", NOT_CERTAIN)
def test_not_certain(name: str) -> None:
    assert Code(textwrap.dedent(NOT_CERTAIN[name])).tree.body
    assert found(NOT_CERTAIN[name]) == []
