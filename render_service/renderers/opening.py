"""Opens a Look's pipeline: checked weights, loaded on the best device of this machine, ready to be called."""

import inspect
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from integration.errors import RenderError
from render_service.contract import Look
from render_service.pipelines import Pipeline, control_class
from render_service.renderers.lora import merge_lora
from render_service.renderers.parts import load_part, load_parts
from render_service.renderers.soundness import check_numbers, check_tokenizers
from render_service.weights import CONFIG, INDEX, check_weights, pipeline_of

SCHEDULERS = frozenset(
    {
        "DDIMScheduler",
        "DPMSolverMultistepScheduler",
        "EulerDiscreteScheduler",
        "FlowMatchEulerDiscreteScheduler",
        "HeunDiscreteScheduler",
        "PNDMScheduler",
        "UniPCMultistepScheduler",
    }
)
"""Schedulers a Look may name: those that draw no noise between steps, so that a seed decides the picture."""
_QUIET_AND_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}
_CANNOT_LOAD = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RuntimeError,
    ImportError,
    ArithmeticError,
    AssertionError,
    MemoryError,
    SafetensorError,
)
"""What the libraries raise for weights that are not what their configuration says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPipeline:
    """A diffusers pipeline, loaded and on its device."""

    pipeline: Any
    """What `render_service.renderers.kinds` calls."""
    device: str
    """torch's name of the device: ``cpu``, ``cuda``."""
    dtype: str
    """torch's name of the weights' number format: ``float32``, ``float16``, ``bfloat16``."""


def open_pipeline(look: Look, *, threads: int = 0) -> OpenPipeline:
    """Check the Look's weights and load them, on a GPU when there is one.

    Args:
        look: what paints.
        threads: CPU threads; 0 lets PyTorch choose.

    Raises:
        RenderError: the weights are not what the Look says, cannot be loaded, or hold what no sound model has.
    """
    check_weights(look)
    _check_scheduler(look)
    classes = pipeline_of(look)
    os.environ.update(_QUIET_AND_OFFLINE)  # the libraries read it when they are imported, below
    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = _dtype(look, classes, device)
    try:
        pipeline = _assembled(look, classes, dtype)
        _add_ip_adapter(look, pipeline, dtype)
        for lora in look.loras:
            merge_lora(pipeline, Path(lora.path), sha256=lora.sha256, weight=lora.weight)
        if look.scheduler:
            _replace_scheduler(pipeline, look)
        check_numbers(look, pipeline.components)
        check_tokenizers(look, pipeline.components)
        pipeline.to(device)
        if device == "cuda":
            _lay_out(pipeline)
    except _CANNOT_LOAD as error:
        said = " ".join(f"{error}".split())[:400]
        raise RenderError(
            f"the model of the Look '{look.name}' cannot be loaded: {said}", hint="Its folder must hold a whole diffusers pipeline."
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    return OpenPipeline(pipeline=pipeline, device=device, dtype=str(dtype).removeprefix("torch."))


def _lay_out(pipeline: Any) -> None:
    """Give convolutions the memory order that GPUs with tensor cores work in (PyTorch's ``channels_last``)."""
    for name in ("unet", "controlnet", "vae"):
        if (part := pipeline.components.get(name)) is not None:
            part.to(memory_format=torch.channels_last)


def _check_scheduler(look: Look) -> None:
    if look.scheduler and look.kind == "cascade":
        raise RenderError(f"the Look '{look.name}' names a scheduler, and a cascade has its own", hint="Remove it from [sampler].")
    if look.scheduler and look.scheduler not in SCHEDULERS:
        raise RenderError(
            f"the Look '{look.name}' names the scheduler '{look.scheduler}'", hint=f"Use one of: {', '.join(sorted(SCHEDULERS))}."
        )


def _dtype(look: Look, classes: Pipeline, device: str) -> torch.dtype:
    """A CPU computes in float32; on a GPU transformers want bfloat16's range, and the house model is too small to be halved."""
    if device == "cpu" or look.kind == "cascade":
        return torch.float32
    usual = "float16" if classes.name.startswith("StableDiffusion") else "bfloat16"
    dtype: torch.dtype = getattr(torch, look.dtype or usual)
    return dtype


def _assembled(look: Look, classes: Pipeline, dtype: torch.dtype) -> Any:
    """The pipeline from its parts; what its class does not take is left out, what it does not get is None."""
    pipeline_class = _pipeline_class(classes.name)
    folder = Path(look.folder)
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    given = {**load_parts(folder, index, dtype), **_control(look, dtype), "requires_safety_checker": False}
    options = {name: value for name, value in index.items() if isinstance(value, bool | int | float)}
    wanted = inspect.signature(pipeline_class.__init__).parameters
    arguments = {name: value for name, value in {**options, **given}.items() if name in wanted}
    missing = {
        name: None for name, each in wanted.items() if name != "self" and name not in arguments and each.default is inspect.Parameter.empty
    }
    return pipeline_class(**arguments, **missing)


def _pipeline_class(name: str) -> Any:
    import diffusers  # seconds to import
    import transformers

    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()
    if name == "HousePipeline":
        from render_service.house.cascade import HousePipeline

        return HousePipeline
    return getattr(diffusers, name)


def _control(look: Look, dtype: torch.dtype) -> dict[str, Any]:
    if look.control is None:
        return {}
    folder = Path(look.control.folder)
    name = control_class(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    return {"adapter" if look.kind == "adapter" else "controlnet": load_part(folder, "diffusers", name, dtype)}


def _add_ip_adapter(look: Look, pipeline: Any, dtype: torch.dtype) -> None:
    if look.ip_adapter is None or look.board is None:
        return
    from safetensors.torch import load_file
    from transformers import CLIPImageProcessor

    folder = Path(look.ip_adapter.folder)
    encoder = load_part(folder / "image_encoder", "transformers", "CLIPVisionModelWithProjection", dtype)
    size = encoder.config.image_size
    state: dict[str, dict[str, torch.Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for key, tensor in load_file(folder / "ip-adapter.safetensors").items():
        part, _, name = key.partition(".")
        state[part][name] = tensor
    pipeline.register_modules(
        image_encoder=encoder, feature_extractor=CLIPImageProcessor(size=size, crop_size={"height": size, "width": size})
    )
    pipeline.load_ip_adapter(state, subfolder=None, weight_name=None)
    pipeline.set_ip_adapter_scale(look.board.weight)


def _replace_scheduler(pipeline: Any, look: Look) -> None:
    import diffusers

    pipeline.scheduler = getattr(diffusers, look.scheduler).from_config(pipeline.scheduler.config, **look.scheduler_options)
