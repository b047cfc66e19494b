"""The chart that a page draws: what it needs to know (``payload``), and the program that draws it (``front``).

The same page program serves the stand-alone HTML file, the canvas in a notebook and the replay. Imports ``analysis``, ``lang``,
``model`` and ``views``; never ipywidgets, never matplotlib.
"""

from .payload import encoded, payload

__all__ = ["encoded", "payload"]
