"""What happened in a tracker, in the past tense and without a tracker's spelling."""

from dataclasses import dataclass
from datetime import datetime

from integration.production import BackgroundId, EventId, NoteId, Person, ProjectId, TaskId, TimeLogId, VersionId, require_aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What every event carries."""

    event_id: EventId
    """The tracker's own id: unique on a site, the same however the event reaches us."""
    order: int
    """Grows with the order in which the tracker committed its events."""
    at: datetime
    """The tracker's clock, aware UTC."""
    project: ProjectId
    by: Person | None
    """Who did it; None when the tracker does not say."""

    def __post_init__(self) -> None:
        require_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStatusChanged(Happened):
    """A task went from one status to another, or was created with one."""

    task: TaskId
    old: str | None
    """None when the task was created with the new status."""
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigneesChanged(Happened):
    """Somebody was put on a task or taken off it; who is on it now, the task says."""

    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundStatusChanged(Happened):
    """A Shot, or whatever else backgrounds hang on, went from one status to another."""

    background: BackgroundId
    old: str | None
    """None when it was created with the new status."""
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCreated(Happened):
    """A Version appeared; its media may come later."""

    version: VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMediaUploaded(Happened):
    """A Version received its file, or another one."""

    version: VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStatusChanged(Happened):
    """A Version went from one status to another."""

    version: VersionId
    old: str | None
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRetired(Happened):
    """A Version was deleted; it can no longer be read."""

    version: VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRevived(Happened):
    """A deleted Version was taken back, where a tracker can."""

    version: VersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCreated(Happened):
    """Somebody wrote a Note; what is drawn on it may come later."""

    note: NoteId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAttached(Happened):
    """A Note received a file, such as what was drawn over a draft."""

    note: NoteId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSaid(Happened):
    """Somebody said what became of a draft, in the Version's field for it."""

    version: VersionId
    said: str
    """The field's words, such as ``partly used``; untrusted, never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLogged(Happened):
    """Somebody logged, changed or withdrew time."""

    time_log: TimeLogId


TrackerEvent = (
    TaskStatusChanged
    | TaskAssigneesChanged
    | BackgroundStatusChanged
    | VersionCreated
    | VersionMediaUploaded
    | VersionStatusChanged
    | OutcomeSaid
    | VersionRetired
    | VersionRevived
    | NoteCreated
    | NoteAttached
    | TimeLogged
)
"""Everything a tracker may tell us."""
