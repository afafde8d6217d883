"""haikei's own tables, and opening the database that holds them, the workflows and the record."""

import sqlite3
from pathlib import Path

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


def open_database(url: str) -> sa.Engine:
    """Open the database at `url`, in WAL mode when it is SQLite, and make what tables are missing.

    Raises:
        DatabaseError: it is damaged, is not ours, or does not answer. A damaged file is never started anew.
    """
    if url.startswith("sqlite"):
        _prepare_sqlite(Path(sa.make_url(url).database or ""))
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    return engine


def make_tables(engine: sa.Engine, *also: sa.MetaData) -> None:
    """Make our tables, and those of `also`, where they are missing.

    Raises:
        DatabaseError: the database does not answer or refuses.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(72631)"))
            for tables in (metadata, *also):
                tables.create_all(connection)
    except sa.exc.DBAPIError as error:
        raise DatabaseError(
            f"the database at {engine.url.render_as_string(hide_password=True)} cannot be used: {error.orig}",
            hint="Check that the database server runs and that the address and password in haikei.toml are right.",
        ) from error


def _prepare_sqlite(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(file, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise _damaged(file, str(error)) from error
    if verdict != "ok":
        raise _damaged(file, str(verdict))


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
