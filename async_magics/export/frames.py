"""Tables of a trace as data frames, of pandas or polars, whichever is there. Imports ``errors`` and ``tables``; the libraries when asked.

A ``NA`` or ``null`` says "not known" or "does not apply". pandas gets nullable columns (``Int64``, ``Float64``, ``string``, ``boolean``)
and ``category`` for words; polars ``Int64``, ``Float64``, ``String``, ``Boolean`` and ``Categorical``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ..errors import OptionError
from .tables import TABLES, Table, sound

if TYPE_CHECKING:
    from ..model import Trace

_PANDAS: Final = {"int": "Int64", "float": "Float64", "text": "string", "word": "category", "flag": "boolean"}
_POLARS: Final = {"int": "Int64", "float": "Float64", "text": "String", "word": "Categorical", "flag": "Boolean"}


def frame(trace: Trace, table: str, library: str | None = None) -> Any:
    """Return a data frame.

    Args:
        trace: what happened.
        table: ``tasks``, ``slices``, ``edges`` or ``instants``.
        library: ``pandas`` or ``polars``; ``None`` takes the first of them that is installed.

    Raises:
        OptionError: neither is installed, or not the one asked for, or it is another name.
    """
    module, build = _library(library)
    return build(module, TABLES[table](trace))


def _library(asked: str | None) -> tuple[Any, Callable[[Any, Table], Any]]:
    if asked is not None and asked not in _BUILDERS:
        raise OptionError(f"library is one of {', '.join(_BUILDERS)}, not {asked!r}")
    for name in (asked,) if asked else _BUILDERS:
        try:
            return import_module(name), _BUILDERS[name]
        except ImportError:
            continue
    if asked:
        raise OptionError(f"{asked} is not installed: pip install {asked}")
    raise OptionError("data frames need pandas or polars, and neither is installed: pip install pandas")


def _pandas(pandas: Any, table: Table) -> Any:
    return pandas.DataFrame({name: pandas.array(_whole(column.values), dtype=_PANDAS[column.kind]) for name, column in table.items()})


def _polars(polars: Any, table: Table) -> Any:
    # The type is said for every column: an empty one, or one that is all null, tells nothing by itself.
    return polars.DataFrame(
        [polars.Series(name, _whole(column.values), dtype=getattr(polars, _POLARS[column.kind])) for name, column in table.items()]
    )


def _whole(values: Any) -> list[Any]:
    return [sound(value) if type(value) is str else value for value in values]


_BUILDERS: Final[Mapping[str, Callable[[Any, Table], Any]]] = {"pandas": _pandas, "polars": _polars}
