"""Charts of saved notebooks as files, without running anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from async_magics.cli.main import main
from async_magics.model.codec import from_json
from async_magics.views.kept import COMPARISON, MIME, keep_comparison
from async_magics.views.spec import ChartOptions

from .conftest import code, run_of

STEMS = ["02-In-3", "04-pool", "04-pool-2", "05-Slow-b"]


def test_every_chart_is_named_by_its_cell(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "charts"
    assert main(["export", str(lecture), "--to", str(to), "--format", "svg,json"]) == 0
    made = sorted(path.name for path in to.iterdir())
    assert made == sorted(f"{stem}.{ending}" for stem in STEMS for ending in ("svg", "json"))
    told = capsys.readouterr()
    assert told.err == "" and told.out.splitlines() == [str(to / f"{stem}.{ending}") for stem in STEMS for ending in ("svg", "json")]
    assert from_json((to / "02-In-3.json").read_text()).name == "In [3]"


def test_a_second_run_gives_the_same_bytes(lecture: Path, tmp_path: Path) -> None:
    """Also in another process, with another hash seed: nothing depends on the order of sets."""
    assert main(["export", str(lecture), "--to", str(tmp_path / "a")]) == 0
    assert main(["export", str(lecture), "--to", str(tmp_path / "b")]) == 0
    command = [sys.executable, "-m", "async_magics", "export", str(lecture), "--to", str(tmp_path / "c"), "--quiet"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for stem in STEMS:
        first = (tmp_path / "a" / f"{stem}.svg").read_bytes()
        assert first == (tmp_path / "b" / f"{stem}.svg").read_bytes() == (tmp_path / "c" / f"{stem}.svg").read_bytes()


def test_charts_look_as_in_the_notebook_unless_told_otherwise(lecture: Path, tmp_path: Path) -> None:
    assert main(["export", str(lecture), "--to", str(tmp_path / "a")]) == 0
    assert main(["export", str(lecture), "--to", str(tmp_path / "b"), "--theme", "light", "--lang", "ru", "--size", "slide"]) == 0
    dark, light = ((tmp_path / folder / "04-pool-2.svg").read_text() for folder in "ab")
    assert "#16191d" in dark and "Gantt chart of Обед: №1" in dark
    assert "#16191d" not in light and "Диаграмма Ганта" in light
    assert re.search(r'width="(\S+?)pt"', dark)[1] != re.search(r'width="(\S+?)pt"', light)[1]  # type: ignore[index]


def test_nothing_is_replaced_without_force(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "04-pool.svg").write_text("mine")
    asked = ["export", str(lecture), "--to", str(tmp_path / "charts")]
    assert main(asked) == 1
    assert "04-pool.svg exists; give another folder" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["04-pool.svg"]  # nothing was written before it was noticed
    assert main([*asked, "--force"]) == 0
    assert len(list((tmp_path / "charts").iterdir())) == len(STEMS)


@pytest.mark.parametrize(("name", "stem"), [("pool", "04-pool"), ("3", "02-In-3"), ("last", "05-Slow-b"), ("pool (2)", "04-pool-2")])
def test_one_chart(name: str, stem: str, lecture: Path, tmp_path: Path) -> None:
    assert main(["export", f"{lecture}::{name}", "--to", str(tmp_path / "charts")]) == 0
    assert [path.name for path in (tmp_path / "charts").iterdir()] == [f"{stem}.svg"]


def test_a_name_that_is_not_there(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", f"{lecture}::pol", "--to", str(tmp_path / "charts")]) == 1
    assert "did you mean 'pool'?" in capsys.readouterr().err


def test_trace_files_and_several_at_once(saved: Callable[..., Path], lecture: Path, tmp_path: Path) -> None:
    first, second = saved("one", 1.0), saved("two", 2.0)
    to = tmp_path / "charts"
    assert main(["export", str(first), str(second), str(lecture), "--to", str(to), "--format", "csv"]) == 0
    assert sorted(str(path.relative_to(to)) for path in to.rglob("*.csv")) == sorted(
        ["one.csv", "two.csv", *(f"lecture/{stem}.csv" for stem in STEMS)]
    )


def test_two_files_of_one_name_are_refused_before_anything_is_written(
    saved: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = saved("one", 1.0)
    assert main(["export", str(first), str(first), "--to", str(tmp_path / "charts")]) == 1
    assert "would be written twice" in capsys.readouterr().err and not (tmp_path / "charts").exists()


@pytest.mark.parametrize(("formats", "said"), [("svgg", "did you mean svg?"), ("", "--format needs"), ("docx", "known are png, svg")])
def test_formats_that_nothing_writes(formats: str, said: str, lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(lecture), "--format", formats]) == 1
    assert said in capsys.readouterr().err


def test_a_damaged_chart_is_named_and_the_others_are_written(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(lecture.read_text())
    whole["cells"][2]["outputs"][0]["data"][MIME]["trace"] = ["AAAA"]
    whole["cells"][4]["outputs"][0]["data"][MIME]["options"]["theme"] = "neon"
    lecture.write_text(json.dumps(whole))
    assert main(["export", str(lecture), "--to", str(tmp_path / "charts"), "--format", "svg,csv"]) == 1
    told = capsys.readouterr().err
    assert told.count("async-magics: code cell 2 (In [3]):") == 1 and "pool: the kept option was left out: theme is one of" in told
    assert sorted(path.name for path in (tmp_path / "charts").iterdir()) == sorted(
        f"{stem}.{ending}" for stem in STEMS[1:] for ending in ("svg", "csv")
    )


def test_quiet_says_nothing(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(lecture), "--to", str(tmp_path / "charts"), "--format", "csv", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_no_kernel_is_looked_for(lecture: Path, tmp_path: Path) -> None:
    kernels = {"IPython", "ipykernel", "jupyter_client", "nbclient", "zmq"}
    arguments = ["export", str(lecture), "--to", str(tmp_path / "charts"), "--quiet"]
    run = f"import sys; from async_magics.cli.main import main; status = main({arguments!r}); "
    code = run + f"print(status, sorted({{name.split('.')[0] for name in sys.modules}} & {kernels}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "0 []"


def with_comparison(path: Path, content: object) -> Path:
    """Put a sixth code cell with a comparison into a notebook."""
    whole = json.loads(path.read_text())
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": ["CHARTS"], COMPARISON: content}}
    whole["cells"].append(code("%taskcompare a b", output))
    path.write_text(json.dumps(whole))
    return path


def test_comparisons_are_exported_as_pictures(lecture: Path, tmp_path: Path) -> None:
    kept = keep_comparison([run_of("a", 2.0), run_of("b", 1.0)], ChartOptions(lang="en", title="Two ways"))
    assert main(["export", str(with_comparison(lecture, kept)), "--to", str(tmp_path / "to"), "--format", "svg,json"]) == 0
    made = {path.name for path in (tmp_path / "to").iterdir()}
    assert made == {f"{stem}.{ending}" for stem in STEMS for ending in ("svg", "json")} | {"06-Two-ways.svg"}
    assert "Two ways" in (tmp_path / "to/06-Two-ways.svg").read_text()


@pytest.mark.parametrize(
    "content",
    [7, {}, {"format": "async_magics comparison"}, {"format": "async_magics comparison", "version": 1, "traces": []},
     {"format": "async_magics comparison", "version": 1, "traces": [["eA=="]] * 13},
     {"format": "async_magics comparison", "version": 1, "traces": [["eA=="]]}, {"format": "async_magics comparison", "version": 9}],
)  # fmt: skip
def test_a_damaged_comparison_is_named_and_the_charts_are_written(
    content: object, lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(with_comparison(lecture, content)), "--to", str(tmp_path / "to")]) == 1
    assert capsys.readouterr().err.startswith("async-magics: code cell 6 (comparison): ")
    assert len(list((tmp_path / "to").iterdir())) == len(STEMS)


def test_a_whole_notebook_as_one_page(
    lecture: Path, saved: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = keep_comparison([run_of("a", 2.0), run_of("b", 1.0)], ChartOptions(lang="en", title="Two ways"))
    page = tmp_path / "deep" / "page.html"
    asked = ["export", str(with_comparison(lecture, kept)), str(saved("one", 1.0)), str(page)]
    assert main([*asked, "--lang", "ru"]) == 0
    assert capsys.readouterr() == (f"{page}\n", "")
    text = page.read_text()
    titles = re.findall(r'<a href="#chart-(\d+)">([^<]*)</a>', text)
    assert titles == [("1", "In [3]"), ("2", "pool"), ("3", "Обед: №1"), ("4", "Slow &lt;b&gt;"), ("5", "Two ways"), ("6", "one")]
    assert '<html lang="ru">' in text and "<title>Lecture</title>" in text
    assert main(asked) == 1 and "page.html exists; give another name, or --force" in capsys.readouterr().err
    assert main([*asked, "--force", "--quiet", "--title", "Lesson 5"]) == 0 and capsys.readouterr() == ("", "")
    assert "<title>Lesson 5</title>" in page.read_text()


@pytest.mark.parametrize(
    ("behind", "said"),
    [(["--format", "svg"], "leave --to and --format out"), (["--to", "x"], "leave --to and --format out")],
)
def test_a_page_has_one_place(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], behind: list[str], said: str) -> None:
    assert main(["export", str(lecture), str(tmp_path / "page.html"), *behind]) == 1
    assert said in capsys.readouterr().err and not (tmp_path / "page.html").exists()


def test_a_page_needs_a_notebook_and_a_title_needs_a_page(lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "page.html"]) == 1 and "give the notebook before it" in capsys.readouterr().err
    assert main(["export", str(lecture), "--title", "x"]) == 1 and "--title is the heading of a page" in capsys.readouterr().err


def test_a_damaged_chart_is_left_out_of_the_page(lecture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(lecture.read_text())
    whole["cells"][2]["outputs"][0]["data"][MIME]["trace"] = ["AAAA"]
    lecture.write_text(json.dumps(whole))
    assert main(["export", str(lecture), str(tmp_path / "page.html")]) == 1
    assert capsys.readouterr().err.startswith("async-magics: code cell 2 (In [3]):")
    assert (tmp_path / "page.html").read_text().count("<article") == len(STEMS) - 1
