"""Our records are right by two programs that share no code with us, and theirs object where ours do."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from integration.ledger import keys
from tests.outside_verifiers import built_go_verifier, check_with_go, check_with_tlog_scales, unpacked
from tests.unit.ledger.record import Record, pretend_record

SIZES = (1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 1000)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with pretend_record(tmp_path / "studio") as made:
        yield made


def test_tlog_scales_finds_every_size_right(record: Record, tmp_path: Path) -> None:
    old: list[bytes] = []
    for before, size in pairwise((0, 1, 2, 255, 257, 600)):
        record.add(size - before)
        head = record.sign()

        with record.engine.connect() as connection:
            folder = unpacked(connection, tmp_path / str(size))

        assert check_with_tlog_scales(folder, _vkey(record), old, every=max(1, size // 8)) > 0
        old.append(head.data)


def test_tlog_scales_makes_the_proofs_we_make_byte_for_byte(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tlog_scales.cli import main as tlog_tiles

    record.add(700)
    record.sign()
    with record.engine.connect() as connection:
        folder = unpacked(connection, tmp_path / "pack")

    for index in (0, 255, 256, 511, 512, 699):
        monkeypatch.setattr("sys.argv", ["tlog-tiles", "gen-proof", str(folder), str(index)])
        tlog_tiles()

        assert capsys.readouterr().out.encode() == (folder / f"proofs/{index:012d}.tlog-proof").read_bytes()


def test_tlog_scales_objects_to_an_altered_entry(record: Record, tmp_path: Path) -> None:
    record.add(300)
    record.sign()
    with record.engine.connect() as connection:
        folder = unpacked(connection, tmp_path / "pack")
    file = folder / "entries/000000000123.json"
    file.write_bytes(file.read_bytes().replace(b"handover", b"Handover"))

    with pytest.raises(Exception, match="!="):
        check_with_tlog_scales(folder, _vkey(record))


@pytest.mark.slow
def test_the_go_teams_packages_find_every_size_right_and_an_altered_entry_wrong(record: Record, tmp_path: Path) -> None:
    program = built_go_verifier(tmp_path)
    old: list[Path] = []
    for before, size in pairwise((0, *SIZES, 65_535, 65_536, 65_537)):
        record.add(size - before, **({"shots": ()} if size > SIZES[-1] else {}))
        head = record.sign()
        with record.engine.connect() as connection:
            folder = unpacked(connection, tmp_path / str(size)) if size in (1, 257, 513, 1000) else _heads_only(connection, tmp_path, size)

        said = check_with_go(program, folder, _vkey(record), old)

        assert said.endswith(f"of {size}")
        old.append(tmp_path / f"{size}.checkpoint")
        old[-1].write_bytes(head.data)

    file = tmp_path / "1000/entries/000000000123.json"
    file.write_bytes(file.read_bytes().replace(b"handover", b"Handover"))
    with pytest.raises(AssertionError, match="123"):
        check_with_go(program, tmp_path / "1000", _vkey(record))


def _heads_only(connection, folder: Path, size: int) -> Path:
    """Checkpoint and tiles without the entries."""
    from integration.ledger import heads
    from integration.ledger.merkle import HASH_BYTES
    from integration.ledger.tiles import paths, tile_path, tiles_of

    place, tile, head = folder / str(size), tiles_of(connection, size), heads.newest(connection)
    assert head is not None
    for level, n, width in paths(size):
        file = place / tile_path(level, n, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tile(level, n)[: width * HASH_BYTES])
    (place / "checkpoint").write_bytes(head.data)
    return place


def _vkey(record: Record) -> str:
    with record.engine.connect() as connection:
        return keys.public(connection)[-1].vkey
