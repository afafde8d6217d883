"""People at work in the pretend studio: each signs in with login and password, as on a real site, and does their part."""

from dataclasses import dataclass
from pathlib import Path

import shotgun_api3

from integration.production import TaskId, VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotGridStaff:
    """See `PretendStaff`."""

    url: str
    password: str
    """All of them share it."""

    def set_task_status(self, login: str, task: TaskId, status: str) -> None:
        """See `PretendStaff.set_task_status`."""
        self._signed_in(login).update("Task", int(task), {"sg_status_list": status})

    def set_version_status(self, login: str, version: VersionId, status: str) -> None:
        """See `PretendStaff.set_version_status`."""
        self._signed_in(login).update("Version", int(version), {"sg_status_list": status})

    def hand_in(self, login: str, *, task: TaskId, name: str, picture: Path) -> VersionId:
        """See `PretendStaff.hand_in`."""
        shotgrid = self._signed_in(login)
        on = shotgrid.find_one("Task", [["id", "is", int(task)]], ["project", "entity"])
        me = shotgrid.find_one("HumanUser", [["login", "is", login]])
        version = shotgrid.create(
            "Version",
            {
                "code": name,
                "project": on["project"],
                "entity": on["entity"],
                "sg_task": {"type": "Task", "id": int(task)},
                "user": me,
                "sg_status_list": "rev",
            },
        )
        shotgrid.upload("Version", version["id"], str(picture), field_name="sg_uploaded_movie")
        return VersionId(str(version["id"]))

    def _signed_in(self, login: str) -> shotgun_api3.Shotgun:
        return shotgun_api3.Shotgun(self.url, login=login, password=self.password)
