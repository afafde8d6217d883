"""What every pretend site has before anybody works on it: locations, statuses, types, a project schema, roles."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.sandbox.ftrack.schema import entity_types

_NAMESPACE = uuid.UUID("0e3a4c9d-7a55-4a34-9a3e-5c0a1f0b7d21")
LOCATIONS = {
    "3a372bde-05bc-11e4-8908-20c9d081909b": "ftrack.server",
    "cb268ecc-8809-11e3-a7e2-20c9d081909b": "ftrack.unmanaged",
    "cd41be70-8809-11e3-b98a-20c9d081909b": "ftrack.review",
    "ce9b348f-8809-11e3-821c-20c9d081909b": "ftrack.origin",
    "07b82a97-8cf9-11e3-9383-20c9d081909b": "ftrack.connect",
}
"""Ids that are the same on every site, as the vendor's client has them."""
STATES = {"NOT_STARTED": "Not Started", "IN_PROGRESS": "In Progress", "DONE": "Done", "BLOCKED": "Blocked"}
STATUSES = {
    "Not started": "NOT_STARTED", "Ready to start": "NOT_STARTED", "In progress": "IN_PROGRESS", "Pending review": "IN_PROGRESS",
    "Revise": "IN_PROGRESS", "On hold": "BLOCKED", "Omitted": "BLOCKED", "Approved": "DONE", "Completed": "DONE",
}  # fmt: skip
"""Statuses and the state each belongs to."""
WORKFLOWS = {
    "Task": ("Not started", "Ready to start", "In progress", "Pending review", "Revise", "On hold", "Omitted", "Approved", "Completed"),
    "AssetVersion": ("Pending review", "Revise", "Approved", "Completed", "Omitted"),
    "Shot": ("Not started", "In progress", "On hold", "Omitted", "Completed"),
    "AssetBuild": ("Not started", "In progress", "On hold", "Omitted", "Completed"),
}
"""The statuses of each type; an Episode, a Sequence and a Folder have none of their own."""
TASK_TYPES = ("Layout", "Background", "Animation", "Compositing", "Generic")
ASSET_TYPES = {"upload": "Upload", "img": "Image Sequence", "genzu": "genzu", "correction": "correction", "board": "art board"}
ROLES = {"Administrator": "ADMIN", "Project Manager": "PROJECT", "User": "USER", "API": "API"}
CUSTOM_TYPES = ("text", "boolean", "number", "enumerator", "date", "url")
PROJECT_SCHEMA = "Animation"


def stock_id(kind: str, name: str) -> str:
    """The id of something that every pretend site has: ``stock_id("Status", "Approved")``."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}/{name.casefold()}"))


def stock(workflows: Mapping[str, Sequence[str]], task_types: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything of it: type and values, in an order in which they can be made.

    Args:
        workflows: names of the statuses of each type, the first for what is new.
        task_types: names of the types of tasks.
    """
    yield from (("Location", {"id": number, "name": name, "label": name}) for number, name in LOCATIONS.items())
    yield from (("State", {"id": stock_id("State", short), "name": name, "short": short}) for short, name in STATES.items())
    names = dict.fromkeys([*STATUSES, *(name for statuses in workflows.values() for name in statuses)])
    for sort, name in enumerate(names):
        state = stock_id("State", STATUSES.get(name, "IN_PROGRESS"))
        yield (
            "Status",
            {"id": stock_id("Status", name), "name": name, "sort": sort, "color": "#3498DB", "is_active": True, "state_id": state},
        )
    yield "Priority", {"id": "9661b320-3a0c-11e2-81c1-0800200c9a66", "name": "None", "value": 0}
    for kind in entity_types().values():
        if kind.object_type_id:
            yield "ObjectType", {"id": kind.object_type_id, "name": "Asset Build" if kind.name == "AssetBuild" else kind.name}
    yield from (("Type", {"id": stock_id("Type", name), "name": name, "sort": sort}) for sort, name in enumerate(task_types))
    yield from _schema(workflows, task_types)
    yield from (("AssetType", {"id": stock_id("AssetType", short), "short": short, "name": name}) for short, name in ASSET_TYPES.items())
    yield from (("SecurityRole", {"id": stock_id("SecurityRole", name), "name": name, "type": kind}) for name, kind in ROLES.items())
    yield from (("CustomAttributeType", {"id": stock_id("CustomAttributeType", name), "name": name}) for name in CUSTOM_TYPES)
    yield "CustomAttributeGroup", {"id": stock_id("CustomAttributeGroup", "haikei"), "name": "haikei"}
    yield "ListCategory", {"id": stock_id("ListCategory", "Default"), "name": "Default"}
    yield "NoteLabel", {"id": stock_id("NoteLabel", "Internal"), "name": "Internal", "color": "#E67E22"}
    yield "UserType", {"id": stock_id("UserType", "User"), "name": "User"}


def _schema(workflows: Mapping[str, Sequence[str]], task_types: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The one project schema."""
    types = stock_id("TaskTypeSchema", PROJECT_SCHEMA)
    yield "TaskTypeSchema", {"id": types, "name": PROJECT_SCHEMA}
    for name in task_types:
        yield "TaskTypeSchemaType", {"task_type_schema_id": types, "type_id": stock_id("Type", name)}
    for kind in ("Task", "AssetVersion"):
        workflow = stock_id("WorkflowSchema", kind)
        yield "WorkflowSchema", {"id": workflow, "name": f"{kind} workflow"}
        for name in workflows.get(kind, ()):
            yield "WorkflowSchemaStatus", {"workflow_schema_id": workflow, "status_id": stock_id("Status", name)}
    schema = stock_id("ProjectSchema", PROJECT_SCHEMA)
    workflow_ids = {
        "task_workflow_schema_id": stock_id("WorkflowSchema", "Task"),
        "asset_version_workflow_schema_id": stock_id("WorkflowSchema", "AssetVersion"),
    }
    yield "ProjectSchema", {"id": schema, "name": PROJECT_SCHEMA, "task_type_schema_id": types, **workflow_ids}
    for entity_type in entity_types().values():
        if not entity_type.object_type_id:
            continue
        yield "ProjectSchemaObjectType", {"object_type_id": entity_type.object_type_id, "project_schema_id": schema}
        if entity_type.name in workflows and entity_type.name != "Task":
            own, number = stock_id("Schema", entity_type.name), entity_type.object_type_id
            yield "Schema", {"id": own, "project_schema_id": schema, "type_id": number, "object_type_id": number}
            for sort, name in enumerate(workflows[entity_type.name]):
                yield "SchemaStatus", {"schema_id": own, "status_id": stock_id("Status", name), "sort": sort}


def custom_attribute(told: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a custom attribute as a seed tells it: ``key``, ``on`` (AssetVersion, Shot, Project ...), ``type``, ``choices``."""
    kind = entity_types()[told["on"]]
    choices = [{"menu": choice, "value": choice} for choice in told.get("choices", ())]
    config: dict[str, Any] = {"multiSelect": False, "data": json.dumps(choices)} if choices else {}
    name = told.get("type", "text")
    return {
        "id": told.get("id") or stock_id("CustomAttributeConfiguration", f"{told['on']}.{told['key']}"),
        "key": told["key"],
        "label": told.get("label", told["key"]),
        "type_id": stock_id("CustomAttributeType", name),
        "entity_type": kind.table,
        "object_type_id": kind.object_type_id or None,
        "config": json.dumps(config),
        "default": told.get("default", {"boolean": False, "number": 0}.get(name, "")),
    }
