"""A record of a pretend studio, with its key, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from integration.database import open_database
from integration.ledger import heads, keys, log
from integration.ledger.check import LogCheck, check_log
from integration.ledger.checkpoint import SignedHead
from integration.ledger.entry import Actor, Entry, milliseconds, new_id
from integration.ledger.verdict import Standing
from integration.ledger.vocabulary import ActorKind, Kind

NAME = "studio.example/haikei"


def entry(**changed: Any) -> Entry:
    """A handover of one background."""
    now = datetime.now(UTC)
    known: dict[str, Any] = {
        "id": new_id(now),
        "kind": Kind.HANDOVER,
        "at_ms": milliseconds(now),
        "recorded_ms": milliseconds(now),
        "show": "海辺の町",
        "shots": ("c012",),
        "background": "Shot:1024",
        "actor": Actor(kind=ActorKind.SCRIPT),
    }
    return Entry(**{**known, **changed})


@dataclass
class Record:
    """A record and where its secret key lies."""

    engine: sa.Engine
    keys: Path

    def add(self, count: int, **changed: Any) -> None:
        """Append `count` entries."""
        with self.engine.begin() as connection:
            first = log.size(connection)
            log.append_all(connection, [(f"key {n}", entry(**changed)) for n in range(first, first + count)])

    def sign(self) -> SignedHead:
        """Sign a checkpoint."""
        with self.engine.begin() as connection:
            return heads.sign_head(connection, keys.open_signer(connection, self.keys), datetime.now(UTC))

    def edit(self, statement: str, **values: object) -> None:
        """What somebody with the database's password can do."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values) if values else connection.exec_driver_sql(statement)

    def check(self, *kept: SignedHead, **asked: Any) -> LogCheck:
        """What `haikei verify` finds, given checkpoints somebody kept."""
        with self.engine.connect() as connection:
            return check_log(connection, kept=[(f"kept-{head.size}", head.data) for head in kept], **asked)


@contextmanager
def pretend_record(folder: Path, name: str = NAME) -> Iterator[Record]:
    """An empty record with a key."""
    folder.mkdir(exist_ok=True)
    engine = open_database(f"sqlite:///{folder / 'record.sqlite'}")
    log.metadata.create_all(engine)
    with engine.begin() as connection:
        keys.create(connection, folder / "keys", name)
    yield Record(engine, folder / "keys")
    engine.dispose()


def broken(check: LogCheck) -> str:
    """Everything that does not hold, in words."""
    return "\n".join(finding.words for finding in check.findings if finding.standing is Standing.BROKEN)
