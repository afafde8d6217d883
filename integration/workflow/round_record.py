"""Turns notes, corrections, handovers, retakes and deletions into entries of the record; each in the caller's transaction, once."""

import hashlib
from dataclasses import replace

import sqlalchemy as sa

from integration.events import Happened
from integration.ledger import log
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Ai, Asset, Decision, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from integration.production import Person
from integration.workflow.record import Subject, actor


def drawings_added(connection: sa.Connection, subject: Subject, *, by: Person | None, drawings: tuple[str, ...], at_ms: int | None) -> None:
    """Pictures came with a Note after it started the round: a correction of the request, with all of them; none when none is new."""
    requested = log.index_of(connection, key=f"{Kind.DRAFT_REQUESTED}:{subject.draft}")
    if requested is None:
        return
    entries = [entry for index, entry in log.read(connection, first=requested, end=requested + 1)]
    entries += [entry for _, entry in log.read(connection, kinds=[Kind.CORRECTION], first=requested) if entry.corrects == requested]
    known = {sha256 for entry in entries for sha256 in entry.note_sha256}
    if known >= set(drawings):
        return
    every = tuple(sorted(known | set(drawings)))
    entry = subject.entry(
        Kind.CORRECTION,
        actor=actor(connection, subject, by, Role.ART_DIRECTOR),
        at_ms=at_ms,
        corrects=requested,
        note_sha256=every,
    )
    named = hashlib.sha256("\n".join(every).encode()).hexdigest()
    log.append(connection, entry, key=f"{Kind.CORRECTION}:{subject.draft}:drawings:{named}")


def prompt_corrected(
    connection: sa.Connection, subject: Subject, *, by: Actor, former_prompt_commit: str, prompt_commit: str, prompt_writer_ref: str
) -> None:
    """The model was told other words than in the former round; `by` is who changed them, without a reference where nobody says."""
    ai = Ai(prompt_commit=prompt_commit, former_prompt_commit=former_prompt_commit, prompt_writer_ref=prompt_writer_ref)
    log.append(connection, subject.entry(Kind.PROMPT_CORRECTED, actor=by, ai=ai), key=f"{Kind.PROMPT_CORRECTED}:{subject.draft}")


def handed_over(connection: sa.Connection, subject: Subject, *, to: Person, event: Happened | None, occasion: str) -> None:
    """Somebody is now on the review task; `occasion` is what makes it another handover than an earlier one to them."""
    entry = subject.entry(
        Kind.HANDOVER, actor=actor(connection, subject, to, Role.BACKGROUND_ARTIST), at_ms=milliseconds(event.at) if event else None
    )
    log.append(connection, entry, key=f"{Kind.HANDOVER}:{subject.draft}:{to.id}:{occasion}")


def revision_retake(connection: sa.Connection, subject: Subject, *, status: str, revision: Asset, version: str, event: Happened) -> None:
    """Somebody sent a revision back to its artist."""
    by = actor(connection, subject, event.by, None)
    decision = Decision(verdict=Verdict.RETAKE, status=code(status), set_by=by.ref)
    entry = subject.entry(Kind.REVISION_RETAKE, actor=by, at_ms=milliseconds(event.at), decision=decision, asset=revision, version=version)
    log.append(connection, entry, key=f"{Kind.REVISION_RETAKE}:{subject.site}:{event.event_id}")


def version_changed(
    connection: sa.Connection, subject: Subject, kind: Kind, *, version: str, asset: Asset | None, event: Happened | None, occasion: str
) -> None:
    """A draft's or a revision's Version was deleted or taken back; by nobody known where no event told of it."""
    by = actor(connection, subject, event.by, None) if event and event.by else Actor(kind=ActorKind.HUMAN)
    entry = replace(subject.entry(kind, actor=by, at_ms=milliseconds(event.at) if event else None, version=version), asset=asset)
    log.append(connection, entry, key=f"{kind}:{subject.site}:{version}:{occasion}")
