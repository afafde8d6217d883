"""`haikei keys`: the keys the record is signed with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.errors import LedgerError
from integration.ledger import keys
from integration.ledger.log import metadata as ledger_tables
from integration.settings import Settings, read_settings
from integration.workflow.publishing import keys_folder


def create_key(file: Path | None, name: str) -> None:
    """Make the record's first key and print its public line."""
    settings = read_settings(file)
    folder = keys_folder(settings)
    with _open(settings) as engine, engine.begin() as connection:
        signer = keys.create(connection, folder, name or settings.record.name)
    print(f"The secret key lies in {folder}; keep one copy of it offline, and none in a backup of the database.")
    print("Give this line to everybody who shall be able to check the record:")
    print(signer.verifier.vkey)


def show_keys(file: Path | None) -> None:
    """Print every public key, the one in use last, and how keys were handed over."""
    settings = read_settings(file)
    with _open(settings) as engine, engine.connect() as connection:
        held, statements = keys.public(connection), keys.handovers(connection)
    if not held:
        raise LedgerError("this record has no key", hint="Run `haikei keys create NAME`, with a name such as studio.example/haikei.")
    retired = {each.old: each for each in statements}
    for verifier in held:
        gone = retired.get(verifier)
        print(verifier.vkey + (f"  (retired at {gone.size} entries, {gone.reason})" if gone else "  (in use)"))


def rotate_key(file: Path | None, *, leaked: bool) -> None:
    """Replace the key in use, delete its secret half, and print what outsiders must be told."""
    settings = read_settings(file)
    folder = keys_folder(settings)
    with _open(settings) as engine:
        with engine.begin() as connection:
            handover = keys.rotate(connection, folder, keys.Reason.LEAKED if leaked else keys.Reason.ROUTINE)
        keys.forget(folder, handover.old)
    print(f"Key {handover.old.key_id} was retired at {handover.size} entries, and its secret half deleted here; delete your copies too.")
    if leaked:
        print("It vouches for nothing any more, not for its successor either: hand the new line to each outsider in person,")
        print("and send a checkpoint at once. docs/record.md says what else to do.")
    print(handover.new.vkey)


@contextmanager
def _open(settings: Settings) -> Iterator[sa.Engine]:
    engine = open_database(settings.database_url())
    try:
        make_tables(engine, ledger_tables)
        yield engine
    finally:
        engine.dispose()
