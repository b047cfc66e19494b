"""The closed vocabularies of a trace: states, outcomes, kinds. See DESIGN §4 / docs/glossary.md.

The values are what a trace file holds: never change one without a new schema number in ``codec``.
Imports nothing of ours.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(IntEnum):
    """What a task is doing during a slice."""

    RUNNING = 0  #: executing between resume and suspend
    RUNNABLE = 1  #: ready, but the loop is busy elsewhere
    WAITING = 2  #: suspended until something wakes it


class Outcome(StrEnum):
    """How a task ended."""

    RETURNED = "returned"
    RAISED = "raised"
    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"


class TaskKind(StrEnum):
    """Which runtime schedules the task."""

    CELL = "cell"
    ASYNCIO = "asyncio"
    THREAD = "thread"
    PROCESS = "process"  #: a ``multiprocessing.Process`` that somebody started, or a plain fork
    SUBPROCESS = "subprocess"  #: another program
    POOL = "pool"  #: a pool or executor: the parent of its workers
    WORKER = "worker"  #: a process or thread of a pool; its jobs run on the same track
    JOB = "job"  #: one call that a pool or executor ran
    CALL = "call"  #: one call of a function that the user named
    GENERATOR = "generator"
    GREENLET = "greenlet"


class TrackKind(StrEnum):
    """A level of the hierarchy process > thread > loop."""

    PROCESS = "process"
    THREAD = "thread"
    LOOP = "loop"


class Cause(IntEnum):
    """What made a task runnable."""

    UNKNOWN = 0  #: not seen
    SPAWN = 1  #: it had just been created
    ITSELF = 2  #: it yielded without waiting (``await asyncio.sleep(0)``)
    TASK = 3  #: another task, or a callback that this task caused
    TIMER = 4  #: a timer of the loop
    IO = 5  #: a file descriptor became ready
    THREAD = 6  #: ``call_soon_threadsafe`` from another thread


class WaitKind(StrEnum):
    """What kind of thing a suspended task waits for."""

    SLEEP = "sleep"
    FUTURE = "future"
    TASK = "task"
    GATHER = "gather"
    WAIT = "wait"
    WAIT_FOR = "wait_for"
    AS_COMPLETED = "as_completed"
    TASK_GROUP = "TaskGroup"
    SHIELD = "shield"
    LOCK = "Lock"
    EVENT = "Event"
    CONDITION = "Condition"
    SEMAPHORE = "Semaphore"
    BARRIER = "Barrier"
    QUEUE_GET = "queue.get"
    QUEUE_PUT = "queue.put"
    QUEUE_JOIN = "queue.join"
    STREAM_READ = "read"
    STREAM_WRITE = "drain"
    CONNECT = "connect"
    SOCKET = "socket"
    EXECUTOR = "executor"
    SUBPROCESS = "subprocess"
    JOIN = "join"  #: a thread that waits for a thread, a process or a pool to end
    RESULT = "result"  #: a thread that waits for what jobs return
    IDLE = "idle"  #: a worker without a job, a pool without work
    YIELD = "yield"  #: a generator until it is asked for its next value
    LOOP = "loop"  #: ``asyncio.run`` or ``run_until_complete``, seen from the code that called it
    UNKNOWN = "unknown"


class EdgeKind(StrEnum):
    """A cause between two tasks."""

    SPAWN = "spawn"
    WAKE = "wake"
    AWAIT = "await"
    CANCEL = "cancel"
    SUBMIT = "submit"
    RESULT = "result"


class InstantKind(StrEnum):
    """What happened at a point in time."""

    CELL_ENDED = "cell ended"
    CANCEL_REQUESTED = "cancel requested"
    CANCEL_DELIVERED = "cancel delivered"
    CANCEL_SWALLOWED = "cancel swallowed"
    RENAMED = "renamed"
    DEADLINE = "deadline"
    NEVER_RETRIEVED = "exception never retrieved"
    NEVER_AWAITED = "coroutine never awaited"
    DESTROYED = "destroyed while pending"
    KILLED = "killed"  #: a process was asked to end; ``text`` says how
    NEVER_BEGUN = "never begun"  #: calls given to a pool that no worker began; ``text`` names the function and counts them
    NOT_CLOSED = "not closed"  #: a pool that was neither closed nor terminated
    UNKNOWN_IN_WORKERS = "unknown in workers"  #: a pool was to call a function defined after its workers were started; ``text`` names it
    OLD_IN_WORKERS = "old in workers"  #: workers of a pool run a function as it was before it was changed; ``text`` names it
    MARK = "mark"  #: the code said ``mark(text)``
    CALLOUT = "callout"  #: a line with a ``#:`` comment ran; ``text`` is the comment, ``location`` the line
    PRINTED = "printed"  #: it wrote to stdout or stderr; ``text`` is what
