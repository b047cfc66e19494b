"""What stands below the picture: findings, figures, causes, notes, files. Imports ipywidgets and ``views``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ipywidgets import HTML, Button, Dropdown, HBox, Label, Layout, Tab, Text, VBox

from ..analysis.findings import Finding
from ..errors import AsyncMagicsError
from ..export.charts import PICTURES
from ..lang import Catalogue
from ..lang.plain import clean
from ..model import EdgeKind
from ..views import labels
from ..views.axis import moment
from ..views.exploring import Exploring
from ..views.shown import ShownPart
from ..views.window_table import window_table
from .files import save_picture_beside
from .parts import close_parts

if TYPE_CHECKING:
    from ..recorded import Recorded

MOST_FINDINGS: Final = 50
FINDINGS, FIGURES, CAUSES, NOTE, SAVE = range(5)
_WIDE: Final = {"width": "auto", "height": "auto"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Panels:
    """The tabs below the picture.

    Args:
        words: the language.
        place: whose place they show, and move.
        recorded: to what notes are added.
        moved: called when something else is to be shown.
        noted: called when a note was added.

    Attributes:
        box: the tabs.
    """

    def __init__(
        self, words: Catalogue, place: Exploring, recorded: Recorded, moved: Callable[[], None], noted: Callable[[], None]
    ) -> None:
        self._words, self._place, self._recorded, self._moved, self._noted = words, place, recorded, moved, noted
        self._figures, self._causes = HTML(), HTML()
        self._spot, self._said = Label(), HTML()
        self._text = Text(
            placeholder=words.gettext("type what the note should say"), tooltip=words.gettext("note"), layout=Layout(width="420px")
        )
        self._kind = Dropdown(options=PICTURES, value=".png", tooltip=words.gettext("save as"), layout=Layout(width="90px"))
        self._saved = HTML()
        titles = {FINDINGS: "Findings", FIGURES: "Figures", CAUSES: "causes", NOTE: "note", SAVE: "save as"}
        self._found = VBox(list(self._findings()))
        pages = (self._found, self._figures, self._causes, self._note_page(), self._save_page())
        self.box = Tab(children=pages, titles=[_capital(words.gettext(title)) for title in titles.values()], selected_index=FINDINGS)
        self.box.observe(lambda _change: self.follow(), "selected_index")
        self.follow()

    def renew(self) -> None:
        """Show what was found in a trace that went on."""
        before, self._found.children = self._found.children, tuple(self._findings())
        for shown in before:  # a button that nobody closes lives for ever, and we with it
            close_parts(shown)
            shown.close()

    def follow(self) -> None:
        """Show the figures and the causes of what is shown now, where they can be seen."""
        if self.box.selected_index == FIGURES:
            self._figures.value = window_table(self._place.basis, self._place.window).html()
        self._causes.value = "<br>".join(map(escape, self._chain()))
        self._spot.value = self._where()

    # ---------------------------------------------------------------------------------------------------------- findings
    def _findings(self) -> Iterator[Any]:
        found = self._place.facts.findings(self._place.options.ignore)[:MOST_FINDINGS]
        if not found:
            yield Label(self._words.gettext("no findings"))
        for finding in found:
            yield self._finding(finding)

    def _finding(self, finding: Finding) -> Any:
        text = clean(f"{finding.code}  {finding.what.say(self._words)}", 400)
        made = Button(description=text, tooltip=clean(finding.text(self._words), 900), layout=_WIDE)
        made.style.text_align = "left"
        made.add_class("am-finding")
        made.on_click(lambda _button: self._jump(finding))
        return made

    def _jump(self, finding: Finding) -> None:
        self._place.jump(finding.start_ns, finding.end_ns, finding.tasks[0] if finding.tasks else None)
        self._moved()

    # ------------------------------------------------------------------------------------------------------------ causes
    def _chain(self) -> Sequence[str]:
        words, place, chosen = self._words, self._place, self._place.chosen
        if chosen is None:
            return (words.gettext("Click a lane, or go to it with the arrow keys and press Enter."),)
        lines = [f"{self._name(chosen[0])} · {moment(words, chosen[1], place.trace.end_ns)}"]
        for step in place.chain:
            text = words.gettext("woken by {}") if step.kind is EdgeKind.WAKE else words.gettext("created by {}")
            lines.append(f"← {text.format(self._name(step.source))} · {moment(words, step.t_ns, place.trace.end_ns)}")
        return lines

    def _name(self, task: int) -> str:
        found = self._place.trace.tasks[task]
        return labels.task_name(found) if task else self._words.gettext("cell")

    # ------------------------------------------------------------------------------------------------------------- notes
    def _note_page(self) -> Any:
        add = Button(description=self._words.gettext("add a note"), layout=Layout(width="auto"))
        add.on_click(lambda _button: self._add())
        return VBox([self._spot, HBox([self._text, add]), self._said])

    def _where(self) -> str:
        cursor = self._place.cursor
        t_ns = self._place.window.start_ns if cursor is None else cursor.t_ns
        who = self._words.gettext("the chart as a whole") if cursor is None or cursor.task is None else self._name(cursor.task)
        text = self._words.gettext("{when}, {who}; click into the chart for another place")
        return text.format(when=moment(self._words, t_ns, self._place.trace.end_ns), who=who)

    def _add(self) -> None:
        cursor = self._place.cursor
        t_ns = self._place.window.start_ns if cursor is None else cursor.t_ns
        task = None if cursor is None or cursor.task is None else self._place.trace.tasks[cursor.task]
        try:
            self._recorded.note(self._text.value, at=t_ns / 1e9, task=task)
        except AsyncMagicsError as error:
            self._said.value = escape(str(error))
            return
        self._text.value = ""
        self._said.value = escape(self._words.gettext("the note is on the chart"))
        self._noted()

    # ------------------------------------------------------------------------------------------------------------- files
    def _save_page(self) -> Any:
        save = Button(description=self._words.gettext("save what is shown"), icon="download", layout=Layout(width="auto"))
        save.on_click(lambda _button: self._save())
        return VBox([HBox([self._kind, save]), self._saved])

    def _save(self) -> None:
        chart = ShownPart(self._place.basis, self._place.window)
        try:
            self._saved.value = escape(save_picture_beside(chart, self._place.trace.name, self._kind.value).name)
        except AsyncMagicsError as error:
            self._saved.value = escape(str(error))
