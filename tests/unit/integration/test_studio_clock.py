"""The studio's day begins in the morning, in every zone and on the nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.studio_clock import studio_clock, studio_day, studio_span

FIVE = time(5)
ZONES = ("Asia/Tokyo", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut")
STARTS = (time(0), time(1, 30), time(2, 30), FIVE)


def at(text: str, zone: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-11-21T01:30", date(2026, 11, 20), "25:30"),
        ("2026-11-21T04:59", date(2026, 11, 20), "28:59"),
        ("2026-11-21T05:00", date(2026, 11, 21), "05:00"),
        ("2026-11-21T23:59", date(2026, 11, 21), "23:59"),
        ("2027-01-01T00:00", date(2026, 12, 31), "24:00"),
    ],
)
def test_half_past_one_at_night_is_25_30_of_the_day_before(text: str, day: date, clock: str) -> None:
    moment = at(text, "Asia/Tokyo")

    assert (studio_day(moment, "Asia/Tokyo", FIVE), studio_clock(moment, "Asia/Tokyo", FIVE)) == (day, clock)


def test_a_moment_in_another_zone_is_told_in_the_shows() -> None:
    moment = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert studio_clock(moment, "Asia/Tokyo", FIVE) == "25:30"
    assert studio_clock(moment, "Europe/Paris", FIVE) == "17:30"


def test_a_day_that_begins_at_midnight_is_the_calendars() -> None:
    moment = at("2026-11-21T01:30", "Asia/Tokyo")

    assert (studio_day(moment, "Asia/Tokyo", time(0)), studio_clock(moment, "Asia/Tokyo", time(0))) == (date(2026, 11, 21), "01:30")


def test_both_hours_of_the_night_when_clocks_go_back_are_of_the_day_before() -> None:
    for fold in (0, 1):
        moment = at("2026-10-25T02:30", "Europe/Paris", fold=fold)
        assert (studio_day(moment, "Europe/Paris", FIVE), studio_clock(moment, "Europe/Paris", FIVE)) == (date(2026, 10, 24), "26:30")


def test_a_day_that_begins_in_the_repeated_hour_begins_once() -> None:
    first, again = at("2026-11-01T01:45", "America/New_York"), at("2026-11-01T01:15", "America/New_York", fold=1)

    assert studio_day(first, "America/New_York", time(1, 30)) == date(2026, 11, 1)
    assert studio_day(again, "America/New_York", time(1, 30)) == date(2026, 11, 1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 11, 20), 24)])
def test_the_day_whose_night_changes_the_clocks_is_shorter_or_longer(day: date, hours: int) -> None:
    start, end = studio_span(day, "Europe/Paris", FIVE)

    assert end - start == timedelta(hours=hours)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        studio_day(datetime(2026, 11, 20), "Asia/Tokyo", FIVE)  # noqa: DTZ001


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.sampled_from(STARTS))  # noqa: DTZ001
def test_every_moment_lies_in_the_span_of_its_day(naive: datetime, zone: str, day_start: time) -> None:
    moment = naive.replace(tzinfo=UTC)

    start, end = studio_span(studio_day(moment, zone, day_start), zone, day_start)

    assert start <= moment < end
