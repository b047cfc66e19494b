"""What a trace means: figures and judgements read off it. Imports ``model`` and below; never numpy, never a view."""

from .blocking import blocking_rows
from .stats import LoopTime, Stats, TaskTime, stats

__all__ = ["LoopTime", "Stats", "TaskTime", "blocking_rows", "stats"]
