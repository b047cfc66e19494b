"""Traces with threads, processes, pools, generators and calls, as a lecture makes them."""

from __future__ import annotations

from async_magics.model import Cause, InstantKind, Outcome, TaskKind, Trace, TrackKind, WaitKind
from async_magics.testing import TraceScript, ns

CORES = 2


def loop_of_calls(count: int = 5, seconds: float = 0.2) -> Trace:
    """A sequential loop over ``slow_square``, every call drawn."""
    script = TraceScript("In [2]", title="one after the other")
    for number in range(count):
        begin = number * seconds
        call = script.task("slow_square", "slow_square", str(number), at=begin, kind=TaskKind.CALL, track=1)
        script.running(call, begin, begin + seconds, cpu_ns=ns(0.001))
        script.end(call, begin + seconds)
    script.running(0, 0, count * seconds)
    script.end(0, count * seconds)
    return script.trace(cell_end=count * seconds, cpu_ns=ns(0.02), cores=CORES)


def processes(count: int = 5, *, cpu: float = 0.001, killed: bool = False) -> Trace:
    """So many processes, each one call; the cell joins them in order. With ``killed`` three of them end otherwise."""
    script = TraceScript("In [4]", title="five processes")
    script.running(0, 0, 0.03)
    ends, found = [], []
    for number in range(count):
        at = 0.005 * number
        found.append(script.process(f"Process-{number + 1}", "slow_square", str(number), at=at, begin=at + 0.06, pid=4711 + number))
        ends.append(at + 1.06)
    now = 0.03
    for number, (process, end) in enumerate(zip(found, ends, strict=True)):
        begin = 0.005 * number + 0.06
        outcome, exception, code = Outcome.RETURNED, None, 0
        if killed and number == 1:
            outcome, exception, code, end = Outcome.RAISED, "exit code 3", 3, 0.5
        elif killed and number == 2:
            outcome, exception, code, end = Outcome.RAISED, "SIGKILL", -9, 0.7
        elif killed and number == 3:
            outcome, code, end = Outcome.CANCELLED, -15, 0.9
            script.instant(InstantKind.KILLED, 0.89, task=process, by=0, text="terminate")
        script.running(process, begin, end, cpu_ns=ns(cpu * (end - begin)))
        script.end(process, end, outcome, exception, exit_code=code)
        if end > now:
            script.waiting(0, now, end + 0.001, WaitKind.JOIN, targets=(process,))
            now = end + 0.001
    script.running(0, now, now + 0.004)
    script.end(0, now + 0.004)
    return script.trace(cell_end=now + 0.004, cpu_ns=ns(0.05 + count * cpu), cores=CORES)


def pool(items: int = 10, workers: int = 5, *, each: float = 0.2, cpu: float = 0.002, failing: int = 0) -> Trace:
    """``Pool(workers).map(slow_square, range(items))``, closed by its ``with``."""
    script = TraceScript("In [5]", title=f"Pool({workers}).map")
    script.running(0, 0, 0.01)
    made = script.pool(f"Pool({workers})", at=0.01, begin=0.06)
    script.running(0, 0.01, 0.07)
    crew = [
        script.worker(
            made, f"ForkPoolWorker-{n + 1}", at=0.01 + 0.04 * n / workers, begin=0.03 + 0.04 * n / workers, pid=9001 + n, method="fork"
        )
        for n in range(workers)
    ]
    chunk = max(1, items // (workers * 4))
    free = [0.072 + 0.001 * n for n in range(workers)]
    jobs = []
    for first in range(0, items, chunk):
        which = min(range(workers), key=free.__getitem__)
        for number in range(first, min(items, first + chunk)):
            begin, end = free[which], free[which] + each * (1 + 0.1 * (number % 3))
            bad = number < failing
            jobs.append(
                script.job(
                    made, crew[which], "slow_square", str(number), 0.07, begin, end, cpu=cpu,
                    outcome=Outcome.RAISED if bad else Outcome.RETURNED, exception="ValueError" if bad else None,
                    delivered_ns=ns(end) + 500_000,
                )
            )  # fmt: skip
            free[which] = end + each * 0.001
    last = max(free) + 0.002
    script.waiting(0, 0.07, last, WaitKind.RESULT, name="map", targets=(made,))
    script.running(0, last, last + 0.01)
    for worker in crew:
        script.end(worker, last + 0.008, Outcome.CANCELLED, exit_code=-15)
    script.end(made, last + 0.009)
    script.end(0, last + 0.01)
    return script.trace(cell_end=last + 0.01, cpu_ns=ns(0.05 + items * cpu), cores=CORES)


def leaked_pool() -> Trace:
    """An interrupted map: its workers are killed, nobody closes the pool, and some calls never begin."""
    script = TraceScript("In [7]", title="Pool without with, interrupted")
    made = script.pool("Pool(2)", at=0.01, begin=0.05)
    crew = [script.worker(made, f"ForkPoolWorker-{n + 1}", at=0.01, begin=0.04, pid=9001 + n, method="fork") for n in range(2)]
    for number, worker in enumerate(crew):
        script.job(made, worker, "slow_square", str(number), 0.06, 0.065, 1.0, cpu=0.001, outcome=Outcome.UNFINISHED)
        script.end(worker, 1.0, Outcome.RAISED, "SIGINT", exit_code=-2)
    fresh = script.worker(made, "ForkPoolWorker-3", at=1.01, begin=1.04, pid=9010, method="fork")
    script.job(made, fresh, "slow_square", "2", 0.06, 1.05, 1.3, cpu=0.001)
    for number in range(3, 7):
        job = script.job(made, None, "slow_square", str(number), 0.06)
        script.ready(job, 0.06, 1.4)
    script.instant(InstantKind.NEVER_BEGUN, 1.4, task=made, text="4 × slow_square")
    script.instant(InstantKind.NOT_CLOSED, 1.4, task=made)
    script.running(0, 0, 0.06)
    script.waiting(0, 0.06, 1.0, WaitKind.RESULT, name="map", targets=(made,))
    script.end(0, 1.0, Outcome.RAISED, "KeyboardInterrupt")
    return script.trace(cell_end=1.0, end_ns=ns(1.4), cpu_ns=ns(0.04), cores=CORES)


def executor_jobs() -> Trace:
    """Asyncio tasks that await ``to_thread``."""
    script = TraceScript("In [8]", title="asyncio.to_thread")
    tasks = [script.task(f"Task-{n + 5}", "read", str(n), at=0.01) for n in range(3)]
    made = script.pool("ThreadPoolExecutor(6)", at=0.012)
    script.running(0, 0, 0.012)
    script.waiting(0, 0.012, 1.03, WaitKind.GATHER, count=3, targets=tuple(tasks))
    script.running(0, 1.03, 1.032)
    script.end(0, 1.032)
    for number, task in enumerate(tasks):
        begin, end = 0.012 + 0.004 * number, 0.6 + 0.2 * number
        worker = script.worker(made, f"asyncio_{number}", at=begin + 0.002)
        job = script.job(
            made, worker, "fetch", f"'page {number}'", begin + 0.003, begin + 0.005, end, cpu=0.01 if number else 0.5, parent=task,
            method="to_thread", delivered_ns=ns(end + 0.01),
        )  # fmt: skip
        script.ready(task, 0.01, begin)
        script.running(task, begin, begin + 0.003)
        script.waiting(task, begin + 0.003, end + 0.01, WaitKind.EXECUTOR, name="fetch", targets=(job,))
        script.ready(task, end + 0.01, end + 0.015, Cause.THREAD, waker=job)
        script.running(task, end + 0.015, end + 0.02)
        script.end(task, end + 0.02)
    return script.trace(cell_end=1.032, cpu_ns=ns(0.6), cores=CORES)


def threads(count: int = 2, *, share: float = 0.48, no_core: float = 0.02, switches: int = 240, seconds: float = 1.0) -> Trace:
    """So many threads that compute at once, each with a share of a core."""
    script = TraceScript("In [9]", title="threads")
    found = []
    for number in range(count):
        at = 0.01 + 0.001 * number
        thread = script.thread(
            f"Thread-{number + 5}", "count_down", "10_000_000", at=at, begin=at + 0.0005, cpu_ns=ns(share * seconds),
            no_core_ns=ns(no_core * seconds), switches=switches,
        )  # fmt: skip
        script.running(thread, at + 0.0005, at + seconds, cpu_ns=ns(share * (seconds - 0.0005)))
        script.end(thread, at + seconds)
        found.append(thread)
    script.running(0, 0, 0.02)
    script.waiting(0, 0.02, 0.01 + seconds, WaitKind.JOIN, targets=(found[0],))
    script.waiting(0, 0.01 + seconds, 0.012 + seconds, WaitKind.JOIN, targets=(found[-1],))
    script.end(0, 0.012 + seconds)
    return script.trace(cell_end=0.012 + seconds, cpu_ns=ns(count * share * seconds + 0.01), cores=CORES)


def generators(rounds: int = 6) -> Trace:
    """Two generators that take turns."""
    script = TraceScript("In [11]", title="round robin")
    pair = [script.task(name, name, "", at=0.0001 * n, kind=TaskKind.GENERATOR, track=1) for n, name in enumerate(("counter", "printer"))]
    for number in range(rounds):
        for which, generator in enumerate(pair):
            begin = 0.001 + 0.002 * number + 0.001 * which
            script.running(generator, begin, begin + 0.0004)
            if number < rounds - 1:
                script.waiting(generator, begin + 0.0004, begin + 0.002, WaitKind.YIELD)
    for generator in pair:
        script.end(generator, 0.001 + 0.002 * rounds)
    script.running(0, 0, 0.002 + 0.002 * rounds)
    script.end(0, 0.002 + 0.002 * rounds)
    return script.trace(cell_end=0.002 + 0.002 * rounds)


def nested() -> Trace:
    """A process that starts a process, which starts a thread; and a thread with a program."""
    script = TraceScript("In [12]", title="nested")
    outer = script.process("Process-1", "outer", "", at=0.02, begin=0.12, pid=500, method="spawn")
    inner = script.process("Process-1:1", "inner", "7", at=0.2, begin=0.3, pid=501, parent=outer)
    thread = script.thread("Thread-1 (log)", "log", "", at=0.4, begin=0.401, parent=inner)
    place = script.track(TrackKind.PROCESS, "ls", pid=502)
    program = script.task("ls", "ls", "ls -l /tmp", at=0.05, kind=TaskKind.SUBPROCESS, track=place)
    script.running(0, 0, 0.04)
    script.waiting(0, 0.04, 1.25, WaitKind.JOIN, targets=(outer,))
    script.end(0, 1.25)
    script.running(outer, 0.12, 0.25, cpu_ns=ns(0.1))
    script.waiting(outer, 0.25, 1.15, WaitKind.JOIN, targets=(inner,))
    script.running(outer, 1.15, 1.2, cpu_ns=ns(0.01))
    script.running(inner, 0.3, 1.1, cpu_ns=ns(0.75))
    script.running(thread, 0.401, 0.9, cpu_ns=ns(0.001))
    script.running(program, 0.06, 0.35, cpu_ns=ns(0.05))
    for task, at in ((outer, 1.2), (inner, 1.1), (thread, 0.9), (program, 0.35)):
        script.end(task, at, exit_code=None if task == thread else 0)
    return script.trace(cell_end=1.25, cpu_ns=ns(0.95), cores=CORES)
