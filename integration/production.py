"""The production as haikei sees it, in the field's words and no tracker's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NewType

ProjectId = NewType("ProjectId", str)
BackgroundId = NewType("BackgroundId", str)
"""Names the entity a studio hangs backgrounds on, with its kind: ``Shot:1024`` or ``Asset:77``; ``AssetBuild:`` and a uuid."""
ShotId = NewType("ShotId", str)
TaskId = NewType("TaskId", str)
VersionId = NewType("VersionId", str)
PersonId = NewType("PersonId", str)
"""Names a person, group or script with its kind: ``HumanUser:12``, ``Group:3``, ``ApiUser:1``; ``User:`` and a uuid."""
NoteId = NewType("NoteId", str)
PlaylistId = NewType("PlaylistId", str)
TimeLogId = NewType("TimeLogId", str)
EventId = NewType("EventId", str)


def require_aware(moment: datetime) -> datetime:
    """Return `moment` in UTC.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)


class PersonKind(StrEnum):
    """Who may stand behind a change."""

    HUMAN = "human"
    GROUP = "group"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or something, the tracker knows by name."""

    id: PersonId
    name: str
    """The name as the tracker shows it, usually Japanese."""
    name_en: str = ""
    """The name in Latin letters, empty when the tracker has none."""
    role: str = ""
    """What this person does in the show, in the tracker's words."""
    kind: PersonKind = PersonKind.HUMAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A show."""

    id: ProjectId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A cut."""

    id: ShotId
    code: str
    """The cut's number as people say it: ``c012``."""
    cut_order: int | None = None
    """Its place in the cut, as the tracker counts; None where that is unknown, as of a cut that was only linked to."""
    first_frame: int | None = None
    """Number of its first frame, in the show's own counting; None with `last_frame` where the tracker has no sound range."""
    last_frame: int | None = None
    """Number of its last frame, which it still shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The unit of work: one background, serving one or many shots."""

    id: BackgroundId
    project: Project
    code: str
    """Name people say: the cut's code, or the background's own."""
    shots: tuple[Shot, ...]
    """The cuts it serves, at least one when it hangs on a Shot."""
    status: str = ""
    """The tracker's status code; empty where it has none."""
    episode: str = ""
    place: str = ""
    season: str = ""
    time_of_day: str = ""
    weather: str = ""
    light: str = ""
    art_note: str = ""
    """What the art director wrote about the background, in their own words."""
    no_draft: bool = False
    """Whether it is to be painted without a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step's work on one background."""

    id: TaskId
    project: Project
    name: str
    step: str
    """The step's short name or code, as settings name it."""
    status: str
    """The tracker's status code."""
    background: BackgroundId | None
    """What it is linked to; None for a task that hangs in the air."""
    assignees: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()
    """People named as deciding on it; may be empty."""
    bid_minutes: int | None = None
    """How long it is thought to take; None where nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The file behind a Version, not yet fetched."""

    id: str
    """The tracker's lasting id of the file, never a signed URL."""
    name: str
    """File name as uploaded; untrusted text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Something handed in for review."""

    id: VersionId
    project: Project
    name: str
    status: str
    version_type: str
    """The tracker's type of Version, empty when it has none."""
    created_at: datetime
    """Aware UTC."""
    by: Person | None
    """Who handed it in."""
    task: TaskId | None
    background: BackgroundId | None
    media: Media | None
    """None until something was uploaded."""
    key: str = ""
    """haikei's own key when haikei made it, else empty."""
    is_genzu: bool = False
    """Whether the field that settings name as the genzu mark is set."""
    declares_ai: bool = False
    """Whether whoever handed it in declares that AI was used in it."""

    def __post_init__(self) -> None:
        require_aware(self.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about something in the tracker."""

    id: NoteId
    project: Project
    by: Person | None
    """Who wrote it."""
    created_at: datetime
    """Aware UTC."""
    subject: str
    """Untrusted, as `content` is."""
    content: str
    background: BackgroundId | None
    """The background it is linked to itself; None where only its Versions or tasks are."""
    tasks: tuple[TaskId, ...] = ()
    versions: tuple[VersionId, ...] = ()
    attachments: tuple[Media, ...] = ()
    """Its files, such as what was drawn over a draft, in order of their ids."""

    def __post_init__(self) -> None:
        require_aware(self.created_at)


LONGEST_LOG_MINUTES = 7 * 24 * 60
"""A time log says one sitting, one day, or one week at most; more is a slip of the hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLog:
    """Hours somebody put down, or somebody else for them."""

    id: TimeLogId
    project: Project
    task: TaskId | None
    """None when it hangs on no task, or on one that was deleted."""
    person: Person | None
    """Whose hours they are."""
    entered_by: Person | None
    """Whose hand was last on it; None when the tracker does not say."""
    minutes: int | None
    """1 to `LONGEST_LOG_MINUTES`; None when the tracker says nothing, or nothing that can be."""
    day: date | None
    """The studio's day they were worked on; None when the tracker does not say."""
    changed_at: datetime
    """When the log was changed last, aware UTC; when it began, where the tracker keeps no such moment."""

    def __post_init__(self) -> None:
        require_aware(self.changed_at)
