"""Whoever takes every report there is, of every day, and adds and subtracts them works out nothing of fewer than three people."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.reports.scope import Scope
from integration.reports.suppression import FEWEST, blocks_of
from integration.reports.worked import CLOCK, WEEK, Cell, Known, Series, Told, Worked, tell

SHOW = "海辺の町"
PEOPLE = ("ao", "ito", "ueda", "egawa", "ogawa")
NOBODY, ERASED = "", "somebody erased"
EPISODES = ("ep01", "ep02", "ep03")
MONTHS = ("2026-09", "2026-10", "2026-11")
CLOSINGS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))
SERIES = (Series("Background", "background_artist", "", True), Series("Background", "background_artist", "", False))


class Log(NamedTuple):
    """Hours somebody put down."""

    who: str
    series: Series
    month: str
    episode: str
    week: str
    clock: str


LOGS = st.lists(
    st.builds(
        Log,
        st.sampled_from((*PEOPLE, *PEOPLE, NOBODY, ERASED)),
        st.sampled_from(SERIES),
        st.sampled_from(MONTHS),
        st.sampled_from(EPISODES),
        st.sampled_from(("weekday", "weekend")),
        st.sampled_from(("day", "night", "unknown")),
    ),
    max_size=45,
)
SCOPES = tuple(
    Scope(show=SHOW, episode=episode, first=first, last=last)
    for episode, first, last in product(("", *EPISODES), *(((None, *(date(2026, month, 1) for month in (9, 10, 11)))),) * 2)
)


@given(LOGS)
@settings(max_examples=150, deadline=None)
def test_no_sum_of_reports_is_of_fewer_than_three_people(logs: list[Log]) -> None:
    attacked = np.array(sorted(every_report(logs)), dtype=float).reshape(-1, max(1, len(logs)))

    rank = np.linalg.matrix_rank(attacked)
    for some in combinations(PEOPLE, FEWEST - 1):
        others = [number for number, log in enumerate(logs) if log.who not in (*some, NOBODY, ERASED)]
        assert np.linalg.matrix_rank(attacked[:, others]) == rank, f"something of {some} alone can be worked out"


def test_the_attack_finds_what_a_careless_rule_would_tell() -> None:
    """Of a show with four people and an episode of it with three."""
    show, episode = (1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 0.0)

    attacked = np.array([show, episode])

    assert np.linalg.matrix_rank(attacked[:, :2]) < np.linalg.matrix_rank(attacked)


def test_hours_of_six_people_in_two_episodes_are_told_of_each() -> None:
    logs = [Log(who, SERIES[0], "2026-09", episode, "weekday", "day") for episode in EPISODES[:2] for who in PEOPLE[:3]]

    every = show_of(logs, CLOSINGS[-1])

    assert [told(every, episode=episode).minutes for episode in ("ep01", "ep02", "")] == [0b111, 0b111000, 0b111111]


def test_what_too_few_people_worked_in_a_month_waits_for_later_months_and_opens_none_that_was_told() -> None:
    first = [Log(who, SERIES[0], "2026-09", "ep01", "weekday", "day") for who in PEOPLE[:3]]
    second = [Log(who, SERIES[0], "2026-10", "ep01", "weekday", "day") for who in PEOPLE[:2]]
    third = [Log(who, SERIES[0], "2026-11", "ep01", "weekday", "day") for who in PEOPLE[2:3]]
    logs = [*first, *second, *third]

    sums = [told(show_of(logs, closing)) for closing in CLOSINGS[1:]]

    assert [(each.minutes, each.partial) for each in sums] == [(0b111, False), (0b111, True), (0b111111, False)]


def test_nights_of_one_person_are_not_told_though_the_days_beside_them_are_of_many() -> None:
    days = [Log(who, SERIES[0], "2026-09", "ep01", "weekday", "day") for who in PEOPLE]
    night = Log(PEOPLE[0], SERIES[0], "2026-09", "ep01", "weekday", "night")

    every = show_of([*days, night], CLOSINGS[-1])

    assert told(every).minutes == 0b111111
    assert every.sums(lambda _: True, Scope(show=SHOW), place=CLOCK, only="night").known is Known.FEW
    assert every.sums(lambda _: True, Scope(show=SHOW), place=CLOCK, only="day").minutes is None


def test_nights_are_unknown_where_nobody_says_when_they_worked() -> None:
    logs = [Log(who, SERIES[0], "2026-09", "ep01", "unknown", "unknown") for who in PEOPLE]

    every = show_of(logs, CLOSINGS[-1])

    assert every.sums(lambda _: True, Scope(show=SHOW), place=CLOCK, only="night").known is Known.UNKNOWN
    assert every.sums(lambda _: True, Scope(show=SHOW), place=WEEK, only="weekend").known is Known.UNKNOWN


@pytest.mark.parametrize("approvers", [1, 3])
def test_a_block_needs_enough_people_in_each_part_they_have_in_it(approvers: int) -> None:
    crowd = (frozenset(PEOPLE), frozenset(PEOPLE[:approvers]))

    assert len(blocks_of({("2026-09", "ep01"): crowd})) == (approvers >= FEWEST)


def show_of(logs: Iterable[Log], until: date) -> Worked:
    """The show in which log number n is of 2**n minutes, so that a sum says of which logs it is."""
    series: dict[Series, dict[tuple[str, ...], Cell]] = {}
    for number, log in enumerate(logs):
        cell = series.setdefault(log.series, {}).setdefault((log.month, log.episode, log.week, log.clock), Cell())
        cell.minutes += 2**number
        cell.people.add(log.who)
    known = frozenset(PEOPLE)
    return Worked(series={each: tell(cells, known, until) for each, cells in series.items()})


def told(every: Worked, episode: str = ""):
    return every.sums(lambda _: True, Scope(show=SHOW, episode=episode))


def every_report(logs: list[Log]) -> Iterator[tuple[int, ...]]:
    """Which logs each sum is of that any report tells on any day, as ones and noughts, each once."""
    seen = set()
    for closing in CLOSINGS:
        every = show_of(logs, closing)
        for series, scope in product(every.series.values(), SCOPES):
            seen |= {each for each in sums_of(series, scope) if each is not None}
    for minutes in seen:
        yield tuple(minutes >> number & 1 for number in range(len(logs)))


def sums_of(series: Told, scope: Scope) -> Iterator[int | None]:
    yield series.sum(scope).minutes
    for place, only in ((CLOCK, "night"), (CLOCK, "day"), (WEEK, "weekend"), (WEEK, "weekday")):
        yield series.sum(scope, place=place, only=only).minutes
