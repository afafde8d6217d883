"""A Look's networks with a small trainable adapter beside the layers that make style; the networks themselves stay as they are."""

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from diffusers.training_utils import cast_training_params
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model, set_peft_model_state_dict
from torch import nn

from integration.errors import RenderError
from render_service.contract import Look
from render_service.renderers.lora import PARTS

_NAME = "style"
_ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
_HOUSE = [*_ATTENTION, "proj_in", "proj_out", "conv1", "conv2"]
"""The house model's painter has no attention, and much of its base's colour is made by convolutions."""


def networks_of(pipeline: Any, look: Look) -> dict[str, nn.Module]:
    """The networks of `pipeline` that learn a style, by the name their weights have in a LoRA file.

    Raises:
        RenderError: it has none of a kind that is trained here.
    """
    if look.kind == "cascade":
        return {name: getattr(pipeline, name) for name in PARTS}
    unet = getattr(pipeline, "unet", None)
    if isinstance(unet, UNet2DConditionModel) and hasattr(pipeline, "encode_prompt"):
        return {"unet": unet}
    raise RenderError(
        f"the Look '{look.name}' has no UNet that could learn a style",
        hint="Styles are trained for the house model and for SD 1.5 and SDXL kinds of model; for others use their publisher's tools.",
    )


def add_adapters(networks: Mapping[str, nn.Module], *, rank: int, seed: int) -> list[nn.Parameter]:
    """Freeze `networks`, put an adapter of `rank` beside their layers, and return what is to be trained, all of it float32.

    The adapters begin at zero effect (Hu et al. 2021, arXiv:2106.09685), their random half from `seed`.
    """
    torch.manual_seed(seed)
    parameters: list[nn.Parameter] = []
    for name, network in networks.items():
        network.requires_grad_(False)
        targets = _HOUSE if name in PARTS else _ATTENTION
        config = LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=targets)
        inject_adapter_in_model(config, network, adapter_name=_NAME)
        cast_training_params(network, dtype=torch.float32)
        parameters += [each for each in network.parameters() if each.requires_grad]
    return parameters


def adapter_state(networks: Mapping[str, nn.Module]) -> dict[str, torch.Tensor]:
    """The adapters' weights on the CPU, by their keys in diffusers' LoRA format: ``unet.down_blocks.….lora_A.weight``."""
    return {
        f"{name}.{key}": tensor.detach().cpu().contiguous()
        for name, network in networks.items()
        for key, tensor in get_peft_model_state_dict(network, adapter_name=_NAME).items()
    }


def set_adapter_state(networks: Mapping[str, nn.Module], state: Mapping[str, torch.Tensor]) -> None:
    """Give the adapters the weights that `adapter_state` returned."""
    for name, network in networks.items():
        ours = {key.removeprefix(f"{name}."): tensor for key, tensor in state.items() if key.startswith(f"{name}.")}
        set_peft_model_state_dict(network, ours, adapter_name=_NAME)
