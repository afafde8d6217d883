"""Loads the parts of a model one by one: stock classes, local files, safetensors, and every weight accounted for."""

import importlib
from pathlib import Path
from typing import Any

import torch

from render_service.pipelines import PARTS, UNUSED_PARTS
from render_service.renderers.picture_words import PictureWords
from render_service.renderers.sentence_pieces import MODEL_FILE, SentencePieces

_HARMLESS = ("position_ids",)
"""Buffers that old files hold or lack, and that are counted out anew."""


def load_parts(folder: Path, index: dict[str, Any], dtype: torch.dtype) -> dict[str, Any]:
    """The parts that ``model_index.json`` names, by name; `UNUSED_PARTS` and those it leaves out are None.

    Args:
        folder: of the model.
        index: what its ``model_index.json`` says.
        dtype: number format of the networks.

    Raises:
        ValueError, OSError, RuntimeError and others of the libraries: a part cannot be loaded whole.
    """
    parts: dict[str, Any] = {}
    for name, entry in index.items():
        if isinstance(entry, list) and len(entry) == 2:
            is_used = entry[0] is not None and name not in UNUSED_PARTS
            parts[name] = load_part(folder / name, str(entry[0]), str(entry[1]), dtype) if is_used else None
    return parts


def load_part(folder: Path, library: str, name: str, dtype: torch.dtype) -> Any:
    """One part of the class `name` of `library`, from its folder; see `load_parts`."""
    if name not in PARTS:
        raise ValueError(f"{name} is not among the classes we load")
    if name == "T5Tokenizer" and (folder / MODEL_FILE).is_file():
        return SentencePieces(folder)
    if name == "Qwen2VLProcessor":
        return PictureWords(folder)
    part = getattr(importlib.import_module(library), name)
    if not issubclass(part, torch.nn.Module):
        return part.from_pretrained(folder, local_files_only=True)
    network, told = part.from_pretrained(
        folder, dtype=dtype, variant=_variant(folder), local_files_only=True, use_safetensors=True, output_loading_info=True
    )
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        keys = [str(key) for key in told.get(problem, ()) if not str(key).endswith(_HARMLESS)]
        if keys and not (problem == "unexpected_keys" and library == "transformers"):
            raise ValueError(f"{folder.name} has {problem.replace('_', ' ')}: {', '.join(sorted(keys)[:3])[:200]}")
    network.eval()
    return network


def _variant(folder: Path) -> str | None:
    """The half-precision files where the publisher's others were not fetched."""
    names = {file.name for file in folder.glob("*.safetensors")}
    return "fp16" if names and all(".fp16" in name for name in names) else None
