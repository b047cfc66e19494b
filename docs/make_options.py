"""Write ``options.md`` from the table that the magics themselves read:  python docs/make_options.py."""

from __future__ import annotations

from pathlib import Path

from async_magics.magics.options import OPTIONS, VALUE, Option

HEAD = """# Options

Made from `async_magics/magics/options.py` by `python docs/make_options.py`; a test keeps the two alike.
`%%tasktrace?` shows the same in a notebook.

Values with spaces take quotes: `--title "two words"`. Times are seconds, or have a unit: `50ms`, `2s`, `10min`. Where the last column
says so, `%config TaskTrace.NAME = value` changes the default for the session, and a line `c.TaskTrace.NAME = value` in IPython's
configuration file for good. [Exports](exports.md) lists the formats that `--save` can write; a replay is a `.html`, `.gif` or `.mp4`, a
comparison a `.png`, `.svg` or `.pdf`.

| option | magics | what it does | default | `%config` |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(map(_row, OPTIONS))


def _row(option: Option) -> str:
    wanted = option.metavar or "\\|".join(option.choices)
    typed = " ".join(f"`{flag} {wanted}`" if meant is VALUE else f"`{flag}`" for flag, meant in option.flags.items())
    magics = " ".join(f"`%{name}`" for name in option.magics)
    default = "" if option.default in (None, ()) else f"`{option.default}`"
    return f"| {typed} | {magics} | {option.help} | {default} | {f'`{option.name}`' if option.config else ''} |\n"


if __name__ == "__main__":
    Path(__file__).with_name("options.md").write_text(page(), encoding="utf-8")
