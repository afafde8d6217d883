"""Weights are what their Look says, byte for byte, in a format that runs no code, or nothing is loaded."""

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Any

from integration.errors import RenderError
from render_service.contract import Look

PIPELINES = {
    "cascade": frozenset({"HousePipeline"}),
    "controlnet": frozenset({"StableDiffusionControlNetPipeline"}),
}
"""Pipeline classes a Look of each kind may name in its model_index.json."""
_LIBRARIES = {"diffusers", "transformers"}
_RUNS_CODE = {".bin", ".ckpt", ".pt", ".pth", ".pickle", ".pkl", ".npy", ".npz", ".joblib", ".msgpack", ".h5", ".onnx", ".so", ".dll"}
_LOADED = {".json", ".txt", ".model", ".safetensors", ".jinja", *_RUNS_CODE, ".py"}
_INDEX = "model_index.json"
_CHUNK_BYTES = 1 << 20


def check_weights(look: Look) -> str:
    """Check every file of the Look's model and return its pipeline's class name.

    Raises:
        RenderError: a file is missing, was changed, is not listed, may run code, or the pipeline is of a class we do not load.
    """
    folder = Path(look.folder)
    if not folder.is_dir():
        raise _refused(look, f"its model folder {folder} does not exist", "Put the model there, or correct [model] folder.")
    for name, sha256 in look.files.items():
        _check_file(look, folder, name, sha256)
    _check_unlisted(look, folder)
    return _check_index(look, folder)


def files_digest(look: Look) -> str:
    """One SHA-256 for all of the Look's file hashes, as ``sha256sum`` would list them in order of path."""
    return hashlib.sha256("".join(f"{look.files[name]}  {name}\n" for name in sorted(look.files)).encode()).hexdigest()


def _check_file(look: Look, folder: Path, name: str, sha256: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise _refused(look, f"the file {name!r} lies outside the model's folder", "Paths are relative, without '..'.")
    if path.suffix.lower() in _RUNS_CODE:
        raise _refused(look, f"{name} is in a format that is not allowed", "Ask for the model as safetensors.")
    if path.suffix.lower() == ".py":
        raise _refused(look, f"{name} is code that came with the model", "Only models of diffusers' own classes are loaded.")
    try:
        found = _sha256(folder / path)
    except OSError as error:
        raise _refused(look, f"{name} is missing or cannot be read ({error.strerror})", "Fetch the model again.") from error
    if found != sha256:
        raise _refused(look, f"{name} was changed: its SHA-256 is {found}", "Fetch the model again; do not render with it until then.")


def _check_unlisted(look: Look, folder: Path) -> None:
    """Do nothing when no file that a loader might take is there beside those the Look lists."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        suffix = file.suffix.lower()
        if name in look.files or not file.is_file() or suffix not in _LOADED:
            continue
        if "/" in name or suffix in _RUNS_CODE or suffix == ".py":
            raise _refused(look, f"{name} lies in its folder and the Look does not list it", "Remove it, or list its hash.")


def _check_index(look: Look, folder: Path) -> str:
    if _INDEX not in look.files:
        raise _refused(look, f"{_INDEX} is not among its files", "List its hash.")
    index = _json(look, folder / _INDEX)
    name = str(index.get("_class_name", ""))
    if name not in PIPELINES.get(look.kind, frozenset()):
        raise _refused(look, f"its pipeline is a {name[:80]!r}, which a '{look.kind}' Look may not be", "Choose another model.")
    for part, entry in index.items():
        if isinstance(entry, list) and entry and entry[0] is not None and entry[0] not in _LIBRARIES:
            raise _refused(
                look, f"its {part} comes from {str(entry[0])[:80]!r}", "Only diffusers' and transformers' own classes are loaded."
            )
    for config in look.files:
        if config.endswith(".json") and config != _INDEX and "auto_map" in _json(look, folder / config):
            raise _refused(look, f"{config} asks for code from elsewhere", "Only diffusers' and transformers' own classes are loaded.")
    return name


def _json(look: Look, file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _refused(look, f"{file.name} is not JSON", "Fetch the model again.") from error
    return data if isinstance(data, dict) else {}


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _refused(look: Look, reason: str, hint: str) -> RenderError:
    return RenderError(f"the Look '{look.name}' is not used: {reason}", hint=hint)
