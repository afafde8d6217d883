"""A Note starts at most one round, within bounds, however often, late or out of order it is told of."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.ledger import texts
from integration.ledger.vocabulary import Kind, Role
from integration.production import TaskId
from integration.workflow.rounds import DraftState
from tests.unit.workflow.reviewed_cut import CUT, ReviewedCut, reviewed_cut


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[ReviewedCut]:
    with reviewed_cut(tmp_path, max_rounds=3) as reviewed:
        yield reviewed


def states(cut: ReviewedCut) -> list[tuple[int, str]]:
    return [(each.round, each.state.value) for each in cut.rounds()]


def test_a_note_that_comes_twice_starts_one_round(cut: ReviewedCut) -> None:
    event = cut.note(cut.deliver(), "再ドラフト")

    for _ in range(3):
        cut.ask(event)
    cut.actions.start_new_round(event.note, because=None)

    assert states(cut) == [(1, "superseded"), (2, "queued")]
    assert cut.answers() == ["started"]
    assert len(cut.entries(Kind.DRAFT_REQUESTED)) == 2


def test_a_note_told_to_two_threads_at_once_starts_one_round(cut: ReviewedCut) -> None:
    event = cut.note(cut.deliver(), "再ドラフト")
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        cut.ask(event)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert states(cut) == [(1, "superseded"), (2, "queued")]
    assert cut.answers() == ["started"]


def test_two_notes_on_the_same_drafts_start_one_round(cut: ReviewedCut) -> None:
    version = cut.deliver()
    first, second = cut.note(version, "new draft"), cut.note(version, "#REDRAFT")

    cut.ask(second)
    cut.ask(first)

    assert states(cut) == [(1, "superseded"), (2, "queued")]
    assert cut.answers() == ["started", "older_round"]


def test_rounds_end_at_the_limit_and_a_new_approval_begins_anew(cut: ReviewedCut) -> None:
    for _ in range(4):
        cut.ask(cut.note(cut.deliver(), "新ラウンド"))
    task = TaskId(str(CUT.layout_task))
    cut.coordinator.update("Task", CUT.layout_task, {"sg_status_list": "rev"})
    cut.actions.withdraw_if_reopened(cut.rounds()[-1])
    cut.coordinator.update("Task", CUT.layout_task, {"sg_status_list": "apr"})
    cut.actions.reconsider(task, because=None)
    cut.ask(cut.note(cut.deliver(), "新ラウンド"))

    assert [number for number, _ in states(cut)] == [1, 2, 3, 4, 5]
    assert cut.answers() == ["started", "started", "round_limit", "round_limit", "started"]


def test_a_note_waits_for_nothing_that_is_under_way(cut: ReviewedCut) -> None:
    cut.ask(cut.note(None, "再ドラフト"))

    assert states(cut) == [(1, "queued")]
    assert cut.answers() == ["under_way"]


def test_a_note_from_before_the_drafts_starts_none_when_it_is_told_late(cut: ReviewedCut) -> None:
    late = cut.note(None, "再ドラフト")
    time.sleep(1.1)  # the tracker's clock tells whole seconds
    cut.deliver()

    cut.ask(late)

    assert states(cut) == [(1, "delivered")]
    assert cut.answers() == ["note_older"]


def test_a_note_after_the_layout_was_reopened_or_its_event_lost_starts_nothing(cut: ReviewedCut) -> None:
    event = cut.note(cut.deliver(), "再ドラフト")
    cut.coordinator.update("Task", CUT.layout_task, {"sg_status_list": "rev"})

    cut.ask(event)

    assert states(cut) == [(1, "delivered")]
    assert cut.answers() == ["layout_not_approved"]


def test_without_leave_nothing_starts(tmp_path: Path) -> None:
    with reviewed_cut(tmp_path) as cut:
        event = cut.note(cut.deliver(), "再ドラフト")
        (project,) = cut.studio.projects
        forbidden = cut.studio.projects[project].model_copy(update={"ai_use": ()})
        cut.studio.projects[project] = forbidden  # type: ignore[index]  # what a restart with other settings does

        cut.ask(event)

        assert states(cut) == [(1, "delivered")]
        assert cut.answers() == ["policy"]


@pytest.mark.parametrize("text", ["まだ見ていません", "redraft", ""])
def test_a_note_without_the_words_asks_nothing(cut: ReviewedCut, text: str) -> None:
    cut.ask(cut.note(cut.deliver(), text))

    assert states(cut) == [(1, "delivered")]
    assert cut.answers() == []


def test_a_coordinators_note_starts_nothing_and_is_answered_once(cut: ReviewedCut) -> None:
    event = cut.note(cut.deliver(), "new draft", by=cut.coordinator)

    cut.ask(event)
    cut.ask(event)

    assert states(cut) == [(1, "delivered")]
    assert cut.answers() == ["not_art_director"]


def test_the_request_names_the_note_its_writer_and_what_it_adds(cut: ReviewedCut) -> None:
    cut.ask(cut.note(cut.deliver(), "再ドラフト\nＰＲＯＭＰＴ： 霧の\x07朝\nprompt: " + "長" * 900))

    requested = cut.entries(Kind.DRAFT_REQUESTED)[-1]
    arguments = cut.studio.queue.list_workflows(workflow_ids=[cut.rounds()[-1].workflow_id], load_input=True)[0].input
    order = (arguments["args"] if isinstance(arguments, dict) else arguments)[1]  # type: ignore[index]
    assert (requested.actor.role, requested.round) == (Role.ART_DIRECTOR, 2)
    assert order["prompt_words"].startswith("霧の朝, 長長")
    assert len(order["prompt_words"]) == 200
    assert order["prompt_writer_ref"] == requested.actor.ref
    with cut.studio.engine.connect() as connection:
        assert "再ドラフト" in (texts.reveal(connection, requested.note_commit) or "")


def test_the_next_round_keeps_what_was_delivered_and_marks_it(cut: ReviewedCut) -> None:
    version = cut.deliver()

    cut.ask(cut.note(version, "再ドラフト"))

    first = cut.rounds()[0]
    assert (first.state, first.wanted) == (DraftState.SUPERSEDED, False)
    (superseded,) = cut.entries(Kind.DRAFT_SUPERSEDED)
    assert superseded.decision is not None and superseded.decision.reason == "new_round_asked"
    assert cut.studio.queue.list_workflows(workflow_ids=[f"supersede:{first.key}"])
