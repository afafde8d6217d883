"""The menu offers each item to whom it is for, asks in a form, does it once, and says why not in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from integration.errors import TransientTrackerError
from integration.ledger import texts
from integration.ledger.vocabulary import Kind, Role, Verdict
from integration.production import BackgroundId, NoteId, PersonId, TaskId, VersionId
from integration.tracker.menu import FormField, MenuCall, MenuReply
from integration.tracker.protocol import Tracker
from integration.workflow.menu_desk import MOST_SELECTED, OUTCOME, ROUND, WHY, WorkflowDesk
from integration.workflow.menu_form import SHOWN
from integration.workflow.menu_round import REASON
from integration.workflow.rounds import DraftState, change
from tests.unit.workflow.reviewed_cut import CUT, ReviewedCut, reviewed_cut

COORDINATOR, STRANGER, DIRECTOR, ARTIST = (PersonId(f"HumanUser:{number}") for number in (41, 42, 44, 45))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class FadingTracker:
    """A real site that no longer answers when a test says so."""

    real: Tracker
    silent: bool = False

    def __getattr__(self, name: str) -> Any:
        if self.silent and name != "site":
            raise TransientTrackerError("the site does not answer")
        return getattr(self.real, name)


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[ReviewedCut]:
    with reviewed_cut(tmp_path, max_rounds=2, outcome_by=["sakura"]) as reviewed:
        yield reviewed


@pytest.fixture
def version(cut: ReviewedCut) -> VersionId:
    """A delivered draft, on a review task that is the artist's."""
    delivered = cut.deliver()
    event = cut.assign(45)
    cut.actions.hand_over(event.task, because=event)
    return delivered


@pytest.fixture
def desk(cut: ReviewedCut, version: VersionId) -> WorkflowDesk:
    made = WorkflowDesk(cut.studio)
    made.learn()
    return made


def call(person: PersonId, *versions: VersionId, tasks: tuple[str, ...] = (), backgrounds: tuple[str, ...] = ()) -> MenuCall:
    places, steps = tuple(map(BackgroundId, backgrounds)), tuple(map(TaskId, tasks))
    return MenuCall(person=person, versions=versions, tasks=steps, backgrounds=places, at=datetime.now(UTC) + timedelta(seconds=2))


def names(desk: WorkflowDesk, asked: MenuCall) -> list[str]:
    return [item.name for item in desk.items(asked)]


def filled(reply: MenuReply, answers: Mapping[str, str]) -> dict[str, str]:
    """The form sent back: what is hidden in it, and what was answered."""
    return {field.name: field.value for field in reply.form if field.kind == "hidden"} | dict(answers)


def choice_in(reply: MenuReply) -> list[FormField]:
    return [field for field in reply.form if field.kind == "choice"]


def outcomes(cut: ReviewedCut) -> list[tuple[Verdict, Role | None]]:
    return [(entry.decision.verdict, entry.actor.role) for entry in cut.entries(Kind.DRAFT_OUTCOME) if entry.decision]


def states(cut: ReviewedCut) -> list[tuple[int, str]]:
    return [(each.round, each.state.value) for each in cut.rounds()]


def test_each_item_is_offered_to_whom_it_is_for(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    task = cut.rounds()[-1].review_task

    offered = {person: names(desk, call(person, version)) for person in (ARTIST, COORDINATOR, DIRECTOR, STRANGER)}

    assert offered == {ARTIST: [OUTCOME], COORDINATOR: [OUTCOME], DIRECTOR: [ROUND], STRANGER: []}
    assert names(desk, call(ARTIST, tasks=(task,))) == [OUTCOME]
    assert names(desk, call(DIRECTOR, tasks=(task,))) == [ROUND]
    assert names(desk, call(ARTIST, VersionId("4242"), tasks=("4242",), backgrounds=("Shot:4242",))) == []


def test_the_items_are_told_while_the_tracker_is_silent(cut: ReviewedCut, version: VersionId) -> None:
    tracker = FadingTracker(cut.studio.tracker)
    desk = WorkflowDesk(replace(cut.studio, tracker=cast(Tracker, tracker)))
    desk.learn()

    tracker.silent = True

    assert names(desk, call(ARTIST, version)) == [OUTCOME]
    assert names(desk, call(DIRECTOR, version)) == [ROUND]
    with pytest.raises(TransientTrackerError):
        desk.choose(OUTCOME, call(ARTIST, version), {})


def test_whoever_is_in_the_group_on_the_task_is_offered_it(cut: ReviewedCut, version: VersionId) -> None:
    cut.coordinator.update("Task", int(cut.rounds()[-1].review_task), {"task_assignees": [{"type": "Group", "id": 8}]})
    cut.actions.hand_over(TaskId(cut.rounds()[-1].review_task), because=None)
    desk = WorkflowDesk(cut.studio)

    before = names(desk, call(ARTIST, version))
    desk.learn()

    assert (before, names(desk, call(ARTIST, version))) == ([], [OUTCOME])


def test_an_outcome_is_asked_first_and_recorded_once(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(OUTCOME, call(ARTIST, version), {})
    before = outcomes(cut)

    first = desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "partly_used"}))
    again = desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "partly_used"}))

    (question,) = choice_in(asked)
    assert not asked.done and before == []
    assert ("used", "使った / used") in question.choices and "nothing yet" in question.label
    assert first.done and again.done and "partly used" in first.message
    assert outcomes(cut) == [(Verdict.PARTLY_USED, Role.BACKGROUND_ARTIST)]


def test_an_old_form_does_not_pass_for_the_last_word(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(OUTCOME, call(ARTIST, version), {})
    desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "used"}))
    desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "not_used"}))

    old = desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "used"}))

    assert not old.done and "something else was said since" in old.message
    assert [verdict for verdict, _ in outcomes(cut)] == [Verdict.USED, Verdict.NOT_USED]


@pytest.mark.parametrize("shown", ["", "x", "-1", "9" * 400, "0", str(int(LONG_AGO.timestamp() * 1000))])
def test_a_form_that_is_too_old_or_no_form_of_ours_records_nothing(
    desk: WorkflowDesk, cut: ReviewedCut, version: VersionId, shown: str
) -> None:
    replies = [desk.choose(item, call(ARTIST, version), {SHOWN: shown, version: "used", REASON: "x"}) for item in (OUTCOME, ROUND)]

    assert not any(reply.done or reply.form for reply in replies)
    assert outcomes(cut) == [] and states(cut) == [(1, "delivered")]


@pytest.mark.parametrize("answer", ["", "approved", "<script>", "used "])
def test_an_answer_that_is_none_records_nothing(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId, answer: str) -> None:
    asked = desk.choose(OUTCOME, call(ARTIST, version), {})

    reply = desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: answer, "4242": "used"}))

    assert not reply.done and reply.message
    assert outcomes(cut) == []


def test_a_stranger_is_refused_whatever_they_send(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(OUTCOME, call(ARTIST, version), {})
    form = desk.choose(ROUND, call(DIRECTOR, version), {})

    refused = [
        desk.choose(OUTCOME, call(STRANGER, version), {}),
        desk.choose(OUTCOME, call(STRANGER, version), filled(asked, {version: "used"})),
        desk.choose(ROUND, call(ARTIST, version), {}),
        desk.choose(ROUND, call(ARTIST, version), filled(form, {REASON: "明るく"})),
    ]

    assert not any(reply.done or reply.form for reply in refused)
    assert "may say what became of a draft" in refused[0].message and "art director" in refused[2].message
    assert outcomes(cut) == [] and states(cut) == [(1, "delivered")] and cut.answers() == []


def test_somebody_who_left_is_refused(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    cut.coordinator.update("HumanUser", 45, {"sg_status_list": "dis"})

    replies = [desk.choose(item, call(ARTIST, version), {}) for item in (OUTCOME, ROUND, WHY)]

    assert not any(reply.done or reply.form for reply in replies)
    assert all("no active person" in reply.message for reply in replies)


def test_a_final_shot_takes_no_more_words(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(OUTCOME, call(ARTIST, version), {})
    cut.coordinator.update("Version", int(version), {"sg_status_list": "apr"})

    late = desk.choose(OUTCOME, call(ARTIST, version), filled(asked, {version: "used"}))
    anew = desk.choose(OUTCOME, call(ARTIST, version), {})

    assert not late.done and not anew.done and not anew.form
    assert "The shot is final" in late.message and "The shot is final" in anew.message
    assert outcomes(cut) == []


def test_a_new_round_is_started_once_for_the_reason_that_was_typed(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(ROUND, call(DIRECTOR, version), {})
    form = filled(asked, {REASON: "夕景に。\nprompt: misty morning"})

    first = desk.choose(ROUND, call(DIRECTOR, version), form)
    again = desk.choose(ROUND, call(DIRECTOR, version), form)

    requested = cut.entries(Kind.DRAFT_REQUESTED)[-1]
    assert not asked.done and first.done and again.done
    assert states(cut) == [(1, "superseded"), (2, "queued")]
    assert cut.answers() == ["started"]
    assert (requested.actor.role, requested.round) == (Role.ART_DIRECTOR, 2)
    with cut.studio.engine.connect() as connection:
        assert "夕景に。" in (texts.reveal(connection, requested.note_commit) or "")


def test_the_artist_reads_the_reason_in_a_note_that_asks_nothing_itself(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(ROUND, call(DIRECTOR, version), {})
    for _ in range(2):
        desk.choose(ROUND, call(DIRECTOR, version), filled(asked, {REASON: "再ドラフト <b>夕景</b>"}))

    told = cut.coordinator.find("Note", [["subject", "contains", "asks for new drafts"]], ["content", "addressings_to", "tasks"])
    for note in told:
        cut.actions.start_new_round(NoteId(str(note["id"])), because=None)

    (note,) = told
    assert "監 督太: 再ドラフト" in note["content"]
    assert [person["id"] for person in note["addressings_to"]] == [45]
    assert states(cut) == [(1, "superseded"), (2, "queued")]


def test_a_round_without_a_reason_is_asked_again(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(ROUND, call(DIRECTOR, version), {})

    reply = desk.choose(ROUND, call(DIRECTOR, version), filled(asked, {REASON: " \n "}))

    assert not reply.done and filled(reply, {}) == filled(asked, {})
    assert states(cut) == [(1, "delivered")]


def test_rounds_end_at_the_limit_and_the_item_goes(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(ROUND, call(DIRECTOR, version), {})
    desk.choose(ROUND, call(DIRECTOR, version), filled(asked, {REASON: "もう一度"}))
    second = cut.deliver()

    reply = desk.choose(ROUND, call(DIRECTOR, second), {})
    forced = desk.choose(ROUND, call(DIRECTOR, second), filled(asked, {REASON: "さらに"}) | {SHOWN: str(int(filled(asked, {})[SHOWN]) + 1)})

    assert names(desk, call(DIRECTOR, second)) == []
    assert not reply.done and not reply.form and "max_rounds" in reply.message
    assert not forced.done and "max_rounds" in forced.message
    assert states(cut) == [(1, "superseded"), (2, "delivered")]
    assert cut.answers() == ["started"]


def test_drafts_of_an_earlier_round_start_none(desk: WorkflowDesk, cut: ReviewedCut, version: VersionId) -> None:
    asked = desk.choose(ROUND, call(DIRECTOR, version), {})
    desk.choose(ROUND, call(DIRECTOR, version), filled(asked, {REASON: "もう一度"}))
    cut.deliver()

    reply = desk.choose(ROUND, call(DIRECTOR, version), {})

    assert not reply.done and "earlier round" in reply.message


def test_a_held_layout_says_why_and_who_can_change_it(cut: ReviewedCut) -> None:
    task, shot = str(CUT.layout_task), f"Shot:{CUT.shot}"
    _hold(cut, ai_use=())
    desk = WorkflowDesk(cut.studio)

    told = desk.choose(WHY, call(STRANGER, backgrounds=(shot,)), {})

    assert names(desk, call(STRANGER, tasks=(task,))) == [WHY] == names(desk, call(STRANGER, backgrounds=(shot,)))
    assert told.done and "c001" in told.message and "The producer" in told.message and "AI" in told.message


def test_nobody_is_told_that_no_draft_is_wanted(cut: ReviewedCut) -> None:
    cut.coordinator.update("Shot", CUT.shot, {"sg_haikei_no_draft": True})
    cut.actions.reconsider(TaskId(str(CUT.layout_task)), because=None)
    asked = call(STRANGER, tasks=(str(CUT.layout_task),), backgrounds=(f"Shot:{CUT.shot}",))

    assert names(WorkflowDesk(cut.studio), asked) == []
    assert not WorkflowDesk(cut.studio).choose(WHY, asked, {}).done


@pytest.mark.parametrize(("state", "said"), [(DraftState.REFUSED, "The sheet is too small"), (DraftState.FAILED, "pipeline TD")])
def test_a_refused_or_failed_round_says_why(cut: ReviewedCut, state: DraftState, said: str) -> None:
    with cut.studio.engine.begin() as connection:
        change(connection, cut.rounds()[-1].key, state=state, reason="The sheet is too small.")

    told = WorkflowDesk(cut.studio).choose(WHY, call(STRANGER, tasks=(str(CUT.layout_task),)), {})

    assert told.done and said in told.message
    assert ("too small" in told.message) is (state is DraftState.REFUSED)


def test_a_reason_is_one_bounded_line_without_what_cannot_be_seen(cut: ReviewedCut) -> None:
    with cut.studio.engine.begin() as connection:
        change(connection, cut.rounds()[-1].key, state=DraftState.REFUSED, reason="The genzu\x1b\nis\u202e blank: " + "長" * 9000)

    told = WorkflowDesk(cut.studio).choose(WHY, call(STRANGER, tasks=(str(CUT.layout_task),)), {})

    assert told.message.startswith("c001 BG: The genzu is blank: 長")
    assert 380 <= told.message.count("長") <= 400


def test_a_layout_that_is_no_longer_held_says_nothing(cut: ReviewedCut) -> None:
    _hold(cut, ai_use=())
    cut.coordinator.update("Task", CUT.layout_task, {"sg_status_list": "rev"})
    cut.actions.reconsider(TaskId(str(CUT.layout_task)), because=None)

    assert names(WorkflowDesk(cut.studio), call(STRANGER, backgrounds=(f"Shot:{CUT.shot}",))) == []
    with cut.studio.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM haikei_held_background")).scalar() == 0


def test_too_much_and_unknown_items_are_refused(desk: WorkflowDesk, version: VersionId) -> None:
    many = tuple(VersionId(str(number)) for number in range(MOST_SELECTED + 1))

    assert names(desk, call(ARTIST, *many)) == []
    assert "at most 20" in desk.choose(OUTCOME, call(ARTIST, *many), {}).message
    assert not desk.choose("format disk", call(ARTIST, version), {}).done


def _hold(cut: ReviewedCut, **rules: object) -> None:
    """The approved layout asks again under other settings, with nothing standing."""
    (project,) = cut.studio.projects
    changed = cut.studio.projects[project].model_copy(update=rules)
    cut.studio.projects[project] = changed  # type: ignore[index]  # what a restart with other settings does
    cut.actions.reconsider(TaskId(str(CUT.layout_task)), because=None)
    cut.actions.reconsider(TaskId(str(CUT.layout_task)), because=None)
