"""Every rule has a page; the cells of every page do what the page says."""

from __future__ import annotations

import re

import pytest

from async_magics.analysis.findings import LINTS

from .notebook import Notebook, codes, told
from .pages import FIRES, FOLDER, SECTIONS, SILENT, Page, index, pages

PAGES = pages()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)


def test_every_rule_has_a_page_with_its_summary_as_heading() -> None:
    assert [(lint.code, lint.summary) for lint in LINTS] == [(page.code, page.summary) for page in PAGES]
    assert all(re.fullmatch(r"AM\d{3}", lint.code) for lint in LINTS)


def test_the_index_lists_every_page() -> None:
    assert index() in (FOLDER / "README.md").read_text(encoding="utf-8"), f"write this into README.md:\n{index()}"


@each_page
def test_a_page_has_its_sections(page: Page) -> None:
    assert list(page.sections) == SECTIONS
    assert page.cells(FIRES) and page.cells(SILENT)


@each_page
def test_fires(page: Page, notebook: Notebook) -> None:
    ran = notebook.run(page.cells(FIRES), interrupt=page.interrupt(FIRES))
    found = [finding for one in ran for finding in one.findings]
    assert {finding.code for finding in found} == {page.code}, told(found)
    assert [one.trace.problems for one in ran] == [()] * len(ran)


@each_page
def test_does_not_fire(page: Page, notebook: Notebook) -> None:
    ran = notebook.run(page.cells(SILENT), interrupt=page.interrupt(SILENT))
    assert codes(ran) == set(), told([finding for one in ran for finding in one.findings])
    assert [one.error for one in ran] == [None] * len(ran)
