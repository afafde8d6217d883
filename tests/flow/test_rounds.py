"""New rounds by the art director's Note, retakes apart from them, and every reversal in the tracker, over real sockets."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest
import shotgun_api3

from integration.ledger import people
from tests.flow.test_main_job import approve, drafts_of, entries_of, hand_in_revision, notes_on
from tests.pretend_episode import PROJECT_ID, Cut, draw_genzu, signed_in
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""

LAYOUT, CLEANER, DIRECTOR, ARTIST = 42, 43, 44, 45


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHaikei]:
    """The services over nine cuts with an art director; each test takes cuts of its own."""
    folder = tmp_path_factory.mktemp("rounds")
    (folder / "notice.txt").write_text("AIを使う作品です。", encoding="utf-8")
    project = {
        "drafts": 1,
        "art_directors": ["director"],
        "retake_statuses": ["vwd"],
        "assignment": {"kind": "fixed", "to": ["artist"]},
        "ai_notice": str(folder / "notice.txt"),
        "ai_notice_version": "1",
    }
    with running_haikei(folder, cuts=9, project=project) as running:
        yield running


@pytest.fixture(scope="module")
def coordinator(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    with signed_in(haikei.sandbox.url) as client:
        yield client


@pytest.fixture(scope="module")
def director(haikei: RunningHaikei) -> Iterator[shotgun_api3.Shotgun]:
    with signed_in(haikei.sandbox.url, "director") as client:
        yield client


def write_note(who: shotgun_api3.Shotgun, cut: Cut, version: int, text: str, drawing: Path | None = None) -> int:
    """Somebody writes on a draft, and draws over it."""
    links = [{"type": "Version", "id": version}, {"type": "Shot", "id": cut.shot}]
    note = who.create(
        "Note", {"project": {"type": "Project", "id": PROJECT_ID}, "subject": "チェック", "content": text, "note_links": links}
    )
    if drawing is not None:
        who.upload("Note", note["id"], str(drawing), field_name="attachments")
    return int(note["id"])


def recorded(haikei: RunningHaikei, cut: Cut, kind: str) -> list[dict[str, Any]]:
    """The record's entries of one kind, in order."""
    return [entry for body in entries_of(haikei, cut) if (entry := json.loads(body))["kind"] == kind]


def noted(coordinator: shotgun_api3.Shotgun, cut: Cut, words: str) -> list[dict[str, Any]]:
    return [note for note in notes_on(coordinator, cut) if words in note["subject"]]


def test_a_note_starts_a_second_round_and_the_limit_is_told(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, director: shotgun_api3.Shotgun, tmp_path: Path
) -> None:
    cut, drawing = Cut(1), tmp_path / "annotation.png"
    cv2.imwrite(str(drawing), draw_genzu(77))
    approve(coordinator, cut)
    first = haikei.wait_for(cut.code, "delivered")
    with signed_in(haikei.sandbox.url, "artist") as artist:
        hand_in_revision(artist, cut, int(first.review_task), drawing)
    haikei.wait(lambda: recorded(haikei, cut, "revision.submitted"), what="the revision")
    revision = coordinator.find_one("Version", [["code", "is", "c001_v001"]], ["sg_status_list", "sg_uploaded_movie"])
    (draft,) = drafts_of(coordinator, cut)

    write_note(director, cut, draft["id"], "夕景、光源は左。再ドラフトお願いします\nプロンプト：霧", drawing)
    haikei.wait_for(cut.code, "delivered", number=2)
    haikei.wait(lambda: noted(coordinator, cut, "再ドラフト"), what="the artist's Note")
    newest = next(each for each in drafts_of(coordinator, cut) if "r2" in each["code"])
    write_note(director, cut, newest["id"], "ＮＥＷ　ＤＲＡＦＴ please")
    refusal = haikei.wait(lambda: noted(coordinator, cut, "no further round"), what="the refusal")

    assert {each["code"]: each["sg_status_list"] for each in drafts_of(coordinator, cut)} == {
        "c001 BG AI draft r1 A": "sup",
        "c001 BG AI draft r2 A": "aidr",
    }
    fields = ["sg_status_list", "sg_uploaded_movie"]
    assert coordinator.find_one("Version", [["id", "is", revision["id"]]], fields)["sg_status_list"] == revision["sg_status_list"]
    assert [person["id"] for note in refusal for person in note["addressings_to"]] == [DIRECTOR]
    assert [entry["decision"]["reason"] for entry in recorded(haikei, cut, "draft.refused")] == ["round_limit"]
    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1, 2]
    by_approval, by_note = recorded(haikei, cut, "draft.requested")
    assert (by_approval["actor"]["kind"], by_note["actor"]["role"]) == ("script", "art_director")
    assert "note_commit" in by_note and "note_commit" not in by_approval
    named = {sha256 for entry in (by_note, *recorded(haikei, cut, "correction")) for sha256 in entry.get("note_sha256", ())}
    assert len(named) == 1


def test_words_that_a_note_adds_are_told_to_the_model_and_the_correction_is_recorded(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, director: shotgun_api3.Shotgun
) -> None:
    cut = Cut(2)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")
    write_note(director, cut, drafts_of(coordinator, cut)[0]["id"], "#redraft\nprompt: misty bamboo")

    haikei.wait_for(cut.code, "delivered", number=2)

    (corrected,) = recorded(haikei, cut, "prompt.corrected")
    before, after = recorded(haikei, cut, "draft.rendered")
    assert corrected["ai"]["former_prompt_commit"] == before["ai"]["prompt_commit"]
    assert corrected["ai"]["prompt_commit"] == after["ai"]["prompt_commit"]
    assert corrected["actor"]["ref"] == corrected["ai"]["prompt_writer_ref"] == after["ai"]["prompt_writer_ref"]
    assert any("misty bamboo" in note["content"] for note in noted(coordinator, cut, "round 2"))
    told = haikei.haikei("report", "shot", cut.code)
    assert "Draft rounds 下描き: 2. Retakes リテイク: 0." in told.stdout
    assert "misty" in told.stdout and "prompt corrected since the former round by 監 督太" in told.stdout


def test_a_field_that_the_art_director_changed_between_rounds_is_recorded_as_theirs(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, director: shotgun_api3.Shotgun
) -> None:
    cut = Cut(9)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")
    approve(coordinator, cut, "rev")
    haikei.wait_for(cut.code, "superseded")

    director.update("Shot", cut.shot, {"sg_weather": "雪"})
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered", number=2)

    (corrected,) = recorded(haikei, cut, "prompt.corrected")
    assert (corrected["actor"]["role"], corrected["round"]) == ("art_director", 2)
    assert "prompt_writer_ref" not in corrected["ai"]
    assert "雪" not in json.dumps(corrected, ensure_ascii=False)


def test_only_an_art_director_starts_rounds_and_others_are_told_so(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(3)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")

    write_note(coordinator, cut, drafts_of(coordinator, cut)[0]["id"], "new draft?")
    haikei.wait(lambda: noted(coordinator, cut, "no further round"), what="the refusal")

    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1]


def test_a_retake_is_counted_apart_from_rounds(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun, tmp_path: Path) -> None:
    cut, picture = Cut(4), tmp_path / "c004.png"
    cv2.imwrite(str(picture), draw_genzu(44))
    approve(coordinator, cut)
    delivered = haikei.wait_for(cut.code, "delivered")
    with signed_in(haikei.sandbox.url, "cleaner") as other:
        hand_in_revision_by(other, cut, int(delivered.review_task), picture, CLEANER)
    revision = coordinator.find_one("Version", [["code", "is", "c004_v001"]], [])

    coordinator.update("Version", drafts_of(coordinator, cut)[0]["id"], {"sg_status_list": "vwd"})
    coordinator.update("Version", revision["id"], {"sg_status_list": "vwd"})
    (retake,) = haikei.wait(lambda: recorded(haikei, cut, "revision.retake"), what="the retake")

    assert retake["decision"]["verdict"] == "retake"
    assert "role" not in recorded(haikei, cut, "revision.submitted")[0]["actor"]
    told = haikei.haikei("report", "shot", cut.code).stdout
    assert "Draft rounds 下描き: 1. Retakes リテイク: 1." in told
    assert "原 図子 (handed it in, was not on the task)" in told


def test_an_omitted_cut_withdraws_its_drafts_and_comes_back_as_a_new_round(
    haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun
) -> None:
    cut = Cut(5)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")

    coordinator.update("Shot", cut.shot, {"sg_status_list": "omt"})
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: noted(coordinator, cut, "omitted"), what="the artist's Note")
    approve(coordinator, cut, "rev")
    approve(coordinator, cut)
    approve(coordinator, Cut(8))
    haikei.wait_for("c008", "delivered")
    while_omitted = [r.round for r in haikei.rounds() if r.code == cut.code]
    coordinator.update("Shot", cut.shot, {"sg_status_list": "ip"})
    haikei.wait_for(cut.code, "delivered", number=2)

    assert while_omitted == [1]
    (ended,) = recorded(haikei, cut, "draft.superseded")
    assert (ended["decision"]["verdict"], ended["decision"]["reason"]) == ("withdrawn", "shot_omitted")
    assert len(noted(coordinator, cut, "omitted")) == 1


def test_a_deleted_draft_is_recorded_and_stops_nothing(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(6)
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered")
    (draft,) = drafts_of(coordinator, cut)

    coordinator.delete("Version", draft["id"])
    (retired,) = haikei.wait(lambda: recorded(haikei, cut, "version.retired"), what="the deletion")
    coordinator.revive("Version", draft["id"])
    haikei.wait(lambda: recorded(haikei, cut, "version.revived"), what="the revival")
    coordinator.delete("Version", draft["id"])
    haikei.wait(lambda: len(recorded(haikei, cut, "version.retired")) == 2, what="the second deletion")
    approve(coordinator, cut, "rev")
    haikei.wait_for(cut.code, "superseded")
    approve(coordinator, cut)
    haikei.wait_for(cut.code, "delivered", number=2)

    assert (retired["tracker"]["version_id"], retired["actor"]["kind"]) == (str(draft["id"]), "human")
    assert "ref" in retired["actor"] and "sha256" in retired["asset"]
    assert "deleted in the tracker" in haikei.haikei("report", "shot", cut.code).stdout
    assert "set aside" not in haikei.haikei("status").stdout


def test_a_reassigned_task_tells_the_new_artist_once(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(7)
    approve(coordinator, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    for person in (LAYOUT, ARTIST, LAYOUT):
        coordinator.update("Task", int(delivered.review_task), {"task_assignees": [{"type": "HumanUser", "id": person}]})
        haikei.wait(partial(is_on_task, haikei, cut, person), what=f"handover to {person}")

    told = [note for note in notes_on(coordinator, cut) if [to["id"] for to in note["addressings_to"]] == [LAYOUT]]
    assert len(told) == 1
    assert told[0]["tasks"][0]["id"] == int(delivered.review_task)
    assert len(handed_to(haikei, cut)) == 3
    notices = coordinator.find("Note", [["subject", "contains", "AI利用のお知らせ"]], ["addressings_to"])
    assert [[to["id"] for to in note["addressings_to"]] for note in notices].count([LAYOUT]) == 1


def test_the_plan_answers_for_every_moment(haikei: RunningHaikei, coordinator: shotgun_api3.Shotgun) -> None:
    cut = Cut(3)
    version = coordinator.create(
        "Version", {"code": "c003 board", "project": {"type": "Project", "id": PROJECT_ID}, "entity": {"type": "Shot", "id": cut.shot}}
    )["id"]
    write_note(coordinator, cut, version, "再ドラフト")
    coordinator.delete("Version", version)

    planned = " ".join(haikei.haikei("plan", "--since", "1h").stdout.split())

    for hook in ("note_written.start_new", "retake_asked.rec", "shot_omitted.with", "task_reassigned.hand", "version_retired.rec"):
        assert hook.partition(".")[0] in planned.replace(" ", ""), hook
    assert "nothing was written" in planned


def hand_in_revision_by(who: shotgun_api3.Shotgun, cut: Cut, task: int, picture: Path, person: int) -> None:
    """Somebody hands a revision in who is not on the task."""
    links = {
        "entity": {"type": "Shot", "id": cut.shot},
        "sg_task": {"type": "Task", "id": task},
        "user": {"type": "HumanUser", "id": person},
    }
    version = who.create("Version", {"code": f"{cut.code}_v001", "project": {"type": "Project", "id": PROJECT_ID}, **links})
    who.upload("Version", version["id"], str(picture), field_name="sg_uploaded_movie")


def handed_to(haikei: RunningHaikei, cut: Cut) -> list[dict[str, Any]]:
    """The handovers of the review task, not those of the genzu."""
    return [entry for entry in recorded(haikei, cut, "handover") if entry["actor"].get("role") == "background_artist"]


def is_on_task(haikei: RunningHaikei, cut: Cut, person: int) -> bool:
    """Whether the review task was handed to `person` last, by the record's table of people."""
    refs = [entry["actor"]["ref"] for entry in handed_to(haikei, cut)]
    with haikei.engine.connect() as connection:
        return bool(refs) and refs[-1] in people.refs_of(connection, f"HumanUser:{person}")
