"""The entries that follow one thing in the tracker, such as a time log: each corrects the one before, and the last holds."""

from collections.abc import Callable

import sqlalchemy as sa

from integration.ledger import log as ledger
from integration.ledger.entry import Entry

Recorded = tuple[int, Entry]
"""The entry that holds, with its index."""


def chain(connection: sa.Connection, key: Callable[[int], str]) -> tuple[int, Recorded | None]:
    """How many entries there are, and the one that holds; None when there is none, or it was withdrawn.

    Args:
        connection: the record.
        key: the key of the entry at a place, from 0.
    """
    length, index = 0, None
    while (found := ledger.index_of(connection, key=key(length))) is not None:
        length, index = length + 1, found
    if index is None:
        return length, None
    last = next(ledger.read(connection, first=index, end=index + 1))
    return length, None if last[1].time and last[1].time.withdrawn else last
