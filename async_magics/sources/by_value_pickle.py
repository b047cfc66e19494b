"""How a notebook's function or class is packed and unpacked: cloudpickle, plus who is at home where.

cloudpickle alone would give the notebook a second class when an instance comes back from a child, and each message to a
child variables of its own. Here every function and class has a token that names the process it comes from: back there, it is that very
object again. In a child, functions share the variables of the child's ``__main__``, as they do in a notebook. Imports cloudpickle.
"""

from __future__ import annotations

import functools
import io
import os
import sys
from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import current_process, parent_process
from multiprocessing.reduction import ForkingPickler
from types import CodeType, FunctionType
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakValueDictionary

import cloudpickle

from .notebook_code import CACHED, of_main


def is_child() -> bool:
    """Tell whether ``multiprocessing`` started this process."""
    return parent_process() is not None or getattr(current_process(), "_inheriting", False)  # the latter while it receives its target


class Ledger:
    """What this process has sent or received.

    Attributes:
        tokens: the token of each function or class.
        objects: the other way round.
        received: the variables of ``__main__`` as they came from the parent; what differs from it, the child has assigned itself.
    """

    def __init__(self) -> None:
        self.tokens: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self.objects: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self.received: dict[str, Any] | None = None

    def token(self, item: Any) -> str:
        """Return the token of a function or class; one that has none is from here."""
        token = self.tokens.get(item)
        if token is None:
            token = f"{os.getpid()}-{os.urandom(8).hex()}"
            self.remember(item, token)
        return token

    def remember(self, item: Any, token: str) -> None:
        """Note under which token an object arrived."""
        self.tokens[item] = token
        self.objects[token] = item

    def at_home(self, token: str) -> Any:
        """Return the object of a token that was given here, in this very process; ``None`` for others'."""
        return self.objects.get(token) if token.partition("-")[0] == str(os.getpid()) else None

    def receive(self, sent: dict[str, Any]) -> None:
        """Take over variables into ``__main__``, except those that code in this process has assigned."""
        main = vars(sys.modules["__main__"])
        received = self.received = dict(main) if self.received is None else self.received
        for name, value in sent.items():
            if name not in main or main[name] is received.get(name, main):
                main[name] = received[name] = value

    @contextmanager
    def inherited(self) -> Iterator[None]:
        """While a child is forked: what it inherits counts as received, and classes that it makes instances of as known."""
        main = vars(sys.modules["__main__"])
        for item in tuple(main.values()):
            if of_main(item):
                self.token(item)
        before, self.received = self.received, dict(main)
        try:
            yield
        finally:
            self.received = before if is_child() else None  # threads may fork at once; here nobody reads it


LEDGER: Final = Ledger()
"""One for a process, like the pickler's class that everybody shares; weak, so that it keeps nothing alive."""


_NO_FILE: Final = "<dynamic-code>"
"""What cloudpickle puts in the place of a file's name; with the name, remarks and tracebacks of the child say which cell."""


class NotebookPickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Packs one function or class with all it needs."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.dispatch_table: Any = ChainMap(*cloudpickle.Pickler.dispatch_table.maps, ForkingPickler._extra_reducers)  # type: ignore[attr-defined]

    def reducer_override(self, item: Any) -> Any:
        """Say how to pickle something: by name, or with its token."""
        if type(item) is CACHED:
            return (_cached, (item.__wrapped__, item.cache_parameters())) if of_main(item) else NotImplemented
        if type(item) is CodeType:
            make, args = self.dispatch_table[CodeType](item)
            return make, tuple(item.co_filename if arg == _NO_FILE else arg for arg in args)
        how = super().reducer_override(item)
        if type(how) is not tuple or len(how) != 6 or not of_main(item):
            return how
        make, args, state, _, _, complete = how
        return _made, (LEDGER.token(item), make, args), (complete, state), None, None, _completed


def packed(item: Any) -> bytes:
    """Return a function or class as bytes."""
    with io.BytesIO() as file:
        NotebookPickler(file).dump(item)
        return file.getvalue()


def unpacked(blob: bytes) -> Any:
    """Return the function or class: this process's own, if it comes from here."""
    return cloudpickle.loads(blob)


def _cached(function: Any, parameters: dict[str, Any]) -> Any:
    return functools.lru_cache(**parameters)(function)


def _made(token: str, make: Any, args: tuple[Any, ...]) -> Any:
    """Return the object of a token: the one that was sent from here, the class that came before, or a new one."""
    known = LEDGER.at_home(token)
    if known is None and not isinstance(args[0], CodeType):
        known = LEDGER.objects.get(token)
    if known is not None:
        return known
    if is_child() and isinstance(args[0], CodeType) and args[1].get("__name__") == "__main__":
        args = (args[0], vars(sys.modules["__main__"]), *args[2:])
    made = make(*args)
    LEDGER.remember(made, token)
    return made


def _completed(item: Any, rest: tuple[Any, Any]) -> None:
    """Give a new object its state; one that is at home has its own."""
    complete, state = rest
    if LEDGER.at_home(LEDGER.tokens.get(item, "")) is item:
        return
    main = vars(sys.modules["__main__"])
    if not isinstance(item, FunctionType) or item.__globals__ is not main:
        complete(item, state)
        return
    builtins = main.get("__builtins__")
    LEDGER.receive(state[1]["__globals__"])
    complete(item, (state[0], {**state[1], "__globals__": {}}))
    main["__builtins__"] = builtins
