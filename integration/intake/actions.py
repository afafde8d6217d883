"""What a hook may do. Each action reads the tracker's present state before it acts, so late and doubled events do no harm."""

from typing import Protocol

from integration.events import TaskStatusChanged, TimeLogged, TrackerEvent, VersionStatusChanged
from integration.production import TaskId, TimeLogId, VersionId


class Actions(Protocol):
    """What a hook may do."""

    def start_draft(self, task: TaskId, *, because: TrackerEvent) -> None:
        """Start the background drafts of an approved layout task, or hold them visibly and say why."""
        ...

    def withdraw_draft(self, task: TaskId, *, because: TaskStatusChanged) -> None:
        """Cancel what a reopened layout has not been delivered of, and supersede what has."""
        ...

    def look_at_genzu(self, version: VersionId, *, because: TrackerEvent) -> None:
        """A Version came or changed: if it is the genzu of an approved layout task, start or replace its drafts."""
        ...

    def record_outcome(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is one of our drafts, record what its reviewer says became of it."""
        ...

    def record_revision(self, version: VersionId, *, because: TrackerEvent) -> None:
        """If the Version was handed in on a review task, record the artist's revision."""
        ...

    def question_final(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is final, has AI-made area and no approval covers that, ask people."""
        ...

    def record_approval(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is a recorded revision that became final, record who set the status."""
        ...

    def look_through(self, version: VersionId) -> None:
        """Look through the Version's file for what it says of AI; ask people where that was neither declared nor allowed."""
        ...

    def record_time(self, time_log: TimeLogId, *, because: TimeLogged) -> None:
        """If the time log is on a background's task, record its hours as the tracker has them now, or that they no longer hold."""
        ...
