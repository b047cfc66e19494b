"""The command line, ``async-magics``: one module for each command, with ``add`` (its options) and ``go`` (what it does).

Imports ``api`` and what is below it, when a command needs it; never ``magics``. ``nbclient`` only where a notebook is run.
"""
