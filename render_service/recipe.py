"""What made a picture, enough to make it again: plain text and whole numbers only, so that it hashes the same everywhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from integration.storage.protocol import Storage
from render_service.batcher import Painted
from render_service.contract import Look, RenderRequest, Scene
from render_service.prompt import language_of, words_of
from render_service.renderers.kinds import WITH_NEGATIVE_PROMPT
from render_service.weights import files_digest

RECIPE_VERSION = 1
"""The form of a recipe."""
_MILLION = 1_000_000
_PLACES = ("folder", "path")
"""Keys under which a Look says where something lies on this machine."""


def recipe_of(request: RenderRequest, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The recipe of the request's pictures; numbers with a fraction are given in millionths (``_ppm``).

    Args:
        request: what was asked.
        runs: what `run_of` said of each run of the model, in order.
    """
    words = words_of(request.look, request.scene)
    return {
        "recipe_version": RECIPE_VERSION,
        "haikei_version": version("haikei"),
        "look": look_facts(request.look),
        "prompt": words.prompt,
        "prompt_lang": language_of(words.prompt),
        "negative_prompt": words.negative_prompt if request.look.kind in WITH_NEGATIVE_PROMPT else "",
        "words": {
            "given": {name: value for name, value in request.scene.fields().items() if value},
            "house_words": dict(request.scene.house_words),
            "translated": [asdict(term) for term in words.translated],
            "left": list(words.left),
            "unused": list(words.unused),
            "shortened": list(words.shortened),
        },
        "width_px": request.width_px,
        "height_px": request.height_px,
        "line_sha256": request.line_sha256,
        "mask_sha256": request.mask_sha256 or "",
        "rough_sha256": request.rough_sha256 or "",
        "seeds": list(request.seeds),
        "runs": [dict(run) for run in runs],
    }


def keep_recipe(storage: Storage, recipe: Mapping[str, Any]) -> str:
    """Store `recipe` as JSON, keys sorted, and return its name.

    Raises:
        StorageError, TransientStorageError: see `Storage.put`.
    """
    text = json.dumps(recipe, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return storage.put(text.encode(), media_type="application/json").sha256


def look_facts(look: Look) -> dict[str, Any]:
    """Everything the Look pins: models and what is added to them, their hashes, licences and settings; not where they lie here."""
    facts: dict[str, Any] = _plain(asdict(look))
    return {**facts, "model_files_digest": files_digest(look)}


def run_of(seeds: Sequence[int], painted: Painted, *, slot: str) -> dict[str, Any]:
    """What is to be known of one run of the model: which of the request's pictures, where in what batch, when, with what.

    Args:
        seeds: of the request's pictures in that run, side by side in the batch.
        painted: the first of them.
        slot: the worker that painted.
    """
    return {
        "seeds": list(seeds),
        "slot": slot,
        "started_ms": painted.started_ms,
        "milliseconds": painted.milliseconds,
        "batch_size": painted.batch_size,
        "batch_position": painted.batch_position,
        "unread": painted.unread,
        **painted.facts,
    }


def run_with(recipe: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The run that painted the picture of `seed`, with ``batch_position`` its own; an empty one when the recipe has none.

    Raises:
        KeyError, TypeError: this is no recipe.
    """
    for run in recipe["runs"]:
        if seed in run["seeds"]:
            return {**run, "batch_position": run["batch_position"] + run["seeds"].index(seed)}
    return {}


def scene_in(recipe: Mapping[str, Any]) -> Scene:
    """The shot's words the recipe was made from.

    Raises:
        KeyError, TypeError: this is no recipe.
    """
    return Scene(**recipe["words"]["given"], house_words=dict(recipe["words"]["house_words"]))


def _plain(value: Any) -> Any:
    """`value` without paths of this machine, and every fraction in millionths under a key that ends in ``_ppm``."""
    match value:
        case dict():
            kept = {key: held for key, held in value.items() if key not in _PLACES}
            return {f"{key}_ppm" if isinstance(held, float) else key: _plain(held) for key, held in kept.items()}
        case list() | tuple():
            return [_plain(held) for held in value]
        case float():
            return round(value * _MILLION)
    return value
