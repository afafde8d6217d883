"""The whole main job over real sockets: an approved layout becomes drafts on a review task, once, and only while it stands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest
import shotgun_api3
import sqlalchemy as sa

from tests.pretend_episode import PROJECT_ID, Cut, draw_genzu, signed_in
from tests.running_haikei import RunningHaikei, running_haikei

KEY = "sg_haikei_key"


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services over twelve cuts; each test takes cuts of its own."""
    project = {"assignment": {"kind": "group", "to": ["BG team"]}}
    with running_haikei(tmp_path_factory.mktemp("main-job"), cuts=12, project=project) as running:
        yield running


@pytest.fixture(scope="module")
def coordinator(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    """The coordinator, signed in through the real client."""
    with signed_in(haikei.sandbox.url) as client:
        yield client


def approve(coordinator: shotgun_api3.Shotgun, cut: Cut, status: str = "apr") -> None:
    coordinator.update("Task", cut.layout_task, {"sg_status_list": status})


def drafts_of(coordinator: shotgun_api3.Shotgun, cut: Cut) -> list[dict[str, Any]]:
    fields = ["code", "sg_status_list", "sg_version_type", "sg_task", "sg_uploaded_movie", "description", KEY, "playlists"]
    found: list[dict[str, Any]] = coordinator.find(
        "Version", [["entity", "is", {"type": "Shot", "id": cut.shot}], [KEY, "is_not", None]], fields
    )
    return found


def notes_on(coordinator: shotgun_api3.Shotgun, cut: Cut) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = coordinator.find(
        "Note", [["note_links", "is", {"type": "Shot", "id": cut.shot}]], ["subject", "content", "addressings_to", "tasks"]
    )
    return found


def test_an_approved_layout_becomes_drafts_on_an_assigned_review_task(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(1)

    approve(coordinator, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    drafts = drafts_of(coordinator, cut)
    assert [draft["code"] for draft in drafts] == ["c001 BG AI draft r1 A", "c001 BG AI draft r1 B"]
    assert {draft["sg_status_list"] for draft in drafts} == {"aidr"}
    assert {draft["sg_version_type"] for draft in drafts} == {"AI draft"}
    assert all(draft["sg_uploaded_movie"]["name"].endswith(".png") for draft in drafts)
    task = coordinator.find_one(
        "Task", [["id", "is", int(delivered.review_task)]], ["content", "step.Step.code", "sg_status_list", "task_assignees", "entity"]
    )
    assert (task["content"], task["step.Step.code"], task["sg_status_list"]) == ("BG revision", "Background", "rdy")
    assert [person["name"] for person in task["task_assignees"]] == ["BG team"]
    assert {draft["sg_task"]["id"] for draft in drafts} == {task["id"]}
    (playlist,) = {entry["name"] for draft in drafts for entry in draft["playlists"]}
    assert "AI drafts" in playlist
    (note,) = notes_on(coordinator, cut)
    assert "Made from: the approved genzu (Version 3001" in note["content"]
    assert "製作 一" in note["content"]


def test_what_the_tracker_shows_is_the_picture_the_store_keeps(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, tmp_path: Path
) -> None:
    cut = Cut(2)

    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")

    draft = drafts_of(coordinator, cut)[0]
    coordinator.download_attachment(draft["sg_uploaded_movie"], file_path=str(tmp_path / "draft.png"))
    picture = cv2.imread(str(tmp_path / "draft.png"))
    assert picture is not None and picture.shape == (40, 72, 3)
    assert picture.std() > 1


def test_approving_twice_makes_the_same_drafts(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(3)

    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")
    before = [draft["id"] for draft in drafts_of(coordinator, cut)]
    event = coordinator.find_one(
        "EventLogEntry", [["entity", "is", {"type": "Task", "id": cut.layout_task}], ["attribute_name", "is", "sg_status_list"]]
    )
    replayed = haikei.haikei("replay", str(event["id"]))
    approve(coordinator, cut)
    approve(coordinator, Cut(8))
    haikei.wait_for("c008", "delivered")

    assert [draft["id"] for draft in drafts_of(coordinator, cut)] == before
    assert replayed.returncode == 0, replayed.stderr
    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1]
    assert len(notes_on(coordinator, cut)) == 1


def test_a_reopened_layout_supersedes_its_drafts_and_a_new_approval_is_a_new_round(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun
) -> None:
    cut = Cut(4)
    approve(coordinator, cut)
    first = haikei.wait_for(cut.code, "delivered")

    approve(coordinator, cut, "rev")
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: {d["sg_status_list"] for d in drafts_of(coordinator, cut)} == {"sup"}, what="superseded Versions")
    haikei.wait(lambda: len(notes_on(coordinator, cut)) == 2, what="the artist's Note")
    review = coordinator.find_one("Task", [["id", "is", int(first.review_task)]], ["sg_status_list"])
    approve(coordinator, cut)
    second = haikei.wait_for(cut.code, "delivered", number=2)

    assert review["sg_status_list"] == "wtg"
    assert second.review_task == first.review_task
    assert sorted(d["sg_status_list"] for d in drafts_of(coordinator, cut)) == ["aidr", "aidr", "sup", "sup"]


def test_another_genzu_replaces_the_drafts_of_the_old_one(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, tmp_path: Path) -> None:
    cut = Cut(5)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")

    hand_in_genzu(coordinator, cut, tmp_path, number=55)
    haikei.wait_for(cut.code, "delivered", number=2)

    haikei.wait_for(cut.code, "superseded", number=1)
    haikei.wait(lambda: sorted(d["sg_status_list"] for d in drafts_of(coordinator, cut)) == ["aidr", "aidr", "sup", "sup"], what="statuses")


def test_an_artists_word_and_revision_are_recorded_by_name(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, tmp_path: Path
) -> None:
    cut = Cut(6)
    approve(coordinator, cut)
    delivered = haikei.wait_for(cut.code, "delivered")
    picture = tmp_path / "c006_v001.png"
    cv2.imwrite(str(picture), draw_genzu(66))

    with signed_in(haikei.sandbox.url, "artist") as artist:
        artist.update("Version", drafts_of(coordinator, cut)[0]["id"], {"sg_status_list": "prt"})
        hand_in_revision(artist, cut, int(delivered.review_task), picture)

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


def test_the_plan_says_what_would_be_written_and_writes_nothing(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    newest = [["id", "greater_than", 0]], ["id"], [{"field_name": "id", "direction": "desc"}]
    before = coordinator.find_one("EventLogEntry", *newest)

    planned = haikei.haikei("plan", "--since", "1h")

    assert planned.returncode == 0, planned.stderr
    assert "c001" in planned.stdout and "nothing was written" in " ".join(planned.stdout.split())
    assert coordinator.find_one("EventLogEntry", *newest) == before


def test_the_doctor_finds_the_studio_in_order(haikei: RunningHaikei) -> None:
    told = haikei.haikei("doctor")

    assert told.returncode == 0, told.stdout + told.stderr


def test_shot_and_task_keep_their_thumbnails(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(7)
    shot = [["id", "is", cut.shot]], ["image"]
    before = coordinator.find_one("Shot", *shot)

    approve(coordinator, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    assert coordinator.find_one("Shot", *shot) == before
    assert coordinator.find_one("Task", [["id", "is", int(delivered.review_task)]], ["image"])["image"] is None
    assert coordinator.find("PublishedFile", []) == []


def hand_in_revision(artist: shotgun_api3.Shotgun, cut: Cut, task: int, picture: Path, *, name: str = "") -> int:
    """An artist hands in a revision on the review task; the Version."""
    revision = artist.create(
        "Version",
        {
            "code": name or f"{cut.code}_v001",
            "project": {"type": "Project", "id": PROJECT_ID},
            "entity": {"type": "Shot", "id": cut.shot},
            "sg_task": {"type": "Task", "id": task},
            "user": {"type": "HumanUser", "id": 45},
        },
    )
    artist.upload("Version", revision["id"], str(picture), field_name="sg_uploaded_movie")
    return int(revision["id"])


def hand_in_genzu(who: shotgun_api3.Shotgun, cut: Cut, folder: Path, *, number: int, task: int = 0) -> None:
    """Somebody hands in a genzu on a cut's layout task."""
    picture = folder / "genzu.png"
    cv2.imwrite(str(picture), draw_genzu(number))
    version = who.create(
        "Version",
        {
            "code": f"{cut.code}_genzu_{number}",
            "project": {"type": "Project", "id": PROJECT_ID},
            "entity": {"type": "Shot", "id": cut.shot},
            "sg_task": {"type": "Task", "id": task or cut.layout_task},
        },
    )
    who.upload("Version", version["id"], str(picture), field_name="sg_uploaded_movie")


def entries_of(haikei: RunningHaikei, cut: Cut) -> list[bytes]:
    """The record's entries of a cut, as stored."""
    with haikei.engine.connect() as connection:
        query = "SELECT e.body FROM ledger_entry e JOIN ledger_entry_shot s ON s.idx = e.idx WHERE s.shot = :shot ORDER BY e.idx"
        return [bytes(row[0]) for row in connection.execute(sa.text(query), {"shot": cut.code})]
