"""New rounds by the art director's Note, retakes apart from them, and every reversal in the tracker, over real sockets."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest

from integration.ledger import people
from tests.floor import Floor, SeenNote, Standing, approve, reopen
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut, draw_genzu
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over nine cuts with an art director; each test takes cuts of its own."""
    folder = tmp_path_factory.mktemp("rounds")
    (folder / "notice.txt").write_text("AIを使う作品です。", encoding="utf-8")
    project = {
        "drafts": 1,
        "art_directors": ["director"],
        "retake_statuses": ["vwd" if tracker == "shotgrid" else "Revise"],
        "assignment": {"kind": "fixed", "to": ["artist"]},
        "ai_notice": str(folder / "notice.txt"),
        "ai_notice_version": "1",
    }
    with running_haikei(folder, cuts=9, project=project, tracker=tracker) as running:
        yield running


def recorded(haikei: RunningHaikei, cut: Cut, kind: str) -> list[dict[str, Any]]:
    """The record's entries of one kind, in order."""
    return [entry for body in entries_of(haikei, cut) if (entry := json.loads(body))["kind"] == kind]


def noted(floor: Floor, cut: Cut, words: str) -> list[SeenNote]:
    return [note for note in floor.notes(cut) if words in note.subject]


def test_a_note_starts_a_second_round_and_the_limit_is_told(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut, drawing = Cut(1), tmp_path / "annotation.png"
    cv2.imwrite(str(drawing), draw_genzu(77))
    approve(floor, cut)
    first = haikei.wait_for(cut.code, "delivered")
    revision = floor.hand_in(cut, "c001_v001", drawing, task=first.review_task, by="artist")
    haikei.wait(lambda: recorded(haikei, cut, "revision.submitted"), what="the revision")
    before = floor.version(revision)
    (draft,) = floor.drafts(cut)

    floor.write_note(cut, draft.id, "夕景、光源は左。再ドラフトお願いします\nプロンプト：霧", by="director", drawing=drawing)
    haikei.wait_for(cut.code, "delivered", number=2)
    haikei.wait(lambda: noted(floor, cut, "再ドラフト"), what="the artist's Note")
    newest = next(each for each in floor.drafts(cut) if "r2" in each.name)
    floor.write_note(cut, newest.id, "ＮＥＷ　ＤＲＡＦＴ please", by="director")
    refusal = haikei.wait(lambda: noted(floor, cut, "no further round"), what="the refusal")

    assert {each.name: each.standing for each in floor.drafts(cut)} == {
        "c001 BG AI draft r1 A": Standing.SUPERSEDED,
        "c001 BG AI draft r2 A": Standing.DRAFT,
    }
    assert floor.version(revision).standing is before.standing
    assert [person for note in refusal for person in note.to] == ["監 督太"]
    assert [entry["decision"]["reason"] for entry in recorded(haikei, cut, "draft.refused")] == ["round_limit"]
    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1, 2]
    by_approval, by_note = recorded(haikei, cut, "draft.requested")
    assert (by_approval["actor"]["kind"], by_note["actor"]["role"]) == ("script", "art_director")
    assert "note_commit" in by_note and "note_commit" not in by_approval
    named = {sha256 for entry in (by_note, *recorded(haikei, cut, "correction")) for sha256 in entry.get("note_sha256", ())}
    assert len(named) == 1


def test_words_that_a_note_adds_are_told_to_the_model_and_the_correction_is_recorded(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(2)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")
    floor.write_note(cut, floor.drafts(cut)[0].id, "#redraft\nprompt: misty bamboo", by="director")

    haikei.wait_for(cut.code, "delivered", number=2)

    (corrected,) = recorded(haikei, cut, "prompt.corrected")
    before, after = recorded(haikei, cut, "draft.rendered")
    assert corrected["ai"]["former_prompt_commit"] == before["ai"]["prompt_commit"]
    assert corrected["ai"]["prompt_commit"] == after["ai"]["prompt_commit"]
    assert corrected["actor"]["ref"] == corrected["ai"]["prompt_writer_ref"] == after["ai"]["prompt_writer_ref"]
    assert any("misty bamboo" in note.content for note in noted(floor, cut, "round 2"))
    told = haikei.haikei("report", "shot", cut.code)
    assert "Draft rounds 下描き: 2. Retakes リテイク: 0." in told.stdout
    assert "misty" in told.stdout and "prompt corrected since the former round by 監 督太" in told.stdout


def test_a_field_that_the_art_director_changed_between_rounds_is_recorded_as_theirs(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(9)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")
    reopen(floor, cut)
    haikei.wait_for(cut.code, "superseded")

    floor.set_weather(cut, "雪", by="director")
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered", number=2)

    (corrected,) = recorded(haikei, cut, "prompt.corrected")
    assert (corrected["actor"]["role"], corrected["round"]) == ("art_director", 2)
    assert "prompt_writer_ref" not in corrected["ai"]
    assert "雪" not in json.dumps(corrected, ensure_ascii=False)


def test_only_an_art_director_starts_rounds_and_others_are_told_so(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(3)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    floor.write_note(cut, floor.drafts(cut)[0].id, "new draft?", by="sakura")
    haikei.wait(lambda: noted(floor, cut, "no further round"), what="the refusal")

    assert [r.round for r in haikei.rounds() if r.code == cut.code] == [1]


def test_a_retake_is_counted_apart_from_rounds(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut, picture = Cut(4), tmp_path / "c004.png"
    cv2.imwrite(str(picture), draw_genzu(44))
    approve(floor, cut)
    delivered = haikei.wait_for(cut.code, "delivered")
    revision = floor.hand_in(cut, "c004_v001", picture, task=delivered.review_task, by="cleaner")

    floor.set_version(floor.drafts(cut)[0].id, Standing.RETAKE)
    floor.set_version(revision, Standing.RETAKE)
    (retake,) = haikei.wait(lambda: recorded(haikei, cut, "revision.retake"), what="the retake")

    assert retake["decision"]["verdict"] == "retake"
    assert "role" not in recorded(haikei, cut, "revision.submitted")[0]["actor"]
    told = haikei.haikei("report", "shot", cut.code).stdout
    assert "Draft rounds 下描き: 1. Retakes リテイク: 1." in told
    assert "原 図子 (handed it in, was not on the task)" in told


def test_an_omitted_cut_withdraws_its_drafts_and_comes_back_as_a_new_round(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(5)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    floor.set_shot(cut, Standing.OMITTED)
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: noted(floor, cut, "omitted"), what="the artist's Note")
    reopen(floor, cut)
    approve(floor, cut)
    approve(floor, Cut(8))
    haikei.wait_for("c008", "delivered")
    while_omitted = [r.round for r in haikei.rounds() if r.code == cut.code]
    floor.set_shot(cut, Standing.WORKING)
    haikei.wait_for(cut.code, "delivered", number=2)

    assert while_omitted == [1]
    (ended,) = recorded(haikei, cut, "draft.superseded")
    assert (ended["decision"]["verdict"], ended["decision"]["reason"]) == ("withdrawn", "shot_omitted")
    assert len(noted(floor, cut, "omitted")) == 1


def test_a_deleted_draft_is_recorded_and_stops_nothing(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(6)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")
    (draft,) = floor.drafts(cut)

    floor.delete_version(draft.id)
    (retired,) = haikei.wait(lambda: recorded(haikei, cut, "version.retired"), what="the deletion")
    if floor.revives:
        floor.revive_version(draft.id)
        haikei.wait(lambda: recorded(haikei, cut, "version.revived"), what="the revival")
        floor.delete_version(draft.id)
        haikei.wait(lambda: len(recorded(haikei, cut, "version.retired")) == 2, what="the second deletion")
    reopen(floor, cut)
    haikei.wait_for(cut.code, "superseded")
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered", number=2)

    assert (retired["tracker"]["version_id"], retired["actor"]["kind"]) == (draft.id, "human")
    assert "ref" in retired["actor"] and "sha256" in retired["asset"]
    assert "deleted in the tracker" in haikei.haikei("report", "shot", cut.code).stdout
    assert "set aside" not in haikei.haikei("status").stdout


def test_a_reassigned_task_tells_the_new_artist_once(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(7)
    approve(floor, cut)
    delivered = haikei.wait_for(cut.code, "delivered")

    for login in ("layout", "artist", "layout"):
        floor.assign(delivered.review_task, login)
        haikei.wait(partial(is_on_task, haikei, cut, login), what=f"handover to {login}")

    told = [note for note in floor.notes(cut) if note.to == ["森 航"] and "AI利用のお知らせ" not in note.subject]
    assert len(told) == 1
    assert delivered.review_task in told[0].on
    assert len(handed_to(haikei, cut)) == 3
    assert [note.to for note in floor.every_note() if "AI利用のお知らせ" in note.subject].count(["森 航"]) == 1


def test_the_plan_answers_for_every_moment(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(3)
    version = floor.hand_in(cut, "c003 board", None)
    floor.write_note(cut, version, "再ドラフト", by="sakura")
    floor.delete_version(version)

    planned = " ".join(haikei.haikei("plan", "--since", "1h").stdout.split())

    moments = ["note_written", "retake_asked", "shot_omitted", *(("task_reassigned", "version_retired") if floor.remembers else ())]
    assert [moment for moment in moments if moment not in planned.replace(" ", "")] == []
    assert "nothing was written" in planned


def handed_to(haikei: RunningHaikei, cut: Cut) -> list[dict[str, Any]]:
    """The handovers of the review task, not those of the genzu."""
    return [entry for entry in recorded(haikei, cut, "handover") if entry["actor"].get("role") == "background_artist"]


def is_on_task(haikei: RunningHaikei, cut: Cut, login: str) -> bool:
    """Whether the review task was handed to somebody last, by the record's table of people."""
    refs = [entry["actor"]["ref"] for entry in handed_to(haikei, cut)]
    with haikei.engine.connect() as connection:
        return bool(refs) and refs[-1] in people.refs_of(connection, haikei.floor.person(login))
