"""The Merkle tree in tiles (C2SP tlog-tiles): complete tiles in a table, what is not complete yet from the entries themselves.

Tiles follow from the entries, so they are made when a head is asked for, not with each entry: a crash loses nothing, and two
processes that make the same tile make the same bytes.
"""

from collections.abc import Callable

from sqlalchemy import Connection, LargeBinary, func, insert, select, text
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import tables
from integration.ledger.merkle import HASH_BYTES, Nodes, leaf_hash, root_of, subtree

WIDTH = 256
"""Hashes in a complete tile."""
LEVELS = 8
"""More than any record fills: 256 to the eighth entries."""
_KEPT = 256
"""Tiles held in memory: 2 MB."""

Tiles = Callable[[int, int], bytes]
"""Gives the hashes of a tile by level and place, as far as there are any."""


def grow(connection: Connection | Session, size: int) -> None:
    """Make the complete tiles of the first `size` entries that are not there yet.

    Raises:
        LedgerError: an entry is missing.
    """
    for level in range(LEVELS):
        want = size // WIDTH ** (level + 1)
        newest = connection.execute(select(func.max(tables.tiles.c.n)).where(tables.tiles.c.level == level)).scalar()
        have = 0 if newest is None else int(newest) + 1
        rows = [_tile(connection, level, n) for n in range(have, want)]
        if rows:
            connection.execute(insert(tables.tiles), rows)
        if not want:
            return


def tiles_of(connection: Connection | Session, size: int) -> Tiles:
    """Every tile of the first `size` entries, the complete ones from their table."""
    kept: dict[tuple[int, int], bytes] = {}

    def tile(level: int, n: int) -> bytes:
        if (level, n) not in kept:
            if len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[level, n] = _stored(connection, level, n) or _made(connection, level, n, size // WIDTH**level)
        return kept[level, n]

    return tile


def nodes_of(tile: Tiles) -> Nodes:
    """The hash of any complete subtree, from tiles.

    Raises:
        LedgerError: (when called) the tiles do not reach so far.
    """

    def node(height: int, place: int) -> bytes:
        level, within = divmod(height, 8)
        n, start = divmod(place << within, WIDTH)
        hashes = split(tile(level, n))[start : start + (1 << within)]
        if len(hashes) != 1 << within:
            raise LedgerError(f"tile {tile_path(level, n)} is too short", hint="The record was cut off; restore it from a backup.")
        return root_of(hashes)

    return node


def root_at(connection: Connection | Session, size: int) -> bytes:
    """The head over the first `size` entries.

    Raises:
        LedgerError: an entry or a tile is missing.
    """
    return subtree(nodes_of(tiles_of(connection, size)), 0, size)


def damaged(connection: Connection | Session, size: int) -> list[str]:
    """Names of stored tiles that do not fit their own root, the tiles under them, or `size`; entries are not looked at."""
    wrong = []
    for level in range(LEVELS):
        columns = tables.tiles.c
        for n, root, hashes in connection.execute(select(columns.n, columns.root, columns.hashes).where(columns.level == level)).all():
            under = hashes if level == 0 else _roots(connection, level, n)
            if n >= size // WIDTH ** (level + 1) or hashes != under or root != root_of(split(hashes)):
                wrong.append(tile_path(level, n))
    return sorted(wrong)


def _roots(connection: Connection | Session, level: int, n: int) -> bytes:
    rows = connection.execute(_ROOTS, {"under": level - 1, "first": n * WIDTH, "end": (n + 1) * WIDTH})
    return b"".join(bytes(root) for _, root in rows)


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES)]


def paths(size: int) -> list[tuple[int, int, int]]:
    """Every tile of a record of `size` entries, as level, place and width, lowest level first."""
    named = []
    for level in range(LEVELS):
        complete, rest = divmod(size // WIDTH**level, WIDTH)
        named += [(level, n, WIDTH) for n in range(complete)]
        if rest:
            named.append((level, complete, rest))
    return named


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """Where a tile lies: ``tile/0/x001/234``, with ``.p/17`` behind it when it is not complete."""
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def _tile(connection: Connection | Session, level: int, n: int) -> dict[str, object]:
    hashes = _made(connection, level, n, (n + 1) * WIDTH)
    if len(hashes) != WIDTH * HASH_BYTES:
        raise LedgerError(f"entries of {tile_path(level, n)} are missing", hint="Run `haikei verify`, and restore the database.")
    return {"level": level, "n": n, "root": root_of(split(hashes)), "hashes": hashes}


def _stored(connection: Connection | Session, level: int, n: int) -> bytes | None:
    columns = tables.tiles.c
    found = connection.execute(select(columns.hashes).where(columns.level == level, columns.n == n)).scalar()
    return None if found is None else bytes(found)


def _made(connection: Connection | Session, level: int, n: int, end: int) -> bytes:
    """The hashes of a tile from what lies under it, up to place `end` of its level."""
    query, under = (_BODIES, leaf_hash) if level == 0 else (_ROOTS, bytes)
    values = {"first": n * WIDTH, "end": min(end, (n + 1) * WIDTH), **({"under": level - 1} if level else {})}
    rows = list(connection.execute(query, values))
    if [int(place) for place, _ in rows] != list(range(values["first"], values["first"] + len(rows))):
        raise LedgerError(f"entries of {tile_path(level, n)} are missing", hint="Run `haikei verify`, and restore the database.")
    return b"".join(under(bytes(data)) for _, data in rows)


_BODIES = text("SELECT idx, body FROM ledger_entry WHERE idx >= :first AND idx < :end ORDER BY idx").columns(body=LargeBinary)
_ROOTS = text("SELECT n, root FROM ledger_tile WHERE level = :under AND n >= :first AND n < :end ORDER BY n").columns(root=LargeBinary)
