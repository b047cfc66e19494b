"""A chart that can be explored, in whatever page it stands: found by ``root.asyncMagics``, used with mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Locator

WITHIN_MS: Final = 20_000
_PLAIN: Final = "(key, value) => value instanceof Set ? [...value] : ArrayBuffer.isView(value) ? [...value] : value"


class Explorer:
    """One chart.

    Args:
        root: its element.
    """

    def __init__(self, root: Locator) -> None:
        root.wait_for(timeout=WITHIN_MS)
        self.root = root
        self.page = root.page
        self.until("view.rows().length > 0 && view.frame")

    def ask(self, expression: str, argument: Any = None) -> Any:
        """Return what an expression with ``view`` (and ``given``) in it is worth, as plain data."""
        script = f"(root, given) => {{ const view = root.asyncMagics; return JSON.stringify({expression}, {_PLAIN}) ?? 'null'; }}"
        return self.page.evaluate("JSON.parse", self.root.evaluate(script, argument))

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait until an expression with ``view`` (and ``given``) in it is true."""
        script = f"([root, given]) => {{ const view = root.asyncMagics; return view && ({condition}); }}"
        self.page.wait_for_function(script, arg=[self.root.element_handle(), argument], timeout=WITHIN_MS)

    @property
    def state(self) -> dict[str, Any]:
        """What is shown now."""
        found: dict[str, Any] = self.ask("view.state")
        return found

    def rows(self) -> list[str]:
        """Return name and call of the rows that are shown."""
        return [f"{row['name']} {row['detail']}".strip() for row in self.ask("view.rows()")]

    def span(self) -> float:
        """Return how many nanoseconds the window covers."""
        state = self.state
        return float(state["to_ns"] - state["from_ns"])

    def row(self, call: str) -> int:
        """Return the number of the row that has a text in it."""
        return next(number for number, row in enumerate(self.rows()) if call in row)

    def point(self, call: str, t_ns: float) -> tuple[float, float]:
        """Return where on the page a row is at a moment."""
        canvas = self.root.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        x, y = self.ask("[view.frame.x(given[1]), view.frame.middle(given[0])]", [self.row(call), t_ns])
        return box["x"] + x, box["y"] + y

    def hover(self, call: str, t_ns: float) -> str:
        """Point at a row at a moment; return what is told of it."""
        self.page.mouse.move(*self.point(call, t_ns))
        tip = self.root.locator(".am-tip")
        tip.wait_for(timeout=WITHIN_MS)
        return tip.inner_text()

    def click(self, call: str, t_ns: float) -> None:
        """Click at a row at a moment."""
        self.page.mouse.click(*self.point(call, t_ns))

    def press(self, key: str) -> None:
        """Press a key while the chart has the focus."""
        self.root.locator("canvas").first.focus()
        self.page.keyboard.press(key)

    def button(self, name: str) -> Locator:
        """Return a button by its name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def middle(self, task_call: str) -> float:
        """Return the middle of the longest wait of a task, by its call."""
        script = """(() => {
            const task = view.data.tasks.call.findIndex(call => call.includes(given)), table = view.data.slices;
            const lane = view.data.lanes.task.indexOf(task);
            let best = table.first[lane];
            for (let at = best; at < table.first[lane + 1]; at++) if (table.length[at] > table.length[best]) best = at;
            return table.start[best] + table.length[best] / 2;
        })()"""
        return float(self.ask(script, task_call))
