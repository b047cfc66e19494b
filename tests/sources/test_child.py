"""What runs in children: files that survive, or are gone; wrappers that travel to processes which never heard of us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from async_magics.sources import child
from async_magics.sources.child import LINES_BETWEEN_LOOKS, Main

PATHS = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(path for path in (str(Path(child.__file__).parents[2]), os.environ.get("PYTHONPATH", "")) if path),
}


def test_place(tmp_path: Path) -> None:
    """A place in code is written as file, line and function."""
    code = test_place.__code__
    assert child.write(str(tmp_path), ("step", 1, 2, 3, "w", {"site": (code, 0), "end": 4}))
    (file,) = tmp_path.iterdir()
    row = json.loads(file.read_text())
    assert row == ["step", 1, 2, 3, "w", {"site": [__file__, code.co_firstlineno, "test_place"], "end": 4}]


def test_folder_is_gone(tmp_path: Path) -> None:
    """A file that nobody can read any more does not grow for ever."""
    folder = tmp_path / "folder"
    folder.mkdir()
    assert child.write(str(folder), ("step", 1, 2, 3, "w", {}))
    (file,) = folder.iterdir()
    file.unlink()
    folder.rmdir()
    written = [child.write(str(folder), ("step", 1, 2, 3, "w", {})) for _ in range(2 * LINES_BETWEEN_LOOKS)]
    assert written[0] and not written[-1] and sum(written) <= LINES_BETWEEN_LOOKS


def test_no_folder() -> None:
    """Where no file can be made, nothing is written and nothing raised."""
    assert not child.write(os.devnull, ("step", 1, 2, 3, "w", {}))


def test_main_where_we_are_missing() -> None:
    """A child that cannot import this package runs what it would have run without us."""
    process: Any = subprocess.run(
        [sys.executable, "-I", "-c", _STRANGER], input=_pickled(Main("w", 1, "/nowhere")), capture_output=True, check=True, timeout=60
    )
    assert process.stdout == b"stock run\n"


def _pickled(value: Any) -> bytes:
    import pickle  # noqa: TID251  # what multiprocessing does

    return pickle.dumps(value)


_STRANGER = """
import importlib.util, multiprocessing.process, pickle, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == 'async_magics' else find(name, *rest)
class Process:
    def run(self): print('stock run')
process = Process()
process.run = pickle.load(sys.stdin.buffer)
assert 'async_magics' not in sys.modules
multiprocessing.process.current_process = lambda: process
process.run()
assert not vars(process)
"""


def test_a_fresh_process_imports_little() -> None:
    """Not what makes starting a worker slow, for hearing marks and prints in it either."""
    heavy = ("asyncio", "dataclasses", "inspect", "matplotlib", "numpy", "shutil", "tempfile", "IPython")
    code = (
        "import sys; from async_magics.sources import child; child._own_ledger()\n"
        f"print([name for name in {heavy} if name in sys.modules], 'async_magics.marks' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=PATHS)
    assert ran.stdout == "[] True\n"
