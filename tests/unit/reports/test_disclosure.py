"""What a disclosure says of cuts, and what it leaves open."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables
from integration.ledger import log
from integration.ledger.entry import Actor, Approval, Asset, Decision, Flag, Measure, Parent, Statement, TrackerRef, milliseconds
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Relation, Role, Verdict
from integration.reports import facts
from integration.reports.ai_in_picture import Answer, Basis, Tier
from integration.reports.disclosure import Disclosure, disclosure
from integration.reports.disclosure_sheet import disclosure_sheet
from integration.reports.scope import Scope
from integration.reports.sheet import UNKNOWN, Sheet, Table
from integration.reports.streamer_sheet import streamer_sheet
from integration.reports.tier_sheet import tier_sheet
from render_service.contract import Look
from tests.random_show import random_show
from tests.unit.reports.conftest import FIRST, LOOK, REVISION, SHOW, Write, human

Ask = Callable[..., Disclosure]
VERSION = TrackerRef(type="shotgrid", site_hash="ab" * 32, version_id="801")
FINAL = Decision(verdict=Verdict.APPROVED, status="fin")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'record.sqlite'}")
    make_tables(engine, log.metadata)
    make_tables(engine, facts.metadata)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def ask(connection: sa.Connection) -> Ask:
    """The disclosure of what was written so far."""

    def read(scope: Scope | None = None, **asked: object) -> Disclosure:
        connection.commit()
        facts.follow(connection.engine)
        return disclosure(connection, scope or Scope(show=SHOW), **asked)  # type: ignore[arg-type]  # as named there

    return read


def test_a_whole_story_is_told_in_its_parts(whole_story: dict[str, int], ask: Ask) -> None:
    told = ask()

    (cut,), (piece,), (tool,) = told.cuts, told.pieces, told.tools
    assert (piece.requested, piece.made, piece.delivered, piece.words) == (1, 2, 1, {FIRST: "partly_used"})
    assert (cut.shot, cut.answer, cut.basis, cut.tier, cut.is_final) == ("c012", Answer.YES, Basis.SAID, Tier.GENERATIVE, False)
    assert (tool.model_id, tool.licence, tool.drafts, tool.render_ms, tool.look) == ("house", "Apache-2.0", 2, 28_000, None)


def test_a_refused_cut_nobody_spoke_of_cannot_be_told(write: Write, ask: Ask) -> None:
    write(Kind.DRAFT_REFUSED, decision=Decision(verdict=Verdict.REFUSED, reason="ai_not_allowed"))

    (cut,) = ask().cuts

    assert (cut.answer, cut.tier) == (Answer.NONE_MADE, Tier.CANNOT_TELL)
    assert cut.pieces[0].refused == {"ai_not_allowed": 1}


def test_no_ai_is_supported_by_a_persons_word_alone_and_not_while_a_question_is_open(
    write: Write, person: Callable[..., str], ask: Ask
) -> None:
    umi = human(person("HumanUser:3", "青木 海"), Role.BACKGROUND_ARTIST)
    write(Kind.DRAFT_REFUSED, decision=Decision(verdict=Verdict.REFUSED, reason="ai_not_allowed"))
    write(Kind.STATEMENT_SIGNED, actor=umi, statement=Statement(claims=(Claim.PAINTED_BY_HAND,)))
    before = ask().tier
    raised = write(Kind.FLAG_RAISED, flag=Flag(reason="undeclared_ai"), tracker=VERSION)
    during = ask().tier
    write(Kind.FLAG_ANSWERED, flag=Flag(reason="declared_since", answers=raised))

    assert (before, during, ask().tier) == (Tier.NO_AI, Tier.CANNOT_TELL, Tier.NO_AI)


def test_a_word_put_right_with_another_word_is_the_new_one(whole_story: dict[str, int], write: Write, ask: Ask) -> None:
    write(Kind.CORRECTION, corrects=whole_story["outcome"], decision=Decision(verdict=Verdict.NOT_USED))

    (cut,) = ask().cuts

    assert (cut.answer, cut.basis, cut.tier) == (Answer.NO, Basis.SAID, Tier.ASSISTIVE)


def test_where_word_and_file_differ_nobody_is_contradicted_but_asked(whole_story: dict[str, int], write: Write, ask: Ask) -> None:
    write(Kind.CORRECTION, corrects=whole_story["outcome"], decision=Decision(verdict=Verdict.FROM_SCRATCH))
    _measured(write, lineage="pixels", tracker=None)

    told = ask()

    assert (told.cuts[0].answer, told.cuts[0].basis) == (Answer.CANNOT_TELL, Basis.CONTRADICTION)
    assert any("ask their artists: c012" in warning.en for warning in disclosure_sheet(told).warnings)


def test_a_file_answers_where_nobody_said_anything(write: Write, ask: Ask) -> None:
    write(Kind.DRAFT_DELIVERED, draft="draft:1", asset=Asset(sha256="dd" * 32), tracker=VERSION)
    write(Kind.REVISION_SUBMITTED, asset=Asset(sha256=REVISION), tracker=VERSION)
    silent = ask().cuts[0].basis
    wrong = _measured(write, lineage="unknown")
    _measured(write, lineage="same", corrects=wrong)

    (cut,) = ask().cuts

    assert (silent, cut.answer, cut.basis) == (Basis.SILENCE, Answer.YES, Basis.FILE)


def test_a_retake_takes_the_final_back_and_a_deleted_version_is_none(write: Write, ask: Ask) -> None:
    of_version = {"asset": Asset(sha256=REVISION), "tracker": VERSION}
    write(Kind.REVISION_SUBMITTED, **of_version)
    write(Kind.REVISION_APPROVED, decision=FINAL, **of_version)
    approved = ask().cuts[0].is_final
    write(Kind.REVISION_RETAKE, decision=Decision(verdict=Verdict.RETAKE), **of_version)
    retaken = ask().cuts[0].is_final
    write(Kind.REVISION_APPROVED, decision=FINAL, **of_version)
    write(Kind.VERSION_RETIRED, **of_version)

    (cut,) = ask().cuts

    assert (approved, retaken, cut.is_final, cut.pieces[0].head) == (True, False, False, "")


def test_ai_in_a_final_without_leave_for_finals_is_a_warning(whole_story: dict[str, int], write: Write, ask: Ask) -> None:
    write(Kind.REVISION_APPROVED, decision=FINAL, asset=Asset(sha256=REVISION))
    write(Kind.APPROVAL_GRANTED, approval=Approval(scope="draft"), shots=(), background="", part="")
    warned = disclosure_sheet(ask()).warnings
    write(Kind.APPROVAL_GRANTED, approval=Approval(scope="final", document_sha256="aa" * 32), shots=(), background="", part="")

    told = ask()

    assert any("no permission for final deliverables" in each.en for each in warned)
    assert not disclosure_sheet(told).warnings
    assert _table(disclosure_sheet(told), "permits").rows[1][-2:] == ("aa" * 32, 10 + 2)


def test_a_background_of_two_cuts_stands_with_both_and_is_counted_once(write: Write, ask: Ask) -> None:
    write(Kind.DRAFT_REQUESTED, draft="draft:1", shots=("c2", "c10"), background="Asset:7")

    told = ask()

    assert [cut.shot for cut in told.cuts] == ["c2", "c10"]
    assert told.numbers()["totals"]["requested"] == 1
    assert [cut.shot for cut in ask(Scope(show=SHOW, shots=("c10",))).cuts] == ["c10"]


def test_months_are_the_studios_and_permissions_reach_into_them(write: Write, ask: Ask) -> None:
    night = milliseconds(datetime(2026, 10, 31, 19, 59, tzinfo=UTC))  # 04:59 of 1 November in Tokyo: still 31 October
    write(Kind.APPROVAL_GRANTED, approval=Approval(scope="draft"), at_ms=night - 10**9, shots=(), background="", part="")
    write(Kind.DRAFT_REQUESTED, draft="draft:1", at_ms=night)
    write(Kind.DRAFT_REQUESTED, draft="draft:2", at_ms=night + 60_000)

    october, november = (ask(Scope(show=SHOW, first=day, last=day)) for day in (date(2026, 10, 1), date(2026, 11, 1)))

    assert [len(told.permits) for told in (october, november)] == [1, 1]
    assert [told.numbers()["totals"]["requested"] for told in (october, november)] == [1, 1]


def test_the_look_file_tells_of_training_data_and_without_it_nothing_is_known(whole_story: dict[str, int], ask: Ask) -> None:
    look = Look(
        name="house", title="", kind="controlnet", folder="/looks/house", revision="1", files={}, licence="Apache-2.0", commercial=True,
        training_data="our own boards of 2019 to 2025", vendor_training="local", num_inference_steps=20, guidance_scale=2.0,
    )  # fmt: skip
    told = ask(looks=[look])
    known = replace(told, tools=(replace(told.tools[0], look=look),))

    assert told.tools[0].look_sha256 == LOOK != look.digest
    assert _table(disclosure_sheet(told), "tools").rows[0][4] == UNKNOWN
    assert _table(streamer_sheet(known), "tools").rows[0][4] == "our own boards of 2019 to 2025"


def test_the_map_goes_by_timecode_and_then_by_code(write: Write, ask: Ask) -> None:
    for number in (10, 2, 30):
        write(Kind.DRAFT_REQUESTED, draft=f"draft:{number}", seq="ep01", shots=(f"c{number}",), background=f"Shot:{number}")
    frames = {("ep01", "c30"): (0, 47), ("ep01", "c2"): (1500, 1523)}

    rows = _table(disclosure_sheet(ask(), frames=frames, fps=Fraction(24000, 1001)), "map").rows

    assert [row[1:4] for row in rows[:2]] == [("00:00:00:00", "00:00:01:23", "c30"), ("00:01:02:12", "00:01:03:11", "c2")]
    assert (rows[2][3], getattr(rows[2][1], "en", "")) == ("c10", "timecode unknown")


def test_people_who_state_are_named_or_what_stands_in_their_place(connection: sa.Connection, ask: Ask) -> None:
    made = random_show(connection, seed=5, shots=150)

    rows = _table(disclosure_sheet(ask()), "statements").rows

    assert made.cast.erased in {each.ref for piece in ask().pieces for each in piece.statements}
    assert {"(name erased)", "declined to be named", "Umi Aoki"} <= {getattr(row[2], "en", "") for row in rows}
    assert not any("Toku Yamamoto" in str(row) for row in rows)


@pytest.mark.parametrize("make", [disclosure_sheet, streamer_sheet, tier_sheet])
def test_every_row_of_every_table_is_as_long_as_its_columns(
    connection: sa.Connection, ask: Ask, make: Callable[[Disclosure], Sheet]
) -> None:
    random_show(connection, seed=9, shots=60)

    tables = [block for block in make(ask()).blocks if isinstance(block, Table)]

    assert len(tables) >= 2
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    assert all(len({column.key for column in table.columns}) == len(table.columns) for table in tables)


def test_the_streamers_sheet_says_what_is_not_recorded(whole_story: dict[str, int], ask: Ask) -> None:
    rows = _table(streamer_sheet(ask()), "questions").rows

    likeness = next(row for row in rows if "likeness or voice" in getattr(row[0], "en", ""))
    assert getattr(likeness[1], "en", "") == "not recorded by haikei"


def test_a_scope_without_entries_is_no_final_sheet(ask: Ask) -> None:
    sheet = tier_sheet(ask(Scope(show="無い作品")))

    assert not sheet.is_final
    assert sheet.numbers["tier"] == "cannot_tell"


def _measured(write: Write, *, lineage: str, tracker: TrackerRef | None = VERSION, corrects: int | None = None) -> int:
    measure = Measure(name="revision", version=1, lineage=lineage, kept_ppm=600_000, repainted_least_ppm=0, repainted_most_ppm=1_000_000)
    parents = (Parent(sha256=FIRST, relation=Relation.PARENT_OF),)
    actor = Actor(kind=ActorKind.SCRIPT)
    return write(
        Kind.MEASURE_COMPUTED,
        actor=actor,
        asset=Asset(sha256=REVISION),
        measure=measure,
        parents=parents,
        tracker=tracker,
        corrects=corrects,
    )


def _table(sheet: Sheet, key: str) -> Table:
    return next(block for block in sheet.blocks if isinstance(block, Table) and block.key == key)
