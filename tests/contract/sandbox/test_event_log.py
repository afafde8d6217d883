"""What the event log tells."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from shotgun_api3 import Fault, Shotgun

from integration.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import PERSON, PROJECT

Events = Callable[[], list[dict[str, Any]]]


def test_the_log_is_never_empty(sg: Any) -> None:
    assert len(sg.find("EventLogEntry", [])) == 1


def test_an_approval_is_one_event_with_old_and_new_value(person: Any, events: Events) -> None:
    person.set_session_uuid("3fc23e92-0000-0000-0000-000000000000")
    person.update("Task", 201, {"sg_status_list": "apr"})

    (event,) = events()

    assert (event["event_type"], event["attribute_name"]) == ("Shotgun_Task_Change", "sg_status_list")
    assert event["entity"] == {"type": "Task", "id": 201, "name": "Layout"}
    assert event["project"] == {"type": "Project", "id": 70, "name": "雨の街"}
    assert event["user"] == {"type": "HumanUser", "id": 41, "name": "桜井 ひろ"}
    assert event["session_uuid"].startswith("3fc23e92")
    assert event["description"] == '桜井 ひろ changed "Status" from "rev" to "apr" on Task Layout'
    assert event["meta"] == {
        "type": "attribute_change", "attribute_name": "sg_status_list", "entity_type": "Task", "entity_id": 201,
        "field_data_type": "status_list", "old_value": "rev", "new_value": "apr",
    }  # fmt: skip


def test_one_event_for_each_attribute_and_none_for_what_stays(sg: Any, events: Events) -> None:
    sg.update("Task", 201, {"sg_status_list": "rev", "due_date": "2026-12-01", "sg_description": "x"})

    assert sorted(event["attribute_name"] for event in events()) == ["due_date", "sg_description"]


def test_links_to_many_tell_what_was_added_and_removed(sg: Any, events: Events) -> None:
    sg.update("Task", 201, {"task_assignees": [{"type": "HumanUser", "id": 42}]})

    (event,) = events()
    assert [link["name"] for link in event["meta"]["added"]] == ["森 航"]
    assert [link["name"] for link in event["meta"]["removed"]] == ["桜井 ひろ"]
    assert "new_value" not in event["meta"]


def test_creating_tells_the_new_entity_and_each_field(sg: Any, events: Events) -> None:
    made = sg.create("Task", {"content": "BG", "project": PROJECT, "sg_status_list": "apr", "entity": {"type": "Shot", "id": 101}})

    new, *changes = events()
    assert (new["event_type"], new["attribute_name"]) == ("Shotgun_Task_New", None)
    assert new["meta"] == {"type": "new_entity", "entity_type": "Task", "entity_id": made["id"]}
    fields = {event["attribute_name"]: event["meta"] for event in changes if event["meta"].get("in_create")}
    assert set(fields) == {"content", "project", "sg_status_list", "entity"}
    assert (fields["sg_status_list"]["old_value"], fields["sg_status_list"]["new_value"]) == (None, "apr")
    (back,) = [event for event in changes if not event["meta"].get("in_create")]
    assert (back["event_type"], back["attribute_name"]) == ("Shotgun_Shot_Change", "tasks")
    assert back["meta"]["actual_attribute_changed"] == "Task.entity"
    assert back["meta"]["original_event_log_entry_id"] in [event["id"] for event in changes]


def test_retiring_tells_twice_and_empties_the_entity_of_older_events(sg: Any, events: Events) -> None:
    sg.update("Task", 201, {"sg_status_list": "apr"})
    sg.delete("Task", 201)

    older, change, retired = events()
    assert older["entity"] is change["entity"] is retired["entity"] is None
    assert (older["meta"]["entity_id"], retired["meta"]["entity_id"]) == (201, 201)
    assert (change["attribute_name"], retired["event_type"]) == ("retirement_date", "Shotgun_Task_Retirement")
    assert retired["meta"]["type"] == "entity_retirement"
    sg.revive("Task", 201)
    assert [event["event_type"] for event in events()][-1] == "Shotgun_Task_Revival"


def test_a_script_whose_events_are_off_tells_nothing(sg: Any, events: Events) -> None:
    me = sg.find_one("ApiUser", [["firstname", "is", "haikei"]])
    sg.update("ApiUser", me["id"], {"generate_event_log_entries": False})
    events()

    sg.update("Task", 201, {"sg_status_list": "apr"})

    assert events() == []


def test_a_script_that_acts_as_a_person_is_named_in_meta(sg: Any, sandbox: RunningSandbox, events: Events) -> None:
    sudo = Shotgun(sandbox.url, script_name=sandbox.script_name, api_key=sandbox.api_key, sudo_as_login="sakura")
    sudo.update("Task", 201, {"sg_status_list": "apr"})
    sudo.close()

    (event,) = events()
    assert event["user"]["id"] == PERSON["id"]
    assert event["meta"]["sudo_actual_user"]["name"] == "haikei"


def test_scripts_write_events_of_their_own_that_nobody_changes(sg: Any) -> None:
    made = sg.create("EventLogEntry", {"event_type": "Haikei_Draft_Uploaded", "project": PROJECT, "meta": {"at": "x"}, "description": "d"})

    there = sg.find_one("EventLogEntry", [["id", "is", made["id"]]], ["event_type", "meta", "user"])
    assert (there["event_type"], there["meta"], there["user"]["name"]) == ("Haikei_Draft_Uploaded", {"at": "x"}, "haikei")
    for call in (lambda: sg.update("EventLogEntry", made["id"], {"description": "x"}), lambda: sg.delete("EventLogEntry", made["id"])):
        with pytest.raises(Fault):
            call()


def test_a_held_event_is_seen_after_later_ones(sg: Any, sandbox: RunningSandbox, events: Events) -> None:
    sandbox.faults.hold_events_s = 0.3
    sg.update("Task", 201, {"sg_status_list": "apr"})
    sandbox.faults.hold_events_s = 0
    sg.update("Task", 202, {"sg_status_list": "apr"})

    (seen,) = sg.find("EventLogEntry", [["event_type", "is", "Shotgun_Task_Change"]], ["meta"])
    time.sleep(0.35)
    held, _ = sg.find("EventLogEntry", [["event_type", "is", "Shotgun_Task_Change"]], ["meta"])

    assert (seen["meta"]["entity_id"], held["meta"]["entity_id"]) == (202, 201)
    assert held["id"] == seen["id"] - 1


def test_a_refused_batch_leaves_a_gap_in_the_ids(sg: Any, events: Events) -> None:
    requests = [
        {"request_type": "update", "entity_type": "Task", "entity_id": number, "data": {"sg_status_list": status}}
        for number, status in ((201, "apr"), (202, "nothing"))
    ]
    with pytest.raises(Fault):
        sg.batch(requests)
    sg.update("Task", 203, {"sg_status_list": "apr"})

    (event,) = events()
    assert event["id"] == 3


def test_meta_may_be_missing(sg: Any, sandbox: RunningSandbox, events: Events) -> None:
    sandbox.faults.null_meta = 1
    sg.update("Task", 201, {"sg_status_list": "apr"})
    sg.update("Task", 202, {"sg_status_list": "apr"})

    assert [event["meta"] is None for event in events()] == [True, False]
