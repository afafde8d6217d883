"""What every form of the tracker's menu carries: when it was shown, so that it counts once and not for ever."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from integration.ledger.entry import milliseconds

SHOWN = "shown"
"""Name of the field that says when a form was shown: UTC milliseconds by the tracker's clock."""
LIFE = timedelta(hours=1)
"""How long a form may be answered."""
LONGEST_LINE = 200
"""Most characters of a text from the tracker in a form or a message."""
LONGEST_REASON = 400
"""Most characters of a reason."""
_EARLY = timedelta(minutes=1)


def shown_ms(answers: Mapping[str, str], now: datetime) -> int | None:
    """When the form was shown, as its answers say; None when they do not, or when that is too long ago or yet to come.

    `now` is the tracker's clock, aware UTC.
    """
    said = answers.get(SHOWN, "")
    shown = int(said) if said.isascii() and said.isdecimal() and len(said) <= 15 else 0
    return shown if milliseconds(now - LIFE) <= shown <= milliseconds(now + _EARLY) else None


def in_one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """`text`, of people or settings, without line breaks and what cannot be seen, such as marks that turn its direction, and bounded."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text[: 4 * longest])
    line = " ".join(seen.split())
    return line if len(line) <= longest else f"{line[:longest]}…"
