"""How wide the page is where a widget stands: the picture would be cut off where it is narrower. Imports anywidget."""

from __future__ import annotations

import anywidget
from traitlets import Int


class Room(anywidget.AnyWidget):
    """A line of no height that measures itself.

    Attributes:
        width: in the page's pixels; 0 until a page has shown it.
    """

    _esm = """
export default {
  render({ model, el }) {
    el.style.cssText = "width: 100%; height: 0; margin: 0";
    const measure = () => {
      const width = Math.floor(el.getBoundingClientRect().width);
      if (width > 0 && width !== model.get("width")) {
        model.set("width", width);
        model.save_changes();
      }
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(el);
    measure();
    return () => watcher.disconnect();
  },
};
"""
    width = Int(0).tag(sync=True)
