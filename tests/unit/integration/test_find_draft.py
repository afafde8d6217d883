"""A delivered draft is found by what people call it, and its recipe by what the record says."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.cli.reproduce import find_draft, rendered_entry
from integration.database import make_tables, open_database
from integration.errors import HaikeiError
from integration.ledger import log
from integration.ledger.entry import Actor, Ai, Asset, Entry, new_id
from integration.ledger.vocabulary import ActorKind, Kind
from integration.workflow import rounds
from integration.workflow.rounds import Approval, Round

SHA = "ab" * 32


@pytest.fixture
def connection(tmp_path: Path) -> sa.Connection:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine, log.metadata)
    return engine.connect()


def delivered(connection: sa.Connection, *, background: str = "Shot:1", number: int = 1, first_version: int = 70) -> Round:
    approval = Approval(
        site="s",
        project="70",
        background=background,
        part="BG",
        code="c001",
        layout_task="2001",
        genzu_version="3001/9",
        genzu_sha256=SHA,
        because="17",
        order=17,
        at_ms=1,
    )
    opened = rounds.open_round(connection, approval, number=number)
    for place in range(2):
        rounds.keep_picture(connection, opened.key, place, seed=100 * number + place, sha256=SHA, version=str(first_version + place))
    return opened


def rendered(connection: sa.Connection, draft: Round, *, seed: int, recipe: str) -> None:
    entry = Entry(
        id=new_id(datetime.now(UTC)),
        kind=Kind.DRAFT_RENDERED,
        at_ms=1,
        recorded_ms=1,
        show="70",
        background=draft.background,
        actor=Actor(kind=ActorKind.MACHINE),
        draft=hashlib.sha256(draft.key.encode()).hexdigest(),
        asset=Asset(sha256=SHA),
        ai=Ai(model_id="house", seed=seed, recipe_sha256=recipe),
    )
    log.append(connection, entry, key=f"{draft.key}:{seed}")


def test_a_draft_is_found_by_version_name_or_key_and_letter(connection: sa.Connection) -> None:
    first, second = delivered(connection), delivered(connection, number=2, first_version=80)

    by_id, by_name, by_key = (find_draft(connection, name) for name in ("81", "c001 BG AI draft r2 B", f"{second.key} B"))

    assert by_id == by_name == by_key
    assert (by_id.round.round, by_id.letter, by_id.seed) == (2, "B", 201)
    assert find_draft(connection, "c001 BG AI draft r1 A").round == first


@pytest.mark.parametrize("name", ["", "c001", "c001 BG AI draft r1 C", "c002 BG AI draft r1 A", "c001 BG AI draft r11 A", "%", "70; DROP"])
def test_what_no_draft_is_called_finds_none(connection: sa.Connection, name: str) -> None:
    delivered(connection)

    with pytest.raises(HaikeiError, match="no delivered draft") as told:
        find_draft(connection, name)

    assert "c012 BG AI draft r1 A" in told.value.hint


def test_a_name_that_two_shows_use_is_asked_for_by_version(connection: sa.Connection) -> None:
    delivered(connection)
    delivered(connection, background="Shot:9", first_version=90)

    with pytest.raises(HaikeiError, match="2 delivered drafts") as told:
        find_draft(connection, "c001 BG AI draft r1 A")

    assert "70, 90" in told.value.hint


def test_the_recipe_is_the_one_of_this_very_picture(connection: sa.Connection) -> None:
    first, second = delivered(connection), delivered(connection, number=2, first_version=80)
    for draft, seed, recipe in ((first, 100, "1"), (second, 200, "2"), (second, 201, "3")):
        rendered(connection, draft, seed=seed, recipe=recipe * 64)

    entry = rendered_entry(connection, find_draft(connection, "81"))

    assert entry.ai is not None and entry.ai.recipe_sha256 == "3" * 64


def test_a_draft_from_before_recipes_were_kept_is_told_so(connection: sa.Connection) -> None:
    rendered(connection, delivered(connection), seed=100, recipe="")

    with pytest.raises(HaikeiError, match="no recipe of c001 BG r1 A"):
        rendered_entry(connection, find_draft(connection, "70"))
