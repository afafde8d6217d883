"""A slot is one render worker's place and name; who holds its lock lives, and nobody else may use the name."""

import fcntl
import re
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa

from integration.errors import RenderError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)


class SlotLock(Protocol):
    """A slot that is held."""

    def is_held(self) -> bool:
        """Whether it still is; a database that was restarted forgets."""
        ...

    def release(self) -> None:
        """Give the slot back."""
        ...


def take_slot(database_url: str, slot: str) -> SlotLock | None:
    """Hold `slot` for this process, or None when a living process holds it. A process that dies gives it back.

    Raises:
        RenderError: the name cannot be one, or the database does not answer.
    """
    if not _NAME.fullmatch(slot):
        raise RenderError(f"{slot[:100]!r} cannot name a render slot", hint="Use letters, digits, '.', '_', ':' and '-', as host:gpu0.")
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError as error:
        raise RenderError(
            "the database's address is no URL", hint="Write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    if url.get_backend_name() == "sqlite":
        return _take_file(Path(f"{url.database}.{slot.replace(':', '_')}.lock"))
    return _take_advisory(url, slot)


class _FileLock:
    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def is_held(self) -> bool:
        return not self._file.closed

    def release(self) -> None:
        self._file.close()


class _AdvisoryLock:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError:
            return False
        return True

    def release(self) -> None:
        self._connection.close()
        self._connection.engine.dispose()


def _take_file(path: Path) -> SlotLock | None:
    try:
        file = path.open("w")
    except OSError as error:
        raise RenderError(f"{path} cannot be written: {error.strerror}", hint="Check the folder of the database.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return _FileLock(file)


def _take_advisory(url: sa.URL, slot: str) -> SlotLock | None:
    keepalive = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10}
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=keepalive)
    try:
        connection = engine.connect()
        taken = connection.execute(sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": f"haikei:{slot}"}).scalar()
    except sa.exc.DBAPIError as error:
        raise RenderError("the database does not answer", hint="Check that its server runs, and the address and password.") from error
    if not taken:
        connection.close()
        return None
    return _AdvisoryLock(connection)
