"""`haikei verify`, `bundle` and `keys` say in plain words what holds, and exit accordingly."""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.cli.bundle import make_bundle
from integration.cli.keys import create_key, rotate_key, show_keys
from integration.cli.verify import Question, verify
from integration.database import open_database
from integration.errors import LedgerError
from integration.ledger import log
from integration.ledger.entry import Asset
from integration.ledger.vocabulary import Kind
from integration.settings import read_settings
from integration.storage.whole_file import whole_file
from tests.unit.ledger.record import entry

PICTURE = b"a picture's bytes"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a record of four entries and its key."""
    monkeypatch.chdir(tmp_path)
    create_key(None, "studio.example/haikei")
    engine = open_database(read_settings().database_url())
    asset = Asset(sha256=hashlib.sha256(PICTURE).hexdigest())
    with engine.begin() as connection:
        log.append(connection, entry(shots=("c011",)), key="other")
        log.append(connection, entry(kind=Kind.REVISION_SUBMITTED, asset=asset), key="picture")
        log.append_all(connection, [(str(n), entry()) for n in range(2)])
    engine.dispose()
    (tmp_path / "bg.png").write_bytes(PICTURE)
    make_bundle(None, Path("pack.zip"), show=None, shot="c012", with_names=False)
    return tmp_path


def test_a_whole_record_and_a_pack_hold(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verify(None, None, Question())
    verify(None, Path("pack.zip"), Question())

    said = capsys.readouterr().out
    assert said.count("Everything that could be checked holds.") == 2
    assert "only a checkpoint kept outside" in said


def test_a_copy_of_the_database_is_only_read(studio: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy.sqlite"
    with whole_file(copy) as out:
        out.write((studio / ".haikei/haikei.sqlite").read_bytes())
    before = copy.read_bytes()

    verify(None, copy, Question())

    assert copy.read_bytes() == before
    assert "4 entries are there" in capsys.readouterr().out


def test_each_entry_about_a_cut_is_told_from_record_and_pack(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verify(None, None, Question(shot="c012"))
    verify(None, Path("pack.zip"), Question(shot="c012"))

    assert capsys.readouterr().out.count("Cut c012: entry 1, revision.submitted") == 2


def test_a_picture_is_known_and_an_altered_one_is_not(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (studio / "altered.png").write_bytes(PICTURE + b"!")

    verify(None, None, Question(picture=Path("bg.png")))
    verify(None, Path("pack.zip"), Question(picture=Path("bg.png")))
    for what in (None, Path("pack.zip")):
        with pytest.raises(SystemExit) as left:
            verify(None, what, Question(picture=Path("altered.png")))
        assert left.value.code == 1

    said = capsys.readouterr().out
    assert said.count("The picture bg.png: entry 1, revision.submitted") == 2
    assert said.count("No entry here knows the picture altered.png") == 2


def test_an_unknown_cut_does_not_hold(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        verify(None, None, Question(shot="c999"))

    assert "Nothing is recorded about cut c999." in capsys.readouterr().out


def test_an_edited_record_is_told_with_its_entry_and_exit_code_1(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_database(read_settings().database_url())
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE ledger_entry SET body = REPLACE(body, 'c012', 'c013') WHERE idx = 2"))
    engine.dispose()

    with pytest.raises(SystemExit) as left:
        verify(None, None, Question())

    assert left.value.code == 1
    assert "contradicts the record" in capsys.readouterr().out


def test_keys_are_shown_and_rotated_and_a_kept_line_or_file_still_leads(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    show_keys(None)
    kept = capsys.readouterr().out.split()[0]
    (studio / "kept").write_text(kept)

    rotate_key(None, leaked=False)
    show_keys(None)
    make_bundle(None, Path("after.zip"), show=None, shot=None, with_names=False)
    for line in (kept, "kept"):
        verify(None, None, Question(vkeys=(line,)))
        verify(None, Path("after.zip"), Question(vkeys=(line,)))

    said = capsys.readouterr().out
    assert "(retired at 4 entries, routine)" in said
    assert said.count("Everything that could be checked holds.") == 4


@pytest.mark.parametrize("what", ["missing", "text.txt", "text.zip", "folder"])
def test_what_cannot_be_checked_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("no database")
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "folder").mkdir()

    with pytest.raises(LedgerError):
        verify(None, Path(what), Question())


def test_no_record_and_no_key_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(LedgerError, match="no record yet"):
        verify(None, None, Question())
    with pytest.raises(LedgerError, match="no record yet"):
        make_bundle(None, Path("x.zip"), show=None, shot=None, with_names=False)
    with pytest.raises(LedgerError, match="has no key"):
        show_keys(None)
