"""The IPython face: the cell run natively and recorded, the magics, their options, ``%config`` and completion.

The only place that may import IPython. Nothing is imported here, so that ``%load_ext`` takes only what it needs.
"""
