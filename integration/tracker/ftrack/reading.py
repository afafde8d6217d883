"""What stands in ftrack now, in our words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from integration.errors import NotFoundInTrackerError
from integration.production import (
    Background,
    BackgroundId,
    Note,
    NoteId,
    Person,
    Project,
    ProjectId,
    Task,
    TaskId,
    TimeLog,
    TimeLogId,
    Version,
    VersionId,
)
from integration.tracker.ftrack.connection import Connection, Record
from integration.tracker.ftrack.directory import Directory
from integration.tracker.ftrack.query_text import among, beginning, id_of, moment, quoted
from integration.tracker.ftrack.records import (
    BACKGROUND_FIELDS,
    BACKGROUNDS,
    KEY,
    NOTE_FIELDS,
    PARENT_FIELDS,
    TASK_FIELDS,
    TIME_LOG_FIELDS,
    VERSION_FIELDS,
    project_of,
    project_of_version,
    resources_of,
    to_background,
    to_note,
    to_task,
    to_time_log,
    to_version,
)
from integration.tracker.ftrack.shows import Shows
from integration.tracker.ftrack.spelling import Spelling
from integration.tracker_settings import SceneFields

_T = TypeVar("_T")


class Reading:
    """Reads one site."""

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        shows: Shows,
        *,
        spelling: Spelling,
        scene: SceneFields,
        zones: Mapping[str, ZoneInfo],
    ) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            connection: the site.
            directory: its people.
            shows: its projects.
            spelling: settings' spelling of steps and statuses.
            scene: the custom attributes that say what a place looks like.
            zones: the time zone of each show in settings, by name.
        """
        self._connection = connection
        self._directory = directory
        self._shows = shows
        self._spelling = spelling
        self._scene = scene
        self._zones = zones

    def projects(self) -> tuple[Project, ...]:
        """See `Tracker.projects`."""
        return self._shows.all()

    def task(self, task: TaskId) -> Task:
        """See `Tracker.task`."""
        return self._tasks([self._one("Task", id_of(task), TASK_FIELDS)])[0]

    def tasks_of(self, project: ProjectId, *, step: str, statuses: Sequence[str]) -> tuple[Task, ...]:
        """See `Tracker.tasks_of`."""
        query = f"select {TASK_FIELDS} from Task where project_id is {quoted(id_of(project))} and type.name is {quoted(step)}"
        if statuses:
            query += f" and status.name in {among(statuses)}"
        return tuple(self._tasks(self._all(f"{query} order by created_at")))

    def tasks_on(self, background: BackgroundId, *, step: str) -> tuple[Task, ...]:
        """See `Tracker.tasks_on`."""
        where = f"parent_id is {quoted(_background(background)[1])} and type.name is {quoted(step)}"
        return tuple(self._tasks(self._all(f"select {TASK_FIELDS} from Task where {where} order by created_at")))

    def version(self, version: VersionId) -> Version:
        """See `Tracker.version`."""
        found = self._versions([self._one("AssetVersion", id_of(version), VERSION_FIELDS)])
        if not found:
            raise NotFoundInTrackerError(f"Version {version} is in no project that '{self._connection.user}' may see", hint=_ASK)
        return found[0]

    def versions_on(self, task: TaskId) -> tuple[Version, ...]:
        """See `Tracker.versions_on`. Versions of one second are told by their numbers, then as the site gives them."""
        where = f"task_id is {quoted(id_of(task))}"
        found = self._versions(self._all(f"select {VERSION_FIELDS} from AssetVersion where {where} order by date, version"))
        return tuple(version for version in reversed(found) if not version.key)

    def versions_since(self, project: ProjectId, moment_: datetime) -> tuple[Version, ...]:
        """See `Tracker.versions_since`."""
        where = f"asset.parent.project_id is {quoted(id_of(project))} and date >= {moment(moment_)}"
        return tuple(self._versions(self._all(f"select {VERSION_FIELDS} from AssetVersion where {where} order by date, version")))

    def versions_with_key(self, prefix: str) -> tuple[Version, ...]:
        """See `Tracker.versions_with_key`."""
        where = f'metadata any (key is "{KEY}" and value like {beginning(prefix)})'
        found = self._versions(self._all(f"select {VERSION_FIELDS} from AssetVersion where {where} order by date, version"))
        return tuple(version for version in found if version.key.startswith(prefix))

    def background(self, background: BackgroundId) -> Background:
        """See `Tracker.background`."""
        return self._background(self._one(*_background(background), BACKGROUND_FIELDS))

    def backgrounds_called(self, project: ProjectId, codes: Sequence[str]) -> tuple[Background, ...]:
        """See `Tracker.backgrounds_called`."""
        here, called = f"project_id is {quoted(id_of(project))}", f"name in {among(codes)}"
        shots = self._all(f"select {BACKGROUND_FIELDS} from Shot where {here} and {called} order by created_at")
        if shots:
            cuts = among(str(shot["id"]) for shot in shots)
            called = f"({called} or outgoing_links any (to_id in {cuts}) or incoming_links any (from_id in {cuts}))"
        builds = self._all(f"select {BACKGROUND_FIELDS} from AssetBuild where {here} and {called} order by created_at")
        return tuple(map(self._background, (*shots, *builds)))

    def note(self, note: NoteId) -> Note:
        """See `Tracker.note`."""
        found = self.notes([self._one("Note", id_of(note), NOTE_FIELDS)])
        if not found:
            raise NotFoundInTrackerError(f"Note {note} hangs on nothing that '{self._connection.user}' may see", hint=_ASK)
        return found[0]

    def notes_since(self, project: ProjectId, moment_: datetime) -> tuple[Note, ...]:
        """See `Tracker.notes_since`. A Note names no project, so every project's are asked for, and what they hang on."""
        found = self.notes(self._all(f"select {NOTE_FIELDS} from Note where date >= {moment(moment_)} order by date"))
        return tuple(note for note in found if note.project.id == project)

    def notes(self, records: Sequence[Record]) -> list[Note]:
        """The Notes of `records`, but those that hang on nothing we may see."""
        above = self.parents(records)
        people = self._directory.by_id(record.get("user_id") for record in records)
        shows = self._shows.by_id(map(stands_in, above.values()))
        found = []
        for record in records:
            parent = above.get(str(record.get("parent_id")))
            project = shows.get(stands_in(parent)) if parent else None
            if parent is not None and project is not None:
                found.append(to_note(record, parent, project, people=people))
        return found

    def parents(self, records: Sequence[Mapping[str, Any]]) -> Mapping[str, Record]:
        """What Notes hang on, by its id, in one request; nothing is asked where there are none."""
        ids = [number for number in dict.fromkeys(str(record.get("parent_id")) for record in records) if number != "None"]
        if not ids:
            return {}
        queries = [f"select {fields} from {kind} where id in {among(ids)}" for kind, fields in PARENT_FIELDS.items()]
        answers = self._connection.tried(lambda client: client.ask(*queries))
        return {str(record["id"]): record for found in answers for record in found}

    def time_log(self, time_log: TimeLogId) -> TimeLog:
        """See `Tracker.time_log`."""
        found = self._time_logs([self._one("Timelog", id_of(time_log), TIME_LOG_FIELDS)])
        if not found:
            raise NotFoundInTrackerError(f"time log {time_log} is in no project", hint="Log the time on a task in ftrack.")
        return found[0]

    def time_logs_since(self, project: ProjectId, moment_: datetime) -> tuple[TimeLog, ...]:
        """See `Tracker.time_logs_since`; by when the work began, for ftrack keeps no other moment."""
        where = f"context.project_id is {quoted(id_of(project))} and start >= {moment(moment_)}"
        return tuple(self._time_logs(self._all(f"select {TIME_LOG_FIELDS} from Timelog where {where} order by start")))

    def _background(self, record: Record) -> Background:
        return to_background(record, self._scene, self._spelling, self._shows.by_id([project_of(record)]))

    def _tasks(self, records: list[Record]) -> list[Task]:
        people = self._directory.by_id(number for record in records for number in resources_of(record))
        shows = self._shows.by_id(map(project_of, records))
        return [to_task(record, spelling=self._spelling, people=people, shows=shows) for record in records]

    def _versions(self, records: list[Record]) -> list[Version]:
        people = self._authors(records)
        shows = self._shows.by_id(map(project_of_version, records))
        return _present(to_version(record, spelling=self._spelling, people=people, shows=shows) for record in records)

    def _time_logs(self, records: list[Record]) -> list[TimeLog]:
        people = self._authors(records)
        shows = self._shows.by_id(project_of(record.get("context")) for record in records)
        found = []
        for record in records:
            project = shows.get(project_of(record.get("context")))
            zone = self._zones.get(project.name if project else "", next(iter(self._zones.values())))
            found.append(to_time_log(record, zone=zone, people=people, shows=shows))
        return _present(found)

    def _authors(self, records: Iterable[Record]) -> Mapping[str, Person]:
        return self._directory.by_id(record.get("user_id") for record in records)

    def _one(self, kind: str, number: str, fields: str) -> Record:
        record = self._connection.tried(lambda client: client.one(f"select {fields} from {kind} where id is {quoted(number)}"))
        if record is None:
            raise NotFoundInTrackerError(f"{kind} {number} is not at {self._connection.site}", hint=_ASK)
        return record

    def _all(self, query: str) -> list[Record]:
        return self._connection.tried(lambda client: client.ask(query)[0])


_ASK = "It was deleted, or haikei's user may not see its project: ask the ftrack admin."


def stands_in(parent: Record) -> str:
    """The id of the project of what a Note hangs on: a task or other context, an AssetVersion, a project. Empty for none."""
    return project_of_version(parent) if parent.get("__entity_type__") == "AssetVersion" else project_of(parent)


def _background(background: BackgroundId) -> tuple[str, str]:
    """Kind and uuid of a background."""
    kind = background.partition(":")[0]
    return kind, id_of(background, kind if kind in BACKGROUNDS else BACKGROUNDS[0])


def _present(found: Iterable[_T | None]) -> list[_T]:
    return [each for each in found if each is not None]
