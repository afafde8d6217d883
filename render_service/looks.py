"""Looks: TOML files that pin what paints and how. A Look that does not say where its weights come from is refused."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from integration.errors import RenderError
from render_service.contract import Look

BUILT_IN_FOLDER = Path(__file__).with_name("look_files")
"""The Looks that come with haikei."""
KINDS = ("cascade", "controlnet")
"""Every kind of Look a render worker can paint."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_SUM_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)", re.ASCII)
_PARTS: dict[str, frozenset[str]] = {
    "": frozenset({"name", "title", "kind", "model", "sampler", "size", "prompt"}),
    "model": frozenset({"folder", "revision", "files", "files_from", "licence", "commercial", "training_data"}),
    "sampler": frozenset({"num_inference_steps", "guidance_scale", "controlnet_conditioning_scale", "scheduler"}),
    "size": frozenset({"width_px", "height_px"}),
    "prompt": frozenset({"template", "negative"}),
}
"""The keys each part of a Look file may have."""


def load_look(name: str, folders: Sequence[Path] = ()) -> Look:
    """The Look called `name`, from the first of `folders` that has ``<name>.toml``, else from the built-in ones.

    Raises:
        RenderError: there is none, or its file may not be used; the message names what is missing.
    """
    if not _NAME.fullmatch(name):
        raise RenderError(f"{name[:80]!r} cannot name a Look", hint="A Look's name has lower-case letters, digits, '.', '-' and '_'.")
    for folder in (*folders, BUILT_IN_FOLDER):
        file = Path(folder) / f"{name}.toml"
        if file.is_file():
            return read_look(file)
    there = ", ".join(sorted({file.stem for folder in (*folders, BUILT_IN_FOLDER) for file in Path(folder).glob("*.toml")})) or "none"
    raise RenderError(f"there is no Look called '{name}'", hint=f"Looks here: {there}; set render.looks to the folder that has it.")


def list_looks(folders: Sequence[Path] = ()) -> list[Look]:
    """Every Look of `folders` and the built-in ones, by name; where two have one name, the one `load_look` gives.

    Raises:
        RenderError: one of their files may not be used.
    """
    names = {file.stem for folder in (*folders, BUILT_IN_FOLDER) for file in Path(folder).glob("*.toml")}
    return [load_look(name, folders) for name in sorted(names)]


def read_look(file: Path) -> Look:
    """The Look in `file`; a relative model folder is looked for beside it.

    Raises:
        RenderError: the file cannot be read, or leaves out what a Look must say.
    """
    parts = _read_parts(file)
    model, sampler, size, prompt = (parts[name] for name in ("model", "sampler", "size", "prompt"))
    _require_statements(file, model)
    folder = (file.parent / _text(file, model, "folder")).resolve()
    look = Look(
        name=_text(file, parts[""], "name"),
        title=_text(file, parts[""], "title"),
        kind=_text(file, parts[""], "kind"),
        folder=str(folder),
        revision=_text(file, model, "revision"),
        files=_files(file, model, folder),
        licence=_text(file, model, "licence"),
        commercial=_flag(file, model, "commercial"),
        training_data=_text(file, model, "training_data"),
        num_inference_steps=_whole(file, sampler, "num_inference_steps", 1, 1000),
        guidance_scale=_number(file, sampler, "guidance_scale", 0, 50),
        controlnet_conditioning_scale=_number(
            file, {"controlnet_conditioning_scale": 1.0, **sampler}, "controlnet_conditioning_scale", 0, 4
        ),
        scheduler=_text(file, sampler, "scheduler", optional=True),
        prompt=_text(file, prompt, "template"),
        negative_prompt=_text(file, prompt, "negative", optional=True),
        width_px=_whole(file, size, "width_px", 16, 8192),
        height_px=_whole(file, size, "height_px", 16, 8192),
    )
    if look.name != file.stem:
        raise _refused(file, f"calls itself '{look.name}'", "A Look's file is called as the Look.")
    if look.kind not in KINDS:
        raise _refused(file, f"is of the unknown kind '{look.kind}'", f"Kinds are: {', '.join(KINDS)}.")
    return replace(look, digest=look_digest(look))


def look_digest(look: Look) -> str:
    """SHA-256 over all of `look` but its folder and digest, as JSON with sorted keys."""
    facts = {key: value for key, value in asdict(look).items() if key not in ("folder", "digest")}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _read_parts(file: Path) -> dict[str, dict[str, Any]]:
    """The tables of the file by name, its own keys under ""; every table there, no unknown key in any."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}", "Check who may read it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(file, f"is not valid TOML: {error}", "Correct the line it names.") from error
    parts: dict[str, dict[str, Any]] = {"": {key: value for key, value in data.items() if not isinstance(value, dict)}}
    for name in _PARTS:
        if name and not isinstance(data.get(name), dict):
            raise _refused(file, f"has no [{name}]", "render_service/look_files/house.toml shows every part.")
        parts.setdefault(name, data.get(name, {}))
    unknown = [*(set(data) - _PARTS[""]), *(f"{name}.{key}" for name, part in parts.items() if name for key in set(part) - _PARTS[name])]
    if unknown:
        raise _refused(file, f"has unknown keys: {', '.join(sorted(unknown))}", "Correct or remove them.")
    return parts


def _require_statements(file: Path, model: Mapping[str, Any]) -> None:
    """Do nothing when the model is pinned and says where it comes from."""
    missing = [key for key in ("revision", "licence", "training_data") if not str(model.get(key, "")).strip()]
    missing += ["commercial"] * ("commercial" not in model) + ["files"] * (not model.get("files") and not model.get("files_from"))
    if missing:
        raise _refused(
            file, f"does not say: {', '.join(missing)}", "Write revision, licence, commercial, training_data and file hashes under [model]."
        )


def _files(file: Path, model: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """SHA-256 of the model's files by path inside its folder, from ``files``, or the list that ``files_from`` names in the folder."""
    if model.get("files"):
        files = model["files"]
    else:
        listed = folder / _text(file, model, "files_from")
        try:
            lines = listed.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise _refused(file, f"names {listed}, which cannot be read", "Check that the model is where its folder says.") from error
        matches = [_SUM_LINE.fullmatch(line) for line in lines if line.strip()]
        files = {match[2].removeprefix("./"): match[1] for match in matches if match}
        if not files or None in matches:
            raise _refused(file, f"names {listed}, which is no list of SHA-256 sums", "Make it with sha256sum.")
    if not isinstance(files, dict) or not all(re.fullmatch(r"[0-9a-f]{64}", str(sha256), re.ASCII) for sha256 in files.values()):
        raise _refused(file, "has a file hash that is no SHA-256", "Hashes are 64 lower-case hex digits, as sha256sum prints them.")
    return dict(sorted(files.items()))


def _text(file: Path, part: Mapping[str, Any], key: str, *, optional: bool = False) -> str:
    value = part.get(key, "")
    if not isinstance(value, str) or not (value.strip() or optional):
        raise _refused(file, f"has no text for '{key}'", "render_service/look_files/house.toml shows what belongs there.")
    return value


def _flag(file: Path, part: Mapping[str, Any], key: str) -> bool:
    value = part[key]
    if not isinstance(value, bool):
        raise _refused(file, f"must say true or false for '{key}'", "Read the licence.")
    return value


def _whole(file: Path, part: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = part.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _refused(file, f"needs a whole number from {least} to {most} for '{key}'", "Correct it.")
    return value


def _number(file: Path, part: Mapping[str, Any], key: str, least: int, most: int) -> float:
    value = part.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise _refused(file, f"needs a number from {least} to {most} for '{key}'", "Correct it.")
    return float(value)


def _refused(file: Path, reason: str, hint: str) -> RenderError:
    return RenderError(f"the Look file {file} {reason}", hint=hint)
