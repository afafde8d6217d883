"""Chosen entries are followed to the newest signed head: what was changed, is gone or is newer never passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.ledger.entry_check import EntryCheck, check_entries
from integration.ledger.verdict import Standing
from tests.unit.ledger.record import Record, pretend_record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with pretend_record(tmp_path / "record") as opened:
        opened.add(300)
        opened.sign()
        opened.add(400)
        opened.sign()
        yield opened


def checked(record: Record, *indexes: int, limit_s: float = 30.0) -> EntryCheck:
    with record.engine.connect() as connection:
        return check_entries(connection, indexes, limit_s=limit_s)


def test_entries_lead_to_the_newest_head(record: Record) -> None:
    check = checked(record, 0, 255, 256, 299, 300, 511, 512, 699)

    assert check.standing is Standing.HOLDS
    assert check.included == [0, 255, 256, 299, 300, 511, 512, 699]
    assert check.fitting == 1 and check.head is not None and check.head.size == 700


@pytest.mark.parametrize("index", [0, 256, 699])
def test_a_changed_entry_leads_elsewhere(record: Record, index: int) -> None:
    record.edit("UPDATE ledger_entry SET body = CAST(replace(CAST(body AS TEXT), 'c012', 'c013') AS BLOB) WHERE idx = :idx", idx=index)

    check = checked(record, index, 1)

    assert check.standing is Standing.BROKEN
    assert index in check.astray


def test_an_entry_that_is_gone_is_missing(record: Record) -> None:
    record.edit("DELETE FROM ledger_entry WHERE idx = 5")

    check = checked(record, 5)

    assert check.standing is Standing.BROKEN and check.missing == [5]


def test_changed_hashes_vouch_for_nothing(record: Record) -> None:
    record.edit("UPDATE ledger_tile SET hashes = zeroblob(8192) WHERE level = 0 AND n = 1")

    check = checked(record, 300)

    assert check.standing is Standing.BROKEN


def test_a_head_of_another_record_breaks_it(record: Record, tmp_path: Path) -> None:
    with pretend_record(tmp_path / "other") as other:
        other.add(350)
        foreign = other.sign()
    statement = "INSERT INTO ledger_checkpoint (size, key_id, made_ms, note) VALUES (350, 'x', 1, :note)"
    record.edit(statement, note=foreign.data)

    check = checked(record, 1)

    assert check.standing is Standing.BROKEN and check.unfit == [350]


def test_a_head_that_nobody_known_signed_is_not_believed(record: Record) -> None:
    record.edit("DELETE FROM ledger_key")

    assert checked(record, 1).standing is Standing.BROKEN


def test_what_no_head_covers_is_open(record: Record) -> None:
    record.add(1)

    check = checked(record, 699, 700)

    assert check.standing is Standing.OPEN and check.newer == [700] and check.included == [699]


def test_without_a_head_nothing_is_claimed(tmp_path: Path) -> None:
    with pretend_record(tmp_path / "unsigned") as unsigned:
        unsigned.add(3)

        check = checked(unsigned, 0)

    assert check.standing is Standing.OPEN and check.head is None


def test_what_there_was_no_time_for_is_not_claimed(record: Record) -> None:
    check = checked(record, *range(700), limit_s=0.0)

    assert check.standing is Standing.OPEN and check.unread == list(range(700))
