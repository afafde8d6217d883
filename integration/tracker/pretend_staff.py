"""People at work in a pretend studio: each signs in as themselves, as on a real site, and does their part."""

from pathlib import Path
from typing import Protocol

from integration.production import TaskId, VersionId


class PretendStaff(Protocol):
    """Coordinators and artists of the demo production; for pretend studios alone."""

    def set_task_status(self, login: str, task: TaskId, status: str) -> None:
        """Somebody sets a task's status."""
        ...

    def set_version_status(self, login: str, version: VersionId, status: str) -> None:
        """Somebody says what became of a draft."""
        ...

    def hand_in(self, login: str, *, task: TaskId, name: str, picture: Path) -> VersionId:
        """An artist hands in a revision on their task."""
        ...
