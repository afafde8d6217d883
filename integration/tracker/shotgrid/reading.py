"""What stands in ShotGrid now, in our words."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.errors import NotFoundInTrackerError, TrackerError
from integration.production import Background, BackgroundId, Person, PersonId, Project, ProjectId, Task, TaskId, Version, VersionId
from integration.tracker.shotgrid.connection import Connection
from integration.tracker.shotgrid.records import (
    ASSET_FIELDS,
    KEY,
    PERSON_FIELDS,
    SHOT_FIELDS,
    STATUS,
    TASK_FIELDS,
    VERSION_FIELDS,
    link,
    made_by_script,
    person,
    to_background,
    to_project,
    to_task,
    to_version,
)

_BY_ID = [{"field_name": "id", "direction": "asc"}]
_NEWEST_FIRST = [{"field_name": "created_at", "direction": "desc"}, {"field_name": "id", "direction": "desc"}]


class Reading:
    """Reads one site."""

    def __init__(self, connection: Connection, *, step_names: Mapping[str, str]) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            connection: the site.
            step_names: settings' spelling of each step by its lower-case name.
        """
        self._connection = connection
        self._step_names = step_names

    def myself(self) -> Person:
        """See `Tracker.myself`."""
        script = self._connection.script
        record = self._connection.tried(lambda sg: sg.find_one("ApiUser", [["firstname", "is", script]], PERSON_FIELDS["ApiUser"]))
        found = person(record)
        if found is None:
            raise TrackerError(
                f"{self._connection.site} does not show script '{script}' to itself",
                hint="Ask the ShotGrid admin to let the script's role read Scripts.",
            )
        return found

    def projects(self) -> tuple[Project, ...]:
        """See `Tracker.projects`."""
        return tuple(map(to_project, self._all("Project", [], ["name"])))

    def task(self, task: TaskId) -> Task:
        """See `Tracker.task`."""
        return to_task(self._one("Task", task, TASK_FIELDS), step_names=self._step_names)

    def version(self, version: VersionId) -> Version:
        """See `Tracker.version`."""
        return to_version(self._one("Version", version, VERSION_FIELDS))

    def background(self, background: BackgroundId) -> Background:
        """See `Tracker.background`."""
        kind, _, number = background.partition(":")
        return to_background(self._one(kind, number, SHOT_FIELDS if kind == "Shot" else ASSET_FIELDS))

    def versions_on(self, task: TaskId) -> tuple[Version, ...]:
        """See `Tracker.versions_on`."""
        records = self._all("Version", [["sg_task", "is", link(task, "Task")]], VERSION_FIELDS, order=_NEWEST_FIRST)
        return tuple(version for version in map(to_version, records) if not version.key)

    def tasks_of(self, project: ProjectId, *, step: str, statuses: Sequence[str]) -> tuple[Task, ...]:
        """See `Tracker.tasks_of`."""
        filters: list[Any] = [["project", "is", link(project, "Project")], step_is(step)]
        if statuses:
            filters.append([STATUS, "in", list(statuses)])
        return tuple(to_task(record, step_names=self._step_names) for record in self._all("Task", filters, TASK_FIELDS))

    def versions_with_key(self, prefix: str) -> tuple[Version, ...]:
        """See `Tracker.versions_with_key`."""
        records = self._all("Version", [[KEY, "starts_with", prefix]], VERSION_FIELDS)
        versions = (to_version(record) for record in records if made_by_script(record))
        return tuple(version for version in versions if version.key.startswith(prefix))

    def people(self, names: Sequence[str], *, project: ProjectId) -> tuple[Person, ...]:
        """See `Tracker.people`."""
        return tuple(self._called(name, project) for name in names)

    def _called(self, name: str, project: ProjectId) -> Person:
        called = {"filter_operator": "any", "filters": [[field, "is", name] for field in ("login", "email", "name")]}
        found = self._all("HumanUser", [called, [STATUS, "is", "act"]], [*PERSON_FIELDS["HumanUser"], "projects"])
        for narrower in (
            [record for record in found if name in (record.get("login"), record.get("email"))],
            [record for record in found if any(str(show["id"]) == project for show in record.get("projects") or ())],
        ):
            found = narrower if len(found) > 1 and narrower else found
        found = found or self._all("Group", [["code", "is", name]], PERSON_FIELDS["Group"])
        if not found:
            raise NotFoundInTrackerError(
                f"nobody active and no group is called '{name}'", hint="Write the login, e-mail or full name as it stands in ShotGrid."
            )
        if len(found) > 1:
            raise TrackerError(f"{len(found)} people are called '{name}'", hint="Write the login or e-mail instead.")
        match = person(found[0])
        assert match is not None, "people and groups are known kinds"
        return match

    def members(self, group: PersonId) -> tuple[Person, ...]:
        """See `Tracker.members`."""
        kind, _, number = group.partition(":")
        if kind != "Group":
            found = person(self._one(kind, number, PERSON_FIELDS.get(kind, ["name"])))
            return (found,) if found else ()
        users = self._one("Group", number, ["users"]).get("users") or []
        ids = [user["id"] for user in users if user["type"] == "HumanUser"]
        if not ids:
            return ()
        records = self._all("HumanUser", [["id", "in", ids], [STATUS, "is", "act"]], PERSON_FIELDS["HumanUser"])
        return tuple(found for found in map(person, records) if found)

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
