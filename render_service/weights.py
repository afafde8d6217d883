"""Weights are what their Look says, byte for byte, in a format that runs no code, or nothing is loaded."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from integration.errors import RenderError
from render_service.contract import Look
from render_service.pipelines import PARTS, UNUSED_PARTS, Pipeline, control_class, find_pipeline, model_names

RUNS_CODE = frozenset(
    {".bin", ".ckpt", ".pt", ".pth", ".pickle", ".pkl", ".npy", ".npz", ".joblib", ".msgpack", ".h5", ".onnx", ".so", ".dll"}
)
"""Formats that may run code when they are read, or that nothing here reads."""
LOADED = frozenset({".json", ".txt", ".model", ".safetensors", ".jinja"})
"""Formats that a loader may take."""
INDEX = "model_index.json"
"""What diffusers calls the list of a model's parts."""
CONFIG = "config.json"
"""What diffusers calls the description of one part."""
_LIBRARIES = frozenset({"diffusers", "transformers"})
_LARGEST_JSON_BYTES = 100_000_000
_CHUNK_BYTES = 1 << 20
_ONLY_STOCK = "Only diffusers' and transformers' own classes are loaded."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weights:
    """The model of a Look, or something that is added to it."""

    name: str
    """What messages call it; "" for the model itself."""
    folder: Path
    files: dict[str, str]

    def file(self, name: str) -> str:
        return f"{name} of its {self.name}" if self.name else name


def check_weights(look: Look) -> str:
    """Check every file of the Look's weights and return the class of its pipeline.

    Raises:
        RenderError: a file is missing, was changed, is not listed, may run code, or is of a class we do not load.
    """
    for problem in find_problems(look):
        raise problem
    return pipeline_of(look).name


def find_problems(look: Look) -> Iterator[RenderError]:
    """Everything that keeps the Look from being used, file by file; what its folders call themselves only when all files are sound."""
    sound = True
    for check in _file_checks(look):
        try:
            check()
        except RenderError as error:
            sound = False
            yield error
    if sound:
        try:
            pipeline_of(look)
        except RenderError as error:
            yield error


def pipeline_of(look: Look) -> Pipeline:
    """The classes that paint this Look, told by what its folders call themselves; `check_weights` comes first.

    Raises:
        RenderError: they are of a class, or have a part of a class, that is not loaded.
    """
    folder = Path(look.folder)
    if INDEX not in look.files:
        raise _refused(look, f"{INDEX} is not among its files", "List its hash.")
    index = _json(look, folder / INDEX)
    for part, entry in index.items():
        if not part.startswith("_") and part not in UNUSED_PARTS and isinstance(entry, list) and entry and entry[0] is not None:
            _check_part(look, part, entry)
    for weights in _weights(look):
        for name in weights.files:
            if name.endswith(".json") and "auto_map" in _json(look, weights.folder / name):
                raise _refused(look, f"{weights.file(name)} asks for code from elsewhere", _ONLY_STOCK)
    model, control = index.get("_class_name"), _control_of(look, index)
    pipeline = find_pipeline(look.kind, model, control) if isinstance(model, str) else None
    if pipeline is None:
        added = f" with a {control[:80]!r}" if control else ""
        raise _refused(
            look,
            f"its model is a {str(model)[:80]!r}{added}, which a '{look.kind}' Look may not be",
            f"Models for it are: {', '.join(model_names(look.kind))}; code that comes with a model is never run.",
        )
    return pipeline


def files_digest(look: Look) -> str:
    """One SHA-256 for all of the Look's file hashes, as ``sha256sum`` would list them in order of path."""
    files = dict(look.files)
    for weights in _weights(look)[1:]:
        files.update({f"{weights.name}/{name}": sha256 for name, sha256 in weights.files.items()})
    files.update({f"LoRA/{number}": lora.sha256 for number, lora in enumerate(look.loras)})
    return hashlib.sha256("".join(f"{files[name]}  {name}\n" for name in sorted(files)).encode()).hexdigest()


def sha256_of(file: Path) -> str:
    """SHA-256 of the file's bytes, 64 lower-case hex digits.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _weights(look: Look) -> list[_Weights]:
    """The model first, then what is added in folders."""
    added = {"control": look.control, "IP-Adapter": look.ip_adapter}
    return [
        _Weights(name="", folder=Path(look.folder), files=look.files),
        *(_Weights(name=name, folder=Path(part.folder), files=part.files) for name, part in added.items() if part),
    ]


def _file_checks(look: Look) -> Iterator[Callable[[], None]]:
    for weights in _weights(look):
        yield partial(_check_folder, look, weights)
        if not weights.folder.is_dir():
            continue
        for name, sha256 in weights.files.items():
            yield partial(_check_file, look, weights, name, sha256)
        yield partial(_check_unlisted, look, weights)
    for lora in look.loras:
        yield partial(_check_single, look, "LoRA", Path(lora.path), lora.sha256)
    if look.board:
        yield partial(_check_single, look, "art board", Path(look.board.path), look.board.sha256)


def _check_folder(look: Look, weights: _Weights) -> None:
    if not weights.folder.is_dir():
        what = f"its {weights.name or 'model'} folder {weights.folder}"
        raise _refused(look, f"{what} does not exist", "Put the weights there, or correct the folder.")


def _check_file(look: Look, weights: _Weights, name: str, sha256: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise _refused(look, f"the file {name!r} lies outside its folder", "Paths are relative, without '..'.")
    if path.suffix.lower() in RUNS_CODE:
        raise _refused(look, f"{weights.file(name)} is in a format that is not allowed", "Ask for the model as safetensors.")
    if path.suffix.lower() == ".py":
        raise _refused(look, f"{weights.file(name)} is code that came with the model", _ONLY_STOCK)
    _check_hash(look, weights.file(name), weights.folder / path, sha256)


def _check_single(look: Look, what: str, file: Path, sha256: str) -> None:
    if what == "LoRA" and file.suffix.lower() != ".safetensors":
        raise _refused(look, f"the LoRA {file.name} is in a format that is not allowed", "Ask for it as safetensors.")
    _check_hash(look, f"the {what} {file.name}", file, sha256)


def _check_hash(look: Look, what: str, file: Path, sha256: str) -> None:
    try:
        found = sha256_of(file)
    except OSError as error:
        raise _refused(look, f"{what} is missing or cannot be read ({error.strerror})", "Fetch it again.") from error
    if found != sha256:
        raise _refused(look, f"{what} was changed: its SHA-256 is {found}", "Fetch it again; do not render with it until then.")


def _check_unlisted(look: Look, weights: _Weights) -> None:
    """Do nothing when no file that a loader might take is there beside those the Look lists."""
    for file in sorted(weights.folder.rglob("*")):
        name = file.relative_to(weights.folder).as_posix()
        suffix = file.suffix.lower()
        if name in weights.files or not file.is_file():
            continue
        # Of a model's top folder nothing is loaded but its index, which has to be listed.
        is_taken = suffix in LOADED and ("/" in name or weights.name != "")
        if is_taken or suffix in RUNS_CODE or suffix == ".py":
            raise _refused(look, f"{weights.file(name)} lies in its folder and the Look does not list it", "Remove it, or list its hash.")


def _check_part(look: Look, part: str, entry: list[Any]) -> None:
    library, name = str(entry[0])[:80], str(entry[1] if len(entry) > 1 else "")[:80]
    if library not in _LIBRARIES:
        raise _refused(look, f"its {part} comes from {library!r}", _ONLY_STOCK)
    if name not in PARTS:
        raise _refused(look, f"its {part} is a {name!r}, which is not among the classes we load", "Choose another model.")


def _control_of(look: Look, index: dict[str, Any]) -> str:
    """The class of the Look's ControlNet or adapter, "" without one."""
    if look.control:
        if CONFIG not in look.control.files:
            raise _refused(look, f"its control has no {CONFIG}", "Take it in diffusers' folder format.")
        return control_class(_json(look, Path(look.control.folder) / CONFIG))
    entry = index.get("controlnet") or index.get("adapter")
    return str(entry[1]) if isinstance(entry, list) and len(entry) > 1 else ""


def _json(look: Look, file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LARGEST_JSON_BYTES:
            raise _refused(look, f"{file.name} is too large", "Fetch the model again.")
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(look, f"{file.name} is missing or cannot be read ({error.strerror})", "Fetch the model again.") from error
    except (ValueError, RecursionError) as error:
        raise _refused(look, f"{file.name} is not JSON", "Fetch the model again.") from error
    if not isinstance(data, dict) and file.name.endswith((CONFIG, INDEX)):
        raise _refused(look, f"{file.name} is not the JSON of a configuration", "Fetch the model again.")
    return data if isinstance(data, dict) else {}


def _refused(look: Look, reason: str, hint: str) -> RenderError:
    return RenderError(f"the Look '{look.name}' is not used: {reason}", hint=hint)
