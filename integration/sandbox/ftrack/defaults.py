"""What the server sets on an entity that is being made."""

from collections.abc import Mapping
from typing import Any

from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.relations import Relations
from integration.sandbox.ftrack.schema import EntityType, entity_types
from integration.sandbox.ftrack.values import now_text
from integration.sandbox.store import Row

_SYSTEM_TYPES = {
    "FileComponent": "file", "ContainerComponent": "container", "SequenceComponent": "sequence", "Component": "file",
    "AssetVersionList": "assetversion", "TypedContextList": "task",
}  # fmt: skip
_OWN_MOMENT = {
    "AssetVersion": ("date", "user_id"), "Note": ("date", "user_id"), "AssetVersionList": ("date", "user_id"), "TypedContextList": ("date", "user_id"),
    "Timelog": ("start", "user_id"), "Timer": ("start", "user_id"), "Job": ("created_at", "user_id"), "ReviewSession": ("created_at", "created_by_id"),
    "ReviewSessionObject": ("created_at", ""), "ReviewSessionInvitee": ("created_at", "created_by_id"), "CalendarEvent": ("created_at", "created_by_id"),
}  # fmt: skip


def server_values(relations: Relations, kind: EntityType, given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The columns the server fills in where they were not given.

    Raises:
        RefusedError: what they depend on is missing.
    """
    values: dict[str, Any] = {}
    moment, by = _OWN_MOMENT.get(kind.name, ("", ""))
    if moment and not given.get(moment):
        values[moment] = now_text()
    if by and not given.get(by):
        values[by] = actor.id
    if kind.name in _SYSTEM_TYPES:
        values["system_type"] = _SYSTEM_TYPES[kind.name]
    if kind.name in ("User", "Group"):
        values["resource_type"] = kind.name.lower()
    if "Context" in kind.name or kind.object_type_id or kind.name == "Project":
        values |= {"created_at": now_text(), "created_by_id": actor.id} if "created_at" in kind.attributes else {}
    if kind.name == "Project":
        values |= {"context_type": "show", "full_name": given.get("full_name") or given.get("name")}
    elif kind.object_type_id:
        values |= _context(relations, kind, given)
    elif kind.name == "AssetVersion":
        values |= _version(relations, given)
    elif kind.name == "Note":
        values["thread_activity"] = values.get("date") or given.get("date")
    return values


def _context(relations: Relations, kind: EntityType, given: Mapping[str, Any]) -> dict[str, Any]:
    """A Shot, a Task and their like."""
    parent = relations.rows.get("Context", given.get("parent_id") or given.get("project_id"))
    if parent is None:
        raise RefusedError("ValidationError", f"{kind.name}: parent is required")
    if not given.get("name"):
        raise RefusedError("ValidationError", f"{kind.name}: name is required")
    project = relations.chain(parent)[-1]
    values: dict[str, Any] = {
        "context_type": "task",
        "object_type_id": kind.object_type_id,
        "parent_id": parent["id"],
        "project_id": project["id"],
    }
    if not given.get("status_id"):
        values["status_id"] = first_status(relations, project, kind)
    if not given.get("type_id"):
        values["type_id"] = _first_type(relations, project, kind)
    return values


def first_status(relations: Relations, project: Row, kind: EntityType) -> str | None:
    """Id of the status that new entities of a kind begin with in a project."""
    schema = relations.rows.get("ProjectSchema", project["values"].get("project_schema_id"))
    if schema is None:
        return None
    if kind.name in ("Task", "AssetVersion"):
        held = "task_workflow_schema_id" if kind.name == "Task" else "asset_version_workflow_schema_id"
        workflow = relations.rows.get("WorkflowSchema", schema["values"].get(held))
        statuses = relations.members(workflow, entity_types()["WorkflowSchema"].attributes["statuses"]) if workflow else []
        return str(statuses[0]["id"]) if statuses else None
    for own in relations.rows.held_by("Schema", "project_schema_id", schema["id"]):
        if own["values"].get("type_id") == kind.object_type_id:
            links = relations.rows.held_by("SchemaStatus", "schema_id", own["id"])
            first = min(links, key=lambda link: link["values"].get("sort") or 0, default=None)
            return first["values"]["status_id"] if first else None
    return None


def _first_type(relations: Relations, project: Row, kind: EntityType) -> str | None:
    schema = relations.rows.get("ProjectSchema", project["values"].get("project_schema_id"))
    types = relations.rows.get("TaskTypeSchema", schema["values"].get("task_type_schema_id")) if schema and kind.name == "Task" else None
    members = relations.members(types, entity_types()["TaskTypeSchema"].attributes["types"]) if types else []
    return str(members[0]["id"]) if members else None


def _version(relations: Relations, given: Mapping[str, Any]) -> dict[str, Any]:
    asset = relations.rows.get("Asset", given.get("asset_id"))
    if asset is None:
        raise RefusedError("ValidationError", "AssetVersion: asset is required")
    latest = relations.latest_version(asset)
    values: dict[str, Any] = {"version": given.get("version") or (latest["values"]["version"] + 1 if latest else 1)}
    if not given.get("status_id"):
        values["status_id"] = first_status(relations, relations.chain(asset)[-1], entity_types()["AssetVersion"])
    return values
