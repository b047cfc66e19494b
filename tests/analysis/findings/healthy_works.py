"""Good programs with threads, pools and processes: name -> cell. No rule may say anything about them.

Their waits are long beside what a busy machine adds, and short beside a coffee break.
"""

from __future__ import annotations

import textwrap

_BEFORE = """
import asyncio, queue, subprocess, sys, threading, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed, wait
from multiprocessing import get_context
from multiprocessing.pool import ThreadPool
fork = get_context("fork")
def ask(x, seconds=0.1):
    time.sleep(seconds)
    return x
def crunch(steps):
    return sum(step * step % 7 for step in range(steps))
"""

_BODIES = {
    "threads started and joined": """
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(5)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    """,
    "threads of different lengths": """
        threads = [threading.Thread(target=ask, args=(n, 0.1 * n)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    """,
    "threads that hand items over by a queue": """
        items, sums = queue.Queue(maxsize=2), []
        def consume():
            while (item := items.get()) is not None: sums.append(ask(item, 0.02))
        consumer = threading.Thread(target=consume)
        consumer.start()
        for n in range(8): items.put(n)
        items.put(None)
        consumer.join()
    """,
    "a daemon thread that is stopped": """
        stop = threading.Event()
        def watch():
            while not stop.wait(0.02): pass
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start(); ask(1); stop.set(); watcher.join()
    """,
    "a daemon that empties its queue": """
        jobs = queue.Queue()
        def work():
            while (job := jobs.get()) is not None:
                ask(job, 0.02)
                jobs.task_done()
        helper = threading.Thread(target=work, daemon=True)
        helper.start()
        for n in range(5): jobs.put(n)
        jobs.join(); jobs.put(None); helper.join()
    """,
    "timers, one fired and one cancelled": """
        fired, late = threading.Timer(0.05, print, ["fired"]), threading.Timer(60, print, ["never"])
        fired.start(); late.start(); fired.join(); late.cancel(); late.join()
    """,
    "a server in a daemon thread": """
        from http.server import HTTPServer, SimpleHTTPRequestHandler
        server = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ask(1)
    """,
    "a daemon timer that has not fired": """
        timer = threading.Timer(60, print, ["never"])
        timer.daemon = True
        timer.start(); ask(1)
    """,
    "threads behind a lock and a barrier": """
        lock, barrier = threading.Lock(), threading.Barrier(3)
        def meet():
            barrier.wait()
            with lock: ask(1, 0.05)
        threads = [threading.Thread(target=meet) for _ in range(3)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    """,
    "hashing in threads, which needs no lock": """
        import hashlib
        data = bytes(20_000_000)
        threads = [threading.Thread(target=hashlib.sha256, args=(data,)) for _ in range(2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    """,
    "ThreadPool of sleeping calls": """
        with ThreadPool(3) as pool: pool.map(ask, range(9))
    """,
    "ThreadPool, imap_unordered": """
        with ThreadPool(4) as pool: print(sorted(pool.imap_unordered(ask, range(8))))
    """,
    "ThreadPoolExecutor.map": """
        with ThreadPoolExecutor(3) as pool: print(list(pool.map(ask, range(6))))
    """,
    "ThreadPoolExecutor, many quick calls": """
        with ThreadPoolExecutor(8) as pool: print(len(list(pool.map(abs, range(300)))))
    """,
    "as_completed, calls of different lengths": """
        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(ask, n, 0.1 * n) for n in (4, 3, 2, 1)]
            print([future.result() for future in as_completed(futures)])
    """,
    "an executor that is shut down by hand": """
        pool = ThreadPoolExecutor(2)
        try:
            wait([pool.submit(ask, n) for n in range(4)])
        finally:
            pool.shutdown()
    """,
    "calls that fail and are looked at": """
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(int, text) for text in ("1", "x")]
            print([future.exception() for future in futures])
    """,
    "calls that come one by one": """
        with ThreadPoolExecutor(3) as pool:
            futures = []
            for n in range(5):
                time.sleep(0.08)
                futures.append(pool.submit(ask, n, 0.15))
            wait(futures)
    """,
    "to_thread and gather": """
        print(await asyncio.gather(*(asyncio.to_thread(ask, n) for n in range(3))))
    """,
    "run_in_executor and gather": """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(3) as pool:
            print(await asyncio.gather(*(loop.run_in_executor(pool, ask, n) for n in range(6))))
    """,
    "a short call in a process, to keep the loop free": """
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(2, mp_context=fork) as pool:
            print(await asyncio.gather(*(loop.run_in_executor(pool, crunch, 100) for _ in range(2))))
    """,
    "processes started and joined": """
        processes = [fork.Process(target=ask, args=(n, 0.25)) for n in range(3)]
        for process in processes: process.start()
        for process in processes: process.join()
    """,
    "two processes that compute": """
        processes = [fork.Process(target=crunch, args=(1_500_000,)) for _ in range(2)]
        for process in processes: process.start()
        for process in processes: process.join()
    """,
    "one process that says hello": """
        process = fork.Process(target=print, args=("hello",))
        process.start(); process.join()
    """,
    "processes that hand results over by a queue": """
        results = fork.Queue()
        def put(n): results.put(ask(n, 0.25))
        processes = [fork.Process(target=put, args=(n,)) for n in range(3)]
        for process in processes: process.start()
        print(sorted(results.get() for _ in processes))
        for process in processes: process.join()
    """,
    "a process at the other end of a pipe": """
        here, there = fork.Pipe()
        def echo():
            while (text := there.recv()): there.send(text.upper())
        process = fork.Process(target=echo)
        process.start(); here.send("hello"); print(here.recv()); ask(1); here.send(""); process.join()
    """,
    "a server that is terminated": """
        def serve():
            while True: time.sleep(0.02)
        server = fork.Process(target=serve, daemon=True)
        server.start(); ask(1); server.terminate(); server.join()
    """,
    "a process whose exit code is looked at": """
        process = fork.Process(target=sys.exit, args=(3,))
        process.start(); process.join(); print(process.exitcode)
    """,
    "a process with a thread of its own": """
        def main():
            thread = threading.Thread(target=ask, args=(1,))
            thread.start(); thread.join()
        process = fork.Process(target=main)
        process.start(); process.join()
    """,
    "Pool.map of sleeping calls": """
        with fork.Pool(3) as pool: print(pool.map(ask, range(9)))
    """,
    "Pool.map of computing calls of one length": """
        with fork.Pool(2) as pool: print(pool.map(crunch, [400_000] * 10))
    """,
    "Pool, imap_unordered": """
        with fork.Pool(3) as pool: print(sorted(pool.imap_unordered(ask, range(6))))
    """,
    "Pool, imap over a slow iterator": """
        def numbers():
            for n in range(4):
                time.sleep(0.12)
                yield n
        with fork.Pool(4) as pool: print(list(pool.imap(ask, numbers())))
    """,
    "a pool that is used twice, with a pause": """
        with fork.Pool(2) as pool:
            pool.map(ask, range(4)); time.sleep(0.3); pool.map(ask, range(4))
    """,
    "a pool closed and joined by hand": """
        pool = fork.Pool(2)
        answers = [pool.apply_async(ask, (n, 0.15)) for n in range(4)]
        pool.close(); pool.join()
        print([answer.get() for answer in answers])
    """,
    "a pool with an initializer, whose workers are replaced": """
        with fork.Pool(2, initializer=time.sleep, initargs=(0.01,), maxtasksperchild=2) as pool:
            print(pool.map(ask, range(8), chunksize=1))
    """,
    "a pool whose calls all begin at once and differ": """
        with fork.Pool(4) as pool: pool.starmap(ask, [(n, 0.2 * n) for n in (1, 2, 3, 4)], chunksize=1)
    """,
    "ProcessPoolExecutor.map": """
        with ProcessPoolExecutor(2, mp_context=fork) as pool: print(list(pool.map(ask, range(6), chunksize=3)))
    """,
    "ProcessPoolExecutor, submit": """
        with ProcessPoolExecutor(3, mp_context=fork) as pool:
            print([future.result() for future in [pool.submit(ask, n, 0.2) for n in range(3)]])
    """,
    "a manager's dict": """
        with fork.Manager() as manager:
            shared = manager.dict()
            def put(n): shared[n] = ask(n, 0.25)
            processes = [fork.Process(target=put, args=(n,)) for n in range(2)]
            for process in processes: process.start()
            for process in processes: process.join()
            print(dict(shared))
    """,
    "another program": """
        print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout)
    """,
    "another program, awaited": """
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(1)")
        print(await process.wait())
    """,
}  # fmt: skip

PROGRAMS = {name: _BEFORE + textwrap.dedent(body) for name, body in _BODIES.items()}

JOBLIB = {
    backend: _BEFORE
    + textwrap.dedent(f"""
        from joblib import Parallel, delayed
        print(Parallel(n_jobs=2, backend="{backend}")(delayed(time.sleep)(0.1) for _ in range(6)))
    """)
    for backend in ("threading", "loky", "sequential")
}
