"""Every tracker tells what happened, completely and in order."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from integration.events import TaskStatusChanged, VersionCreated, VersionMediaUploaded
from tests.contract.tracker.sites import Site
from tests.contract.tracker.work import approvals, events, layout_task


def test_an_approval_is_told_once_with_who_and_when(site: Site) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()

    site.approve(task)
    found, after = events(site.tracker, cursor)

    (event,) = approvals(found, task)
    assert (event.old, event.new, event.project) == (site.ready, site.approved, site.project.id)
    assert event.by is not None
    assert event.at.utcoffset() == timedelta(0)
    assert not events(site.tracker, after)[0]


def test_a_task_made_approved_is_an_approval_from_nothing(site: Site) -> None:
    cursor = site.tracker.first_cursor()

    task = layout_task(site, status=site.approved)

    (event,) = approvals(events(site.tracker, cursor)[0], task)
    assert (event.old, event.new) == (None, site.approved)


def test_what_happened_before_now_lies_behind_the_first_cursor(site: Site) -> None:
    site.approve(layout_task(site))

    assert not events(site.tracker, site.tracker.first_cursor())[0]


def test_versions_and_their_files_are_told(site: Site, picture: Path) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()

    version = site.hand_in(task, "原図", picture)
    found, _ = events(site.tracker, cursor)

    kinds = [type(event) for event in found if getattr(event, "version", None) == version]
    assert kinds.count(VersionCreated) == 1
    assert kinds.count(VersionMediaUploaded) == 1
    assert kinds.index(VersionCreated) < kinds.index(VersionMediaUploaded)


@pytest.mark.parametrize("look_back_s", [0.0, 300.0])
def test_pages_of_any_size_tell_everything_in_order(site: Site, look_back_s: float) -> None:
    tracker = site.opened_again(look_back_s=look_back_s)
    tasks = [layout_task(site, f"c1{place:02}") for place in range(5)]
    cursor = tracker.first_cursor()
    for task in tasks:
        site.approve(task)

    found, after = events(tracker, cursor, limit=2)

    assert [event.task for event in found if isinstance(event, TaskStatusChanged)] == tasks
    assert [event.order for event in found] == sorted(event.order for event in found)
    again = tracker.events_after(after, limit=500)
    assert not again.more
    assert {event.event_id for event in again.events} <= {event.event_id for event in found}


def test_an_event_committed_late_is_still_told(site: Site) -> None:
    tracker = site.opened_again(look_back_s=300.0)
    late, soon = layout_task(site, "c121"), layout_task(site, "c122")
    cursor = tracker.first_cursor()

    with site.late_events():
        site.approve(late)
    site.approve(soon)
    found, cursor = events(tracker, cursor)
    assert len(approvals(found, soon)) == 1
    assert not approvals(found, late)

    deadline = time.monotonic() + 10
    while not approvals(found, late) and time.monotonic() < deadline:
        time.sleep(0.1)
        found, cursor = events(tracker, cursor)
    assert len(approvals(found, late)) == 1


def test_an_event_without_detail_stops_nothing(site: Site) -> None:
    first, second = layout_task(site, "c131"), layout_task(site, "c132")
    cursor = site.tracker.first_cursor()
    with site.lost_meta():
        site.approve(first)
    site.approve(second)

    found, after = events(site.tracker, cursor)

    assert len(approvals(found, second)) == 1
    assert not events(site.tracker, after)[0]


def test_the_approval_of_a_task_deleted_since_is_still_told(site: Site) -> None:
    task = layout_task(site)
    cursor = site.tracker.first_cursor()
    site.approve(task)
    site.retire_task(task)

    assert len(approvals(events(site.tracker, cursor)[0], task)) == 1


def test_a_rehearsal_hears_what_happened_since(site: Site) -> None:
    before = site.tracker.server_time() - timedelta(minutes=1)
    task = layout_task(site)
    site.approve(task)

    assert len([event for event in approvals(list(site.tracker.events_since(before)), task) if event.new == site.approved]) == 1
    assert not approvals(list(site.tracker.events_since(before + timedelta(hours=1))), task)
