"""`schema_*`, through the vendor's client."""

from typing import Any

import pytest
from shotgun_api3 import Fault

from tests.contract.sandbox.conftest import PROJECT


def test_every_type_and_field_is_described(reader: Any) -> None:
    kinds, everything = reader.schema_entity_read(), reader.schema_read(PROJECT)

    assert {"Project", "Shot", "Task", "Version", "EventLogEntry", "TimeLog", "PlaylistVersionConnection"} <= set(kinds) == set(everything)
    status = everything["Task"]["sg_status_list"]
    assert status["data_type"]["value"] == "status_list"
    assert status["properties"]["valid_values"]["value"] == ["wtg", "rdy", "ip", "rev", "apr", "fin", "hld", "omt"]
    assert status["properties"]["hidden_values"]["value"] == []
    assert everything["Task"]["content"]["mandatory"]["value"] is True
    assert everything["Task"]["entity"]["properties"]["valid_types"]["value"][0] == "Shot"
    codes = {status["code"] for status in reader.find("Status", [], ["code"])}
    assert set(everything["Version"]["sg_status_list"]["properties"]["valid_values"]["value"]) <= codes


def test_a_made_field_takes_values_and_filters(sg: Any) -> None:
    name = sg.schema_field_create("Version", "text", "haikei key", {"description": "d"})
    sg.update("Version", 300, {name: "k1"})

    assert name == "sg_haikei_key"
    assert sg.find("Version", [[name, "starts_with", "K"]], [name])[0][name] == "k1"
    assert sg.schema_field_read("Version", name)[name]["description"]["value"] == "d"


@pytest.mark.parametrize(
    ("data_type", "value", "properties"),
    [
        ("checkbox", True, {}),
        ("number", 5, {}),
        ("float", 0.5, {}),
        ("date", "2026-11-23", {}),
        ("list", "b", {"valid_values": ["a", "b"]}),
        ("duration", 60, {}),
        ("percent", 50, {}),
        ("serializable", {"a": [1]}, {}),
    ],
)
def test_fields_of_each_type_can_be_made(sg: Any, data_type: str, value: Any, properties: dict[str, Any]) -> None:
    name = sg.schema_field_create("Shot", data_type, f"My {data_type}", properties)

    assert sg.update("Shot", 101, {name: value})[name] == value
    assert sg.find_one("Shot", [["id", "is", 101]], [name])[name] == value


def test_a_link_field_keeps_to_its_types(sg: Any) -> None:
    name = sg.schema_field_create("Shot", "entity", "Look", {"valid_types": ["Asset"]})

    with pytest.raises(Fault):
        sg.update("Shot", 101, {name: {"type": "Shot", "id": 102}})
    with pytest.raises(Fault):
        sg.schema_field_create("Shot", "entity", "Look", {"valid_types": ["Nothing"]})


def test_a_taken_name_gets_a_number_and_a_trashed_one_is_refused(sg: Any) -> None:
    first, second = (sg.schema_field_create("Shot", "text", "Mood") for _ in range(2))

    assert (first, second) == ("sg_mood", "sg_mood_1")
    assert sg.schema_field_delete("Shot", "sg_mood_1") is True
    assert "sg_mood_1" not in sg.schema_field_read("Shot")
    assert sg.schema_field_delete("Shot", "sg_mood") is True
    with pytest.raises(Fault, match="trash"):
        sg.schema_field_create("Shot", "text", "Mood")


def test_values_and_names_can_be_changed_and_hidden_in_a_project(sg: Any) -> None:
    sg.schema_field_update("Version", "sg_version_type", {"valid_values": ["genzu", "AI draft"], "name": "Kind"})
    sg.schema_field_update("Version", "sg_version_type", {"visible": False}, project_entity=PROJECT)
    sg.schema_field_update("Task", "sg_status_list", {"hidden_values": ["omt"]}, project_entity=PROJECT)

    sg.update("Version", 300, {"sg_version_type": "AI draft"})
    here, everywhere = sg.schema_field_read("Version", "sg_version_type", PROJECT), sg.schema_field_read("Version", "sg_version_type")
    assert here["sg_version_type"]["name"]["value"] == "Kind"
    assert (here["sg_version_type"]["visible"]["value"], everywhere["sg_version_type"]["visible"]["value"]) == (False, True)
    status = sg.schema_field_read("Task", "sg_status_list", PROJECT)["sg_status_list"]["properties"]
    assert status["hidden_values"]["value"] == ["omt"]
    assert "omt" in status["valid_values"]["value"]


def test_what_cannot_be_changed_is_refused(reader: Any) -> None:
    calls: list[Any] = [
        lambda: reader.schema_field_create("Nothing", "text", "x"),
        lambda: reader.schema_field_create("Shot", "nothing", "x"),
        lambda: reader.schema_field_create("Shot", "text", " "),
        lambda: reader.schema_field_update("Shot", "nothing", {"name": "x"}),
        lambda: reader.schema_field_update("Shot", "code", {"data_type": "number"}),
        lambda: reader.schema_field_update("Shot", "code", {"visible": False}),
        lambda: reader.schema_field_delete("Shot", "code"),
        lambda: reader.schema_field_read("Shot", "nothing"),
        lambda: reader.schema_field_read("Nothing"),
    ]
    for call in calls:
        with pytest.raises(Fault):
            call()
