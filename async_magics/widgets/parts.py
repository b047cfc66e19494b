"""What a widget consists of, and its end: ipywidgets keeps every widget that is not closed. Imports ipywidgets."""

from __future__ import annotations

from collections.abc import Iterator

from ipywidgets import Widget


def close_parts(widget: Widget) -> None:
    """Close all that a widget consists of, but not itself."""
    for part in _parts(widget):
        part.close()


def _parts(widget: Widget) -> Iterator[Widget]:
    """Yield children, layouts, styles, toolbars, and theirs."""
    found = {id(widget)}
    todo = [widget]
    for one in todo:
        for value in [getattr(one, name) for name in one.keys]:
            for part in value if isinstance(value, tuple | list) else (value,):
                if isinstance(part, Widget) and id(part) not in found:
                    found.add(id(part))
                    todo.append(part)
    yield from todo[1:]
