"""Who may say what became of which drafts when they choose our item in the tracker's menu, and the saying itself.

Behind every tracker's menu, whether it calls a page of ours or shows a form of its own.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
import structlog

from integration.ledger import log as ledger
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Person, PersonId, VersionId
from integration.studio import Studio
from integration.tracker.menu import MenuCall
from integration.workflow import rounds
from integration.workflow.outcome import OUTCOMES, Drafted, Word, drafted, may_say, said_of, say_outcome

log = structlog.get_logger(__name__)


class Bar(StrEnum):
    """Why nothing is asked, or nothing recorded."""

    NOT_ACTIVE = "not active"
    """The tracker knows no such person, or they may not sign in."""
    NO_DRAFTS = "no drafts"
    """Nothing that was selected is a draft of ours."""
    NOT_YOURS = "no right"
    """It is not theirs to say."""
    UNKNOWN_OUTCOME = "unknown outcome"
    """What was answered is no outcome."""
    FINAL = "final"
    """The shot is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What somebody selected and may speak of."""

    person: Person
    drafts: tuple[Drafted, ...]
    """At least one."""
    others: bool
    """Whether more was selected than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody said of a draft, as the record has it."""

    person: Person
    draft: Drafted
    outcome: Verdict
    index: int
    """Of the entry."""
    old: bool
    """Whether it was said before, and something else since: then nothing was recorded now."""


def drafts_selected(connection: sa.Connection, studio: Studio, call: MenuCall) -> list[Drafted]:
    """Our drafts among what was selected, those of enabled shows on this site; the database alone is asked."""
    versions = list(call.versions)
    for task in call.tasks:
        versions += rounds.versions_on_review_task(connection, site=studio.tracker.site, task=task)
    found = (_ours(connection, studio, version) for version in dict.fromkeys(versions))
    return [draft for draft in found if draft is not None]


def theirs(studio: Studio, call: MenuCall) -> Theirs | Bar:
    """The drafts among what was selected of which whoever chose the item may speak, or why there are none.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    person = studio.tracker.active_person(call.person)
    if person is None:
        return _barred(Bar.NOT_ACTIVE)
    with studio.engine.connect() as connection:
        drafts = drafts_selected(connection, studio, call)
    if not drafts:
        return Bar.NO_DRAFTS
    may = {task: may_say(studio, round_, person) for task, round_ in {each.round.review_task: each.round for each in drafts}.items()}
    spoken_of = tuple(draft for draft in drafts if may[draft.round.review_task])
    if not spoken_of:
        return _barred(Bar.NOT_YOURS)
    others = len(spoken_of) < len(drafts) or len(call.versions) > len(drafts)
    return Theirs(person=person, drafts=spoken_of, others=others)


def tell(studio: Studio, person_id: PersonId, version: VersionId, outcome: str, *, shown_ms: int, now: datetime) -> Told | Bar:
    """Record what somebody says became of a draft, once for what they were shown, or why it is not recorded. Raises as `theirs`.

    Args:
        studio: where.
        person_id: who says it.
        version: of which draft.
        outcome: what they answered; untrusted.
        shown_ms: names the page or form that they answered.
        now: our clock, aware UTC.
    """
    if outcome not in OUTCOMES:
        return Bar.UNKNOWN_OUTCOME
    person = studio.tracker.active_person(person_id)
    if person is None:
        return _barred(Bar.NOT_ACTIVE)
    with studio.engine.connect() as connection:
        draft = _ours(connection, studio, version)
    if draft is None:
        return Bar.NO_DRAFTS
    if not may_say(studio, draft.round, person):
        return _barred(Bar.NOT_YOURS)
    verdict = Verdict(outcome)
    key = _key(draft, person_id, verdict, shown_ms)
    with studio.engine.connect() as connection:
        again = ledger.index_of(connection, key=key) is not None
    index = say_outcome(studio, draft, Word(outcome=verdict, by=person, at=now, key=key))
    if index is None:
        return Bar.FINAL
    with studio.engine.connect() as connection:
        last, _ = said_of(connection, draft)[-1]
    return Told(person=person, draft=draft, outcome=verdict, index=index, old=again and last != index)


def _ours(connection: sa.Connection, studio: Studio, version: VersionId) -> Drafted | None:
    draft = drafted(connection, version)
    is_ours = draft is not None and draft.round.site == studio.tracker.site and draft.round.project in studio.projects
    return draft if is_ours else None


def _barred(bar: Bar) -> Bar:
    log.warning("menu refused", why=bar.value)
    return bar


def _key(draft: Drafted, person: PersonId, outcome: Verdict, shown_ms: int) -> str:
    """One person's word of one draft on one page: pressed or sent again, it is the same."""
    told = f"{draft.version}\n{person}\n{outcome.value}\n{shown_ms}"
    return f"{Kind.DRAFT_OUTCOME}:{draft.round.site}:menu:{hashlib.sha256(told.encode()).hexdigest()}"
