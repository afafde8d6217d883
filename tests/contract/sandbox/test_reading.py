"""`read` and `summarize`, through the vendor's client."""

from typing import Any

import pytest
from shotgun_api3 import Fault

from tests.contract.sandbox.conftest import PERSON, PROJECT

SHOT = {"type": "Shot", "id": 101}


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [one["id"] for one in found]


def test_a_filter_tree_is_followed_and_links_carry_names(reader: Any) -> None:
    either = {"filter_operator": "any", "filters": [["code", "is", "C001"], ["code", "is", "c003"]]}

    found = reader.find(
        "Shot", [either, ["project", "is", PROJECT]], ["code", "sg_sequence", "sg_sequence.Sequence.code", "tasks", "nothing"]
    )

    assert ids(found) == [101, 103]
    assert found[0]["sg_sequence"] == {"type": "Sequence", "id": 60, "name": "ep01"}
    assert found[0]["sg_sequence.Sequence.code"] == "ep01"
    assert found[0]["tasks"] == [{"type": "Task", "id": 201, "name": "Layout"}]
    assert "nothing" not in found[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (["content", "contains", "AYO"], [201, 202, 203]),
        (["content", "starts_with", "lay"], [201, 202, 203]),
        (["content", "not_contains", "lay"], []),
        (["id", "in", [203, 201]], [201, 203]),
        (["id", "in", 203, 201], [201, 203]),
        (["id", "not_in", [203, 201]], [202]),
        (["id", "between", 202, 203], [202, 203]),
        (["id", "less_than", 202], [201]),
        (["entity", "is", SHOT], [201]),
        (["entity", "is_not", SHOT], [202, 203]),
        (["entity", "in", [SHOT]], [201]),
        (["entity", "type_is", "Shot"], [201, 202, 203]),
        (["entity", "type_is", "Asset"], []),
        (["entity", "name_contains", "C003"], [203]),
        (["entity.Shot.sg_sequence.Sequence.code", "is", "ep01"], [201, 202, 203]),
        (["entity.Asset.code", "is", None], [201, 202, 203]),
        (["step.Step.short_name", "is", "lo"], [201, 202, 203]),
        (["task_assignees", "is", PERSON], [201, 202, 203]),
        (["task_reviewers", "is", None], [201, 202, 203]),
        (["task_assignees", "name_is", "桜井 ひろ"], [201, 202, 203]),
        (["sg_status_list", "in", ["rev", "apr"]], [201, 202, 203]),
        (["sg_status_list", "is_not", "rev"], []),
        (["created_at", "in_last", 1, "HOUR"], [201, 202, 203]),
        (["created_at", "not_in_last", 2, "MONTH"], []),
        (["created_at", "in_calendar_day", 0], [201, 202, 203]),
        (["created_at", "in_calendar_year", 1], []),
        (["due_date", "is", None], [201, 202, 203]),
        (["milestone", "is", False], [201, 202, 203]),
        (["image", "is", None], [201, 202, 203]),
        (["image", "is_not", None], []),
    ],
)
def test_a_relation_means_what_the_reference_says(reader: Any, condition: list[Any], expected: list[int]) -> None:
    assert ids(reader.find("Task", [condition])) == expected


def test_zero_is_not_nothing(reader: Any) -> None:
    assert ids(reader.find("Shot", [["sg_cut_in", "is_not", None]])) == [101, 102, 103]
    assert ids(reader.find("Shot", [["sg_cut_in", "is", 0]])) == [102]
    assert ids(reader.find("Shot", [["sg_cut_out", "between", 0, 9]])) == []


@pytest.mark.parametrize(
    "condition",
    [
        ["nothing", "is", 1],
        ["entity.Shot.nothing", "is", 1],
        ["entity.Nothing.code", "is", "x"],
        ["content.Shot.code", "is", "x"],
        ["content", "resembles", "x"],
        ["content", "is", 5],
        ["id", "is", "5"],
        ["entity", "is", 5],
        ["created_at", "in_last", "x", "HOUR"],
        ["created_at", "greater_than", "yesterday"],
        ["id", "between", 1],
        ["$FROM$EventLogEntry.entity.id", "is", 1],
    ],
)
def test_what_cannot_be_asked_is_refused(reader: Any, condition: list[Any]) -> None:
    with pytest.raises(Fault):
        reader.find("Task", [condition])


def test_passwords_meta_and_files_cannot_be_filtered(reader: Any) -> None:
    for kind, field in (("HumanUser", "password_proxy"), ("EventLogEntry", "meta"), ("Version", "sg_uploaded_movie")):
        with pytest.raises(Fault):
            reader.find(kind, [[field, "is", "x"]])


def test_an_unknown_type_is_refused(reader: Any) -> None:
    with pytest.raises(Fault):
        reader.find("Nothing", [])


def test_sorting_goes_both_ways_and_ties_go_by_id(reader: Any) -> None:
    def found(*order: tuple[str, str]) -> list[int]:
        return ids(reader.find("Shot", [], order=[{"field_name": name, "direction": way} for name, way in order]))

    assert found(("sg_cut_in", "asc")) == [102, 101, 103]
    assert found(("sg_cut_in", "desc")) == [101, 103, 102]
    assert found(("sg_cut_in", "desc"), ("code", "desc")) == [103, 101, 102]
    assert found(("sg_sequence.Sequence.code", "asc"), ("id", "desc")) == [103, 102, 101]
    with pytest.raises(Fault):
        found(("nothing", "asc"))


def test_pages_follow_each_other_and_the_last_one_says_so(sg: Any) -> None:
    sg.batch([{"request_type": "create", "entity_type": "Tag", "data": {"name": f"t{number}"}} for number in range(10)])
    sg.config._records_per_page = 5

    everything = sg.find("Tag", [])
    asked = {"type": "Tag", "return_fields": ["id"], "filters": {"logical_operator": "and", "conditions": []}}
    second = sg._call_rpc(
        "read", {**asked, "paging": {"entities_per_page": 5, "current_page": 2}, "return_paging_info_without_counts": True}
    )
    counted = sg._call_rpc("read", {**asked, "paging": {"entities_per_page": 4, "current_page": 1}, "return_paging_info": True})

    assert len(everything) == 10
    assert len(ids(sg.find("Tag", [], limit=7))) == 7
    assert ids(sg.find("Tag", [], limit=3, page=4)) == ids(everything)[9:]
    assert second["paging_info"]["has_next_page"] is False
    assert (counted["paging_info"]["entity_count"], counted["paging_info"]["page_count"]) == (10, 3)


def test_retired_entities_are_found_only_when_asked_for(sg: Any) -> None:
    assert sg.delete("Shot", 102) is True
    assert sg.delete("Shot", 102) is False

    assert ids(sg.find("Shot", [])) == [101, 103]
    assert ids(sg.find("Shot", [], retired_only=True)) == [102]
    assert sg.find_one("Task", [["id", "is", 202]], ["entity"])["entity"] is None
    assert [shot["id"] for shot in sg.find_one("Sequence", [["id", "is", 60]], ["shots"])["shots"]] == [101, 103]
    assert sg.revive("Shot", 102) is True
    assert sg.find_one("Task", [["id", "is", 202]], ["entity"])["entity"]["id"] == 102


def test_archived_projects_are_left_out_when_asked(sg: Any) -> None:
    sg.update("Project", 70, {"archived": True})

    assert sg.find("Shot", [], include_archived_projects=False) == []
    assert len(sg.find("Shot", [])) == 3


def test_passwords_are_never_shown(reader: Any) -> None:
    assert reader.find_one("HumanUser", [["id", "is", 41]], ["password_proxy"])["password_proxy"] == "*******"


def test_an_angle_bracket_comes_back_as_it_was_written(sg: Any) -> None:
    sg.update("Shot", 101, {"description": "左<右 & <b>"})

    assert sg.find_one("Shot", [["id", "is", 101]], ["description"])["description"] == "左<右 & <b>"


def test_sums_and_counts_come_by_group(sg: Any) -> None:
    for task, minutes in ((201, 30), (201, 60), (202, 15)):
        sg.create("TimeLog", {"entity": {"type": "Task", "id": task}, "duration": minutes, "date": "2026-11-22", "project": PROJECT})

    told = sg.summarize(
        "TimeLog",
        [],
        [{"field": "duration", "type": "sum"}, {"field": "id", "type": "record_count"}],
        grouping=[{"field": "entity", "type": "exact", "direction": "asc"}],
    )

    assert told["summaries"] == {"duration": 105, "id": 3}
    assert sum(group["summaries"]["duration"] for group in told["groups"]) == 105
    assert sg.find_one("Task", [["id", "is", 201]], ["time_logs_sum"])["time_logs_sum"] == 90
    assert sg.summarize("Task", [], [{"field": "sg_status_list", "type": "count"}])["summaries"] == {"sg_status_list": 3}
    with pytest.raises(Fault):
        sg.summarize("Task", [], [{"field": "content", "type": "sum"}])
