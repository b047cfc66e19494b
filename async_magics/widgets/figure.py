"""The chart that the kernel draws: one ipympl canvas among controls.

Imports this folder when a widget is made, which needs ipympl, ipywidgets and anywidget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import WidgetError

if TYPE_CHECKING:
    from ..recorded import Recorded
    from ..views.spec import ChartOptions
    from .host import Host


def explorer(recorded: Recorded, options: ChartOptions, host: Host | None = None) -> Any:
    """Return the widget, which IPython displays.

    Args:
        recorded: what it shows.
        options: how, as the static chart.
        host: who redraws the charts of the trace when a note is added; ``None``: there are no others.

    Raises:
        WidgetError: one of ipympl, ipywidgets and anywidget is not installed; with what to type.
    """
    try:
        from .figure_widget import FigureWidget
    except ImportError as error:
        raise WidgetError(f'{error.name} is not installed: pip install "async_magics[widget]"') from error
    return FigureWidget(recorded, options, host)
