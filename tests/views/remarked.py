"""A lecture's chart full of remarks: callouts, marks, notes, spans and prints."""

from __future__ import annotations

import dataclasses

from async_magics.model import Instant, InstantKind, Note, Span, Trace
from async_magics.testing import line, ns

from .samples import lecture

ASKS = {"en": "first ask the server whether it is there at all", "ru": "сначала спрашиваем сервер, есть ли он вообще"}
HELD = {"en": "everything waits for Task-113: the loop is held", "ru": "все ждут Task-113: цикл событий занят"}


def remarked(count: int, lang: str = "en") -> Trace:
    """The lecture's trace with a callout in every task, ``count`` marks, notes, nested spans, and prints all over."""
    trace = lecture()
    instants = list(trace.instants)
    for task in range(1, 5):
        at = (trace.tasks[task].begun_ns or 0) + ns(0.001)
        instants.append(Instant(kind=InstantKind.CALLOUT, t_ns=at, task=task, text=ASKS[lang], location=line(7)))
    for number in range(count):
        at, text = ns(0.2 + 0.02 * number), f"mark {number} " + "слово " * (number % 7)
        instants.append(Instant(kind=InstantKind.MARK, t_ns=at, task=1 + number % 3, text=text, location=line(20 + number)))
    printed = range(60)
    instants += (Instant(kind=InstantKind.PRINTED, t_ns=ns(0.03 * n), task=1 + n % 4, text=f"line {n}") for n in printed)
    spans = (
        Span(name="load", task=1, start_ns=ns(0.05), end_ns=ns(1), location=line(4)),
        Span(name="parse the header", task=1, start_ns=ns(0.3), end_ns=ns(0.9), location=line(5)),
        Span(name="far too long for so little", task=2, start_ns=ns(0.3), end_ns=ns(0.32), location=line(6)),
        Span(name="never ends", task=3, start_ns=ns(0.9), location=line(8)),
    )
    notes = (Note(text=HELD[lang], t_ns=ns(0.7)), Note(text="!", t_ns=ns(0.71)), Note(text="cancelled here", t_ns=ns(1.5), task=3))
    return dataclasses.replace(trace, instants=tuple(instants), spans=spans, notes=notes)
