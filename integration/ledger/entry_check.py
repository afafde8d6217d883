"""Checks chosen entries against the newest signed head, one by one and in bounded time; the whole record is checked by `check`."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from integration.errors import LedgerError
from integration.ledger import heads, keys, tables
from integration.ledger.checkpoint import SignedHead, read_checkpoint
from integration.ledger.merkle import EMPTY_ROOT, Nodes, inclusion_proof, leaf_hash, root_from_inclusion, subtree
from integration.ledger.tiles import nodes_of, tiles_of
from integration.ledger.verdict import Standing

MOST_HEADS = 32
"""Earlier heads the newest is compared with: an even choice of all that were signed."""


@dataclass(slots=True, kw_only=True)
class EntryCheck:
    """What was found of some entries."""

    head: SignedHead | None = None
    """The newest that was signed; None before the first."""
    objection: str = ""
    """Why its signature is not believed; empty when it is."""
    fitting: int = 0
    """Earlier signed heads that the newest grew from."""
    unfit: list[int] = field(default_factory=list)
    """Sizes of signed heads that the record does not lead to."""
    included: list[int] = field(default_factory=list)
    """Indexes of entries that lead to the newest head."""
    astray: list[int] = field(default_factory=list)
    """Indexes of entries that lead to another head: they, or others beside them that no complete tile covers, were changed."""
    missing: list[int] = field(default_factory=list)
    """Indexes without an entry, or without the hashes that tie it to the head."""
    newer: list[int] = field(default_factory=list)
    """Indexes of entries that no head covers yet."""
    unread: list[int] = field(default_factory=list)
    """Indexes that there was no time for."""

    @property
    def standing(self) -> Standing:
        """What it comes to: broken when anything does not fit, open while anything is not covered or was not read."""
        if self.objection or self.unfit or self.astray or self.missing:
            return Standing.BROKEN
        return Standing.OPEN if self.head is None or self.newer or self.unread else Standing.HOLDS


def check_entries(connection: Connection, indexes: Iterable[int], *, limit_s: float) -> EntryCheck:
    """Hash each entry as it lies in the database, and follow its proof up to the newest signed head.

    The hashes beside the path come from the stored tiles; they need no belief, for only the right ones lead to the head. Whether
    entries are there that the indexes do not name is not seen here.

    Args:
        connection: only read.
        indexes: entries.
        limit_s: after so many seconds the rest is left unread.

    Raises:
        LedgerError: the keys, or a checkpoint, that are stored cannot be read.
    """
    until_s, wanted = time.monotonic() + limit_s, sorted(set(indexes))
    head = heads.newest(connection)
    if head is None:
        return EntryCheck(newer=wanted)
    believed = keys.keyring(keys.public(connection), keys.handovers(connection))
    check = EntryCheck(head=head, objection=believed.objection(head))
    nodes = nodes_of(tiles_of(connection, head.size))
    _compare_heads(connection, check, head, nodes)
    for index in wanted:
        if index >= head.size:
            check.newer.append(index)
        elif time.monotonic() > until_s:
            check.unread.append(index)
        else:
            _place(connection, index, head, nodes, check).append(index)
    return check


def _compare_heads(connection: Connection, check: EntryCheck, head: SignedHead, nodes: Nodes) -> None:
    """Whether this head and those before it are heads of one growing list."""
    for note in heads.every(connection, most=MOST_HEADS):
        earlier = read_checkpoint(note)
        if earlier.size <= head.size and _root(nodes, earlier.size) == earlier.root:
            check.fitting += earlier.data != head.data
        else:
            check.unfit.append(earlier.size)


def _root(nodes: Nodes, size: int) -> bytes | None:
    try:
        return subtree(nodes, 0, size) if size else EMPTY_ROOT
    except LedgerError:
        return None


def _place(connection: Connection, index: int, head: SignedHead, nodes: Nodes, check: EntryCheck) -> list[int]:
    """The list of `check` that an entry belongs in."""
    body = connection.execute(select(tables.entries.c.body).where(tables.entries.c.idx == index)).scalar()
    if body is None:
        return check.missing
    try:
        path = inclusion_proof(nodes, index, head.size)
    except LedgerError:
        return check.missing
    fits = root_from_inclusion(leaf_hash(bytes(body)), index, head.size, path) == head.root
    return check.included if fits else check.astray
