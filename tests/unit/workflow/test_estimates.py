"""The record says how long a task is thought to take as the tracker says it now, each estimate once, and who set it is not guessed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import ActorKind, Kind
from integration.production import BackgroundId, TaskId
from integration.reports.cuts import cut_ranges
from integration.reports.shot_record import shot_record
from integration.sandbox.server import start_sandbox
from integration.settings import Settings
from integration.studio import Studio, open_studio
from integration.workflow.approval import TrackerActions
from integration.workflow.estimates import record_estimate
from integration.workflow.handover import look_again
from integration.workflow.time_logs import record_time
from tests.contract.tracker.shotgrid_site import ShotGridSite, write_seed

SHOW = "雨の街"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ShotGridSite]:
    with start_sandbox(write_seed(tmp_path), folder=tmp_path / "site") as sandbox:
        site = ShotGridSite(sandbox)
        yield site
        site.close()


@pytest.fixture
def studio(site: ShotGridSite, tmp_path: Path) -> Studio:
    shotgrid = {"url": site.sandbox.url, "script_name": site.sandbox.script_name, "api_key": site.sandbox.api_key}
    told = {"tracker": "shotgrid", "state_folder": tmp_path / "state", "shotgrid": shotgrid, "projects": {SHOW: {}}}
    return open_studio(Settings.model_validate(told))


def cut_task(site: ShotGridSite, minutes: int | None, *, step: str = "Background", status: str = "rdy") -> tuple[BackgroundId, TaskId]:
    cut = site.new_cut("c012")
    task = site.new_task(cut, step=step, name="BG", status=status)
    site.set_bid(task, minutes)
    return cut, task


def estimates(studio: Studio) -> list[tuple[int, Entry]]:
    with studio.engine.connect() as connection:
        return list(log.read(connection, kinds=[Kind.TIME_ESTIMATED]))


def told(studio: Studio) -> list[tuple[int, bool, int | None]]:
    """Minutes, whether withdrawn, and which entry it corrects, of each entry."""
    return [(entry.time.minutes, entry.time.withdrawn, entry.corrects) for _, entry in estimates(studio) if entry.time]


def look(studio: Studio, task: TaskId) -> None:
    record_estimate(studio, studio.tracker.task(task))


def test_an_estimate_stands_with_what_it_is_of_and_by_nobody_in_particular(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site, 480)

    look(studio, task)

    ((_, entry),) = estimates(studio)
    assert entry.time is not None and entry.tracker is not None
    assert (entry.show, entry.shots, entry.background, entry.step) == (SHOW, ("c012",), cut, "Background")
    assert (entry.time.minutes, entry.time.confirmed, entry.tracker.task_id) == (480, False, task)
    assert (entry.actor.kind, entry.actor.ref) == (ActorKind.SCRIPT, "")


def test_the_same_estimate_is_recorded_once_and_another_corrects_it(studio: Studio, site: ShotGridSite) -> None:
    _, task = cut_task(site, 480)
    look(studio, task)
    look(studio, task)

    site.set_bid(task, 600)
    look(studio, task)

    assert told(studio) == [(480, False, None), (600, False, 0)]


def test_an_estimate_that_was_taken_back_is_withdrawn_and_may_come_again(studio: Studio, site: ShotGridSite) -> None:
    _, task = cut_task(site, 480)
    look(studio, task)
    for minutes in (None, None, 300):
        site.set_bid(task, minutes)
        look(studio, task)

    assert told(studio) == [(480, False, None), (480, True, 0), (300, False, None)]


def test_a_task_that_moved_takes_its_estimate_along(studio: Studio, site: ShotGridSite) -> None:
    old, task = cut_task(site, 480)
    look(studio, task)
    new = site.new_cut("c013")

    site._person.update("Task", int(task), {"entity": {"type": "Shot", "id": int(new.partition(":")[2])}})
    look(studio, task)

    assert [(entry.background, entry.time.withdrawn) for _, entry in estimates(studio) if entry.time] == [
        (old, False),
        (old, True),
        (new, False),
    ]


def test_no_estimate_is_no_entry(studio: Studio, site: ShotGridSite) -> None:
    look(studio, cut_task(site, None)[1])
    look(studio, site.loose_task())

    assert estimates(studio) == []


def test_an_approval_reads_the_layouts_estimate_and_where_the_cut_stands(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site, 240, step="Layout", status="apr")
    site.set_cut(cut, order=1, first=1001, last=1096)

    for _ in range(2):
        TrackerActions(studio).reconsider(task, because=None)

    with studio.engine.connect() as connection:
        (known,) = cut_ranges(connection, SHOW, "").values()
    assert told(studio) == [(240, False, None)]
    assert (known.code, known.order, known.starts, known.ends) == ("c012", 1, "00:00:00:00", "00:00:03:23")


def test_a_cut_that_is_omitted_stands_nowhere(studio: Studio, site: ShotGridSite) -> None:
    cut, task = cut_task(site, None, step="Layout", status="apr")
    TrackerActions(studio).reconsider(task, because=None)

    site.set_background_status(cut, site.omitted)
    TrackerActions(studio).reconsider(task, because=None)

    with studio.engine.connect() as connection:
        assert cut_ranges(connection, SHOW, "") == {}


def test_hours_and_sweeps_bring_the_estimate_of_their_task(studio: Studio, site: ShotGridSite) -> None:
    _, task = cut_task(site, 480)
    record_time(studio, site.log_time(task, 60), None)
    site.set_bid(task, 600)

    look_again(studio, studio.tracker.task(task))

    assert told(studio) == [(480, False, None), (600, False, 0)]


def test_a_cuts_report_leaves_estimates_to_planning(studio: Studio, site: ShotGridSite) -> None:
    look(studio, cut_task(site, 480)[1])

    with studio.engine.connect() as connection:
        found = shot_record(connection, "c012", zone="Asia/Tokyo")

    assert (found.other, found.time_logged) == ((), False)
