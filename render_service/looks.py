"""Looks: TOML files that pin what paints and how. A Look that does not say where its weights come from is refused."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import MISSING, asdict, fields, replace
from pathlib import Path
from typing import Any

from integration.errors import RenderError
from render_service.contract import Look
from render_service.look_file import parse_look

BUILT_IN_FOLDER = Path(__file__).with_name("look_files")
"""The Looks that come with haikei."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_PLACES = frozenset({"folder", "path", "digest"})
"""Where a thing lies on this machine, and the digest itself."""


def load_look(name: str, folders: Sequence[Path] = ()) -> Look:
    """The Look called `name`, from the first of `folders` that has ``<name>.toml``, else from the built-in ones.

    Raises:
        RenderError: there is none, or its file may not be used; the message names what is missing.
    """
    require_name(name)
    for folder in (*folders, BUILT_IN_FOLDER):
        file = Path(folder) / f"{name}.toml"
        if file.is_file():
            return read_look(file)
    there = ", ".join(sorted(look_files(folders))) or "none"
    raise RenderError(f"there is no Look called '{name}'", hint=f"Looks here: {there}; set render.looks to the folder that has it.")


def list_looks(folders: Sequence[Path] = ()) -> list[Look]:
    """Every Look of `folders` and the built-in ones, by name; where two have one name, the one `load_look` gives.

    Raises:
        RenderError: one of their files may not be used.
    """
    return [read_look(file) for file in look_files(folders).values()]


def look_files(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """The files of all Looks of `folders` and the built-in ones, by name, in their order; see `list_looks`."""
    found = {file.stem: file for folder in (BUILT_IN_FOLDER, *reversed(folders)) for file in Path(folder).glob("*.toml")}
    return dict(sorted(found.items()))


def read_look(file: Path) -> Look:
    """The Look in `file`; relative paths are looked for beside it.

    Raises:
        RenderError: the file cannot be read, or leaves out what a Look must say.
    """
    look = parse_look(file)
    look = replace(look, commercial=look.commercial and all(part.commercial for part in look.added))
    return replace(look, digest=look_digest(look))


def require_name(name: str) -> None:
    """Raise when `name` cannot name a Look.

    Raises:
        RenderError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise RenderError(f"{name[:80]!r} cannot name a Look", hint="A Look's name has lower-case letters, digits, '.', '-' and '_'.")


def look_digest(look: Look) -> str:
    """SHA-256 over what `look` says, but for where things lie, as JSON with sorted keys.

    What is at its default is left out, so that a key which later releases add does not make another Look of an old one.
    """
    defaults = {each.name: each.default if each.default is not MISSING else () for each in fields(Look)}
    said = {key: value for key, value in asdict(look).items() if value != defaults[key] and value not in ({}, ())}
    text = json.dumps(_without_places(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_places(each) for key, each in value.items() if key not in _PLACES}
    return [_without_places(each) for each in value] if isinstance(value, list | tuple) else value
