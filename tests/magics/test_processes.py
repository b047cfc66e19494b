from __future__ import annotations

import multiprocessing.pool
import sys
from concurrent.futures import process as futures
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pytest

from async_magics.magics.extension import load_into, unload_from

from .test_extension import imported_by

LOADED = "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\nbefore |= set(sys.modules)\n"


def test_by_value_and_by_name(bare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The magic switches, and says what is so now."""
    load_into(bare)
    for line in ("", "by-value", "", "by-value", "by-name", ""):
        bare.run_cell(f"%taskprocesses {line}")
    said = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert said == ["by-name", "by-value", "by-value", "by-value", "by-name", "by-name"]
    assert "reducer_override" not in vars(ForkingPickler)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("by-valu", "%taskprocesses takes by-value or by-name, not 'by-valu'; did you mean 'by-value'?"),
        ("on", "%taskprocesses takes by-value or by-name, not 'on'"),
    ],
)
def test_a_wrong_word_gets_one_line(bare: Any, capsys: pytest.CaptureFixture[str], line: str, message: str) -> None:
    """With the nearest right one."""
    load_into(bare)
    bare.run_cell(f"%taskprocesses {line}")
    assert f"UsageError: {message}\n" in capsys.readouterr().err


def test_unloading_ends_by_value_and_the_guard(bare: Any) -> None:
    """What is patched in modules that are there already is patched at once, and put back."""
    stock = {name: vars(multiprocessing.pool.Pool)[name] for name in ("_map_async", "apply_async", "imap", "imap_unordered")}
    submit, finders = futures.ProcessPoolExecutor.submit, list(sys.meta_path)
    load_into(bare)
    bare.run_cell("%taskprocesses by-value")
    assert all(vars(multiprocessing.pool.Pool)[name] is not stock[name] for name in stock)
    assert futures.ProcessPoolExecutor.submit is not submit
    assert "reducer_override" in vars(ForkingPickler)
    unload_from(bare)
    assert all(vars(multiprocessing.pool.Pool)[name] is stock[name] for name in stock)
    assert futures.ProcessPoolExecutor.submit is submit
    assert (sys.meta_path, "reducer_override" in vars(ForkingPickler)) == (finders, False)


def test_loading_imports_no_multiprocessing() -> None:
    """It takes as long as everything else together."""
    names = imported_by(LOADED + "shell.run_line_magic('load_ext', 'async_magics')")
    assert not {"multiprocessing", "concurrent.futures.process", "cloudpickle"} & {name.partition(".")[0] for name in names} & names


def test_a_refusal_is_one_line(bare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """IPython shows the message, not the frames; for a program it is an exception like others."""
    load_into(bare)
    bare.run_cell("from multiprocessing import get_context\ndef f(x): return x\np = get_context('spawn').Pool(1)")
    capsys.readouterr()
    result = bare.run_cell("p.map(f, [1])")
    assert type(result.error_in_exec).__name__ == "NotebookFunctionError"
    told = capsys.readouterr()
    assert [line for line in (told.out + told.err).splitlines() if line] == [f"NotebookFunctionError: {result.error_in_exec}"]
    bare.run_cell("p.terminate(); p.join()")
