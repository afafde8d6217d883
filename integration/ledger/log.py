"""The append-only list of entries: written in the caller's transaction, read in order.

An entry's index is its place site-wide, without gaps, and its leaf index in the Merkle tree of `tiles`.
"""

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import tables
from integration.ledger.canonical import canonical_bytes, parse
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind

metadata = tables.metadata
"""Every table of the record; whoever opens the database creates them."""


def append(connection: Connection | Session, entry: Entry, *, key: str) -> int:
    """Write `entry` once for `key` and return its index; see `append_all`."""
    (index,) = append_all(connection, [(key, entry)])
    return index


def append_all(connection: Connection | Session, keyed: Iterable[tuple[str, Entry]]) -> list[int]:
    """Write each entry once for its key and return their indexes, in the order given.

    It stands or falls with the caller's transaction. When a key was written before, nothing is written for it and the index of
    the first entry comes back, even if this one differs: a step that runs again has another id and another clock, and the record
    is never edited. To say something else, append a `Kind.CORRECTION` under its own key.

    Writers queue on one row until they commit, so append late in a transaction. Under SERIALIZABLE isolation PostgreSQL
    answers a writer that had to queue with a serialisation failure: run the transaction again, as DBOS does by itself.

    Raises:
        LedgerError: an entry lacks what its kind needs, holds what no entry may, or a key is empty; then none is written.
    """
    wanted = [(key, entry, _body(key, entry)) for key, entry in keyed]
    if not wanted:
        return []
    size = take_turn(connection)
    placed = _written(connection, [key for key, _, _ in wanted])
    rows: list[dict[str, object]] = []
    shots: list[dict[str, object]] = []
    for key, entry, body in wanted:
        if key in placed:
            continue
        placed[key] = index = size + len(rows)
        rows.append({"idx": index, "key": key, "body": body, **_columns(entry)})
        shots += [{"shot": shot, "idx": index} for shot in sorted({normalize("NFC", shot) for shot in entry.shots})]
    if rows:
        connection.execute(insert(tables.entries), rows)
        connection.execute(update(tables.head).where(tables.head.c.id == 1).values(size=size + len(rows)))
    if shots:
        connection.execute(insert(tables.entry_shots), shots)
    return [placed[key] for key, _, _ in wanted]


def take_turn(connection: Connection | Session) -> int:
    """Wait for the writers' turn, hold it until the transaction ends, and return how many entries there are."""
    return int(connection.execute(_TURN).scalar_one())


def read(
    connection: Connection | Session,
    *,
    show: str | None = None,
    shot: str | None = None,
    background: str | None = None,
    kinds: Iterable[Kind] | None = None,
    first: int = 0,
    end: int | None = None,
) -> Iterator[tuple[int, Entry]]:
    """The entries from index `first` on, those before `end`, that fit every condition given, with their indexes, in order.

    Raises:
        LedgerError: a stored entry is damaged.
    """
    columns = tables.entries.c
    query = select(columns.idx, columns.body).where(columns.idx >= first).order_by(columns.idx)
    if end is not None:
        query = query.where(columns.idx < end)
    if shot is not None:
        query = query.join(tables.entry_shots, tables.entry_shots.c.idx == columns.idx)
        query = query.where(tables.entry_shots.c.shot == normalize("NFC", shot))
    if show is not None:
        query = query.where(columns.show == normalize("NFC", show))
    if background is not None:
        query = query.where(columns.background == normalize("NFC", background))
    if kinds is not None:
        query = query.where(columns.kind.in_([kind.value for kind in kinds]))
    for index, body in connection.execute(query):
        try:
            yield int(index), parse(bytes(body))
        except LedgerError as error:
            raise LedgerError(
                f"entry {index} is damaged: {error}", hint="Restore the database from a backup; nothing may edit entries."
            ) from error


def index_of(connection: Connection | Session, *, key: str) -> int | None:
    """The index of the entry written for `key`; None when there is none."""
    index = connection.execute(select(tables.entries.c.idx).where(tables.entries.c.key == key)).scalar()
    return None if index is None else int(index)


def size(connection: Connection | Session) -> int:
    """How many entries the record holds; the next index."""
    return int(connection.execute(select(tables.head.c.size)).scalar() or 0)


_AT_ONCE = 500
"""Keys looked for in one statement; SQLite of old took 999 values."""

_TURN = text("INSERT INTO ledger_head (id, size) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET size = ledger_head.size RETURNING size")
"""Takes the writers' turn, and gives the next index; a write comes first, because SQLite cannot turn a reader into a writer."""


def _body(key: str, entry: Entry) -> bytes:
    if not key:
        raise LedgerError(f"entry {entry.kind} has no key", hint="A key names the fact, so that it is written once.")
    return canonical_bytes(entry)


def _written(connection: Connection | Session, keys: list[str]) -> dict[str, int]:
    """The indexes of those of `keys` that were written before."""
    columns = tables.entries.c
    placed: dict[str, int] = {}
    for first in range(0, len(keys), _AT_ONCE):
        query = select(columns.key, columns.idx).where(columns.key.in_(keys[first : first + _AT_ONCE]))
        placed |= {key: int(index) for key, index in connection.execute(query)}
    return placed


def _columns(entry: Entry) -> dict[str, str | int]:
    return {
        "kind": entry.kind.value,
        "show": normalize("NFC", entry.show),
        "background": normalize("NFC", entry.background),
        "at_ms": entry.at_ms,
        "recorded_ms": entry.recorded_ms,
    }
