"""Rounds of drafts, their states, and layouts that are held."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
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
