"""Each part of each background as rows of the record tell it: drafts asked for, refused, made and handed over, words, versions, statements."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.ledger import tables
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts

AT_ONCE = 500
"""Entries read in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody states of how a part was painted."""

    index: int
    ref: str
    """Of the person whose work it is."""
    claims: tuple[str, ...]
    corrected: bool
    """Whether a later entry says it is wrong; both are shown."""


@dataclass(slots=True, kw_only=True)
class Piece:
    """One part of one background."""

    background: str
    part: str
    requested: int = 0
    """Rounds of drafts asked for."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals by reason."""
    made: int = 0
    delivered: int = 0
    labelled: int = 0
    """Delivered drafts whose Content Credentials the record names."""
    words: dict[str, str] = field(default_factory=dict)
    """The last word on each draft, by the draft's SHA-256."""
    from_layout: bool = False
    """No draft was wanted."""
    statements: list[Statement] = field(default_factory=list)
    raised: int = 0
    answered: int = 0
    head: str = ""
    """The Version that is final, or else was handed in last; empty when none stands."""
    final: bool = False
    head_labelled: bool = False
    """Whether the record names Content Credentials of the head."""
    measure: tuple[int, Mapping[str, Any]] | None = None
    """The standing measure of the head with its entry's index, as the entry has it."""

    @property
    def claims(self) -> frozenset[str]:
        """Of everybody's last statement that nobody put right."""
        last = {each.ref: each.claims for each in self.statements if not each.corrected}
        return frozenset(claim for claims in last.values() for claim in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Which cuts a background serves, as its newest entry says."""

    episode: str
    shots: tuple[str, ...]


Pieces = dict[tuple[str, str], Piece]


def pieces_of(connection: Connection | Session, where: sa.ColumnElement[bool], show: str) -> list[Piece]:
    """Every part of every background among the entries `where` holds for, in order of background and part."""
    found: Pieces = {}
    _count(connection, where, found)
    _hear(connection, where, found)
    _state(connection, where, found)
    _ask(connection, where, show, found)
    _judge(connection, where, found)
    _measure(connection, where, found)
    return [found[key] for key in sorted(found)]


def served_by(connection: Connection | Session, where: sa.ColumnElement[bool]) -> dict[str, Served]:
    """The cuts of each background."""
    newest = sa.select(sa.func.max(facts.c.idx)).where(where, facts.c.background != "").group_by(facts.c.background)
    seqs = {
        str(background): (str(seq), int(index))
        for background, seq, index in connection.execute(
            sa.select(facts.c.background, facts.c.seq, facts.c.idx).where(facts.c.idx.in_(newest))
        )
    }
    shots: dict[int, list[str]] = {}
    columns = tables.entry_shots.c
    for index, shot in connection.execute(sa.select(columns.idx, columns.shot).where(columns.idx.in_(newest)).order_by(columns.shot)):
        shots.setdefault(int(index), []).append(str(shot))
    return {background: Served(episode=seq, shots=tuple(shots.get(index, ()))) for background, (seq, index) in seqs.items()}


def bodies(connection: Connection | Session, indexes: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries with these indexes as plain data."""
    columns = tables.entries.c
    for first in range(0, len(indexes), AT_ONCE):
        query = sa.select(columns.idx, columns.body).where(columns.idx.in_(indexes[first : first + AT_ONCE]))
        for index, body in connection.execute(query):
            yield int(index), json.loads(bytes(body))


def _piece(found: Pieces, background: str, part: str) -> Piece:
    return found.setdefault((background, part), Piece(background=background, part=part))


def _rows(
    connection: Connection | Session, where: sa.ColumnElement[bool], kinds: Iterable[Kind], *columns: sa.ColumnElement[Any]
) -> Iterator[Any]:
    """Rows of `kinds` with background, part and `columns`, in order of time."""
    place = (facts.c.background, facts.c.part)
    query = sa.select(*place, *columns).where(where, facts.c.kind.in_([kind.value for kind in kinds]))
    yield from connection.execute(query.order_by(facts.c.at_ms, facts.c.idx))


def _count(connection: Connection | Session, where: sa.ColumnElement[bool], found: Pieces) -> None:
    kinds = (Kind.DRAFT_REQUESTED, Kind.DRAFT_REFUSED, Kind.DRAFT_RENDERED, Kind.DRAFT_DELIVERED)
    reason = sa.case((facts.c.kind == Kind.DRAFT_REFUSED.value, facts.c.reason), else_="")
    labelled = sa.func.sum(sa.case((facts.c.manifest != "", 1), else_=0))
    place = (facts.c.background, facts.c.part, facts.c.kind)
    query = sa.select(*place, reason, sa.func.count(), labelled).where(where, facts.c.kind.in_([kind.value for kind in kinds]))
    for background, part, kind, why, count, named in connection.execute(query.group_by(*place, reason)):
        piece = _piece(found, background, part)
        match Kind(kind):
            case Kind.DRAFT_REQUESTED:
                piece.requested += count
            case Kind.DRAFT_REFUSED:
                piece.refused[why] += count
            case Kind.DRAFT_RENDERED:
                piece.made += count
            case _:
                piece.delivered += count
                piece.labelled += named


def _hear(connection: Connection | Session, where: sa.ColumnElement[bool], found: Pieces) -> None:
    """What people say became of drafts; one who puts their word right with another says it anew."""
    said = [
        (at_ms, index, background, part, sha256, verdict)
        for background, part, at_ms, index, sha256, verdict in _rows(
            connection, where, [Kind.DRAFT_OUTCOME], facts.c.at_ms, facts.c.idx, facts.c.sha256, facts.c.verdict
        )
    ]
    wrong = facts.alias()
    again = (
        sa.select(facts.c.at_ms, facts.c.idx, wrong.c.background, wrong.c.part, wrong.c.sha256, facts.c.verdict)
        .join(wrong, wrong.c.idx == facts.c.corrects)
        .where(where, facts.c.kind == Kind.CORRECTION.value, facts.c.verdict != "", wrong.c.kind == Kind.DRAFT_OUTCOME.value)
    )
    said += [tuple(row) for row in connection.execute(again)]
    for _, _, background, part, sha256, verdict in sorted(said):
        piece = _piece(found, background, part)
        if sha256:
            piece.words[sha256] = verdict
        else:
            piece.from_layout = True


def _state(connection: Connection | Session, where: sa.ColumnElement[bool], found: Pieces) -> None:
    columns = (facts.c.idx, facts.c.actor, facts.c.on_behalf_of, facts.c.claims, facts.c.corrected)
    for background, part, index, actor, behalf, claims, corrected in _rows(connection, where, [Kind.STATEMENT_SIGNED], *columns):
        told = Statement(index=index, ref=behalf or actor, claims=tuple(claims.split()), corrected=bool(corrected))
        _piece(found, background, part).statements.append(told)


def _ask(connection: Connection | Session, where: sa.ColumnElement[bool], show: str, found: Pieces) -> None:
    answers = sa.select(facts.c.answers).where(facts.c.show == show, facts.c.kind == Kind.FLAG_ANSWERED.value)
    closed = {int(index) for (index,) in connection.execute(answers.where(facts.c.answers.is_not(None)))}
    for background, part, index in _rows(connection, where, [Kind.FLAG_RAISED], facts.c.idx):
        piece = _piece(found, background, part)
        piece.raised += 1
        piece.answered += index in closed


@dataclass(slots=True)
class _Version:
    """How a Version that somebody handed in stands."""

    labelled: bool
    approved: bool = False
    gone: bool = False


_VERSION = sa.case((facts.c.version != "", facts.c.version), else_=facts.c.sha256)
"""The tracker's Version, or the file where no tracker names one."""
_VERSIONS = (Kind.REVISION_SUBMITTED, Kind.REVISION_APPROVED, Kind.REVISION_RETAKE, Kind.VERSION_RETIRED, Kind.VERSION_REVIVED)


def _judge(connection: Connection | Session, where: sa.ColumnElement[bool], found: Pieces) -> None:
    """Find each part's head."""
    handed_in: dict[tuple[str, str], dict[str, _Version]] = {}
    columns = (facts.c.kind, _VERSION, facts.c.manifest)
    for background, part, kind, version, manifest in _rows(connection, where, _VERSIONS, *columns):
        known = handed_in.setdefault((background, part), {})
        if kind == Kind.REVISION_SUBMITTED:
            known.pop(version, None)  # handed in again, it is the newest
            known[version] = _Version(bool(manifest))
            _piece(found, background, part)
        elif version in known:
            _change(known[version], Kind(kind))
    for (background, part), known in handed_in.items():
        standing = [version for version, state in known.items() if not state.gone]
        approved = [version for version in standing if known[version].approved]
        if head := next(reversed(approved or standing), ""):
            piece = _piece(found, background, part)
            piece.head, piece.final, piece.head_labelled = head, bool(approved), known[head].labelled


def _change(version: _Version, kind: Kind) -> None:
    match kind:
        case Kind.REVISION_APPROVED | Kind.REVISION_RETAKE:
            version.approved = kind is Kind.REVISION_APPROVED
        case _:
            version.gone = kind is Kind.VERSION_RETIRED


def _measure(connection: Connection | Session, where: sa.ColumnElement[bool], found: Pieces) -> None:
    standing: dict[tuple[str, str], int] = {}
    columns = (facts.c.idx, _VERSION)
    for background, part, index, version in _rows(connection, where & ~facts.c.corrected, [Kind.MEASURE_COMPUTED], *columns):
        if (piece := found.get((background, part))) and piece.head == version:
            standing[background, part] = index
    wanted = {index: key for key, index in standing.items()}
    for index, plain in bodies(connection, sorted(wanted)):
        found[wanted[index]].measure = (index, plain["measure"])
