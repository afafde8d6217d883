"""Dotted paths: ``entity.Shot.sg_sequence.Sequence.code``."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.shotgrid.values import shown, time_logged
from integration.sandbox.store import Row

Values = Callable[[Row], list[Any]]
"""What stands at the end of a path, as stored: one value, or one for each entity on the way."""

_LONGEST = 13


def values_at(studio: Studio, kind: str, path: str) -> tuple[Field, Values]:
    """The field at the end of a path, and what reads it.

    Raises:
        RefusedError: there is no such field.
    """
    hops, last_kind, name = _walk(studio, kind, path)
    field = studio.schema.field(last_kind, name)
    if field is None:
        raise RefusedError(f"API read() {last_kind}.{name:.80} doesn't exist: {kind}.{path:.160}")
    read = _reader(studio, field)
    if not hops:
        return field, lambda row: [read(row)]
    return field, lambda row: [read(end) if end else None for end in _ends(studio, row, hops)]


def shown_at(studio: Studio, kind: str, path: str) -> Callable[[Row], Any] | None:
    """What reads the value at a path as it goes on the wire; None where there is no such field."""
    try:
        hops, last_kind, name = _walk(studio, kind, path)
    except RefusedError:
        return None
    field = studio.schema.field(last_kind, name)
    if field is None:
        return None
    if not hops:
        return lambda row: shown(studio, row, field)

    def read(row: Row) -> Any:
        found = [shown(studio, end, field) for end in _ends(studio, row, hops) if end]
        many = any(hop.data_type == "multi_entity" for hop, _ in hops)
        return found if many else (found[0] if found else None)

    return read


def _walk(studio: Studio, kind: str, path: str) -> tuple[list[tuple[Field, str]], str, str]:
    parts = path.split(".")
    if len(parts) % 2 == 0 or len(parts) > _LONGEST:
        raise RefusedError(f"API read() invalid path: {kind}.{path:.160}")
    hops: list[tuple[Field, str]] = []
    for name, target in zip(parts[:-1:2], parts[1::2], strict=True):
        field = studio.schema.field(kind, name)
        if field is None or not field.is_link or not studio.schema.has(target):
            raise RefusedError(f"API read() {kind}.{name:.80} doesn't exist or is no link to {target:.80}: {path:.160}")
        hops.append((field, target))
        kind = target
    return hops, kind, parts[-1]


def _ends(studio: Studio, row: Row, hops: list[tuple[Field, str]]) -> list[Row | None]:
    here: list[Row] = [row]
    for field, target in hops:
        links = [link for at in here for link in _links(at.get(field.name)) if link["type"] == target]
        here = [found for link in links if (found := studio.store.get(target, link["id"]))]
    return [*here] or [None]


def _links(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return value or []


def _reader(studio: Studio, field: Field) -> Callable[[Row], Any]:
    name = field.name
    if name == "time_logs_sum":
        return lambda row: time_logged(studio, row)
    if name == "cached_display_name":
        return studio.name_of
    if name == "name":
        return lambda row: studio.name_of(row) if row["type"] == "HumanUser" else row.get(name)
    return lambda row: row.get(name)
