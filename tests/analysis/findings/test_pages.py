"""Every rule has a page; the cells of every page do what the page says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from async_magics.analysis.findings import LINTS
from async_magics.lang import translation
from async_magics.testing import TraceScript
from async_magics.model import TaskKind, Trace

from .notebook import Notebook, codes, told
from .pages import FIRES, FOLDER, SECTIONS, SILENT, Page, index, pages

PAGES = pages()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)


def test_every_rule_has_a_page_with_its_summary_as_heading() -> None:
    assert [(lint.code, lint.summary) for lint in LINTS] == [(page.code, page.summary) for page in PAGES]
    assert all(re.fullmatch(r"AM\d{3}", lint.code) for lint in LINTS)


def test_the_index_lists_every_page() -> None:
    assert index() in (FOLDER / "README.md").read_text(encoding="utf-8"), f"write this into README.md:\n{index()}"


def test_the_rule_that_the_index_shows_as_an_example_works() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.S)
    space: dict[str, Any] = {"__name__": "example"}
    exec(compile(example, "README.md", "exec", dont_inherit=True), space)
    script = TraceScript()
    script.task("a")
    assert list(space["ManyTasks"]().check(script.trace())) == []
    (finding,) = space["ManyTasks"](most=1).check(script.trace())
    assert finding.text(translation("en")) == "2 tasks: is that what you want?"


def test_links_lead_to_files() -> None:
    for path in FOLDER.glob("*.md"):
        targets = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
        assert not [target for target in targets if "://" not in target and not (FOLDER / target).exists()], path.name


@each_page
def test_a_page_has_its_sections(page: Page) -> None:
    assert list(page.sections) == SECTIONS
    assert page.cells(FIRES) and page.cells(SILENT)


LEAST_OF_A_CORE, MOST_LACKED = 0.9, 0.1


def cores_lacked(trace: Trace) -> bool:
    """Whether the threads of a trace together got less than a core, or stood in line for one."""
    threads = [task for task in trace.tasks if task.kind is TaskKind.THREAD]
    begin, end = min(task.begun_ns or 0 for task in threads), max(task.ended_ns or 0 for task in threads)
    busy = sum((task.ended_ns or 0) - (task.begun_ns or 0) for task in threads)
    used, lacked = sum(task.cpu_ns or 0 for task in threads), sum(task.no_core_ns or 0 for task in threads)
    return used < LEAST_OF_A_CORE * (end - begin) or lacked > MOST_LACKED * busy


@each_page
def test_fires(page: Page, notebook: Notebook) -> None:
    ran = notebook.run(page.cells(FIRES), interrupt=page.interrupt(FIRES))
    found = [finding for one in ran for finding in one.findings]
    if not found and page.quiet(FIRES) and cores_lacked(ran[-1].trace):
        pytest.skip("no free core: what the rule measures was not there")
    assert {finding.code for finding in found} == {page.code}, told(found)
    assert [one.trace.problems for one in ran] == [()] * len(ran)


@each_page
def test_does_not_fire(page: Page, notebook: Notebook) -> None:
    ran = notebook.run(page.cells(SILENT), interrupt=page.interrupt(SILENT))
    assert codes(ran) == set(), told([finding for one in ran for finding in one.findings])
    assert [one.error for one in ran] == [None] * len(ran)
