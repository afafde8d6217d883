"""The custom attributes a site has: where people write, and where we write for people to read."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integration.tracker.ftrack.connection import Client, Connection, updated
from integration.tracker.ftrack.query_text import among
from integration.tracker.ftrack.records import AI_POLICY, AI_USED, EVIDENCE, GENZU, NO_DRAFT, OUTCOME, SUMMARY

_REMEMBERED_S = 600.0
OURS = (AI_USED, GENZU, SUMMARY, EVIDENCE, AI_POLICY, OUTCOME, NO_DRAFT)
"""Keys of the attributes that haikei knows."""
FIELDS = "key, label, entity_type, object_type_id, project_id, is_hierarchical, config, type.name"
"""What is asked of a configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One custom attribute, where it applies."""

    id: str
    key: str
    kind: str
    """``Shot``, ``AssetBuild``, ``AssetVersion`` or ``Project``."""
    project: str
    """Id of the one project that has it; empty for all."""
    data_type: str
    """``text``, ``boolean``, ``enumerator``..."""
    config: str
    """JSON of ftrack's."""


class Attributes:
    """A site's custom attributes, remembered for ten minutes."""

    def __init__(self, connection: Connection) -> None:
        """Prepare; nothing is contacted yet."""
        self._connection = connection
        self._known: tuple[float, tuple[Attribute, ...]] = (0.0, ())

    def all(self, *, fresh: bool = False) -> tuple[Attribute, ...]:
        """Every attribute of ours that the site has."""
        until_s, known = self._known
        if fresh or until_s < time.monotonic():
            known = self._connection.tried(read_attributes)
            self._known = time.monotonic() + _REMEMBERED_S, known
        return known

    def find(self, kind: str, key: str) -> Attribute | None:
        """The attribute that every project has."""
        return next((each for each in self.all() if (each.kind, each.key, each.project) == (kind, key, "")), None)


def read_attributes(client: Client) -> tuple[Attribute, ...]:
    """Every attribute of ours that the site has now; one that is hierarchical applies to Shots and Asset Builds alike."""
    kinds = object_types(client)
    found = client.ask(f"select {FIELDS} from CustomAttributeConfiguration where key in {among(OURS)}")[0]
    return tuple(
        Attribute(
            id=str(each["id"]),
            key=str(each["key"]),
            kind=kind,
            project=str(each.get("project_id") or ""),
            data_type=str((each.get("type") or {}).get("name") or ""),
            config=str(each.get("config") or ""),
        )
        for each in found
        for kind in _applies(each, kinds)
    )


def object_types(client: Client) -> dict[str, str]:
    """Ids of what backgrounds hang on, by kind, as the site's schema has them."""
    found = {}
    for schema in client.schemas:
        classifiers = (schema.get("alias_for") or {}).get("classifiers") if isinstance(schema.get("alias_for"), Mapping) else None
        if schema["id"] in ("Shot", "AssetBuild") and classifiers:
            found[str(schema["id"])] = str(classifiers.get("object_typeid"))
    return found


def _applies(configuration: Mapping[str, Any], kinds: Mapping[str, str]) -> tuple[str, ...]:
    entity_type = configuration.get("entity_type")
    if configuration.get("is_hierarchical"):
        return tuple(kinds)
    if entity_type == "task":
        return tuple(kind for kind, number in kinds.items() if number == configuration.get("object_type_id"))
    return {"assetversion": ("AssetVersion",), "show": ("Project",)}.get(str(entity_type), ())


def given(attribute: Attribute, entity: str, value: Any) -> dict[str, Any]:
    """The operation that gives an entity the attribute's `value`; values stand everywhere, so none is ever created."""
    table = "AssetVersionCustomAttributeValue" if attribute.kind == "AssetVersion" else "ContextCustomAttributeValue"
    return updated(table, [attribute.id, entity], value=value)
