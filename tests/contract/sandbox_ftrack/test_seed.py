"""Seeds: the same production on both trackers, and files that are no seeds."""

import json
from pathlib import Path
from typing import Any

import ftrack_api
import pytest

from integration.cli.sandbox import DEMO_SEED
from integration.errors import SettingsError
from integration.sandbox.ftrack.running import start_ftrack_sandbox
from integration.sandbox.ftrack.translated import ftrack_id, person_key


def test_the_demo_production_shows_itself_on_ftrack_too(tmp_path: Path) -> None:
    told = json.loads(DEMO_SEED.read_text(encoding="utf-8"))["entities"]
    with (
        start_ftrack_sandbox(DEMO_SEED, folder=tmp_path / "studio") as sandbox,
        ftrack_api.Session(
            sandbox.url, person_key("haikei-demo", "mochizuki"), "mochizuki", plugin_paths=[], schema_cache_path=False
        ) as session,
    ):
        shots = session.query("select name, parent.name, custom_attributes from Shot order by name").all()
        versions = session.query("select asset.name, asset.type.name, components.file_type, user.username from AssetVersion").all()
        tasks = session.query('select assignments.resource.username from Task where type.name is "Layout"').all()
        links = session.query(f"select to.name from TypedContextLink where from_id is {ftrack_id('Asset', 201)}").all()

    assert [shot["name"] for shot in shots] == sorted(one["code"] for one in told if one["type"] == "Shot")
    assert (shots[0]["parent"]["name"], shots[0]["custom_attributes"]["place"]) == ("ep03_A", "停留所前の田舎道")
    genzu = [version for version in versions if version["asset"]["type"]["name"] == "genzu"]
    assert len(genzu) == 14 and {version["user"]["username"] for version in genzu} == {"haraguchi"}
    assert {component["file_type"] for version in genzu for component in version["components"]} == {".png"}
    assert all(task["assignments"] for task in tasks) and sorted(link["to"]["name"] for link in links) == ["c001", "c002", "c009"]


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"entities": [{"__entity_type__": "Nothing"}]},
        {"entities": [{"__entity_type__": "Project", "id": "p", "name": "x", "project_schema_id": "@ProjectSchema/Unheard"}]},
        {"entities": [{"__entity_type__": "FileComponent", "name": "x", "file": "../../secret"}]},
        {"entities": [{"__entity_type__": "AssetType", "name": "x", "short": "@nothing"}]},
        {"custom_attributes": [{"key": "x", "on": "Nothing"}]},
    ],
)
def test_a_file_that_is_no_seed_makes_no_studio(tmp_path: Path, told: Any) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(SettingsError, match="cannot be loaded"):
        start_ftrack_sandbox(seed, folder=tmp_path / "studio")
    with start_ftrack_sandbox(None, folder=tmp_path / "studio") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
