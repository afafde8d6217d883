"""The keys checkpoints are signed with: secret files nobody else may read, public lines in the database, and handing over."""

import base64
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import log, tables
from integration.ledger.checkpoint import SignedHead
from integration.ledger.note import Note, Signer, Verifier, new_signer, read_note, read_signer, read_verifier, signed
from integration.ledger.tiles import grow, root_at

_TITLE = "haikei key rotation v1"


class Reason(StrEnum):
    """Why a key was replaced."""

    ROUTINE = "routine"
    LEAKED = "leaked"
    """Somebody else may hold it: it vouches for nothing any more, not for its successor either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a rotation statement says."""

    reason: Reason
    old: Verifier
    new: Verifier
    size: int
    """Entries at the moment of handing over; the old key signs nothing beyond."""
    root: bytes
    """The head over them."""
    data: bytes
    """The signed note itself."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key and how far it is believed."""

    verifier: Verifier
    until: int | None = None
    """It was retired at this size; None while it is in use."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys that may sign a record's heads."""

    keys: tuple[TrustedKey, ...]

    def objection(self, head: SignedHead) -> str:
        """Why `head` is not believed, in words; empty when it is."""
        if head.origin not in {key.verifier.name for key in self.keys}:
            return f"it is of another record, {head.origin}"
        found = [key for key in self.keys if head.note.signed_by(key.verifier)]
        if not found:
            return "no key of this record signed it"
        if all(key.until is not None and head.size > key.until for key in found):
            return f"key {found[0].verifier.key_id} had been retired at {found[0].until} entries"
        return ""


def create(connection: Connection | Session, folder: Path, name: str) -> Signer:
    """Make the record's first key.

    Raises:
        LedgerError: there is one, the name will not do, or the file cannot be written.
    """
    log.take_turn(connection)
    if current(connection) is not None:
        raise LedgerError("this record has a key", hint="Run `haikei keys show`; `haikei keys rotate` replaces it.")
    signer = new_signer(name)
    _write(folder, signer)
    connection.execute(insert(tables.keys), {"number": 1, "vkey": signer.verifier.vkey, "statement": None})
    return signer


def rotate(connection: Connection | Session, folder: Path, reason: Reason) -> Handover:
    """Replace the key in use; once the transaction holds, delete the old file with `forget`.

    Raises:
        LedgerError: there is no key, its file cannot be used, or the new one cannot be written.
    """
    size = log.take_turn(connection)
    old = open_signer(connection, folder)
    new = new_signer(old.name)
    grow(connection, size)
    encoded = base64.b64encode(root_at(connection, size)).decode()
    lines = (
        _TITLE,
        old.name,
        f"reason {reason}",
        f"old {old.verifier.vkey}",
        f"new {new.verifier.vkey}",
        f"size {size}",
        f"root {encoded}",
    )
    statement = signed("\n".join(lines) + "\n", old, new).encode()
    _write(folder, new)
    number = len(public(connection)) + 1
    connection.execute(insert(tables.keys), {"number": number, "vkey": new.verifier.vkey, "statement": statement})
    return read_handover(statement)


def forget(folder: Path, verifier: Verifier) -> None:
    """Delete the secret half of a retired key."""
    _file(folder, verifier).unlink(missing_ok=True)


def current(connection: Connection | Session) -> Verifier | None:
    """The key in use; None before the first."""
    held = public(connection)
    return held[-1] if held else None


def public(connection: Connection | Session) -> list[Verifier]:
    """Every public key, the oldest first.

    Raises:
        LedgerError: what is stored is no key.
    """
    rows = connection.execute(select(tables.keys.c.vkey).order_by(tables.keys.c.number)).scalars()
    return [read_verifier(str(vkey)) for vkey in rows]


def handovers(connection: Connection | Session) -> list[Handover]:
    """Every rotation statement, the oldest first.

    Raises:
        LedgerError: what is stored is none.
    """
    columns = tables.keys.c
    rows = connection.execute(select(columns.statement).where(columns.statement.is_not(None)).order_by(columns.number)).scalars()
    return [read_handover(bytes(row)) for row in rows]


def has_secret(connection: Connection | Session, folder: Path) -> bool:
    """Whether the secret half of the key in use lies in `folder`."""
    verifier = current(connection)
    return verifier is not None and _file(folder, verifier).exists()


def open_signer(connection: Connection | Session, folder: Path) -> Signer:
    """The key in use, with its secret half.

    Raises:
        LedgerError: there is no key, or its file is missing, readable by others or damaged.
    """
    verifier = current(connection)
    if verifier is None:
        raise LedgerError("this record has no key", hint="Run `haikei keys create NAME`, with a name such as studio.example/haikei.")
    file = _file(folder, verifier)
    try:
        mode = file.stat().st_mode
        secret = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "Check record.keys_folder, or put the file back from where you keep a copy; docs/record.md says what to do when it is lost."
        raise LedgerError(f"the key file {file} cannot be read", hint=hint) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise LedgerError(
            f"the key file {file} is open to others", hint=f"Run `chmod 600 {file}`; if somebody may have read it, rotate it."
        )
    signer = read_signer(secret)
    if signer.verifier != verifier:
        raise LedgerError(f"the key file {file} holds another key", hint="Put the right file back.")
    return signer


def read_handover(data: bytes) -> Handover:
    """What the rotation statement `data` says, once both keys' signatures were checked.

    Raises:
        LedgerError: it is none, or a signature is wrong.
    """
    note = read_note(data)
    try:
        title, name, *rest, end = note.text.split("\n")
        words = dict(line.split(" ", 1) for line in rest)
        reason, size, root = Reason(words["reason"]), int(words["size"]), base64.b64decode(words["root"], validate=True)
    except (ValueError, KeyError) as error:
        raise LedgerError("this is no rotation statement") from error
    old, new = read_verifier(words.get("old", "")), read_verifier(words.get("new", ""))
    if (title, end) != (_TITLE, "") or {old.name, new.name} != {name} or not _signed_by_both(note, old, new):
        raise LedgerError("this rotation statement is not signed by both keys")
    return Handover(reason=reason, old=old, new=new, size=size, root=root, data=data)


def keyring(known: Iterable[Verifier], statements: Sequence[Handover]) -> Keyring:
    """The keys that `known` ones lead to: forwards where a key handed over in order, backwards always.

    A key that leaked vouches for no successor; whoever knows only that one must be given the new one by other means.
    """
    held = {verifier: TrustedKey(verifier) for verifier in known}
    for statement in statements:
        if statement.old in held and statement.reason is Reason.ROUTINE:
            held.setdefault(statement.new, TrustedKey(statement.new))
    for statement in reversed(statements):
        if statement.new in held or statement.old in held:
            retired = held.get(statement.old, TrustedKey(statement.old))
            held[statement.old] = replace(retired, until=statement.size)
    return Keyring(tuple(held.values()))


def _signed_by_both(note: Note, old: Verifier, new: Verifier) -> bool:
    return old != new and note.signed_by(old) and note.signed_by(new)


def _file(folder: Path, verifier: Verifier) -> Path:
    return folder / f"record-{verifier.key_id}.key"


def _write(folder: Path, signer: Signer) -> None:
    file = _file(folder, signer.verifier)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(signer.skey + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise LedgerError(f"the key file {file} cannot be written: {error.strerror}", hint="Check record.keys_folder.") from error
