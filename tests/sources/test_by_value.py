"""With by-value on, what a notebook defines works in other processes, whatever the start method."""

from __future__ import annotations

import pytest

from .notebook_main import METHODS, run

DEFINED = """
guard.send_by_value(True)
import enum
from dataclasses import dataclass
from functools import lru_cache, partial
shift = 10
def plus(x): return x + shift
def factorial(n): return 1 if n == 0 else n * factorial(n - 1)
@lru_cache
def fibonacci(n): return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def adder(n):
    def add(x): return x + n
    return add
@dataclass
class Point:
    x: int
    def double(self): return Point(2 * self.x)
class Colour(enum.Enum):
    RED = 1
class Wrong(Exception): pass
class Child(Point): pass
def look(point): return isinstance(point, Point), point.double(), Colour.RED
def fail(x): raise Wrong(x)
def put(queue, x): queue.put(Point(x))
"""


@pytest.mark.parametrize("method", METHODS)
def test_functions_of_every_kind(method: str) -> None:
    """Plain, recursive, cached, mutually recursive, closures, lambdas, partials, methods; variables as they are when sent."""
    ran = run(
        DEFINED
        + """
with context.Pool(2) as pool:
    print(pool.map(plus, [1, 2]), pool.map(lambda x: x + shift, [3]), pool.map(partial(plus), [4]), pool.map(adder(5), [5]))
    print(pool.map(factorial, [5]), pool.map(fibonacci, [20]), pool.map(even, [7, 8]), pool.apply(Point(4).double))
    shift = 20
    print(pool.map(plus, [1]), list(pool.imap_unordered(plus, [2])), pool.apply_async(plus, (3,)).get())
    def late(x): return x * shift
    print(pool.map(late, [1]), pool.starmap(lambda a, b: a * b, [(2, 3)]))
with ProcessPoolExecutor(2, mp_context=context) as executor:
    print(list(executor.map(plus, [1, 2])), executor.submit(adder(1), 1).result())
""",
        method,
    )
    assert ran.lines == [
        "[11, 12] [13] [14] [10]",
        "[120] [6765] [False, True] Point(x=8)",
        "[21] [22] 23",
        "[20] [6]",
        "[21, 22] 2",
    ]
    assert ran.errors == ""


@pytest.mark.parametrize("method", METHODS)
def test_results_are_of_the_notebooks_own_classes(method: str) -> None:
    """Instances, enum members, exceptions, classes and functions come home as what they were; the class is not touched."""
    ran = run(
        DEFINED
        + """
before = dict(vars(Point))
with context.Pool(2) as pool:
    for seen, double, colour in pool.map(look, [Point(1), Point(2), Child(3)]):
        print(seen, type(double) is Point, colour is Colour.RED)
    print(pool.apply(lambda: Point) is Point, pool.apply(lambda: plus) is plus, type(pool.apply(lambda: Child(1))) is Child)
    try: pool.map(fail, [7])
    except Wrong as error: print("Wrong", error)
    Point.scale = 3
    print(pool.map(lambda p: p.scale, [Point(1), Point(2)]))
    del Point.scale
print([name for name, value in vars(Point).items() if before.get(name) is not value and name != "__slotnames__"])  # which pickle adds
queue = context.Queue()
process = context.Process(target=put, args=(queue, 5)); process.start()
point = queue.get(); process.join()
print(type(point) is Point, point, process.exitcode)
""",
        method,
    )
    assert ran.lines == ["True True True"] * 3 + ["True True True", "Wrong 7", "[3, 3]", "[]", "True Point(x=5) 0"]


@pytest.mark.parametrize("method", METHODS)
def test_processes_of_a_class_and_processes_inside_processes(method: str) -> None:
    """A subclass of ``Process``; a child that starts a child of its own with what it was sent."""
    ran = run(
        DEFINED
        + """
class Worker(context.Process):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue
    def run(self): self.queue.put((plus(1), Point(1)))
def outer(queue, method):
    import multiprocessing
    inner = multiprocessing.get_context(method)
    results = inner.Queue()
    process = inner.Process(target=put, args=(results, 6)); process.start()
    queue.put(results.get()); process.join()
queue = context.Queue()
for process in (Worker(queue), context.Process(target=outer, args=(queue, context.get_start_method()))):
    process.start(); found = queue.get(); process.join()
    print(found, process.exitcode, type(found if type(found) is not tuple else found[1]) is Point)
""",
        method,
    )
    assert ran.lines == ["(11, Point(x=1)) 0 True", "Point(x=6) 0 True"]


@pytest.mark.parametrize("method", METHODS)
def test_what_an_initializer_assigned_stays(method: str) -> None:
    """Functions in a child share its variables, and those it assigned itself are not overwritten by the notebook's."""
    ran = run(
        """
guard.send_by_value(True)
base, calls = None, 0
def begin(value):
    global base
    base = value
def use(x):
    global calls
    calls += 1
    return base + x, calls
with context.Pool(1, begin, (100,)) as pool:
    print(pool.map(use, [1, 2]))
    print(pool.map(use, [3]))
with ProcessPoolExecutor(1, mp_context=context, initializer=begin, initargs=(200,)) as executor:
    print(list(executor.map(use, [1])))
print(base, calls)
""",
        method,
    )
    assert ran.lines == ["[(101, 1), (102, 2)]", "[(103, 3)]", "[(201, 1)]", "None 0"]


def test_a_pool_made_before_by_value_was_switched_on() -> None:
    """Its workers learn of it with the first function that they are sent, also of one that is defined later."""
    ran = run("""
pool = context.Pool(1)
print(pool.map(abs, [-1]))
guard.send_by_value(True)
class Late:
    def __init__(self, x): self.x = x
found = pool.map(lambda x: Late(x), [1])
print(type(found[0]) is Late)
guard.send_by_value(False)
def later(x): return x
outcome(pool.map, lambda x: x, [1])
print(pool.map(abs, [-2]))
pool.terminate()
""")
    assert ran.lines[:2] == ["[1]", "True"]
    assert "pickle" in ran.lines[2] and ran.lines[3] == "[2]"


@pytest.mark.parametrize("method", METHODS)
def test_errors_of_pickling_stay_pickles_own(method: str) -> None:
    """Whether the function cannot be packed or its result cannot."""
    program = """
with context.Pool(1) as pool:
    outcome(pool.map, abs, [sys._getframe()])
    outcome(pool.apply, open, (os.devnull,))
"""
    plain = run(program, method)
    by_value = run("guard.send_by_value(True)" + program, method)
    assert [line.partition(" at 0x")[0] for line in by_value.lines] == [line.partition(" at 0x")[0] for line in plain.lines]
    assert "pickle" in plain.lines[0]
    ran = run(
        "guard.send_by_value(True)\nlock = context.Lock()\ndef f(x): return lock\nwith context.Pool(1) as pool: outcome(pool.map, f, [1])"
    )
    assert "should only be shared between processes through inheritance" in ran.lines[0]
