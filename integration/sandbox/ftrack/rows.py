"""The entities of the pretend studio, found by type, key and what they are held by."""

from collections.abc import Iterator
from typing import Any

from integration.sandbox.ftrack.schema import EntityType, entity_types
from integration.sandbox.store import Row, Store

SEPARATOR = "/"
"""Between the parts of a key that has several."""


class Rows:
    """What stands in the store: ``{"type", "id", "values"}``. To be read and written under the store's lock."""

    def __init__(self, store: Store) -> None:
        """Look into `store`."""
        self.store = store
        self._changes: dict[str, int] = {}
        self._indexes: dict[tuple[str, str], tuple[int, dict[Any, list[str]]]] = {}

    def of(self, kind: str) -> Iterator[Row]:
        """Every entity of a type and of those that share its attributes."""
        for name in entity_types()[kind].kinds:
            yield from (row for row in self.store.all(name).values() if not row.get("_retired"))

    def get(self, kind: str, key: Any) -> Row | None:
        """The entity of a type, or of one that shares its attributes, with that key."""
        for name in entity_types()[kind].kinds if key is not None else ():
            if row := self.store.get(name, key):
                return row
        return None

    def held_by(self, kind: str, column: str, value: Any) -> list[Row]:
        """Those of a type that have `value` in `column`, in the order they were made."""
        found: list[Row] = []
        for name in entity_types()[kind].kinds:
            keys = self._index(name, column).get(value, ())
            found += [row for key in keys if (row := self.store.get(name, key))]
        return found

    def _index(self, name: str, column: str) -> dict[Any, list[str]]:
        version = self._changes.get(name, 0)
        made, index = self._indexes.get((name, column), (-1, {}))
        if made != version:
            index = {}
            for key, row in self.store.all(name).items():
                if not row.get("_retired") and isinstance(value := row["values"].get(column), str | int | float | bool | None):
                    index.setdefault(value, []).append(key)
            self._indexes[name, column] = (version, index)
        return index

    def put(self, kind: str, values: dict[str, Any]) -> Row:
        """Store an entity whole; its key stands in `values`."""
        row: Row = {"type": kind, "id": key_of(entity_types()[kind], values), "values": values}
        self.store.put(row)
        self._touch(kind)
        return row

    def remove(self, row: Row) -> None:
        """Delete an entity for good."""
        self.store.put({**row, "_retired": True})
        self._touch(row["type"])

    def forget_indexes(self) -> None:
        """After a transaction was undone: what was indexed inside it no longer stands."""
        for kind in entity_types():
            self._touch(kind)

    def _touch(self, kind: str) -> None:
        self._changes[kind] = self._changes.get(kind, 0) + 1


def key_of(kind: EntityType, values: dict[str, Any]) -> Any:
    """The key of an entity, as the store has it."""
    if len(kind.key) == 1:
        return values[kind.key[0]]
    return SEPARATOR.join(str(values[column]) for column in kind.key)
