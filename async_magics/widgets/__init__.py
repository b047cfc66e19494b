"""Charts that answer: ipympl's canvas among ipywidgets' controls.

The only folder that imports ipympl, ipywidgets or anywidget, and only when a widget is to be shown. Nothing is computed here: what a
chart shows is ``views``, what it means is ``analysis``. Imports ``views``, ``export``, ``lang`` and ``recorded``; never ``magics``.
"""
