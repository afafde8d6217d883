"""EventLogEntry to event, on what sites really sent (names changed)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    VersionCreated,
    VersionMediaUploaded,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.production import PersonKind
from integration.tracker.shotgrid.events import to_event

AT = datetime(2026, 11, 22, 13, 5, 0)  # noqa: DTZ001  # as the client gives it
APPROVAL: dict[str, Any] = {
    "type": "EventLogEntry",
    "id": 2011531,
    "event_type": "Shotgun_Task_Change",
    "attribute_name": "sg_status_list",
    "created_at": AT,
    "entity": {"type": "Task", "id": 67378, "name": "Layout"},
    "project": {"type": "Project", "id": 66, "name": "雨の街"},
    "user": {"type": "HumanUser", "id": 108, "name": "佐藤 花"},
    "meta": {
        "type": "attribute_change",
        "attribute_name": "sg_status_list",
        "entity_type": "Task",
        "entity_id": 67378,
        "field_data_type": "status_list",
        "old_value": "rev",
        "new_value": "apr",
    },
}


def version_event(kind: str, attribute: str | None = None, **meta: Any) -> dict[str, Any]:
    return {
        **APPROVAL,
        "event_type": f"Shotgun_Version_{kind}",
        "attribute_name": attribute,
        "entity": {"type": "Version", "id": 9},
        "meta": {"entity_type": "Version", "entity_id": 9, **meta},
    }


def test_an_approval_is_a_task_status_change_by_a_person_at_the_trackers_time() -> None:
    event = to_event(APPROVAL)

    assert isinstance(event, TaskStatusChanged)
    assert (event.event_id, event.order, event.task, event.old, event.new) == ("2011531", 2011531, "67378", "rev", "apr")
    assert event.at == datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    assert event.by is not None
    assert (event.by.id, event.by.name, event.by.kind) == ("HumanUser:108", "佐藤 花", PersonKind.HUMAN)


def test_a_task_made_already_approved_is_a_change_from_nothing() -> None:
    event = to_event({**APPROVAL, "meta": {**APPROVAL["meta"], "old_value": None, "in_create": True}})

    assert isinstance(event, TaskStatusChanged)
    assert event.old is None


def test_a_retired_entity_is_still_named_by_its_meta() -> None:
    event = to_event({**APPROVAL, "entity": None})

    assert isinstance(event, TaskStatusChanged)
    assert event.task == "67378"


def test_an_event_without_a_person_has_nobody_behind_it() -> None:
    event = to_event({**APPROVAL, "user": None})

    assert event is not None
    assert event.by is None


@pytest.mark.parametrize(
    "rogue",
    [
        {"meta": None},
        {"meta": None, "entity": None},
        {"project": None},
        {"created_at": None},
        {"attribute_name": "due_date"},
        {"event_type": "Shotgun_Shot_Change"},
        {"event_type": "Toolkit_App_Startup"},
        {"event_type": None},
    ],
)
def test_an_event_that_tells_too_little_or_nothing_of_use_is_no_event(rogue: dict[str, Any]) -> None:
    assert to_event({**APPROVAL, **rogue}) is None


@pytest.mark.parametrize(
    "meta",
    [
        {**APPROVAL["meta"], "new_value": None},
        {**APPROVAL["meta"], "old_value": "apr"},
        {**APPROVAL["meta"], "entity_type": "Shot", "actual_attribute_changed": "Task.entity"},
    ],
)
def test_a_change_to_nothing_to_the_same_or_of_another_entity_is_no_event(meta: dict[str, Any]) -> None:
    assert to_event({**APPROVAL, "meta": meta}) is None


def test_versions_appear_receive_media_and_change_status() -> None:
    assert isinstance(to_event(version_event("New")), VersionCreated)
    assert isinstance(to_event(version_event("Change", "sg_uploaded_movie", new_value={"id": 3})), VersionMediaUploaded)
    assert isinstance(to_event(version_event("Change", "sg_status_list", old_value=None, new_value="rev")), VersionStatusChanged)


def test_what_became_of_a_draft_is_said_in_its_field() -> None:
    event = to_event(version_event("Change", "sg_haikei_outcome", old_value="used", new_value="not used"))

    assert isinstance(event, OutcomeSaid)
    assert (event.version, event.said) == ("9", "not used")


@pytest.mark.parametrize(("old", "new"), [("used", None), ("used", ""), (None, " "), ("used", "used"), (None, 3), (None, ["used"])])
def test_a_field_that_says_nothing_new_is_no_event(old: Any, new: Any) -> None:
    assert to_event(version_event("Change", "sg_haikei_outcome", old_value=old, new_value=new)) is None


@pytest.mark.parametrize("kind", ["Shot", "Asset", "CustomEntity01"])
def test_the_status_of_whatever_backgrounds_hang_on_is_told(kind: str) -> None:
    meta = {**APPROVAL["meta"], "entity_type": kind, "entity_id": 12, "old_value": "ip", "new_value": "omt"}

    event = to_event({**APPROVAL, "event_type": f"Shotgun_{kind}_Change", "meta": meta})

    assert isinstance(event, BackgroundStatusChanged)
    assert (event.background, event.old, event.new) == (f"{kind}:12", "ip", "omt")


def test_people_put_on_a_task_and_files_put_on_a_note_are_told() -> None:
    added = {"added": [{"type": "HumanUser", "id": 108}], "removed": []}
    task = {**APPROVAL["meta"], "attribute_name": "task_assignees", **added}
    note = {"entity_type": "Note", "entity_id": 3, "added": [{"type": "Attachment", "id": 9}]}

    assigned = to_event({**APPROVAL, "attribute_name": "task_assignees", "meta": task})
    drawn = to_event({**APPROVAL, "event_type": "Shotgun_Note_Change", "attribute_name": "attachments", "meta": note})
    erased = to_event({**APPROVAL, "event_type": "Shotgun_Note_Change", "attribute_name": "attachments", "meta": {**note, "added": []}})

    assert isinstance(assigned, TaskAssigneesChanged)
    assert isinstance(drawn, NoteAttached)
    assert erased is None


def test_a_deleted_version_is_named_by_its_meta_for_its_entity_is_gone() -> None:
    gone = to_event({**version_event("Retirement"), "entity": None, "meta": {"entity_type": "Version", "entity_id": 9, "id": 9}})

    assert isinstance(gone, VersionRetired)
    assert gone.version == "9"
    assert isinstance(to_event(version_event("Revival")), VersionRevived)
    assert to_event({**version_event("Retirement"), "entity": None, "meta": None}) is None


def test_media_taken_away_is_no_upload() -> None:
    assert to_event(version_event("Change", "sg_uploaded_movie", old_value={"id": 3}, new_value=None)) is None


def test_a_version_appears_even_when_the_site_left_its_meta_out() -> None:
    assert isinstance(to_event({**version_event("New"), "meta": None}), VersionCreated)


@pytest.mark.parametrize("kind", ["New", "Change", "Retirement", "Revival"])
def test_time_is_logged_changed_withdrawn_and_brought_back(kind: str) -> None:
    event = to_event(
        {**APPROVAL, "event_type": f"Shotgun_TimeLog_{kind}", "entity": None, "meta": {"entity_id": 5, "entity_type": "TimeLog"}}
    )

    assert isinstance(event, TimeLogged)
    assert event.time_log == "5"
