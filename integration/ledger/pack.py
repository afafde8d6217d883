"""The audit pack: a zip with what an outsider needs to check a show's or a cut's part of the record without us.

Nothing in it is compressed and every date is the same, so that the same record gives the same bytes with any zlib.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from sqlalchemy import Connection, select

from integration.errors import LedgerError
from integration.ledger import heads, keys, log, people, tables
from integration.ledger.canonical import canonical_bytes
from integration.ledger.checkpoint import SignedHead, read_checkpoint, write_proof
from integration.ledger.entry import Entry
from integration.ledger.merkle import HASH_BYTES, inclusion_proof
from integration.ledger.pack_readme import README
from integration.ledger.recompute import scripts
from integration.ledger.tiles import nodes_of, paths, tile_path, tiles_of
from integration.ledger.vocabulary import Kind

PICTURE_COLUMNS = ("sha256", "pixel_sha256", "media_type", "kind", "entry")
"""Of ``pictures.csv``."""
NAME_COLUMNS = ("ref", "name", "name_en", "naming")
"""Of ``names.csv``."""
NAMING_COLUMNS = ("ref", "naming")
"""Of ``people.csv``."""
HOURS_COLUMNS = ("entry", "ref", "step", "role", "minutes", "confirmed", "withdrawn", "source", "span_start_ms", "span_end_ms", "corrects")
"""Of ``hours.csv``."""
_DATE = (1980, 1, 1, 0, 0, 0)


def write_pack(
    connection: Connection,
    out: IO[bytes],
    *,
    show: str | None = None,
    shot: str | None = None,
    with_names: bool = False,
    with_hours: bool = False,
) -> tuple[int, int]:
    """Write the pack of one show or cut, or of everything, to `out`; returns how many entries it holds and how many were too new.

    Hours are left out unless they are asked for: they are for the person, payroll and its auditor. Their hashes stand in the tree all
    the same.

    Raises:
        LedgerError: nothing was signed yet, an entry is damaged, or nothing fits.
    """
    head = heads.newest(connection)
    if head is None:
        raise LedgerError("nothing was signed yet, so there is nothing to prove", hint="Run `haikei keys create NAME` first.")
    every = [item for item in log.read(connection, show=show, shot=shot) if with_hours or item[1].kind is not Kind.TIME_LOGGED]
    chosen = [(index, entry) for index, entry in every if index < head.size]
    if not chosen:
        raise LedgerError(
            f"the record holds nothing to pack for {shot or show or 'anything'}", hint="Write show and cut as in the tracker."
        )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for name, data in _files(connection, head, chosen, with_names=with_names, with_hours=with_hours):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            pack.writestr(info, data)
    return len(chosen), len(every) - len(chosen)


def entry_name(index: int) -> str:
    """Where an entry lies in a pack."""
    return f"entries/{index:012d}.json"


def proof_name(index: int) -> str:
    """Where an entry's tlog-proof lies in a pack."""
    return f"proofs/{index:012d}.tlog-proof"


def pictures_csv(entries: Iterable[tuple[int, Entry]]) -> bytes:
    """Every picture the entries speak of, in their order."""
    rows = [
        (asset.sha256, asset.pixel_sha256, asset.media_type, entry.kind.value, index)
        for index, entry in entries
        if (asset := entry.asset) is not None and entry.kind is not Kind.REPORT_EXPORTED
    ]
    return _csv(PICTURE_COLUMNS, rows)


def published(connection: Connection) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Size, checkpoint and timestamp token, if there is one, of every published checkpoint, the smallest first."""
    columns, notes = tables.publications.c, tables.checkpoints.c
    receipts = select(columns.size, columns.receipt).where(columns.receipt.is_not(None))
    tokens = {size: bytes(token) for size, token in connection.execute(receipts)}
    sizes = select(columns.size).where(columns.state == "done").distinct()
    query = select(notes.size, notes.note).where(notes.size.in_(sizes)).order_by(notes.size, notes.made_ms.desc())
    for size, note in {size: bytes(note) for size, note in connection.execute(query)}.items():
        yield int(size), note, tokens.get(size)


def hours_csv(entries: Iterable[tuple[int, Entry]]) -> bytes:
    """Every entry of hours, in their order, for payroll."""
    rows = [
        (
            index,
            entry.actor.ref,
            entry.step,
            entry.actor.role or "",
            told.minutes,
            "yes" if told.confirmed else "no",
            "yes" if told.withdrawn else "no",
            told.source.value,
            told.span_start_ms,
            told.span_end_ms,
            entry.corrects,
        )
        for index, entry in entries
        if (told := entry.time) is not None and entry.kind is Kind.TIME_LOGGED
    ]
    return _csv(HOURS_COLUMNS, rows)


def _files(
    connection: Connection, head: SignedHead, chosen: list[tuple[int, Entry]], *, with_names: bool, with_hours: bool
) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.format(origin=head.origin, size=head.size, entries=len(chosen), first=f"{chosen[0][0]:012d}").encode()
    yield from scripts().items()
    yield "checkpoint", head.data
    yield "vkeys", "".join(f"{verifier.vkey}\n" for verifier in reversed(keys.public(connection))).encode()
    for number, statement in enumerate(keys.handovers(connection), start=1):
        yield f"keys/{number:04d}.rotation", statement.data
    for size, note, token in published(connection):
        if size <= head.size:
            yield f"checkpoints/{size:012d}", read_checkpoint(note).data
            if token is not None:
                yield f"timestamps/{size:012d}.tsr", token
    tile = tiles_of(connection, head.size)
    for level, n, width in paths(head.size):
        yield tile_path(level, n, width), tile(level, n)[: width * HASH_BYTES]
    nodes = nodes_of(tile)
    for index, entry in chosen:
        yield entry_name(index), canonical_bytes(entry)
        yield proof_name(index), write_proof(index, inclusion_proof(nodes, index, head.size), head.data)
    yield "pictures.csv", pictures_csv(chosen)
    if with_hours:
        yield "hours.csv", hours_csv(chosen)
    named = _named(connection, chosen)
    yield "people.csv", _csv(NAMING_COLUMNS, [(ref, each.naming.value) for ref, each in named])
    if with_names:
        yield "names.csv", _csv(NAME_COLUMNS, [(ref, each.name, each.name_en, each.naming.value) for ref, each in named])


def _named(connection: Connection, chosen: list[tuple[int, Entry]]) -> list[tuple[str, people.PersonName]]:
    """Everybody whom the entries speak of and the record can still tell from nobody, in order of reference."""
    known = set(connection.execute(select(tables.people.c.ref)).scalars())
    said = {word for _, entry in chosen for word in _strings(json.loads(canonical_bytes(entry)))}
    return sorted(people.names(connection, known & said).items())


def _strings(plain: object) -> Iterator[str]:
    match plain:
        case str():
            yield plain
        case dict():
            for value in plain.values():
                yield from _strings(value)
        case list():
            for value in plain:
                yield from _strings(value)


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
