"""A program: runs CPython's own tests of asyncio, with a recorder on or without; prints what did not pass.

Usage: ``python cpython_suite.py on|off MODULE …``. Writes one JSON object as the last line.
"""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import unittest
from contextlib import nullcontext


def main(switch: str, names: list[str]) -> None:
    """Run the modules that there are."""
    from async_magics.api import trace

    wanted = [name for name in (f"test.test_asyncio.{name}" for name in names) if importlib.util.find_spec(name)]
    suite = unittest.defaultTestLoader.loadTestsFromNames(wanted)
    recording = trace("suite", limit=200_000) if switch == "on" else None
    with recording or nullcontext():
        result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
    bad = sorted(str(test) for test, _why in [*result.failures, *result.errors])
    why = [text for _test, text in [*result.failures, *result.errors]]
    seen = len(recording.tasks) if recording is not None else 0
    sys.stdout.write(json.dumps({"run": result.testsRun, "skipped": len(result.skipped), "bad": bad, "why": why, "tasks": seen}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
