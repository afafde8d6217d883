"""Loads a production into an empty studio."""

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

from integration.errors import SettingsError
from integration.sandbox.ftrack.changes import Changes
from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.schema import entity_types
from integration.sandbox.ftrack.stock import TASK_TYPES, WORKFLOWS, custom_attribute, stock, stock_id
from integration.sandbox.ftrack.studio import SERVER_LOCATION, Studio
from integration.sandbox.ftrack.translated import translated
from integration.sandbox.ftrack.writing import Writing

API_USER = "haikei"
"""The user that every pretend studio has for haikei."""
_FOUNDER = Actor(id=stock_id("User", API_USER), username=API_USER, may_write=True, may_set_custom=True, may_manage=True)


def load_seed(studio: Studio, seed: Path | None) -> None:
    """Fill an empty studio from a seed file, a JSON object: all of it or nothing.

    ``statuses`` (names by type) and ``types`` (names of task types) take the place of the stock ones; ``custom_attributes`` are
    configurations; ``users`` and ``entities`` are made in their order, with ``__entity_type__`` and what the API takes, besides ``metadata``
    and ``custom_attributes`` (both by key) and, for a FileComponent, ``file`` (a path beside the seed). ``@Status/Approved`` stands for
    the id of something every site has. ``api_keys``: ``{"key", "user", "rights"}``; without ``user`` for anybody.

    A seed in ShotGrid's entities is translated first.

    Raises:
        SettingsError: the file is no seed.
    """
    try:
        told: dict[str, Any] = json.loads(seed.read_text(encoding="utf-8")) if seed else {}
        if any("type" in one and "__entity_type__" not in one for one in told.get("entities", ())):
            told = translated(told)
        writing = Writing(relations=studio.relations, actor=_FOUNDER, changes=Changes(studio.relations))
        with studio.store.transaction():
            for kind, values in stock({**WORKFLOWS, **told.get("statuses", {})}, told.get("types") or TASK_TYPES):
                writing.create(kind, values)
            writing.create("User", {"id": _FOUNDER.id, "username": API_USER, "first_name": "haikei", "email": "haikei@example.com"})
            writing.create("UserSecurityRole", {"user_id": _FOUNDER.id, "security_role_id": stock_id("SecurityRole", "API")})
            for configuration in told.get("custom_attributes", ()):
                writing.create("CustomAttributeConfiguration", custom_attribute(configuration))
            for one in told.get("entities", ()):
                _load(studio, writing, one, seed.parent.resolve() if seed else None)
            writing.finish()
            for key in told.get("api_keys", ()):
                studio.identity.add_key(
                    key["key"], username=key.get("user", ""), rights=tuple(key.get("rights", ("write", "custom", "settings")))
                )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration, RefusedError) as error:
        studio.rows.forget_indexes()
        raise SettingsError(f"seed {seed} cannot be loaded: {error}", hint="Correct the seed file, or leave it out.") from error


def ensure_key(studio: Studio, key_file: Path) -> str:
    """Haikei's own key: the one in `key_file`, or a new one, kept there."""
    if key_file.is_file():
        kept = key_file.read_text(encoding="utf-8")
        try:
            studio.identity.actor(API_USER, kept)
            return kept
        except RefusedError:
            key_file.unlink()
    key = secrets.token_urlsafe(24)
    with studio.store.transaction():
        studio.identity.add_key(key, username=API_USER)
    key_file.touch(mode=0o600)
    key_file.write_text(key, encoding="utf-8")
    return key


def _load(studio: Studio, writing: Writing, one: dict[str, Any], folder: Path | None) -> None:
    kind = one["__entity_type__"]
    apart = {name: one[name] for name in ("metadata", "custom_attributes", "file") if name in one}
    data = {name: _meant(value) for name, value in one.items() if name not in apart}
    made = writing.create(kind, data)
    for key, value in apart.get("metadata", {}).items():
        writing.create("Metadata", {"parent_id": made["id"], "parent_type": kind, "key": key, "value": value})
    row = studio.rows.get(kind, made["id"])
    assert row is not None
    for key, value in apart.get("custom_attributes", {}).items():
        configurations = studio.rows.held_by("CustomAttributeConfiguration", "key", key)
        applying = next(each for each in configurations if studio.relations.applies(each["values"], row))
        writing.update("CustomAttributeValue", [applying["id"], made["id"]], {"value": value})
    if "file" in apart:
        _load_file(studio, writing, made["id"], apart["file"], folder)


def _load_file(studio: Studio, writing: Writing, component_id: str, relative: str, folder: Path | None) -> None:
    path = (folder / relative).resolve() if folder else None
    if path is None or folder is None or not path.is_relative_to(folder) or not path.is_file():
        raise ValueError(f"component {component_id}: no file {relative} beside the seed")
    shutil.copyfile(path, studio.file_of(component_id))
    writing.create("ComponentLocation", {"component_id": component_id, "location_id": SERVER_LOCATION, "resource_identifier": component_id})
    writing.update("FileComponent", [component_id], {"size": path.stat().st_size})


def _meant(value: Any) -> Any:
    """``@Type/name`` as the id of what every site has."""
    if isinstance(value, str) and value.startswith("@"):
        kind, _, name = value[1:].partition("/")
        if kind not in entity_types() or not name:
            raise ValueError(f"{value} names nothing")
        return stock_id(kind, name)
    return value
