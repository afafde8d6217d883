"""The page on which people say what became of a draft, and the one that shows what happened. Knows nothing of HTTP but a status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from integration.ledger import people
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Verdict
from integration.production import Person
from integration.studio import Studio
from integration.tracker.menu import Menu, MenuError
from integration.web import words
from integration.web.seal import Seal
from integration.web.words import Refusal, Words
from integration.workflow import menu_words, rounds
from integration.workflow.finality import is_final
from integration.workflow.outcome import Drafted, said_of
from integration.workflow.outcome_by_menu import Bar, tell, theirs
from integration.workflow.withdrawal import rules_of
from integration.workflow.words import draft_name

log = structlog.get_logger(__name__)

_MOST_DRAFTS = 24
"""Most drafts on one page: the tracker is asked about each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown."""

    status: int
    """HTTP's."""
    message: Words | None = None
    """What happened, or why nothing did."""
    cards: tuple["Card", ...] = ()
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One draft on a page."""

    name: str
    said: tuple[Mapping[str, Any], ...]
    """What was said of it, newest first: ``words``, ``who``, ``at``, ``index``."""
    token: str = ""
    """Of its buttons; empty when nothing can be said any more."""
    note: Words | None = None
    """Why not."""


def refused(refusal: Refusal) -> Page:
    """The page of a refusal."""
    return Page(status=refusal.status, message=refusal.words)


@dataclass(frozen=True, slots=True)
class OutcomePages:
    """The pages of one studio."""

    studio: Studio
    menu: Menu | None
    """None where the tracker's menu calls no page."""
    seal: Seal = field(default_factory=Seal)

    def choices(self, body: bytes) -> Page:
        """The page behind the menu item: what was said so far of each draft, and buttons. Nothing is written.

        Raises:
            TransientTrackerError: the tracker does not answer.
        """
        now = datetime.now(UTC)
        if self.menu is None:
            return refused(words.NO_PAGE)
        try:
            call = self.menu.read(body, now=now)
        except MenuError as error:
            log.warning("menu refused", why=error.fault.value)
            return refused(words.FAULTS[error.fault])
        found = theirs(self.studio, call)
        if isinstance(found, Bar):
            return refused(words.BARRED[found])
        cards = tuple(self._card(draft, found.person, at=call.at, now=now) for draft in found.drafts[:_MOST_DRAFTS])
        others = found.others or len(cards) < len(found.drafts)
        return Page(status=200, cards=cards, notes=(words.OTHERS,) if others else ())

    def say(self, token: str, outcome: str) -> Page:
        """Record what a button says, once for its page, and show what happened. Raises as `choices`."""
        now = datetime.now(UTC)
        choice = self.seal.opened(token, now=now)
        if choice is None:
            return refused(words.EXPIRED)
        told = tell(self.studio, choice.person, choice.version, outcome, shown_ms=choice.at_ms, now=now)
        if isinstance(told, Bar):
            return refused(words.BARRED[told])
        card = self._card(told.draft, told.person, at=now, now=now)
        message = menu_words.OLD if told.old else menu_words.recorded(told.index, told.outcome)
        return Page(status=409 if told.old else 200, message=message, cards=(card,))

    def _card(self, draft: Drafted, person: Person, *, at: datetime, now: datetime) -> Card:
        rules = rules_of(self.studio, draft.round)
        with self.studio.engine.connect() as connection:
            said = said_of(connection, draft)
            names = people.names(connection, {entry.actor.ref for _, entry in said})
        told = tuple(_line(index, entry, names[entry.actor.ref].name, rules.time_zone) for index, entry in reversed(said))
        name = draft_name(draft.round, draft.number, rules)
        if is_final(self.studio, draft.round, draft.version, at_ms=rounds.now_ms(), event=None):
            return Card(name=name, said=told, note=menu_words.FINAL)
        return Card(name=name, said=told, token=self.seal.sealed(person.id, draft.version, at=at, now=now))


def _line(index: int, entry: Entry, who: str, zone: str) -> Mapping[str, Any]:
    moment = datetime.fromtimestamp(entry.at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    verdict = entry.decision.verdict if entry.decision else Verdict.NOT_USED
    return {"words": words.OUTCOMES[verdict], "who": who, "at": f"{moment:%Y-%m-%d %H:%M}", "index": index}
