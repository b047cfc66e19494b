"""A chart inside a page: harmless, the same every time, with its picture."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from async_magics.views.explorer import embed
from async_magics.views.spec import ChartOptions

from .samples import hostile, lecture

EN = ChartOptions(lang="en")
PICTURE = '<img alt="a chart" src="data:image/png;base64,AAAA">'


def test_a_fragment_holds_the_picture_the_data_and_the_program() -> None:
    made = embed.fragment(hostile(), EN, PICTURE)
    assert made == embed.fragment(hostile(), EN, PICTURE)
    assert made.count(PICTURE) == 1 and made.count("<script") == 2 and embed.program() in made
    (data,) = re.findall(r'class="am-data">([^<]*)<', made)
    content = json.loads(gzip.decompress(base64.b64decode(data)))
    assert content["version"] == 1 and content["lang"] == "en" and len(content["tasks"]["name"]) == len(hostile().tasks)


def test_a_trace_that_is_too_large_is_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "MOST_SLICES", 10)
    assert embed.fragment(lecture(), EN, PICTURE) == PICTURE


def test_nothing_in_the_program_ends_it_early() -> None:
    for text in (embed.program(), embed.style()):
        assert not re.search(r"</script|</style|<!--", text, re.I)
        assert not re.search(r"^\s|^//|^$", text.rstrip("\n"), re.M)


def test_comments_and_indentation_go_and_lines_stay() -> None:
    code = "/* about\n   this */\nfunction f() {\n  // why\n  return 'a // b'; // c\n\n}\n  /* x */\n/** y\n */\ng();"
    assert embed.small(code) == "function f() {\nreturn 'a // b'; // c\n}\ng();\n"


def test_the_program_has_no_text_over_several_lines() -> None:
    """``small`` would take its indentation away."""
    quoted = r"""'[^'\n]*'|"[^"\n]*"|/[^/\n]*/"""
    assert all(re.sub(quoted, "", line).count("`") % 2 == 0 for line in embed.program().splitlines())
