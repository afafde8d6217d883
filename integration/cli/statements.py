"""`haikei state`, `haikei correct` and `haikei forget`: what people say themselves, and what of them is erased."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from integration.database import make_tables, missing_file, open_database
from integration.errors import LedgerError
from integration.ledger import people
from integration.ledger.entry import Entry
from integration.ledger.log import metadata as ledger_tables
from integration.ledger.vocabulary import Claim
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.workflow import statements
from integration.workflow.statements import Place, Said

_LONGEST_FILE = 1 << 14
_SIGNATURE_BYTES = 64


def run_state(
    file: Path | None,
    place: tuple[str, str | None, str | None, str, str],
    *,
    person: str,
    told_by: str,
    said: Said,
    signature: Path | None,
    key: Path | None,
    dry_run: bool,
) -> None:
    """Append how somebody worked; `place` is cut, show, episode, part and Version. A dry run prints what would be, and the bytes to sign.

    Raises:
        LedgerError: the record knows no such cut, Version or person, or the signature does not fit.
    """
    cut, show, episode, part, version = place
    if key is not None and signature is None:
        raise LedgerError("a key without a signature proves nothing", hint="Give the signature with --signature.")
    if signature is not None:
        said = Said(claims=said.claims, tool=said.tool, words=said.words, signature=_signature(signature))
    with _record(file, dry_run=dry_run) as connection:
        where = statements.place_of(connection, cut, show=show, episode=episode, part=part, version=version)
        whose, by = _speakers(connection, where.entry, person, told_by)
        if key is not None:
            statements.require_signed(where, said, _short_file(key))
        index = statements.state(connection, where, person=whose, said=said, told_by=by)
        _tell(connection, index, dry_run=dry_run)
        if dry_run:
            _tell_signed(where, said)


def run_correct(file: Path | None, index: int, *, person: str, told_by: str, words: str, field: str, dry_run: bool) -> None:
    """Append what somebody says is wrong with an entry about them.

    Raises:
        LedgerError: there is no such entry, field or person, or the entry is not about them.
    """
    with _record(file, dry_run=dry_run) as connection:
        wrong = statements.entry_at(connection, index)
        whose, by = _speakers(connection, wrong, person, told_by)
        new = statements.correct(connection, index, person=whose, words=words, field=field, told_by=by)
        _tell(connection, new, dry_run=dry_run)


def run_forget(file: Path | None, person: str, *, show: str | None, apply: bool) -> None:
    """Erase who a person was, by their id in the tracker; a rehearsal unless `apply`.

    Raises:
        LedgerError: the record knows nobody with this id.
    """
    with _record(file, dry_run=not apply) as connection:
        if not people.refs_of(connection, person, show=show):
            raise LedgerError(f"the record knows nobody with the id {person!r:.80}", hint="Ids are the tracker's, such as HumanUser:42.")
        references, words = statements.forget(connection, person, show=show)
        did = "erased" if apply else "would be erased; add --apply"
        print(f"{references} references and {words} texts {did}. No entry changes, and every proof stays valid.")
        engine = connection.engine
    if apply and engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _record(file: Path | None, *, dry_run: bool) -> Iterator[sa.Connection]:
    """A transaction on the record, taken back after a dry run."""
    url = read_settings(file).database_url()
    if missing_file(url):
        raise LedgerError("there is no record yet", hint="`haikei up` begins it.")
    engine = open_database(url)
    make_tables(engine, ledger_tables)
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        if dry_run:
            transaction.rollback()


def _speakers(connection: sa.Connection, about: Entry, person: str, told_by: str) -> tuple[str, str]:
    """References of whom it is said by, and of who puts it down for them (or nobody)."""
    whose = statements.person_called(connection, person, show=about.show)
    return whose, statements.person_called(connection, told_by, show=about.show) if told_by else ""


def _tell(connection: sa.Connection, index: int, *, dry_run: bool) -> None:
    entry = statements.entry_at(connection, index)
    names = people.names(connection, {entry.actor.ref, entry.on_behalf_of})
    by = safe(names[entry.actor.ref].name)
    whom = f" on behalf of {safe(names[entry.on_behalf_of].name)}" if entry.on_behalf_of else ""
    about = f"entry {entry.corrects}" if entry.corrects is not None else f"{entry.background} {entry.part}"
    claims = ", ".join(claim.value for claim in entry.statement.claims) if entry.statement else ""
    print(f"{'would be ' if dry_run else ''}entry {index}: {entry.kind.value} by {by}{whom}, about {safe(about)}{claims and ': ' + claims}")


def _tell_signed(place: Place, said: Said) -> None:
    print("to sign, in UTF-8 with a line feed after each line:")
    print("".join(f"  {safe(line)}\n" for line in statements.signed_bytes(place, said).decode().split("\n")[:-1]), end="")


def _signature(file: Path) -> str:
    data = _short_file(file)
    return b64encode(data).decode() if len(data) == _SIGNATURE_BYTES else data.decode("ascii", errors="replace").strip()


def _short_file(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LONGEST_FILE)
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}", hint="Check the path and who may read it.") from error


def claims_of(names: list[str]) -> tuple[Claim, ...]:
    """The claims called so.

    Raises:
        LedgerError: there is no such claim, or none is given.
    """
    known = {claim.value: claim for claim in Claim}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise LedgerError(f"no claim is called '{', '.join(unknown)}'", hint=f"Claims are {', '.join(known)}.")
    return tuple(known[name] for name in names)
