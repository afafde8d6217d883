"""The whole main job over real sockets: an approved layout becomes drafts on a review task, once, and only while it stands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest
import sqlalchemy as sa

from tests.floor import Floor, Standing, approve, reopen, standings
from tests.pretend_episode import Cut, draw_genzu
from tests.running_haikei import RunningHaikei, running_haikei


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over twelve cuts; each test takes cuts of its own."""
    project = {"assignment": {"kind": "group", "to": ["BG team"]}}
    with running_haikei(tmp_path_factory.mktemp("main-job"), cuts=12, project=project, tracker=tracker) as running:
        yield running


def test_an_approved_layout_becomes_drafts_on_an_assigned_review_task(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(1)

    approve(floor, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    drafts = floor.drafts(cut)
    assert [draft.name for draft in drafts] == ["c001 BG AI draft r1 A", "c001 BG AI draft r1 B"]
    assert {(draft.standing, draft.type) for draft in drafts} == {(Standing.DRAFT, "AI draft")}
    assert all(draft.file.endswith(".png") for draft in drafts)
    task = floor.task(delivered.review_task)
    assert (task.name, task.step, task.standing) == ("BG revision", "Background", Standing.READY)
    assert task.assignees == ["BG team"]
    assert {draft.task for draft in drafts} == {task.id}
    (playlist,) = {name for draft in drafts for name in draft.playlists}
    assert "AI drafts" in playlist
    (note,) = floor.notes(cut)
    assert f"Made from: the approved genzu (Version {floor.genzu(cut)}" in note.content
    assert "製作 一" in note.content


def test_what_the_tracker_shows_is_the_picture_the_store_keeps(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(2)

    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    floor.fetch(floor.drafts(cut)[0].id, tmp_path / "draft.png")
    picture = cv2.imread(str(tmp_path / "draft.png"))
    assert picture is not None and picture.shape == (40, 72, 3)
    assert picture.std() > 1


def test_approving_twice_makes_the_same_drafts(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(3)

    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")
    before = [draft.id for draft in floor.drafts(cut)]
    replayed = haikei.haikei("replay", floor.approval_event(cut))
    approve(floor, cut)
    approve(floor, Cut(8))
    haikei.wait_for("c008", "delivered")

    assert [draft.id for draft in floor.drafts(cut)] == before
    assert replayed.returncode == 0, replayed.stderr
    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1]
    assert len(floor.notes(cut)) == 1


def test_a_reopened_layout_supersedes_its_drafts_and_a_new_approval_is_a_new_round(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(4)
    approve(floor, cut)
    first = haikei.wait_for(cut.code, "delivered")

    reopen(floor, cut)
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: standings(floor, cut) == ["superseded"] * 2, what="superseded Versions")
    haikei.wait(lambda: len(floor.notes(cut)) == 2, what="the artist's Note")
    review = floor.task(first.review_task)
    approve(floor, cut)
    second = haikei.wait_for(cut.code, "delivered", number=2)

    assert review.standing is Standing.WAITING
    assert second.review_task == first.review_task
    assert standings(floor, cut) == ["draft", "draft", "superseded", "superseded"]


def test_another_genzu_replaces_the_drafts_of_the_old_one(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(5)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    hand_in_genzu(floor, cut, tmp_path, number=55)
    haikei.wait_for(cut.code, "delivered", number=2)

    haikei.wait_for(cut.code, "superseded", number=1)
    haikei.wait(lambda: standings(floor, cut) == ["draft", "draft", "superseded", "superseded"], what="statuses")


def test_an_artists_word_and_revision_are_recorded_by_name(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(6)
    approve(floor, cut)
    delivered = haikei.wait_for(cut.code, "delivered")
    picture = tmp_path / "c006_v001.png"
    cv2.imwrite(str(picture), draw_genzu(66))

    floor.set_version(floor.drafts(cut)[0].id, Standing.PARTLY_USED, by="artist")
    floor.hand_in(cut, f"{cut.code}_v001", picture, task=delivered.review_task, by="artist")

    def recorded() -> Any:
        kinds = [json.loads(body)["kind"] for body in entries_of(haikei, cut)]
        return kinds if {"draft.outcome", "revision.submitted"} <= set(kinds) else None

    kinds = haikei.wait(recorded, what="outcome and revision in the record")
    assert kinds.count("draft.outcome") == kinds.count("revision.submitted") == 1
    assert kinds.count("draft.rendered") == kinds.count("draft.delivered") == 2
    told = haikei.haikei("report", "shot", cut.code)
    assert told.returncode == 0, told.stderr
    for name in ("森 航", "原 図子", "背 景子", "桜井 ひろ"):
        assert name in told.stdout
    people, _, measured = told.stdout.partition("Revisions measured")
    assert "%" not in people
    assert "what was repainted cannot be told" in measured
    assert told.stdout.index("背 景子") < told.stdout.lower().index("tools used")


def test_the_plan_says_what_would_be_written_and_writes_nothing(haikei: RunningHaikei, floor: Floor) -> None:
    before = floor.newest_change()

    planned = haikei.haikei("plan", "--since", "1h")

    assert planned.returncode == 0, planned.stderr
    assert "c001" in planned.stdout and "nothing was written" in " ".join(planned.stdout.split())
    assert floor.newest_change() == before


def test_the_doctor_finds_the_studio_in_order(haikei: RunningHaikei) -> None:
    told = haikei.haikei("doctor")

    assert told.returncode == 0, told.stdout + told.stderr


def test_shot_and_task_keep_their_thumbnails(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(7)
    before = floor.thumbnails(cut)

    approve(floor, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    assert floor.thumbnails(cut, delivered.review_task) == (before[0], None)


def hand_in_genzu(floor: Floor, cut: Cut, folder: Path, *, number: int, task: str = "") -> str:
    """Somebody hands in a genzu on a cut's layout task; the Version."""
    picture = folder / "genzu.png"
    cv2.imwrite(str(picture), draw_genzu(number))
    return floor.hand_in(cut, f"{cut.code}_genzu_{number}", picture, task=task or floor.layout_task(cut))


def entries_of(haikei: RunningHaikei, cut: Cut) -> list[bytes]:
    """The record's entries of a cut, as stored."""
    with haikei.engine.connect() as connection:
        query = "SELECT e.body FROM ledger_entry e JOIN ledger_entry_shot s ON s.idx = e.idx WHERE s.shot = :shot ORDER BY e.idx"
        return [bytes(row[0]) for row in connection.execute(sa.text(query), {"shot": cut.code})]
