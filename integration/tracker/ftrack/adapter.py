"""ftrack as a `Tracker`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from integration.errors import TrackerError
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
from integration.settings import ProjectSettings
from integration.tracker.ftrack.attributes import Attributes
from integration.tracker.ftrack.connection import Connection
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.download import download, download_attachment
from integration.tracker.ftrack.event_log import EventLog
from integration.tracker.ftrack.examine import examine
from integration.tracker.ftrack.heard import Heard
from integration.tracker.ftrack.hub import listening
from integration.tracker.ftrack.policy_field import changed_by, read_policy
from integration.tracker.ftrack.project_words import ProjectWords
from integration.tracker.ftrack.reading import Reading
from integration.tracker.ftrack.setup import set_up
from integration.tracker.ftrack.shows import Shows
from integration.tracker.ftrack.spelling import spelling_of
from integration.tracker.ftrack.summaries import write_summaries
from integration.tracker.ftrack.writing import Writing
from integration.tracker.menu import MenuDesk
from integration.tracker.protocol import DraftVersion, EventPage, Finding, NoteText, SetUpStep, Summary, TrackerSteps, WrittenPolicy
from integration.tracker_settings import FtrackSettings


def open_ftrack(
    settings: FtrackSettings,
    projects: Mapping[str, ProjectSettings],
    look_back_s: float,
    *,
    schema_folder: Path | None = None,
    attempts: int = 6,
    first_wait_s: float = 0.5,
) -> "FtrackTracker":
    """The site that `settings` names; nothing is contacted yet.

    Args:
        settings: address, user and key.
        projects: what shows call their steps and statuses.
        look_back_s: how long something may be committed late and still be seen.
        schema_folder: where the schemas of sites are kept, each in a folder of its own; None keeps none.
        attempts: how often something is tried while the site does not answer.
        first_wait_s: the scale of the waits between; 0 for tests.

    Raises:
        SettingsError: address or key is missing or unusable.
    """
    connection = Connection(
        settings.url,
        user=settings.api_user,
        key=settings.key(),
        timeout_s=settings.timeout_s,
        attempts=attempts,
        first_wait_s=first_wait_s,
        schema_folder=schema_folder,
    )
    return FtrackTracker(connection, projects, look_back_s, settings)


class FtrackTracker:
    """One ftrack site, satisfying `Tracker`; may be used by many threads."""

    def __init__(
        self, connection: Connection, projects: Mapping[str, ProjectSettings], look_back_s: float, settings: FtrackSettings
    ) -> None:
        """Prepare; nothing is contacted yet. Arguments as `open_ftrack`'s; `settings` name its attributes."""
        rules = projects or {"": ProjectSettings()}
        spelling = spelling_of(rules.values())
        self._connection = connection
        self._projects = projects
        self._scene = settings.scene_fields
        self._heard = Heard()
        self._directory = Directory(connection)
        self._shows = Shows(connection)
        self._words = ProjectWords(connection)
        self._attributes = Attributes(connection)
        self._reading = Reading(
            connection,
            self._directory,
            self._shows,
            spelling=spelling,
            scene=settings.scene_fields,
            zones={name: ZoneInfo(rule.time_zone) for name, rule in rules.items()},
        )
        self._events = EventLog(connection, self._directory, self._reading, self._heard, spelling=spelling, look_back_s=look_back_s)
        self._writing = Writing(
            connection,
            self._directory,
            self._words,
            self._attributes,
            shows=self._shows,
            spelling=spelling,
            layout_steps={name: rule.layout_step for name, rule in rules.items()},
        )

    @property
    def site(self) -> str:
        """See `Tracker.site`."""
        return self._connection.site

    def server_time(self) -> datetime:
        """The site's clock from the Date of its answer to an authenticated read."""
        moment = self._connection.server_time()
        if moment is None:
            raise TrackerError(
                f"{self.site} does not tell its time", hint="A proxy removes the Date from its answers: ask the network's admin."
            )
        return moment

    def myself(self) -> Person:
        """See `Tracker.myself`."""
        return self._directory.myself()

    def projects(self) -> tuple[Project, ...]:
        """See `Tracker.projects`."""
        return self._reading.projects()

    def first_cursor(self) -> str:
        """See `Tracker.first_cursor`."""
        return self._events.first_cursor()

    def events_after(self, cursor: str, *, limit: int = 500) -> EventPage:
        """See `Tracker.events_after`."""
        return self._events.after(cursor, limit=limit)

    def listen(self, heard: Callable[[], None], desk: MenuDesk | None = None) -> AbstractContextManager[None]:
        """See `Tracker.listen`."""
        return listening(self._connection, self._heard, heard, desk)

    def events_since(self, moment: datetime) -> Iterator[TrackerEvent]:
        """See `Tracker.events_since`."""
        return self._events.since(moment)

    def task(self, task: TaskId) -> Task:
        """See `Tracker.task`."""
        return self._reading.task(task)

    def version(self, version: VersionId) -> Version:
        """See `Tracker.version`."""
        return self._reading.version(version)

    def background(self, background: BackgroundId) -> Background:
        """See `Tracker.background`."""
        return self._reading.background(background)

    def backgrounds_called(self, project: ProjectId, codes: Sequence[str]) -> tuple[Background, ...]:
        """See `Tracker.backgrounds_called`."""
        return self._reading.backgrounds_called(project, codes)

    def versions_on(self, task: TaskId) -> tuple[Version, ...]:
        """See `Tracker.versions_on`."""
        return self._reading.versions_on(task)

    def versions_since(self, project: ProjectId, moment: datetime) -> tuple[Version, ...]:
        """See `Tracker.versions_since`."""
        return self._reading.versions_since(project, moment)

    def note(self, note: NoteId) -> Note:
        """See `Tracker.note`."""
        return self._reading.note(note)

    def notes_since(self, project: ProjectId, moment: datetime) -> tuple[Note, ...]:
        """See `Tracker.notes_since`."""
        return self._reading.notes_since(project, moment)

    def scene_changed_by(self, background: BackgroundId, moment: datetime) -> tuple[Person, ...]:
        """See `Tracker.scene_changed_by`."""
        keys = [field for field in self._scene.model_dump().values() if field]
        return changed_by(self._connection, self._directory, background, keys, moment)

    def tasks_of(self, project: ProjectId, *, step: str, statuses: Sequence[str]) -> tuple[Task, ...]:
        """See `Tracker.tasks_of`."""
        return self._reading.tasks_of(project, step=step, statuses=statuses)

    def tasks_on(self, background: BackgroundId, *, step: str) -> tuple[Task, ...]:
        """See `Tracker.tasks_on`."""
        return self._reading.tasks_on(background, step=step)

    def time_log(self, time_log: TimeLogId) -> TimeLog:
        """See `Tracker.time_log`."""
        return self._reading.time_log(time_log)

    def time_logs_since(self, project: ProjectId, moment: datetime) -> tuple[TimeLog, ...]:
        """See `Tracker.time_logs_since`."""
        return self._reading.time_logs_since(project, moment)

    def ai_policy(self, project: ProjectId) -> WrittenPolicy:
        """See `Tracker.ai_policy`."""
        return read_policy(self._connection, self._directory, project)

    def people(self, names: Sequence[str], *, project: ProjectId) -> tuple[Person, ...]:
        """See `Tracker.people`."""
        return self._directory.people(names, project=project)

    def members(self, group: PersonId) -> tuple[Person, ...]:
        """See `Tracker.members`."""
        return self._directory.members(group)

    def active_person(self, person: PersonId) -> Person | None:
        """See `Tracker.active_person`."""
        return self._directory.active_person(person)

    def download(self, version: Version, path: Path, *, limit_bytes: int) -> None:
        """See `Tracker.download`."""
        download(self._connection, version, path, limit_bytes=limit_bytes)

    def download_attachment(self, media: Media, path: Path, *, limit_bytes: int) -> None:
        """See `Tracker.download_attachment`."""
        download_attachment(self._connection, media, path, limit_bytes=limit_bytes)

    def create_version(self, draft: DraftVersion, *, key: str) -> VersionId:
        """See `Tracker.create_version`."""
        return self._writing.create_version(draft, key=key)

    def upload_picture(self, version: VersionId, path: Path, *, name: str) -> None:
        """See `Tracker.upload_picture`."""
        self._writing.upload_picture(version, path, name=name)

    def attach_file(self, task: TaskId, path: Path, *, name: str) -> None:
        """See `Tracker.attach_file`."""
        self._writing.attach_file(task, path, name=name)

    def wait_until_playable(self, version: VersionId, *, timeout_s: float) -> bool:
        """See `Tracker.wait_until_playable`."""
        return self._writing.wait_until_playable(version, timeout_s=timeout_s)

    def set_version_status(self, version: VersionId, status: str) -> None:
        """See `Tracker.set_version_status`."""
        self._writing.set_status("AssetVersion", version, status)

    def set_task_status(self, task: TaskId, status: str) -> None:
        """See `Tracker.set_task_status`."""
        self._writing.set_status("Task", task, status)

    def open_task(self, background: Background, *, step: str, name: str, status: str, assignees: Sequence[PersonId], key: str) -> Task:
        """See `Tracker.open_task`."""
        return self._writing.open_task(background, step=step, name=name, status=status, assignees=assignees, key=key)

    def write_note(self, note: NoteText, *, key: str) -> NoteId:
        """See `Tracker.write_note`."""
        return self._writing.write_note(note, key=key)

    def put_in_playlist(self, project: ProjectId, name: str, versions: Sequence[VersionId], *, key: str) -> PlaylistId:
        """See `Tracker.put_in_playlist`."""
        return self._writing.put_in_playlist(project, name, versions, key=key)

    def write_summaries(self, backgrounds: Mapping[BackgroundId, Summary], versions: Mapping[VersionId, Summary]) -> int:
        """See `Tracker.write_summaries`."""
        return write_summaries(self._connection, self._attributes, backgrounds, versions)

    def versions_with_key(self, prefix: str) -> tuple[Version, ...]:
        """See `Tracker.versions_with_key`."""
        return self._reading.versions_with_key(prefix)

    def set_up(self, *, apply: bool) -> Iterator[SetUpStep]:
        """See `Tracker.set_up`."""
        return set_up(self._connection, self._projects, self._words, self._scene, apply=apply)

    def examine(self, wanted: TrackerSteps) -> Iterator[Finding]:
        """See `Tracker.examine`."""
        return examine(self._connection, self._directory, self._words, wanted)
