"""haikei's own tables, and opening the database that holds them, the workflows and the record."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy import event

from integration.errors import DatabaseError

metadata = sa.MetaData()

cursors = sa.Table(
    "haikei_cursor",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""How far each site's events were read; moved in the transaction that stores them."""

inbox = sa.Table(
    "haikei_inbox",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("event_order", sa.BigInteger, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""Every event we were told of, once, however it came."""

deliveries = sa.Table(
    "haikei_delivery",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("hook", sa.Text, primary_key=True),
    sa.Column("event_order", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before_ms", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Index("haikei_delivery_pending", "state", "not_before_ms"),
)
"""What each hook owes each event: pending, done or set_aside."""

drafts = sa.Table(
    "haikei_draft",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("background", sa.Text, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("layout_task", sa.Text, nullable=False),
    sa.Column("genzu_version", sa.Text, nullable=False),
    sa.Column("genzu_sha256", sa.Text, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("approved_order", sa.BigInteger, nullable=False),
    sa.Column("approved_ms", sa.BigInteger, nullable=False),
    sa.Column("wanted", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("renders", sa.Integer, nullable=False),
    sa.Column("review_task", sa.Text, nullable=False),
    sa.Column("render_started_ms", sa.BigInteger, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("site", "background", "part", "round"),
)
"""One row for each round of drafts of one part of one background."""

pictures = sa.Table(
    "haikei_draft_picture",
    metadata,
    sa.Column("draft", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Index("haikei_draft_picture_version", "version"),
)
"""The delivered pictures of each round."""

sheets = sa.Table(
    "haikei_draft_sheet",
    metadata,
    sa.Column("draft", sa.Text, primary_key=True),
    sa.Column("line_sha256", sa.Text, nullable=False),
    sa.Column("mask_sha256", sa.Text, nullable=False),
)
"""The registered lines of each round's genzu, and its cel mask or nothing, as they were given to the model."""

shipped_layers = sa.Table(
    "haikei_shipped_layer",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("background", sa.Text, primary_key=True),
    sa.Column("file_sha256", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("draft", sa.Integer, nullable=True),
    sa.Column("pixel_sha256", sa.Text, nullable=False),
    sa.Column("left_px", sa.Integer, nullable=False),
    sa.Column("top_px", sa.Integer, nullable=False),
    sa.Column("picture_sha256", sa.Text, nullable=False),
)
"""The layers of the files that were handed to artists, by which what returns is told; `picture_sha256` is that of a draft's layer."""

held = sa.Table(
    "haikei_held",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("layout_task", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
)
"""Approved layouts that start nothing now, and why: waiting for a genzu, or refused by policy."""

held_backgrounds = sa.Table(
    "haikei_held_background",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("layout_task", sa.Text, primary_key=True),
    sa.Column("background", sa.Text, nullable=False),
    sa.Index("haikei_held_background_place", "site", "background"),
)
"""The background of each layout that is held, where it hangs on one."""

inspections = sa.Table(
    "haikei_inspection",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("media", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)
"""Every Version's file that was looked through, and what came of it."""

orders = sa.Table(
    "haikei_order",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("show", sa.Text, nullable=False),
    sa.Column("house", sa.Text, nullable=False),
    sa.Column("house_kind", sa.Text, nullable=False),
    sa.Column("due_on", sa.Text, nullable=False),
    sa.Column("ordered_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""Every order to an outside house: the manifest as it was sent, less the house's name, for which `house` stands in the record."""

received = sa.Table(
    "haikei_received",
    metadata,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("stem", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("received_ms", sa.BigInteger, nullable=False),
)
"""Every file that a house handed back for an order and that stands in the tracker."""

wishes = sa.Table(
    "haikei_round_wish",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("note", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("draft", sa.Text, nullable=False),
    sa.Column("former", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Index("haikei_round_wish_draft", "draft"),
)
"""Every Note that asked for new drafts, once, and what came of it: the round it started in place of the former, or why none."""

handed = sa.Table(
    "haikei_handed",
    metadata,
    sa.Column("draft", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("on_task", sa.Boolean, nullable=False),
)
"""Who was told of a round's drafts, by the tracker's id, and whether they were on the task when we looked last."""

_BUSY_S = 30.0
_CONNECT_S = 15


def open_database(url: str) -> sa.Engine:
    """The database at `url`, in WAL mode when it is SQLite; a server is not asked yet (`require_answer` does).

    Raises:
        DatabaseError: the URL is wrong, or the SQLite file is damaged or cannot be used. A damaged file is never started anew.
    """
    file = _sqlite_file(url)
    if file is not None:
        _prepare_sqlite(file)
    try:
        return _engine(_parsed(url))
    except (sa.exc.ArgumentError, ImportError, TypeError, ValueError):
        raise _wrong_url() from None  # the cause may quote a password


def missing_file(url: str) -> Path | None:
    """The SQLite file that `url` names, when it is yet to be made; None for every other database.

    Raises:
        DatabaseError: the URL is wrong.
    """
    file = _sqlite_file(url)
    return file if file is not None and not file.exists() and not _size(_wal(file)) else None


def require_answer(engine: sa.Engine) -> None:
    """Ask the database for one value.

    Raises:
        DatabaseError: it does not answer or refuses.
    """
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.DBAPIError as error:
        raise _refused(engine, error) from error


def make_tables(engine: sa.Engine, *also: sa.MetaData) -> None:
    """Make our tables, and those of `also`, where they are missing.

    Raises:
        DatabaseError: the database does not answer or refuses.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(72631)"))
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's own transactions leave table making out
            for tables in (metadata, *also):
                tables.create_all(connection)
    except sa.exc.DBAPIError as error:
        raise _refused(engine, error) from error


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise _wrong_url() from None  # the cause may quote a password


def _sqlite_file(url: str) -> Path | None:
    parsed = _parsed(url)
    return Path(parsed.database or "") if parsed.drivername.partition("+")[0] == "sqlite" else None


def _engine(url: sa.URL) -> sa.Engine:
    """Statements that fail are told without their values: those may be people's words."""
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _set_pragmas)
        return engine
    wait = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_S}
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=wait)


def _prepare_sqlite(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        had_wal = _size(_wal(file)) > 0
        if not file.exists():
            if had_wal:
                raise _damaged(file, f"it is gone, and {_wal(file).name} holds what was written to it last")
            _begin_sqlite(file)
        elif file.is_file() and _size(file) == 0:
            raise _damaged(file, "it is empty")
        verdict = _look_into(file)
    except sqlite3.OperationalError as error:
        raise _unusable(file, error) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(file, str(error)) from error
    except OSError as error:
        raise DatabaseError(
            f"the database {file} cannot be made or read: {error.strerror}",
            hint="Check the path in state_folder or database.url, who may write there, and that the disk is not full.",
        ) from error
    if verdict != "ok":
        raise _damaged(file, verdict)


def _begin_sqlite(file: Path) -> None:
    """Put an empty database in place whole: a kill between making and filling it leaves no empty file, which is taken for damage."""
    with TemporaryDirectory(dir=file.parent, prefix=".new-") as folder:
        new = Path(folder) / file.name
        new.touch(mode=0o600)  # it holds people's names
        connection = sqlite3.connect(new)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        with suppress(OSError):  # another process was first, or the disk has no links: then SQLite makes the file
            os.link(new, file)


def _look_into(file: Path) -> str:
    connection = sqlite3.connect(file, timeout=_BUSY_S)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    return str(verdict)


def _wal(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _wrong_url() -> DatabaseError:
    return DatabaseError(
        "database.url is no address of a database haikei can use",
        hint="Write sqlite:////folder/haikei.sqlite or postgresql+psycopg://user@host/haikei; in a password, write @ as %40 and / as %2F.",
    )


def _refused(engine: sa.Engine, error: sa.exc.DBAPIError) -> DatabaseError:
    if isinstance(error.orig, sqlite3.OperationalError):
        return _unusable(Path(engine.url.database or ""), error.orig)
    if isinstance(error.orig, sqlite3.DatabaseError):
        return _damaged(Path(engine.url.database or ""), str(error.orig))
    return DatabaseError(
        f"the database at {engine.url.render_as_string(hide_password=True)} cannot be used: {error.orig}",
        hint="Check that the database server runs and that the address and password in haikei.toml are right.",
    )


def _unusable(file: Path, error: sqlite3.OperationalError) -> DatabaseError:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseError(
            f"the database {file} is held by another process: {error}",
            hint="Wait, or stop the other program that has it open; nothing is damaged.",
        )
    return DatabaseError(
        f"the database {file} cannot be opened or written: {error}",
        hint=f"Check who may write {file.name} and the folder {file.parent}, and that the disk is not full; do not move the file.",
    )


def _damaged(file: Path, detail: str) -> DatabaseError:
    return DatabaseError(
        f"the database file {file} cannot be read: {detail}",
        hint=f"Move {file.name} with its -wal and -shm files aside, put the last backup in its place and start again; "
        "without a backup, `sqlite3 OLD .recover | sqlite3 NEW` saves what can be saved.",
    )


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA foreign_keys=ON")
