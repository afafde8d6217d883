"""Keys are kept from others, handed over in order, and believed only as far as they should be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import keys
from integration.ledger.checkpoint import read_checkpoint, write_checkpoint
from integration.ledger.keys import Reason, keyring
from integration.ledger.note import new_signer, read_verifier
from tests.unit.ledger.record import NAME, Record, broken, pretend_record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with pretend_record(tmp_path) as made:
        yield made


def test_the_secret_file_is_open_to_its_owner_alone(record: Record) -> None:
    (file,) = record.keys.iterdir()

    assert file.stat().st_mode & 0o777 == 0o600
    assert record.keys.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_may_read_is_refused(record: Record, mode: int) -> None:
    (file,) = record.keys.iterdir()
    file.chmod(mode)

    with pytest.raises(LedgerError, match="open to others") as refused:
        record.sign()

    assert "chmod 600" in refused.value.hint


def test_a_missing_damaged_or_foreign_key_file_is_told_and_nothing_is_signed(record: Record) -> None:
    (file,) = record.keys.iterdir()

    for content in ("", "\xff", new_signer(NAME).skey):
        file.write_text(content, encoding="latin-1")
        with pytest.raises(LedgerError):
            record.sign()
    file.unlink()
    with pytest.raises(LedgerError, match="cannot be read"):
        record.sign()

    assert _count(record.engine, "ledger_checkpoint") == 0


def test_a_second_first_key_is_refused(record: Record) -> None:
    with record.engine.begin() as connection, pytest.raises(LedgerError, match="has a key"):
        keys.create(connection, record.keys, NAME)


def test_after_a_rotation_the_new_key_signs_and_the_old_file_is_gone(record: Record) -> None:
    record.add(3)
    before = record.sign()

    handover = _rotate(record, Reason.ROUTINE)
    record.add(1)
    after = record.sign()

    assert after.note.signed_by(handover.new)
    assert not after.note.signed_by(handover.old)
    assert before.note.signed_by(handover.old)
    assert [file.name for file in record.keys.iterdir()] == [f"record-{handover.new.key_id}.key"]
    assert record.check(before, after).holds


def test_whoever_kept_the_old_key_is_led_to_the_new_one_and_the_other_way_round(record: Record) -> None:
    record.add(3)
    before = record.sign()
    handover = _rotate(record, Reason.ROUTINE)
    record.add(1)
    after = record.sign()

    assert record.check(before, after, known=[handover.old]).holds
    assert record.check(before, after, known=[handover.new]).holds


def test_a_leaked_key_vouches_for_no_successor(record: Record) -> None:
    record.add(3)
    before = record.sign()
    handover = _rotate(record, Reason.LEAKED)
    record.add(1)
    record.sign()

    told = broken(record.check(before, known=[handover.old]))

    assert "does not lead to" in told
    assert record.check(before, known=[handover.new]).holds


def test_a_retired_key_signs_nothing_beyond_its_retirement(record: Record) -> None:
    record.add(3)
    with record.engine.connect() as connection:
        thief = keys.open_signer(connection, record.keys)
    handover = _rotate(record, Reason.LEAKED)
    record.add(5)
    forged = read_checkpoint(write_checkpoint(thief, 8, bytes(32)))

    check = record.check(forged, known=[handover.new])

    assert f"key {handover.old.key_id} had been retired at 3 entries" in broken(check)


def test_a_statement_that_one_of_both_keys_did_not_sign_leads_nowhere(record: Record) -> None:
    handover = _rotate(record, Reason.ROUTINE)
    lines = handover.data.split(b"\n")
    text = b"\n".join(lines[:-3]) + b"\n"

    for signature in lines[-3:-1]:
        with pytest.raises(LedgerError, match="not signed by both"):
            keys.read_handover(text + signature + b"\n")
    with pytest.raises(LedgerError):
        keys.read_handover(handover.data.replace(b"size 0", b"size 9"))


def test_a_stranger_is_not_believed(record: Record) -> None:
    with record.engine.connect() as connection:
        own = keys.public(connection)
    stranger = new_signer(NAME)
    elsewhere = new_signer("other.example/haikei")

    ring = keyring(own, [])

    assert "no key of this record" in ring.objection(read_checkpoint(write_checkpoint(stranger, 1, bytes(32))))
    assert "another record, other.example/haikei" in ring.objection(read_checkpoint(write_checkpoint(elsewhere, 1, bytes(32))))
    assert read_verifier(stranger.verifier.vkey) == stranger.verifier


def _rotate(record: Record, reason: Reason) -> keys.Handover:
    with record.engine.begin() as connection:
        handover = keys.rotate(connection, record.keys, reason)
    keys.forget(record.keys, handover.old)
    return handover


def _count(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one())
