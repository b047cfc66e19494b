"""How the page looks: light and dark by the reader's system, and on paper. Imports ``views.theme`` for the chart's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..views.theme import THEMES

if TYPE_CHECKING:
    from ..views.spec import ThemeName
    from ..views.theme import Theme

STYLE: Final = """
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);color-scheme:var(--scheme)}
body{margin:0 auto;max-width:1160px;padding:24px 28px 40px;font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
body:has(.am-taken){max-width:1480px}
h1{font-size:26px;line-height:1.25;margin:0 0 14px;overflow-wrap:anywhere}
h2{font-size:18px;margin:34px 0 10px;padding-top:12px;border-top:1px solid var(--grid);overflow-wrap:anywhere}
h3{font-size:16px;margin:26px 0 8px}
nav ol{padding-left:2.2em}
nav li{margin-bottom:9px}
nav .name{color:var(--faint);margin-left:6px}
nav .more{font-size:14px}
article{margin-top:44px}
article>h2{font-size:22px}
.back{color:var(--faint);text-decoration:none;font-size:16px;padding:0 6px}
p,li{max-width:76ch;overflow-wrap:anywhere}
figure{margin:0;overflow-x:auto}
figcaption{max-width:76ch;margin-top:6px;overflow-wrap:anywhere}
img{display:block;max-width:100%;height:auto}
a{color:var(--link)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
th,td{text-align:left;padding:3px 16px 3px 0;vertical-align:top;border-bottom:1px solid var(--grid)}
.notes td:last-child{overflow-wrap:anywhere;min-width:12ch}
th{color:var(--faint);font-weight:600}
.n{text-align:right;white-space:nowrap}
.figures caption{display:none}
.figures>div{overflow-x:auto}
.figures>div>div{color:var(--faint);font-size:13px}
.figures th,.figures td{padding:2px 8px}
td.n,th.n{text-align:right}
.figures th{white-space:normal}
code{font-size:.92em;background:var(--grid);border-radius:3px;padding:1px 4px}
.figures table{font-size:13px}
.findings li{margin-bottom:10px}
.findings .code{color:var(--faint);font-size:13px;margin-left:6px}
.more,footer{color:var(--faint);font-size:14px}
pre,code,.source td{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,monospace}
.source table{font-size:13.5px;line-height:1.45;width:100%}
.source td{border:0;padding:0 14px 0 0;white-space:pre-wrap}
.source .n{color:var(--faint);user-select:none;width:1%}
.source tr.told td{background:var(--told)}
.source tr:target td{outline:2px solid var(--link);outline-offset:-1px}
footer{margin-top:40px}
@media print{
body{max-width:none;padding:0;font-size:10pt}
table,.source table{font-size:8.5pt}
th,td{padding-right:9px}
.figures div{overflow:visible}
.figures th,.figures td{padding:2px 4px;white-space:normal}
.scroll,figure{overflow:visible}
h2{break-after:avoid}
figure,li,tr{break-inside:avoid}
article{margin-top:0;break-before:page}
.back{display:none}
a{color:inherit;text-decoration:none}
}
@page{margin:14mm}
"""


def colors(theme: ThemeName) -> str:
    """Return the colours: light and dark in turn for ``light``, else those of the theme alone. Paper is always light."""
    if theme != "light":
        return f":root{{{_variables(THEMES[theme], 'dark' if theme == 'dark' else 'light')}}}"
    light, dark = _variables(THEMES["light"], "light"), _variables(THEMES["dark"], "dark")
    swap = "img.light{display:none}img.dark{display:block}"
    return f":root{{{light}}}img.dark{{display:none}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}{swap}}}"


def _variables(theme: Theme, scheme: str) -> str:
    told = theme.waiting.face
    return (
        f"--paper:{theme.paper};--ink:{theme.ink};--faint:{theme.faint};--grid:{theme.grid};--told:{told};"
        f"--link:{theme.running.face};--scheme:{scheme}"
    )
