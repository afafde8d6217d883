"""EventLogEntry rows, written in the transaction of what they tell."""

import time
from dataclasses import dataclass
from typing import Any

from integration.sandbox.shotgrid.schema import Field, shown_type
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.store import Row

EVENT = "EventLogEntry"
_Link = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One attribute that got another value."""

    row: Row
    """The entity after it."""
    field: Field
    old: Any
    """As stored."""
    new: Any
    """As stored."""


def tell_new(studio: Studio, actor: Actor, row: Row) -> int | None:
    """Something was made."""
    meta = {"type": "new_entity", "entity_type": row["type"], "entity_id": row["id"]}
    return _append(studio, actor, row, "New", None, meta, f"created {_called(studio, row)}")


def tell_change(
    studio: Studio,
    actor: Actor,
    change: Change,
    *,
    in_create: bool = False,
    cause: tuple[str, int] | None = None,
    transient: bool | None = None,
) -> int | None:
    """An attribute changed.

    Args:
        studio: where.
        actor: by whom.
        change: what.
        in_create: whether the entity was made with it.
        cause: the attribute that was really written, ``Task.entity``, and its event: the change is that link's other side.
        transient: for thumbnails, whether the placeholder stands there.
    """
    field, row = change.field, change.row
    meta: dict[str, Any] = {
        "type": "attribute_change",
        "attribute_name": field.name,
        "entity_type": row["type"],
        "entity_id": row["id"],
        "field_data_type": field.data_type,
    }
    if field.data_type == "multi_entity":
        old, new = _keyed(change.old), _keyed(change.new)
        meta["added"] = [_told(studio, link) for key, link in new.items() if key not in old]
        meta["removed"] = [_told(studio, link) for key, link in old.items() if key not in new]
    else:
        meta |= {"old_value": _plain(studio, field, change.old), "new_value": _plain(studio, field, change.new)}
    if in_create:
        meta["in_create"] = True
    if cause:
        meta |= {"actual_attribute_changed": cause[0], "original_event_log_entry_id": cause[1]}
    if transient is not None:
        meta["is_transient"] = transient
    words = f'changed "{field.shown}" from {_quoted(meta, "old_value", "removed")} to {_quoted(meta, "new_value", "added")}'
    return _append(studio, actor, row, "Change", field.name, meta, f"{words} on {_called(studio, row)}")


def tell_retirement(studio: Studio, actor: Actor, row: Row) -> None:
    """Something was retired: two rows, as on a real site."""
    moment, base = now_text(), {"entity_type": row["type"], "entity_id": row["id"]}
    change = {"type": "attribute_change", "attribute_name": "retirement_date", **base, "field_data_type": "date_time", "old_value": None}
    called = _called(studio, row)
    _append(studio, actor, row, "Change", "retirement_date", {**change, "new_value": moment}, f"retired {called}")
    meta = {
        "type": "entity_retirement",
        "class_name": row["type"],
        "display_name": studio.name_of(row),
        "id": row["id"],
        "retirement_date": moment,
    }
    _append(studio, actor, row, "Retirement", None, {**meta, **base}, f"deleted {called}")


def tell_revival(studio: Studio, actor: Actor, row: Row) -> None:
    """Something was taken back from the trash."""
    base = {"entity_type": row["type"], "entity_id": row["id"]}
    change = {"type": "attribute_change", "attribute_name": "retirement_date", **base, "field_data_type": "date_time", "new_value": None}
    called = _called(studio, row)
    _append(studio, actor, row, "Change", "retirement_date", {**change, "old_value": row.get("_retired_at")}, f"revived {called}")
    meta = {"type": "entity_revival", "class_name": row["type"], "display_name": studio.name_of(row), "id": row["id"]}
    _append(studio, actor, row, "Revival", None, {**meta, **base}, f"revived {called}")


def append_event(studio: Studio, row: Row) -> None:
    """Store an event row; with `Faults.hold_events_s`, not to be seen for a while."""
    studio.store.put(row)
    if studio.faults.hold_events_s > 0:
        studio.held_events[row["id"]] = time.monotonic() + studio.faults.hold_events_s


def _append(studio: Studio, actor: Actor, row: Row, kind: str, attribute: str | None, meta: dict[str, Any], words: str) -> int | None:
    if not actor.writes_events:
        return None
    if actor.sudo_actual:
        meta = {**meta, "sudo_actual_user": dict(actor.sudo_actual)}
    who = studio.shown_link(actor.link) or {"name": None}
    entry: Row = {
        "type": EVENT,
        "id": studio.store.next_id(EVENT),
        "event_type": f"Shotgun_{row['type']}_{kind}",
        "attribute_name": attribute,
        "meta": None if studio.faults.take_null_meta() else meta,
        "entity": {"type": row["type"], "id": row["id"]},
        "project": {"type": "Project", "id": row["id"]} if row["type"] == "Project" else row.get("project"),
        "user": actor.link,
        "session_uuid": actor.session_uuid,
        "description": f"{who['name']} {words}"[:1000],
        "created_at": now_text(),
    }
    append_event(studio, entry)
    return int(entry["id"])


def _called(studio: Studio, row: Row) -> str:
    return f"{shown_type(row['type'])} {studio.name_of(row)}"


def _keyed(links: Any) -> dict[tuple[str, int], _Link]:
    return {(link["type"], link["id"]): link for link in links or ()}


def _told(studio: Studio, link: Any) -> _Link | None:
    """A link with its name, also when what it points to is retired."""
    if not isinstance(link, dict) or not (row := studio.store.get_any(link["type"], link["id"])):
        return None
    return {"id": row["id"], "name": studio.name_of(row), "type": row["type"]}


def _plain(studio: Studio, field: Field, value: Any) -> Any:
    if value is None:
        return None
    match field.data_type:
        case "entity":
            return _told(studio, value)
        case "password":
            return "*******"
        case "image":
            return value["attachment"]
        case "url":
            return {key: value.get(key) for key in ("id", "name", "type", "url", "content_type", "link_type") if key in value}
        case _:
            return value


def _quoted(meta: dict[str, Any], value: str, links: str) -> str:
    told = meta.get(value, meta.get(links))
    items = told if isinstance(told, list) else [told]
    names = [str(item.get("name")) if isinstance(item, dict) else "" if item is None else str(item) for item in items]
    return f'"{", ".join(names)[:200]}"'
