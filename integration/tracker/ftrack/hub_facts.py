"""``ftrack.update``, as ftrack's event hub sends it, to facts of ours. Untrusted, and often about things that are no concern of ours. Pure.

The events name attributes as older clients did: ``statusid`` for status_id, ``isopen``, ``taskid``. Custom attributes stand under their keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integration.tracker.ftrack.query_text import is_id

MOST = 2000
"""Entities of one event that are looked at; more come from a script, and the history tells them."""
_ACTIONS = ("add", "update", "remove")
_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entity that was made, changed or deleted."""

    event: str
    """The hub's own id of the event, the same however often it comes."""
    action: str
    """``add``, ``update`` or ``remove``."""
    kind: str
    """The entity's type: ``Task``, ``AssetVersion``."""
    entity: str
    """Its id; of a link, whatever the hub calls it."""
    at: datetime
    """Aware UTC."""
    by: str
    """The user's id; empty when the hub does not say."""
    project: str
    """The project's id; empty when the hub does not say."""
    changes: Mapping[str, tuple[Any, Any]]
    """Old and new value by the attribute's old name."""
    parents: Mapping[str, str]
    """Ids of what it belongs to, by type."""

    def changed(self, *names: str) -> bool:
        """Whether an attribute of one of these names was changed."""
        return any(name in self.changes for name in names)

    def value(self, *names: str) -> str:
        """What the first attribute of these names holds now, or held before it was deleted, where it is an id; empty otherwise."""
        for name in names:
            for value in reversed(self.changes.get(name, ())):
                if isinstance(value, str) and is_id(value):
                    return value
        return ""


def facts_of(event: Mapping[str, Any], *, now: datetime) -> Iterator[Fact]:
    """The facts of one event; what is malformed is left out. `now` (aware) dates those of an event without a date."""
    data = event.get("data")
    number = event.get("id")
    if not isinstance(data, Mapping) or not isinstance(number, str) or not number or not isinstance(data.get("entities"), list):
        return
    source = event.get("source")
    user = _user(data.get("user"), "userid") or _user(source.get("user") if isinstance(source, Mapping) else None, "id")
    at = _moment(event.get("sent"), now)
    for entity in data["entities"][:MOST]:
        fact = _fact(entity, number[:64], user, at) if isinstance(entity, Mapping) else None
        if fact is not None:
            yield fact


def _fact(entity: Mapping[str, Any], event: str, user: str, at: datetime) -> Fact | None:
    action, number = entity.get("action"), entity.get("entityId")
    kind = entity.get("entity_type") or entity.get("entityType")
    if action not in _ACTIONS or not isinstance(kind, str) or not isinstance(number, str) or not number:
        return None
    changes, parents = entity.get("changes"), entity.get("parents")
    above = [each for each in parents if isinstance(each, Mapping)] if isinstance(parents, list) else []
    return Fact(
        event=event,
        action=str(action),
        kind=kind[:64],
        entity=number[:128],
        at=at,
        by=user,
        project=next((found for each in above if each.get("entityType") == "show" and (found := _id(each.get("entityId")))), ""),
        changes=dict(_changes(changes)) if isinstance(changes, Mapping) else {},
        parents={str(each.get("entity_type") or each.get("entityType")): found for each in above if (found := _id(each.get("entityId")))},
    )


def _changes(changes: Mapping[Any, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name, change in list(changes.items())[:200]:
        if isinstance(change, Mapping):
            yield str(name)[:128], (_value(change.get("old")), _value(change.get("new")))


def _value(value: Any) -> Any:
    """A value that may be kept: no nested ones, and nothing long."""
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if value is None or isinstance(value, bool | int | float) else None


def _user(user: Any, name: str) -> str:
    return _id(user.get(name)) if isinstance(user, Mapping) else ""


def _id(value: Any) -> str:
    return value if isinstance(value, str) and is_id(value) else ""


def _moment(value: Any, now: datetime) -> datetime:
    """When an event was sent, where it says so and is not in the future, nor an hour old."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else now
    except ValueError:
        return now
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at if abs((now - at).total_seconds()) < 3600 and at <= now else now
