"""The schema the pretend studio serves: read from the compact table, published as the vendor's clients want it."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from integration.sandbox.ftrack.schema_people import PEOPLE
from integration.sandbox.ftrack.schema_table import WORK

SCALARS = {"str": "string", "int": "integer", "num": "number", "bool": "boolean", "date": "string", "any": "variable", "obj": "object"}
"""The types of values, here and on the wire."""
_HEADING = re.compile(r"\[(\w+)\](?: < (\w+))?((?: \w+=\S+)*)")
_ATTRIBUTE = re.compile(
    r"(?P<name>\w+) (?:(?P<scalar>str|int|num|bool|date|any|obj)|-> (?P<one>\w+)(?: via (?P<via>\w+))?"
    r"|<- (?P<many>\w+)\.(?P<back>\w+)(?: where (?P<where>\w+=\w+))?|<> (?P<link>\w+)\.(?P<near>\w+)/(?P<far>\w+) (?P<there>\w+)"
    r'|all (?P<made>\w+)|(?P<meta>meta)|custom (?P<custom>\w+))(?: = (?P<default>"[^"]*"|\S+))?(?: as (?P<alias>\w+))?(?P<marks>(?: [!*])*)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a type."""

    name: str
    kind: str
    """``scalar``, ``one``, ``many``, ``through``, ``made``, ``metadata`` or ``custom``."""
    scalar: str = ""
    """One of `SCALARS`."""
    target: str = ""
    """The type it leads to."""
    column: str = ""
    """Where its id is held: by us for ``one``, by them for ``many``, by the link for ``through``."""
    far: str = ""
    """For ``through``, where the link holds the other's id; `link` is its type."""
    link: str = ""
    where: tuple[str, str] | None = None
    """For ``many``, an attribute of theirs and the value it must have."""
    alias: str = ""
    """Its name in events."""
    default: Any = None
    has_default: bool = False
    is_computed: bool = False
    is_immutable: bool = False


@dataclass(slots=True, kw_only=True)
class EntityType:
    """One type of entity."""

    name: str
    parent: str
    key: tuple[str, ...]
    table: str
    """Its name in events."""
    carries: tuple[str, ...]
    """What every reference to it shows beside the key."""
    object_type_id: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    """Itself, if it has rows of its own, and every type that shares its attributes."""


@cache
def entity_types() -> dict[str, EntityType]:
    """Every type by name."""
    types: dict[str, EntityType] = {}
    for line in filter(None, map(str.strip, (WORK + PEOPLE).splitlines())):
        if heading := _HEADING.fullmatch(line):
            current = _begin(types, *heading.groups())
        else:
            for attribute in _read(line):
                if attribute.name not in current.attributes or attribute.kind != "scalar":
                    current.attributes[attribute.name] = attribute
    for kind in types.values():
        kind.kinds = tuple(name for name in types if name == kind.name or _descends(types, name, kind.name))
    return types


def _descends(types: dict[str, EntityType], name: str, ancestor: str) -> bool:
    parent = types[name].parent
    return bool(parent) and (parent == ancestor or _descends(types, parent, ancestor))


def _begin(types: dict[str, EntityType], name: str, parent: str | None, given: str) -> EntityType:
    options = dict(part.split("=", 1) for part in given.split())
    above = types.get(parent or "")
    kind = EntityType(
        name=name,
        parent=parent or "",
        key=tuple(options["key"].split(",")) if "key" in options else above.key if above else ("id",),
        table=options.get("table", above.table if above and above.name == "TypedContext" else name.lower()),
        carries=tuple(options["carries"].split(",")) if "carries" in options else above.carries if above else (),
        object_type_id=options.get("object", ""),
        attributes=dict(above.attributes) if above else {},
    )
    for column in kind.key:
        own = column == "id" and name != "Event"
        kind.attributes.setdefault(
            column,
            Attribute(
                name=column, kind="scalar", scalar="int" if name == "Event" else "str", has_default=own, default="{uid}" if own else None
            ),
        )
    if kind.object_type_id:
        kind.attributes["object_type_id"] = Attribute(
            name="object_type_id",
            kind="scalar",
            scalar="str",
            alias="object_typeid",
            has_default=True,
            default=kind.object_type_id,
            is_immutable=True,
        )
    types[name] = kind
    return kind


def _read(line: str) -> list[Attribute]:
    """The attributes a line stands for: to one other entity, there are two."""
    found = _ATTRIBUTE.fullmatch(line)
    if found is None:
        raise ValueError(f"the schema's table cannot be read at: {line}")
    part: dict[str, str] = {name: value or "" for name, value in found.groupdict().items()}
    marks: dict[str, Any] = {"is_computed": "*" in part["marks"], "is_immutable": bool(part["marks"].strip())}
    default: dict[str, Any] = {"has_default": bool(part["default"]), "default": json.loads(part["default"]) if part["default"] else None}
    name = part["name"]
    if part["scalar"]:
        return [Attribute(name=name, kind="scalar", scalar=part["scalar"], alias=part["alias"], **default, **marks)]
    if part["one"]:
        column = part["via"] or f"{name}_id"
        held = Attribute(name=column, kind="scalar", scalar="str", alias=part["alias"], **default, **marks)
        return [held, Attribute(name=name, kind="one", target=part["one"], column=column, **marks)]
    if part["many"]:
        there, _, value = part["where"].partition("=")
        return [Attribute(name=name, kind="many", target=part["many"], column=part["back"], where=(there, value) if there else None)]
    if part["link"]:
        return [Attribute(name=name, kind="through", target=part["there"], link=part["link"], column=part["near"], far=part["far"])]
    if part["made"]:
        return [Attribute(name=name, kind="made", target=part["made"], **marks)]
    if part["meta"]:
        return [Attribute(name=name, kind="metadata", target="Metadata", column="parent_id")]
    return [Attribute(name=name, kind="custom", target=part["custom"], column="entity_id")]


@cache
def published() -> tuple[list[dict[str, Any]], str]:
    """The schemas as ``query_schemas`` gives them, and their hash as ``query_server_information`` does (md5 of sorted JSON)."""
    schemas = [_schema(kind) for kind in entity_types().values()]
    text = json.dumps(schemas, sort_keys=True)
    return schemas, hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _schema(kind: EntityType) -> dict[str, Any]:
    immutable = [name for name, one in kind.attributes.items() if one.is_immutable or one.is_computed or name in kind.key]
    schema: dict[str, Any] = {
        "id": kind.name,
        "type": "object",
        "properties": {name: _property(one) for name, one in kind.attributes.items()},
        "primary_key": list(kind.key),
        "required": list(kind.key),
        "immutable": immutable,
        "computed": [name for name, one in kind.attributes.items() if one.is_computed],
        "default_projections": default_projections(kind),
        "system_projections": list(kind.carries),
    }
    if kind.object_type_id:
        schema["alias_for"] = {"id": "Task", "classifiers": {"object_typeid": kind.object_type_id}}
    return schema


def default_projections(kind: EntityType) -> list[str]:
    """What a query without ``select`` gives."""
    shown = [*kind.key, *kind.carries]
    return list(dict.fromkeys([*shown, "name"] if "Context" in (kind.parent, kind.name) or kind.object_type_id else shown))


def _property(one: Attribute) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if one.kind == "scalar":
        shown["type"] = SCALARS[one.scalar]
        if one.scalar == "date":
            shown["format"] = "date-time"
        if one.has_default:
            shown["default"] = one.default
    elif one.kind == "one":
        shown["$ref"] = one.target
    else:
        mapped = one.kind in ("metadata", "custom")
        shown = {"type": "mapped_array" if mapped else "array", "items": {"$ref": one.target}}
    if one.alias:
        shown["alias_for"] = one.alias
    return shown
