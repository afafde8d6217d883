"""What stands in ShotGrid now, in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

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
from integration.tracker.shotgrid.connection import Connection
from integration.tracker.shotgrid.directory import Directory
from integration.tracker.shotgrid.records import (
    ASSET_FIELDS,
    KEY,
    NOTE_FIELDS,
    SHOT_FIELDS,
    STATUS,
    TASK_FIELDS,
    TIME_LOG_FIELDS,
    VERSION_FIELDS,
    link,
    made_by_script,
    person,
    to_background,
    to_note,
    to_project,
    to_task,
    to_time_log,
    to_version,
)
from integration.tracker_settings import SceneFields

_BY_ID = [{"field_name": "id", "direction": "asc"}]
_NEWEST_FIRST = [{"field_name": "created_at", "direction": "desc"}, {"field_name": "id", "direction": "desc"}]


class Reading:
    """Reads one site."""

    def __init__(
        self, connection: Connection, directory: Directory, *, step_names: Mapping[str, str], scene: SceneFields, shared: str = ""
    ) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            connection: the site.
            directory: its people.
            step_names: settings' spelling of each step by its lower-case name.
            scene: the fields that say what a place looks like.
            shared: a Shot's field for other Shots its background serves; empty for none.
        """
        self._connection = connection
        self._directory = directory
        self._step_names = step_names
        self._scene = scene
        self._shared = shared

    def projects(self) -> tuple[Project, ...]:
        """See `Tracker.projects`."""
        return tuple(map(to_project, self._all("Project", [], ["name"])))

    def task(self, task: TaskId) -> Task:
        """See `Tracker.task`."""
        return self._tasks([self._one("Task", task, TASK_FIELDS)])[0]

    def version(self, version: VersionId) -> Version:
        """See `Tracker.version`."""
        return self._versions([self._one("Version", version, VERSION_FIELDS)])[0]

    def background(self, background: BackgroundId) -> Background:
        """See `Tracker.background`."""
        kind, _, number = background.partition(":")
        fields = [*(SHOT_FIELDS if kind == "Shot" else ASSET_FIELDS), *filter(None, (*self._scene.model_dump().values(), self._shared))]
        return to_background(self._one(kind, number, fields), self._scene, shared=self._shared)

    def backgrounds_called(self, project: ProjectId, codes: Sequence[str]) -> tuple[Background, ...]:
        """See `Tracker.backgrounds_called`."""
        here, scene = ["project", "is", link(project, "Project")], [*filter(None, (*self._scene.model_dump().values(), self._shared))]
        shots = self._all("Shot", [here, ["code", "in", list(codes)]], [*SHOT_FIELDS, *scene])
        called: list[Any] = [["code", "in", list(codes)]]
        if shots:
            called.append(["shots", "in", [{"type": "Shot", "id": shot["id"]} for shot in shots]])
        assets = self._all("Asset", [here, {"filter_operator": "any", "filters": called}], [*ASSET_FIELDS, *scene])
        return tuple(to_background(record, self._scene, shared=self._shared) for record in (*shots, *assets))

    def versions_on(self, task: TaskId) -> tuple[Version, ...]:
        """See `Tracker.versions_on`."""
        records = self._all("Version", [["sg_task", "is", link(task, "Task")]], VERSION_FIELDS, order=_NEWEST_FIRST)
        return tuple(version for version in self._versions(records) if not version.key)

    def versions_since(self, project: ProjectId, moment: datetime) -> tuple[Version, ...]:
        """See `Tracker.versions_since`."""
        filters = [["project", "is", link(project, "Project")], ["created_at", "greater_than", _since(moment)]]
        return tuple(self._versions(self._all("Version", filters, VERSION_FIELDS)))

    def note(self, note: NoteId) -> Note:
        """See `Tracker.note`."""
        record = self._one("Note", note, NOTE_FIELDS)
        files = self._all("Attachment", [["attachment_links", "is", link(note, "Note")]], ["display_name"])
        return self._in_full(to_note(record, files))

    def notes_since(self, project: ProjectId, moment: datetime) -> tuple[Note, ...]:
        """See `Tracker.notes_since`; files that stand in no field are left to `note`."""
        filters = [["project", "is", link(project, "Project")], ["created_at", "greater_than", _since(moment)]]
        return tuple(map(to_note, self._all("Note", filters, NOTE_FIELDS)))

    def scene_changed_by(self, background: BackgroundId, moment: datetime) -> tuple[Person, ...]:
        """See `Tracker.scene_changed_by`."""
        kind, fields = background.partition(":")[0], [field for field in self._scene.model_dump().values() if field]
        changed = [
            ["event_type", "is", f"Shotgun_{kind}_Change"],
            ["attribute_name", "in", fields],
            ["entity", "is", link(background)],
            ["created_at", "greater_than", _since(moment)],
        ]
        found = [person(entry.get("user")) for entry in self._all("EventLogEntry", changed, ["user"])] if fields else []
        known = self._directory.in_full(each for each in found if each)
        return tuple({each.id: known.get(each.id, each) for each in found if each}.values())

    def _in_full(self, note: Note) -> Note:
        known = self._directory.in_full([note.by] if note.by else [])
        return replace(note, by=known.get(note.by.id, note.by)) if note.by else note

    def tasks_of(self, project: ProjectId, *, step: str, statuses: Sequence[str]) -> tuple[Task, ...]:
        """See `Tracker.tasks_of`."""
        filters: list[Any] = [["project", "is", link(project, "Project")], step_is(step)]
        if statuses:
            filters.append([STATUS, "in", list(statuses)])
        return tuple(self._tasks(self._all("Task", filters, TASK_FIELDS)))

    def tasks_on(self, background: BackgroundId, *, step: str) -> tuple[Task, ...]:
        """See `Tracker.tasks_on`."""
        return tuple(self._tasks(self._all("Task", [["entity", "is", link(background)], step_is(step)], TASK_FIELDS)))

    def time_log(self, time_log: TimeLogId) -> TimeLog:
        """See `Tracker.time_log`."""
        found = self._time_logs([self._one("TimeLog", time_log, TIME_LOG_FIELDS)])
        if not found:
            raise NotFoundInTrackerError(f"time log {time_log} is in no project", hint="Link it to a task in ShotGrid.")
        return found[0]

    def time_logs_since(self, project: ProjectId, moment: datetime) -> tuple[TimeLog, ...]:
        """See `Tracker.time_logs_since`."""
        filters = [["project", "is", link(project, "Project")], ["updated_at", "greater_than", _since(moment)]]
        return tuple(self._time_logs(self._all("TimeLog", filters, TIME_LOG_FIELDS)))

    def versions_with_key(self, prefix: str) -> tuple[Version, ...]:
        """See `Tracker.versions_with_key`."""
        records = self._all("Version", [[KEY, "starts_with", prefix]], VERSION_FIELDS)
        versions = (to_version(record) for record in records if made_by_script(record))
        return tuple(version for version in versions if version.key.startswith(prefix))

    def _tasks(self, records: list[dict[str, Any]]) -> list[Task]:
        tasks = [to_task(record, step_names=self._step_names) for record in records]
        known = self._directory.in_full(person for task in tasks for person in (*task.assignees, *task.reviewers))
        return [
            replace(
                task,
                assignees=tuple(known.get(person.id, person) for person in task.assignees),
                reviewers=tuple(known.get(person.id, person) for person in task.reviewers),
            )
            for task in tasks
        ]

    def _versions(self, records: list[dict[str, Any]]) -> list[Version]:
        versions = list(map(to_version, records))
        known = self._directory.in_full(version.by for version in versions if version.by)
        return [replace(version, by=known.get(version.by.id, version.by)) if version.by else version for version in versions]

    def _time_logs(self, records: list[dict[str, Any]]) -> list[TimeLog]:
        logs = [log for log in map(to_time_log, records) if log]
        known = self._directory.in_full(log.person for log in logs if log.person)
        return [replace(log, person=known.get(log.person.id, log.person)) if log.person else log for log in logs]

    def _one(self, kind: str, number: str, fields: list[str]) -> dict[str, Any]:
        if not (kind and number.isdecimal()):
            raise NotFoundInTrackerError(f"'{kind}:{number}' names nothing in ShotGrid", hint="Another tracker's id? Check the settings.")
        record = self._connection.tried(lambda sg: sg.find_one(kind, [["id", "is", int(number)]], fields))
        if record is None:
            raise NotFoundInTrackerError(
                f"{kind} {number} is not at {self._connection.site}",
                hint="It was deleted, or the script may not see its project: ask the ShotGrid admin.",
            )
        return dict(record)

    def _all(self, kind: str, filters: list[Any], fields: list[str], *, order: list[dict[str, str]] | None = None) -> list[dict[str, Any]]:
        return list(self._connection.tried(lambda sg: sg.find(kind, filters, fields, order=[dict(part) for part in order or _BY_ID])))


def step_is(step: str) -> dict[str, Any]:
    """The filter for tasks of a step called `step`, by name or short name."""
    return {"filter_operator": "any", "filters": [["step.Step.code", "is", step], ["step.Step.short_name", "is", step]]}


def _since(moment: datetime) -> datetime:
    """What to ask "later than" for, since ShotGrid's times are whole seconds, rounded down."""
    return moment - timedelta(seconds=1)
