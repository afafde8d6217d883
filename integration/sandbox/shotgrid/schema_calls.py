"""`schema_read` and its like: what fields there are, and changes to them."""

import re
from dataclasses import replace
from typing import Any

from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import CREATABLE, Field, is_unique, shown_type
from integration.sandbox.shotgrid.studio import Actor, Studio
from integration.sandbox.shotgrid.values import accepted

_TOP = ("name", "description")
_FIXED = ("data_type", "entity_type", "mandatory", "unique", "editable")


def schema_entity_read(studio: Studio, _actor: Actor, _asked: dict[str, Any]) -> dict[str, Any]:
    """Every type with its name."""
    return {kind: {"name": _fixed(shown_type(kind)), "visible": _fixed(True)} for kind in studio.schema.kinds()}


def schema_read(studio: Studio, _actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """Every field of every type."""
    project = _project(asked)
    return {
        kind: {name: _described(kind, field, project) for name, field in studio.schema.fields(kind).items()}
        for kind in studio.schema.kinds()
    }


def schema_field_read(studio: Studio, _actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """The fields of a type, or the one asked for."""
    kind, project = _kind(asked), _project(asked)
    fields = studio.schema.fields(kind)
    if "field_name" in asked:
        field = _known(studio, kind, asked["field_name"])
        return {field.name: _described(kind, field, project)}
    return {name: _described(kind, field, project) for name, field in fields.items()}


def schema_field_create(studio: Studio, _actor: Actor, asked: dict[str, Any]) -> str:
    """Make a field; its name, which gets a number when the wanted one is taken."""
    kind, data_type = _kind(asked), asked.get("data_type")
    properties = _properties(asked)
    shown = properties.pop("name", None)
    if data_type not in CREATABLE or not isinstance(shown, str) or not shown.strip() or len(shown) > 200:
        raise RefusedError(f"API schema_field_create() failed: no field of data type {data_type!r:.60} called {shown!r:.80}.")
    with studio.store.transaction():
        known = studio.schema.fields(kind)
        stem = f"sg_{_snake(shown)}"
        if studio.schema.trashed(kind, stem) and stem not in known:
            raise RefusedError(f"API schema_field_create() failed: {kind}.{stem} exists in the trash.")
        name, number = stem, 0
        while name in known or studio.schema.trashed(kind, name):
            number += 1
            name = f"{stem}_{number}"
        field = Field(name=name, data_type=data_type, shown=shown.strip(), custom=True, default=False if data_type == "checkbox" else None)
        studio.schema.store_field(kind, _changed(studio, kind, field, properties))
    return name


def schema_field_update(studio: Studio, _actor: Actor, asked: dict[str, Any]) -> bool:
    """Change properties of a field."""
    kind = _kind(asked)
    properties, project = _properties(asked), _project(asked)
    with studio.store.transaction():
        field = _known(studio, kind, asked.get("field_name"))
        if "visible" in properties:
            if project is None:
                raise RefusedError("API schema_field_update() failed: 'visible' is changed for a project.")
            hidden = set(field.hidden_in) - {project} if properties.pop("visible") else {*field.hidden_in, project}
            field = replace(field, hidden_in=tuple(sorted(hidden)))
        if "hidden_values" in properties and project is not None:
            values = _texts(properties.pop("hidden_values"), "hidden_values")
            field = replace(field, hidden_values={**(field.hidden_values or {}), str(project): values})
        studio.schema.store_field(kind, _changed(studio, kind, field, properties))
    return True


def schema_field_delete(studio: Studio, _actor: Actor, asked: dict[str, Any]) -> bool:
    """Put a field into the trash."""
    kind = _kind(asked)
    with studio.store.transaction():
        field = _known(studio, kind, asked.get("field_name"))
        if not field.custom:
            raise RefusedError(f"API schema_field_delete() failed: {kind}.{field.name} is not a custom field.")
        studio.schema.store_field(kind, field, deleted=True)
    return True


def _snake(shown: str) -> str:
    return re.sub(r"\W+", "_", shown.strip().lower(), flags=re.ASCII).strip("_")[:60] or "field"


def _kind(asked: dict[str, Any]) -> str:
    kind = asked.get("type")
    if not isinstance(kind, str):
        raise RefusedError("API call missing required parameter: type")
    return kind


def _project(asked: dict[str, Any]) -> int | None:
    project = asked.get("project")
    number = project.get("id") if isinstance(project, dict) else None
    return number if type(number) is int else None


def _known(studio: Studio, kind: str, name: Any) -> Field:
    field = studio.schema.fields(kind).get(name) if isinstance(name, str) else None
    if field is None:
        raise RefusedError(f"API call failed: {kind}.{name!s:.80} doesn't exist.")
    return field


def _properties(asked: dict[str, Any]) -> dict[str, Any]:
    given = asked.get("properties")
    if not isinstance(given, list) or not all(isinstance(item, dict) and isinstance(item.get("property_name"), str) for item in given):
        raise RefusedError("API call invalid parameter: properties")
    return {item["property_name"]: item.get("value") for item in given}


def _changed(studio: Studio, kind: str, field: Field, properties: dict[str, Any]) -> Field:
    """`field` with other properties."""
    for name, value in properties.items():
        match name:
            case "name" if isinstance(value, str) and value.strip():
                field = replace(field, shown=value.strip())
            case "description" if isinstance(value, str):
                field = replace(field, description=value)
            case "valid_values" if field.data_type in ("list", "status_list"):
                field = replace(field, values=tuple(dict.fromkeys(_texts(value, name))))
            case "valid_types" if field.is_link:
                types = _texts(value, name)
                for target in types:
                    studio.schema.fields(target)
                field = replace(field, types=tuple(types))
            case "default_value":
                field = replace(field, default=None if value is None else accepted(studio, kind, field, value))
            case _ if name in (*_TOP, *_FIXED, "valid_values", "valid_types"):
                raise RefusedError(f"API call failed: property {name} of {kind}.{field.name} is not changed to {value!r:.80}.")
            case _:
                field = replace(field, extra={**(field.extra or {}), name: value})
    return field


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RefusedError(f"API call failed: property {name} is an Array of Strings.")
    return value


def _fixed(value: Any, *, editable: bool = False) -> dict[str, Any]:
    return {"value": value, "editable": editable}


def _described(kind: str, field: Field, project: int | None) -> dict[str, Any]:
    properties: dict[str, Any] = {"default_value": _fixed(field.default), "summary_default": _fixed("none", editable=True)}
    if field.data_type in ("list", "status_list"):
        properties["valid_values"] = _fixed(list(field.values), editable=True)
        hidden = (field.hidden_values or {}).get(str(project), [])
        properties["hidden_values"] = _fixed(hidden)
    if field.data_type == "status_list":
        from_codes = {value: value for value in field.values}
        properties["display_values"] = _fixed(from_codes)
    if field.is_link:
        properties["valid_types"] = _fixed(list(field.types), editable=True)
    properties |= {name: _fixed(value, editable=True) for name, value in (field.extra or {}).items()}
    return {
        "name": _fixed(field.shown, editable=True),
        "description": _fixed(field.description, editable=True),
        "custom_metadata": _fixed("", editable=True),
        "data_type": _fixed(field.data_type),
        "editable": _fixed(field.editable),
        "entity_type": _fixed(kind),
        "mandatory": _fixed(field.mandatory),
        "unique": _fixed(is_unique(kind, field.name)),
        "visible": _fixed(project is None or project not in field.hidden_in, editable=project is not None),
        "properties": properties,
        "ui_value_displayable": _fixed(field.data_type not in ("serializable", "password")),
    }
