"""The documentation says what is: options as they are, links that lead somewhere, commands that exist."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from pathlib import Path

import pytest

from async_magics.analysis.findings import LINTS
from async_magics.cli import run
from async_magics.cli.main import COMMANDS as COMMAND_MODULES
from async_magics.cli.main import parser
from async_magics.export.tables import TABLES
from async_magics.grading import Checked, CheckedTask
from async_magics.magics.options import OPTIONS, SUFFIXES
from async_magics.testing import TraceScript

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the documentation is not part of this copy")


def test_options_page_is_made_from_the_options() -> None:
    made = runpy.run_path(str(ROOT / "docs/make_options.py"))["page"]()
    assert (ROOT / "docs/options.md").read_text(encoding="utf-8") == made, "run: python docs/make_options.py"


def test_trace_format_page_is_made_from_the_codec() -> None:
    made = runpy.run_path(str(ROOT / "docs/make_trace_format.py"))["page"]()
    assert (ROOT / "docs/trace-format.md").read_text(encoding="utf-8") == made, "run: python docs/make_trace_format.py"


def test_exports_page_lists_every_ending_and_every_column_of_the_frames() -> None:
    text = (ROOT / "docs/exports.md").read_text(encoding="utf-8")
    endings = [ending for row in re.findall(r"^\| ((?:`\.[\w.]+` ?)+)\|", text, re.M) for ending in re.findall(r"`(\.[\w.]+)`", row)]
    assert sorted(endings) == sorted(SUFFIXES)
    listed = dict(re.findall(r"^\| `(\w+)_frame\(\)` \| \w+ \| (.*) \|$", text, re.M))
    trace = TraceScript().trace()
    for name, table in TABLES.items():
        columns = re.findall(r"`(\w+)((?:/_s)?)`", listed.pop(name))
        assert [column for found, both in columns for column in ((found, found[:-2] + "s") if both else (found,))] == list(table(trace))
    assert not listed


def test_grading_page_lists_every_check() -> None:
    table = "\n".join(re.findall(r"^\| `.*\|$", (ROOT / "docs/grading.md").read_text(encoding="utf-8"), re.M))
    of_task = {name for name in vars(CheckedTask) if not name.startswith("_")}
    of_trace = {name for name in vars(Checked) if not name.startswith("_")} - {"task"}
    assert of_task | of_trace == set(re.findall(r"(?:`|\.)(\w+)(?=[( ])", re.sub(r"\|[^|]*\|$", "", table, flags=re.M))) - {"task"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")) if "://" not in target]
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_make_commands_in_the_readme_exist() -> None:
    named = set(re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    rules = set(re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert named == {"lecture", "test"}
    assert named < rules


def test_flags_in_the_pages_exist() -> None:
    known = {flag for option in OPTIONS for flag in option.flags}
    names = ("recording", "languages", "annotating", "looks", "exports", "grading", "comparing")
    for page in [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in names)]:
        for line in page.read_text(encoding="utf-8").splitlines():
            if not any(other in line for other in ("pip install", "notebooks/run.py", "async-magics ")):
                assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)) <= known, (page.name, line)


COMMANDS = re.compile(r"^async-magics (.+)$", re.M)
TYPED = COMMANDS.findall((ROOT / "docs/command-line.md").read_text(encoding="utf-8")) if (ROOT / "docs").is_dir() else []


@pytest.mark.parametrize("typed", TYPED)
def test_commands_in_the_pages_are_understood(typed: str) -> None:
    """Every option is one that the command has; what stands behind a script is the script's."""
    arguments = parser().parse_args(shlex.split(typed))
    if arguments.go is run.go and arguments.path.suffix == ".ipynb":
        run.options_behind(arguments)


def test_the_page_shows_every_command() -> None:
    assert {line.split()[0] for line in TYPED} == {command.NAME for command in COMMAND_MODULES}


def test_every_requirement_is_pinned_for_continuous_integration() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(name for names in project["optional-dependencies"].values() for name in names)]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    pinned = {re.split("==", pin)[0].lower().replace("_", "-") for pin in pins}
    assert {re.split(r"[><=]", name)[0].strip().lower().replace("_", "-") for name in wanted} <= pinned


def test_the_number_of_rules_is_what_the_pages_say() -> None:
    for page in ("README.md", "CHANGELOG.md"):
        assert set(re.findall(r"(\d+) rules", (ROOT / page).read_text(encoding="utf-8"))) == {str(len(LINTS))}, page
