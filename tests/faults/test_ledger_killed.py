"""kill -9 while two writers append and sign: no gap, no entry twice, and the record is right by both outside verifiers."""

import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import open_database
from integration.ledger import heads, keys, log, tables
from integration.ledger.check import check_log
from tests.outside_verifiers import built_go_verifier, check_with_go, check_with_tlog_scales, unpacked
from tests.unit.ledger.record import NAME, entry

KILLS = 200
LONGEST_S = 0.25
"""A writer lives at most so long."""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_hundred_kills_leave_no_gap_and_no_entry_twice(tmp_path: Path, seed: int) -> None:
    url = f"sqlite:///{tmp_path / 'record.sqlite'}"

    _kill_writers(url, tmp_path / "keys", KILLS, seed)

    _require_whole(url, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kills_on_postgres_leave_no_gap_and_no_entry_twice(postgres_url: str, tmp_path: Path, seed: int) -> None:
    _kill_writers(postgres_url, tmp_path / "keys", KILLS // 2, seed)

    _require_whole(postgres_url, tmp_path)


def _kill_writers(url: str, folder: Path, kills: int, seed: int) -> None:
    """Keep two writers at work, and kill one after another at random moments."""
    chance = random.Random(seed)
    engine = open_database(url)
    log.metadata.create_all(engine)
    with engine.begin() as connection:
        keys.create(connection, folder, NAME)
    engine.dispose()
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(url, folder, name)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for kill in range(kills):
        time.sleep(chance.uniform(0.02, LONGEST_S))
        victim = writers[kill % 2]
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        writers[kill % 2] = context.Process(target=_write, args=(url, folder, "ab"[kill % 2]))
        writers[kill % 2].start()
    time.sleep(1)
    for writer in writers:
        assert writer.is_alive()
        writer.kill()
        writer.join()


def _write(url: str, folder: Path, name: str) -> None:
    """Append singly, in batches and what both append, and sign, for ever; the other writer, and the one before, may have written the same."""
    engine = open_database(url)
    with engine.connect() as connection:
        n = log.size(connection)
    while True:
        with engine.begin() as connection:
            log.append_all(connection, [(f"{name} {n} {part}", entry()) for part in range(n % 7)])
            log.append(connection, entry(), key=f"both {n}")
        if n % 3 == 0:
            with engine.begin() as connection:
                heads.sign_head(connection, keys.open_signer(connection, folder), datetime.now(UTC))
        n += 1


def _require_whole(url: str, folder: Path) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        signer = keys.open_signer(connection, folder / "keys")
        last = heads.sign_head(connection, signer, datetime.now(UTC))
    with engine.connect() as connection:
        written = [str(key) for key in connection.execute(sa.select(tables.entries.c.key).order_by(tables.entries.c.idx)).scalars()]
        old = list(heads.every(connection))
        check = check_log(connection, known=[signer.verifier])
        pack = unpacked(connection, folder / "pack")
    engine.dispose()
    print(f"{last.size} entries, {len(old)} checkpoints")

    assert len(written) == len(set(written)) == last.size > KILLS // 4
    assert _batches_are_whole(written)
    assert check.holds, check.findings
    assert (check.size, check.covered) == (last.size, last.size)
    sample = old[:: max(1, len(old) // 20)]
    check_with_tlog_scales(pack, signer.verifier.vkey, sample, every=max(1, last.size // 100))
    files = [pack / f"old-{number}" for number in range(len(sample))]
    for file, data in zip(files, sample, strict=True):
        file.write_bytes(data)
    said = check_with_go(built_go_verifier(folder), pack, signer.verifier.vkey, files)
    assert said == f"checked {last.size} entries of {last.size}"


def _batches_are_whole(written: list[str]) -> bool:
    """Whether of each transaction all entries or none are there."""
    parts: dict[tuple[str, int], int] = {}
    for key in written:
        name, *numbers = key.split()
        if name != "both":
            parts[name, int(numbers[0])] = parts.get((name, int(numbers[0])), 0) + 1
    return all(count == n % 7 for (_, n), count in parts.items())
