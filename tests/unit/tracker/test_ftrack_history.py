"""Rows of ftrack's histories, to events in the order in which they happened."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.events import BackgroundStatusChanged, OutcomeSaid, TaskAssigneesChanged, TaskStatusChanged, VersionRetired
from integration.tracker.ftrack.chains import in_chain
from integration.tracker.ftrack.heard import Heard
from integration.tracker.ftrack.history import Told, events_of
from integration.tracker.ftrack.hub_facts import Fact, facts_of
from integration.tracker.ftrack.spelling import Spelling

AT = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
SPELLING = Spelling({}, {"approved": "Approved"})


def number(place: int) -> str:
    return str(UUID(int=place))


PROJECT, TASK, SHOT, VERSION, USER = map(number, range(1, 6))


def change(place: int, old: str | None, new: str, *, of: str = TASK, kind: str = "Task", at: datetime = AT) -> dict[str, Any]:
    return {
        "id": number(1000 + place),
        "date": at,
        "parent_id": of,
        "parent": {"__entity_type__": kind, "id": of, "project_id": PROJECT},
        "from_status": {"name": old} if old else None,
        "status": {"name": new},
        "user_id": USER,
    }


def steps(told: Told) -> list[tuple[str | None, str]]:
    return [(event.old, event.new) for event in events_of(told, SPELLING) if isinstance(event, TaskStatusChanged)]


@given(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_changes_of_one_second_form_a_chain_however_they_come(walk: list[str], random: Random) -> None:
    moves = [(old, new) for old, new in pairwise(walk) if old != new]
    shuffled = [(old, new, (old, new)) for old, new in moves]
    random.shuffle(shuffled)

    found = in_chain(shuffled, begins=moves[0][0] if moves else "")

    assert sorted(found) == sorted(moves)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_changes_that_are_no_chain_stay_as_they_came() -> None:
    assert in_chain([("A", "B", 1), ("C", "D", 2)]) == [1, 2]


def test_an_approval_taken_back_within_its_second_is_told_after_it() -> None:
    told = Told(status_changes=[change(1, "Approved", "Revise"), change(2, "Ready", "Approved")])

    assert steps(told) == [("Ready", "Approved"), ("Approved", "Revise")]


def test_the_second_before_tells_where_a_circle_begins() -> None:
    before = AT - timedelta(seconds=1)
    told = Told(
        status_changes=[change(0, "Ready", "Approved", at=before), change(1, "Revise", "Approved"), change(2, "Approved", "Revise")]
    )

    assert steps(told) == [("Ready", "Approved"), ("Approved", "Revise"), ("Revise", "Approved")]


def test_a_status_is_spelt_as_settings_spell_it() -> None:
    assert steps(Told(status_changes=[change(1, "Ready", "APPROVED")])) == [("Ready", "Approved")]


def test_a_task_is_made_with_the_status_that_its_first_change_left() -> None:
    made = {
        "__entity_type__": "Task",
        "id": TASK,
        "created_at": AT,
        "created_by_id": USER,
        "project_id": PROJECT,
        "status": {"name": "Revise"},
    }
    later = change(1, "Approved", "Revise", at=AT + timedelta(seconds=5))

    assert steps(Told(made=[made], status_changes=[later])) == [(None, "Approved"), ("Approved", "Revise")]
    assert steps(Told(made=[made])) == [(None, "Revise")]


def test_order_grows_and_stays_when_less_is_read() -> None:
    rows = [change(place, "Ready", "Approved", of=number(50 + place)) for place in range(5)]
    rows += [change(9, "Ready", "Approved", of=number(70), at=AT + timedelta(seconds=1))]
    orders = {event.event_id: event.order for event in events_of(Told(status_changes=rows), SPELLING)}
    again = {event.event_id: event.order for event in events_of(Told(status_changes=rows[5:]), SPELLING)}

    assert list(orders.values()) == sorted(orders.values())
    assert again.items() <= orders.items()
    assert max(orders.values()) < 2**63


def test_the_approval_of_a_deleted_task_is_told_where_somebody_knows_what_it_was() -> None:
    gone = {**change(1, "Ready", "Approved"), "parent": None}

    assert steps(Told(status_changes=[gone])) == []
    assert steps(Told(status_changes=[gone], places={TASK: ("Task", PROJECT)})) == [("Ready", "Approved")]


def test_a_sequences_status_is_nobodys() -> None:
    told = Told(status_changes=[change(1, "Ready", "Approved", kind="Sequence"), change(2, "Ready", "Omitted", of=SHOT, kind="Shot")])

    (event,) = events_of(told, SPELLING)
    assert isinstance(event, BackgroundStatusChanged) and event.background == f"Shot:{SHOT}"


def test_a_note_that_hangs_on_nothing_we_may_see_is_none() -> None:
    note = {"id": number(90), "date": AT, "user_id": USER, "note_components": []}

    assert events_of(Told(notes=[note]), SPELLING) == []
    assert len(events_of(Told(notes=[note], note_projects={number(90): PROJECT}), SPELLING)) == 1


def heard(entity: dict[str, Any], **event: Any) -> list[Fact]:
    parents = [{"entityId": PROJECT, "entityType": "show", "entity_type": "Project"}]
    data = {"entities": [{"parents": parents, **entity}], "user": {"userid": USER}}
    return list(facts_of({"id": "e1", "topic": "ftrack.update", "data": data, **event}, now=AT))


def test_what_only_the_hub_tells_becomes_events() -> None:
    facts = [
        *heard({"action": "remove", "entity_type": "AssetVersion", "entityId": VERSION}),
        *heard(
            {
                "action": "update",
                "entity_type": "AssetVersion",
                "entityId": VERSION,
                "changes": {"haikei_outcome": {"old": "", "new": "used"}},
            }
        ),
        *heard(
            {"action": "add", "entity_type": "Appointment", "entityId": number(8), "changes": {"context_id": {"old": None, "new": TASK}}}
        ),
    ]

    found = {type(event): event for event in events_of(Told(facts=facts), SPELLING)}

    assert set(found) == {VersionRetired, OutcomeSaid, TaskAssigneesChanged}
    assert {event.project for event in found.values()} == {PROJECT}


@pytest.mark.parametrize(("old", "new"), [("used", ""), ("used", "used"), ("", " "), ("", None), (None, 3), ("", ["used"])])
def test_an_outcome_that_says_nothing_new_is_no_event(old: Any, new: Any) -> None:
    facts = heard(
        {"action": "update", "entity_type": "AssetVersion", "entityId": VERSION, "changes": {"haikei_outcome": {"old": old, "new": new}}}
    )

    assert events_of(Told(facts=facts), SPELLING) == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(["entities", "entityId", "entityType", "entity_type", "action", "changes", "parents", "user", "userid", "old", "new"]), inner, max_size=6
), max_leaves=20))  # fmt: skip
def test_no_event_of_any_shape_does_harm(data: Any) -> None:
    buffer = Heard()
    for event in (
        {"id": "e", "data": data},
        {"id": "e", "data": {"entities": [data, {"action": "update", "entityId": "x", "entityType": "y", "changes": data}]}},
    ):
        buffer.hear(facts_of(event, now=AT))

    assert isinstance(events_of(Told(facts=buffer.facts()), SPELLING), list)


@pytest.mark.parametrize(
    ("sent", "told"), [("2026-11-23T04:05:01.5", -4.5), ("2020-01-01T00:00:00", 0), ("2030-01-01T00:00:00", 0), ("x", 0), (7, 0)]
)
def test_an_event_is_dated_by_its_server_where_that_can_be(sent: Any, told: float) -> None:
    (fact,) = heard({"action": "remove", "entity_type": "AssetVersion", "entityId": VERSION}, sent=sent)

    assert fact.at - AT == timedelta(seconds=told)


def test_a_buffer_keeps_what_the_reader_has_not_passed() -> None:
    buffer = Heard()
    assert buffer.hear(heard({"action": "remove", "entity_type": "AssetVersion", "entityId": VERSION}))
    assert not buffer.hear(
        heard({"action": "update", "entity_type": "Task", "entityId": TASK, "changes": {"name": {"old": "a", "new": "b"}}})
    )
    assert buffer.hear(
        heard({"action": "update", "entity_type": "Task", "entityId": TASK, "changes": {"statusid": {"old": "a", "new": "b"}}})
    )

    buffer.forget(int(AT.timestamp()))
    assert len(buffer.facts()) == 1
    buffer.forget(int(AT.timestamp()) + 1)
    assert buffer.facts() == ()
    assert buffer.place(TASK) == ("Task", PROJECT)
