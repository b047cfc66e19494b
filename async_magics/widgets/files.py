"""Files that a page asks for: written into the notebook's folder, never over another. Imports ``errors``, ``export`` and ``views``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import ExportError, OptionError, OutputExistsError
from ..views.kept_files import slug, working_folder

if TYPE_CHECKING:
    from ..export.charts import Chart
    from ..model import Trace
    from ..views.spec import ChartOptions

MOST: Final = 1000
"""Files of one name that may lie in a folder."""


def save_beside(trace: Trace, options: ChartOptions, suffix: str) -> Path:
    """Write a trace into the folder of the notebook, under its name and with a number where that is taken; return the path.

    Raises:
        OptionError: nothing writes files with this suffix.
        ExportError: it cannot be written.
    """
    from ..export import suffixes, write

    if suffix not in suffixes():
        raise OptionError(f"a file ends in one of {' '.join(suffixes())}, not {suffix[:20]!r}")
    return _beside(trace.name, suffix, lambda target: write(trace, target, options=options))


def save_picture_beside(chart: Chart, name: str, suffix: str) -> Path:
    """Write what paints itself in the same way.

    Raises:
        ExportError: it is no kind of picture, or cannot be written.
    """
    from ..export import write_chart

    return _beside(name, suffix, lambda target: write_chart(chart, target))


def _beside(name: str, suffix: str, save: Callable[[Path], Path]) -> Path:
    folder = working_folder()
    if folder is None:
        raise ExportError("the folder of the notebook is gone")
    for number in range(1, MOST + 1):
        try:
            return save(folder / f"{slug(name)}{'' if number == 1 else f'-{number}'}{suffix}")
        except OutputExistsError:
            continue
    raise ExportError(f"{folder} holds {MOST} files called {slug(name)}: move some of them away")
