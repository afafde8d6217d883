"""What may be written into a field, and what of it goes on the wire."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.studio import PENDING_PICTURE, Studio
from integration.sandbox.store import Row

_LARGEST = 2**53
_TEXTS = ("text", "entity_type", "uuid", "color", "timecode")
_ATTACHED = (
    "id",
    "name",
    "url",
    "content_type",
    "link_type",
    "type",
    "local_path",
    "local_path_linux",
    "local_path_mac",
    "local_path_windows",
)


def accepted(studio: Studio, kind: str, field: Field, value: Any) -> Any:
    """`value` as it is stored in `field`.

    Raises:
        RefusedError: the field does not take it.
    """
    if value is None:
        return [] if field.data_type == "multi_entity" else None
    check = _CHECKS.get(field.data_type)
    if check is None:
        raise RefusedError(f"{kind}.{field.name} is of data type {field.data_type} and is not written this way.")
    return check(studio, f"{kind}.{field.name}", field, value)


def shown(studio: Studio, row: Row, field: Field) -> Any:
    """The value of `field` in `row` as it goes on the wire."""
    if field.name == "time_logs_sum":
        return time_logged(studio, row)
    value = row.get(field.name)
    if value is None and (field.name == "cached_display_name" or (field.name == "name" and row["type"] == "HumanUser")):
        value = studio.name_of(row)
    show = _SHOWN.get(field.data_type)
    return show(studio, value) if show else value


def time_logged(studio: Studio, task: Row) -> int:
    """Minutes logged on a task."""
    logs = studio.store.all("TimeLog").values()
    on_it = [log for log in logs if log.get("entity") == {"type": task["type"], "id": task["id"]} and not log.get("_retired")]
    return sum(log.get("duration") or 0 for log in on_it)


def shown_picture(studio: Studio, picture: dict[str, Any]) -> str:
    """The address of a thumbnail; that of a placeholder while it is being made."""
    if not picture["ready"]:
        return f"{studio.url}{PENDING_PICTURE}"
    return studio.signed(f"/thumbnail/{picture['attachment']}")


def _shown_file(studio: Studio, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    told = {key: value[key] for key in _ATTACHED if key in value}
    if value.get("link_type") != "upload":
        return told
    attachment = studio.store.get("Attachment", value["id"])
    if attachment is None:
        return None
    return {**told, "name": attachment.get("display_name"), "url": studio.signed(f"/file_serve/attachment/{value['id']}")}


def _wrong(where: str, expected: str, value: Any) -> RefusedError:
    return RefusedError(f"Update failed for [{where}]: expected {expected}, got {type(value).__name__}: {value!r:.120}")


def _text(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, str):
        raise _wrong(where, "String", value)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise _wrong(where, "text without NUL and lone surrogates", value)
    return value


def _whole(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise _wrong(where, "Integer", value)
    return value


def _real(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST or not math.isfinite(value):
        raise _wrong(where, "Float", value)
    return value


def _checkbox(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, bool):
        raise _wrong(where, "Boolean", value)
    return value


def day_of(value: Any, where: str) -> str:
    """A date, ``YYYY-MM-DD``.

    Raises:
        RefusedError: it is none.
    """
    try:
        if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        raise _wrong(where, "Date", value) from None


def moment_of(value: Any, where: str) -> str:
    """A moment in UTC, ``YYYY-MM-DDTHH:MM:SSZ``.

    Raises:
        RefusedError: it is none.
    """
    try:
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(where, "DateTime", value) from None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def _day(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    return day_of(value, where)


def _moment(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    return moment_of(value, where)


def _choice(_studio: Studio, where: str, field: Field, value: Any) -> Any:
    if not isinstance(value, str) or value not in field.values:
        known = ", ".join(field.values)
        raise RefusedError(f"Update failed for [{where}]: {value!r:.120} is not a valid value. Valid values: {known}")
    return value


def _link(studio: Studio, where: str, field: Field, value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str) or type(value.get("id")) is not int:
        raise _wrong(where, "a Hash with type and id", value)
    kind, number = value["type"], value["id"]
    if field.types and kind not in field.types:
        raise RefusedError(f"Update failed for [{where}]: {kind:.60} is not a valid type; valid types: {', '.join(field.types)}")
    if not studio.schema.has(kind) or studio.store.get(kind, number) is None:
        raise RefusedError(f"Update failed for [{where}]: {kind:.60} {number} does not exist.")
    return {"type": kind, "id": number}


def _links(studio: Studio, where: str, field: Field, value: Any) -> Any:
    if not isinstance(value, list):
        raise _wrong(where, "an Array of Hashes", value)
    links: list[dict[str, Any]] = []
    seen = set()
    for item in value:
        link = _link(studio, where, field, item)
        if (link["type"], link["id"]) not in seen:
            seen.add((link["type"], link["id"]))
            links.append(link)
    return links


def _tags(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise _wrong(where, "an Array of Strings", value)
    return list(dict.fromkeys(value))


def _file(studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, "a Hash with url or local_path", value)
    if value.get("type") == "Attachment" and type(value.get("id")) is int and value.get("link_type", "upload") == "upload":
        attachment = studio.store.get("Attachment", value["id"])
        if attachment is None:
            raise RefusedError(f"Update failed for [{where}]: Attachment {value['id']} does not exist.")
        return {**attachment["this_file"]} if isinstance(attachment.get("this_file"), dict) else None
    for key, kind in (("url", "web"), ("local_path", "local"), ("relative_path", "local")):
        told = value.get(key)
        if isinstance(told, str) and told:
            if kind == "web" and not told.startswith(("http://", "https://")):
                raise _wrong(where, "an http or https address", told)
            name = value.get("name") if isinstance(value.get("name"), str) else told.rsplit("/", 1)[-1]
            place = {"url": told} if kind == "web" else {"url": f"file://{told}", **dict.fromkeys(_ATTACHED[6:], told)}
            return {**place, "name": name or told, "content_type": value.get("content_type"), "link_type": kind}
    raise _wrong(where, "a Hash with url or local_path", value)


def _password(studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise RefusedError(f"Update failed for [{where}]: expected a password.")
    return studio.digest(value)


def _anything(_studio: Studio, where: str, _field: Field, value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise _wrong(where, "a Hash or an Array", value)
    return value


_CHECKS: dict[str, Callable[[Studio, str, Field, Any], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(("number", "duration", "percent"), _whole),
    **dict.fromkeys(("float", "currency"), _real),
    **dict.fromkeys(("list", "status_list"), _choice),
    "checkbox": _checkbox,
    "date": _day,
    "date_time": _moment,
    "entity": _link,
    "multi_entity": _links,
    "tag_list": _tags,
    "url": _file,
    "password": _password,
    "serializable": _anything,
}

_SHOWN: dict[str, Callable[[Studio, Any], Any]] = {
    "entity": lambda studio, value: studio.shown_link(value),
    "multi_entity": lambda studio, value: [link for link in map(studio.shown_link, value or ()) if link],
    "text": lambda _studio, value: value.replace("<", "&lt;") if isinstance(value, str) else value,
    "url": _shown_file,
    "image": lambda studio, value: shown_picture(studio, value) if value else None,
    "password": lambda _studio, _value: "*******",
    "checkbox": lambda _studio, value: bool(value),
    "tag_list": lambda _studio, value: value or [],
}
