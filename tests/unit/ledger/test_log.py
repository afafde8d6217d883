"""The list of entries has no gaps, holds each fact once, and stands or falls with the caller's transaction."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import log, tables
from integration.ledger.canonical import canonical_bytes
from integration.ledger.entry import Actor, Decision, Entry, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Kind, Verdict

EACH = 200
"""Entries each of two writers appends."""


def entry(**changed: Any) -> Entry:
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


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = _open(f"sqlite:///{tmp_path / 'record.sqlite'}")
    log.metadata.create_all(made)
    yield made
    made.dispose()


def test_indexes_count_from_zero(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        indexes = [log.append(connection, entry(), key=f"k{n}") for n in range(3)]

        assert indexes == [0, 1, 2]
        assert log.size(connection) == 3


def test_what_was_appended_is_read_in_order_and_unchanged(engine: sa.Engine) -> None:
    made = [entry(at_ms=9 - n) for n in range(5)]

    with engine.begin() as connection:
        for n, each in enumerate(made):
            log.append(connection, each, key=f"k{n}")

    with engine.connect() as connection:
        assert list(log.read(connection)) == list(enumerate(made))
        assert [index for index, _ in log.read(connection, first=3)] == [3, 4]


def test_the_same_key_writes_once_and_keeps_the_first(engine: sa.Engine) -> None:
    first, again = entry(step="Layout"), entry(step="Background")

    with engine.begin() as connection:
        written = log.append(connection, first, key="k")
    with engine.begin() as connection:
        log.append(connection, entry(), key="other")
        repeated = log.append(connection, again, key="k")

        assert repeated == written == log.index_of(connection, key="k")
        assert log.index_of(connection, key="nobody wrote this") is None
        assert log.size(connection) == 2
        assert next(log.read(connection))[1] == first


def test_a_rolled_back_transaction_leaves_no_gap(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        log.append(connection, entry(), key="lost")
        connection.rollback()
    with engine.begin() as connection:
        assert log.append(connection, entry(), key="kept") == 0


def test_an_entry_falls_with_the_state_it_records(engine: sa.Engine) -> None:
    def record_and_fail() -> None:
        with engine.begin() as connection:
            log.append(connection, entry(), key="k")
            raise LookupError

    with pytest.raises(LookupError):
        record_and_fail()

    with engine.connect() as connection:
        assert log.size(connection) == 0


def test_a_session_may_append_as_well(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        assert log.append(session, entry(), key="k") == 0
        assert [index for index, _ in log.read(session)] == [0]


def test_an_unfit_entry_or_an_empty_key_writes_nothing(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        with pytest.raises(LedgerError, match="asset"):
            log.append(connection, entry(kind=Kind.LAYOUT_DRAWN), key="k")
        with pytest.raises(LedgerError, match="no key"):
            log.append(connection, entry(), key="")

        assert log.size(connection) == 0


def test_entries_are_found_by_shot_show_background_and_kind(engine: sa.Engine) -> None:
    approved = Decision(verdict=Verdict.APPROVED)
    with engine.begin() as connection:
        log.append(connection, entry(shots=("c012", "c013")), key="0")
        log.append(connection, entry(shots=("c013",), background="Shot:1025"), key="1")
        log.append(connection, entry(shots=("c012",), show="他"), key="2")
        log.append(connection, entry(kind=Kind.LAYOUT_APPROVED, decision=approved), key="3")
        log.append(connection, entry(shots=("カ\u3099",)), key="4")

        def found(**conditions: Any) -> list[int]:
            return [index for index, _ in log.read(connection, **conditions)]

        assert found(shot="c012") == [0, 2, 3]
        assert found(shot="c012", show="海辺の町") == [0, 3]
        assert found(background="Shot:1025") == [1]
        assert found(kinds=[Kind.LAYOUT_APPROVED]) == [3]
        assert found(kinds=[]) == []
        assert found(shot="ガ") == found(shot="カ\u3099") == [4]


def test_a_stored_entry_that_was_edited_is_reported_with_its_index(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        log.append(connection, entry(), key="k")
        connection.execute(sa.update(tables.entries).values(body=canonical_bytes(entry()).replace(b"{", b"{ ", 1)))

        with pytest.raises(LedgerError, match="entry 0 is damaged"):
            list(log.read(connection))


def test_two_processes_that_write_at_once_leave_no_gap(engine: sa.Engine) -> None:
    _write_from_two_processes(engine.url.render_as_string(hide_password=False))

    _check_two_writers(engine)


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "SERIALIZABLE"])
def test_two_processes_that_write_at_once_to_postgres_leave_no_gap(postgres_url: str, isolation: str) -> None:
    engine = _open(postgres_url)
    log.metadata.create_all(engine)

    _write_from_two_processes(postgres_url, isolation)

    _check_two_writers(engine)
    engine.dispose()


def _open(url: str, isolation: str | None = None) -> sa.Engine:
    engine = sa.create_engine(url, **({"isolation_level": isolation} if isolation else {}))
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA busy_timeout=30000")


def _write_from_two_processes(url: str, isolation: str | None = None) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(url, isolation, name)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(90)

    assert [writer.exitcode for writer in writers] == [0, 0]


def _write(url: str, isolation: str | None, name: str) -> None:
    engine = _open(url, isolation)
    for n in range(EACH):
        _append_until_it_holds(engine, name, n)
    engine.dispose()


def _append_until_it_holds(engine: sa.Engine, name: str, n: int) -> None:
    """Lose one entry, then append one of our own and one that both append; again after a serialisation failure, as DBOS would."""
    while True:
        try:
            with engine.connect() as connection:
                log.append(connection, entry(), key=f"lost by {name}")
                connection.rollback()
            with engine.begin() as connection:
                log.append(connection, entry(), key=f"{name}{n}")
                log.append(connection, entry(), key=f"both {n}")
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "40001":
                raise
        else:
            return


def _check_two_writers(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        indexes = [index for index, _ in log.read(connection)]
        keys = set(connection.execute(sa.select(tables.entries.c.key)).scalars())

        assert indexes == list(range(3 * EACH))
        assert log.size(connection) == 3 * EACH
        assert keys == {f"{name}{n}" for name in ("a", "b", "both ") for n in range(EACH)}
