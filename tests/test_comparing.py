"""``compare()``: traces in, something that shows and saves itself out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.views.samples import lecture, like

from async_magics import compare
from async_magics.errors import ExportError, OptionError, OutputExistsError, TraceNotFoundError
from async_magics.recorded import Recorded


def test_recorded_and_plain_traces() -> None:
    found = compare(Recorded(lecture()), like(3), lang="en", title="Both")
    assert found.speedups == (None, None)
    assert [row.name for row in found.rows] == ["In [25]", "In [9]"]
    assert (found.options.title, repr(found)) == ("Both", "<comparison of 'In [25]', 'In [9]'>")


def test_shown_as_text_outside_notebooks(capsys: Any) -> None:
    compare(like(2), like(3), lang="en").show()
    assert "In [9]   1.00 s · as fast" in capsys.readouterr().out


def test_saved_as_a_picture_only(tmp_path: Path) -> None:
    found = compare(like(2), like(3))
    assert found.save(tmp_path / "a" / "both.pdf").read_bytes().startswith(b"%PDF-")
    assert found.save(str(tmp_path / "both.PNG")).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OutputExistsError, match="force"):
        found.save(tmp_path / "both.PNG")
    with pytest.raises(ExportError, match=r"ends in one of \.png \.svg \.pdf"):
        found.save(tmp_path / "both.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "both.PNG"]


@pytest.mark.parametrize(
    ("count", "hint"),
    [(0, "two traces or more"), (1, "two traces or more"), (13, "at most 12")],
)
def test_how_many(count: int, hint: str) -> None:
    with pytest.raises(OptionError, match=hint):
        compare(*[like(2)] * count)


def test_what_is_no_trace_says_what_to_give() -> None:
    notebook: Any = {"In [1]": Recorded(like(2))}
    with pytest.raises(OptionError, match="dict is no trace: take one of its traces by name"):
        compare(notebook, like(2))
    number: Any = 3
    with pytest.raises(OptionError, match="int is no trace: give names"):
        compare(number, like(2))


def test_wrong_options_and_names() -> None:
    with pytest.raises(OptionError, match="no chart option 'colour'"):
        compare(like(2), like(3), colour="red")
    with pytest.raises(TraceNotFoundError):
        compare("nothing", like(2))
