"""Runs a notebook in a kernel of its own and exports its charts. Only here ``nbclient`` is imported."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import AsyncMagicsError, OptionError, OutputExistsError, TraceFormatError, TraceNotFoundError
from ..opened import charts_of
from ..views import kept_files
from .charts import add_looks
from .export import formats, planned, refuse_existing, write_all
from .say import bar, complain, remark, say

if TYPE_CHECKING:
    from nbclient import NotebookClient

_TIMEOUT_S: Final = 600
_LONGEST_ERROR: Final = 200
_MOMENT: Final = "import asyncio\nawait asyncio.sleep(0.6)"


def add(options: Any) -> None:
    """Add what running a notebook takes; ``None`` everywhere stands for nothing said."""
    options.add_argument("--to", type=Path, metavar="DIR", help="folder for the charts (default: charts)")
    options.add_argument("--format", metavar="LIST", help="formats with commas between: svg,png,pdf,html … (default: svg)")
    options.add_argument("--output", type=Path, metavar="PATH", help="the executed copy (default: NOTEBOOK.executed.ipynb)")
    options.add_argument("--timeout", type=_seconds, metavar="SECONDS", help=f"how long one cell may take (default: {_TIMEOUT_S})")
    options.add_argument("--kernel", metavar="NAME", help="kernel to run it in (default: the notebook's own)")
    add_looks(options)


def _seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ValueError(text)
    return value


def go(arguments: argparse.Namespace) -> int:
    """Run the notebook, save the executed copy, export; return the exit status."""
    path: Path = arguments.path
    endings = formats(arguments.format or "svg")
    arguments.to = arguments.to or Path("charts")
    output: Path = arguments.output or path.with_name(f"{path.stem}.executed{path.suffix}")
    if output.exists() and not arguments.force:
        raise OutputExistsError(f"{output} exists; give another --output, or --force to replace it")
    if output.exists() and output.samefile(path):
        raise OptionError(f"{output} is the notebook itself: give another --output")
    notebook = _read(path)
    problem = _execute(notebook, path, arguments)
    _save(notebook, path, output)
    if not arguments.quiet:
        say(str(output))
    status = 0 if problem is None else complain(f"{path}: {problem}")
    return max(status, _export(output, endings, arguments))


def _export(executed: Path, endings: list[str], arguments: argparse.Namespace) -> int:
    try:
        jobs = planned(str(executed), arguments.to, endings)
        refuse_existing(jobs, force=arguments.force)
        return write_all(jobs, arguments)
    except TraceNotFoundError:
        remark(f"{executed} has no charts: async-magics annotate puts %%tasktrace on the cells that are worth tracing")
        return 0
    except AsyncMagicsError as error:
        return complain(str(error))


def _read(path: Path) -> Any:
    try:
        import nbclient  # noqa: F401  # the word that it is missing comes before anything is done

        nbformat: Any = import_module("nbformat")  # typed in some of its versions and not in others
    except ImportError:
        raise OptionError("running a notebook needs nbclient and a kernel: pip install 'async_magics[run]'") from None
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError, nbformat.ValidationError) as error:
        raise TraceFormatError(f"{path} is not a notebook: {_first_line(error)}") from error


def _execute(notebook: Any, path: Path, arguments: argparse.Namespace) -> str | None:
    """Run every cell; return what stopped it, ``None`` if nothing did."""
    import asyncio

    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient

    kernel = arguments.kernel or notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    client = NotebookClient(
        notebook, timeout=arguments.timeout or _TIMEOUT_S, kernel_name=kernel, resources={"metadata": {"path": str(path.parent) or "."}}
    )
    try:
        return asyncio.run(_run_cells(client, notebook, path.resolve(), quiet=arguments.quiet))
    except NoSuchKernel:
        raise OptionError(f"there is no kernel {kernel!r}: give another --kernel (jupyter kernelspec list shows them)") from None
    except RuntimeError as error:  # nbclient's word for a kernel that ends before it has answered
        raise OptionError(f"the kernel {kernel!r} does not start: {_first_line(error)}") from error


async def _run_cells(client: NotebookClient, notebook: Any, path: Path, *, quiet: bool) -> str | None:
    environment = {**os.environ, "JPY_SESSION_NAME": str(path)}  # as a Jupyter server does
    async with client.async_setup_kernel(env=environment):
        problem = await _first_problem(client, notebook, path, quiet=quiet)
        if any("tasktrace" in cell.source for cell in notebook.cells):
            await _finish_charts(client, notebook)
        await _note_language(client, notebook)
    return problem


async def _first_problem(client: NotebookClient, notebook: Any, path: Path, *, quiet: bool) -> str | None:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    number = 0
    with bar(list(enumerate(notebook.cells)), unit="cell", quiet=quiet) as cells:
        for index, cell in cells:
            number += cell.cell_type == "code"
            cells.set_description_str(f"{path.name}, code cell {number}")
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                return f"code cell {number} raised {error.ename}: {_first_line(error.evalue)}"
            except CellTimeoutError:
                return f"code cell {number} took longer than {client.timeout:g} s (--timeout)"
            except DeadKernelError:
                return f"the kernel died in code cell {number}"
    return None


async def _finish_charts(client: NotebookClient, notebook: Any) -> None:
    """Give charts whose tasks outlived the last cell the moment that they wait for; what is drawn after that nobody stores."""
    nbformat: Any = import_module("nbformat")
    notebook.cells.append(nbformat.v4.new_code_cell(_MOMENT))
    with suppress(Exception):  # the kernel may be gone
        await client.async_execute_cell(notebook.cells[-1], len(notebook.cells) - 1, store_history=False)
    notebook.cells.pop()


async def _note_language(client: NotebookClient, notebook: Any) -> None:
    """Leave in the notebook what the kernel says of its language, as front ends do."""
    with suppress(Exception):
        running: Any = client.kc
        reply: Any = await client.async_wait_for_reply(running.kernel_info())
        notebook.metadata["language_info"] = reply["content"]["language_info"]


def _save(notebook: Any, path: Path, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    import_module("nbformat").write(notebook, output)
    if output.parent.resolve() != path.parent.resolve():
        _take_along(output, path.parent)


def _take_along(output: Path, folder: Path) -> None:
    """Copy the traces that lie beside the notebook to the executed copy in its other folder."""
    for chart in charts_of(output):
        if isinstance(chart.content, dict) and "file" in chart.content:
            with suppress(TraceFormatError):  # opening the chart says what is wrong with it
                kept_files.copy(chart.content["file"], folder, output.parent)


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:_LONGEST_ERROR] if lines else type(error).__name__
