"""What a batch changed: the ``ftrack.update`` event, the rows of the activity log and the history of statuses."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.relations import Relations
from integration.sandbox.ftrack.schema import entity_types
from integration.sandbox.ftrack.values import now_text
from integration.sandbox.store import Row

_SILENT = {"Metadata", "TypedContextStatusChange", "AssetVersionStatusChange", "Event", "Job", "JobComponent", "Setting"}
"""Types whose changes are told nobody."""
_HISTORIES = {"TypedContext": "TypedContextStatusChange", "AssetVersion": "AssetVersionStatusChange"}
_VERBS = {"add": "insert", "update": "update", "remove": "delete"}


@dataclass
class _Change:
    """One entity, before and after the batch."""

    action: str
    row: Row
    parents: list[dict[str, Any]]
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the name that events use, ``{"old": ..., "new": ...}``."""


class Changes:
    """Gathers what one batch changes."""

    def __init__(self, relations: Relations) -> None:
        """Begin with nothing."""
        self._relations = relations
        self._changes: dict[tuple[str, Any], _Change] = {}

    def added(self, row: Row) -> None:
        """An entity was made."""
        self._note("add", row, {}, row["values"])

    def updated(self, before: Row, after: Row, actor: Actor) -> None:
        """An entity was changed; another status goes into its history."""
        self._note("update", after, before["values"], after["values"])
        old, new = before["values"].get("status_id"), after["values"].get("status_id")
        if old != new:
            self._into_history(after, old, new, actor)

    def removed(self, row: Row) -> None:
        """An entity is about to be deleted; one that was made in this batch leaves no trace."""
        if (made := self._changes.get((row["type"], row["id"]))) and made.action == "add":
            del self._changes[row["type"], row["id"]]
            return
        self._note("remove", row, row["values"], {})

    def custom(self, entity: Row, key: str, old: Any, new: Any) -> None:
        """A custom attribute was set."""
        if old != new:
            self._change("update", entity).changes[key] = {"old": _told(old), "new": _told(new)}

    def entities(self) -> list[dict[str, Any]]:
        """The ``entities`` of the event."""
        told = []
        for change in self._changes.values():
            kind = entity_types()[change.row["type"]]
            chain = change.parents or self._parents(change.row)
            told.append(
                {
                    "action": change.action,
                    "entityId": str(change.row["id"]),
                    "entityType": kind.table,
                    "entity_type": kind.name,
                    "objectTypeId": change.row["values"].get("object_type_id"),
                    "parentId": chain[1]["entityId"] if len(chain) > 1 else None,
                    "keys": list(change.changes),
                    "changes": change.changes,
                    "parents": chain,
                }
            )
        return told

    def into_log(self, actor: Actor) -> None:
        """Write the activity log, a row for each entity."""
        rows, moment = self._relations.rows, now_text()
        for entity in self.entities():
            project = entity["parents"][-1]["entityId"] if entity["parents"][-1]["entityType"] == "show" else None
            rows.put(
                "Event",
                {
                    "id": rows.store.next_id("Event"),
                    "action": f"{_VERBS[entity['action']]}.{entity['entityType']}",
                    "insert": _VERBS[entity["action"]],
                    "data": json.dumps(entity["changes"], ensure_ascii=False),
                    "created_at": moment,
                    "parent_id": entity["entityId"],
                    "parent_type": entity["entityType"],
                    "user_id": actor.id,
                    "project_id": project,
                },
            )

    def _note(self, action: str, row: Row, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        if row["type"] in _SILENT:
            return
        change = self._change(action, row)
        change.row = row
        kind = entity_types()[row["type"]]
        for name, attribute in kind.attributes.items():
            old, new = before.get(name), after.get(name)
            if attribute.kind == "scalar" and old != new and not attribute.is_computed:
                key = attribute.alias or name
                first = change.changes.get(key, {"old": _told(old)})
                change.changes[key] = {"old": first["old"], "new": _told(new)}

    def _change(self, action: str, row: Row) -> _Change:
        known = self._changes.get((row["type"], row["id"]))
        if known is None:
            known = self._changes[row["type"], row["id"]] = _Change(action, row, self._parents(row) if action == "remove" else [])
        elif action == "remove":
            known.action, known.parents = action, self._parents(row)
        return known

    def _parents(self, row: Row) -> list[dict[str, Any]]:
        """The entity itself first, the project last."""
        chain = self._relations.chain(row)
        above = [*(one["id"] for one in chain[1:]), None]
        kinds = [entity_types()[one["type"]] for one in chain]
        return [
            {"entityId": str(one["id"]), "entityType": kind.table, "entity_type": kind.name, "parentId": parent}
            for one, kind, parent in zip(chain, kinds, above, strict=True)
        ]

    def _into_history(self, row: Row, old: str | None, new: str | None, actor: Actor) -> None:
        for owner, history in _HISTORIES.items():
            if row["type"] in entity_types()[owner].kinds:
                self._relations.rows.put(
                    history,
                    {
                        "id": str(uuid.uuid4()),
                        "date": now_text(),
                        "parent_id": row["id"],
                        "parent_type": entity_types()[row["type"]].table,
                        "user_id": actor.id,
                        "status_id": new,
                        "from_status_id": old,
                    },
                )


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value, ensure_ascii=False)


def update_event(entities: list[dict[str, Any]], actor: Actor, client_token: str) -> dict[str, Any]:
    """The ``ftrack.update`` event of one batch."""
    user = {"userid": actor.id, "name": actor.username}
    return {
        "id": uuid.uuid4().hex,
        "topic": "ftrack.update",
        "data": {
            "entities": entities,
            "user": user,
            "clientToken": client_token or None,
            "pushToken": None,
            "parents": _projects(entities),
        },
        "sent": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "source": {
            "id": "ftrack.server",
            "user": {"id": actor.id, "username": actor.username},
            "applicationId": "ftrack",
            "clientToken": client_token or None,
        },
        "target": "",
        "inReplyToEvent": None,
    }


def _projects(entities: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(entity["parents"][-1]["entityId"] for entity in entities))
