"""`create`, `update`, `delete`, `revive` and `batch`, through the vendor's client."""

import datetime as dt
from typing import Any

import pytest
from shotgun_api3 import Fault

from tests.contract.sandbox.conftest import PERSON, PROJECT


def test_what_is_created_is_there_with_its_defaults_and_author(sg: Any, person: Any) -> None:
    made = person.create("Version", {"code": "v1", "project": PROJECT, "entity": {"type": "Shot", "id": 101}}, ["sg_status_list"])
    there = sg.find_one("Version", [["id", "is", made["id"]]], ["created_by", "updated_by", "created_at", "sg_status_list", "user"])

    assert (made["type"], made["code"], made["sg_status_list"]) == ("Version", "v1", "rev")
    assert made["entity"] == {"type": "Shot", "id": 101, "name": "c001"}
    assert there["created_by"]["id"] == there["updated_by"]["id"] == there["user"]["id"] == 41
    assert isinstance(there["created_at"], dt.datetime)


def test_an_update_changes_who_and_when(sg: Any, person: Any) -> None:
    person.update("Task", 201, {"sg_status_list": "apr"})

    there = sg.find_one("Task", [["id", "is", 201]], ["sg_status_list", "updated_by", "created_by"])
    assert (there["sg_status_list"], there["updated_by"]["name"]) == ("apr", "桜井 ひろ")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Nothing", {"code": "x"}),
        ("Task", {"project": PROJECT}),
        ("Task", {"content": ""}),
        ("Task", {"content": "x", "nothing": 1}),
        ("Task", {"content": "x", "sg_status_list": "vwd"}),
        ("Task", {"content": "x", "sg_status_list": 5}),
        ("Task", {"content": 5}),
        ("Task", {"content": "x", "entity": {"type": "Shot", "id": 9999}}),
        ("Task", {"content": "x", "entity": {"type": "Playlist", "id": 1}}),
        ("Task", {"content": "x", "entity": "c001"}),
        ("Task", {"content": "x", "due_date": "tomorrow"}),
        ("Task", {"content": "x", "duration": "long"}),
        ("Task", {"content": "x", "milestone": "yes"}),
        ("Task", {"content": "x", "task_assignees": PERSON}),
        ("Task", {"content": "x", "time_logs_sum": 5}),
        ("Task", {"content": "x", "updated_at": "2026-11-22T00:00:00Z"}),
        ("Version", {"code": "x", "sg_version_type": "nothing"}),
        ("Version", {"code": "x", "sg_uploaded_movie": "a.png"}),
        ("Project", {"name": "雨の街"}),
        ("HumanUser", {"login": "sakura"}),
    ],
)
def test_what_cannot_be_written_is_refused(reader: Any, kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Fault):
        reader.create(kind, fields)


def test_a_refused_update_changes_nothing(reader: Any) -> None:
    with pytest.raises(Fault):
        reader.update("Task", 201, {"content": "other", "sg_status_list": "nothing"})
    with pytest.raises(Fault):
        reader.update("Task", 201, {"content": None})
    with pytest.raises(Fault):
        reader.update("Task", 9999, {"content": "x"})

    assert reader.find_one("Task", [["id", "is", 201]], ["content"])["content"] == "Layout"


def test_links_to_many_are_set_added_and_removed(sg: Any) -> None:
    one, two = {"type": "Group", "id": sg.create("Group", {"code": "a"})["id"]}, {"type": "HumanUser", "id": 42}

    def reviewers() -> list[str]:
        return [link["type"] for link in sg.find_one("Task", [["id", "is", 201]], ["task_reviewers"])["task_reviewers"]]

    sg.update("Task", 201, {"task_reviewers": [one]})
    sg.update("Task", 201, {"task_reviewers": [two, one]}, multi_entity_update_modes={"task_reviewers": "add"})
    assert reviewers() == ["Group", "HumanUser"]
    sg.update("Task", 201, {"task_reviewers": [one]}, multi_entity_update_modes={"task_reviewers": "remove"})
    assert reviewers() == ["HumanUser"]
    sg.update("Task", 201, {"task_reviewers": []})
    assert reviewers() == []


def test_a_link_has_two_sides(sg: Any) -> None:
    asset = sg.create("Asset", {"code": "街", "project": PROJECT, "shots": [{"type": "Shot", "id": 101}]})
    playlist = sg.create("Playlist", {"code": "見る", "project": PROJECT, "versions": [{"type": "Version", "id": 300}]})
    sg.update("Task", 203, {"entity": {"type": "Shot", "id": 101}})

    shot = sg.find_one("Shot", [["id", "is", 101]], ["assets", "tasks"])
    assert [link["id"] for link in shot["assets"]] == [asset["id"]]
    assert [link["id"] for link in shot["tasks"]] == [201, 203]
    assert sg.find_one("Shot", [["id", "is", 103]], ["tasks"])["tasks"] == []
    assert [one["id"] for one in sg.find_one("Version", [["id", "is", 300]], ["playlists"])["playlists"]] == [playlist["id"]]
    order = sg.find_one("PlaylistVersionConnection", [["playlist", "is", playlist]], ["version", "sg_sort_order"])
    assert (order["version"]["id"], order["sg_sort_order"]) == (300, 1)
    sg.update("Shot", 101, {"tasks": [{"type": "Task", "id": 202}]})
    assert sg.find_one("Task", [["id", "is", 201]], ["entity"])["entity"] is None
    assert sg.find_one("Shot", [["id", "is", 102]], ["tasks"])["tasks"] == []


def test_a_batch_is_done_whole_or_not_at_all(sg: Any, events: Any) -> None:
    good = {"request_type": "create", "entity_type": "Shot", "data": {"code": "c009", "project": PROJECT}}
    change = {"request_type": "update", "entity_type": "Task", "entity_id": 201, "data": {"sg_status_list": "apr"}}
    gone = {"request_type": "delete", "entity_type": "Task", "entity_id": 202}
    bad = {"request_type": "update", "entity_type": "Task", "entity_id": 203, "data": {"sg_status_list": "nothing"}}

    with pytest.raises(Fault, match="index 3 failed"):
        sg.batch([good, change, gone, bad])

    assert sg.find_one("Shot", [["code", "is", "c009"]]) is None
    assert sg.find_one("Task", [["id", "is", 201]], ["sg_status_list"])["sg_status_list"] == "rev"
    assert events() == []
    made, changed, deleted = sg.batch([good, change, gone])
    assert (made["type"], changed["sg_status_list"], deleted) == ("Shot", "apr", True)
    assert [one["event_type"] for one in events() if one["event_type"].endswith(("_New", "_Retirement"))] == [
        "Shotgun_Shot_New",
        "Shotgun_Task_Retirement",
    ]


def test_what_never_existed_cannot_be_deleted_or_revived(reader: Any) -> None:
    for call in (reader.delete, reader.revive):
        with pytest.raises(Fault):
            call("Shot", 9999)
    assert reader.revive("Shot", 101) is False


def test_only_scripts_may_date_things_back(sg: Any, person: Any) -> None:
    long_ago = dt.datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001

    made = sg.create("Note", {"subject": "x", "project": PROJECT, "created_at": long_ago})

    assert made["created_at"] == long_ago
    with pytest.raises(Fault):
        person.create("Note", {"subject": "x", "project": PROJECT, "created_at": long_ago})


def test_every_type_of_data_keeps_its_value(sg: Any) -> None:
    written = {
        "content": "😀 原図", "due_date": "2026-12-01", "duration": 480, "milestone": True, "tag_list": ["急", "雨"], "sg_status_list": "ip",
    }  # fmt: skip
    made = sg.create("Task", written)
    local = sg.create("PublishedFile", {"code": "x", "path": {"local_path": "/show/x.psd", "name": "x"}})
    web = sg.update("Version", 300, {"sg_uploaded_movie": {"url": "https://example.com/a", "name": "a"}})["sg_uploaded_movie"]

    assert sg.find_one("Task", [["id", "is", made["id"]]], list(written)) == {"type": "Task", "id": made["id"], **written}
    assert local["path"]["local_path"] == "/show/x.psd"
    assert (web["url"], web["link_type"]) == ("https://example.com/a", "web")
