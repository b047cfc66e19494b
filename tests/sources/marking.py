"""Functions that say something about themselves, for processes that import them."""

from __future__ import annotations

import sys
import threading
from time import perf_counter_ns
from typing import Any

from async_magics import mark, span


def job(number: int) -> list[int]:
    """Return readings of the clock around each thing that is said."""
    times = [perf_counter_ns()]
    mark(f"job {number}")
    times.append(perf_counter_ns())
    with span(f"span {number}"):
        times.append(perf_counter_ns())
    times.append(perf_counter_ns())
    print("printed", number)  # noqa: T201 -- that is what it is for
    times.append(perf_counter_ns())
    sys.stderr.write(f"error {number}\n")
    times.append(perf_counter_ns())
    return times


def main_of_process(connection: Any) -> None:
    connection.send(job(7))
    thread = threading.Thread(target=mark, args=("from its thread",))
    thread.start()
    thread.join()
    connection.close()


def die_in_span() -> None:
    import os

    mark("last words")
    with span("never ends"):
        os._exit(3)
