"""People at work in the pretend studio: each signs in with a key of their own, as on a real site, and does their part."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ftrack_api
from ftrack_api.symbol import SERVER_LOCATION_ID

from integration.production import TaskId, VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class FtrackStaff:
    """See `PretendStaff`."""

    url: str
    password: str
    """All of them share it; a person's key is it and their login, joined by a hyphen."""

    def set_task_status(self, login: str, task: TaskId, status: str) -> None:
        """See `PretendStaff.set_task_status`."""
        self._set_status(login, "Task", task, status)

    def set_version_status(self, login: str, version: VersionId, status: str) -> None:
        """See `PretendStaff.set_version_status`."""
        self._set_status(login, "AssetVersion", version, status)

    def hand_in(self, login: str, *, task: TaskId, name: str, picture: Path) -> VersionId:
        """See `PretendStaff.hand_in`."""
        with self._signed_in(login) as session:
            on = session.get("Task", task)
            kind = session.query('AssetType where short is "upload"').one()
            title = re.sub(r"_v\d+$", "", name)
            wanted = f'Asset where name is "{title}" and context_id is "{on["parent"]["id"]}"'
            asset = session.query(wanted).first() or session.create("Asset", {"name": title, "type": kind, "parent": on["parent"]})
            version = session.create("AssetVersion", {"asset": asset, "task": on})
            session.commit()
            component = version.create_component(str(picture), {"name": "main"}, location=session.get("Location", SERVER_LOCATION_ID))
            session.commit()
            version.encode_media(component)
            return VersionId(version["id"])

    def _set_status(self, login: str, kind: str, number: str, status: str) -> None:
        with self._signed_in(login) as session:
            found = session.query(f'Status where name is "{status}"').one()
            session.get(kind, number)["status_id"] = found["id"]
            session.commit()

    @contextmanager
    def _signed_in(self, login: str) -> Iterator[Any]:
        key = f"{self.password}-{login}"
        with ftrack_api.Session(self.url, key, login, plugin_paths=[], schema_cache_path=False, strict_api=True) as session:
            yield session
