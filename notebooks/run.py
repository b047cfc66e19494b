"""Run notebooks from the first cell to the last; leave a page and the charts as pictures.

    python notebooks/run.py notebooks/lecture_en.ipynb --out out/lecture

Each notebook leaves ``NAME.html``, ``NAME.ipynb`` (executed), ``NAME/cell-07-1.png`` … and ``NAME.charts.html``, a page in which all its
charts can be explored, in the folder. A cell that raises ends the run with status 1, unless it carries the tag ``raises-exception``; what
ran until then is left there too.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from tqdm import tqdm

from async_magics.cli.main import main as async_magics
from async_magics.opened import charts_of


def main() -> int:
    """Run what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/lecture"))
    parser.add_argument("--timeout", type=int, default=120, help="seconds that one cell may take")
    arguments = parser.parse_args()
    for path in arguments.notebooks:
        if not path.is_file():
            parser.error(f"there is no notebook {path}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [f"{sys.prefix}/share/jupyter", os.environ.get("JUPYTER_PATH")]))
    failed = [path for path in arguments.notebooks if not run(path, arguments.out, arguments.timeout)]
    return 1 if failed else 0


def run(path: Path, out: Path, timeout: int) -> bool:
    """Run one notebook, write its files and say where they are; return whether every cell ran."""
    began = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    error = asyncio.run(execute(notebook, path, timeout))
    pictures = save_pictures(notebook, out / path.stem)
    page = save_page(notebook, out / path.name)
    charts = save_charts(out / path.name)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"{path}: {cells} cells in {time.perf_counter() - began:.0f} s; {len(pictures)} pictures in {out / path.stem}/\n  {page}")
    if charts is not None:
        print(f"  {charts}")
    if error is not None:
        print(f"{path} stopped:\n{error}", file=sys.stderr)
    return error is None


async def execute(notebook: NotebookNode, path: Path, limit: int) -> CellExecutionError | None:
    """Run the cells in a kernel of this Python, with a bar for the progress; return the error that ended it."""
    client = NotebookClient(notebook, timeout=limit, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
    async with client.async_setup_kernel():
        for index, cell in enumerate(tqdm(notebook.cells, desc=path.stem, unit="cell", leave=False, disable=None)):
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                return error
        notebook.metadata["language_info"] = (await client.async_wait_for_reply(client.kc.kernel_info()))["content"]["language_info"]
    return None


def save_pictures(notebook: NotebookNode, folder: Path) -> list[Path]:
    """Write every PNG among the outputs, named after its cell's number; those of an earlier run go."""
    for old in folder.glob("cell-*.png"):
        old.unlink()
    saved: list[Path] = []
    for number, picture in pngs(notebook):
        folder.mkdir(exist_ok=True)
        count = sum(path.name.startswith(f"cell-{number:02}") for path in saved)
        target = folder / f"cell-{number:02}-{count + 1}.png"
        target.write_bytes(base64.b64decode(picture))
        saved.append(target)
    return saved


def pngs(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield the number of the cell, counted as Jupyter counts, and each picture below it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            picture = output.get("data", {}).get("image/png")
            if picture is not None:
                yield cell.execution_count or 0, picture


def save_page(notebook: NotebookNode, target: Path) -> Path:
    """Write the executed notebook and its HTML page, which asks no network for anything; return the page."""
    nbformat.write(notebook, target)
    page, _ = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="").from_notebook_node(notebook)
    written = target.with_suffix(".html")
    written.write_text(page, encoding="utf-8")
    return written


def save_charts(executed: Path) -> Path | None:
    """Write the charts that a notebook keeps as one page that can be explored; return it, ``None`` where there are none."""
    page = executed.with_suffix(".charts.html")
    if not charts_of(executed):
        page.unlink(missing_ok=True)
        return None
    async_magics(["export", str(executed), str(page), "--force", "--quiet"])
    return page


if __name__ == "__main__":
    sys.exit(main())
