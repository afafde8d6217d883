"""Pipelines with random weights, of SDXL's size and of a toy's: what a GPU does does not depend on what the weights are."""

from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, StableDiffusionXLControlNetPipeline, UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode

TOKENS = 77
"""Length of a prompt's embedding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A model and the pictures it is measured with."""

    name: str
    """What the rows are called."""
    unet: dict[str, Any]
    """UNet2DConditionModel's configuration."""
    vae: dict[str, Any]
    """AutoencoderKL's configuration."""
    hint: tuple[int, ...]
    """Channels of the ControlNet's first layers."""
    text_width: int
    """Width of a token's embedding."""
    pooled_width: int
    """Width of the pooled embedding."""
    side_px: int
    """Width and height of a picture."""
    matrix: int
    """Side of the matrices whose product is the measure of the chip."""
    plans: tuple[tuple[int, float], ...] = field(default=((30, 5.0), (8, 1.0)))
    """Steps and guidance of each job; 1.0 is without guidance."""


SDXL = Size(
    name="SDXL 1024x1024",
    unet={
        "sample_size": 128,
        "block_out_channels": (320, 640, 1280),
        "layers_per_block": 2,
        "cross_attention_dim": 2048,
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    },
    vae={"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "sample_size": 1024, "scaling_factor": 0.13025},
    hint=(16, 32, 96, 256),
    text_width=2048,
    pooled_width=1280,
    side_px=1024,
    matrix=8192,
)
"""Podell et al. 2023 (arXiv:2307.01952) with a ControlNet of its encoder: 2.57 and 1.25 billion weights."""

TOY = Size(
    name="toy 64x64",
    unet={
        "sample_size": 8,
        "block_out_channels": (8, 16),
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "cross_attention_dim": 16,
        "attention_head_dim": (2, 4),
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 6 * 8 + 12,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    },
    vae={"block_out_channels": (8, 8, 8, 8), "layers_per_block": 1, "norm_num_groups": 4, "sample_size": 64, "scaling_factor": 0.13025},
    hint=(4, 4, 8, 8),
    text_width=16,
    pooled_width=12,
    side_px=64,
    matrix=256,
    plans=((3, 5.0), (2, 1.0)),
)
"""The same code in a second on a CPU."""


class PromptlessPipeline(StableDiffusionXLControlNetPipeline):  # type: ignore[misc]  # diffusers is untyped
    """A pipeline without text encoders: every prompt has its own random embedding."""

    def encode_prompt(
        self,
        prompt: Any,
        prompt_2: Any = None,
        device: Any = None,
        num_images_per_prompt: int = 1,
        do_classifier_free_guidance: bool = True,
        negative_prompt: Any = None,
        negative_prompt_2: Any = None,
        prompt_embeds: Any = None,
        **options: Any,
    ) -> tuple[torch.Tensor, ...]:
        """What diffusers' pipeline gives: embeddings, negative ones, pooled ones, negative pooled ones; given ones as they are."""
        if prompt_embeds is not None:
            names = ("negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
            return (prompt_embeds, *(options[name] for name in names))
        random = torch.Generator().manual_seed(len(str(prompt)))
        tokens, pooled = (1, TOKENS, self.unet.config.cross_attention_dim), (1, self.pooled_width)
        drawn = (torch.randn(shape, generator=random) for shape in (tokens, tokens, pooled, pooled))
        return tuple(each.to(self.unet.device, self.unet.dtype) for each in drawn)


def build(size: Size, *, device: str, dtype: torch.dtype) -> PromptlessPipeline:
    """The pipeline of `size` on `device`, its weights drawn anew."""
    torch.manual_seed(7)
    with torch.device(device):
        unet, vae = UNet2DConditionModel(**size.unet), AutoencoderKL(**size.vae, **_vae_blocks())
        controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=size.hint)
        for parameter in controlnet.parameters():  # its last layers begin at zero, and a chip draws less power for zeros
            if not parameter.any():
                torch.nn.init.normal_(parameter, std=0.02)
    parts = dict.fromkeys(("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"))
    scheduler = DDIMScheduler(beta_schedule="scaled_linear", clip_sample=False)
    pipeline = PromptlessPipeline(vae=vae, unet=unet, controlnet=controlnet, scheduler=scheduler, add_watermarker=False, **parts)
    pipeline.pooled_width = size.pooled_width
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to(device, dtype)
    return pipeline


def flops_of(size: Size) -> dict[str, int]:
    """Floating-point operations of one forward for one picture: ``unet``, ``controlnet`` and ``vae`` (decoding)."""
    latent = size.side_px // 2 ** (len(size.vae["block_out_channels"]) - 1)
    with torch.device("meta"):
        unet, vae = UNet2DConditionModel(**size.unet), AutoencoderKL(**size.vae, **_vae_blocks())
        controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=size.hint, load_weights_from_unet=False)
        latents, words = torch.empty(1, 4, latent, latent), torch.empty(1, TOKENS, size.text_width)
        told = {"text_embeds": torch.empty(1, size.pooled_width), "time_ids": torch.empty(1, 6)}
        moment, lines = torch.empty(1), torch.empty(1, 3, size.side_px, size.side_px)
        calls = {
            "unet": lambda: unet(latents, moment, words, added_cond_kwargs=told),
            "controlnet": lambda: controlnet(latents, moment, words, lines, added_cond_kwargs=told),
            "vae": lambda: vae.decode(latents),
        }
        return {name: _counted(call) for name, call in calls.items()}


def _counted(call: Any) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        call()
    return int(counter.get_total_flops())


def _vae_blocks() -> dict[str, Any]:
    return {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
