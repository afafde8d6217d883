"""Hours are told of groups, never of a person, neither outright nor by taking one figure from another."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from itertools import chain, combinations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from integration.database import make_tables
from integration.ledger import log, people, texts
from integration.ledger.entry import Actor, Entry, Time, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource
from integration.reports.hours import FEWEST, Hours, Known, Sum, hours, own_hours
from integration.reports.shot_record import as_json, shot_record
from integration.reports.shot_text import shot_text
from tests.unit.reports.conftest import SHOW, START

Write = Callable[..., int]
Person = Callable[..., str]
NAMES = ("青木", "伊藤", "上田", "江川", "小川")


@pytest.fixture
def artists(person: Person) -> tuple[str, ...]:
    return tuple(person(f"HumanUser:{number}", name) for number, name in enumerate(NAMES))


def logged(ref: str, minutes: int = 60, *, confirmed: bool = True, withdrawn: bool = False, role: Role | None = Role.BACKGROUND_ARTIST):
    return {
        "actor": Actor(kind=ActorKind.HUMAN, ref=ref, role=role),
        "step": "Background",
        "time": Time(minutes=minutes, source=TimeSource.TRACKER, confirmed=confirmed, withdrawn=withdrawn),
    }


def told(connection: sa.Connection, episode: str | None = None) -> Sum:
    (group,) = hours(connection, SHOW, episode=episode).groups
    return group.confirmed


def test_hours_of_three_people_are_summed_with_their_source(connection: sa.Connection, write: Write, artists: tuple[str, ...]) -> None:
    for ref, minutes in zip(artists[:3], (30, 60, 150), strict=True):
        write(Kind.TIME_LOGGED, **logged(ref, minutes))

    (group,) = hours(connection, SHOW).groups

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

    (group,) = hours(connection, SHOW).groups

    assert (group.confirmed.minutes, group.unconfirmed) == (180, Sum(known=Known.FEW))


def test_what_is_not_logged_is_never_zero(connection: sa.Connection) -> None:
    (group,) = hours(connection, SHOW, expected=[("Background", "background_artist")]).groups

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


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=14))
def test_whatever_is_told_leaves_nothing_that_fewer_than_three_people_worked(work: list[tuple[int, int]]) -> None:
    engine = sa.create_engine("sqlite://")
    make_tables(engine, log.metadata)
    with engine.begin() as connection:
        refs = [people.person_ref(connection, show=SHOW, person_id=f"HumanUser:{number}", name="人") for number in range(6)]
        for index, (episode, who) in enumerate(work):
            log.append(connection, entry(seq=f"ep{episode}", **logged(refs[who])), key=str(index))
        show = {None: hours(connection, SHOW)}
        episodes = {number: hours(connection, SHOW, episode=f"ep{number}") for number in range(5)}
    engine.dispose()

    everybody = {who for _, who in work}
    visible = {number for number, found in episodes.items() if minutes(found) is not None}
    for some in subsets(visible):
        assert not some or len({who for episode, who in work if episode in some}) >= FEWEST
    if minutes(show[None]) is not None:
        rest = {who for episode, who in work if episode not in visible}
        assert len(everybody) >= FEWEST
        assert not rest or len(rest) >= FEWEST


def test_a_persons_own_hours_are_told_to_them_with_what_is_not_counted(
    connection: sa.Connection, write: Write, artists: tuple[str, ...]
) -> None:
    night = milliseconds(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
    span = (milliseconds(datetime(2026, 11, 19, 20, tzinfo=UTC)), milliseconds(datetime(2026, 11, 20, 20, tzinfo=UTC)))
    time_ = Time(minutes=60, source=TimeSource.TRACKER, confirmed=True, span_start_ms=span[0], span_end_ms=span[1])
    first = write(Kind.TIME_LOGGED, **{**logged(artists[0]), "time": time_, "at_ms": night})
    write(Kind.TIME_LOGGED, **logged(artists[0], 90), corrects=first)
    write(Kind.TIME_LOGGED, **logged(artists[1]))

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


def entry(**facts: object) -> Entry:
    at_ms = milliseconds(START)
    return Entry(id=new_id(START), kind=Kind.TIME_LOGGED, at_ms=at_ms, recorded_ms=at_ms, show=SHOW, **facts)  # type: ignore[arg-type]  # as given


def minutes(found: Hours) -> int | None:
    return next((group.confirmed.minutes for group in found.groups), None)


def subsets(numbers: Iterable[int]) -> Iterable[set[int]]:
    numbers = sorted(numbers)
    return map(set, chain.from_iterable(combinations(numbers, size) for size in range(len(numbers) + 1)))
