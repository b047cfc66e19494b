"""The widget of ``page``: its program is ``views.explorer.front``, its questions are answered by ``answers``. Imports anywidget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anywidget
from traitlets import Bytes

from ..views.explorer.front import module, style
from .answers import Answers

if TYPE_CHECKING:
    from ..recorded import Recorded
    from ..views.spec import ChartOptions
    from .host import Host


class PageWidget(anywidget.AnyWidget):
    """A canvas that the page draws; arguments as of ``page.explorer``.

    Attributes:
        payload: the trace as the page's program wants it, packed.
    """

    _esm = module()
    _css = style()
    payload = Bytes().tag(sync=True)

    def __init__(self, recorded: Recorded, options: ChartOptions, host: Host | None) -> None:
        self._answers = Answers(recorded, options, self.refresh if host is None else lambda: host.redraw(recorded))
        super().__init__(payload=self._answers.payload())
        self.on_msg(self._asked)

    def refresh(self) -> None:
        """Send the trace as it is now, if it is another."""
        if self._answers.stale:
            self.payload = self._answers.payload()

    def _asked(self, _widget: Any, content: object, _buffers: object) -> None:
        """Answer the page; what goes wrong goes back to it, and not into the kernel's log."""
        reply, buffers = self._answers.answer(content)
        with suppress(Exception):
            self.send(reply, buffers)
