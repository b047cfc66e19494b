"""Does the installed wheel work where nothing else is installed? A plain script, then IPython."""

import asyncio
import sys
from pathlib import Path

import async_magics

assert Path(async_magics.__file__).is_relative_to(sys.prefix), async_magics.__file__
assert "matplotlib" not in sys.modules and "IPython" not in sys.modules, "importing the package must stay cheap"


async def main() -> None:
    """Two tasks at once."""
    await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02))


with async_magics.trace("script") as recorded:
    asyncio.run(main())
assert len(recorded.tasks) >= 3, recorded.tasks
for suffix in (".png", ".svg", ".pdf", ".html", ".json", ".csv", ".mmd", ".perfetto.json", ".otlp.json"):
    written = recorded.save(f"made/trace{suffix}", force=True)
    assert written.stat().st_size > 100, written
assert async_magics.load("made/trace.json").trace == recorded.trace

from IPython.core.interactiveshell import InteractiveShell  # noqa: E402  # only now, see above

shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "async_magics")
shell.run_cell("%%tasktrace\nimport asyncio\nawait asyncio.sleep(0.01)\n6 * 7").raise_error()
assert shell.user_ns["_"] == 42, shell.user_ns.get("_")
shell.run_line_magic("unload_ext", "async_magics")
print("the wheel works")
