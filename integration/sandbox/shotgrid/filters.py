"""Filter trees, made into a question that is asked of each row."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.shotgrid.paths import Values, values_at
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.relations import test_for
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.store import Row

Question = Callable[[Row], bool]
"""Whether a row passes."""

_DEEPEST = 40
_NEGATIVE = ("is_not", "not_in", "not_contains", "type_is_not", "name_not_contains", "not_between", "not_in_last", "not_in_next")


def question(studio: Studio, kind: str, tree: Any, *, depth: int = 0) -> Question:
    """The question that a filter tree asks of rows of a type.

    Raises:
        RefusedError: it names a field, relation or value that cannot be asked for.
    """
    if depth > _DEEPEST:
        raise RefusedError("API read() invalid filters: nested too deeply.")
    if not isinstance(tree, dict):
        raise RefusedError(f"API read() invalid filters: expected a Hash, got {tree!r:.80}")
    if "conditions" not in tree:
        return _leaf(studio, kind, tree)
    operator, conditions = tree.get("logical_operator", "and"), tree["conditions"]
    if operator not in ("and", "or") or not isinstance(conditions, list):
        raise RefusedError(f"API read() invalid filters: logical operator {operator!r:.40}")
    parts = [question(studio, kind, condition, depth=depth + 1) for condition in conditions]
    if not parts:
        return lambda _row: True
    if len(parts) == 1:
        return parts[0]
    if operator == "and":
        return lambda row: all(part(row) for part in parts)
    return lambda row: any(part(row) for part in parts)


def narrowed(studio: Studio, kind: str, tree: Any) -> list[Row]:
    """The rows that may pass, in order of id: few when the tree asks for ids, all of the type otherwise; retired ones too."""
    rows = studio.store.all(kind)
    conditions = tree.get("conditions") if isinstance(tree, dict) and tree.get("logical_operator", "and") == "and" else None
    for condition in conditions if isinstance(conditions, list) else ():
        if not isinstance(condition, dict) or condition.get("path") != "id":
            continue
        values = _flat(condition.get("values"))
        if not values or not all(type(value) is int for value in values):
            continue
        relation, last = condition.get("relation"), studio.store.last_id(kind)
        if relation in ("is", "in"):
            return [rows[number] for number in sorted(set(values)) if number in rows]
        if relation == "greater_than" and last - values[0] < len(rows):
            return [rows[number] for number in range(max(values[0], 0) + 1, last + 1) if number in rows]
    return [rows[number] for number in sorted(rows)]


def _leaf(studio: Studio, kind: str, condition: dict[str, Any]) -> Question:
    path, relation = condition.get("path"), condition.get("relation")
    if not isinstance(path, str) or not isinstance(relation, str):
        raise RefusedError(f"API read() invalid filter: {condition!r:.120}")
    field, values = values_at(studio, kind, path)
    test = test_for(studio, f"{kind}.{path}", field, relation, _flat(condition.get("values")))
    return _asked(values, test, every=relation in _NEGATIVE)


def _asked(values: Values, test: Callable[[Any], bool], *, every: bool) -> Question:
    if every:
        return lambda row: all(test(value) for value in values(row))
    return lambda row: any(test(value) for value in values(row))


def _flat(values: Any) -> list[Any]:
    if not isinstance(values, list):
        return [values]
    if len(values) == 1 and isinstance(values[0], list):
        return list(values[0])
    return values
