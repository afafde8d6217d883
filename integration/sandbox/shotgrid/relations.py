"""What each relation of a filter means for each type of data."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.shotgrid.calendar_spans import span
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.shotgrid.values import day_of, moment_of

Test = Callable[[Any], bool]
"""Whether a stored value passes."""

_TEXTS = ("text", "uuid", "color")
_NUMBERS = ("number", "float", "duration", "percent", "currency", "timecode")
_CHOICES = ("list", "status_list", "entity_type")
_NAMED = ("type_is", "type_is_not", "name_contains", "name_not_contains", "name_is", "name_starts_with", "name_ends_with")


def test_for(studio: Studio, where: str, field: Field, relation: str, values: list[Any]) -> Test:
    """What `relation` with `values` asks of a value of `field`.

    Raises:
        RefusedError: the relation is unknown, or not for this type of data, or the values are not.
    """
    kind = field.data_type
    test = _test(studio, where, kind, relation, values)
    if test is None:
        raise RefusedError(f"API read() {where:.160} of data type {kind} cannot be filtered by {relation!r:.60} with {values!r:.80}.")
    return test


def _test(studio: Studio, where: str, kind: str, relation: str, values: list[Any]) -> Test | None:
    if kind in _TEXTS:
        return _text(relation, [_as_text(where, value) for value in values])
    if kind in _NUMBERS:
        return _ordered(relation, [_as_number(where, value) for value in values])
    if kind in ("date", "date_time"):
        return _dated(where, kind, relation, values)
    if kind in ("entity", "multi_entity"):
        return _named(studio, relation, values) if relation in _NAMED else _linked(studio, where, relation, values)
    if kind == "checkbox":
        return _ticked(relation, values)
    if kind in _CHOICES:
        return _member(relation, values)
    if kind == "tag_list":
        return _tagged(relation, values)
    if kind == "image" and values == [None]:
        return _member(relation, values)
    return None


def _as_text(where: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise RefusedError(f"API read() {where:.160} expected [String] value, got {value!r:.80}")
    return value.casefold() if value else None


def _as_number(where: str, value: Any) -> float | int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RefusedError(f"API read() {where:.160} expected [Number] value, got {value!r:.80}")
    return value


def _folded(value: Any) -> str | None:
    return value.casefold() if isinstance(value, str) and value else None


def _text(relation: str, wanted: list[str | None]) -> Test | None:
    if not wanted:
        return None
    first = wanted[0] or ""
    return {
        "is": lambda value: _folded(value) == wanted[0],
        "is_not": lambda value: _folded(value) != wanted[0],
        "contains": lambda value: first in (_folded(value) or ""),
        "not_contains": lambda value: first not in (_folded(value) or ""),
        "starts_with": lambda value: (_folded(value) or "").startswith(first),
        "ends_with": lambda value: (_folded(value) or "").endswith(first),
        "in": lambda value: _folded(value) in wanted,
        "not_in": lambda value: _folded(value) not in wanted,
    }.get(relation)


def _ordered(relation: str, wanted: list[Any]) -> Test | None:
    if not wanted or (relation in ("between", "not_between") and (len(wanted) != 2 or None in wanted)):
        return None
    first, members = wanted[0], set(wanted)
    if first is None and relation in ("less_than", "greater_than"):
        return None
    return {
        "is": lambda value: value == first,
        "is_not": lambda value: value != first,
        "less_than": lambda value: value is not None and value < first,
        "greater_than": lambda value: value is not None and value > first,
        "between": lambda value: value is not None and first <= value <= wanted[1],
        "not_between": lambda value: value is None or not first <= value <= wanted[1],
        "in": lambda value: value in members,
        "not_in": lambda value: value not in members,
    }.get(relation)


def _dated(where: str, kind: str, relation: str, values: list[Any]) -> Test | None:
    if relation.startswith(("in_last", "not_in_last", "in_next", "not_in_next", "in_calendar_")):
        bounds = span(kind, relation, values)
        if bounds is None:
            return None
        first, last = bounds
        if relation.startswith("not_"):
            return lambda value: value is None or not first <= value <= last
        return lambda value: value is not None and first <= value <= last
    read = day_of if kind == "date" else moment_of
    return _ordered(relation, [None if value is None else read(value, where) for value in values])


def _ticked(relation: str, values: list[Any]) -> Test | None:
    if len(values) != 1 or not (values[0] is None or isinstance(values[0], bool)):
        return None
    wanted = bool(values[0])
    return {"is": lambda value: bool(value) is wanted, "is_not": lambda value: bool(value) is not wanted}.get(relation)


def _member(relation: str, values: list[Any]) -> Test | None:
    if not values or not all(value is None or isinstance(value, str) for value in values):
        return None
    return {
        "is": lambda value: value == values[0],
        "is_not": lambda value: value != values[0],
        "in": lambda value: value in values,
        "not_in": lambda value: value not in values,
    }.get(relation)


def _tagged(relation: str, values: list[Any]) -> Test | None:
    if not values or not all(value is None or isinstance(value, str) for value in values):
        return None
    wanted = {value for value in values if value is not None}
    if relation in ("is", "in", "contains"):
        return lambda value: bool(wanted & set(value or ())) if wanted else not value
    if relation in ("is_not", "not_in", "not_contains"):
        return lambda value: not wanted & set(value or ()) if wanted else bool(value)
    return None


def _linked(studio: Studio, where: str, relation: str, values: list[Any]) -> Test | None:
    """For a link to many, ``is`` means that it is among them."""
    wanted = {_key(where, value) for value in values}
    if not values and relation not in ("in", "not_in"):
        return None

    def keys(value: Any) -> set[tuple[str, int] | None]:
        return {(link["type"], link["id"]) for link in _alive(studio, value)} or {None}

    if relation in ("is", "in"):
        return lambda value: not wanted.isdisjoint(keys(value))
    if relation in ("is_not", "not_in"):
        return lambda value: wanted.isdisjoint(keys(value))
    return None


def _key(where: str, value: Any) -> tuple[str, int] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str) or type(value.get("id")) is not int:
        raise RefusedError(f"API read() {where:.160} expected a Hash with type and id, got {value!r:.80}")
    return value["type"], value["id"]


def _alive(studio: Studio, value: Any) -> list[dict[str, Any]]:
    links = [value] if isinstance(value, dict) else value or []
    return [link for link in links if studio.store.get(link["type"], link["id"])]


def _named(studio: Studio, relation: str, values: list[Any]) -> Test | None:
    if len(values) != 1 or not isinstance(values[0], str):
        return None
    wanted, folded = values[0], values[0].casefold()

    def kinds(value: Any) -> list[str]:
        return [link["type"] for link in _alive(studio, value)]

    def names(value: Any) -> list[str]:
        return [((studio.shown_link(link) or {}).get("name") or "").casefold() for link in _alive(studio, value)]

    return {
        "type_is": lambda value: wanted in kinds(value),
        "type_is_not": lambda value: wanted not in kinds(value),
        "name_is": lambda value: folded in names(value),
        "name_contains": lambda value: any(folded in name for name in names(value)),
        "name_not_contains": lambda value: not any(folded in name for name in names(value)),
        "name_starts_with": lambda value: any(name.startswith(folded) for name in names(value)),
        "name_ends_with": lambda value: any(name.endswith(folded) for name in names(value)),
    }.get(relation)
