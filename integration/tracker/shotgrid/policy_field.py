"""The field of a Project that holds its AI policy, and who wrote it as the event log tells."""

from typing import Any

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError
from integration.production import ProjectId
from integration.tracker.protocol import WrittenPolicy
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.records import AI_POLICY, person, utc, words
from integration.tracker.shotgrid.schema import fields_of

_NEWEST = {"field_name": "id", "direction": "desc"}


def read_field(connection: Connection, project: ProjectId) -> WrittenPolicy:
    """See `Tracker.ai_policy`; a site that was not set up says nothing, and so allows nothing."""
    if not project.isdecimal():
        raise NotFoundInTrackerError(f"'{project}' names no project in ShotGrid", hint="Another tracker's id? Check the settings.")
    try:
        text, last = connection.tried(lambda sg: _read(sg, int(project)))
    except TransientTrackerError:
        raise
    except TrackerError:
        if AI_POLICY in connection.tried(lambda sg: fields_of(sg, "Project")):
            raise
        return WrittenPolicy(text="", by=None)
    if last is None:
        return WrittenPolicy(text=text, by=None)
    return WrittenPolicy(text=text, by=person(last.get("user")), at=utc(last["created_at"]), event_id=str(last["id"]))


def _read(sg: Client, project: int) -> tuple[str, dict[str, Any] | None]:
    found = sg.find_one("Project", [["id", "is", project]], [AI_POLICY])
    if found is None:
        raise NotFoundInTrackerError(f"project {project} is not to be seen", hint="Ask the ShotGrid admin to add the script to it.")
    text = words(found.get(AI_POLICY))
    changed = [
        ["event_type", "in", ["Shotgun_Project_Change"]],
        ["attribute_name", "in", [AI_POLICY]],
        ["entity", "is", {"type": "Project", "id": project}],
    ]
    return text, sg.find_one("EventLogEntry", changed, ["user", "created_at"], order=[dict(_NEWEST)]) if text.strip() else None
