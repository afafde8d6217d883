"""`summarize`: counts, sums and extremes, also by group."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.shotgrid.paths import values_at
from integration.sandbox.shotgrid.query import passing
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.store import Row

_MOST_GROUPINGS = 5
_NUMBERS = ("number", "float", "duration", "percent", "currency", "timecode")


def summarize(studio: Studio, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer of `summarize`.

    Raises:
        RefusedError: it asks for what there is not.
    """
    kind = asked.get("type")
    if not isinstance(kind, str):
        raise RefusedError("API summarize() missing required parameter: type")
    summaries, grouping = asked.get("summaries"), asked.get("grouping") or []
    if not isinstance(summaries, list) or not isinstance(grouping, list) or len(grouping) > _MOST_GROUPINGS:
        raise RefusedError("API summarize() summaries and grouping are Arrays.")
    with studio.store.lock:
        studio.schema.fields(kind)
        rows = passing(studio, kind, asked)
        columns = {column["field"]: _summary(studio, kind, column) for column in map(_named, summaries)}
        told: dict[str, Any] = {"summaries": {name: column(rows) for name, column in columns.items()}}
        told["groups"] = _groups(studio, kind, rows, [_named(group) for group in grouping], columns)
        return told


def _named(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict) or not isinstance(item.get("field"), str) or not isinstance(item.get("type"), str):
        raise RefusedError(f"API summarize() expected field and type, got {item!r:.80}")
    return item


def _summary(studio: Studio, kind: str, column: dict[str, Any]) -> Callable[[list[Row]], Any]:
    field, values = values_at(studio, kind, column["field"])
    how = column["type"]
    makers: dict[str, Callable[[list[Any]], Any]] = {
        "record_count": len,
        "count": lambda held: len([value for value in held if value not in (None, "", [])]),
        "sum": sum,
        "avg": lambda held: sum(held) / len(held) if held else 0,
        "average": lambda held: sum(held) / len(held) if held else 0,
        "minimum": lambda held: min(held, default=None),
        "maximum": lambda held: max(held, default=None),
        "earliest": lambda held: min(held, default=None),
        "latest": lambda held: max(held, default=None),
        "checked": lambda held: sum(map(bool, held)),
        "unchecked": lambda held: sum(not value for value in held),
        **_status_makers(column),
    }
    if how not in makers or not _fits(how, field):
        raise RefusedError(f"API summarize() {how:.40} is no summary of {kind}.{field.name} of data type {field.data_type}.")
    keep_empty = how in ("record_count", "checked", "unchecked")
    make = makers[how]
    return lambda rows: make([value for row in rows for value in values(row) if keep_empty or value is not None])


def _status_makers(column: dict[str, Any]) -> dict[str, Callable[[list[Any]], Any]]:
    wanted = column.get("value")
    wanted = wanted if isinstance(wanted, list) else [wanted]
    return {
        "status_percentage": lambda held: sum(value in wanted for value in held) / len(held) if held else 0.0,
        "status_list": lambda held: (held[0] if len(set(held)) == 1 else "ip") if held else None,
        "percentage": lambda held: sum(value in wanted for value in held) / len(held) if held else 0.0,
        "status_percentage_as_float": lambda held: sum(value in wanted for value in held) / len(held) if held else 0.0,
    }


def _fits(how: str, field: Field) -> bool:
    if field.data_type in ("serializable", "password"):
        return False
    if how in ("sum", "avg", "average", "minimum", "maximum"):
        return field.data_type in _NUMBERS
    if how in ("earliest", "latest"):
        return field.data_type in ("date", "date_time")
    if how in ("checked", "unchecked"):
        return field.data_type == "checkbox"
    if how.startswith("status"):
        return field.data_type == "status_list"
    return True


def _groups(studio: Studio, kind: str, rows: list[Row], grouping: list[dict[str, Any]], columns: dict[str, Any]) -> list[dict[str, Any]]:
    if not grouping:
        return []
    group, *rest = grouping
    field, values = values_at(studio, kind, group["field"])
    sorted_rows: dict[str, tuple[Any, list[Row]]] = {}
    for row in rows:
        for key, value in _keys(studio, field, values(row)[0], group["type"]):
            sorted_rows.setdefault(key, (value, []))[1].append(row)
    told = []
    for key in sorted(sorted_rows, reverse=group.get("direction") == "desc"):
        value, members = sorted_rows[key]
        one: dict[str, Any] = {"group_name": key, "group_value": value}
        one["summaries"] = {name: column(members) for name, column in columns.items()}
        if rest:
            one["groups"] = _groups(studio, kind, members, rest, columns)
        told.append(one)
    return told


def _keys(studio: Studio, field: Field, value: Any, how: str) -> list[tuple[str, Any]]:
    if field.is_link:
        links = [studio.shown_link(link) for link in (value if isinstance(value, list) else [value])]
        if how == "entitytype":
            return [(link["type"], link["type"]) if link else ("", None) for link in links]
        return [(str(link["name"]), link) if link else ("", None) for link in links] or [("", None)]
    if value is None:
        return [("", None)]
    cuts = {"year": 4, "month": 7, "day": 10, "firstletter": 1}
    if isinstance(value, str) and how in cuts:
        return [(value[: cuts[how]], value[: cuts[how]])]
    if how == "exact":
        return [(str(value), value)]
    size = {
        "tens": 10,
        "hundreds": 100,
        "thousands": 1000,
        "tensofthousands": 10_000,
        "hundredsofthousands": 100_000,
        "millions": 10**6,
    }.get(how)
    if size and isinstance(value, int | float):
        low = int(value // size * size)
        return [(f"{low}-{low + size}", f"{low}-{low + size}")]
    raise RefusedError(f"API summarize() cannot group {field.name} by {how:.40}.")
