"""Signed heads of the record: made one after another, each only when the one before still fits."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import keys, log, tables
from integration.ledger.checkpoint import SignedHead, read_checkpoint, write_checkpoint, write_proof
from integration.ledger.entry import milliseconds
from integration.ledger.merkle import Nodes, inclusion_proof, subtree
from integration.ledger.note import Signer
from integration.ledger.tiles import grow, nodes_of, tiles_of

MOST = 2000
"""Checkpoints that a check of the whole record looks at: one a minute for years would take longer than the entries."""


def sign_head(connection: Connection | Session, signer: Signer, now: datetime) -> SignedHead:
    """Sign the record as it stands and keep the checkpoint; the newest one when nothing was added.

    Takes the writers' turn until the transaction ends.

    Raises:
        LedgerError: the record no longer fits the checkpoint signed before, or `signer` is not the key in use.
    """
    size = log.take_turn(connection)
    current = keys.current(connection)
    if current != signer.verifier:
        raise LedgerError(f"key {signer.verifier.key_id} is not in use", hint="Run it again; the key was rotated meanwhile.")
    last = newest(connection)
    grow(connection, size)
    nodes = nodes_of(tiles_of(connection, size))
    if last is not None:
        _require_fit(connection, last, size, nodes)
        if last.size == size and last.note.signed_by(signer.verifier):
            return last
    checkpoint = write_checkpoint(signer, size, subtree(nodes, 0, size))
    row = {"size": size, "key_id": signer.verifier.key_id, "made_ms": milliseconds(now), "note": checkpoint}
    connection.execute(insert(tables.checkpoints), row)
    return read_checkpoint(checkpoint)


def newest(connection: Connection | Session) -> SignedHead | None:
    """The checkpoint over most entries, by the newest key; None before the first.

    Raises:
        LedgerError: what is stored is no checkpoint.
    """
    columns = tables.checkpoints.c
    note = connection.execute(select(columns.note).order_by(columns.size.desc(), columns.made_ms.desc()).limit(1)).scalar()
    return None if note is None else read_checkpoint(bytes(note))


def made_at(connection: Connection | Session) -> datetime | None:
    """When a checkpoint was last signed, by our clock; None before the first."""
    made_ms = connection.execute(select(func.max(tables.checkpoints.c.made_ms))).scalar()
    return None if made_ms is None else datetime.fromtimestamp(int(made_ms) / 1000, UTC)


def every(connection: Connection | Session, *, most: int = MOST) -> Iterator[bytes]:
    """Every checkpoint as it was stored, the smallest first; of more than `most` an even choice, with the newest."""
    count = int(connection.execute(select(func.count()).select_from(tables.checkpoints)).scalar_one())
    columns = tables.checkpoints.c
    place = func.row_number().over(order_by=(columns.size.desc(), columns.made_ms.desc())).label("place")
    numbered = select(columns.note, columns.size, columns.made_ms, place).subquery()
    chosen = select(numbered.c.note).where((numbered.c.place - 1) % max(1, -(-count // most)) == 0)
    for note in connection.execute(chosen.order_by(numbered.c.size, numbered.c.made_ms)).scalars():
        yield bytes(note)


def proof_of(connection: Connection | Session, index: int, head: SignedHead) -> bytes:
    """The tlog-proof of entry `index` under `head`.

    Raises:
        LedgerError: `head` does not cover the entry, or tiles are missing.
    """
    if index >= head.size:
        raise LedgerError(f"entry {index} is newer than the checkpoint over {head.size} entries", hint="Wait for the next checkpoint.")
    return write_proof(index, inclusion_proof(nodes_of(tiles_of(connection, head.size)), index, head.size), head.data)


def _require_fit(connection: Connection | Session, last: SignedHead, size: int, nodes: Nodes) -> None:
    believed = keys.keyring(keys.public(connection), keys.handovers(connection))
    if believed.objection(last) or last.size > size or subtree(nodes, 0, last.size) != last.root:
        raise LedgerError(
            f"the record no longer fits its checkpoint over {last.size} entries; nothing is signed",
            hint="Run `haikei verify` to see what changed, and restore the database from a backup that is not older.",
        )
