"""Russian: the words on a chart. ``PLURAL`` is gettext's formula; a text with numbers has one form for 1, one for 2, one for 5."""

from __future__ import annotations

from typing import Final

PLURAL: Final = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
DECIMAL: Final = ","
GROUP: Final = "\u00a0"
TEXTS: Final[dict[str, str | tuple[str, ...]]] = {}
