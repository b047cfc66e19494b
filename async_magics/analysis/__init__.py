"""What a trace means: figures and judgements read off it. Imports ``model`` and below; never numpy, never a view."""

from .blocking import blocking_rows
from .cores import CoreUse, core_use
from .stats import LoopTime, Stats, stats, unfinished, works_of
from .task_times import TaskTime

__all__ = ["CoreUse", "LoopTime", "Stats", "TaskTime", "blocking_rows", "core_use", "stats", "unfinished", "works_of"]
