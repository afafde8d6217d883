"""The one face every tracker shows us.

Every method that writes carries a `key`, looks for what the key already made, and only then makes it: calling twice is calling
once. Adapters raise `TrackerError` for what will not heal and `TransientTrackerError` for what may.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from integration.events import TrackerEvent
from integration.production import (
    Background,
    BackgroundId,
    Media,
    Note,
    NoteId,
    Person,
    PersonId,
    PlaylistId,
    Project,
    ProjectId,
    Task,
    TaskId,
    TimeLog,
    TimeLogId,
    Version,
    VersionId,
)
from integration.tracker.menu import MenuDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events in the tracker's order, and where to go on."""

    events: tuple[TrackerEvent, ...]
    """May hold events that were handed out before: the inbox drops them."""
    cursor: str
    """Opaque to everybody but the adapter; never moves past events that may still be committed late."""
    more: bool
    """Whether another page is waiting now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """A Version that haikei makes, as it shall stand in the tracker: of an AI draft, or of what an outside house handed back."""

    project: ProjectId
    background: BackgroundId
    task: TaskId
    """The review task it is linked to."""
    name: str
    description: str
    status: str
    version_type: str
    """Empty for none."""
    by: PersonId | None = None
    """Whose work it is; None, or one whom the tracker takes for no Version's maker, such as a group, leaves it the script's."""
    declares_ai: bool = False
    """Whether whoever handed it in declares that AI was used in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteText:
    """A Note, as it shall stand in the tracker."""

    project: ProjectId
    subject: str
    content: str
    """Plain text; the adapter makes it safe for its tracker."""
    background: BackgroundId | None
    tasks: tuple[TaskId, ...] = ()
    versions: tuple[VersionId, ...] = ()
    to: tuple[PersonId, ...] = ()
    """Who is addressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPolicy:
    """A project's field for its AI policy, as it stands in the tracker."""

    text: str
    """Untrusted; empty when nothing was written, or the field is missing."""
    by: Person | None
    """Who changed it last, a script perhaps; None when the tracker's log does not say."""
    at: datetime | None = None
    """When, aware UTC; None as `by`."""
    event_id: str = ""
    """The tracker's event of that change; empty as `by`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What haikei writes beside a Shot, a background or a Version for people to read."""

    text: str
    url: str
    """Where the evidence is; empty when nothing serves it."""


class Verdict(StrEnum):
    """How a finding of `doctor` stands."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `doctor`."""

    subject: str
    """What was looked at: ``field Version.sg_haikei_key``."""
    verdict: Verdict
    detail: str
    """What was found."""
    remedy: str = ""
    """What to do about it, empty when nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpStep:
    """One thing `setup` would do, did, or leaves to an admin."""

    subject: str
    """``field Version.sg_haikei_key (text)``."""
    state: str
    """``present``, ``missing``, ``created`` or ``by hand``."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSteps:
    """What one project calls the steps, statuses and types that haikei looks for; `doctor` holds it against the site."""

    project: ProjectId
    steps: tuple[str, ...]
    task_statuses: tuple[str, ...]
    version_statuses: tuple[str, ...]
    version_types: tuple[str, ...]
    """Types drafts are delivered as."""


class Tracker(Protocol):
    """What haikei needs of a tracker. One instance serves one thread at a time."""

    @property
    def site(self) -> str:
        """The site's address without scheme or secrets; part of every key."""
        ...

    def server_time(self) -> datetime:
        """The tracker's clock, aware UTC, as nearly as it can be told. Also the cheapest proof that key and address work."""
        ...

    def myself(self) -> Person:
        """Whom the tracker takes us for."""
        ...

    # Reading

    def projects(self) -> tuple[Project, ...]:
        """Every project our key may see."""
        ...

    def first_cursor(self) -> str:
        """A cursor behind which lies everything that happened before now."""
        ...

    def events_after(self, cursor: str, *, limit: int = 500) -> EventPage:
        """Events committed after `cursor`, with the look-back that late commits need."""
        ...

    def listen(self, heard: Callable[[], None], desk: MenuDesk | None = None) -> AbstractContextManager[None]:
        """While it is open, `heard` is called as soon as the site tells that something happened; `events_after` says what.

        A site that tells nothing of itself calls nothing: events are found by asking all the same. `desk` serves the items of haikei in
        the tracker's own menu, where the tracker asks for them over the same line. Both are called in a thread of the adapter's.
        """
        ...

    def events_since(self, moment: datetime) -> Iterator[TrackerEvent]:
        """Every event since `moment`, for rehearsals; changes no cursor."""
        ...

    def task(self, task: TaskId) -> Task:
        """The task as it stands now.

        Raises:
            NotFoundInTrackerError: it does not exist, is retired, or may not be seen.
        """
        ...

    def version(self, version: VersionId) -> Version:
        """The Version as it stands now. Raises as `task`."""
        ...

    def background(self, background: BackgroundId) -> Background:
        """The background with its shots and scene words. Raises as `task`."""
        ...

    def backgrounds_called(self, project: ProjectId, codes: Sequence[str]) -> tuple[Background, ...]:
        """Everything backgrounds hang on that bears one of `codes`, or serves a shot that does, oldest first."""
        ...

    def versions_on(self, task: TaskId) -> tuple[Version, ...]:
        """Versions linked to a task, newest first, without haikei's own drafts."""
        ...

    def versions_since(self, project: ProjectId, moment: datetime) -> tuple[Version, ...]:
        """Versions of a project made since `moment`, oldest first, with haikei's own drafts."""
        ...

    def note(self, note: NoteId) -> Note:
        """The Note as it stands now. Raises as `task`."""
        ...

    def notes_since(self, project: ProjectId, moment: datetime) -> tuple[Note, ...]:
        """Notes of a project written since `moment`, oldest first, with our own."""
        ...

    def scene_changed_by(self, background: BackgroundId, moment: datetime) -> tuple[Person, ...]:
        """Everybody who changed the background's scene words since `moment`, each once, as far as the tracker's log tells."""
        ...

    def tasks_of(self, project: ProjectId, *, step: str, statuses: Sequence[str]) -> tuple[Task, ...]:
        """Tasks of a step that stand at one of `statuses`; all of the step's tasks when `statuses` is empty."""
        ...

    def tasks_on(self, background: BackgroundId, *, step: str) -> tuple[Task, ...]:
        """The tasks of a step on one background, oldest first."""
        ...

    def time_log(self, time_log: TimeLogId) -> TimeLog:
        """The time log as it stands now. Raises as `task`."""
        ...

    def time_logs_since(self, project: ProjectId, moment: datetime) -> tuple[TimeLog, ...]:
        """Standing time logs of a project that were made or changed since `moment`, oldest first."""
        ...

    def ai_policy(self, project: ProjectId) -> WrittenPolicy:
        """What the project's field for its AI policy says, and who wrote it. Raises as `task`."""
        ...

    def people(self, names: Sequence[str], *, project: ProjectId) -> tuple[Person, ...]:
        """People or groups by login, e-mail or name, in the order asked.

        Raises:
            NotFoundInTrackerError: one of them does not exist; the message names it.
        """
        ...

    def members(self, group: PersonId) -> tuple[Person, ...]:
        """The active people of a group, ordered by id; a person is their own only member."""
        ...

    def active_person(self, person: PersonId) -> Person | None:
        """The person with this id; None when the tracker knows no such person, or they may not sign in."""
        ...

    def download(self, version: Version, path: Path, *, limit_bytes: int) -> None:
        """Write the Version's file to `path`, complete or not at all.

        Raises:
            ArtworkError: it is larger than `limit_bytes`.
            NotFoundInTrackerError: there is no file.
        """
        ...

    def download_attachment(self, media: Media, path: Path, *, limit_bytes: int) -> None:
        """Write a Note's file to `path`, complete or not at all. Raises as `download`."""
        ...

    # Writing, each in effect once

    def create_version(self, draft: DraftVersion, *, key: str) -> VersionId:
        """The Version that `key` names, made now if it is not there; one that people deleted is not taken back, but made anew."""
        ...

    def upload_picture(self, version: VersionId, path: Path, *, name: str) -> None:
        """Give a Version its picture, unless it already has one called `name`."""
        ...

    def attach_file(self, task: TaskId, path: Path, *, name: str) -> None:
        """Attach a file to a task, unless it already has one called `name`."""
        ...

    def wait_until_playable(self, version: VersionId, *, timeout_s: float) -> bool:
        """Whether the tracker finished the Version's thumbnail within `timeout_s`."""
        ...

    def set_version_status(self, version: VersionId, status: str) -> None:
        """Set a Version's status; a Version that is gone is left alone."""
        ...

    def set_task_status(self, task: TaskId, status: str) -> None:
        """Set a task's status; a task that is gone is left alone."""
        ...

    def open_task(
        self,
        background: Background,
        *,
        step: str,
        name: str,
        status: str,
        assignees: Sequence[PersonId],
        key: str,
    ) -> Task:
        """The background's task of `step` called `name`, made with `status` if there is none.

        `assignees` are set only when nobody is assigned yet. An existing task keeps its status: `set_task_status` changes it.
        """
        ...

    def write_note(self, note: NoteText, *, key: str) -> NoteId:
        """The Note that `key` names, written now if it is not there; Versions that are gone are not linked."""
        ...

    def put_in_playlist(self, project: ProjectId, name: str, versions: Sequence[VersionId], *, key: str) -> PlaylistId:
        """The playlist that `key` names, with `versions` in it but those that are gone; what else is in it stays."""
        ...

    def write_summaries(self, backgrounds: Mapping[BackgroundId, Summary], versions: Mapping[VersionId, Summary]) -> int:
        """Write what differs from what stands there; how many were written. What is gone is left alone."""
        ...

    def versions_with_key(self, prefix: str) -> tuple[Version, ...]:
        """Haikei's own Versions whose key starts with `prefix`, oldest first."""
        ...

    # Setting up

    def set_up(self, *, apply: bool) -> Iterator[SetUpStep]:
        """What haikei needs on the site; made when `apply`, only told when not. Never trusts a field by name alone."""
        ...

    def examine(self, wanted: TrackerSteps) -> Iterator[Finding]:
        """What `doctor` can tell about rights, fields, steps, statuses and types (valid minus hidden) and site automation."""
        ...
