"""A small production on a pretend ftrack site, for the tests of the site itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ftrack_api

from integration.sandbox.ftrack.running import RunningFtrackSandbox, start_ftrack_sandbox

PROJECT, SHOT, LAYOUT, ARTIST = "project-1", "shot-1", "layout-1", "user-artist"
KEYS = {"sakura": "a-key-of-sakura", "reader": "a-key-that-reads", "plain": "a-key-without-attributes", "left": "a-key-of-one-who-left"}


def write_seed(folder: Path) -> Path:
    """One show with one cut, its layout task, and people whose keys allow different things."""
    told = {
        "custom_attributes": [
            {"key": "place", "on": "Shot"},
            {"key": "haikei_genzu", "on": "AssetVersion", "type": "boolean"},
            {"key": "haikei_outcome", "on": "AssetVersion", "type": "enumerator", "choices": ["used", "not used"], "id": "outcome-1"},
        ],
        "entities": [
            {"__entity_type__": "Project", "id": PROJECT, "name": "雨の街", "project_schema_id": "@ProjectSchema/Animation"},
            *(
                {"__entity_type__": "User", "id": f"user-{name}", "username": name, "first_name": "花", "is_active": name != "left"}
                for name in (*KEYS, "artist")
            ),
            {"__entity_type__": "Episode", "id": "episode-1", "name": "ep01", "parent_id": PROJECT},
            {"__entity_type__": "Shot", "id": SHOT, "name": "c001", "parent_id": "episode-1", "custom_attributes": {"place": "山道"}},
            {
                "__entity_type__": "Task",
                "id": LAYOUT,
                "name": "Layout",
                "parent_id": SHOT,
                "type_id": "@Type/Layout",
                "status_id": "@Status/Pending review",
            },
            {"__entity_type__": "Appointment", "context_id": LAYOUT, "resource_id": ARTIST, "type": "assignment"},
        ],
        "api_keys": [
            {"key": KEYS["sakura"], "user": "sakura"},
            {"key": KEYS["reader"], "user": "reader", "rights": []},
            {"key": KEYS["plain"], "user": "plain", "rights": ["write"]},
            {"key": KEYS["left"], "user": "left"},
        ],
    }
    seed = folder / "seed.json"
    seed.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return seed


@dataclass
class Site:
    """A running site and sessions on it."""

    sandbox: RunningFtrackSandbox
    cache: Path
    sessions: list[Any]

    def session(self, name: str = "sakura", **options: Any) -> Any:
        """The vendor's client, as a person."""
        given = {"plugin_paths": [], "schema_cache_path": str(self.cache), "strict_api": True, **options}
        session = ftrack_api.Session(self.sandbox.url, KEYS[name], name, **given)
        self.sessions.append(session)
        return session


@contextmanager
def running_site(folder: Path, start: Callable[..., RunningFtrackSandbox] = start_ftrack_sandbox) -> Iterator[Site]:
    """A site that lives in `folder`."""
    with start(write_seed(folder), folder=folder / "studio", encode_s=0.05) as sandbox:
        site = Site(sandbox, folder, [])
        yield site
        for session in site.sessions:
            session.close()
