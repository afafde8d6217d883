"""Loads a production into an empty studio."""

import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from integration.errors import SettingsError
from integration.sandbox.shotgrid.event_log import EVENT
from integration.sandbox.shotgrid.links import set_value
from integration.sandbox.shotgrid.media import ATTACHMENT, MOVIE, attach, put_in_field
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import Field
from integration.sandbox.shotgrid.stock_schema import STATUS_NAMES
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.shotgrid.values import accepted
from integration.sandbox.store import Row

SCRIPT_NAME = "haikei"
"""The script that every pretend studio has."""

_SILENT = Actor(type="ApiUser", id=0, writes_events=False)


def load_seed(studio: Studio, seed: Path | None) -> None:
    """Fill an empty studio from a seed file: all of it or nothing.

    Raises:
        SettingsError: the file is no seed.
    """
    try:
        told: dict[str, Any] = json.loads(seed.read_text(encoding="utf-8")) if seed else {}
        entities = told.get("entities", [])
        if not isinstance(entities, list) or not all(isinstance(one, dict) for one in entities):
            raise TypeError("entities is a list of objects")
        with studio.store.transaction():
            _load_schema(studio, told.get("schema") or {})
            _load_entities(studio, entities, seed.parent.resolve() if seed else None)
            _always_there(studio)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RefusedError) as error:
        studio.schema.reload()
        raise SettingsError(f"seed {seed} cannot be loaded: {error}", hint="Correct the seed file, or leave it out.") from error


def ensure_script(studio: Studio, key_file: Path) -> str:
    """The key of the script haikei: the one in `key_file`, the seed's own, or a new one, and kept in `key_file`."""
    row = next((one for one in studio.store.all("ApiUser").values() if one.get("firstname") == SCRIPT_NAME), None)
    if key_file.is_file() and row and row.get("salted_password") == studio.digest(key_file.read_text(encoding="utf-8")):
        return key_file.read_text(encoding="utf-8")
    key = secrets.token_urlsafe(24)
    key = studio.seed_key or key
    with studio.store.transaction():
        number = row["id"] if row else studio.store.next_id("ApiUser")
        base = row or {**_fresh(studio, "ApiUser", number), "firstname": SCRIPT_NAME, "lastname": "1.0", "description": "haikei"}
        studio.store.put({**base, "salted_password": studio.digest(key)})
    key_file.unlink(missing_ok=True)
    key_file.touch(mode=0o600)
    key_file.write_text(key, encoding="utf-8")
    return key


def _load_schema(studio: Studio, told: dict[str, Any]) -> None:
    for kind, fields in told.items():
        known = studio.schema.fields(kind)
        for name, wanted in fields.items():
            field = known.get(name)
            if field is None:
                default = False if wanted["data_type"] == "checkbox" else None
                field = Field(name=name, data_type=wanted["data_type"], shown=wanted.get("name", name), custom=True, default=default)
            field = replace(
                field,
                shown=wanted.get("name", field.shown),
                values=tuple(wanted.get("valid_values", field.values)),
                types=tuple(wanted.get("valid_types", field.types)),
                description=wanted.get("description", field.description),
            )
            studio.schema.store_field(kind, field)


def _load_entities(studio: Studio, entities: list[dict[str, Any]], folder: Path | None) -> None:
    """First the entities alone, then what they link to, then their files."""
    for one in entities:
        if type(one.get("id")) is not int or one["id"] < 1 or studio.store.get(one["type"], one["id"]):
            raise ValueError(f"{one.get('type')} {one.get('id')} has no id of its own")
        studio.schema.fields(one["type"])
        studio.store.put(_fresh(studio, one["type"], one["id"]))
    for one in entities:
        for name, value in one.items():
            if name not in ("type", "id") and not _is_file(value):
                _load_value(studio, one["type"], one["id"], name, value)
        if one["type"] == "ApiUser" and one.get("firstname") == SCRIPT_NAME:
            studio.seed_key = one.get("salted_password")
    for one in entities:
        for name, value in one.items():
            if _is_file(value):
                assert folder is not None, "a seed with entities has a file"
                _load_file(studio, one, name, value["file"], folder)


def _fresh(studio: Studio, kind: str, number: int) -> Row:
    now = now_text()
    defaults = {name: field.default for name, field in studio.schema.fields(kind).items() if field.default is not None}
    return {"type": kind, "id": number, "created_at": now, "updated_at": now, **defaults}


def _load_value(studio: Studio, kind: str, number: int, name: str, value: Any) -> None:
    field = studio.schema.field(kind, name)
    if field is None:
        raise ValueError(f"{kind} {number}: there is no field {name}")
    if field.data_type == "list" and isinstance(value, str) and value not in field.values:
        field = replace(field, values=(*field.values, value))
        studio.schema.store_field(kind, field)
    stored = accepted(studio, kind, field, value)
    set_value(studio, kind, number, field, stored)


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {"file", "name"} and isinstance(value.get("file"), str)


def _load_file(studio: Studio, one: dict[str, Any], name: str, relative: str, folder: Path) -> None:
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise ValueError(f"{one['type']} {one['id']}: no file {relative} beside the seed")
    row = studio.store.all(one["type"])[one["id"]]
    by = row.get("user") or row.get("created_by") or _SILENT.link
    actor = Actor(type=by["type"], id=by["id"], writes_events=False)
    link = {"type": one["type"], "id": one["id"]}
    attachment = attach(
        studio, actor, path, filename=path.name, display_name=one[name].get("name"), links=[link], project=row.get("project"), silent=True
    )
    field = studio.schema.field(one["type"], name)
    picture = {"attachment": attachment["id"], "ready": True, "by": actor.link}
    if field is not None and field.data_type == "image":
        studio.store.put({**row, name: picture})
        return
    put_in_field(studio, actor, row, name, attachment)
    if (one["type"], name) == ("Version", MOVIE):
        shown = studio.store.all("Version")[one["id"]]
        studio.store.put({**shown, "image": shown.get("image") or picture, "sg_uploaded_movie_transcoding_status": 1})


def _always_there(studio: Studio) -> None:
    """A Status for each code, and one event, so that the log is never empty."""
    codes = [
        code
        for kind in studio.schema.kinds()
        for field in studio.schema.fields(kind).values()
        if field.data_type == "status_list"
        for code in field.values
    ]
    known = {row.get("code") for row in studio.store.all("Status").values()}
    for code in dict.fromkeys(codes):
        if code not in known:
            number = studio.store.next_id("Status")
            studio.store.put(
                {**_fresh(studio, "Status", number), "code": code, "name": STATUS_NAMES.get(code, code), "icon": f"icon_{code}"}
            )
    number = studio.store.next_id(EVENT)
    opened: dict[str, Any] = {"event_type": "Sandbox_Studio_Opened", "meta": {"attachments": len(studio.store.all(ATTACHMENT))}}
    studio.store.put({"type": EVENT, "id": number, **opened, "description": "The pretend studio opened", "created_at": now_text()})
