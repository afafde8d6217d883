"""What an art director's Note asks for, and what became of every such Note: rows that change with the rounds they start."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from integration.database import wishes
from integration.production import Note, Person
from integration.workflow.rounds import now_ms

LONGEST_TEXT = 4000
"""Most characters of a Note that are kept."""
LONGEST_PROMPT = 200
"""Most characters that a Note adds to a round's prompt."""
STARTED = "started"
"""The answer to a Note that started a round."""

_PROMPT_LINE = re.compile(r"^\s*(?:prompt|プロンプト)\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A Note that may start new drafts."""

    note: str
    by: Person
    text: str
    """Subject and content, without what no tracker shows, at most `LONGEST_TEXT` long; untrusted."""
    prompt_words: str
    """What its lines ``prompt:`` add to the prompt, at most `LONGEST_PROMPT` long; untrusted."""
    drawings: tuple[str, ...] = ()
    """SHA-256 of the pictures that came with it, in the store; sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One round that a Note started."""

    draft: str
    part: str


def asks(note: Note, words: Sequence[str]) -> bool:
    """Whether one of `words` stands in the Note, in whatever letters and widths."""
    said = _plain(text_of(note))
    return any(_plain(word) in said for word in words)


def text_of(note: Note) -> str:
    """What the Note says, as `Wish.text`."""
    text = "\n".join(filter(None, (note.subject, note.content)))
    return "".join(c for c in text[: 2 * LONGEST_TEXT] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))[:LONGEST_TEXT]


def prompt_words_of(note: Note) -> str:
    """What the Note adds to the prompt, as `Wish.prompt_words`."""
    found = _PROMPT_LINE.findall(unicodedata.normalize("NFKC", text_of(note)))
    return ", ".join(filter(None, (" ".join(line.split()) for line in found)))[:LONGEST_PROMPT].rstrip(", ")


def is_answered(connection: sa.Connection, *, site: str, note: str) -> bool:
    """Whether the Note started a round already, or was refused one."""
    place = (wishes.c.site == site) & (wishes.c.note == note)
    return connection.execute(sa.select(wishes.c.answer).where(place).limit(1)).scalar() is not None


def answer(connection: sa.Connection, *, site: str, note: str, part: str, answer: str, draft: str = "", former: str = "") -> None:
    """Remember what became of a Note: `STARTED` with the key of the round and the one it takes the place of, or why none was."""
    connection.execute(wishes.insert().values(site=site, note=note, part=part, draft=draft, former=former, answer=answer, at_ms=now_ms()))


def granted(connection: sa.Connection, *, site: str, note: str) -> list[Granted]:
    """The rounds a Note started, by part."""
    place = (wishes.c.site == site) & (wishes.c.note == note) & (wishes.c.draft != "")
    rows = connection.execute(sa.select(wishes).where(place).order_by(wishes.c.part))
    return [Granted(draft=row.draft, part=row.part) for row in rows]


def rounds_in_turn(connection: sa.Connection, draft: str) -> int:
    """How many rounds an approved genzu had up to `draft`: 1, and 1 for each that a Note started in the place of another."""
    count, key = 1, draft
    while key := connection.execute(sa.select(wishes.c.former).where(wishes.c.draft == key)).scalar() or "":
        count += 1
    return count


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
