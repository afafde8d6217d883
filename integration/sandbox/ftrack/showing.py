"""Entities as they go on the wire: what a query projects, in full once for each place of it, everywhere else by key."""

from typing import Any

from integration.sandbox.ftrack.query_language import Path
from integration.sandbox.ftrack.relations import Relations
from integration.sandbox.ftrack.schema import Attribute, default_projections, entity_types
from integration.sandbox.ftrack.values import shown
from integration.sandbox.store import Row

_Tree = dict[str, Any]


def tree_of(paths: tuple[Path, ...]) -> _Tree:
    """Projections by their first step, and what is projected behind each."""
    tree: _Tree = {}
    for path in paths:
        branch = tree
        for step in path:
            branch = branch.setdefault(step.name, {})
    return tree


class Showing:
    """Shows the entities of one answer."""

    def __init__(self, relations: Relations, url: str) -> None:
        """Begin an answer of the server at `url`."""
        self._relations = relations
        self._url = url
        self._shown: set[tuple[str, Any, int]] = set()

    def reference(self, row: Row) -> dict[str, Any]:
        """An entity's type and key, and what its type always carries."""
        kind = entity_types()[row["type"]]
        told: dict[str, Any] = {"__entity_type__": row["type"]}
        for name in (*kind.key, *kind.carries):
            told[name] = self._scalar(row, kind.attributes[name])
        return told

    def entity(self, row: Row, tree: _Tree) -> dict[str, Any]:
        """An entity with what `tree` projects, by default its type's own choice."""
        told = self.reference(row)
        if (identity := (row["type"], row["id"], id(tree))) in self._shown:
            return told
        self._shown.add(identity)
        kind = entity_types()[row["type"]]
        for name, behind in (tree or {name: {} for name in default_projections(kind)}).items():
            attribute = kind.attributes.get(name)
            if attribute is not None:
                told[name] = self._attribute(row, attribute, behind)
        return told

    def _attribute(self, row: Row, attribute: Attribute, behind: _Tree) -> Any:
        if attribute.kind == "scalar":
            return self._scalar(row, attribute)
        if attribute.kind == "one":
            held = self._relations.held(row, attribute)
            return self.entity(held, behind) if held else None
        return [self.entity(one, behind) for one in self._relations.members(row, attribute)]

    def _scalar(self, row: Row, attribute: Attribute) -> Any:
        if attribute.is_computed:
            return self._relations.computed(row, attribute.name, self._url)
        return shown(attribute, row["values"].get(attribute.name))
