"""An audit pack is the same for the same record, names nobody, and is believed in nothing it does not prove."""

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.errors import LedgerError
from integration.ledger import keys, pack_reading, people
from integration.ledger.checkpoint import SignedHead
from integration.ledger.entry import Actor, Asset, Time
from integration.ledger.note import Verifier, new_signer
from integration.ledger.pack import write_pack
from integration.ledger.pack_check import PackCheck, check_pack
from integration.ledger.pack_reading import PackReading
from integration.ledger.recompute import scripts
from integration.ledger.vocabulary import ActorKind, Kind, TimeSource
from tests.unit.ledger.record import NAME, Record, broken, pretend_record

PERSON = "佐藤 雪"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with pretend_record(tmp_path_factory.mktemp("pack") / "studio") as made:
        with made.engine.begin() as connection:
            ref = people.person_ref(connection, show="海辺の町", person_id="7", name=PERSON)
        made.add(300, shots=("c011",))
        made.add(5, actor=Actor(kind=ActorKind.HUMAN, ref=ref), asset=Asset(sha256="ab" * 32, media_type="image/png"))
        made.sign()
        yield made


@pytest.fixture
def pack(record: Record, tmp_path: Path) -> Path:
    return _written(record, tmp_path / "pack.zip", shot="c012")


def test_a_pack_holds_and_says_what_it_cannot_show(record: Record, pack: Path) -> None:
    check = _check(pack, known=[_verifier(record)])

    assert check.holds
    assert [index for index, _ in check.entries] == [300, 301, 302, 303, 304]
    assert any("cannot show that it holds all" in finding.words for finding in check.findings)


def test_without_a_key_of_ones_own_the_reader_is_told(pack: Path) -> None:
    check = _check(pack)

    assert check.holds
    assert any("give the one the studio gave you" in finding.words for finding in check.findings)


def test_the_same_record_gives_the_same_bytes(record: Record, pack: Path, tmp_path: Path) -> None:
    assert _written(record, tmp_path / "again.zip", shot="c012").read_bytes() == pack.read_bytes()


def test_names_are_in_it_only_when_asked_for(record: Record, pack: Path, tmp_path: Path) -> None:
    named = _written(record, tmp_path / "named.zip", shot="c012", with_names=True)

    assert PERSON.encode() not in pack.read_bytes()
    assert PERSON.encode() in named.read_bytes()
    assert any("names.csv is the studio's word" in finding.words for finding in _check(named).findings)


def test_entries_of_other_shows_and_cuts_are_not_in_it(pack: Path) -> None:
    assert b"c011" not in pack.read_bytes()


def test_entries_no_checkpoint_covers_yet_are_left_out_and_counted(tmp_path: Path) -> None:
    with pretend_record(tmp_path / "studio") as record:
        record.add(2)
        record.sign()
        record.add(3)

        with record.engine.connect() as connection:
            assert write_pack(connection, io.BytesIO()) == (2, 3)


def test_hours_are_not_in_it_and_it_holds_all_the_same(tmp_path: Path) -> None:
    with pretend_record(tmp_path / "studio") as record:
        with record.engine.begin() as connection:
            ref = people.person_ref(connection, show="海辺の町", person_id="HumanUser:9", name="時 計子")
        record.add(1)
        worked = Time(minutes=4321, source=TimeSource.TRACKER, confirmed=True)
        record.add(1, kind=Kind.TIME_LOGGED, actor=Actor(kind=ActorKind.HUMAN, ref=ref), time=worked)
        record.sign()
        written = _written(record, tmp_path / "pack.zip", with_names=True)
        known = _verifier(record)

    assert _check(written, known=[known]).holds
    assert [index for index, _ in _check(written, known=[known]).entries] == [0]
    assert not any(secret in _told(written) for secret in (b"time.logged", b"4321", "時 計子".encode(), ref.encode()))


def test_hours_are_in_it_when_asked_for_and_told_as_they_stand(tmp_path: Path) -> None:
    with pretend_record(tmp_path / "studio") as record:
        with record.engine.begin() as connection:
            ref = people.person_ref(connection, show="海辺の町", person_id="HumanUser:9", name="時 計子")
        worked = Time(minutes=4321, source=TimeSource.TRACKER, confirmed=True)
        record.add(1, kind=Kind.TIME_LOGGED, actor=Actor(kind=ActorKind.HUMAN, ref=ref), time=worked)
        record.sign()
        pack = _written(record, tmp_path / "pack.zip", with_hours=True)
    files = _files(pack)

    assert _check(pack).holds
    assert files["hours.csv"].decode().splitlines()[1] == f"0,{ref},,,4321,yes,no,tracker,,,"
    assert files["people.csv"].decode().splitlines()[1:] == [f"{ref},named"]

    _zip(pack, {**files, "hours.csv": files["hours.csv"].replace(b"4321", b"4322")})
    assert "hours.csv is missing or does not say" in broken_in(_check(pack))
    _zip(pack, {name: data for name, data in files.items() if name != "hours.csv"})
    assert "hours.csv is missing or does not say" in broken_in(_check(pack))


@pytest.mark.parametrize("name", ["recompute.py", "recompute_disclosure.py", "recompute_more.py"])
def test_a_script_that_is_not_ours_is_told_before_anybody_runs_it(pack: Path, name: str) -> None:
    _zip(pack, {**_files(pack), name: b"import os"})

    assert f"{name}: not as this haikei ships it" in broken_in(_check(pack))


def test_the_script_in_it_is_ours_byte_for_byte(pack: Path) -> None:
    assert {name: data for name, data in _files(pack).items() if name.endswith(".py")} == scripts()


def test_nothing_signed_or_nothing_found_makes_no_pack(record: Record, tmp_path: Path) -> None:
    with (
        pretend_record(tmp_path / "studio") as unsigned,
        unsigned.engine.connect() as connection,
        pytest.raises(LedgerError, match="nothing was signed"),
    ):
        write_pack(connection, io.BytesIO())
    with record.engine.connect() as connection, pytest.raises(LedgerError, match="nothing to pack for c999"):
        write_pack(connection, io.BytesIO(), shot="c999")


def test_a_key_that_is_not_the_studios_is_not_enough(pack: Path) -> None:
    assert "no key of this record signed it" in broken_in(_check(pack, known=[new_signer(NAME).verifier]))


def test_a_kept_checkpoint_that_the_pack_contradicts_is_told(record: Record, pack: Path, tmp_path: Path) -> None:
    with pretend_record(tmp_path / "elsewhere") as other:
        other.add(3)
        foreign = other.sign()

    assert _check(pack, record.sign(), known=[_verifier(record)]).holds
    assert "no key of this record" in broken_in(_check(pack, foreign, known=[_verifier(record)]))


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("entries/000000000302.json", lambda data: data.replace(b"handover", b"handovex"), "not those of the record: 302"),
        ("entries/000000000302.json", None, "Proofs lack their entries"),
        ("proofs/000000000303.tlog-proof", lambda data: data.replace(b"index 303", b"index 304"), "of another entry: 303"),
        ("proofs/000000000303.tlog-proof", lambda data: b"\xff", "of another entry: 303"),
        ("proofs/000000000303.tlog-proof", None, "of another entry: 303"),
        ("checkpoint", lambda data: data.replace(b"\n305\n", b"\n304\n"), "not to be believed"),
        ("checkpoint", lambda data: data.replace(b"\n305\n", b"\n9000000000000000\n"), "lacks tiles"),
        ("checkpoint", None, "The pack's checkpoint"),
        ("tile/0/000", lambda data: bytes(32) + data[32:], "does not fit the tiles under it"),
        ("tile/0/001.p/49", lambda data: bytes(32) + data[32:], "contradicts the record"),
        ("tile/1/000.p/1", None, "missing or does not fit"),
        ("pictures.csv", lambda data: data.replace(b"abab", b"cdcd"), "pictures.csv"),
        ("vkeys", lambda data: b"no key\n", "damaged"),
    ],
)
def test_whatever_is_altered_in_a_pack_is_told(pack: Path, name: str, change: Callable[[bytes], bytes] | None, told: str) -> None:
    files = _files(pack)
    data = files.pop(name)
    if change is not None:
        files[name] = change(data)
    _zip(pack, files)

    assert told in broken_in(_check(pack))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "entries/../../x", "C:\\x", "tile/0/000/000", "notes.txt", "a\x00b"])
def test_files_that_do_not_belong_there_are_told_and_never_written(pack: Path, name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    _zip(pack, {**_files(pack), name: b"hostile"})

    assert "does not belong in a pack" in broken_in(_check(pack))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_a_pack_is_not_followed(pack: Path) -> None:
    files = _files(pack)
    with zipfile.ZipFile(pack, "w") as changed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if name == "vkeys" else stat.S_IFREG) | 0o644) << 16
            changed.writestr(info, b"/etc/passwd" if name == "vkeys" else data)

    assert "vkeys is a link" in broken_in(_check(pack))


def test_a_bomb_is_not_unpacked(pack: Path) -> None:
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in ("checkpoint", "entries/000000000000.json", "tile/0/000"):
            bomb.writestr(name, bytes(20_000_000))

    assert "is too long" in broken_in(_check(pack))


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_more_files_or_bytes_than_any_pack_has_are_refused_at_once(pack: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(pack_reading, limit, 3)

    with pytest.raises(LedgerError, match="too large"):
        PackReading.of(pack)


@pytest.mark.parametrize("cut", [0, 1, 100, 5000, -1, -30])
def test_what_is_no_whole_zip_is_told(pack: Path, cut: int) -> None:
    pack.write_bytes(pack.read_bytes()[:cut])

    with pytest.raises(LedgerError, match="is no zip"):
        PackReading.of(pack)


def test_bytes_flipped_anywhere_never_hold_wrongly_and_never_crash(pack: Path, seed: int) -> None:
    import random

    chance, data = random.Random(seed), pack.read_bytes()
    whole = _files(pack)
    for _ in range(60):
        place = chance.randrange(len(data))
        pack.write_bytes(data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :])
        try:
            check = _check(pack)
        except LedgerError:
            continue
        assert not check.holds or _same(pack, whole)


def test_a_pack_packed_again_by_another_program_still_holds(record: Record, pack: Path) -> None:
    files = _files(pack)
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as again:
        again.mkdir("entries")
        for name, data in files.items():
            again.writestr(name, data)

    assert _check(pack, known=[_verifier(record)]).holds


def _written(record: Record, path: Path, **chosen: str | bool) -> Path:
    with record.engine.connect() as connection, path.open("wb") as out:
        write_pack(connection, out, **chosen)  # type: ignore[arg-type]  # as named there
    return path


def _check(path: Path, *kept: SignedHead, known: list[Verifier] | None = None) -> PackCheck:
    reading = PackReading.of(path)
    try:
        return check_pack(reading, kept=[("kept", head.data) for head in kept], known=known or ())
    finally:
        reading.files.close()


def _verifier(record: Record) -> Verifier:
    with record.engine.connect() as connection:
        return keys.public(connection)[-1]


def _told(path: Path) -> bytes:
    """All that the pack's files say but those that are the same in every pack."""
    return b"".join(data for name, data in _files(path).items() if name not in scripts() and name != "README.txt")


def _files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def _same(path: Path, whole: dict[str, bytes]) -> bool:
    """Whether only what proves nothing was touched: dates, modes, the README."""
    return {**_files(path), "README.txt": b""} == {**whole, "README.txt": b""}


def _zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as changed:
        for name, data in files.items():
            changed.writestr(zipfile.ZipInfo(name), data)


def broken_in(check: PackCheck) -> str:
    return broken(check)  # type: ignore[arg-type]  # both have findings
