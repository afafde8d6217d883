"""What is recorded of one person, for that person: entries they did, decided, were given or are spoken for in, over all shows."""

import io
import json
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from integration.ledger import heads, tables, texts
from integration.ledger.checkpoint import write_proof
from integration.ledger.merkle import inclusion_proof
from integration.ledger.pack import proof_name
from integration.ledger.tiles import nodes_of, tiles_of
from integration.reports.facts import facts

AT_ONCE = 100
"""Entries on a page."""
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """One entry about a person."""

    index: int
    kind: str
    show: str
    episode: str
    shot: str
    """The first of its cuts; empty where it is about none."""
    part: str
    step: str
    role: str
    verdict: str
    claims: str
    at_ms: int
    corrected: bool
    """Whether a later entry puts it right."""
    did: bool
    """Whether they did it themselves, or somebody for them; else they decided, set a status, or were given something."""


def count_about(connection: sa.Connection, refs: Collection[str]) -> int:
    """How many entries are about somebody with any of `refs`."""
    return connection.execute(sa.select(sa.func.count()).select_from(_about(refs).subquery())).scalar_one()


def entries_about(connection: sa.Connection, refs: Collection[str], *, page: int = 1, only: int | None = None) -> list[OwnEntry]:
    """Entries about somebody with any of `refs`, the newest first, `AT_ONCE` on a page counted from 1; or the one with index `only`."""
    columns = facts.c
    query = sa.select(facts).where(columns.idx.in_(_about(refs))).order_by(columns.idx.desc())
    if only is not None:
        query = query.where(columns.idx == only)
    return [
        OwnEntry(
            index=int(row.idx),
            kind=row.kind,
            show=row.show,
            episode=row.seq,
            shot=row.shot,
            part=row.part,
            step=row.step,
            role=row.role,
            verdict=row.verdict,
            claims=row.claims,
            at_ms=row.at_ms,
            corrected=row.corrected,
            did=bool({row.actor, row.on_behalf_of} & set(refs)),
        )
        for row in connection.execute(query.limit(AT_ONCE).offset(AT_ONCE * (page - 1)))
    ]


def own_archive(connection: sa.Connection, refs: Collection[str]) -> bytes:
    """Everything about a person as a zip: ``record.json`` with each entry and their own words, and a proof for each signed entry.

    Raises:
        LedgerError: a stored text does not fit its commitment.
    """
    indexes = [row.idx for row in connection.execute(_about(refs).order_by(facts.c.idx))]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        told = [
            {"index": index, "entry": json.loads(body), "words": _words(connection, body)} for index, body in _bodies(connection, indexes)
        ]
        _put(pack, "record.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
        for name, data in _proofs(connection, indexes):
            _put(pack, name, data)
    return stream.getvalue()


def _about(refs: Collection[str]) -> sa.Select[tuple[int]]:
    """Indexes of entries that name any of `refs`."""
    columns, wanted = facts.c, sorted(set(refs) - {""})
    names = (columns.actor, columns.on_behalf_of, columns.set_by, columns.decided_by, columns.to_ref)
    return sa.select(columns.idx).where(sa.or_(*(name.in_(wanted) for name in names)))


def _bodies(connection: sa.Connection, indexes: list[int]) -> Iterator[tuple[int, bytes]]:
    for first in range(0, len(indexes), 500):
        found = tables.entries.c.idx.in_(indexes[first : first + 500])
        query = sa.select(tables.entries.c.idx, tables.entries.c.body).where(found).order_by(tables.entries.c.idx)
        yield from ((int(index), bytes(body)) for index, body in connection.execute(query))


def _words(connection: sa.Connection, body: bytes) -> str | None:
    """What was said with an entry; None where nothing was, or it was erased."""
    plain: dict[str, Any] = json.loads(body)
    return texts.reveal(connection, plain["note_commit"]) if "note_commit" in plain else None


def _proofs(connection: sa.Connection, indexes: list[int]) -> Iterator[tuple[str, bytes]]:
    head = heads.newest(connection)
    if head is None:
        return
    yield "checkpoint", head.data
    nodes = nodes_of(tiles_of(connection, head.size))
    for index in indexes:
        if index < head.size:
            yield proof_name(index), write_proof(index, inclusion_proof(nodes, index, head.size), head.data)


def _put(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    pack.writestr(info, data)
