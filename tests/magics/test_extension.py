from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest

from async_magics import load_ipython_extension, unload_ipython_extension
from async_magics.errors import AsyncMagicsWarning
from async_magics.magics.extension import load_into, loaded, unload_from

from ..conftest import patchable_objects
from .fakes import Drawing, Recordings


def touched(shell: Any) -> dict[str, Any]:
    """Return everything that loading touches, item by item."""
    manager, transformers = shell.magics_manager, shell.input_transformer_manager
    lists = {
        "line_transforms": transformers.line_transforms,
        "cleanup_transforms": transformers.cleanup_transforms,
        "ast_transformers": shell.ast_transformers,
        "configurables": shell.configurables,
        "custom_matchers": shell.Completer.custom_matchers,
        **{f"event {name}": callbacks for name, callbacks in shell.events.callbacks.items()},
    }
    tables = {
        "registry": manager.registry,
        **{f"{kind} magics": magics for kind, magics in manager.magics.items()},
        "config": shell.config,
        "hooks": shell.strdispatchers.get("complete_command").strs,
        "shell": vars(shell),
        "namespace": shell.user_ns,
    }
    found: dict[str, Any] = {**lists, **tables}
    for name, items in lists.items():
        found.update({f"{name} {number}": item for number, item in enumerate(items)})
    for name, table in tables.items():
        found.update({f"{name} {key}": value for key, value in list(table.items())})
    return found


IGNORED = ("shell _last_input_line", "shell _trait_values", "namespace _", "shell last_execution", "shell tempfiles")


def different(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [name for name in {**before, **after} if before.get(name) is not after.get(name) and not name.startswith(IGNORED)]


@pytest.mark.parametrize("times", [1, 2])
def test_unloading_leaves_every_object_as_it_was(bare: Any, times: int) -> None:
    before, patchable = touched(bare), patchable_objects()
    for _ in range(times):
        load_ipython_extension(bare)
        assert different(before, touched(bare))
        unload_ipython_extension(bare)
    assert different(before, touched(bare)) == []
    assert {name for name, value in patchable_objects().items() if patchable.get(name, value) is not value} == set()


def test_loading_twice_is_loading_once(bare: Any) -> None:
    load_ipython_extension(bare)
    once = touched(bare)
    load_ipython_extension(bare)
    assert different(once, touched(bare)) == []


def test_unloading_what_is_not_loaded(bare: Any) -> None:
    before = touched(bare)
    unload_ipython_extension(bare)
    assert different(before, touched(bare)) == []


def test_a_magic_of_the_users_comes_back(bare: Any) -> None:
    def tasktrace(line: str) -> str:
        return "the user's"

    bare.register_magic_function(tasktrace, "line", "tasktrace")
    load_into(bare)
    unload_from(bare)
    assert bare.run_line_magic("tasktrace", "") == "the user's"


@pytest.mark.parametrize("magic", ["unload_ext", "reload_ext"])
def test_unloading_inside_a_traced_cell(bare: Any, magic: str) -> None:
    patchable = patchable_objects()
    for line in ("%load_ext async_magics", f"%%tasktrace --quiet\n%{magic} async_magics\nx = 6 * 7\nx"):
        result = bare.run_cell(line)
    assert (result.result, result.success) == (42, True)
    assert bare.run_cell("%%tasktrace --quiet\n7").success == (magic == "reload_ext")
    bare.run_cell("%unload_ext async_magics")
    now = patchable_objects()
    assert [name for name in patchable if now.get(name) is not patchable[name]] == []


def test_settings_by_config(bare: Any, recordings: Recordings) -> None:
    load_into(bare, make_recording=recordings, draw=Drawing)
    bare.run_cell("%config TaskTrace.theme = 'dark'")
    bare.run_cell("%config TaskTrace.follow = 1.5")
    assert loaded(bare).configured()["theme"] == "dark"
    bare.run_cell("%%tasktrace --theme print\n1")
    assert recordings.last.options.follow_s == 1.5


def test_a_stored_setting_that_makes_no_sense(bare: Any) -> None:
    bare.config.TaskTrace.theme = "neon"
    bare.config.TaskTrace.size = "slide"
    with pytest.warns(AsyncMagicsWarning, match="neon"):
        load_into(bare)
    assert (loaded(bare).theme, loaded(bare).size) == ("light", "slide")
    assert [type(item).__name__ for item in bare.configurables].count("TaskTrace") == 1
    unload_from(bare)
    with warnings.catch_warnings():
        warnings.simplefilter("error", AsyncMagicsWarning)
        load_into(bare)


def test_config_lists_the_settings(bare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    load_into(bare)
    bare.run_cell("%config TaskTrace")
    told = capsys.readouterr().out
    assert all(
        f"TaskTrace.{name}=" in told
        for name in ("theme", "lang", "size", "svg", "follow", "threshold", "limit", "results", "arguments", "keep")
    )


def imported_by(code: str) -> set[str]:
    program = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(ran.stdout.splitlines()[-1].split())


def test_importing_the_package_imports_nothing() -> None:
    assert imported_by("import async_magics") <= {"async_magics", "__future__"}


def test_loading_imports_nothing_heavy() -> None:
    shell = "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\nbefore |= set(sys.modules)\n"
    names = imported_by(shell + "shell.run_line_magic('load_ext', 'async_magics')")
    ours = {name for name in names if name.startswith("async_magics")}
    assert not {"matplotlib", "numpy", "ipywidgets", "asyncio.events"} & names
    assert not {name for name in ours if name.split(".")[1:2] in (["views"], ["export"], ["model"], ["recorder"], ["api"], ["analysis"])}


def test_tracing_without_a_chart_imports_no_matplotlib() -> None:
    shell = "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\n"
    names = imported_by(shell + "shell.run_line_magic('load_ext', 'async_magics')\nshell.run_cell('%%tasktrace\\n1')\nprint()")
    assert "async_magics.api" in names
    assert "matplotlib" not in names


def test_public_names() -> None:
    import async_magics
    from async_magics import api

    assert (async_magics.trace, async_magics.load) == (api.trace, api.load)
    assert set(async_magics.__all__) <= set(dir(async_magics))
    assert async_magics.__version__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        async_magics.nothing  # noqa: B018
