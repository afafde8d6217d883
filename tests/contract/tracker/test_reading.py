"""Every tracker tells what stands in it, in our words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integration.errors import ArtworkError, NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import PersonKind, TaskId
from tests.contract.tracker.sites import Call, Site, Trouble
from tests.contract.tracker.work import LIMIT_BYTES, draft, layout_task


def test_the_site_is_named_without_scheme_or_secrets(site: Site) -> None:
    assert "://" not in site.tracker.site
    assert "@" not in site.tracker.site


def test_the_trackers_clock_is_told_in_utc(site: Site) -> None:
    moment = site.tracker.server_time()

    assert moment.utcoffset() == timedelta(0)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_tracker_takes_us_for_a_script(site: Site) -> None:
    assert site.tracker.myself().kind is PersonKind.SCRIPT


def test_a_wrong_key_is_told_with_what_to_do(site: Site) -> None:
    with pytest.raises(TrackerError) as told:
        site.opened_with_wrong_key().server_time()

    assert not isinstance(told.value, TransientTrackerError)
    assert "key" in str(told.value)
    assert "admin" in told.value.hint


def test_the_project_is_seen_by_its_name(site: Site) -> None:
    assert site.project in site.tracker.projects()


def test_a_task_is_told_in_the_words_of_settings(site: Site) -> None:
    cut = site.new_cut("c012")
    task = site.tracker.task(site.new_task(cut, step=site.layout_step, name="レイアウト", status=site.ready, assigned=True))

    assert (task.name, task.step, task.status, task.background) == ("レイアウト", site.layout_step, site.ready, cut)
    assert task.project == site.project
    assert [person.name for person in task.assignees] == ["佐藤 花"]


def test_how_long_a_task_is_thought_to_take_is_told_in_minutes(site: Site) -> None:
    task = layout_task(site)
    nothing_said = site.tracker.task(task).bid_minutes

    site.set_bid(task, 480)
    said = site.tracker.task(task).bid_minutes
    (among_others,) = [found for found in site.tracker.tasks_of(site.project.id, step=site.layout_step, statuses=()) if found.id == task]
    site.set_bid(task, None)

    assert (nothing_said, said, among_others.bid_minutes, site.tracker.task(task).bid_minutes) == (None, 480, 480, None)


def test_a_task_that_never_was_is_not_found(site: Site) -> None:
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.task(TaskId("999999999"))


def test_an_id_of_another_tracker_is_not_found(site: Site) -> None:
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.task(TaskId("11c137c0-ee7e"))


def test_a_deleted_task_is_not_found(site: Site) -> None:
    task = layout_task(site)
    site.retire_task(task)

    with pytest.raises(NotFoundInTrackerError):
        site.tracker.task(task)


def test_a_cut_is_a_background_that_serves_itself(site: Site) -> None:
    cut = site.new_cut("c031")

    background = site.tracker.background(cut)

    assert (background.id, background.code) == (cut, "c031")
    assert [shot.code for shot in background.shots] == ["c031"]


def test_a_cut_tells_its_frames_and_its_place_where_the_tracker_keeps_one(site: Site) -> None:
    cut = site.new_cut("c032")
    (unknown,) = site.tracker.background(cut).shots

    site.set_cut(cut, order=32, first=1001, last=1096)
    (known,) = site.tracker.background(cut).shots

    assert (unknown.cut_order, unknown.first_frame, unknown.last_frame) == (None, None, None)
    assert (known.cut_order, known.first_frame, known.last_frame) == (32 if site.keeps_cut_order else None, 1001, 1096)


def test_frames_that_cannot_be_are_unknown(site: Site) -> None:
    cut = site.new_cut("c033")

    site.set_cut(cut, order=33, first=1096, last=1001)

    (shot,) = site.tracker.background(cut).shots
    assert (shot.first_frame, shot.last_frame) == (None, None)


def test_a_background_of_its_own_serves_all_its_cuts(site: Site) -> None:
    number = site.new_background("教室 夕", [site.new_cut("c041"), site.new_cut("c042")])

    background = site.tracker.background(number)

    assert background.code == "教室 夕"
    assert sorted(shot.code for shot in background.shots) == ["c041", "c042"]


def test_what_was_handed_in_is_told_newest_first_without_our_drafts(site: Site, picture: Path) -> None:
    made = draft(site)
    site.tracker.create_version(made, key="draft:contract:newest")
    older = site.hand_in(made.task, "c012_bg_v1", picture)
    newer = site.hand_in(made.task, "c012_bg_v2", None)

    versions = site.tracker.versions_on(made.task)

    assert [version.id for version in versions] == [newer, older]
    assert versions[0].media is None
    assert versions[1].media is not None
    assert versions[1].by is not None
    assert versions[1].created_at.utcoffset() == timedelta(0)


def test_the_genzu_mark_is_read(site: Site) -> None:
    task = layout_task(site)

    marked = site.hand_in(task, "原図", None, is_genzu=True)

    assert site.tracker.version(marked).is_genzu
    assert not site.tracker.version(site.hand_in(task, "レイアウト案", None)).is_genzu


def test_a_declared_use_of_ai_is_read(site: Site) -> None:
    task = layout_task(site)

    declared = site.hand_in(task, "c012_v001", None, declares_ai=True)

    assert site.tracker.version(declared).declares_ai
    assert not site.tracker.version(site.hand_in(task, "c012_v002", None)).declares_ai


def test_versions_made_since_a_moment_are_found_oldest_first(site: Site) -> None:
    task = layout_task(site)
    first, second = site.hand_in(task, "c012_v001", None), site.hand_in(task, "c012_v002", None)
    made = site.tracker.version(first)

    since = site.tracker.versions_since(made.project.id, made.created_at - timedelta(seconds=2))

    assert [version.id for version in since][-2:] == [first, second]
    assert site.tracker.versions_since(made.project.id, made.created_at + timedelta(hours=1)) == ()


def test_tasks_are_found_by_step_and_status(site: Site) -> None:
    waiting, approved = layout_task(site, "c051"), layout_task(site, "c052", status=site.approved)

    found = {task.id for task in site.tracker.tasks_of(site.project.id, step=site.layout_step, statuses=[site.approved])}
    every = {task.id for task in site.tracker.tasks_of(site.project.id, step=site.layout_step, statuses=())}

    assert approved in found
    assert waiting not in found
    assert {approved, waiting} <= every
    assert not {approved, waiting} & {t.id for t in site.tracker.tasks_of(site.project.id, step=site.background_step, statuses=())}


def test_people_and_groups_are_found_in_the_order_asked(site: Site) -> None:
    found = site.tracker.people([site.group.name, "佐藤 花"], project=site.project.id)

    assert [one.id for one in found] == [site.group.id, site.artist.id]
    assert [one.kind for one in found] == [PersonKind.GROUP, PersonKind.HUMAN]


def test_somebody_unknown_is_named_in_the_refusal(site: Site) -> None:
    with pytest.raises(NotFoundInTrackerError, match="名無し"):
        site.tracker.people(["名無し"], project=site.project.id)


def test_a_group_has_its_active_people_and_a_person_is_their_own(site: Site) -> None:
    assert [one.id for one in site.tracker.members(site.group.id)] == [site.artist.id]
    assert [one.id for one in site.tracker.members(site.artist.id)] == [site.artist.id]


def test_a_file_is_fetched_as_it_was_handed_in(site: Site, picture: Path, tmp_path: Path) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", picture))

    site.tracker.download(version, tmp_path / "fetched.png", limit_bytes=LIMIT_BYTES)

    assert (tmp_path / "fetched.png").read_bytes() == picture.read_bytes()


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(site: Site, picture: Path, tmp_path: Path) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", picture))
    folder = tmp_path / "empty"
    folder.mkdir()

    with pytest.raises(ArtworkError):
        site.tracker.download(version, folder / "fetched.png", limit_bytes=10)

    assert not list(folder.iterdir())


def test_a_version_without_a_file_gives_none(site: Site, tmp_path: Path) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", None))

    with pytest.raises(NotFoundInTrackerError):
        site.tracker.download(version, tmp_path / "fetched.png", limit_bytes=LIMIT_BYTES)


def test_half_a_file_is_fetched_again(site: Site, picture: Path, tmp_path: Path) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", picture))
    site.broken_downloads(1)

    site.tracker.download(version, tmp_path / "fetched.png", limit_bytes=LIMIT_BYTES)

    assert (tmp_path / "fetched.png").read_bytes() == picture.read_bytes()


def test_half_a_file_never_passes_for_a_whole_one(site: Site, picture: Path, tmp_path: Path) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", picture))
    folder = tmp_path / "empty"
    folder.mkdir()
    site.broken_downloads(50)

    with pytest.raises(TransientTrackerError):
        site.tracker.download(version, folder / "fetched.png", limit_bytes=LIMIT_BYTES)

    assert not list(folder.iterdir())


@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.DOWN, Trouble.CUT])
def test_reading_heals(site: Site, trouble: Trouble) -> None:
    task = layout_task(site)
    site.trouble(trouble, Call.READ, times=2)

    assert site.tracker.task(task).id == task


def test_trouble_that_lasts_is_told_as_such(site: Site) -> None:
    task = layout_task(site)
    site.trouble(Trouble.DOWN, Call.READ, times=50)

    with pytest.raises(TransientTrackerError):
        site.tracker.task(task)


def test_a_cut_is_found_by_its_code_with_the_backgrounds_that_serve_it(site: Site) -> None:
    cut, other = site.new_cut("c071"), site.new_cut("c072")
    shared = site.new_background("BG_station", [cut, other])

    assert {found.id for found in site.tracker.backgrounds_called(site.project.id, ["c071"])} == {cut, shared}
    assert [found.id for found in site.tracker.backgrounds_called(site.project.id, ["BG_station"])] == [shared]
    assert site.tracker.backgrounds_called(site.project.id, ["c07"]) == ()
