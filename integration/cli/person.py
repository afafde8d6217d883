"""`haikei person`: statements, corrections, and the erasing of names."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from integration.cli.kept_record import require_record
from integration.errors import LedgerError
from integration.ledger import people
from integration.ledger.vocabulary import Claim
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.web import sessions
from integration.workflow import queues, statements
from integration.workflow.statements import Place, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was typed."""

    cut: str
    show: str | None
    episode: str | None
    part: str
    version: str
    claims: tuple[Claim, ...]
    tool: str
    words: str
    to_sign: Path | None
    signature: Path | None
    public_key: Path | None


def state(file: Path | None, name: str, asked: Statement, *, told_by: str, dry_run: bool) -> None:
    """Append a statement, or show it, or write what is to be signed.

    Raises:
        LedgerError: the cut or a person is not known, the signature does not fit, or the words are too long.
    """
    with _record(file) as connection:
        place = statements.place_of(
            connection, asked.cut, show=asked.show, episode=asked.episode, part=asked.part, version=asked.version
        )  # fmt: skip
        show = place.entry.show
        person = statements.person_called(connection, name, show=show)
        teller = statements.person_called(connection, told_by, show=show) if told_by else ""
        said = Said(claims=asked.claims, tool=asked.tool, words=asked.words)
        if asked.to_sign:
            _write(asked.to_sign, statements.signed_bytes(place, said))
            print(f"{asked.to_sign} holds what {safe(name)} signs; give the signature with --signature.")
            return
        said = _signed(place, said, asked.signature, asked.public_key)
        claims = ", ".join(claim.value.replace("_", " ") for claim in said.claims)
        what = f"{safe(name)} states of {safe(asked.cut)} {safe(place.entry.part)}: {claims}" + (
            f", with {safe(said.tool)}" if said.tool else ""
        )
        if dry_run:
            print(f"Would be written: {what}.")
            return
        index = statements.state(connection, place, person=person, said=said, told_by=teller)
    print(f"#{index}: {what}.")


def correct(file: Path | None, name: str, index: int, *, words: str, field: str = "", told_by: str, dry_run: bool) -> None:
    """Append a correction, or show it.

    Raises:
        LedgerError: there is no such entry, it is not about this person, or the person is not known.
    """
    with _record(file) as connection:
        wrong = statements.entry_at(connection, index)
        person = statements.person_called(connection, name, show=wrong.show)
        teller = statements.person_called(connection, told_by, show=wrong.show) if told_by else ""
        if person not in statements.refs_in(wrong):
            raise LedgerError(f"entry {index} is not about {name!r:.80}", hint="People correct what is said of them.")
        if dry_run:
            print(f"Would be written: {safe(name)} corrects #{index} ({wrong.kind.value}): {safe(words)}")
            return
        put = statements.correct(connection, index, person=person, words=words, field=field, told_by=teller)
    print(f"#{put}: {safe(name)} corrects #{index} ({wrong.kind.value}).")


def forget(file: Path | None, name: str, *, show: str, apply: bool) -> None:
    """Erase a person from a show's record, or say that it would be done.

    Raises:
        LedgerError: the record knows nobody, or several, of that name.
    """
    with _record(file) as connection:
        person_id = people.id_of(connection, statements.person_called(connection, name, show=show))
        if not apply:
            print(
                f"{safe(name)} would be erased from {safe(show)}: name, and texts by or naming them. --apply does it; it cannot be undone."
            )
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        names = statements.names_of(connection, person_id, show=show)
        references, told = statements.forget(connection, person_id, show=show)
        sessions.forget(connection, person_id)
        engine = connection.engine
    under_way = _forget_in_workflows(engine, names)
    _scrub(engine)
    print(f"{references} references and {told} texts erased; the record's proofs still hold. The tracker, backups and packs keep theirs.")
    if under_way:
        print(f"{under_way} drafts or Notes under way, or failed, still name them: erase them again when those have ended.")


def _signed(place: Place, said: Said, signature: Path | None, public_key: Path | None) -> Said:
    if signature is None:
        return said
    if public_key is None:
        raise LedgerError("a signature is kept only when it fits a key", hint="Give the person's public key with --public-key.")
    try:
        data, key = signature.read_bytes(), load_pem_public_key(public_key.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise LedgerError(f"{public_key} holds no Ed25519 key", hint="Make one with: openssl genpkey -algorithm ed25519")
        key.verify(data, statements.signed_bytes(place, said))
    except (OSError, ValueError) as error:
        raise LedgerError(f"signature or key cannot be read: {error}", hint="64 bytes of signature, and a key in PEM.") from error
    except InvalidSignature as error:
        raise LedgerError(
            f"{signature} does not fit this statement and key", hint="Sign what --to-sign writes, with the same options."
        ) from error
    return Said(claims=said.claims, tool=said.tool, words=said.words, signature=base64.b64encode(data).decode())


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise LedgerError(f"{file} cannot be written: {error.strerror}", hint="Name another file with --to-sign.") from error


@contextmanager
def _record(file: Path | None) -> Iterator[sa.Connection]:
    """A transaction on the record that the settings name."""
    with require_record(read_settings(file)).begin() as connection:
        yield connection


def _forget_in_workflows(engine: sa.Engine, names: set[str]) -> int:
    """Take a person out of what the engine keeps of ended workflows; returns how many others name them."""
    client = queues.look_at_queues(engine)
    if client is None:
        return 0
    ended, others = queues.names_in(client, names)
    queues.delete(client, ended)
    return len(others)


def _scrub(engine: sa.Engine) -> None:
    """Leave nothing of erased rows in SQLite's files."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
