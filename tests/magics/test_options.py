from __future__ import annotations

import re

import pytest

from async_magics.errors import OptionError
from async_magics.export import suffixes
from async_magics.export.charts import PICTURES
from async_magics.lang import LANGUAGES
from async_magics.magics import replays
from async_magics.magics.help import help_of
from async_magics.magics.options import (
    CHART,
    COMPARE,
    EXPORT,
    LIST,
    NOTE,
    OPTIONS,
    PROCESSES,
    REPLAY,
    SUFFIXES,
    TRACE,
    VALUE,
    leading_options,
    options_of,
    parse,
)
from async_magics.magics.settings import Settings
from async_magics.views.spec import CHOICES, FEWEST_LANES, MOST_LANES, ChartOptions

ENDINGS = " ".join(SUFFIXES)


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("", {}),
        ("--title Plain", {"title": "Plain"}),
        ('--title "two words"', {"title": "two words"}),
        ("--title 'say \"hi\"'", {"title": 'say "hi"'}),
        (r'--title "say \"hi\""', {"title": 'say "hi"'}),
        ("--title=a=b", {"title": "a=b"}),
        (r"--save C:\new\x.png", {"save": r"C:\new\x.png"}),
        ("--save 'my charts/x.PNG'", {"save": "my charts/x.PNG"}),
        ("--save t.perfetto.json", {"save": "t.perfetto.json"}),
        ("--window 1.2:1.5", {"window": (1_200_000_000, 1_500_000_000)}),
        ("--window '200ms : 2s'", {"window": (200_000_000, 2_000_000_000)}),
        ("--follow 2", {"follow": 2.0}),
        ("--follow 500ms", {"follow": 0.5}),
        ("--follow 10min", {"follow": 600.0}),
        ("--follow=0", {"follow": 0.0}),
        ("--limit 1_000", {"limit": 1000}),
        ("--svg", {"svg": "on"}),
        ("--no-svg --no-args --results --quiet", {"svg": "off", "arguments": False, "results": True, "quiet": True}),
        ("--theme light --theme dark", {"theme": "dark"}),
        ("--calls slow_square", {"calls": ("slow_square",)}),
        ("--calls slow_square,fetch", {"calls": ("slow_square", "fetch")}),
        ("--calls='slow_square, fetch'", {"calls": ("slow_square", "fetch")}),
    ],
)
def test_what_a_line_means(line: str, given: dict[str, object]) -> None:
    assert parse(TRACE, line).given == given


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--thema dark", "%tasktrace has no option '--thema'; did you mean '--theme'?"),
        ("--zzzz", "%tasktrace has no option '--zzzz'"),
        ("--theme drak", "--theme is one of light, dark, print, not 'drak'; did you mean 'dark'?"),
        ("--lang de", "--lang is one of auto, en, ru, not 'de'"),
        ("--title", "--title needs a value: --title TEXT"),
        ("--theme", "--theme needs a value: --theme light|dark|print"),
        ("--quiet=1", "--quiet takes no value; write --quiet alone"),
        ("--window 2:1", "--window is FROM:TO, the earlier moment first, not '2:1'"),
        ("--window 2", "--window is FROM:TO in seconds since the recording began, as in 1.2:1.5 or 200ms:1.5s, not '2'"),
        (
            f"--window 1:1{'0' * 305}",
            "--window is FROM:TO in seconds since the recording began, and no such moment was recorded",
        ),
        ("--window 1:x", "--window is a time in seconds, or with a unit (50ms, 2s, 10min), not 'x'"),
        ("--follow soon", "--follow is a time in seconds, or with a unit (50ms, 2s, 10min), not 'soon'"),
        ("--follow -1", "--follow is a time in seconds, or with a unit (50ms, 2s, 10min), not '-1'"),
        ("--limit 0", "--limit is at least 1, not 0"),
        ("--limit many", "--limit is a whole number, not 'many'"),
        ("--lanes 1", "--lanes is from 2 to 400, not 1"),
        (
            "--save chart.pgn",
            f"--save is a path, but 'chart.pgn' ends in no format that can be written: did you mean .png? known are {ENDINGS}",
        ),
        ("--save chart", f"--save is a path that ends in one of {ENDINGS}, not 'chart'"),
        ("--calls f(x)", "--calls is names of functions with commas between, without dots and brackets: 'f(x)' is none"),
        ("--calls f,", "--calls is names of functions with commas between, without dots and brackets: '' is none"),
        ("--calls", "--calls needs a value: --calls NAMES"),
        ("--keep-runs", "--keep-runs needs --name NAME: a cell without a name has another one at every run"),
        ("--title don't", "the quote is not closed: 't"),
        ("title", "%%tasktrace takes options only, not 'title'; did you mean '--title'?"),
        (
            "--title two words --force",
            "%%tasktrace takes options only, not 'words'; a value with spaces takes quotes: --title \"two words\"",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(line: str, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse(TRACE, line, words=False)
    assert str(refused.value) == message


def test_a_statement_stays_as_it_is() -> None:
    request = leading_options(TRACE, '--title "a b"  f( "x  y",  --2 )  ')
    assert (request.given, request.rest) == ({"title": "a b"}, 'f( "x  y",  --2 )  ')


def test_words_and_options_may_be_mixed() -> None:
    request = parse(CHART, 'In [3] --theme dark "second word"')
    assert (request.words, request.given) == (("In", "[3]", "second word"), {"theme": "dark"})


def test_the_table_offers_what_charts_and_exporters_know() -> None:
    table = {option.name: option for option in OPTIONS}
    assert all(set(table[name].choices) - {"auto"} == set(CHOICES[name]) - {"auto"} for name in CHOICES)
    assert set(table["lang"].choices) == {"auto", *LANGUAGES}
    assert list(SUFFIXES) == suffixes()[: len(SUFFIXES)]
    assert (table["lanes"].least, table["lanes"].most) == (FEWEST_LANES, MOST_LANES)


def test_nothing_given_means_the_defaults_of_chart_and_recording() -> None:
    from async_magics.api import RecordingOptions

    assert Settings().chart() == ChartOptions()
    assert Settings().recording() == RecordingOptions()


def test_later_settings_win() -> None:
    settings = Settings({"theme": "dark", "threshold": 0.1}, {"theme": "print"})
    assert (settings.chart().theme, settings.recording().threshold_ns) == ("print", 100_000_000)


@pytest.mark.parametrize("magic", [TRACE, CHART, NOTE, EXPORT, LIST, PROCESSES])
def test_the_help_names_every_option(magic: str) -> None:
    text = help_of(magic)
    assert all(flag in text for option in options_of(magic) for flag in option.flags)
    assert max(map(len, text.splitlines())) <= 100


def test_the_help_names_the_formats_that_can_be_saved_and_no_others() -> None:
    named = {magic: set(re.findall(r"(?<![\w.])\.[a-z4]+(?:\.json)?\b", help_of(magic))) for magic in (TRACE, EXPORT, REPLAY, COMPARE)}
    assert named[TRACE] == named[EXPORT] == set(SUFFIXES)
    assert named[REPLAY] == set(replays.SUFFIXES)
    assert named[COMPARE] == set(PICTURES)


def test_every_option_that_takes_a_value_says_which() -> None:
    assert all(option.metavar or option.choices for option in OPTIONS if VALUE in option.flags.values())


def test_lanes_and_colours_are_read_from_the_line() -> None:
    given = parse(TRACE, '--label "Task-3=the slow one" --label f=g --color f=red --only "fetch, slow*" --ignore am101,AM202').given
    assert given["label"] == (("Task-3", "the slow one"), ("f", "g"))
    assert (given["color"], given["only"], given["ignore"]) == ((("f", "#d55e00"),), ("fetch", "slow*"), ("AM101", "AM202"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--label slow", "--label is NAME=WHAT"),
        ("--color slow", '--color is NAME=WHAT, as in "slow=red"'),
        ("--color f=rde", "--color 'rde' is no colour: did you mean 'red'"),
        ("--palette runing=red", "--palette names parts of a chart: .*did you mean 'running'"),
        ("--ignore blocking", "--ignore is codes of findings"),
        ("--findings some", "--findings is one of top, all, off"),
    ],
)
def test_wrong_looks_are_refused_before_the_cell_runs(line: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        parse(TRACE, line)


@pytest.mark.parametrize("name", ["last", "3", "In [3]", '" "'])
def test_names_that_mean_others_already_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match="--name is a name of your own"):
        parse(TRACE, f'--name "{name}"' if " " in name and '"' not in name else f"--name {name}")
