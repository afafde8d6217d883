"""Hours in the record say what the tracker says now, each once, whatever events came, and never whose they are not."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from integration.cli.plan import Rehearsal
from integration.database import make_tables
from integration.events import TimeLogged
from integration.intake.hook_registry import load_hooks
from integration.ledger import log, people
from integration.ledger.entry import Entry, new_id
from integration.ledger.vocabulary import Kind, Role, TimeSource
from integration.production import BackgroundId, EventId, ProjectId, TaskId, TimeLogId
from integration.sandbox.server import start_sandbox
from integration.settings import Settings
from integration.studio import Studio, open_studio
from integration.studio_clock import studio_day
from integration.workflow.statements import forget
from integration.workflow.time_logs import record_recent, record_time
from tests.contract.tracker.shotgrid_site import ShotGridSite, write_seed

SHOW = "雨の街"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ShotGridSite]:
    with start_sandbox(write_seed(tmp_path), folder=tmp_path / "site") as sandbox:
        site = ShotGridSite(sandbox)
        yield site
        site.close()


@pytest.fixture
def studio(site: ShotGridSite, tmp_path: Path) -> Studio:
    return opened(site, tmp_path, SHOW)


def opened(site: ShotGridSite, folder: Path, *shows: str) -> Studio:
    shotgrid = {"url": site.sandbox.url, "script_name": site.sandbox.script_name, "api_key": site.sandbox.api_key}
    projects: dict[str, dict[str, str]] = {show: {} for show in shows}
    return open_studio(
        Settings.model_validate({"tracker": "shotgrid", "state_folder": folder / "state", "shotgrid": shotgrid, "projects": projects})
    )


def cut_task(site: ShotGridSite, code: str = "c012", *, step: str = "Background") -> tuple[BackgroundId, TaskId]:
    cut = site.new_cut(code)
    return cut, site.new_task(cut, step=step, name="BG revision", status=site.ready)


def hours(studio: Studio) -> list[tuple[int, Entry]]:
    with studio.engine.connect() as connection:
        return list(log.read(connection, kinds=[Kind.TIME_LOGGED]))


def told(studio: Studio) -> list[tuple[int, bool, int | None]]:
    """Minutes, whether withdrawn, and which entry it corrects, of each entry."""
    return [(entry.time.minutes, entry.time.withdrawn, entry.corrects) for _, entry in hours(studio) if entry.time]


def event(time_log: TimeLogId, number: str = "900") -> TimeLogged:
    return TimeLogged(event_id=EventId(number), order=int(number), at=LONG_AGO, project=ProjectId("70"), by=None, time_log=time_log)


def test_hours_stand_with_whose_they_are_on_what_and_as_what(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site)
    time_log = site.log_time(task, 150, day="2026-11-20")

    record_time(studio, time_log, event(time_log))

    ((_, entry),) = hours(studio)
    assert entry.time is not None and entry.tracker is not None
    assert (entry.show, entry.shots, entry.background, entry.part, entry.step) == (SHOW, ("c012",), cut, "BG", "Background")
    assert (entry.time.minutes, entry.time.source, entry.time.confirmed, entry.time.withdrawn) == (150, TimeSource.TRACKER, True, False)
    assert (entry.tracker.entity_type, entry.tracker.entity_id, entry.tracker.task_id) == ("TimeLog", time_log, task)
    assert (entry.tracker.event_id, entry.actor.role) == ("900", Role.BACKGROUND_ARTIST)
    with studio.engine.connect() as connection:
        assert people.names(connection, [entry.actor.ref])[entry.actor.ref].name == site.artist.name


def test_a_day_is_kept_from_one_studio_morning_to_the_next(studio: Studio, site: ShotGridSite) -> None:
    record_time(studio, site.log_time(cut_task(site)[1], 150, day="2026-11-20"), None)

    ((_, entry),) = hours(studio)
    assert entry.time is not None and entry.time.span_start_ms is not None and entry.time.span_end_ms is not None
    start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (entry.time.span_start_ms, entry.time.span_end_ms))
    assert (start.isoformat(), end - start) == ("2026-11-19T20:00:00+00:00", timedelta(days=1))
    assert studio_day(start, "Asia/Tokyo", time(5)).isoformat() == "2026-11-20"


@pytest.mark.parametrize(("step", "role"), [("Background", Role.BACKGROUND_ARTIST), ("Layout", Role.LAYOUT_ARTIST)])
def test_the_step_says_as_what_somebody_worked(studio: Studio, site: ShotGridSite, step: str, role: Role) -> None:
    record_time(studio, site.log_time(cut_task(site, step=step)[1], 60), None)

    assert [entry.actor.role for _, entry in hours(studio)] == [role]


def test_hours_put_down_for_somebody_are_not_confirmed_until_they_touch_them(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60, by_artist=False)
    record_time(studio, time_log, None)
    site.change_time(time_log, 90)
    record_time(studio, time_log, None)

    assert [(entry.time.minutes, entry.time.confirmed) for _, entry in hours(studio) if entry.time] == [(60, False), (90, True)]


def test_doubled_late_and_reordered_events_record_what_the_tracker_says_now(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    site.change_time(time_log, 90)
    for number in ("903", "901", "902", "903"):
        record_time(studio, time_log, event(time_log, number))

    assert told(studio) == [(90, False, None)]


def test_a_changed_log_corrects_a_deleted_one_is_withdrawn_and_one_brought_back_stands_again(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    for change in (
        lambda: None,
        lambda: site.change_time(time_log, 90),
        lambda: site.retire_time(time_log),
        lambda: site.revive_time(time_log),
    ):
        change()
        for _ in range(2):
            record_time(studio, time_log, None)

    assert told(studio) == [(60, False, None), (90, False, 0), (90, True, 1), (90, False, None)]


def test_a_log_moved_to_another_cut_is_withdrawn_there_and_stands_here(studio: Studio, site: ShotGridSite) -> None:
    (first, task), (second, other) = cut_task(site), cut_task(site, "c013")
    time_log = site.log_time(task, 60)
    record_time(studio, time_log, None)
    site.move_time(time_log, other)
    record_time(studio, time_log, None)

    assert told(studio) == [(60, False, None), (60, True, 0), (60, False, None)]
    assert [entry.background for _, entry in hours(studio)] == [first, first, second]


def test_a_log_moved_to_another_task_of_the_same_cut_is_corrected(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site)
    time_log = site.log_time(task, 60)
    record_time(studio, time_log, None)
    site.move_time(time_log, site.new_task(cut, step="Layout", name="レイアウト", status=site.ready))
    record_time(studio, time_log, None)

    assert told(studio) == [(60, False, None), (60, False, 0)]
    assert [entry.step for _, entry in hours(studio)] == ["Background", "Layout"]


def test_a_log_given_to_another_person_is_withdrawn_from_the_first(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    record_time(studio, time_log, None)
    site.give_time(time_log, to=43)
    record_time(studio, time_log, None)

    refs = [entry.actor.ref for _, entry in hours(studio)]
    assert told(studio) == [(60, False, None), (60, True, 0), (60, False, None)]
    assert refs[0] == refs[1] != refs[2]


def test_hours_stay_when_their_task_is_deleted(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site)
    time_log = site.log_time(task, 60)
    record_time(studio, time_log, None)
    site.retire_task(task)
    record_time(studio, time_log, None)
    site.change_time(time_log, 90)
    record_time(studio, time_log, None)

    assert told(studio) == [(60, False, None), (90, False, 0)]
    assert {entry.background for _, entry in hours(studio)} == {cut}


@pytest.mark.parametrize("minutes", [None, 0, -30, 2**31])
def test_a_duration_that_cannot_be_is_not_recorded_and_takes_back_what_was(studio: Studio, site: ShotGridSite, minutes: int | None) -> None:
    task = cut_task(site)[1]
    time_log, never = site.log_time(task, 60), site.log_time(task, minutes)
    record_time(studio, time_log, None)
    site.change_time(time_log, minutes)
    for each in (time_log, never):
        record_time(studio, each, event(each))

    assert told(studio) == [(60, False, None), (60, True, 0)]


def test_hours_on_no_background_and_of_scripts_are_left_alone(studio: Studio, site: ShotGridSite) -> None:
    task = cut_task(site)[1]
    for time_log in (site.log_time(None, 60), site.log_time(site.loose_task(), 60), site.scripts_time(task, 60)):
        record_time(studio, time_log, event(time_log))

    assert hours(studio) == []


def test_hours_of_a_show_that_is_not_enabled_are_left_alone(site: ShotGridSite, tmp_path: Path) -> None:
    studio = opened(site, tmp_path)

    record_time(studio, site.log_time(cut_task(site)[1], 60), None)

    assert hours(studio) == []


def test_a_sweep_records_what_no_event_told(studio: Studio, site: ShotGridSite) -> None:
    task = cut_task(site)[1]
    kept, changed, deleted = (site.log_time(task, minutes) for minutes in (30, 60, 90))
    for time_log in (kept, changed, deleted):
        record_time(studio, time_log, None)
    site.change_time(changed, 61)
    site.retire_time(deleted)
    site.log_time(task, 120)

    for _ in range(2):
        record_recent(studio, ProjectId("70"), datetime.now(UTC) - timedelta(days=14))

    assert told(studio) == [(30, False, None), (60, False, None), (90, False, None), (61, False, 1), (120, False, None), (90, True, 2)]


def test_a_sweep_looks_no_further_back_than_it_is_told(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 30)
    record_time(studio, time_log, None)
    site.retire_time(time_log)
    site.log_time(cut_task(site, "c013")[1], 60)

    record_recent(studio, ProjectId("70"), datetime.now(UTC) + timedelta(hours=1))

    assert told(studio) == [(30, False, None)]


def test_many_at_once_record_one_log_once(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    make_tables(studio.engine, log.metadata)
    ready = threading.Barrier(6)

    def work() -> None:
        ready.wait()
        record_time(studio, time_log, None)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told(studio) == [(60, False, None)]


def test_an_older_state_read_slowly_does_not_undo_a_newer_one(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    record_time(studio, time_log, None)
    ((index, entry),) = hours(studio)
    assert entry.time is not None
    newer = replace(entry, id=new_id(datetime.now(UTC)), time=replace(entry.time, minutes=90), at_ms=entry.at_ms + 5000, corrects=index)
    with studio.engine.begin() as connection:
        log.append(connection, newer, key=f"{Kind.TIME_LOGGED}:{studio.tracker.site}:{time_log}:1")

    record_time(studio, time_log, event(time_log))

    assert told(studio) == [(60, False, None), (90, False, 0)]


def test_a_rehearsal_says_what_hours_would_write(studio: Studio) -> None:
    rehearsal = Rehearsal(studio.tracker, studio.projects, studio.settings.render)
    (hook,) = [each for each in load_hooks([]).hooks if each.name == "time_logged.record_time"]

    hook.call(event(TimeLogId("1")), rehearsal)

    assert rehearsal.said == ["if it is on a background's task and not recorded so: 1 entry of hours in the record"]


def test_hours_of_somebody_who_was_erased_do_not_name_them_again(studio: Studio, site: ShotGridSite) -> None:
    time_log = site.log_time(cut_task(site)[1], 60)
    record_time(studio, time_log, None)
    with studio.engine.begin() as connection:
        forget(connection, site.artist.id, show=SHOW)
    site.change_time(time_log, 90)
    record_time(studio, time_log, None)

    assert told(studio) == [(60, False, None), (90, False, 0)]
    with studio.engine.connect() as connection:
        assert people.called(connection, site.artist.name, show=SHOW) == []
