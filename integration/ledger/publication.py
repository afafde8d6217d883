"""Which checkpoints leave the house, and what is still owed: a queue that outlives crashes and authorities that are down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from integration.ledger import heads, log, tables
from integration.ledger.checkpoint import SignedHead, read_checkpoint
from integration.ledger.entry import Actor, Checkpoint, Entry, milliseconds, new_id
from integration.ledger.note import Signer
from integration.ledger.vocabulary import ActorKind, Kind, Role

EVERY_SHOW = "*"
"""The show of an entry that concerns the record as a whole."""
_LONGEST_WAIT_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A checkpoint that is to be sent somewhere."""

    head: SignedHead
    target: str
    """A code such as ``folder``; stands in the entry as `sent_to`."""
    attempts: int
    """How often it failed."""


def queue(connection: Connection, signer: Signer, targets: Sequence[str], now: datetime, *, every_s: float) -> SignedHead | None:
    """Sign a checkpoint and owe it to `targets`, when `every_s` seconds have passed and there is something new to tell.

    That a checkpoint was published is itself an entry, but no reason to publish another.
    """
    columns = tables.publications.c
    last_ms, last_size = connection.execute(select(func.max(columns.made_ms), func.max(columns.size))).one()
    if not targets or (last_ms is not None and milliseconds(now) < int(last_ms) + round(every_s * 1000)):
        return None
    if not _has_news(connection, int(last_size or 0)):
        return None
    head = heads.sign_head(connection, signer, now)
    row = {"size": head.size, "made_ms": milliseconds(now), "state": "pending", "attempts": 0, "not_before_ms": 0, "error": ""}
    there = connection.execute(select(columns.target).where(columns.size == head.size)).scalars().all()
    rows = [{**row, "target": target} for target in targets if target not in there]
    if rows:
        connection.execute(insert(tables.publications), rows)
    return head


def owed(connection: Connection, targets: Sequence[str], now: datetime) -> list[Owed]:
    """What should be sent now, the oldest first; targets no longer in settings wait."""
    columns, notes = tables.publications.c, tables.checkpoints.c
    query = (
        select(columns.target, columns.attempts, notes.note)
        .join(tables.checkpoints, notes.size == columns.size)
        .where(columns.state == "pending", columns.not_before_ms <= milliseconds(now), columns.target.in_(targets))
        .order_by(columns.size, columns.target, notes.made_ms)
    )
    newest = {(note_size(note), target): (note, attempts) for target, attempts, note in connection.execute(query)}
    return [Owed(head=read_checkpoint(bytes(note)), target=target, attempts=attempts) for (_, target), (note, attempts) in newest.items()]


def sent(connection: Connection, done: Owed, now: datetime, receipt: bytes | None = None) -> None:
    """Note that `done` left the house, and record it."""
    _update(connection, done, state="done", error="", receipt=receipt)
    entry = Entry(
        id=new_id(now),
        kind=Kind.CHECKPOINT_PUBLISHED,
        at_ms=milliseconds(now),
        recorded_ms=milliseconds(now),
        show=EVERY_SHOW,
        actor=Actor(kind=ActorKind.SCRIPT, role=Role.PIPELINE),
        checkpoint=Checkpoint(size=done.head.size, root_sha256=done.head.root.hex(), sent_to=done.target),
    )
    log.append(connection, entry, key=f"{Kind.CHECKPOINT_PUBLISHED}:{done.head.size}:{done.head.root.hex()}:{done.target}")


def failed(connection: Connection, still: Owed, error: str, now: datetime) -> None:
    """Note why `still` could not be sent; it is tried again after ten seconds, then twice as long each time, at most an hour."""
    wait_s = min(_LONGEST_WAIT_S, 10 * 2 ** min(still.attempts, 10))
    _update(connection, still, attempts=still.attempts + 1, not_before_ms=milliseconds(now) + wait_s * 1000, error=error[:500])


def note_size(note: bytes) -> int:
    """How many entries a stored checkpoint covers."""
    return read_checkpoint(bytes(note)).size


def _has_news(connection: Connection, size: int) -> bool:
    columns = tables.entries.c
    query = select(columns.idx).where(columns.idx >= size, columns.kind != Kind.CHECKPOINT_PUBLISHED.value).limit(1)
    return connection.execute(query).first() is not None


def _update(connection: Connection, which: Owed, **values: object) -> None:
    columns = tables.publications.c
    connection.execute(update(tables.publications).where(columns.size == which.head.size, columns.target == which.target).values(**values))
