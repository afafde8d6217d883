"""What a project calls its statuses and types, and their ids; ftrack gives each project its own."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integration.errors import TrackerError
from integration.tracker.ftrack.connection import Connection, Record
from integration.tracker.ftrack.query_text import quoted

_REMEMBERED_S = 600.0
_FIELDS = ", ".join(
    f"project_schema.{path}"
    for path in (
        "_task_workflow.statuses.name",
        "_version_workflow.statuses.name",
        "_overrides.type_id",
        "_overrides.workflow_schema.statuses.name",
        "_task_type_schema.types.name",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Names and ids of one project; every mapping is from the name as people see it."""

    task_statuses: Mapping[str, str]
    type_statuses: Mapping[str, Mapping[str, str]]
    """Statuses of tasks of a type, by the type's id, where they are others."""
    version_statuses: Mapping[str, str]
    types: Mapping[str, str]
    """Types of tasks: what haikei calls steps."""
    asset_types: Mapping[str, str]
    upload_type: str
    """Id of the type of Asset that an upload in the browser makes; of any where there is none such."""

    def statuses(self, kind: str, type_id: str = "") -> Mapping[str, str]:
        """Statuses of an AssetVersion, or of a Task of a type."""
        return self.version_statuses if kind == "AssetVersion" else self.type_statuses.get(type_id, self.task_statuses)


class ProjectWords:
    """Every project's words, each remembered for ten minutes."""

    def __init__(self, connection: Connection) -> None:
        """Prepare; nothing is contacted yet."""
        self._connection = connection
        self._known: dict[str, tuple[float, Words]] = {}

    def of(self, project: str, *, fresh: bool = False) -> Words:
        """The words of the project with this id; asked again when they are old, or must be `fresh`."""
        until_s, words = self._known.get(project, (0.0, None))
        if words is None or fresh or until_s < time.monotonic():
            queries = (f"select {_FIELDS} from Project where id is {quoted(project)}", "select name, short from AssetType order by name")
            found, asset_types = self._connection.tried(lambda client: client.ask(*queries))
            words = _words((found[0] if found else {}).get("project_schema") or {}, asset_types)
            self._known[project] = time.monotonic() + _REMEMBERED_S, words
        return words

    def status(self, project: str, kind: str, status: str, *, type_id: str = "") -> str:
        """The id of a status in one project, whatever its capitals.

        Raises:
            TrackerError: the project has no such status; the message names those it has.
        """
        for fresh in (False, True):
            there = self.of(project, fresh=fresh).statuses(kind, type_id)
            if found := find(there, status):
                return found
        what = "Version" if kind == "AssetVersion" else "Task"
        raise TrackerError(
            f"{what} knows no status '{status}' in this project; it knows: {', '.join(there) or 'none'}",
            hint=f"Correct it in haikei.toml, or let the ftrack admin add it to the workflow of the project's {what.lower()}s.",
        )

    def step(self, project: str, step: str) -> str:
        """The id of a type of task in one project, whatever its capitals. Raises as `status`."""
        for fresh in (False, True):
            there = self.of(project, fresh=fresh).types
            if found := find(there, step):
                return found
        raise TrackerError(
            f"tasks have no type '{step}' in this project; it knows: {', '.join(there) or 'none'}",
            hint="Let the ftrack admin add the type to the project's workflow schema, or correct the step in haikei.toml.",
        )


def find(names: Mapping[str, str], name: str) -> str:
    """The id behind a name, whatever its capitals; the very name before others. Empty for none."""
    alike = [number for each, number in names.items() if each.casefold() == name.casefold()]
    return names.get(name) or next(iter(alike), "")


def _words(schema: Record, asset_types: list[Record]) -> Words:
    upload = next((each for each in asset_types if str(each.get("short")).lower() == "upload"), None) or next(iter(asset_types), {})
    return Words(
        task_statuses=_ids((schema.get("_task_workflow") or {}).get("statuses")),
        type_statuses={
            str(each.get("type_id")): _ids((each.get("workflow_schema") or {}).get("statuses")) for each in schema.get("_overrides") or ()
        },
        version_statuses=_ids((schema.get("_version_workflow") or {}).get("statuses")),
        types=_ids((schema.get("_task_type_schema") or {}).get("types")),
        asset_types=_ids(asset_types),
        upload_type=str(upload.get("id", "")),
    )


def _ids(records: Iterable[Record] | None) -> dict[str, str]:
    return {str(each.get("name")): str(each["id"]) for each in records or ()}
