"""Every tracker tells whose hours stand in it, who put them down, and when that changed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from integration.errors import NotFoundInTrackerError
from integration.events import TimeLogged
from integration.production import LONGEST_LOG_MINUTES, TimeLogId
from tests.contract.tracker.sites import Site
from tests.contract.tracker.work import events, layout_task


def test_a_time_log_tells_whose_hours_on_what_and_when(site: Site) -> None:
    task = layout_task(site)

    found = site.tracker.time_log(site.log_time(task, 150, day="2026-11-20"))

    assert (found.task, found.minutes, found.day) == (task, 150, date(2026, 11, 20))
    assert found.person is not None
    assert (found.person.id, found.person.name) == (site.artist.id, site.artist.name)
    assert (found.entered_by.id if found.entered_by else None) == (site.artist.id if site.says_who_entered_time else None)
    assert found.project == site.project
    assert found.changed_at.utcoffset() == timedelta(0)


def test_hours_put_down_by_somebody_else_say_so(site: Site) -> None:
    found = site.tracker.time_log(site.log_time(layout_task(site), 60, by_artist=False))

    assert found.person is not None
    assert found.person.id == site.artist.id
    assert (found.entered_by is None) != site.says_who_entered_time
    assert found.entered_by != found.person


def test_the_last_hand_on_hours_is_told(site: Site) -> None:
    own, others = site.log_time(layout_task(site), 60), site.log_time(layout_task(site, "c013"), 60, by_artist=False)

    site.change_time(own, 90, by_artist=False)
    site.change_time(others, 90)

    told = [site.tracker.time_log(each).entered_by == site.tracker.time_log(each).person for each in (own, others)]
    assert told == [False, site.says_who_entered_time]


@pytest.mark.parametrize("minutes", [None, 0, -30, LONGEST_LOG_MINUTES + 1, 2**31])
def test_a_duration_that_cannot_be_is_none(site: Site, minutes: int | None) -> None:
    assert site.tracker.time_log(site.log_time(layout_task(site), minutes)).minutes is None


@pytest.mark.parametrize("day", [None, "0026-11-20", "9999-12-31"])
def test_a_day_that_is_not_told_or_cannot_be_is_none(site: Site, day: str | None) -> None:
    told = site.tracker.time_log(site.log_time(layout_task(site), 60, day=day)).day
    assert (told is None) != (day is None and site.dates_all_time)


def test_hours_on_no_task_name_none(site: Site) -> None:
    assert site.tracker.time_log(site.log_time(None, 60)).task is None


def test_a_deleted_time_log_is_not_found_until_it_is_brought_back(site: Site) -> None:
    time_log = site.log_time(layout_task(site), 60)
    site.retire_time(time_log)

    with pytest.raises(NotFoundInTrackerError):
        site.tracker.time_log(time_log)

    if site.deletes_for_good:
        return
    site.revive_time(time_log)
    assert site.tracker.time_log(time_log).minutes == 60


@pytest.mark.parametrize("number", ["", "no number", "999999"])
def test_what_names_no_time_log_is_not_found(site: Site, number: str) -> None:
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.time_log(TimeLogId(number))


def test_recent_time_logs_are_those_that_stand_and_changed(site: Site) -> None:
    task, now = layout_task(site), datetime.now(UTC)
    first, second, gone = (site.log_time(task, minutes) for minutes in (30, 60, 90))
    site.retire_time(gone)

    assert [found.id for found in site.tracker.time_logs_since(site.project.id, now - timedelta(hours=1))] == [first, second]
    assert site.tracker.time_logs_since(site.project.id, now + timedelta(hours=1)) == ()


def test_logging_changing_deleting_and_bringing_back_time_are_events(site: Site) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()
    told = []

    time_log = site.log_time(task, 60)
    for done in (
        lambda: None,
        lambda: site.change_time(time_log, 90),
        lambda: site.retire_time(time_log),
        *(() if site.deletes_for_good else (lambda: site.revive_time(time_log),)),
    ):
        done()
        found, cursor = events(site.tracker, cursor)
        told.append({event.time_log for event in found if isinstance(event, TimeLogged)})

    assert told == [{time_log}] * len(told)
    assert len(told) >= 3
