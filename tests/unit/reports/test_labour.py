"""Labour is told of groups: drafts, machines, retakes and hours; of cuts no hours, and one's own overtime to oneself first."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.language import Language
from integration.ledger import log
from integration.ledger.entry import Actor, Ai, Asset, Decision, Time, TrackerRef, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource, Verdict
from integration.reports import facts
from integration.reports.draft_counts import Machine
from integration.reports.facts import follow
from integration.reports.labour import Labour, Rules, labour
from integration.reports.labour_sheet import labour_sheet
from integration.reports.overtime import own_overtime
from integration.reports.scope import Scope
from integration.reports.sheet_text import sheet_text
from integration.reports.worked import Known
from tests.unit.reports.conftest import SHOW

Write = Callable[..., int]
Person = Callable[..., str]
MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)
"""Nine in the morning in Tokyo."""
RULES = Rules(until=date(2026, 11, 1), watts=300, hour_price=100)


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
def told(engine: sa.Engine, connection: sa.Connection) -> Callable[..., Labour]:
    """Labour as it stands."""

    def read(**scope: object) -> Labour:
        connection.commit()
        follow(engine)
        return labour(connection, Scope(show=SHOW, **scope), RULES)  # type: ignore[arg-type]

    return read


def works(write: Write, ref: str, start: datetime, hours: float, *, seq: str = "ep01") -> int:
    """A time log with its clock."""
    first, end = milliseconds(start), milliseconds(start + timedelta(hours=hours))
    logged = Time(minutes=round(hours * 60), source=TimeSource.TRACKER, confirmed=True, span_start_ms=first, span_end_ms=end)
    actor = Actor(kind=ActorKind.HUMAN, ref=ref, role=Role.BACKGROUND_ARTIST)
    return write(Kind.TIME_LOGGED, actor=actor, step="Background", seq=seq, time=logged, at_ms=milliseconds(start))


@pytest.fixture
def artists(person: Person) -> list[str]:
    return [person(f"HumanUser:{number}", f"背景 {number}") for number in range(4)]


def test_hours_of_three_are_told_and_of_two_are_not(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    for ref in artists[:2]:
        works(write, ref, MONDAY, 2)
    two = told().groups[0].confirmed
    works(write, artists[2], MONDAY, 2)

    assert two.known is Known.FEW
    assert told().groups[0].confirmed.minutes == 360


def test_of_cuts_no_hours_are_told_at_all(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    for ref in artists:
        works(write, ref, MONDAY, 2)

    of_a_cut = told(shots=("c012",))

    assert (of_a_cut.groups, of_a_cut.over_limits) == ((), ())
    assert {table.key for table in labour_sheet(of_a_cut).blocks}.isdisjoint({"hours", "when", "over_limits"})


def test_nobody_s_name_is_in_it(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    for ref in artists:
        works(write, ref, MONDAY, 2)

    text = sheet_text(labour_sheet(told()), None, Language.JA)

    assert "背景 0" not in text
    assert not any(ref in str(told().numbers()) for ref in artists)


def test_drafts_are_told_by_the_last_word_on_each(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    machine, by = Actor(kind=ActorKind.MACHINE, role=Role.RENDERER), Actor(kind=ActorKind.HUMAN, ref=artists[0])
    for number in (1, 2):
        place = {"draft": "draft:1", "asset": Asset(sha256=f"{number:064x}")}
        version = TrackerRef(type="shotgrid", site_hash="ab" * 32, entity_type="Shot", entity_id="1024", version_id=str(number))
        write(Kind.DRAFT_RENDERED, actor=machine, ai=Ai(model_id="house", render_ms=90_000), **place)
        write(Kind.DRAFT_DELIVERED, tracker=version, **place)
    for verdict in (Verdict.NOT_USED, Verdict.USED):
        write(Kind.DRAFT_OUTCOME, actor=by, draft="draft:1", asset=Asset(sha256=f"{1:064x}"), decision=Decision(verdict=verdict))

    drafts, machines = told().drafts, told().machine

    assert (drafts.made, drafts.delivered, drafts.used, drafts.not_used, drafts.nothing_said) == (2, 2, 1, 0, 1)
    assert (machines.minutes, machines.watt_hours, machines.money) == (3, 15, 5)


@pytest.mark.parametrize(("render_ms", "minutes"), [(29_999, 0), (30_000, 1), (89_999, 1), (90_000, 2)])
def test_halves_of_a_machine_s_minutes_are_rounded_up(render_ms: int, minutes: int) -> None:
    machine = Machine(pictures=1, untold=0, render_ms=render_ms, watts=0, hour_price=0, currency="JPY")

    assert (machine.minutes, machine.watt_hours, machine.money) == (minutes, None, None)


def test_time_is_never_called_saved(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    for language in Language:
        text = sheet_text(labour_sheet(told()), None, language).casefold()

        assert "saved" not in text
        assert "節約" not in text and "短縮" not in text


def test_overtime_is_the_person_s_to_see_at_once(
    told: Callable[..., Labour], write: Write, artists: list[str], connection: sa.Connection
) -> None:
    for day in range(12):
        works(write, artists[0], MONDAY + timedelta(days=day), 12)

    told()
    mine = own_overtime(connection, artists[0], zone="Asia/Tokyo", day_start=time(5))

    assert [each.period for each in mine.over] == ["2026-09"]
    assert {each.known for each in told().over_limits} == {Known.FEW}


def test_a_night_belongs_to_the_day_before_and_counts_as_night(told: Callable[..., Labour], write: Write, artists: list[str]) -> None:
    for ref in artists:
        works(write, ref, datetime(2026, 9, 8, 15, 0, tzinfo=UTC), 2)

    assert told().night.minutes == 4 * 120


def test_how_long_a_revision_waits_is_told_of_three_artists_and_three_who_approve(
    told: Callable[..., Labour], write: Write, person: Person, artists: list[str]
) -> None:
    directors = [person(f"HumanUser:{number}", f"監督 {number}") for number in range(20, 24)]
    for number in range(12):
        artist, director = artists[number % 4], directors[number % 4]
        place = {"background": f"Shot:{number}", "seq": "ep01", "asset": Asset(sha256=f"{number:064x}")}
        version = TrackerRef(type="shotgrid", site_hash="ab" * 32, entity_type="Shot", entity_id=f"{number}", version_id=f"{number}")
        decision = Decision(verdict=Verdict.APPROVED, set_by=director, decided_by=director)
        start = milliseconds(MONDAY)
        painter = Actor(kind=ActorKind.HUMAN, ref=artist, role=Role.BACKGROUND_ARTIST)
        write(Kind.REVISION_SUBMITTED, actor=painter, tracker=version, at_ms=start, **place)
        by = Actor(kind=ActorKind.HUMAN, ref=director, role=Role.ART_DIRECTOR)
        write(Kind.REVISION_APPROVED, actor=by, decision=decision, tracker=version, at_ms=start + (number + 1) * 3_600_000, **place)

    waited = told().turnarounds[-1]

    assert (waited.times, waited.first_quarter, waited.median, waited.third_quarter) == (12, 225, 390, 555)
