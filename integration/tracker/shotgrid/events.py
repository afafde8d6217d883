"""EventLogEntry, as ShotGrid gives it, to our events. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    NoteCreated,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionCreated,
    VersionMediaUploaded,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.production import BackgroundId, EventId, NoteId, ProjectId, TaskId, TimeLogId, VersionId
from integration.tracker.shotgrid.records import OUTCOME, STATUS, UPLOAD, person, utc

EVENT_FIELDS = ["id", "event_type", "attribute_name", "meta", "entity", "user", "project", "created_at"]
"""What `to_event` reads."""

_ASSIGNEES = "task_assignees"
_FILES = "attachments"
_CUSTOM = 50
"""Custom entities a site can have; backgrounds may hang on any."""
_BACKGROUNDS = ("Shot", "Asset", *(f"CustomEntity{number:02}" for number in range(1, _CUSTOM + 1)))
_CHANGED = ("Task", "Version", "Note", *_BACKGROUNDS)
_CHANGES = [f"Shotgun_{kind}_Change" for kind in _CHANGED]
_MOMENTS = [
    "Shotgun_Version_New",
    "Shotgun_Version_Retirement",
    "Shotgun_Version_Revival",
    "Shotgun_Note_New",
    "Shotgun_TimeLog_New",
    "Shotgun_TimeLog_Change",
    "Shotgun_TimeLog_Retirement",
    "Shotgun_TimeLog_Revival",
]

KINDS: dict[str, Any] = {
    "filter_operator": "any",
    "filters": [
        ["event_type", "in", _MOMENTS],
        {
            "filter_operator": "all",
            "filters": [["event_type", "in", _CHANGES], ["attribute_name", "in", [STATUS, UPLOAD, OUTCOME, _ASSIGNEES, _FILES]]],
        },
    ],
}
"""The filter that lets through only what `to_event` knows. `Shotgun_Task_New` is not asked for: each field set at creation has a Change of its own."""


def to_event(entry: Mapping[str, Any]) -> TrackerEvent | None:
    """The event an EventLogEntry stands for; None for one that says nothing we use, or too little to be used."""
    meta: Mapping[str, Any] = held if isinstance(held := entry.get("meta"), Mapping) else {}
    number = _entity_id(entry, meta)
    project = entry.get("project")
    created_at = entry.get("created_at")
    if number is None or not project or not isinstance(created_at, datetime):
        return None
    happened: dict[str, Any] = {
        "event_id": EventId(str(entry["id"])),
        "order": int(entry["id"]),
        "at": utc(created_at),
        "project": ProjectId(str(project["id"])),
        "by": person(entry.get("user")),
    }
    match str(entry.get("event_type", "")).split("_"):
        case ["Shotgun", "Version", "New"]:
            return VersionCreated(**happened, version=VersionId(str(number)))
        case ["Shotgun", "Version", "Retirement"]:
            return VersionRetired(**happened, version=VersionId(str(number)))
        case ["Shotgun", "Version", "Revival"]:
            return VersionRevived(**happened, version=VersionId(str(number)))
        case ["Shotgun", "Note", "New"]:
            return NoteCreated(**happened, note=NoteId(str(number)))
        case ["Shotgun", "TimeLog", _]:
            return TimeLogged(**happened, time_log=TimeLogId(str(number)))
        case ["Shotgun", kind, "Change"] if kind in _CHANGED and meta.get("entity_type", kind) == kind:
            return _change(kind, str(number), entry.get("attribute_name") or meta.get("attribute_name"), meta, happened)
        case _:
            return None


def _change(kind: str, number: str, attribute: Any, meta: Mapping[str, Any], happened: dict[str, Any]) -> TrackerEvent | None:
    old, new = meta.get("old_value"), meta.get("new_value")
    if attribute == UPLOAD and kind == "Version" and new is not None:
        return VersionMediaUploaded(**happened, version=VersionId(number))
    if attribute == _FILES and kind == "Note" and meta.get("added"):
        return NoteAttached(**happened, note=NoteId(number))
    if attribute == _ASSIGNEES and kind == "Task":
        return TaskAssigneesChanged(**happened, task=TaskId(number))
    if attribute == OUTCOME and kind == "Version" and isinstance(new, str) and new.strip() and old != new:
        return OutcomeSaid(**happened, version=VersionId(number), said=new)
    if attribute != STATUS or not isinstance(new, str) or old == new:
        return None
    old = old if isinstance(old, str) else None
    if kind == "Task":
        return TaskStatusChanged(**happened, task=TaskId(number), old=old, new=new)
    if kind in _BACKGROUNDS:
        return BackgroundStatusChanged(**happened, background=BackgroundId(f"{kind}:{number}"), old=old, new=new)
    return VersionStatusChanged(**happened, version=VersionId(number), old=old, new=new) if kind == "Version" else None


def _entity_id(entry: Mapping[str, Any], meta: Mapping[str, Any]) -> int | None:
    """The changed entity's id; `entity` reads as null once it is retired, so `meta` is asked first."""
    number = meta.get("entity_id")
    if number is None and entry.get("entity"):
        number = entry["entity"].get("id")
    return int(number) if number is not None else None
