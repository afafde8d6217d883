"""A pretend studio for each test that changes it, one for the rest; spoken to through the vendor's own client."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shotgun_api3
from PIL import Image

from integration.sandbox.server import RunningSandbox, start_sandbox

PASSWORD = "a-password-of-the-tests"
PROJECT = {"type": "Project", "id": 70}
PERSON = {"type": "HumanUser", "id": 41}


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, a show, a sequence of three cuts with a layout task each, and a Version with a picture."""
    folder = tmp_path_factory.mktemp("seed")
    Image.effect_noise((640, 360), 60).convert("RGB").save(folder / "genzu.png")
    entities: list[dict[str, Any]] = [
        {"type": "HumanUser", "id": 41, "login": "sakura", "name": "桜井 ひろ", "email": "s@example.com", "password_proxy": PASSWORD},
        {"type": "HumanUser", "id": 42, "login": "mori", "name": "森 航", "sg_status_list": "dis", "password_proxy": PASSWORD},
        {"type": "Project", "id": 70, "name": "雨の街"},
        {"type": "Step", "id": 11, "code": "Layout", "short_name": "LO", "entity_type": "Shot"},
        {"type": "Sequence", "id": 60, "code": "ep01", "project": PROJECT},
    ]
    for number in (1, 2, 3):
        shot = {"type": "Shot", "id": 100 + number}
        entities += [
            {**shot, "code": f"c00{number}", "project": PROJECT, "sg_sequence": {"type": "Sequence", "id": 60}, "sg_cut_in": number % 2},
            {
                "type": "Task", "id": 200 + number, "content": "Layout", "project": PROJECT, "entity": shot, "step": {"type": "Step", "id": 11},
                "sg_status_list": "rev", "task_assignees": [PERSON],
            },
        ]  # fmt: skip
    entities.append({
        "type": "Version", "id": 300, "code": "c001_genzu", "project": PROJECT, "entity": {"type": "Shot", "id": 101},
        "sg_task": {"type": "Task", "id": 201}, "user": PERSON, "sg_uploaded_movie": {"file": "genzu.png"}, "sg_x": "見", "sg_version_type": "genzu",
    })  # fmt: skip
    schema = {"Version": {"sg_x": {"data_type": "text", "name": "X"}, "sg_status_list": {"valid_values": ["na", "rev", "apr", "own"]}}}
    file = folder / "seed.json"
    file.write_text(json.dumps({"entities": entities, "schema": schema}, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture
def sandbox(seed: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    with start_sandbox(seed, folder=tmp_path / "studio", transcode_s=0.2) as running:
        yield running


@pytest.fixture
def sg(sandbox: RunningSandbox) -> Iterator[Any]:
    """The client as the script."""
    client = shotgun_api3.Shotgun(sandbox.url, script_name=sandbox.script_name, api_key=sandbox.api_key, convert_datetimes_to_utc=False)
    client.MAX_ATTEMPTS = 1
    yield client
    client.close()


@pytest.fixture(scope="session")
def shared(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A studio for tests that change nothing."""
    with start_sandbox(seed, folder=tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture(scope="session")
def reader(shared: RunningSandbox) -> Iterator[Any]:
    """The client of the studio in which nothing changes."""
    client = shotgun_api3.Shotgun(shared.url, script_name=shared.script_name, api_key=shared.api_key, convert_datetimes_to_utc=False)
    yield client
    client.close()


@pytest.fixture
def person(sandbox: RunningSandbox) -> Iterator[Any]:
    """The client as a person."""
    client = shotgun_api3.Shotgun(sandbox.url, login="sakura", password=PASSWORD, convert_datetimes_to_utc=False)
    yield client
    client.close()


@pytest.fixture
def events(sg: Any) -> Callable[[], list[dict[str, Any]]]:
    """Events since the test last asked."""
    fields = ["event_type", "attribute_name", "meta", "entity", "project", "user", "session_uuid", "description", "created_at"]
    seen = sg.find("EventLogEntry", [], [])[-1]["id"]

    def since() -> list[dict[str, Any]]:
        nonlocal seen
        found = list(sg.find("EventLogEntry", [["id", "greater_than", seen]], fields, order=[{"field_name": "id", "direction": "asc"}]))
        seen = found[-1]["id"] if found else seen
        return found

    return since
