"""Creating, changing and deleting entities, as the server does it: defaults, references, whole collections, cascades."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integration.sandbox.ftrack.changes import Changes
from integration.sandbox.ftrack.defaults import server_values
from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.relations import VALUES_OF, Relations
from integration.sandbox.ftrack.rows import key_of
from integration.sandbox.ftrack.schema import Attribute, EntityType, entity_types
from integration.sandbox.ftrack.values import accepted, shown
from integration.sandbox.store import Row

ABSTRACT = {"Context", "TypedContext", "Resource", "List", "StatusChange"}
"""Types that nothing is made of."""
_KEPT_BY_SERVER = {"StatusChange", "TypedContextStatusChange", "AssetVersionStatusChange", "Event"}
_SETTINGS = {
    "CustomAttributeConfiguration", "CustomAttributeReader", "CustomAttributeWriter", "CustomAttributeGroup", "Status", "Type", "AssetType",
    "ObjectType", "ProjectSchema", "WorkflowSchema", "WorkflowSchemaStatus", "TaskTypeSchema", "TaskTypeSchemaType", "Schema", "SchemaStatus",
    "SchemaType", "ProjectSchemaObjectType", "ProjectSchemaOverride", "SecurityRole", "UserSecurityRole", "Setting", "NoteLabel", "NoteCategory",
    "ListCategory", "Priority", "State", "User",
}  # fmt: skip
"""Types that only those who manage settings may write."""
_OWNED: dict[str, tuple[tuple[str, str], ...]] = {
    "Context": (
        ("Context", "parent_id"), ("Asset", "context_id"), ("Note", "parent_id"), ("Timelog", "context_id"), ("Timer", "context_id"),
        ("Appointment", "context_id"), ("Manager", "context_id"), ("TypedContextLink", "from_id"), ("TypedContextLink", "to_id"),
        ("ListObject", "entity_id"), ("ContextScope", "context_id"), ("List", "project_id"), ("ReviewSession", "project_id"),
    ),
    "Asset": (("AssetVersion", "asset_id"),),
    "AssetVersion": (
        ("Component", "version_id"), ("Note", "parent_id"), ("ListObject", "entity_id"), ("ReviewSessionObject", "version_id"),
        ("AssetVersionLink", "from_id"), ("AssetVersionLink", "to_id"),
    ),
    "Component": (("ComponentLocation", "component_id"), ("NoteComponent", "component_id"), ("JobComponent", "component_id")),
    "Note": (("Note", "in_reply_to_id"), ("Recipient", "note_id"), ("NoteComponent", "note_id"), ("NoteLabelLink", "note_id")),
    "List": (("ListObject", "list_id"),),
    "ReviewSession": (("ReviewSessionObject", "review_session_id"), ("ReviewSessionInvitee", "review_session_id")),
    "Job": (("JobComponent", "job_id"),),
    "Group": (("Membership", "group_id"),),
}  # fmt: skip
"""What goes with an entity that is deleted."""


@dataclass(kw_only=True)
class Writing:
    """One batch of writing by one person."""

    relations: Relations
    actor: Actor
    changes: Changes
    _later: list[Callable[[], None]] = field(default_factory=list)
    """Collections and checks, done when everything in the batch exists."""

    def create(self, kind_name: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Make an entity; gives what was sent and what the server set."""
        kind = self._writable(kind_name)
        if kind_name in VALUES_OF or kind_name == "CustomAttributeValue":
            return self._set_custom(kind_name, [data.get("configuration_id"), data.get("entity_id")], data)
        if kind_name in ABSTRACT or kind_name in _KEPT_BY_SERVER:
            raise RefusedError("ValidationError", f"{kind_name} cannot be created")
        given = self._taken(kind, data, creating=True)
        values = {one.name: one.default for one in kind.attributes.values() if one.has_default and one.default != "{uid}"}
        if kind.key == ("id",):
            values["id"] = str(uuid.uuid4())
        values |= given
        values |= server_values(self.relations, kind, values, self.actor)
        missing = [column for column in kind.key if values.get(column) in (None, "")]
        if missing:
            raise RefusedError("ValidationError", f"{kind.name}: {', '.join(missing)} is required")
        if self.relations.rows.store.get(kind.name, key_of(kind, values)):
            raise RefusedError("IntegrityError", f"{kind.name} {key_of(kind, values)} exists: DuplicateEntryError")
        row = self.relations.rows.put(kind.name, values)
        self.changes.added(row)
        self._later.append(lambda: self._check_unique(row))
        self._take_collections(kind, row, data)
        added = {name: shown(kind.attributes[name], value) for name, value in values.items() if name not in given}
        return {**self._echo(kind, row, data), **added}

    def update(self, kind_name: str, key: list[Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """Change an entity; gives what was sent."""
        kind = self._writable(kind_name)
        if kind_name in VALUES_OF or kind_name == "CustomAttributeValue":
            return self._set_custom(kind_name, key, data)
        row = self._standing(kind, key)
        own = entity_types()[row["type"]]
        given = self._taken(own, data, creating=False)
        changed = {name: value for name, value in given.items() if row["values"].get(name) != value}
        if changed:
            after = self.relations.rows.put(row["type"], {**row["values"], **changed})
            self.changes.updated(row, after, self.actor)
            self._later.append(lambda: self._check_unique(after))
        self._take_collections(own, row, data)
        return self._echo(own, row, data, asked=kind_name)

    def delete(self, kind_name: str, key: list[Any]) -> None:
        """Delete an entity and what it owns."""
        kind = self._writable(kind_name)
        if kind_name in VALUES_OF or kind_name == "CustomAttributeValue":
            self._set_custom(kind_name, key, {"value": None})
            return
        self._delete(self._standing(kind, key))

    def finish(self) -> None:
        """Do what had to wait for the whole batch.

        Raises:
            RefusedError: something it refers to does not exist, or exists twice.
        """
        for act in self._later:
            act()
        self._later.clear()

    def _writable(self, kind_name: str) -> EntityType:
        kind = entity_types().get(kind_name)
        if kind is None:
            raise RefusedError("InvalidTypeError", f"There is no type {kind_name!r}")
        if not self.actor.may_write or (kind_name in _SETTINGS and not self.actor.may_manage):
            raise RefusedError("PermissionDeniedError", f"{self.actor.username} may not write {kind_name}", status=403)
        return kind

    def _standing(self, kind: EntityType, key: list[Any]) -> Row:
        row = self.relations.rows.get(kind.name, "/".join(map(str, key)))
        if row is None:
            raise RefusedError("EntityNotFoundError", f"{kind.name} {', '.join(map(str, key))} does not exist", status=404)
        return row

    def _taken(self, kind: EntityType, data: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
        """The columns that `data` sets."""
        columns: dict[str, Any] = {}
        for name, value in data.items():
            attribute = kind.attributes.get(name)
            if name == "__entity_type__":
                continue
            if attribute is None:
                raise RefusedError("InvalidAttributeError", f"Could not resolve attribute {name!r} on {kind.name}")
            fixed = attribute.is_immutable or attribute.is_computed or (name in kind.key and not creating)
            if fixed and not creating and attribute.kind in ("scalar", "one"):
                raise RefusedError("ValidationError", f"{kind.name}.{name} cannot be changed")
            if attribute.is_computed:
                continue
            if attribute.kind == "scalar":
                columns[name] = accepted(kind.name, attribute, value)
            elif attribute.kind == "one":
                columns[attribute.column] = _reference(kind, attribute, value)
        for attribute in kind.attributes.values():
            if attribute.kind == "one" and not attribute.is_computed and columns.get(attribute.column) is not None:
                self._later.append(lambda one=attribute, wanted=columns[attribute.column]: self._check_exists(kind, one, wanted))  # type: ignore[misc]
        return columns

    def _check_exists(self, kind: EntityType, attribute: Attribute, wanted: Any) -> None:
        if self.relations.rows.get(attribute.target, wanted) is None:
            raise RefusedError("IntegrityError", f"{kind.name}.{attribute.name}: there is no {attribute.target} {wanted}")

    def _check_unique(self, row: Row) -> None:
        """No two siblings of one name, no two users of one username, one timer for each user."""
        rows, values = self.relations.rows, row["values"]
        if rows.store.get(row["type"], row["id"]) is None:
            return
        if entity_types()[row["type"]].object_type_id:
            alike = [
                one
                for one in rows.held_by("TypedContext", "parent_id", values.get("parent_id"))
                if one["values"].get("name") == values.get("name")
            ]
        elif row["type"] in ("User", "Timer"):
            column = {"User": "username", "Timer": "user_id"}[row["type"]]
            alike = rows.held_by(row["type"], column, values.get(column))
        else:
            return
        if any(one["id"] != row["id"] for one in alike):
            name = values.get("name") or values.get("username") or values.get("user_id")
            raise RefusedError("IntegrityError", f"DuplicateEntryError: there is a {row['type']} {name!r} here already")

    def _take_collections(self, kind: EntityType, row: Row, data: Mapping[str, Any]) -> None:
        for name, value in data.items():
            attribute = kind.attributes.get(name)
            if attribute is None or attribute.kind not in ("many", "through"):
                continue
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                raise RefusedError("ValidationError", f"{kind.name}.{name} is a list of entities")
            self._later.append(lambda one=attribute, held=value: self._set_members(row, one, held))  # type: ignore[misc]

    def _set_members(self, row: Row, attribute: Attribute, value: list[dict[str, Any]]) -> None:
        """Let a collection hold these and nothing else."""
        there = entity_types()[attribute.target]
        wanted = ["/".join(str(one.get(column)) for column in there.key) for one in value]
        held = [str(one["id"]) for one in self.relations.members(row, attribute)]
        if attribute.kind == "many":
            for key in (*wanted, *(key for key in held if key not in wanted)):
                self._belong(attribute, key, row if key in wanted else None)
            return
        link = entity_types()[attribute.link]
        for key in wanted:
            if key not in held:
                self.create(link.name, {attribute.column: row["id"], attribute.far: key})
        for one in self.relations.rows.held_by(link.name, attribute.column, row["id"]):
            if str(one["values"].get(attribute.far)) not in wanted and str(one["values"].get(attribute.far)) in held:
                self._delete(one)

    def _belong(self, attribute: Attribute, key: str, owner: Row | None) -> None:
        member = self.relations.rows.get(attribute.target, key)
        if member is None or member["values"].get(attribute.column) == (owner and owner["id"]):
            return
        values = {**member["values"], attribute.column: owner and owner["id"]}
        if member["type"] == "Note" and attribute.column == "parent_id":
            values["parent_type"] = owner and owner["type"]
        after = self.relations.rows.put(member["type"], values)
        self.changes.updated(member, after, self.actor)

    def _set_custom(self, kind_name: str, key: list[Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """Set a custom attribute's value; there is nothing to make, every entity has one already."""
        rows = self.relations.rows
        configuration = rows.get("CustomAttributeConfiguration", key[0] if key else None)
        entity = next((row for owner in VALUES_OF.values() if (row := rows.get(owner, key[1] if len(key) > 1 else None))), None)
        if configuration is None or entity is None or not self.relations.applies(configuration["values"], entity):
            raise RefusedError("EntityNotFoundError", f"There is no custom attribute {key} to set", status=404)
        self._check_may_set(configuration)
        name = next(values for values, owner in VALUES_OF.items() if entity["type"] in entity_types()[owner].kinds)
        before = self.relations.custom_value(name, configuration, entity["id"])
        value = accepted(name, entity_types()[name].attributes["value"], data.get("value"))
        rows.put(name, {**before["values"], "value": value})
        self.changes.custom(entity, str(configuration["values"].get("key")), before["values"].get("value"), value)
        told = {
            "configuration_id": configuration["id"],
            "entity_id": entity["id"],
            "key": configuration["values"].get("key"),
            "value": value,
        }
        return {"__entity_type__": kind_name, **told}

    def _check_may_set(self, configuration: Row) -> None:
        writers = self.relations.rows.held_by("CustomAttributeWriter", "configuration_id", configuration["id"])
        roles = {writer["values"].get("security_role_id") for writer in writers}
        if not self.actor.may_set_custom or (roles and not roles & self.actor.roles):
            raise RefusedError(
                "PermissionDeniedError", f"{self.actor.username} may not set {configuration['values'].get('key')}", status=403
            )

    def _delete(self, row: Row) -> None:
        rows = self.relations.rows
        for owner, owned in _OWNED.items():
            for kind_name, column in owned if row["type"] in entity_types()[owner].kinds else ():
                for one in rows.held_by(kind_name, column, row["id"]):
                    self._delete(one)
        for metadata in rows.held_by("Metadata", "parent_id", row["id"]):
            rows.remove(metadata)
        self.changes.removed(row)
        rows.remove(row)

    def _echo(self, kind: EntityType, row: Row, data: Mapping[str, Any], *, asked: str = "") -> dict[str, Any]:
        """What was sent, as it was sent; a reference by both its names."""
        told: dict[str, Any] = {"__entity_type__": asked or row["type"]}
        told |= {column: row["values"].get(column) for column in (*kind.key, *kind.carries) if not kind.attributes[column].is_computed}
        for name, value in data.items():
            attribute = kind.attributes.get(name)
            if attribute is None:
                continue
            told[name] = value
            if attribute.kind == "one":
                told[attribute.column] = _reference(kind, attribute, value)
        return told


def _reference(kind: EntityType, attribute: Attribute, value: Any) -> str | None:
    if value is None:
        return None
    there = entity_types()[attribute.target]
    key = value.get(there.key[0]) if isinstance(value, dict) else value
    if not isinstance(key, str):
        raise RefusedError("ValidationError", f"{kind.name}.{attribute.name} is an entity")
    return key
