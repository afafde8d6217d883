"""Every public method of the vendor's client gets an answer or a Fault."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shotgun_api3
from PIL import Image
from shotgun_api3 import Fault, ShotgunError

from integration.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import PASSWORD, PERSON, PROJECT

SHOT, VERSION = {"type": "Shot", "id": 101}, {"type": "Version", "id": 300}
LOCAL = {"add_user_agent", "reset_user_agent", "set_session_uuid", "connect", "close", "schema", "entity_types", "get_auth_cookie_handler"}
"""Methods that ask the server nothing, or were retired."""

Calls = dict[str, Callable[[], Any]]


def every_call(sg: Any, picture: str) -> Calls:
    return {**calls_of_entities(sg), **calls_of_files(sg, picture), **calls_of_people(sg)}


def calls_of_entities(sg: Any) -> Calls:
    return {
        "info": sg.info,
        "find": lambda: sg.find("Shot", []),
        "find_one": lambda: sg.find_one("Shot", []),
        "summarize": lambda: sg.summarize("Shot", [], [{"field": "id", "type": "count"}]),
        "create": lambda: sg.create("Tag", {"name": "t"}),
        "update": lambda: sg.update("Shot", 101, {"code": "x"}),
        "delete": lambda: sg.delete("Shot", 103),
        "revive": lambda: sg.revive("Shot", 103),
        "batch": lambda: sg.batch([]),
        "work_schedule_read": lambda: sg.work_schedule_read("2026-11-20", "2026-11-23"),
        "work_schedule_update": lambda: sg.work_schedule_update("2026-11-23", working=False, description="祝日"),
        "export_page": lambda: sg.export_page(1, "csv"),
        "follow": lambda: sg.follow(PERSON, SHOT),
        "unfollow": lambda: sg.unfollow(PERSON, SHOT),
        "followers": lambda: sg.followers(SHOT),
        "following": lambda: sg.following(PERSON, project=PROJECT, entity_type="Shot"),
        "schema_entity_read": sg.schema_entity_read,
        "schema_read": sg.schema_read,
        "schema_field_read": lambda: sg.schema_field_read("Shot"),
        "schema_field_create": lambda: sg.schema_field_create("Shot", "text", "f"),
        "schema_field_update": lambda: sg.schema_field_update("Shot", "code", {"name": "C"}),
        "schema_field_delete": lambda: sg.schema_field_delete("Shot", "sg_f"),
    }


def calls_of_files(sg: Any, picture: str) -> Calls:
    return {
        "share_thumbnail": lambda: sg.share_thumbnail([SHOT], source_entity=VERSION),
        "upload_thumbnail": lambda: sg.upload_thumbnail("Shot", 101, picture),
        "upload_filmstrip_thumbnail": lambda: sg.upload_filmstrip_thumbnail("Version", 300, picture),
        "upload": lambda: sg.upload("Version", 300, picture, field_name="sg_uploaded_movie"),
        "download_attachment": lambda: sg.download_attachment({"type": "Attachment", "id": 1}),
        "get_attachment_download_url": lambda: sg.get_attachment_download_url({"type": "Attachment", "id": 1}),
        "authenticate_human_user": lambda: sg.authenticate_human_user("sakura", PASSWORD),
    }


def calls_of_people(sg: Any) -> Calls:
    note = sg.create("Note", {"subject": "s", "content": "c", "project": PROJECT, "note_links": [SHOT]})
    sg.create("Reply", {"content": "はい", "entity": note})
    return {
        "update_project_last_accessed": lambda: sg.update_project_last_accessed(PROJECT, PERSON),
        "note_thread_read": lambda: sg.note_thread_read(note["id"], {"Note": ["project"]}),
        "text_search": lambda: sg.text_search("c00", {"Shot": [["id", "greater_than", 101]]}),
        "activity_stream_read": lambda: sg.activity_stream_read("Note", note["id"]),
        "nav_expand": lambda: sg.nav_expand("/"),
        "nav_search_string": lambda: sg.nav_search_string("/", "x"),
        "nav_search_entity": lambda: sg.nav_search_entity("/", SHOT),
        "get_session_token": sg.get_session_token,
        "preferences_read": lambda: sg.preferences_read(["hours_per_day"]),
        "user_subscriptions_read": sg.user_subscriptions_read,
        "user_subscriptions_create": lambda: sg.user_subscriptions_create([{"humanUserId": 41, "subscription": None}]),
    }


def test_every_public_method_answers_or_raises_a_fault(sg: Any, sandbox: RunningSandbox, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    Image.new("RGB", (64, 36), "red").save(picture)
    calls = every_call(sg, str(picture))
    public = {name for name, _ in inspect.getmembers(shotgun_api3.Shotgun, inspect.isfunction) if not name.startswith("_")}

    answers: dict[str, Any] = {}
    for name, call in calls.items():
        try:
            answers[name] = call()
        except (Fault, ShotgunError) as error:
            answers[name] = error

    assert public - LOCAL == set(calls)
    refused = {name for name, answer in answers.items() if isinstance(answer, Exception)}
    assert refused == {"export_page", "nav_expand", "nav_search_string", "nav_search_entity"}
    assert all(isinstance(answers[name], Fault) for name in refused)
    assert answers["work_schedule_read"]["2026-11-21"]["working"] is False
    assert answers["following"] == []
    assert [one["type"] for one in answers["note_thread_read"]] == ["Note", "Reply"]
    assert [one["id"] for one in answers["text_search"]["matches"]] == [102, 103]
    assert answers["activity_stream_read"]["updates"][-1]["update_type"] == "create"
    assert answers["preferences_read"] == {"hours_per_day": 8.0}
    assert answers["user_subscriptions_create"] is True


def test_following_is_remembered(sg: Any) -> None:
    sg.follow(PERSON, SHOT)
    sg.follow(PERSON, SHOT)

    assert [person["id"] for person in sg.followers(SHOT)] == [41]
    assert [shot["id"] for shot in sg.following(PERSON)] == [101]
    assert sg.unfollow(PERSON, SHOT)["unfollowed"] is True
    assert sg.followers(SHOT) == []
