"""Whoever falsifies the record is found: by `haikei verify` alone, or by a checkpoint somebody outside kept.

The twelfth kind, a C2PA manifest moved to another picture, is a matter of the picture's file and tested with provenance.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import open_database
from integration.errors import LedgerError
from integration.ledger import heads, keys
from integration.ledger.check import LogCheck
from integration.ledger.checkpoint import SignedHead, read_checkpoint, read_proof, write_checkpoint
from integration.ledger.tiles import root_at
from tests.unit.ledger.record import Record, broken, pretend_record

SIZES = (300, 600, 700)
"""Entries under each checkpoint."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a record of 700 entries with its key, to be copied."""
    folder = tmp_path_factory.mktemp("attacked") / "studio"
    with pretend_record(folder) as made:
        for before, size in pairwise((0, *SIZES)):
            made.add(size - before)
            made.sign()
    return folder


@pytest.fixture
def record(studio: Path, tmp_path: Path) -> Iterator[Record]:
    shutil.copytree(studio, tmp_path / "studio")
    engine = open_database(f"sqlite:///{tmp_path / 'studio' / 'record.sqlite'}")
    yield Record(engine, tmp_path / "studio" / "keys")
    engine.dispose()


def test_an_honest_record_holds(record: Record) -> None:
    check = record.check()

    assert check.holds
    assert check.covered == check.size == 700


def test_an_edited_entry_is_named(record: Record) -> None:
    record.edit("UPDATE ledger_entry SET body = CAST(REPLACE(CAST(body AS TEXT), 'c012', 'c013') AS BLOB) WHERE idx = 412")

    check = record.check()

    assert check.altered == [412]
    assert "the first that differs is 412" in broken(check)
    assert "over 600 entries, fits the hashes kept" in broken(check)
    assert any("covers the first 300 entries" in finding.words for finding in check.findings)


def test_an_edited_entry_is_bounded_by_checkpoints_when_the_hashes_were_edited_too(record: Record) -> None:
    record.edit("UPDATE ledger_entry SET body = CAST(REPLACE(CAST(body AS TEXT), 'c012', 'c013') AS BLOB) WHERE idx = 412")
    record.edit("DELETE FROM ledger_tile")

    told = broken(record.check())

    assert "something in entries 300 to 599 was changed; the one over 300 entries still fits" in told


def test_an_entry_filed_where_no_report_finds_it_is_named(record: Record) -> None:
    record.edit("DELETE FROM ledger_entry_shot WHERE idx = 7")
    record.edit("UPDATE ledger_entry SET show = 'another' WHERE idx = 8")
    record.edit("UPDATE ledger_entry SET kind = 'correction' WHERE idx = 650")

    assert record.check().misfiled == [7, 8, 650]


def test_a_deleted_last_entry_is_missed(record: Record) -> None:
    record.edit("DELETE FROM ledger_entry WHERE idx = 699")
    _missed_at_the_end(record.check(), record)


def test_a_deleted_last_entry_is_missed_when_the_head_was_edited_too(record: Record) -> None:
    record.edit("DELETE FROM ledger_entry WHERE idx = 699")
    record.edit("DELETE FROM ledger_entry_shot WHERE idx = 699")
    record.edit("UPDATE ledger_head SET size = 699")

    assert "covers 700 entries, but the record has only 699: 1 at its end are gone" in broken(record.check())


def test_an_entry_deleted_from_the_middle_leaves_a_gap_or_shifts_all_that_follow(record: Record) -> None:
    record.edit("DELETE FROM ledger_entry WHERE idx = 412")
    record.edit("DELETE FROM ledger_entry_shot WHERE idx = 412")
    assert record.check().missing == [412]

    _move(record, first=413, by=-1)
    record.edit("UPDATE ledger_head SET size = 699")
    check = record.check()

    assert "the first that differs is 412" in broken(check)
    assert "covers 700 entries, but the record has only 699" in broken(check)


def test_a_back_dated_entry_is_found(record: Record) -> None:
    record.add(1, at_ms=1)
    _move(record, first=100, by=1)
    for table in ("ledger_entry", "ledger_entry_shot"):
        record.edit(f"UPDATE {table} SET idx = 100 WHERE idx = 701")

    told = broken(record.check())

    assert "the first that differs is 100" in told
    assert "over 300 entries, fits the hashes kept of the entries, but not the entries" in told


def test_swapped_entries_are_found(record: Record) -> None:
    record.edit("UPDATE ledger_entry SET idx = -1 WHERE idx = 20")
    record.edit("UPDATE ledger_entry SET idx = 20 WHERE idx = 21")
    record.edit("UPDATE ledger_entry SET idx = 21 WHERE idx = -1")

    assert record.check().altered == [20, 21]


def test_a_truncated_record_is_found_by_a_kept_checkpoint_when_its_own_were_deleted(record: Record) -> None:
    kept = _newest(record)
    record.edit("DELETE FROM ledger_entry WHERE idx >= 300")
    record.edit("DELETE FROM ledger_tile WHERE n >= 1 OR level > 0")
    record.edit("DELETE FROM ledger_checkpoint WHERE size > 300")
    record.edit("UPDATE ledger_head SET size = 300")

    assert record.check().holds
    assert "The checkpoint in kept-700 covers 700 entries, but the record has only 300: 400" in broken(record.check(kept))


def test_two_checkpoints_that_contradict_each_other_cannot_both_fit(record: Record, tmp_path: Path) -> None:
    shown_to_one = _newest(record)
    with record.engine.connect() as connection:
        signer = keys.open_signer(connection, record.keys)
    shown_to_another = read_checkpoint(write_checkpoint(signer, 700, b"another history of 32 bytes....."))

    check = record.check(shown_to_one, shown_to_another)

    assert broken(check).count("contradicts the record") == 1


def test_a_record_written_anew_and_signed_with_its_own_key_is_found_by_a_kept_checkpoint(record: Record) -> None:
    kept = _newest(record)
    early = _signed_at(record, 300)
    record.edit("UPDATE ledger_entry SET body = CAST(REPLACE(CAST(body AS TEXT), 'Shot:1024', 'Shot:1025') AS BLOB) WHERE idx = 500")
    record.edit("UPDATE ledger_entry SET background = 'Shot:1025' WHERE idx = 500")
    record.edit("DELETE FROM ledger_tile")
    record.edit("DELETE FROM ledger_checkpoint")
    record.sign()

    assert record.check().holds
    assert record.check(early).holds
    assert "contradicts the record" in broken(record.check(early, kept))
    assert "something in entries 300 to 699 was changed" in broken(record.check(early, kept))


def test_a_checkpoint_of_another_record_is_refused(record: Record, tmp_path: Path) -> None:
    with pretend_record(tmp_path / "elsewhere", "other.example/haikei") as other:
        other.add(3)
        foreign = other.sign()

    assert "of another record, other.example/haikei" in broken(record.check(foreign))


def test_an_altered_proof_does_not_fit(record: Record) -> None:
    with record.engine.connect() as connection:
        data = heads.proof_of(connection, 412, _newest(record))
        body = bytes(connection.execute(sa.text("SELECT body FROM ledger_entry WHERE idx = 412")).scalar_one())
    lines = data.split(b"\n")

    altered = [b"\n".join(lines[:n] + [lines[n + 1], lines[n]] + lines[n + 2 :]) for n in range(2, 9)]

    assert read_proof(data).fits(body)
    assert not any(read_proof(each).fits(body) for each in altered)
    assert not read_proof(data.replace(b"index 412", b"index 413")).fits(body)


def test_altered_hashes_are_told_from_altered_entries(record: Record) -> None:
    record.edit("UPDATE ledger_tile SET hashes = zeroblob(8192) WHERE level = 0 AND n = 1")

    check = record.check()

    assert check.altered == []
    assert "Stored hashes do not fit each other: tile/0/001" in broken(check)


def test_nothing_is_signed_over_a_record_that_was_changed(record: Record) -> None:
    record.edit("UPDATE ledger_entry SET body = x'00' WHERE idx = 699")
    record.add(1)

    with pytest.raises(LedgerError, match="no longer fits its checkpoint over 700 entries"):
        record.sign()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET body = 'text'",
        "UPDATE ledger_entry SET body = x'' WHERE idx = 3",
        "UPDATE ledger_entry SET body = '[]' WHERE idx = 3",
        'UPDATE ledger_entry SET body = \'{"kind":[],"show":7}\' WHERE idx = 3',
        'UPDATE ledger_entry SET body = \'{"kind":1,"show":"a","at_ms":1,"recorded_ms":1,"shots":[[]]}\' WHERE idx = 3',
        "UPDATE ledger_entry SET idx = 9000000000000000000 WHERE idx = 699",
        "UPDATE ledger_entry SET idx = -5 WHERE idx = 0",
        "UPDATE ledger_head SET size = 9000000000000000000",
        "UPDATE ledger_head SET size = 'many'",
        "DELETE FROM ledger_head",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_checkpoint SET note = x'ff'",
        "UPDATE ledger_tile SET hashes = x'00'",
        "UPDATE ledger_key SET vkey = 'no key'",
        "UPDATE ledger_key SET statement = x'ff'",
    ],
)
def test_a_database_edited_by_hand_never_holds_and_never_crashes(record: Record, statement: str) -> None:
    record.edit(statement)

    assert not record.check().holds


def test_a_database_that_is_none_is_told(record: Record) -> None:
    record.edit("DROP TABLE ledger_entry")

    with pytest.raises(LedgerError, match="cannot be read"):
        record.check()


def _missed_at_the_end(check: LogCheck, record: Record) -> None:
    assert check.missing == [699]
    assert "The record says it holds 700 entries" in broken(check)


def _move(record: Record, *, first: int, by: int) -> None:
    """Renumber every entry from `first` on, as somebody would who hides what they did."""
    for table in ("ledger_entry", "ledger_entry_shot"):
        record.edit(f"UPDATE {table} SET idx = -idx - 1000 WHERE idx >= :first", first=first)
        record.edit(f"UPDATE {table} SET idx = -idx - 1000 + :by WHERE idx < -1000", by=by)


def _newest(record: Record) -> SignedHead:
    with record.engine.connect() as connection:
        found = heads.newest(connection)
        assert found is not None
        return found


def _signed_at(record: Record, size: int) -> SignedHead:
    with record.engine.connect() as connection:
        (data,) = [data for data in heads.every(connection) if read_checkpoint(data).size == size]
        assert read_checkpoint(data).root == root_at(connection, size)
    return read_checkpoint(data)


def test_of_very_many_checkpoints_an_even_choice_with_the_newest_is_checked(record: Record) -> None:
    with record.engine.connect() as connection:
        assert [read_checkpoint(data).size for data in heads.every(connection, most=2)] == [300, 700]
        assert [read_checkpoint(data).size for data in heads.every(connection, most=1)] == [700]


def test_a_checkpoint_is_signed_once_for_a_size(record: Record) -> None:
    before = _newest(record)

    again = record.sign()

    assert again.data == before.data
    assert datetime.now(UTC) > (_made_at(record) or datetime.max.replace(tzinfo=UTC))


def _made_at(record: Record) -> datetime | None:
    with record.engine.connect() as connection:
        return heads.made_at(connection)
