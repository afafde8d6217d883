"""Credits list everybody whose work touched a background, nobody above another, and say who is still missing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.errors import LedgerError
from integration.language import Language
from integration.ledger import log, people
from integration.ledger.entry import Actor, Asset, Decision, TrackerRef
from integration.ledger.people import Naming
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from integration.reports import facts
from integration.reports.credits import Credits, Step, credits_of
from integration.reports.credits_sheet import credits_sheet
from integration.reports.facts import follow
from integration.reports.scope import Scope
from integration.reports.sheet_text import sheet_text
from integration.workflow.credit_override import CreditChange, override_credit
from tests.random_show import random_show
from tests.unit.reports.conftest import SHOW

Write = Callable[..., int]
Person = Callable[..., str]
VERSION = TrackerRef(type="shotgrid", site_hash="ab" * 32, entity_type="Shot", entity_id="1024", version_id="7")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(opened, log.metadata, facts.metadata)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as opened:
        yield opened


@pytest.fixture
def told(engine: sa.Engine, connection: sa.Connection) -> Callable[..., Credits]:
    """The credits as they stand."""

    def read(**scope: object) -> Credits:
        connection.commit()
        follow(engine)
        return credits_of(connection, Scope(show=SHOW, **scope))  # type: ignore[arg-type]

    return read


@pytest.fixture
def final(write: Write, person: Person) -> dict[str, str]:
    """One cut that went all the way; references by what people did."""
    who = {does: person(f"HumanUser:{n}", name) for n, (does, name) in enumerate(_STAFF.items())}
    asset = Asset(sha256="5e" * 32)
    write(Kind.LAYOUT_DRAWN, actor=human(who["drew"], Role.LAYOUT_ARTIST), asset=asset)
    write(Kind.LAYOUT_APPROVED, actor=human(who["directed"], Role.DIRECTOR), decision=approved(who["set"], who["directed"]))
    write(Kind.REVISION_SUBMITTED, actor=human(who["painted"], Role.BACKGROUND_ARTIST), asset=asset, tracker=VERSION)
    write(Kind.REVISION_APPROVED, actor=human(who["art"], Role.ART_DIRECTOR), decision=approved(who["set"], who["art"]))
    return who


_STAFF = {"drew": "田中 花子", "directed": "小林 監", "painted": "青木 海", "art": "松本 美", "set": "伊藤 進"}


def human(ref: str, role: Role | None = None) -> Actor:
    return Actor(kind=ActorKind.HUMAN, ref=ref, role=role)


def approved(set_by: str, decided_by: str = "") -> Decision:
    return Decision(verdict=Verdict.APPROVED, set_by=set_by, decided_by=decided_by)


def roles(listed: Credits) -> list[tuple[str, str]]:
    return [(line.role.value, line.name.name) for line in listed.lines if line.stands]


def test_everybody_is_listed_once_in_the_house_s_order(told: Callable[..., Credits], final: dict[str, str]) -> None:
    listed = told()

    assert listed.is_final
    assert roles(listed) == [
        ("director", "小林 監"),
        ("art_director", "松本 美"),
        ("background_artist", "青木 海"),
        ("layout_artist", "田中 花子"),
        ("coordinator", "伊藤 進"),
    ]


def test_how_much_somebody_did_changes_nothing(told: Callable[..., Credits], final: dict[str, str], write: Write) -> None:
    before = told().lines
    for _ in range(5):
        write(
            Kind.REVISION_SUBMITTED, actor=human(final["painted"], Role.BACKGROUND_ARTIST), asset=Asset(sha256="6f" * 32), tracker=VERSION
        )

    assert told().lines == before


def test_a_cut_that_is_not_final_keeps_the_list_from_being_final(told: Callable[..., Credits], final: dict[str, str], write: Write) -> None:
    write(
        Kind.LAYOUT_DRAWN,
        actor=human(final["drew"], Role.LAYOUT_ARTIST),
        asset=Asset(sha256="7a" * 32),
        background="Shot:2",
        shots=("c013",),
    )

    assert (told().is_final, told().not_final) == (False, ("c013",))


def test_a_step_nobody_stands_behind_says_whom_to_ask(
    told: Callable[..., Credits], final: dict[str, str], connection: sa.Connection
) -> None:
    people.erase(connection, "HumanUser:2")

    (gap,) = told().gaps

    assert (gap.step, gap.cuts) == (Step.BACKGROUND, ("c012",))
    assert [name.name for name in gap.ask] == ["伊藤 進", "小林 監", "松本 美"]
    assert not told().is_final


def test_who_declined_is_listed_as_that_and_leaves_no_gap(
    told: Callable[..., Credits], final: dict[str, str], connection: sa.Connection
) -> None:
    people.decline(connection, "HumanUser:2")

    listed = told()

    assert listed.is_final
    assert [line.name.naming for line in listed.lines if line.role is Role.BACKGROUND_ARTIST] == [Naming.DECLINED]
    assert "青木" not in sheet_text(credits_sheet(listed), None, Language.JA)


def test_who_was_put_right_is_not_listed(told: Callable[..., Credits], final: dict[str, str], write: Write, person: Person) -> None:
    wrong = write(Kind.LAYOUT_CORRECTED, actor=human(final["painted"], Role.LAYOUT_CORRECTOR))
    other = person("HumanUser:9", "佐藤 次郎")
    write(Kind.LAYOUT_CORRECTED, actor=human(other, Role.LAYOUT_CORRECTOR), corrects=wrong)

    assert [name for role, name in roles(told()) if role == "layout_corrector"] == ["佐藤 次郎"]


def change(final: dict[str, str], *, adds: bool, reason: str = "電話で確認") -> CreditChange:
    return CreditChange(show=SHOW, ref=final["drew"], role=Role.BACKGROUND_ARTIST, adds=adds, reason=reason, by=final["set"])


def test_a_credit_put_right_by_hand_is_shown_with_its_reason(
    told: Callable[..., Credits], final: dict[str, str], connection: sa.Connection
) -> None:
    first = override_credit(connection, change(final, adds=True))
    again = override_credit(connection, change(final, adds=True))
    added = told()
    override_credit(connection, change(final, adds=False, reason="間違い"))
    taken = told()
    override_credit(connection, change(final, adds=True))
    back = told()

    assert first == again
    assert [("background_artist", "田中 花子") in roles(each) for each in (added, taken, back)] == [True, False, True]
    shown = sheet_text(credits_sheet(taken), None, Language.JA)
    assert "電話で確認" in shown and "間違い" in shown and "伊藤 進" in shown


@pytest.mark.parametrize("role", [Role.RENDERER, Role.PIPELINE])
def test_a_tool_is_never_put_in_a_person_s_place(final: dict[str, str], connection: sa.Connection, role: Role) -> None:
    wrong = CreditChange(show=SHOW, ref=final["drew"], role=role, adds=True, reason="x", by=final["set"])

    with pytest.raises(LedgerError, match="no role of a person"):
        override_credit(connection, wrong)


def test_a_credit_is_not_put_right_without_a_reason(final: dict[str, str], connection: sa.Connection) -> None:
    with pytest.raises(LedgerError, match="for a reason"):
        override_credit(connection, change(final, adds=True, reason="  "))


def test_two_people_of_one_name_stay_two_and_tools_stand_apart(engine: sa.Engine, connection: sa.Connection) -> None:
    random_show(connection, seed=3, shots=60)
    connection.commit()
    follow(engine)

    listed = credits_of(connection, Scope(show="海辺の町"))

    artists = [line.name.name for line in listed.lines if line.role is Role.BACKGROUND_ARTIST and line.name.naming is Naming.NAMED]
    assert artists.count("鈴木 一") == 2
    assert artists == sorted(artists)
    assert credits_sheet(listed).blocks[-1].key == "tools"
    assert not {tool.model_id for tool in listed.tools} & {line.name.name for line in listed.lines}
