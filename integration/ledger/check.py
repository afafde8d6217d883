"""Checks a whole record against its checkpoints, entry by entry, without believing the database."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, exc, text

from integration.errors import LedgerError
from integration.ledger import heads, keys
from integration.ledger.keys import Handover, Keyring
from integration.ledger.merkle import HASH_BYTES, Growing, leaf_hash
from integration.ledger.note import Verifier
from integration.ledger.tiles import WIDTH, damaged, tile_path
from integration.ledger.verdict import Claim, Finding, Measured, Standing, handover_claim, judged, spans, stored_claim

Wanted = Callable[[bytes, dict[str, Any]], bool]
"""Whether an entry, by its bytes and its members, is one that is asked about."""
_MOST = 10_000
"""Indexes of damaged entries that are held."""


@dataclass(slots=True)
class LogCheck:
    """What the check of a record found."""

    size: int = 0
    """Entries the record says it holds."""
    missing: list[int] = field(default_factory=list)
    """Indexes without an entry; the first 10,000."""
    altered: list[int] = field(default_factory=list)
    """Indexes whose entry is not the one whose hash was kept."""
    misfiled: list[int] = field(default_factory=list)
    """Indexes whose entry would not be found, or be found wrongly, in reports."""
    found: list[tuple[int, bytes]] = field(default_factory=list)
    """The entries asked about."""
    findings: list[Finding] = field(default_factory=list)
    """Everything in words."""
    covered: int = 0
    """Entries under the largest checkpoint that fits; those in `altered` excepted."""

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return all(finding.standing is not Standing.BROKEN for finding in self.findings)


def check_log(
    connection: Connection,
    *,
    kept: Sequence[tuple[str, bytes]] = (),
    known: Sequence[Verifier] = (),
    wanted: Wanted | None = None,
) -> LogCheck:
    """Check every entry, tile and checkpoint of the record.

    Args:
        connection: to a database that may have been edited by hand; only read.
        kept: checkpoints that somebody outside kept, with where they lie.
        known: public keys somebody outside kept; without any the record's own are believed.
        wanted: entries to gather in `LogCheck.found`.

    Raises:
        LedgerError: this is not a record's database at all.
    """
    check = LogCheck()
    try:
        claims = _claims(connection, check, kept, known)
        check.size = _size(connection, check)
        measured = _replay(connection, check, {claim.size for claim in claims}, wanted)
        unfit = damaged(connection, check.size)
    except (exc.DBAPIError, TypeError, OverflowError, MemoryError) as error:
        told = error.orig if isinstance(error, exc.DBAPIError) else error
        raise LedgerError(
            f"the record cannot be read: {told}", hint="Give haikei's database, whole; a copy needs its -wal file."
        ) from error
    fitting = [claim.size for claim in claims if not claim.objection and measured.as_found.get(claim.size) == claim.root]
    sound = max(fitting, default=0)
    hashed = [claim.size for claim in claims if not claim.objection and measured.as_hashed.get(claim.size) == claim.root]
    check.covered = max([sound, *hashed])
    unfit += sorted({tile_path(0, index // WIDTH) for index in check.altered if index < sound} - {*unfit})
    check.altered = [index for index in check.altered if index >= sound]
    _tell_entries(check)
    check.findings += judged(claims, measured)
    if unfit:
        words = (
            f"Stored hashes do not fit each other: {', '.join(unfit[:5])}. Empty the table ledger_tile: it is made again from the entries."
        )
        check.findings.append(Finding(Standing.BROKEN, words))
    _tell_cover(check, claims)
    return check


def _claims(connection: Connection, check: LogCheck, kept: Sequence[tuple[str, bytes]], known: Sequence[Verifier]) -> list[Claim]:
    keyring, statements = _keyring(connection, check, known)
    claims = [stored_claim(data, keyring, source) for source, data in kept]
    claims += [stored_claim(data, keyring, "The record's own checkpoint", ours=True) for data in heads.every(connection)]
    believed = {key.verifier for key in keyring.keys}
    claims += [handover_claim(each) for each in statements if each.old in believed]
    check.findings += [claim for claim in claims if isinstance(claim, Finding)]
    return [claim for claim in claims if isinstance(claim, Claim)]


def _keyring(connection: Connection, check: LogCheck, known: Sequence[Verifier]) -> tuple[Keyring, list[Handover]]:
    own: list[Verifier] = []
    statements: list[Handover] = []
    try:
        own, statements = keys.public(connection), keys.handovers(connection)
    except LedgerError as error:
        check.findings.append(Finding(Standing.BROKEN, f"The keys kept in the database are damaged: {error}."))
    keyring = keys.keyring(known or own, statements)
    strangers = [each.key_id for each in own if each not in {key.verifier for key in keyring.keys}]
    if known and strangers:
        words = f"The record now signs with key {', '.join(strangers)}, which the key you gave does not lead to."
        check.findings.append(Finding(Standing.BROKEN, f"{words} Ask the studio why; a key that leaked must be replaced by hand."))
    return keyring, statements


def _size(connection: Connection, check: LogCheck) -> int:
    told, past, first, count = connection.execute(_SIZES).one()
    told, past = told if isinstance(told, int) else 0, past if isinstance(past, int) else 0
    if told != past or (first is not None and first != 0):
        words = f"The record says it holds {told} entries; the entries there reach from {first} to {past - 1}."
        check.findings.append(Finding(Standing.BROKEN, words))
    return min(max(told, past), int(count) + _MOST)


_SIZES = text("""
    SELECT (SELECT size FROM ledger_head WHERE id = 1), MAX(idx) + 1, MIN(idx), COUNT(*) FROM ledger_entry
""")
"""One statement, so that a writer at work does not come between."""


def _replay(connection: Connection, check: LogCheck, sizes: set[int], wanted: Wanted | None) -> Measured:
    """Hash every entry in order, noting the heads at `sizes`."""
    found, hashed = Growing(), Growing()
    apart, whole = False, True
    as_found, as_hashed, moments = {0: found.root()}, {0: hashed.root()}, dict[int, int]()
    for first in range(0, check.size, WIDTH):
        width = min(WIDTH, check.size - first)
        rows, stored = dict(_rows(connection, first)), _kept_hashes(connection, first)
        _check_filing(connection, check, first, rows, wanted)
        for index in range(first, first + width):
            leaf = leaf_hash(rows[index].body) if index in rows else None
            hash_kept = stored[index - first] if stored else leaf
            if leaf is None or leaf != hash_kept:
                _hold(check.missing if leaf is None else check.altered, index)
                hashed, apart = (hashed, True) if apart else (found.copy(), True)
            whole = whole and leaf is not None
            if whole:
                found.add(leaf or b"")
            if apart and hash_kept is not None:
                hashed.add(hash_kept)
            if index + 1 in sizes:
                if whole:
                    as_found[index + 1] = found.root()
                if not apart or hashed.size == index + 1:
                    as_hashed[index + 1] = (hashed if apart else found).root()
                moments[index + 1] = rows[index].recorded_ms if index in rows else 0
    return Measured(size=check.size, as_found=as_found, as_hashed=as_hashed, moments=moments)


@dataclass(frozen=True, slots=True)
class _Row:
    body: bytes
    recorded_ms: int
    columns: tuple[object, ...]


def _rows(connection: Connection, first: int) -> Iterator[tuple[int, _Row]]:
    query = text("SELECT idx, body, kind, show, background, at_ms, recorded_ms FROM ledger_entry WHERE idx >= :first AND idx < :end")
    for index, body, *columns in connection.execute(query, {"first": first, "end": first + WIDTH}).all():
        data = bytes(body) if isinstance(body, bytes | memoryview) else str(body).encode()
        yield index, _Row(data, columns[-1] if isinstance(columns[-1], int) else 0, tuple(columns))


def _kept_hashes(connection: Connection, first: int) -> list[bytes]:
    query = text("SELECT hashes FROM ledger_tile WHERE level = 0 AND n = :n")
    data = connection.execute(query, {"n": first // WIDTH}).scalar()
    if not isinstance(data, bytes | memoryview) or len(data) != WIDTH * HASH_BYTES:
        return []
    return [bytes(data[start : start + HASH_BYTES]) for start in range(0, len(data), HASH_BYTES)]


def _check_filing(connection: Connection, check: LogCheck, first: int, rows: dict[int, _Row], wanted: Wanted | None) -> None:
    """Compare what finds entries with what they say; keep those that are wanted."""
    query = text("SELECT idx, shot FROM ledger_entry_shot WHERE idx >= :first AND idx < :end")
    shots: dict[int, list[str]] = {}
    for index, shot in connection.execute(query, {"first": first, "end": first + WIDTH}).all():
        shots.setdefault(index, []).append(str(shot))
    for index in sorted(rows):
        row = rows[index]
        try:
            plain = json.loads(row.body.decode())
            filed = (plain["kind"], normalize("NFC", plain["show"]), plain.get("background", ""), plain["at_ms"], plain["recorded_ms"])
            named = {*plain.get("shots", ())}
        except (ValueError, LookupError, TypeError, RecursionError):
            _hold(check.misfiled, index)
            continue
        if filed != row.columns or named != {*shots.get(index, ())}:
            _hold(check.misfiled, index)
        if wanted is not None and wanted(row.body, plain):
            check.found.append((index, row.body))


def _hold(indexes: list[int], index: int) -> None:
    if len(indexes) < _MOST:
        indexes.append(index)


def _tell_entries(check: LogCheck) -> None:
    if check.missing:
        words = f"Entries are missing: {spans(check.missing)}."
        check.findings.insert(0, Finding(Standing.BROKEN, words))
    if check.altered:
        words = f"Entries are not those whose hashes were kept: {spans(check.altered)}; the first that differs is {check.altered[0]}."
        check.findings.insert(0, Finding(Standing.BROKEN, words))
    if check.misfiled:
        words = f"Entries are filed under another cut, show, kind or time than they say, so reports miss them: {spans(check.misfiled)}."
        check.findings.insert(0, Finding(Standing.BROKEN, words))
    if not (check.missing or check.altered or check.misfiled):
        check.findings.insert(0, Finding(Standing.HOLDS, f"{check.size} entries are there, numbered without a gap."))


def _tell_cover(check: LogCheck, claims: Sequence[Claim]) -> None:
    if not claims:
        words = "No checkpoint was ever signed, so nothing shows whether entries were changed. `haikei keys create` begins signing."
        check.findings.append(Finding(Standing.OPEN, words))
    elif check.covered < check.size:
        words = (
            f"Entries {check.covered} to {check.size - 1} are under no checkpoint that fits, so nothing shows whether they were changed."
        )
        check.findings.append(Finding(Standing.OPEN, words))
    if claims and all(claim.ours for claim in claims):
        words = (
            "All checkpoints were read from the record itself. Whoever holds database and key could have written both anew: "
            "only a checkpoint kept outside (--checkpoint) shows that."
        )
        check.findings.append(Finding(Standing.OPEN, words))


def covering(check: LogCheck, index: int) -> str:
    """Whether entry `index` holds, in a few words."""
    if index in check.altered:
        return "was changed"
    return "is under a checkpoint that fits" if index < check.covered else "is under no checkpoint that fits"
