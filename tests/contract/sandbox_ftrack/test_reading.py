"""The vendor's client reads the pretend site as it reads a real one."""

import json
from pathlib import Path
from typing import Any

import ftrack_api
import ftrack_api.exception
import pytest
import requests

from integration.sandbox.ftrack.stock import stock_id
from tests.contract.sandbox_ftrack.studio import KEYS, LAYOUT, PROJECT, SHOT, Site


@pytest.fixture(scope="module")
def session(shared: Site) -> Any:
    return shared.session()


def test_a_session_knows_every_type_and_the_fixed_locations(session: Any) -> None:
    assert {"Shot", "AssetVersion", "TypedContextStatusChange", "ReviewSession"} <= set(session.types)
    assert session.get("Location", "3a372bde-05bc-11e4-8908-20c9d081909b")["name"] == "ftrack.server"


def test_the_schema_is_fetched_once_for_its_hash(shared: Site, tmp_path: Path) -> None:
    first = shared.session(schema_cache_path=str(tmp_path))
    kept = (tmp_path / "ftrack_api_schema_cache.json").read_text(encoding="utf-8")
    again = shared.session(schema_cache_path=str(tmp_path))

    assert ftrack_api.__version__ and again.schemas == first.schemas == json.loads(kept)
    assert (tmp_path / "ftrack_api_schema_cache.json").read_text(encoding="utf-8") == kept


@pytest.mark.parametrize(
    "condition",
    [
        f'id is "{LAYOUT}"',
        f"id in ({LAYOUT}, nothing)",
        'status.name is "pending REVIEW"',
        'name like "Lay%" and not name like "x%"',
        'name not_like "x_" and status.name not_in ("Approved", "Omitted")',
        'parent[Shot].name = "c001"',
        'parent.parent.name is ep01 and project.name is "雨の街"',
        'assignments any (resource.username is "artist")',
        "assignments any () and notes.id is none",
        'parent has (name is "c001" and custom_attributes any (key is "place" and value is "山道"))',
        "priority.value <= 0 and sort greater_than -1",
        "created_at after 2020-01-01 and created_at before 2999-01-01T00:00:00+09:00",
        f'parent_id is "{SHOT}"and type.name is_not none',
        'parent.id in (select id from Shot where name is "c001")',
        '(name is "x" or name is "Layout") and (type.name is Layout)',
        'name is "x" or name is "Layout" and type.name is Layout',
        'descendants.id is none and ancestors any (name is "ep01")',
    ],
)
def test_a_condition_finds_the_task(session: Any, condition: str) -> None:
    assert [task["id"] for task in session.query(f"select name from Task where {condition}")] == [LAYOUT]


@pytest.mark.parametrize(
    "condition",
    [
        'name is "c001"',
        'status.name is_not "Pending review"',
        'parent[AssetBuild].name is "c001"',
        "assignments any (resource.username is nobody)",
        "created_at after 2999-01-01",
        "notes any ()",
        'name like "Lay\\_%"',
        "not (id is_not none)",
    ],
)
def test_a_condition_finds_nothing(session: Any, condition: str) -> None:
    assert session.query(f"select name from Task where {condition}").all() == []


def test_projections_come_with_one_call(session: Any) -> None:
    task = session.query(
        f"select name, status.name, type.name, parent.name, parent.parent.name, project.name, assignments.resource.username, link "
        f"from Task where id is {LAYOUT}"
    ).one()
    with session.auto_populating(False):
        held = (task["name"], task["status"]["name"], task["type"]["name"], task["parent"]["name"], task["parent"]["parent"]["name"])
        assert held == ("Layout", "Pending review", "Layout", "c001", "ep01")
        assert [one["resource"]["username"] for one in task["assignments"]] == ["artist"]
        assert [step["name"] for step in task["link"]] == ["雨の街", "ep01", "c001", "Layout"]


def test_what_was_not_projected_is_fetched_when_it_is_asked_for(session: Any) -> None:
    shot = session.query(f"select id from Shot where id is {SHOT}").one()

    assert (shot["name"], shot["custom_attributes"]["place"], shot["project"]["id"]) == ("c001", "山道", PROJECT)


def test_results_are_ordered_and_paged(session: Any) -> None:
    query = session.query("select name from Status order by name descending", page_size=2)

    names = [status["name"] for status in query]

    assert names == sorted(names, key=str.casefold, reverse=True) and len(names) == 9


def test_a_workflow_tells_its_statuses_and_types(session: Any) -> None:
    schema = session.get("Project", PROJECT)["project_schema"]

    assert "Approved" in [status["name"] for status in schema.get_statuses("Task")]
    assert schema.get_statuses("AssetVersion")[0]["id"] == stock_id("Status", "Pending review")
    assert "Omitted" in [status["name"] for status in schema.get_statuses("Shot")]
    assert "Background" in [each["name"] for each in schema.get_types("Task")]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("Task where nonsense is 1", "InvalidAttributeError"),
        ("select status.nonsense from Task", "InvalidAttributeError"),
        ("select name.more from Task", "InvalidAttributeError"),
        ("select name from Task where parent[Nothing].name is x", "InvalidAttributeError"),
        ("select name from Task where name is", "ParseError"),
        ('select name from Task where name is "open', "ParseError"),
        (f"select name from Task where {'(' * 60}", "ParseError"),
        ("select name from Task where name is a garbage", "ParseError"),
    ],
)
def test_a_query_that_means_nothing_is_refused_in_ftracks_words(session: Any, expression: str, said: str) -> None:
    with pytest.raises(ftrack_api.exception.ServerError, match=said):
        session.query(expression).all()


def test_errors_are_http_200_for_clients_that_are_not_strict(shared: Site) -> None:
    headers = {"ftrack-user": "sakura", "ftrack-api-key": KEYS["sakura"]}
    batch = [{"action": "query", "expression": "Nothing"}]

    plain = requests.post(f"{shared.sandbox.url}/api", json=batch, headers=headers, timeout=10)
    strict = requests.post(f"{shared.sandbox.url}/api", json=batch, headers={**headers, "ftrack-strict-api": "true"}, timeout=10)

    assert (plain.status_code, strict.status_code) == (200, 400)
    assert plain.json() == strict.json() == {"exception": "InvalidTypeError", "content": "There is no type 'Nothing'", "error_code": None}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'{"action": "query"}', b"[" * 100_000, b'[{"action": ["query"]}]', b'[{"action": "query", "expression": 3}]'],
)
def test_a_body_that_is_no_call_is_refused(shared: Site, body: bytes) -> None:
    headers = {"ftrack-user": "sakura", "ftrack-api-key": KEYS["sakura"], "ftrack-strict-api": "true"}

    answer = requests.post(f"{shared.sandbox.url}/api", data=body, headers=headers, timeout=10)

    assert 400 <= answer.status_code < 500 and answer.json()["exception"]


@pytest.mark.parametrize(
    ("user", "key"), [("sakura", "wrong"), ("nobody", KEYS["sakura"]), ("artist", KEYS["sakura"]), ("left", KEYS["left"]), ("sakura", "")]
)
def test_who_may_not_sign_in_is_told_so(shared: Site, user: str, key: str) -> None:
    headers = {"ftrack-user": user, "ftrack-api-key": key}
    answer = requests.post(f"{shared.sandbox.url}/api", json=[{"action": "query_server_information"}], headers=headers, timeout=10)

    assert answer.json()["exception"] == "InvalidCredentialsError"
