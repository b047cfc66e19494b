"""Every exception and warning of the package, and when each is raised.

Imports nothing of ours. Libraries raise these; only ``magics/`` turns them into IPython's ``UsageError``.
A user's own exception is never wrapped in one of them.
"""

from __future__ import annotations


class AsyncMagicsError(Exception):
    """Base of all errors raised by this package. Its text is one line that says what to type instead."""


class OptionError(AsyncMagicsError, ValueError):
    """An option or an argument of ours has a value that makes no sense."""


class TraceNotFoundError(AsyncMagicsError, KeyError):
    """No recorded trace has the name asked for."""

    def __str__(self) -> str:
        """Return the message itself: ``KeyError`` would show its repr."""
        return str(self.args[0]) if self.args else ""


class TraceFormatError(AsyncMagicsError, ValueError):
    """A trace file is damaged, truncated, hostile, or of a schema that this version cannot read."""


class ExportError(AsyncMagicsError):
    """A file cannot be written: unknown suffix, or the writer failed."""


class OutputExistsError(ExportError, FileExistsError):
    """The target exists and ``force`` was not given. Nothing was overwritten."""


class WidgetError(AsyncMagicsError, ImportError):
    """A chart cannot be shown as a widget: a package that it needs is not installed. The text says what to type."""


class RecordingError(AsyncMagicsError, RuntimeError):
    """A recording was used out of order: stopped before it began, read while nothing was recorded."""


class GradingError(AsyncMagicsError, AssertionError):
    """A program did not do what a check wants, or has no task of the name asked for. IPython shows it as one paragraph."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the frames lie inside the check and say nothing."""
        return [f"{type(self).__name__}: {self}"]


class ProcessError(AsyncMagicsError):
    """Base of what is raised in place of a wait that would never end. IPython shows it as one line."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the frames lie inside ``multiprocessing`` and say nothing."""
        return [f"{type(self).__name__}: {self}"]


class NotebookFunctionError(ProcessError):
    """A pool or an executor was to be sent a notebook's function or class that its processes cannot know. Nothing was sent."""


class PoolDiedError(ProcessError):
    """The workers of a pool died with the items of a call: its results can never come."""


class AsyncMagicsWarning(UserWarning):
    """Something of ours did not work and was left out; the user's code went on untouched."""
