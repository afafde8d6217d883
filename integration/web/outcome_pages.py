"""The page on which people say what became of a draft, and the one that shows what happened. Knows nothing of HTTP but a status."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from integration.ledger import log as ledger
from integration.ledger import people
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Person
from integration.studio import Studio
from integration.tracker.menu import Menu, MenuCall, MenuError
from integration.web import words
from integration.web.seal import Choice, Seal
from integration.web.words import Refusal, Words
from integration.workflow import rounds
from integration.workflow.finality import is_final
from integration.workflow.outcome import OUTCOMES, Drafted, Word, drafted, may_say, said_of, say_outcome
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
    menu: Menu
    seal: Seal = field(default_factory=Seal)

    def choices(self, body: bytes) -> Page:
        """The page behind the menu item: what was said so far of each draft, and buttons. Nothing is written.

        Raises:
            TransientTrackerError: the tracker does not answer.
        """
        now = datetime.now(UTC)
        try:
            call = self.menu.read(body, now=now)
        except MenuError as error:
            log.warning("menu refused", why=error.fault.value)
            return refused(words.FAULTS[error.fault])
        person = self.studio.tracker.active_person(call.person)
        if person is None:
            log.warning("menu refused", why="not active")
            return refused(words.NOT_ACTIVE)
        drafts = list(self._selected(call))
        if not drafts:
            return refused(words.NO_DRAFTS)
        may = {
            task: may_say(self.studio, round_, person) for task, round_ in {each.round.review_task: each.round for each in drafts}.items()
        }
        theirs = [draft for draft in drafts if may[draft.round.review_task]]
        if not theirs:
            log.warning("menu refused", why="no right")
            return refused(words.NOT_YOURS)
        cards = tuple(self._card(draft, person, at=call.at, now=now) for draft in theirs[:_MOST_DRAFTS])
        others = len(cards) < len(drafts) or len(call.versions) > len(drafts)
        return Page(status=200, cards=cards, notes=(words.OTHERS,) if others else ())

    def say(self, token: str, outcome: str) -> Page:
        """Record what a button says, once for its page, and show what happened. Raises as `choices`."""
        now = datetime.now(UTC)
        choice = self.seal.opened(token, now=now)
        if choice is None:
            return refused(words.EXPIRED)
        if outcome not in OUTCOMES:
            return refused(words.UNKNOWN_OUTCOME)
        person = self.studio.tracker.active_person(choice.person)
        if person is None:
            return refused(words.NOT_ACTIVE)
        with self.studio.engine.connect() as connection:
            draft = drafted(connection, choice.version)
        if draft is None:
            return refused(words.NO_DRAFTS)
        if not may_say(self.studio, draft.round, person):
            return refused(words.NOT_YOURS)
        verdict = Verdict(outcome)
        key = _key(draft, choice, verdict)
        with self.studio.engine.connect() as connection:
            again = ledger.index_of(connection, key=key) is not None
        index = say_outcome(self.studio, draft, Word(outcome=verdict, by=person, at=now, key=key))
        if index is None:
            return refused(words.FINAL_NOW)
        card = self._card(draft, person, at=now, now=now)
        old = again and card.said[0]["index"] != index
        message = words.OLD_PAGE if old else words.recorded(index, verdict)
        return Page(status=409 if old else 200, message=message, cards=(card,))

    def _selected(self, call: MenuCall) -> Iterator[Drafted]:
        """Our drafts among what was selected, those of enabled shows on this site."""
        with self.studio.engine.connect() as connection:
            versions = list(call.versions)
            for task in call.tasks:
                versions += rounds.versions_on_review_task(connection, site=self.studio.tracker.site, task=task)
            for version in dict.fromkeys(versions):
                draft = drafted(connection, version)
                if draft is not None and draft.round.site == self.studio.tracker.site and draft.round.project in self.studio.projects:
                    yield draft

    def _card(self, draft: Drafted, person: Person, *, at: datetime, now: datetime) -> Card:
        rules = rules_of(self.studio, draft.round)
        with self.studio.engine.connect() as connection:
            said = said_of(connection, draft)
            names = people.names(connection, {entry.actor.ref for _, entry in said})
        told = tuple(_line(index, entry, names[entry.actor.ref].name, rules.time_zone) for index, entry in reversed(said))
        name = draft_name(draft.round, draft.number, rules)
        if is_final(self.studio, draft.round, draft.version, at_ms=rounds.now_ms(), event=None):
            return Card(name=name, said=told, note=words.FINAL)
        return Card(name=name, said=told, token=self.seal.sealed(person.id, draft.version, at=at, now=now))


def _line(index: int, entry: Entry, who: str, zone: str) -> Mapping[str, Any]:
    moment = datetime.fromtimestamp(entry.at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    verdict = entry.decision.verdict if entry.decision else Verdict.NOT_USED
    return {"words": words.OUTCOMES[verdict], "who": who, "at": f"{moment:%Y-%m-%d %H:%M}", "index": index}


def _key(draft: Drafted, choice: Choice, outcome: Verdict) -> str:
    """One person's word of one draft on one page: pressed or sent again, it is the same."""
    told = f"{draft.version}\n{choice.person}\n{outcome.value}\n{choice.at_ms}"
    return f"{Kind.DRAFT_OUTCOME}:{draft.round.site}:menu:{hashlib.sha256(told.encode()).hexdigest()}"
