"""What people say became of a draft: by its status, its field or the menu, on one path, until the shot is final."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
import structlog

from integration.events import OutcomeSaid, VersionStatusChanged
from integration.ledger import log as ledger
from integration.ledger.entry import Entry, milliseconds
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Person, ProjectId, TaskId, VersionId
from integration.studio import Studio
from integration.workflow import record, revision, rounds
from integration.workflow.finality import is_final
from integration.workflow.named_people import named_people
from integration.workflow.rounds import Round
from integration.workflow.summary import summarise_later
from integration.workflow.withdrawal import background_of, rules_of, subject_of

log = structlog.get_logger(__name__)

OUTCOMES = (Verdict.USED, Verdict.PARTLY_USED, Verdict.NOT_USED, Verdict.FROM_SCRATCH, Verdict.LAYOUT_ONLY)
"""What may become of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says became of a draft."""

    outcome: Verdict
    """One of `OUTCOMES`."""
    by: Person
    at: datetime
    """When they said it, aware UTC."""
    key: str
    """Names the occasion: the same word of the same occasion is recorded once."""
    status: str = ""
    """The status that said it; empty when it was said otherwise."""
    event: VersionStatusChanged | OutcomeSaid | None = None
    """The tracker's event that told it; None when it was said to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One of our drafts in the tracker."""

    version: VersionId
    round: Round
    number: int
    """Its place in the round, from 0."""
    sha256: str
    """Of the painted picture."""


def drafted(connection: sa.Connection, version: VersionId) -> Drafted | None:
    """The draft that stands in the tracker as `version`; None when that is none of ours."""
    found = rounds.picture_of_version(connection, version)
    return None if found is None else Drafted(version=version, round=found[0], number=found[1], sha256=found[2])


def record_outcome(studio: Studio, version: VersionId, because: VersionStatusChanged | OutcomeSaid) -> None:
    """If the Version is one of our drafts and the event says what became of it, append that; a later word stands beside it."""
    with studio.engine.connect() as connection:
        draft = drafted(connection, version)
    if draft is None or because.by is None:
        return
    outcome = _outcome_of(studio, draft.round, because)
    if outcome is None:
        return
    say_outcome(
        studio,
        draft,
        Word(
            outcome=outcome,
            by=because.by,
            at=because.at,
            key=f"{Kind.DRAFT_OUTCOME}:{draft.round.site}:{because.event_id}",
            status=because.new if isinstance(because, VersionStatusChanged) else "",
            event=because,
        ),
    )


def say_outcome(studio: Studio, draft: Drafted, word: Word) -> int | None:
    """Append what somebody says became of a draft, once for its key; the entry's index, or None when the shot was final before.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    with studio.engine.connect() as connection:
        known = ledger.index_of(connection, key=word.key)
    if known is not None:
        return known
    if is_final(studio, draft.round, draft.version, at_ms=milliseconds(word.at), event=word.event):
        log.info("outcome not recorded", draft=draft.round.key, version=draft.version, why="the shot is final")
        return None
    about = subject_of(studio, draft.round, background_of(studio, draft.round))
    subject = replace(about, event=word.event.event_id if word.event else "")
    by_artist = word.by.id in revision.artists_on(studio, TaskId(draft.round.review_task))
    with studio.engine.begin() as connection:
        index = record.draft_outcome(
            connection,
            subject,
            outcome=word.outcome,
            status=word.status,
            sha256=draft.sha256,
            version=draft.version,
            by=word.by,
            by_artist=by_artist,
            at_ms=milliseconds(word.at),
            key=word.key,
        )
        revision.measure_later(studio, connection, draft.round.background, draft.round.part, event=word.key)
        summarise_later(studio, connection, subject.background)
    log.info("outcome recorded", draft=draft.round.key, version=draft.version, outcome=word.outcome.value)
    return index


def said_of(connection: sa.Connection, draft: Drafted) -> list[tuple[int, Entry]]:
    """Everything said of a draft so far, with indexes, in the order in which it was said."""
    said = [
        (index, entry)
        for index, entry in ledger.read(connection, background=draft.round.background, kinds=[Kind.DRAFT_OUTCOME])
        if entry.tracker and entry.tracker.version_id == draft.version
    ]
    return sorted(said, key=lambda each: (each[1].at_ms, each[0]))


def may_say(studio: Studio, draft: Round, person: Person) -> bool:
    """Whether it is theirs to say: the review task is assigned to them, or the show names them.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    if person.id in revision.artists_on(studio, TaskId(draft.review_task)):
        return True
    return person.id in named_people(studio.tracker, rules_of(studio, draft).outcome_by, project=ProjectId(draft.project))


def _outcome_of(studio: Studio, draft: Round, because: VersionStatusChanged | OutcomeSaid) -> Verdict | None:
    if isinstance(because, VersionStatusChanged):
        meant = rules_of(studio, draft).outcomes.get(because.new)
        return Verdict(meant) if meant else None
    outcome = outcome_called(because.said)
    if outcome is None:
        log.warning("outcome not understood", version=because.version, said=because.said[:80])
    return outcome


def outcome_called(said: str) -> Verdict | None:
    """The outcome that ``partly used``, ``Partly-used`` or ``partly_used`` stands for; None for any other text."""
    name = "_".join(said.casefold().replace("-", " ").replace("_", " ").split())
    return next((outcome for outcome in OUTCOMES if outcome.value == name), None)
