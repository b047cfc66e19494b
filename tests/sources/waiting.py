"""Lets a job or thread of a test go on as soon as the main thread waits for it, and not before, however fast the machine is."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import PurePath
from types import FrameType
from typing import Any


def main_waits(file: str, function: str, result: Any = None, seconds: float = 30) -> Any:
    """Return when the main thread is inside a function of the standard library, which ours calls once it has noted the wait."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame: FrameType | None = sys._current_frames().get(threading.main_thread().ident or 0)
        while frame is not None:
            code = frame.f_code
            if code.co_name == function and PurePath(code.co_filename).name == file and "async_magics" not in code.co_filename:
                return result
            frame = frame.f_back
        time.sleep(0.001)
    raise TimeoutError(function)
