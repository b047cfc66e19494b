"""How a trace looks: a frozen spec, a scene made of plain data, and painters that only paint.

``gantt`` is the entry. ``matplotlib`` is imported by ``mpl*.py`` only, numpy also by ``density``, both when a chart is drawn.
Imports ``analysis`` and below.
"""
