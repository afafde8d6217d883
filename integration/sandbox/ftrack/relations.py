"""What an entity holds and what holds it: one, many, made up, metadata and custom attributes."""

from collections.abc import Iterator
from typing import Any

from integration.sandbox.ftrack.rows import SEPARATOR, Rows
from integration.sandbox.ftrack.schema import Attribute, EntityType, entity_types
from integration.sandbox.store import Row

VALUES_OF = {
    "ContextCustomAttributeValue": "Context",
    "AssetVersionCustomAttributeValue": "AssetVersion",
    "AssetCustomAttributeValue": "Asset",
    "UserCustomAttributeValue": "User",
    "ListCustomAttributeValue": "List",
}
"""What each type of custom attribute values belongs to."""
_ABOVE = ("context_id", "asset_id", "version_id", "parent_id", "list_id", "note_id", "from_id", "project_id")
"""Columns that name what an entity belongs to, the nearest first."""
_DEEPEST = 100


class Relations:
    """Answers from the rows of one studio."""

    def __init__(self, rows: Rows) -> None:
        """Answer from `rows`."""
        self.rows = rows

    def held(self, row: Row, attribute: Attribute) -> Row | None:
        """The one entity that `attribute` leads to."""
        if attribute.name == "latest_version":
            return self.latest_version(row)
        return self.rows.get(attribute.target, row["values"].get(attribute.column))

    def members(self, row: Row, attribute: Attribute) -> list[Row]:
        """The entities that a collection holds."""
        match attribute.kind:
            case "many" | "metadata":
                found = self.rows.held_by(attribute.target, attribute.column, row["id"])
                where = attribute.where
                return [one for one in found if where is None or one["values"].get(where[0]) == where[1]]
            case "through":
                links = self.rows.held_by(attribute.link, attribute.column, row["id"])
                found_there = (self.rows.get(attribute.target, link["values"].get(attribute.far)) for link in links)
                return [one for one in found_there if one is not None]
            case "custom":
                return list(self.custom_values(row))
            case _:
                return list(self.descendants(row) if attribute.name == "descendants" else self.ancestors(row))

    def custom_values(self, row: Row) -> Iterator[Row]:
        """A value for each configuration that applies: the one that was set, or the default."""
        name = next(values for values, owner in VALUES_OF.items() if row["type"] in entity_types()[owner].kinds)
        for configuration in self.rows.of("CustomAttributeConfiguration"):
            if self.applies(configuration["values"], row):
                yield self.custom_value(name, configuration, row["id"])

    def custom_value(self, name: str, configuration: Row, entity_id: str) -> Row:
        """One value, set or not."""
        key = f"{configuration['id']}{SEPARATOR}{entity_id}"
        made = {"configuration_id": configuration["id"], "entity_id": entity_id, "value": configuration["values"].get("default")}
        kept = self.rows.store.get(name, key)
        values = {**(kept["values"] if kept else made), "key": configuration["values"].get("key")}
        return {"type": name, "id": key, "values": values}

    def applies(self, configuration: dict[str, Any], row: Row) -> bool:
        """Whether a configuration is one of this entity's."""
        kind = entity_types()[row["type"]]
        if configuration.get("project_id") not in (None, self.project_id(row)):
            return False
        if configuration.get("is_hierarchical"):
            return kind.table in ("show", "task")
        return configuration.get("entity_type") == kind.table and configuration.get("object_type_id") in (
            None,
            row["values"].get("object_type_id"),
        )

    def every_custom_value(self, name: str) -> Iterator[Row]:
        """The values of one type, of every entity."""
        for row in self.rows.of(VALUES_OF[name]) if name in VALUES_OF else ():
            yield from self.custom_values(row)

    def project_id(self, row: Row) -> str | None:
        """The project an entity belongs to; None for one that belongs to none."""
        last = self.chain(row)[-1]
        return str(last["id"]) if last["type"] == "Project" else row["values"].get("project_id")

    def chain(self, row: Row) -> list[Row]:
        """An entity, what it belongs to, and so on up to the project."""
        chain = [row]
        for _ in range(_DEEPEST):
            values = chain[-1]["values"]
            above = next((values[name] for name in _ABOVE if values.get(name)), None)
            parent = next(
                (found for kind in ("Context", "Asset", "AssetVersion", "Note", "List") if (found := self.rows.get(kind, above))), None
            )
            if parent is None or parent["id"] == chain[-1]["id"]:
                break
            chain.append(parent)
        return chain

    def ancestors(self, row: Row) -> Iterator[Row]:
        """What an entity stands under, from the project down, without the project."""
        yield from reversed([one for one in self._above(row) if one["type"] != "Project"])

    def _above(self, row: Row) -> Iterator[Row]:
        for _ in range(_DEEPEST):
            parent = self.rows.get("Context", row["values"].get("parent_id"))
            if parent is None:
                return
            yield parent
            row = parent

    def descendants(self, row: Row) -> Iterator[Row]:
        """Everything that stands under an entity."""
        for child in self.rows.held_by("Context", "parent_id", row["id"]):
            yield child
            yield from self.descendants(child)

    def latest_version(self, asset: Row) -> Row | None:
        """The version with the highest number."""
        return max(
            self.rows.held_by("AssetVersion", "asset_id", asset["id"]), key=lambda one: one["values"].get("version") or 0, default=None
        )

    def link(self, row: Row) -> list[dict[str, Any]]:
        """Where an entity stands: type, id and name of each step from the project to itself."""
        steps = [*self._above(row)][::-1]
        if row["type"] == "AssetVersion" and (asset := self.rows.get("Asset", row["values"].get("asset_id"))):
            context = self.rows.get("Context", asset["values"].get("context_id"))
            steps = [*([*self._above(context)][::-1] if context else []), *([context] if context else [])]
            steps += [{**asset, "values": {"name": f"{asset['values'].get('name')} - v{row['values'].get('version') or 0:03d}"}}]
        else:
            steps.append(row)
        return [{"type": _link_type(entity_types()[one["type"]]), "id": one["id"], "name": one["values"].get("name", "")} for one in steps]

    def computed(self, row: Row, name: str, url: str) -> Any:
        """The value of an attribute that is made up when it is asked for; `url` is the server's address."""
        match name:
            case "link":
                return self.link(row)
            case "time_logged" | "bid_time_logged_difference":
                under = [row, *self.descendants(row)]
                logged = sum(
                    log["values"].get("duration") or 0 for one in under for log in self.rows.held_by("Timelog", "context_id", one["id"])
                )
                return logged if name == "time_logged" else (row["values"].get("bid") or 0) - logged
            case "is_latest_version":
                asset = self.rows.get("Asset", row["values"].get("asset_id"))
                latest = self.latest_version(asset) if asset else None
                return latest is not None and latest["id"] == row["id"]
            case "latest_version_id":
                latest = self.latest_version(row)
                return latest["id"] if latest else None
            case "thumbnail_url":
                thumbnail = row["values"].get("thumbnail_id") or row["values"].get("component_id")
                return (
                    {"value": f"{url}/component/thumbnail?id={thumbnail}", "url": f"{url}/component/thumbnail?id={thumbnail}"}
                    if thumbnail
                    else None
                )
            case _:
                component = row["values"].get("component_id")
                return {"value": f"{url}/component/get?id={component}", "url": f"{url}/component/get?id={component}"}


def _link_type(kind: EntityType) -> str:
    return {"show": "Project", "task": "TypedContext"}.get(kind.table, kind.name)
