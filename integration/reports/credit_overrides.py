"""Credits that somebody put right by hand: who added whom, or took them out, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import log, people, texts
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Kind, Role, Verdict
from integration.reports.facts import facts
from integration.reports.months import Span
from integration.reports.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One decision about one person's credit."""

    index: int
    """The entry's place in the record."""
    role: Role
    ref: str
    """Whose credit it is."""
    adds: bool
    """Whether it puts them in, or takes them out."""
    by: PersonName
    at: datetime
    """Aware UTC."""
    reason: str | None
    """Why; None once its words were erased."""


def overrides_of(connection: Connection | Session, scope: Scope, span: Span) -> list[Override]:
    """What was put right by hand and bears on `scope`, in the order of the record: of the show, of its episode, or of its cuts."""
    columns = facts.c
    query = sa.select(columns.idx).where(columns.show == scope.show, columns.kind == Kind.CREDIT_OVERRIDDEN.value)
    if scope.episode:
        query = query.where(columns.seq.in_(["", scope.episode]))
    if span[1] is not None:
        query = query.where(columns.at_ms < span[1])
    indexes = [int(index) for (index,) in connection.execute(query.order_by(columns.idx))]
    entries = [item for index in indexes for item in log.read(connection, first=index, end=index + 1)]
    names = people.names(connection, {entry.actor.ref for _, entry in entries})
    said = {entry.note_commit: texts.reveal(connection, entry.note_commit) for _, entry in entries if entry.note_commit}
    return [
        Override(
            index=index,
            role=Role(entry.decision.reason),
            ref=entry.to_ref,
            adds=entry.decision.verdict is Verdict.CREDITED,
            by=names[entry.actor.ref],
            at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
            reason=said.get(entry.note_commit),
        )
        for index, entry in entries
        if entry.decision and (not scope.shots or not entry.shots or set(scope.shots) & set(entry.shots))
    ]
