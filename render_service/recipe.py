"""What made a picture, enough to make it again: plain text and whole numbers only, so that it hashes the same everywhere."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from render_service.contract import RenderRequest
from render_service.prompt import negative_prompt_of, prompt_of
from render_service.weights import files_digest


def recipe_of(request: RenderRequest, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The recipe of the request's pictures; numbers with a fraction are given in millionths (``_ppm``).

    Args:
        request: what was asked.
        runs: what `run_of` said of each run of the model, in order.
    """
    look = request.look
    return {
        "recipe_version": 1,
        "look": look.name,
        "look_digest": look.digest,
        "kind": look.kind,
        "model": Path(look.folder).name,
        "model_revision": look.revision,
        "model_files_digest": files_digest(look),
        "licence": look.licence,
        "commercial": look.commercial,
        "training_data": look.training_data,
        "prompt": prompt_of(look, request.scene),
        "negative_prompt": negative_prompt_of(look),
        "num_inference_steps": look.num_inference_steps,
        "guidance_scale_ppm": round(look.guidance_scale * 1_000_000),
        "controlnet_conditioning_scale_ppm": round(look.controlnet_conditioning_scale * 1_000_000),
        "width_px": request.width_px,
        "height_px": request.height_px,
        "line_sha256": request.line_sha256,
        "mask_sha256": request.mask_sha256 or "",
        "rough_sha256": request.rough_sha256 or "",
        "seeds": list(request.seeds),
        "runs": [dict(run) for run in runs],
    }


def run_of(seeds: Sequence[int], facts: Mapping[str, str | int], *, slot: str, started_ms: int, milliseconds: int) -> dict[str, Any]:
    """What is to be known of one run of the model: which pictures, where, when, with what."""
    return {"seeds": list(seeds), "slot": slot, "started_ms": started_ms, "milliseconds": milliseconds, **facts}
