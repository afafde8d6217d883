"""Rounds of drafts, their states, and layouts that are held."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration import database
from integration.database import make_tables, missing_file, open_database, require_answer
from integration.errors import DatabaseError
from integration.workflow import rounds
from integration.workflow.draft import seed_of
from integration.workflow.rounds import Approval, DraftState, HeldLayout


@pytest.fixture
def connection(tmp_path: Path) -> sa.Connection:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine)
    return engine.connect()


def approval(**given: object) -> Approval:
    facts: dict[str, object] = {
        "site": "s",
        "project": "70",
        "background": "Shot:1",
        "part": "BG",
        "code": "c001",
        "layout_task": "2001",
        "genzu_version": "3001/9",
        "genzu_sha256": "ab" * 32,
        "because": "17",
        "order": 17,
        "at_ms": 1,
    }
    return Approval(**{**facts, **given})  # type: ignore[arg-type]  # facts of a test


def test_a_round_is_named_by_site_background_part_genzu_and_number(connection: sa.Connection) -> None:
    opened = rounds.open_round(connection, approval(), number=1)

    assert opened.key == f"draft:s:Shot:1:BG:{'ab' * 32}:1"
    assert rounds.latest(connection, site="s", background="Shot:1", part="BG") == opened
    assert rounds.latest(connection, site="s", background="Shot:1", part="BOOK1") is None


def test_the_same_round_cannot_be_opened_twice(connection: sa.Connection) -> None:
    rounds.open_round(connection, approval(), number=1)

    with pytest.raises(sa.exc.IntegrityError):
        rounds.open_round(connection, approval(genzu_sha256="cd" * 32), number=1)


def test_a_state_changes_only_from_where_it_may(connection: sa.Connection) -> None:
    key = rounds.open_round(connection, approval(), number=1).key

    assert not rounds.change(connection, key, only_in=(DraftState.RENDERING,), state=DraftState.DELIVERING)
    assert rounds.change(connection, key, only_in=(DraftState.QUEUED,), state=DraftState.RENDERING)
    assert rounds.find(connection, key).state is DraftState.RENDERING


def test_a_picture_is_kept_once(connection: sa.Connection) -> None:
    key = rounds.open_round(connection, approval(), number=1).key

    for _ in range(2):
        rounds.keep_picture(connection, key, 0, seed=5, sha256="ef" * 32, version="77")

    assert len(rounds.pictures_of(connection, key)) == 1
    found = rounds.picture_of_version(connection, "77")
    assert found is not None and found[0].key == key
    assert rounds.picture_of_version(connection, "78") is None


def test_each_part_of_a_background_has_rounds_of_its_own(connection: sa.Connection) -> None:
    rounds.open_round(connection, approval(), number=1)
    ground = rounds.open_round(connection, approval(), number=2)
    book = rounds.open_round(connection, approval(part="BOOK1"), number=1)
    rounds.open_round(connection, approval(background="Shot:2"), number=1)

    assert rounds.on_background(connection, site="s", background="Shot:1") == [ground, book]
    assert ground.second_render_key not in (ground.render_key, book.second_render_key)


def test_a_layout_is_held_once_for_one_reason(connection: sa.Connection) -> None:
    layout = HeldLayout(layout_task="2001", project="70", code="c001", kind="genzu", reason="no genzu", because="1", since_ms=1)

    assert rounds.hold(connection, site="s", layout=layout)
    assert not rounds.hold(connection, site="s", layout=layout)
    assert rounds.every_held(connection) == [layout]
    assert rounds.release(connection, site="s", task="2001")
    assert rounds.every_held(connection) == []


def test_seeds_come_from_facts_and_fit_63_bits() -> None:
    seeds = {seed_of("look", "draft:1", number) for number in range(8)}

    assert len(seeds) == 8
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert seed_of("look", "draft:1", 0) == seed_of("look", "draft:1", 0)


@pytest.mark.parametrize("damage", [b"this is no database, it is a letter to the editor" * 50, None])
def test_a_damaged_database_is_refused_and_kept(tmp_path: Path, damage: bytes | None) -> None:
    file = tmp_path / "haikei.sqlite"
    if damage is None:
        engine = open_database(f"sqlite:///{file}")
        make_tables(engine)
        with engine.begin() as connection:
            for number in range(60):
                rounds.open_round(connection, approval(background=f"Shot:{number}"), number=1)
        engine.dispose()
        whole = bytearray(file.read_bytes())
        whole[4096:40960] = bytes(36864)
        file.write_bytes(whole)
    else:
        file.write_bytes(damage)
    before = file.read_bytes()

    with pytest.raises(DatabaseError) as caught:
        open_database(f"sqlite:///{file}")

    assert "backup" in caught.value.hint
    assert file.read_bytes() == before


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_or_lost_file_is_damage_and_its_wal_is_kept(tmp_path: Path, is_there: bool) -> None:
    file, wal = tmp_path / "haikei.sqlite", tmp_path / "haikei.sqlite-wal"
    wal.write_bytes(b"what was written last")
    if is_there:
        file.touch()

    with pytest.raises(DatabaseError) as caught:
        open_database(f"sqlite:///{file}")

    assert "backup" in caught.value.hint
    assert (file.exists(), wal.read_bytes()) == (is_there, b"what was written last")


def test_an_empty_file_alone_is_damage(tmp_path: Path) -> None:
    file = tmp_path / "haikei.sqlite"
    file.touch()

    with pytest.raises(DatabaseError, match="it is empty"):
        open_database(f"sqlite:///{file}")


def test_a_new_database_stands_alone_in_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "state" / "haikei.sqlite"
    url = f"sqlite:///{file}"

    assert missing_file(url) == file
    assert not file.parent.exists()
    require_answer(open_database(url))

    assert missing_file(url) is None
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in file.parent.iterdir()} == {file.name}


def test_a_database_another_process_holds_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.05)
    file = tmp_path / "haikei.sqlite"
    with closing(sqlite3.connect(file)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("CREATE TABLE held (n)")
        holder.execute("BEGIN EXCLUSIVE")

        with pytest.raises(DatabaseError, match="held by another process") as caught:
            open_database(f"sqlite:///{file}")

    assert "aside" not in caught.value.hint


def test_a_path_that_is_no_file_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("to the editor")
    (tmp_path / "folder").mkdir()

    for place in ("letter/haikei.sqlite", "folder"):
        with pytest.raises(DatabaseError) as caught:
            open_database(f"sqlite:///{tmp_path / place}")

        assert "aside" not in caught.value.hint


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle9://u:secret@h/x", "postgresql+psycopg://u:secret@h:port/x", "nosuch+nodriver://u:secret@h/x"]
)
def test_a_url_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database(url)

    assert "secret" not in caught.value.in_words()
    assert caught.value.__cause__ is None


def test_a_server_that_is_down_does_not_answer() -> None:
    engine = open_database("postgresql+psycopg://u:secret@127.0.0.1:1/x")

    with pytest.raises(DatabaseError, match="cannot be used") as caught:
        require_answer(engine)

    assert "secret" not in caught.value.in_words()


def test_the_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'state' / 'haikei.sqlite'}")
    make_tables(engine)
    engine.dispose()

    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state" / "haikei.sqlite").stat().st_mode & 0o077 == 0
