"""Which fields each type has now: the stock ones, changed by what callers and the seed added, took away or renamed."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.stock_schema import ENTITIES, EVERYWHERE, IDENTIFIERS, UNIQUE
from integration.sandbox.store import Row, Store

OVERLAY = "$Field"
"""The store's type for fields that differ from the stock ones."""

CREATABLE = (
    "text", "number", "float", "checkbox", "date", "date_time", "duration", "list", "entity", "multi_entity", "url", "percent", "status_list",
    "serializable", "currency", "timecode", "image", "color", "tag_list",
)  # fmt: skip
"""Data types a caller may make a field of."""

_LINE = re.compile(r"(?P<name>\w+) (?P<type>\w+)(?:\((?P<arguments>[^)]*)\))?(?P<flags>[^:]*) : (?P<shown>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a type."""

    name: str
    data_type: str
    shown: str
    """Display name."""
    mandatory: bool = False
    editable: bool = True
    """Whether callers may write it."""
    values: tuple[str, ...] = ()
    """Values a list or status may take."""
    types: tuple[str, ...] = ()
    """Types a link may point to; empty for any."""
    inverse: str = ""
    """``Type.field`` of the same link seen from the other side."""
    default: Any = None
    description: str = ""
    custom: bool = False
    """Whether a caller made it, and may delete it."""
    hidden_values: Mapping[str, Any] | None = None
    """Values a project hides, by the project's id as text."""
    hidden_in: tuple[int, ...] = ()
    """Projects that do not show the field."""
    extra: Mapping[str, Any] | None = None
    """Other properties, kept as they were given."""

    @property
    def is_link(self) -> bool:
        """Whether it points to other entities."""
        return self.data_type in ("entity", "multi_entity")


class Schema:
    """Fields by type. Changes go through the store, inside a transaction."""

    def __init__(self, store: Store) -> None:
        """The stock schema with the store's changes."""
        self._store = store
        self._stock = {kind: _parsed(EVERYWHERE + table) for kind, table in ENTITIES.items()}
        self._now: dict[str, dict[str, Field]] = {}
        self.reload()

    def reload(self) -> None:
        """Take over what the store holds; after a change, and after one that was undone."""
        now = {kind: dict(fields) for kind, fields in self._stock.items()}
        for row in self._store.all(OVERLAY).values():
            held = row["field"]
            if row["deleted"]:
                now[row["entity"]].pop(held["name"], None)
            else:
                lists = {key: tuple(held[key]) for key in ("values", "types", "hidden_in")}
                now[row["entity"]][held["name"]] = Field(**{**held, **lists})
        self._now = now

    def kinds(self) -> list[str]:
        """Every type."""
        return list(self._now)

    def fields(self, kind: str) -> dict[str, Field]:
        """Fields of a type.

        Raises:
            RefusedError: there is no such type.
        """
        try:
            return self._now[kind]
        except (KeyError, TypeError):
            raise RefusedError(f"API call failed: entity type {kind!r:.80} does not exist.") from None

    def has(self, kind: str) -> bool:
        """Whether there is such a type."""
        return kind in self._now

    def field(self, kind: str, name: str) -> Field | None:
        """A field, where the type has it."""
        return self._now.get(kind, {}).get(name)

    def trashed(self, kind: str, name: str) -> bool:
        """Whether a field of that name was deleted."""
        return any(row["deleted"] for row in self._overlays(kind, name))

    def store_field(self, kind: str, field: Field, *, deleted: bool = False) -> None:
        """Add, change or delete a field, inside a transaction."""
        there = next(iter(self._overlays(kind, field.name)), None)
        number = there["id"] if there else self._store.next_id(OVERLAY)
        self._store.put({"type": OVERLAY, "id": number, "entity": kind, "field": asdict(field), "deleted": deleted})
        self.reload()

    def _overlays(self, kind: str, name: str) -> list[Row]:
        return [row for row in self._store.all(OVERLAY).values() if (row["entity"], row["field"]["name"]) == (kind, name)]


def identifier(kind: str) -> str:
    """The field that names entities of a type."""
    return IDENTIFIERS.get(kind, "code")


def is_unique(kind: str, name: str) -> bool:
    """Whether no two entities may share this field's value."""
    return UNIQUE.get(kind) == name


def shown_type(kind: str) -> str:
    """What people call a type: ``Published File``."""
    return "Background" if kind == "CustomEntity01" else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)


def with_values(field: Field, values: list[str]) -> Field:
    """`field` that takes these values."""
    return replace(field, values=tuple(dict.fromkeys(values)))


def _parsed(table: str) -> dict[str, Field]:
    fields = [_parsed_line(line) for line in table.strip().splitlines() if line.strip()]
    return {field.name: field for field in fields}


def _parsed_line(line: str) -> Field:
    match = _LINE.fullmatch(line.strip())
    assert match is not None, f"bad line in the stock schema: {line}"
    arguments = tuple(filter(None, (match["arguments"] or "").split("|")))
    flags = match["flags"]
    inverse = re.search(r"~(\S+)", flags)
    default = re.search(r"=(\S+)", flags)
    link = match["type"] in ("entity", "multi_entity")
    return Field(
        name=match["name"],
        data_type=match["type"],
        shown=match["shown"],
        mandatory="*" in flags.split(),
        editable="!" not in flags.split(),
        values=() if link else arguments,
        types=arguments if link else (),
        inverse=inverse[1] if inverse else "",
        default=json.loads(default[1]) if default else None,
    )
