"""What a hook may do. Each action reads the tracker's present state before it acts, so late and doubled events do no harm."""

from typing import Protocol

from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    NoteCreated,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.production import BackgroundId, NoteId, TaskId, TimeLogId, VersionId


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

    def follow_background(self, background: BackgroundId, *, because: BackgroundStatusChanged) -> None:
        """Withdraw the drafts of a background that is omitted; of one that is no longer, start what its approved layout asks for."""
        ...

    def start_new_round(self, note: NoteId, *, because: NoteCreated) -> None:
        """If the Note is an art director's and asks for new drafts, start another round, or say why not."""
        ...

    def keep_drawings(self, note: NoteId, *, because: NoteAttached) -> None:
        """If the Note started a round, record what was drawn on it since."""
        ...

    def hand_over(self, task: TaskId, *, because: TaskAssigneesChanged) -> None:
        """If it is a review task with drafts, tell whoever is on it now and was not told, and record the handover."""
        ...

    def record_retake(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is a revision that was sent back to its artist, record by whom."""
        ...

    def record_retirement(self, version: VersionId, *, because: VersionRetired) -> None:
        """If the Version was a draft or a revision, record who deleted it; if it was a genzu, reconsider its layout."""
        ...

    def record_revival(self, version: VersionId, *, because: VersionRevived) -> None:
        """If the Version is a draft or a revision, record who took it back; if it is a genzu, reconsider its layout."""
        ...

    def record_outcome(self, version: VersionId, *, because: VersionStatusChanged | OutcomeSaid) -> None:
        """If the Version is one of our drafts, record what somebody says became of it, until the shot is final."""
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
