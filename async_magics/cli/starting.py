"""What starts something that runs at the same time, as dotted names. Data only."""

from __future__ import annotations

from typing import Final

_BY_MODULE: Final = {
    "asyncio": (
        "run gather create_task ensure_future wait wait_for as_completed shield to_thread timeout TaskGroup Runner "
        "run_coroutine_threadsafe create_subprocess_exec create_subprocess_shell start_server open_connection"
    ),
    "threading": "Thread Timer",
    "_thread": "start_new_thread",
    "multiprocessing": "Process Pool Manager",
    "multiprocessing.pool": "Pool ThreadPool",
    "multiprocessing.dummy": "Pool Process",
    "multiprocessing.context": "Process",
    "concurrent.futures": "ThreadPoolExecutor ProcessPoolExecutor InterpreterPoolExecutor",
    "concurrent.futures.thread": "ThreadPoolExecutor",
    "concurrent.futures.process": "ProcessPoolExecutor",
    "subprocess": "run Popen call check_call check_output getoutput getstatusoutput",
    "os": "fork popen system posix_spawn spawnl spawnv",
    "joblib": "Parallel",
    "gevent": "spawn joinall spawn_later",
    "gevent.pool": "Pool Group",
    "anyio": "run create_task_group",
    "tqdm.contrib.concurrent": "thread_map process_map",
}
STARTS: Final = frozenset(f"{module}.{name}" for module, names in _BY_MODULE.items() for name in names.split())
TRIFLES: Final = frozenset(("asyncio.sleep", "asyncio.tasks.sleep"))
"""Awaiting these shows a single pale bar."""
GETS_CONTEXT: Final = frozenset(("multiprocessing.get_context",))
OF_LOOPS: Final = frozenset(("run_until_complete", "run_in_executor", "create_task", "call_later", "call_soon_threadsafe"))
"""Methods that mean a loop or a group, whatever the variable is called."""
GOES_ON: Final = frozenset((
    "start", "join", "run", "map", "imap", "imap_unordered", "starmap", "starmap_async", "map_async", "apply", "apply_async", "submit",
    "shutdown", "result", "wait", "communicate", "cancel", "get",
))  # fmt: skip
"""Methods that do something where they are called on what was started; ``done()`` and ``get_name()`` do not."""
METHODS: Final = frozenset(("send", "throw"))
"""Methods that advance a generator, as ``next`` does."""
