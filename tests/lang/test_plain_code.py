"""Code that is shown: numbered as Python does, nothing invisible in it."""

from __future__ import annotations

from async_magics.lang.plain import code_lines


def test_lines_are_those_that_python_counts() -> None:
    source = "a = 'x\u2028y'\r\n\tb = 1\x0c\rc = 2\n\n"
    assert code_lines(source) == ["a = 'x↵y'", "    b = 1", "c = 2", ""]


def test_what_turns_the_direction_of_writing_is_shown() -> None:
    assert code_lines("x = 'evil\u202eesrever' \x1b[31m  \n  \u2066y") == ["x = 'evil�esrever' �[31m", "  �y"]
