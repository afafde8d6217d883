"""Loads a LoRA into a pipeline: checked, merged into the weights, and gone as a part of its own."""

import hashlib
import re
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from integration.errors import RenderError

PARTS = ("base", "painter")
"""Networks of the house model that a LoRA may change; each is the beginning of its keys, as ``unet`` is in stock pipelines."""
LARGEST_BYTES = 2_000_000_000
"""Longest LoRA file."""
_DOWN = re.compile(r"lora_A\b|lora_down\b|lora\.down\b")
"""What every naming of LoRA weights calls the first of the two matrices of a layer."""
_ADAPTER = "style"


def merge_lora(pipeline: Any, file: Path, *, sha256: str, weight: float) -> None:
    """Add `weight` times the LoRA in `file` to the pipeline's weights.

    The sum is W + weight · (alpha/r) · B·A (Hu et al. 2021, arXiv:2106.09685); painting then costs what it cost before. Several LoRAs
    are merged one after another.

    Args:
        pipeline: a stock diffusers pipeline that loads LoRAs, or the house model's.
        file: safetensors.
        sha256: of the file, as the Look says.
        weight: 0 leaves the pipeline as it is.

    Raises:
        RenderError: the file is missing, was changed, is no safetensors, holds numbers that are none, or does not fit the pipeline. The
            pipeline is then not to be used.
    """
    state = _read(file, sha256)
    layers = sum(bool(_DOWN.search(key)) for key in state)
    if not layers:
        raise _refused(file, "holds no LoRA", "Ask for it as a LoRA in safetensors.")
    try:
        merge = _merge_stock if hasattr(pipeline, "load_lora_weights") else _merge_house
        fitting = merge(pipeline, state, weight)
    except (RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError) as error:
        said = " ".join(str(error).split())[:300]
        raise _refused(file, f"does not fit the model: {said}", "Use one that was made for this Look's model.") from error
    if fitting < layers:
        raise _refused(file, f"fits only {fitting} of its {layers} layers to the model", "Use one that was made for this Look's model.")


def _read(file: Path, sha256: str) -> dict[str, torch.Tensor]:
    """What the file holds, once its bytes are what they should be and its numbers are numbers."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise _refused(file, f"is larger than {LARGEST_BYTES // 1_000_000} MB", "A LoRA is small; this is something else.")
        data = file.read_bytes()
    except OSError as error:
        raise _refused(file, f"is missing or cannot be read ({error.strerror})", "Put it where the Look says.") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise _refused(file, f"was changed: its SHA-256 is {found}", "Fetch it again; do not render with it until then.")
    try:
        state: dict[str, torch.Tensor] = safetensors.torch.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise _refused(file, "is no safetensors file", "Other formats may run code and are not read: ask for it as safetensors.") from error
    wrong = next((key for key, tensor in state.items() if not torch.isfinite(tensor.float()).all()), None)
    if wrong is not None:
        raise _refused(file, f"has weights that are no numbers in {wrong[:120]!r}", "Train it again, or ask for a sound copy.")
    return state


def _merge_stock(pipeline: Any, state: dict[str, torch.Tensor], weight: float) -> int:
    """Merge by diffusers' own means; returns how many layers were changed."""
    pipeline.load_lora_weights(state, adapter_name=_ADAPTER)
    loadable = [name for name in pipeline._lora_loadable_modules if getattr(pipeline, name, None) is not None]
    layers = sum(_adapted(getattr(pipeline, name)) for name in loadable)
    pipeline.set_adapters([_ADAPTER], [weight])
    pipeline.fuse_lora(components=loadable, safe_fusing=True)
    pipeline.unload_lora_weights()
    return layers


def _merge_house(pipeline: Any, state: dict[str, torch.Tensor], weight: float) -> int:
    """The same for the house model, whose pipeline diffusers does not know; returns how many layers were changed."""
    from peft import LoraConfig, inject_adapter_in_model, set_peft_model_state_dict  # seconds to import

    layers = 0
    for name in PARTS:
        ours = {key.removeprefix(f"{name}."): tensor for key, tensor in state.items() if key.startswith(f"{name}.")}
        if not ours:
            continue
        ranks = {len(tensor) for key, tensor in ours.items() if _DOWN.search(key)}
        if len(ranks) != 1:
            raise ValueError(f"its layers for the {name} are of the ranks {sorted(ranks)}")
        network, rank = getattr(pipeline, name), ranks.pop()
        config = LoraConfig(r=rank, lora_alpha=rank, target_modules=sorted({key.split(".lora_")[0] for key in ours}))
        inject_adapter_in_model(config, network, adapter_name=_ADAPTER)
        layers += _adapted(network)
        unknown = set_peft_model_state_dict(network, ours, adapter_name=_ADAPTER).unexpected_keys
        if unknown or len(ours) != 2 * _adapted(network):
            raise ValueError(f"it has other weights for the {name} than two for each layer")
        _merge_network(network, weight)
    return layers


def _merge_network(network: Any, weight: float) -> None:
    from diffusers.utils.peft_utils import recurse_remove_peft_layers
    from peft.tuners.lora import LoraLayer

    for layer in network.modules():
        if isinstance(layer, LoraLayer):
            layer.set_scale(_ADAPTER, weight)
            layer.merge(safe_merge=True)
    recurse_remove_peft_layers(network)
    del network.peft_config
    network.requires_grad_(False)


def _adapted(network: torch.nn.Module) -> int:
    from peft.tuners.tuners_utils import BaseTunerLayer

    return sum(isinstance(layer, BaseTunerLayer) for layer in network.modules())


def _refused(file: Path, reason: str, hint: str) -> RenderError:
    return RenderError(f"the LoRA {file.name} {reason}", hint=hint)
