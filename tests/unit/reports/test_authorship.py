"""What a person's registration of copyright may claim of a cut, what it leaves out, and with which pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables
from integration.errors import LedgerError
from integration.ledger import log, people
from integration.ledger.entry import Actor, Asset, Decision, Layer, Measure, Parent, Statement, TrackerRef
from integration.ledger.vocabulary import ActorKind, Claim, Kind, LayerState, Relation, Role, Verdict
from integration.reports import facts
from integration.reports.authorship import MOST_CUTS, authorship
from integration.reports.authorship_sheet import authorship_sheet
from integration.reports.scope import Scope
from integration.reports.sheet import Pictures, Sheet, Table
from tests.random_show import random_show
from tests.unit.reports.conftest import FIRST, GENZU, REVISION, SECOND, SHOW, Write, human

Sheets = Callable[..., Sheet]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'record.sqlite'}")
    make_tables(engine, log.metadata)
    make_tables(engine, facts.metadata)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def sheet(connection: sa.Connection) -> Sheets:
    """The sheet of cuts as the record stands."""

    def read(*shots: str) -> Sheet:
        connection.commit()
        facts.follow(connection.engine)
        return authorship_sheet(authorship(connection, Scope(show=SHOW, shots=shots)))

    return read


def test_people_are_claimed_by_name_and_the_models_drafts_are_left_out(whole_story: dict[str, int], sheet: Sheets) -> None:
    made = sheet("c012")

    claimed, excluded = _table(made, "claimed").rows, _table(made, "excluded").rows
    assert [(getattr(row[2], "en", ""), row[4]) for row in claimed] == [
        ("Hanako Tanaka", whole_story["drawn"]),
        ("Jiro Sato", whole_story["corrected"]),
        ("Jiro Sato", whole_story["approved"]),
        ("Umi Aoki", whole_story["revision"]),
    ]
    assert [row[2] for row in excluded] == ["house 1"]
    assert not any("house" in str(row) for row in claimed)


def test_pictures_go_from_genzu_to_final_and_the_map_of_changes(whole_story: dict[str, int], write: Write, sheet: Sheets) -> None:
    of_version = {"asset": Asset(sha256="f1" * 32), "tracker": TrackerRef(type="shotgrid", site_hash="ab" * 32, version_id="9")}
    layer = Layer(pixel_sha256="aa" * 32, state=LayerState.NEW)
    measure = Measure(name="revision", version=1, lineage="said", layers=(layer,), painted_ppm=120_000, map_sha256="c1" * 32)
    write(Kind.REVISION_SUBMITTED, **of_version)
    write(Kind.MEASURE_COMPUTED, measure=measure, parents=(Parent(sha256=FIRST, relation=Relation.PARENT_OF),), **of_version)
    write(Kind.REVISION_APPROVED, decision=Decision(verdict=Verdict.APPROVED, status="fin"), **of_version)

    made = sheet("c012")

    (pictures,) = [block for block in made.blocks if isinstance(block, Pictures)]
    assert [picture.sha256 for picture in pictures.pictures] == [GENZU, FIRST, SECOND, REVISION, "f1" * 32, "c1" * 32]
    words = [picture.caption.en.partition(" #")[0] for picture in pictures.pictures]
    assert words == ["genzu", "AI draft", "AI draft", "revision", "final", "map of what changed"]
    assert _table(made, "layers").rows[0][2:6] == (1, 0, 0, 120_000)


def test_who_declined_is_claimed_without_a_name_and_whoever_is_unknown_is_asked_for(
    connection: sa.Connection, whole_story: dict[str, int], write: Write, sheet: Sheets
) -> None:
    people.decline(connection, "HumanUser:3")
    nobody = write(Kind.LAYOUT_CLEANED, actor=Actor(kind=ActorKind.HUMAN, role=Role.GENZU_CLEANER))

    made = sheet("c012")

    assert "declined to be named" in {getattr(row[2], "en", "") for row in _table(made, "claimed").rows}
    assert [warning.en for warning in made.warnings] == [
        f"c012: the record does not know who cleaned the genzu up (#{nobody}); ask the coordinator."
    ]
    assert "Umi Aoki" not in str(made)


def test_statements_stand_beside_what_is_claimed(
    whole_story: dict[str, int], write: Write, person: Callable[..., str], sheet: Sheets
) -> None:
    umi = human(person("HumanUser:3", "青木 海"), Role.BACKGROUND_ARTIST)
    index = write(Kind.STATEMENT_SIGNED, actor=umi, statement=Statement(claims=(Claim.PAINTED_BY_HAND,), tool="Clip Studio Paint"))

    (row,) = _table(sheet("c012"), "statements").rows

    assert (row[4], row[5], getattr(row[3], "en", "")) == ("Clip Studio Paint", index, "painted by hand")


def test_more_cuts_than_fit_or_none_are_refused_plainly(connection: sa.Connection, sheet: Sheets) -> None:
    random_show(connection, seed=2, shots=MOST_CUTS + 10, episodes=("ep01",))

    with pytest.raises(LedgerError, match=f"1 to {MOST_CUTS} cuts, and the record knows {MOST_CUTS + 10}"):
        sheet()
    with pytest.raises(LedgerError, match="knows 0 of these"):
        sheet("c999")


def test_any_cuts_of_a_random_show_make_a_sheet_with_whole_rows(connection: sa.Connection, sheet: Sheets, seed: int) -> None:
    random_show(connection, seed=seed, shots=40)

    made = sheet("c001", "c002", "c003", "c004", "c005", "c006")

    tables = [block for block in made.blocks if isinstance(block, Table)]
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    assert len([block for block in made.blocks if isinstance(block, Pictures)]) == 18  # six cuts in each of three episodes


def _table(sheet: Sheet, key: str) -> Table:
    return next(block for block in sheet.blocks if isinstance(block, Table) and block.key == key)
