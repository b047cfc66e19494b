"""The help of each magic, made from the table of options. Imports ``options`` only."""

from __future__ import annotations

import textwrap
from typing import Final

from .options import CHART, COMPARE, EXPORT, LIST, NOTE, PROCESSES, REPLAY, STATS, SUFFIXES, TRACE, VALUE, Option, options_of

_FORMATS: Final = f"""\
        The PATH of a file that is written ends in one of

          {" ".join(SUFFIXES)}"""
_USES: Final = {
    TRACE: f"""\
        Run a cell as it would run without this line, record its asyncio tasks, draw them below it.

          %%tasktrace [options]            first line of a cell: this cell
          %tasktrace [options] statement   this one line
          %tasktrace on [options]          every following cell
          %tasktrace off                   no longer

{_FORMATS}""",
    CHART: """\
        Draw a recorded trace again, with other options.

          %taskchart [NAME] [options]

        NAME is the cell's number (25), what --name gave, or last, which is also what no name means.""",
    COMPARE: """\
        Draw traces under each other on one time axis, and say how much faster each is than the first.

          %taskcompare NAME NAME... [options]
          %taskcompare NAME NAME... --save PATH     a picture (.png, .svg, .pdf) of it, too

        NAME is the cell's number (25), what --name gave, or last.""",
    REPLAY: """\
        Go through a recorded trace step by step: the code with the lines where tasks stand, who is ready, timers, prints.

          %taskreplay [NAME] [options]
          %taskreplay [NAME] --save PATH     a page (.html) or a film (.gif, .mp4) of it, too

        NAME is the cell's number (25), what --name gave, or last, which is also what no name means.""",
    NOTE: """\
        Add a numbered remark to a chart that is there already; it is redrawn in place.

          %tasknote [NAME] "TEXT" --at SECONDS [--task TASK]
          %tasknote [NAME]                list the notes of a trace
          %tasknote [NAME] --remove N     take one away

        NAME is the cell's number (25), what --name gave, last, which is also what no name means,
        or a variable that holds a trace.""",
    STATS: """\
        Show the figures of a trace as a table: where the time of each task went.

          %taskstats [NAME]""",
    EXPORT: f"""\
        Write recorded traces to files; the ending of the path chooses the format.

          %taskexport [NAME] PATH... [options]
          %taskexport --all PATH... [options]    a * in the path stands for each trace's name

{_FORMATS}""",
    LIST: """\
        List the traces of this session.

          %tasklist""",
    PROCESSES: """\
        Choose how functions and classes of this notebook go to Process, Pool and ProcessPoolExecutor.

          %taskprocesses by-value   as they are, with the variables they use: works under every start method
          %taskprocesses by-name    as a name that the process looks up: Python's way, works under fork
          %taskprocesses            say which it is""",
}


def help_of(magic: str) -> str:
    """Return what ``%%magic?`` shows."""
    text = textwrap.dedent(_USES[magic])
    options = options_of(magic)
    if not options:
        return text
    return f"{text}\n\nOptions:\n" + "\n".join(_line(option) for option in options) + _config(options)


def _line(option: Option) -> str:
    wanted = option.metavar or "|".join(option.choices)
    typed = ", ".join(f"{flag} {wanted}" if meant is VALUE else flag for flag, meant in option.flags.items())
    default = f" (default: {option.default:,})" if type(option.default) in (int, float) else ""
    if option.choices and VALUE in option.flags.values():
        default = f" (default: {option.default})"
    told = textwrap.wrap(option.help + default, 84)
    return f"  {typed}\n" + "\n".join(f"      {line}" for line in told)


def _config(options: tuple[Option, ...]) -> str:
    names = [option.name for option in options if option.config]
    if not names:
        return ""
    told = textwrap.fill(f"%config TaskTrace.NAME = value changes the default of: {', '.join(names)}.", 90)
    return f"\n\n{told}"
