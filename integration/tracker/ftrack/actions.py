"""ftrack's menu, which asks for its items over the event hub and shows what they answer. Untrusted. Pure but for what stands behind the items."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from integration.production import BackgroundId, PersonId, TaskId, VersionId
from integration.tracker.ftrack.query_text import is_id
from integration.tracker.ftrack.records import BACKGROUNDS
from integration.tracker.menu import FormField, MenuCall, MenuDesk, MenuReply

PREFIX = "haikei."
"""Begins the name of each of our items in ftrack."""
MOST = 100
"""Entities that may be selected for one call of an item."""
_KINDS = {"choice": "enumerator", "line": "text", "text": "textarea", "words": "label", "hidden": "hidden"}
_LONGEST_ANSWER = 10_000

Reply = dict[str, Any]
Kinds = Callable[[list[str]], Mapping[str, str]]
"""Gives the type of each of some contexts by its id: the menu calls Tasks, Shots and Asset Builds all tasks."""


def call_of(event: Mapping[str, Any], kinds: Kinds, *, now: datetime) -> MenuCall | None:
    """Who chose what; None where the event says neither, or more than we take. `now` is the tracker's clock, aware UTC."""
    data, user = event.get("data"), _user(event)
    selection = data.get("selection") if isinstance(data, Mapping) else None
    if not user or not isinstance(selection, list) or not 0 < len(selection) <= MOST:
        return None
    chosen = [(str(each.get("entityType", "")).lower(), str(each.get("entityId"))) for each in selection if isinstance(each, Mapping)]
    versions = [number for kind, number in chosen if kind in ("assetversion", "asset_version") and is_id(number)]
    contexts = [number for kind, number in chosen if kind in ("task", "typedcontext", "shot", "assetbuild") and is_id(number)]
    known = kinds(contexts) if contexts else {}
    tasks = [number for number in contexts if known.get(number) == "Task"]
    backgrounds = [f"{known[number]}:{number}" for number in contexts if known.get(number) in BACKGROUNDS]
    if not (versions or tasks or backgrounds):
        return None
    return MenuCall(
        person=PersonId(f"User:{user}"),
        versions=_each(VersionId, versions),
        tasks=_each(TaskId, tasks),
        backgrounds=_each(BackgroundId, backgrounds),
        at=now,
    )


def items(desk: MenuDesk, call: MenuCall | None) -> Reply | None:
    """What the menu shows; None where nothing of ours applies."""
    found = desk.items(call) if call else ()
    shown = [{"label": "haikei", "variant": item.label, "actionIdentifier": f"{PREFIX}{item.name}"} for item in found]
    return {"items": shown} if shown else None


def chosen(desk: MenuDesk, call: MenuCall | None, event: Mapping[str, Any]) -> Reply | None:
    """What somebody sees who chose an item, or filled its form in; None where the item is none of ours."""
    data = event.get("data")
    name = data.get("actionIdentifier") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(name, str) or not name.startswith(PREFIX):
        return None
    if call is None:
        return {"success": False, "message": f"haikei takes 1 to {MOST} Versions, tasks, shots or asset builds at once."}
    values = data.get("values")
    answers = {str(key): str(value)[:_LONGEST_ANSWER] for key, value in values.items()} if isinstance(values, Mapping) else {}
    return _shown(desk.choose(name.removeprefix(PREFIX), call, answers))


def _shown(reply: MenuReply) -> Reply:
    if reply.form:
        return {"items": [_field(field) for field in reply.form]}
    return {"success": reply.done, "message": reply.message}


def _field(field: FormField) -> Reply:
    if field.kind == "words":
        return {"type": "label", "value": field.label}
    shown: Reply = {"type": _KINDS.get(field.kind, "text"), "name": field.name, "label": field.label, "value": field.value}
    if field.kind == "choice":
        shown["data"] = [{"value": value, "label": label} for value, label in field.choices]
    return shown


def _user(event: Mapping[str, Any]) -> str:
    """The id of who chose, as the server signs it."""
    source = event.get("source")
    user = source.get("user") if isinstance(source, Mapping) else None
    number = user.get("id") if isinstance(user, Mapping) else None
    return number if isinstance(number, str) and is_id(number) else ""


def _each(kind: Any, numbers: Iterable[str]) -> tuple[Any, ...]:
    return tuple(kind(number) for number in dict.fromkeys(numbers))
