"""What became of a draft is said by a field; where no draft is wanted, none is painted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from tests.floor import Floor, Standing, approve, reopen, standings
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services; the artist 監 督太 wants no drafts, 背 景子 is handed them."""
    folder = tmp_path_factory.mktemp("outcomes")
    project = {"drafts": 1, "assignment": {"kind": "fixed", "to": ["artist"]}, "no_draft_for": ["director"], "outcome_by": ["sakura"]}
    with running_haikei(folder, cuts=8, project=project, tracker=tracker) as running:
        yield running


def outcomes(haikei: RunningHaikei, cut: Cut) -> list[Entry]:
    with haikei.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, background=f"Shot:{haikei.floor.shot(cut)}", kinds=[Kind.DRAFT_OUTCOME])]


def test_the_field_says_it_and_a_cleared_or_unknown_one_says_nothing(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(1)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")
    (draft,) = floor.drafts(cut)
    floor.offer_outcome("so so")

    for said in ("partly used", None, "so so", "from scratch"):
        floor.say_outcome(draft.id, said)
    haikei.wait(lambda: len(outcomes(haikei, cut)) == 2, what="two outcomes")
    told = haikei.haikei("report", "shot", cut.code).stdout

    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.PARTLY_USED, Verdict.FROM_SCRATCH]
    assert {entry.actor.role for entry in outcomes(haikei, cut)} == {Role.BACKGROUND_ARTIST}
    assert "outcome not understood" in haikei.log.read_text()
    assert told.index("outcome: painted from scratch, says 背 景子") < told.index("before that, outcome: partly used, says 背 景子")


def test_a_ticked_shot_is_painted_from_layout_and_nobody_is_named(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(4)
    floor.tick_no_draft(cut, True)

    approve(floor, cut)
    task = haikei.wait(lambda: review_task(floor, cut, Standing.READY), what="the artist's task")
    haikei.haikei("replay", floor.approval_event(cut))
    reopen(floor, cut)
    approve(floor, cut)
    approve(floor, Cut(8))
    haikei.wait_for("c008", "delivered")

    (entry,) = outcomes(haikei, cut)
    assert entry.decision is not None and entry.decision.verdict is Verdict.LAYOUT_ONLY
    assert (entry.actor.kind, entry.actor.ref, entry.asset, entry.draft) == (ActorKind.SCRIPT, "", None, "")
    assert (entry.decision.set_by, entry.decision.decided_by, entry.decision.reason, entry.decision.reason_commit) == ("", "", "", "")
    assert entry.tracker is not None and (entry.tracker.event_id, entry.tracker.task_id) == ("", "")
    assert task.assignees == ["背 景子"]
    assert [json.loads(body)["kind"] for body in entries_of(haikei, cut)].count("draft.refused") == 0
    assert floor.notes(cut) == [] and floor.drafts(cut) == []
    assert [r for r in haikei.rounds() if r.code == cut.code] == []
    assert "painted from layout" in haikei.haikei("status").stdout
    assert "c004: painted from" in haikei.haikei("plan", "--since", "1h").stdout
    assert "outcome: painted from layout" in haikei.haikei("report", "shot", cut.code).stdout


def test_an_unticked_shot_gets_its_drafts(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(5)
    floor.tick_no_draft(cut, True)
    approve(floor, cut)
    haikei.wait(lambda: review_task(floor, cut, Standing.READY), what="the artist's task")

    floor.tick_no_draft(cut, False)
    haikei.wait_for(cut.code, "delivered")

    assert len(floor.drafts(cut)) == 1
    assert [held for held in haikei.held() if held.code == cut.code] == []


def test_who_wants_no_drafts_and_has_the_task_gets_none(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(6)
    task = floor.new_task(cut, "BG revision", step="Background", standing=Standing.WORKING, to=["director"])

    approve(floor, cut)
    haikei.wait(lambda: [h for h in haikei.held() if h.code == cut.code and h.kind == "no_draft"], what="the layout left to the artist")
    haikei.wait(lambda: outcomes(haikei, cut), what="the entry")

    (entry,) = outcomes(haikei, cut)
    assert floor.person("director").partition(":")[0].encode() not in b"".join(
        body for body in entries_of(haikei, cut) if b"draft." in body
    )
    assert (entry.actor.ref, entry.tracker.task_id if entry.tracker else "") == ("", "")
    assert review_task(floor, cut, Standing.WORKING).id == task
    assert [r for r in haikei.rounds() if r.code == cut.code] == []


def test_a_shot_ticked_while_it_waits_is_not_painted(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, workers=0, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        haikei.wait_for(cut.code, "rendering")

        floor.tick_no_draft(cut, True)
        haikei.wait_for(cut.code, "cancelled")
        haikei.wait(lambda: review_task(floor, cut, Standing.READY), what="the artist's task")

        assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.LAYOUT_ONLY]
        assert floor.notes(cut) == []
        assert haikei.stop() == 0


def test_a_shot_ticked_while_drafts_are_delivered_takes_them_back(haikei: RunningHaikei, floor: Floor) -> None:
    cut = Cut(7)
    haikei.floor.faults.fail("upload_put" if floor.tracker == "shotgrid" else "put", times=5, status=503)
    approve(floor, cut)
    haikei.wait(lambda: floor.drafts(cut), what="a Version without its picture")

    floor.tick_no_draft(cut, True)
    haikei.wait_for(cut.code, "superseded")
    haikei.wait(lambda: review_task(floor, cut, Standing.READY), what="the artist's task")
    (note,) = haikei.wait(lambda: floor.notes(cut), what="the Note that takes them back")

    assert "取り下げ" in note.subject and "older genzu" not in note.content
    assert set(standings(floor, cut)) == {"superseded"}
    assert [entry.decision.verdict for entry in outcomes(haikei, cut) if entry.decision] == [Verdict.LAYOUT_ONLY]


def test_the_services_stop(haikei: RunningHaikei) -> None:
    assert haikei.stop() == 0


def review_task(floor: Floor, cut: Cut, standing: Standing) -> Any:
    """The cut's review task, once it stands so."""
    return next((task for task in floor.tasks(cut, "BG revision") if task.standing is standing), None)
