"""`create`, `update`, `delete`, `revive` and `batch`: all or nothing, and told in the event log."""

from typing import Any

from integration.sandbox.shotgrid.event_log import EVENT, Change, append_event, tell_change, tell_new, tell_retirement, tell_revival
from integration.sandbox.shotgrid.links import set_value
from integration.sandbox.shotgrid.query import columns_of, told
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field, is_unique
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.shotgrid.values import accepted
from integration.sandbox.store import Row

_LARGEST_BATCH = 10_000
_SCRIPTS_MAY = ("created_at", "created_by")
"""Fields of every type that scripts, but not people, may write."""


def create(studio: Studio, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer of `create`.

    Raises:
        RefusedError: a field is missing, unknown or does not take its value.
    """
    kind = _kind(studio, asked)
    written = [(field, value) for field, value, _ in _fields(studio, actor, kind, asked)]
    with studio.store.transaction():
        values = {field.name: accepted(studio, kind, field, value) for field, value in written}
        number = make(studio, actor, kind, values)
        row = studio.store.get(kind, number)
        assert row is not None, "it was just made"
        wanted = asked.get("return_fields")
        names = [*values, *(name for name in wanted if isinstance(name, str))] if isinstance(wanted, list) else list(values)
        return told(row, columns_of(studio, kind, names))


def make(studio: Studio, actor: Actor, kind: str, values: dict[str, Any]) -> int:
    """Make an entity of values as stored, inside a transaction, and tell it; its id."""
    fields = studio.schema.fields(kind)
    _check_whole(studio, kind, values, "create")
    number = studio.store.next_id(kind)
    now = now_text()
    row: Row = {"type": kind, "id": number, "created_at": now, "updated_at": now, "created_by": actor.link, "updated_by": actor.link}
    row |= {name: field.default for name, field in fields.items() if field.default is not None}
    plain = {name: value for name, value in values.items() if not fields[name].inverse}
    if kind == EVENT:
        append_event(studio, {**row, "user": actor.link, "session_uuid": actor.session_uuid, **plain})
        return number
    studio.store.put({**row, **plain})
    if kind in ("Note", "Reply", "Version", "TimeLog") and "user" not in values:
        studio.store.put({**studio.store.all(kind)[number], "user": actor.link})
    mirrored = {name: set_value(studio, kind, number, fields[name], value) for name, value in values.items() if fields[name].inverse}
    made = studio.store.all(kind)[number]
    tell_new(studio, actor, made)
    for name, value in values.items():
        if value not in (None, [], ""):
            change = Change(row=made, field=fields[name], old=None, new=value)
            event = tell_change(studio, actor, change, in_create=True)
            _tell_other_sides(studio, actor, f"{kind}.{name}", event, mirrored.get(name, [])[1:])
    return number


def update(studio: Studio, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer of `update`.

    Raises:
        RefusedError: the entity is not there, or a field is unknown or does not take its value.
    """
    kind = _kind(studio, asked)
    if kind == EVENT:
        raise RefusedError("API update() CRUD ERROR #9: EventLogEntry cannot be updated.")
    written = _fields(studio, actor, kind, asked)
    with studio.store.transaction():
        row = _there(studio, kind, asked, "update")
        values = {field.name: _moded(row, field, accepted(studio, kind, field, value), mode) for field, value, mode in written}
        change_values(studio, actor, kind, row["id"], values)
        return told(studio.store.all(kind)[row["id"]], columns_of(studio, kind, list(values)))


def change_values(studio: Studio, actor: Actor, kind: str, number: int, values: dict[str, Any]) -> None:
    """Give an entity values as stored, inside a transaction, and tell what changed."""
    fields = studio.schema.fields(kind)
    row = studio.store.all(kind)[number]
    _check_whole(studio, kind, {**row, **values}, "update", only=set(values), besides=number)
    changed = False
    for name, value in values.items():
        changes = set_value(studio, kind, number, fields[name], value)
        if changes:
            changed = True
            event = tell_change(studio, actor, changes[0])
            _tell_other_sides(studio, actor, f"{kind}.{name}", event, changes[1:])
    if changed:
        studio.store.put({**studio.store.all(kind)[number], "updated_at": now_text(), "updated_by": actor.link})


def delete(studio: Studio, actor: Actor, asked: dict[str, Any]) -> bool:
    """Answer of `delete`: whether it was there still.

    Raises:
        RefusedError: it never existed.
    """
    kind = _kind(studio, asked)
    if kind == EVENT:
        raise RefusedError("API delete() CRUD ERROR #9: EventLogEntry cannot be deleted.")
    with studio.store.transaction():
        row = _there(studio, kind, asked, "delete", retired_too=True)
        if row.get("_retired"):
            return False
        tell_retirement(studio, actor, row)
        studio.store.put({**row, "_retired": True, "_retired_at": now_text(), "updated_at": now_text(), "updated_by": actor.link})
        return True


def revive(studio: Studio, actor: Actor, asked: dict[str, Any]) -> bool:
    """Answer of `revive`: whether it was retired.

    Raises:
        RefusedError: it never existed.
    """
    kind = _kind(studio, asked)
    with studio.store.transaction():
        row = _there(studio, kind, asked, "revive", retired_too=True)
        if not row.get("_retired"):
            return False
        tell_revival(studio, actor, row)
        back = {name: value for name, value in row.items() if name not in ("_retired", "_retired_at")}
        studio.store.put({**back, "updated_at": now_text(), "updated_by": actor.link})
        return True


def batch(studio: Studio, actor: Actor, requests: Any) -> list[Any]:
    """Answer of `batch`: every request done, or none.

    Raises:
        RefusedError: one of them was refused.
    """
    if not isinstance(requests, list) or len(requests) > _LARGEST_BATCH:
        raise RefusedError(f"API batch() expected an Array of up to {_LARGEST_BATCH} requests.")
    calls = {"create": create, "update": update, "delete": delete}
    answers: list[Any] = []
    with studio.store.transaction():
        for index, asked in enumerate(requests):
            try:
                kind = asked.get("request_type") if isinstance(asked, dict) else None
                if kind not in calls:
                    raise RefusedError(f"unknown request_type {kind!r:.60}")
                answers.append(calls[kind](studio, actor, asked))
            except RefusedError as error:
                raise RefusedError(f"API batch() request with index {index} failed.  All requests rolled back.\n{error}") from error
    return answers


def _tell_other_sides(studio: Studio, actor: Actor, attribute: str, event: int | None, changes: list[Change]) -> None:
    for change in changes:
        if event is not None:
            tell_change(studio, actor, change, cause=(attribute, event))


def _kind(studio: Studio, asked: Any) -> str:
    kind = asked.get("type") if isinstance(asked, dict) else None
    if not isinstance(kind, str):
        raise RefusedError("API call missing required parameter: type")
    studio.schema.fields(kind)
    return kind


def _fields(studio: Studio, actor: Actor, kind: str, asked: dict[str, Any]) -> list[tuple[Field, Any, str]]:
    """Fields to write with their values and modes."""
    given = asked.get("fields")
    if not isinstance(given, list):
        raise RefusedError("API call missing required parameter: fields")
    known, written = studio.schema.fields(kind), {}
    for item in given:
        if not isinstance(item, dict) or not isinstance(item.get("field_name"), str):
            raise RefusedError(f"API call invalid field: {item!r:.120}")
        name, mode = item["field_name"], item.get("multi_entity_update_mode", "set")
        field = known.get(name)
        if field is None:
            raise RefusedError(f"API call failed: {kind}.{name:.80} doesn't exist.")
        if not field.editable or (name in _SCRIPTS_MAY and actor.type != "ApiUser"):
            raise RefusedError(f"API call failed: {kind}.{name} is not editable.")
        if mode not in ("set", "add", "remove"):
            raise RefusedError(f"API call failed: {kind}.{name} has no multi_entity_update_mode {mode!r:.40}")
        written[name] = (field, item.get("value"), mode)
    return list(written.values())


def _there(studio: Studio, kind: str, asked: dict[str, Any], call: str, *, retired_too: bool = False) -> Row:
    number = asked.get("id")
    row = studio.store.get_any(kind, number) if type(number) is int else None
    if row is None or (row.get("_retired") and not retired_too):
        raise RefusedError(f"API {call}() CRUD ERROR #3: Entity of type [{kind}] with id={number!r:.40} does not exist.")
    return row


def _moded(row: Row, field: Field, value: Any, mode: str) -> Any:
    if field.data_type != "multi_entity" or mode == "set":
        return value
    there = row.get(field.name) or []
    if mode == "add":
        return [*there, *(link for link in value if link not in there)]
    return [link for link in there if link not in value]


def _check_whole(
    studio: Studio, kind: str, values: dict[str, Any], call: str, *, only: set[str] | None = None, besides: int | None = None
) -> None:
    """That every mandatory field has a value and every unique one a value of its own."""
    for name, field in studio.schema.fields(kind).items():
        if only is not None and name not in only:
            continue
        if field.mandatory and values.get(name) in (None, "", []):
            raise RefusedError(f"API {call}() CRUD ERROR #2: {call.title()} failed for [{kind}.{name}]: Value is required.")
        if is_unique(kind, name) and values.get(name) is not None:
            _check_unique(studio, kind, field, values[name], call, besides)


def _check_unique(studio: Studio, kind: str, field: Field, value: Any, call: str, besides: int | None) -> None:
    folded = str(value).casefold()
    for number, row in studio.store.all(kind).items():
        if number != besides and not row.get("_retired") and str(row.get(field.name) or "").casefold() == folded:
            raise RefusedError(
                f"API {call}() CRUD ERROR #61: {call.title()} failed for [{kind}]. The value for the {field.shown} field is required to be unique. <br>"
            )
