"""Hours are told of groups, never of a person, neither outright nor by taking one figure from another."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.ledger import log, people, texts
from integration.ledger.entry import Actor, Time, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource
from integration.reports import facts
from integration.reports.facts import follow
from integration.reports.hours import Hours, hours, own_hours
from integration.reports.shot_record import as_json, shot_record
from integration.reports.shot_text import shot_text
from integration.reports.worked import Known, Sum, told_to
from tests.unit.reports.conftest import SHOW

Write = Callable[..., int]
Person = Callable[..., str]
NAMES = ("青木", "伊藤", "上田", "江川", "小川")
LATER = date(2027, 1, 1)
"""Long after everything that is logged here."""


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
def artists(person: Person) -> tuple[str, ...]:
    return tuple(person(f"HumanUser:{number}", name) for number, name in enumerate(NAMES))


def logged(ref: str, minutes: int = 60, *, confirmed: bool = True, withdrawn: bool = False, role: Role | None = Role.BACKGROUND_ARTIST):
    return {
        "actor": Actor(kind=ActorKind.HUMAN, ref=ref, role=role),
        "step": "Background",
        "time": Time(minutes=minutes, source=TimeSource.TRACKER, confirmed=confirmed, withdrawn=withdrawn),
    }


def reported(connection: sa.Connection, **asked) -> Hours:
    connection.commit()
    follow(connection.engine)
    return hours(connection, SHOW, **{"zone": "Asia/Tokyo", "day_start": time(5), "until": LATER, **asked})


def told(connection: sa.Connection, episode: str | None = None) -> Sum:
    (group,) = reported(connection, episode=episode).groups
    return group.confirmed


def test_hours_of_three_people_are_summed_with_their_source(connection: sa.Connection, write: Write, artists: tuple[str, ...]) -> None:
    for ref, minutes in zip(artists[:3], (30, 60, 150), strict=True):
        write(Kind.TIME_LOGGED, **logged(ref, minutes))

    (group,) = reported(connection).groups

    assert (group.step, group.role) == ("Background", "background_artist")
    assert group.confirmed == Sum(known=Known.LOGGED, minutes=240, sources=("tracker",))
    assert group.unconfirmed == Sum(known=Known.NOT_LOGGED)


@pytest.mark.parametrize("many", [1, 2])
def test_hours_of_fewer_than_three_people_are_not_told(
    connection: sa.Connection, write: Write, artists: tuple[str, ...], many: int
) -> None:
    for ref in artists[:many] * 3:
        write(Kind.TIME_LOGGED, **logged(ref))

    assert told(connection) == Sum(known=Known.FEW)


def test_hours_put_down_by_others_are_told_apart_and_hidden_apart(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    for ref in artists[:3]:
        write(Kind.TIME_LOGGED, **logged(ref))
    write(Kind.TIME_LOGGED, **logged(artists[0], confirmed=False))

    (group,) = reported(connection).groups

    assert (group.confirmed.minutes, group.unconfirmed) == (180, Sum(known=Known.FEW))


def test_what_is_not_logged_is_never_zero(connection: sa.Connection) -> None:
    (group,) = reported(connection, expected=[("Background", "background_artist")]).groups

    assert (group.confirmed, group.unconfirmed) == (Sum(known=Known.NOT_LOGGED),) * 2


def test_withdrawn_corrected_and_contested_hours_are_not_counted(connection: sa.Connection, write: Write, artists: tuple[str, ...]) -> None:
    standing = [write(Kind.TIME_LOGGED, **logged(ref, 60)) for ref in artists]
    write(Kind.TIME_LOGGED, **logged(artists[0], 90), corrects=standing[0])
    write(Kind.TIME_LOGGED, **logged(artists[1], 60, withdrawn=True), corrects=standing[1])
    words = texts.commit_text(connection, "三時間でした")
    write(Kind.CORRECTION, actor=Actor(kind=ActorKind.HUMAN, ref=artists[2]), corrects=standing[2], note_commit=words)

    assert told(connection).minutes == 90 + 60 + 60


def test_somebody_unknown_or_erased_does_not_count_as_one_more(connection: sa.Connection, write: Write, artists: tuple[str, ...]) -> None:
    for ref in (*artists[:3], ""):
        write(Kind.TIME_LOGGED, **logged(ref))
    assert told(connection).known is Known.LOGGED

    people.erase(connection, "HumanUser:0")

    assert told(connection) == Sum(known=Known.FEW)


def test_an_episode_cannot_be_worked_out_from_the_show_and_the_others(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    for episode, refs in (("ep01", artists[:4]), ("ep02", artists[:3]), ("ep03", artists[4:])):
        for ref in refs:
            write(Kind.TIME_LOGGED, seq=episode, **logged(ref))

    assert told(connection).minutes == 480
    assert told(connection, "ep01").minutes == 240
    assert [told(connection, episode) for episode in ("ep02", "ep03")] == [Sum(known=Known.FEW)] * 2


def test_hours_of_a_month_are_told_once_it_is_over_and_people_saw_their_own(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    for ref in artists[:3]:
        write(Kind.TIME_LOGGED, **logged(ref))

    known = {today: reported(connection, until=told_to(today, 7)).groups[0].confirmed for today in (date(2026, 12, 7), date(2026, 12, 8))}

    assert [each.known for each in known.values()] == [Known.NOT_YET, Known.LOGGED]


def test_a_persons_own_hours_are_told_to_them_with_what_is_not_counted(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    night = milliseconds(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
    span = (milliseconds(datetime(2026, 11, 19, 20, tzinfo=UTC)), milliseconds(datetime(2026, 11, 20, 20, tzinfo=UTC)))
    time_ = Time(minutes=60, source=TimeSource.TRACKER, confirmed=True, span_start_ms=span[0], span_end_ms=span[1])
    first = write(Kind.TIME_LOGGED, **{**logged(artists[0]), "time": time_, "at_ms": night})
    write(Kind.TIME_LOGGED, **logged(artists[0], 90), corrects=first)
    write(Kind.TIME_LOGGED, **logged(artists[1]))

    connection.commit()
    follow(connection.engine)
    own = own_hours(connection, artists[0], show=SHOW, zone="Asia/Tokyo", day_start=time(5))

    assert [(each.minutes, each.stands, each.day, each.shots) for each in own] == [
        (60, False, date(2026, 11, 20), ("c012",)),
        (90, True, None, ("c012",)),
    ]
    assert own[0].put_down == "2026-11-20 25:30"


def test_a_cut_tells_that_time_was_logged_and_not_by_whom_nor_how_much(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    index = write(Kind.TIME_LOGGED, **logged(artists[0], 4321))
    words = texts.commit_text(connection, "四時間でした")
    write(Kind.CORRECTION, actor=Actor(kind=ActorKind.HUMAN, ref=artists[0]), corrects=index, note_commit=words)

    record = shot_record(connection, "c012", zone="Asia/Tokyo")
    shown = shot_text(record)

    assert "time logged (kept for the person and payroll)" in shown
    for secret in (NAMES[0], "4321", "四時間"):
        assert secret not in shown
        assert secret not in str(as_json(record))


def test_a_cut_without_hours_says_nothing_of_them(connection: sa.Connection, whole_story: dict[str, int]) -> None:
    assert "time logged" not in shot_text(shot_record(connection, "c012", zone="Asia/Tokyo"))
