"""Which entities a query means, and in what order."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from integration.sandbox.ftrack.query_language import Among, Combined, Compare, Condition, Negated, Path, Query, Related, Step
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.relations import VALUES_OF, Relations
from integration.sandbox.ftrack.schema import Attribute, EntityType, entity_types
from integration.sandbox.ftrack.values import moment_of
from integration.sandbox.store import Row

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, wanted: held == wanted,
    "<": lambda held, wanted: held < wanted,
    ">": lambda held, wanted: held > wanted,
    "<=": lambda held, wanted: held <= wanted,
    ">=": lambda held, wanted: held >= wanted,
}


def attribute_of(kind: EntityType, step: Step) -> Attribute:
    """The attribute that a step of a path means, on a type or on any that shares its attributes.

    Raises:
        RefusedError: there is none.
    """
    for name in (kind.name, *kind.kinds):
        if attribute := entity_types()[name].attributes.get(step.name):
            return attribute
    raise RefusedError("InvalidAttributeError", f"Could not resolve attribute {step.name!r} on {kind.name}")


def target_of(attribute: Attribute, step: Step) -> EntityType:
    """The type a relation leads to.

    Raises:
        RefusedError: it is no relation, or is taken for a type that is none.
    """
    if not attribute.target:
        raise RefusedError("InvalidAttributeError", f"Attribute {attribute.name!r} is no relation")
    if step.cast and step.cast not in entity_types():
        raise RefusedError("InvalidAttributeError", f"There is no type {step.cast!r}")
    return entity_types()[step.cast or attribute.target]


class Selecting:
    """Finds what queries mean in one studio."""

    def __init__(self, relations: Relations) -> None:
        """Look through `relations`."""
        self._relations = relations
        self._rows = relations.rows

    def found(self, query: Query) -> list[Row]:
        """Everything a query means, in its order, before offset and limit.

        Raises:
            RefusedError: it names types or attributes that are none.
        """
        kind = entity_types().get(query.kind)
        if kind is None:
            raise RefusedError("InvalidTypeError", f"There is no type {query.kind!r}")
        for path in (*query.select, *(path for path, _ in query.order)):
            self._check(kind, path)
        if query.where is not None:
            self._check_condition(kind, query.where)
        found = [row for row in self._candidates(kind, query.where) if query.where is None or self._holds(query.where, row)]
        for path, descending in reversed(query.order):
            found.sort(key=lambda row, path=path: _sortable(next(self._values(row, path), None)), reverse=descending)  # type: ignore[misc]
        return found

    def _candidates(self, kind: EntityType, where: Condition | None) -> Iterable[Row]:
        """At least everything that can hold, by an index where the condition asks for a key or for what something is held by."""
        if kind.name in VALUES_OF or kind.name == "CustomAttributeValue":
            names = [name for name in VALUES_OF if name in kind.kinds]
            return (row for name in names for row in self._relations.every_custom_value(name))
        for term in where.conditions if isinstance(where, Combined) and where.all_of else [where]:
            wanted = _wanted(term)
            if wanted is None:
                continue
            path, values = wanted
            column = _column(kind, path)
            if column == "id":
                return [row for value in values if (row := self._rows.get(kind.name, value))]
            if column:
                return [row for value in values for row in self._rows.held_by(kind.name, column, value)]
        return self._rows.of(kind.name)

    def _check(self, kind: EntityType, path: Path) -> Attribute:
        for step in path[:-1]:
            kind = target_of(attribute_of(kind, step), step)
        return attribute_of(kind, path[-1])

    def _check_condition(self, kind: EntityType, condition: Condition) -> None:
        match condition:
            case Combined(conditions=parts):
                for part in parts:
                    self._check_condition(kind, part)
            case Negated(condition=inner):
                self._check_condition(kind, inner)
            case Related(path=path, condition=inner):
                attribute = self._check(kind, path)
                there = target_of(attribute, path[-1])
                if inner is not None:
                    self._check_condition(there, inner)
            case Compare(path=path) | Among(path=path):
                self._check(kind, path)

    def _holds(self, condition: Condition, row: Row) -> bool:
        match condition:
            case Combined(all_of=all_of, conditions=parts):
                return (all if all_of else any)(self._holds(part, row) for part in parts)
            case Negated(condition=inner):
                return not self._holds(inner, row)
            case Related(path=path, condition=inner):
                return any(inner is None or self._holds(inner, one) for one in self._reached(row, path))
            case Among(path=path, values=values, negated=negated):
                return self._is_among(row, path, values) is not negated
            case Compare():
                return self._compares(condition, row)

    def _is_among(self, row: Row, path: Path, values: "tuple[str | None, ...] | Query") -> bool:
        if isinstance(values, Query):
            column = values.select[0] if values.select else (Step("id"),)
            chosen = {_folded(value) for one in self.found(values) for value in self._values(one, column)}
        else:
            chosen = {_folded(value) for value in values}
        return any(_folded(value) in chosen for value in self._values(row, path))

    def _compares(self, condition: Compare, row: Row) -> bool:
        held = list(self._values(row, condition.path))
        if condition.operator in ("!=", "not_like"):
            opposite = Compare(condition.path, {"!=": "=", "not_like": "like"}[condition.operator], condition.value)
            return not self._compares(opposite, row)
        if condition.value is None:
            return all(value is None for value in held)
        if condition.operator == "like":
            pattern = _like(condition.value)
            return any(isinstance(value, str) and pattern.fullmatch(value) is not None for value in held)
        compare = _COMPARE[condition.operator]
        return any(_compared(compare, value, condition.value) for value in held if value is not None)

    def _values(self, row: Row, path: Path) -> Iterator[Any]:
        """The values at the end of a path; None where it breaks off at something that is not held."""
        owners = self._reached(row, path[:-1]) if len(path) > 1 else [row]
        nothing = True
        for owner in owners:
            nothing = False
            attribute = entity_types()[owner["type"]].attributes.get(path[-1].name)
            if attribute is None:
                yield None
            elif attribute.kind == "scalar":
                yield self._relations.computed(owner, attribute.name, "") if attribute.is_computed else owner["values"].get(attribute.name)
            elif attribute.kind == "one":
                yield (self._relations.held(owner, attribute) or {}).get("id")
            else:
                members = self._relations.members(owner, attribute)
                yield from (one["id"] for one in members) if members else (None,)
        if nothing:
            yield None

    def _reached(self, row: Row, path: Path) -> list[Row]:
        """The entities at the end of a path."""
        rows = [row]
        for step in path:
            reached: list[Row] = []
            for one in rows:
                attribute = entity_types()[one["type"]].attributes.get(step.name)
                if attribute is None or attribute.kind == "scalar":
                    continue
                if attribute.kind == "one":
                    held = self._relations.held(one, attribute)
                    reached += [held] if held else []
                else:
                    reached += self._relations.members(one, attribute)
            rows = [one for one in reached if not step.cast or one["type"] in entity_types()[step.cast].kinds]
        return rows


def _wanted(term: Condition | None) -> tuple[Path, list[str]] | None:
    """The path and the values of a term that only names values."""
    match term:
        case Compare(path=path, operator="=", value=str(value)):
            return path, [value]
        case Among(path=path, values=tuple(values), negated=False) if None not in values:
            return path, list(dict.fromkeys(value for value in values if value is not None))
    return None


def _column(kind: EntityType, path: Path) -> str:
    """The key, or the column with another's key, that a path asks for; empty for anything else."""
    attribute = kind.attributes.get(path[0].name)
    if attribute is None or (len(path) == 2 and path[1].name != "id") or len(path) > 2 or path[0].cast:
        return ""
    if len(path) == 2:
        return attribute.column if attribute.kind == "one" and not attribute.is_computed else ""
    if attribute.kind == "one" and not attribute.is_computed:
        return attribute.column
    is_key = attribute.scalar == "str" and (attribute.name.endswith("_id") or attribute.name == "id") and not attribute.is_computed
    return attribute.name if is_key else ""


def _compared(compare: Callable[[Any, Any], bool], held: Any, wanted: str) -> bool:
    try:
        if isinstance(held, bool):
            return compare(held, {"true": True, "1": True, "false": False, "0": False}[wanted.lower()])
        if isinstance(held, int | float):
            return compare(held, float(wanted))
        if isinstance(held, str) and _is_moment(held):
            return compare(held, moment_of(wanted))
    except (ValueError, KeyError):
        return False
    return compare(_folded(held), _folded(wanted))


def _is_moment(text: str) -> bool:
    return len(text) == 19 and text[4:5] == "-" and text[10:11] == "T"


def _folded(value: Any) -> Any:
    """Text is compared without case, as the server's database does."""
    return value.casefold() if isinstance(value, str) else value


def _like(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\\[%_]|[%_])", pattern)
    joined = "".join(
        {"%": ".*", "_": "."}.get(part, re.escape(part.removeprefix("\\") if part in ("\\%", "\\_") else part)) for part in parts
    )
    return re.compile(joined, re.IGNORECASE | re.DOTALL)


def _sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    return (1, value) if isinstance(value, int | float) else (2, str(value).casefold())
