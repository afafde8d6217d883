"""A production told in ShotGrid's entities, as the same production in ftrack's: one seed shows itself on both."""

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from integration.sandbox.ftrack.stock import ASSET_TYPES, TASK_TYPES, WORKFLOWS, stock_id

_NAMESPACE = uuid.UUID("5d2b7f0a-0f0c-4d0e-8d43-0b7f1f3f5a10")
STATUS_NAMES = {
    "wtg": "Not started", "rdy": "Ready to start", "ip": "In progress", "rev": "Pending review", "rtk": "Revise", "hld": "On hold",
    "omt": "Omitted", "apr": "Approved", "fin": "Completed", "cmpt": "Completed",
}  # fmt: skip
"""What the statuses of a ShotGrid site are called on an ftrack one."""
SCENE = {
    "sg_place": "place",
    "sg_season": "season",
    "sg_time_of_day": "time_of_day",
    "sg_weather": "weather",
    "sg_light": "light",
    "sg_art_note": "art_note",
}
"""Fields of a Shot, and the custom attributes that stand for them."""
FRAMES = {"sg_cut_in": "fstart", "sg_cut_out": "fend"}
"""Fields of a Shot for its first and last frame, and the custom attributes that new ftrack sites have for them."""
_PEOPLE = {"sg_name_en": "name_en", "sg_role": "role"}
_OF_DRAFTS = ("AI draft", "Superseded", "Used", "Partly used", "Not used")
"""Statuses that the studio's admin added to the workflow of versions for haikei, as `haikei setup ftrack` asks."""
_VERSION_TAIL = re.compile(r"[_ ]v\d+$")
_Entity = Mapping[str, Any]


def ftrack_id(kind: str, number: int) -> str:
    """The id on an ftrack site of what has that type and number on a ShotGrid site."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{number}"))


def person_key(password: str, login: str) -> str:
    """The API key of a person who has that password on a ShotGrid site."""
    return f"{password}-{login}"


def translated(told: _Entity) -> dict[str, Any]:
    """An ftrack seed from a ShotGrid seed."""
    entities: list[dict[str, Any]] = told["entities"]
    steps = {one["id"]: one["code"] for one in entities if one["type"] == "Step"}
    types = {one["sg_version_type"] for one in entities if one.get("sg_version_type")} - set(ASSET_TYPES.values())
    made = [{"__entity_type__": "AssetType", "id": stock_id("AssetType", name), "name": name, "short": name} for name in sorted(types)]
    for kind, translate in _TRANSLATIONS.items():
        for one in entities:
            if one["type"] == kind:
                made += translate(one, steps)
    people = [one for one in entities if one["type"] == "HumanUser" and one.get("password_proxy")]
    return {
        "statuses": {"AssetVersion": [*WORKFLOWS["AssetVersion"], *_OF_DRAFTS]},
        "types": list(dict.fromkeys([*steps.values(), *TASK_TYPES])),
        "custom_attributes": [
            *({"key": key, "on": kind} for kind in ("Shot", "AssetBuild") for key in SCENE.values()),
            *({"key": key, "on": "Shot", "type": "number"} for key in FRAMES.values()),
            *({"key": key, "on": "User"} for key in _PEOPLE.values()),
        ],
        "entities": made,
        "api_keys": [{"key": person_key(one["password_proxy"], one["login"]), "user": one["login"]} for one in people],
    }


def _project(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    yield _entity("Project", one, name=one["name"], project_schema_id=stock_id("ProjectSchema", "Animation"))


def _person(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    family, _, given = one.get("name", one["login"]).partition(" ")
    known = {key: one[field] for field, key in _PEOPLE.items() if one.get(field)}
    active = one.get("sg_status_list", "act") == "act"
    yield _entity(
        "User",
        one,
        username=one["login"],
        first_name=given,
        last_name=family,
        email=one.get("email"),
        is_active=active,
        custom_attributes=known,
    )
    role = {"user_id": ftrack_id("HumanUser", one["id"]), "security_role_id": stock_id("SecurityRole", "Project Manager")}
    yield {"__entity_type__": "UserSecurityRole", **role}


def _group(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    group = ftrack_id("Group", one["id"])
    yield {"__entity_type__": "Group", "id": group, "name": one["code"]}
    for user in one.get("users", ()):
        yield {"__entity_type__": "Membership", "group_id": group, "user_id": ftrack_id("HumanUser", user["id"])}


def _episode(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    yield _entity("Episode", one, name=one["code"], parent_id=_linked(one, "project"), description=one.get("description"))


def _sequence(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    parent = _linked(one, "episode") or _linked(one, "project")
    yield _entity("Sequence", one, name=one["code"], parent_id=parent, description=one.get("description"))


def _shot(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    parent = _linked(one, "sg_sequence") or _linked(one, "sg_episode") or _linked(one, "project")
    marks = _scene(one) | {key: one[field] for field, key in FRAMES.items() if one.get(field) is not None}
    yield _entity(
        "Shot", one, name=one["code"], parent_id=parent, description=one.get("description"), **_status(one), custom_attributes=marks
    )


def _background(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    yield _entity(
        "AssetBuild",
        one,
        name=one["code"],
        parent_id=_linked(one, "project"),
        description=one.get("description"),
        custom_attributes=_scene(one),
    )
    for shot in one.get("shots", ()):
        yield {"__entity_type__": "TypedContextLink", "from_id": ftrack_id("Asset", one["id"]), "to_id": ftrack_id("Shot", shot["id"])}


def _task(one: _Entity, steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    step = stock_id("Type", steps[one["step"]["id"]])
    bid = one["est_in_mins"] * 60 if one.get("est_in_mins") else None
    yield _entity("Task", one, name=one["content"], parent_id=_linked(one, "entity"), type_id=step, bid=bid, **_status(one))
    for person in one.get("task_assignees", ()):
        assigned = {"context_id": ftrack_id("Task", one["id"]), "resource_id": ftrack_id(person["type"], person["id"])}
        yield {"__entity_type__": "Appointment", "type": "assignment", **assigned}


def _version(one: _Entity, _steps: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """An asset of its own for each: its name is the Version's, up to its number."""
    asset, name = ftrack_id("VersionAsset", one["id"]), _VERSION_TAIL.sub("", one["code"])
    kind = next(
        (short for short, shown in ASSET_TYPES.items() if shown == one.get("sg_version_type")), one.get("sg_version_type") or "upload"
    )
    yield {
        "__entity_type__": "Asset",
        "id": asset,
        "name": name,
        "context_id": _linked(one, "entity"),
        "type_id": stock_id("AssetType", kind),
    }
    yield _entity(
        "AssetVersion",
        one,
        asset_id=asset,
        task_id=_linked(one, "sg_task"),
        user_id=_linked(one, "user"),
        comment=one.get("description", ""),
        **_status(one),
    )
    if isinstance(file := one.get("sg_uploaded_movie"), dict):
        suffix = f".{file['file'].rpartition('.')[2]}"
        version = ftrack_id("Version", one["id"])
        yield {"__entity_type__": "FileComponent", "name": "main", "file_type": suffix, "version_id": version, "file": file["file"]}


_TRANSLATIONS = {
    "Project": _project,
    "HumanUser": _person,
    "Group": _group,
    "Episode": _episode,
    "Sequence": _sequence,
    "Shot": _shot,
    "Asset": _background,
    "Task": _task,
    "Version": _version,
}
"""What is made of each type, in an order in which it can be made; others have nothing that stands for them."""


def _entity(kind: str, one: _Entity, **values: Any) -> dict[str, Any]:
    return {
        "__entity_type__": kind,
        "id": ftrack_id(one["type"], one["id"]),
        **{name: value for name, value in values.items() if value is not None},
    }


def _linked(one: _Entity, field: str) -> str | None:
    link = one.get(field)
    return ftrack_id(link["type"], link["id"]) if link else None


def _status(one: _Entity) -> dict[str, str]:
    name = STATUS_NAMES.get(one.get("sg_status_list", ""))
    return {"status_id": stock_id("Status", name)} if name else {}


def _scene(one: _Entity) -> dict[str, str]:
    return {key: one[field] for field, key in SCENE.items() if one.get(field)}
