"""The house model's networks and schedulers, and how lines and colours are shown to them."""

from typing import Any

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DConditionModel, UNet2DModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from render_service.house.vocabulary import MAX_TOKENS

BASE_HEIGHT_PX = 216
"""Height the base sees every layout at, whatever size the picture has."""
COARSE = 12
"""Pixels of a side that share one coarse colour, at `BASE_HEIGHT_PX`."""
PAINTER_MULTIPLE = 8
"""The painter's pictures have sides of whole multiples of this."""
_POOL = 3
_WORDS_SHARE = 0.3
_TEXT_WIDTH = 128
_NOISE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "prediction_type": "sample",
    "rescale_betas_zero_snr": True,
    "clip_sample": False,
}
"""Zero terminal SNR (Lin et al. 2023, arXiv:2305.08891): night and snow need it."""


def training_noise() -> DDPMScheduler:
    """The noise both stages are trained with."""
    return DDPMScheduler(**_NOISE)


def sampler() -> DDIMScheduler:
    """The sampler both stages paint with: no noise is drawn after the first."""
    return DDIMScheduler(**_NOISE, timestep_spacing="trailing", set_alpha_to_one=True)


def text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A small CLIP text model for `tokenizer`."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=_TEXT_WIDTH,
            intermediate_size=2 * _TEXT_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=MAX_TOKENS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            projection_dim=_TEXT_WIDTH,
        )
    )


def base_network() -> UNet2DConditionModel:
    """Coarse colours from noise, lines and words: 3 colour and 16 line channels in, 3 colours out."""
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=3 + (COARSE // _POOL) ** 2,
        out_channels=3,
        block_out_channels=(64, 128, 160),
        layers_per_block=1,
        cross_attention_dim=_TEXT_WIDTH,
        attention_head_dim=4,
        norm_num_groups=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )


def painter_network() -> UNet2DModel:
    """The picture from noise, lines, coarse colours and words: 3 + 1 + 3 channels in, 3 colours out; looks at a small place at a time."""
    return UNet2DModel(
        sample_size=96,
        in_channels=7,
        out_channels=3,
        block_out_channels=(_TEXT_WIDTH // 4, 64, 96),
        layers_per_block=1,
        norm_num_groups=8,
        class_embed_type="identity",
        down_block_types=("DownBlock2D", "DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D", "UpBlock2D"),
        add_attention=False,
    )


def paint_step(painter: UNet2DModel, noisy: torch.Tensor, place: torch.Tensor, moment: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """What the painter takes a noisy picture for.

    Args:
        painter: of `painter_network`.
        noisy: N×3×H×W, H and W multiples of `PAINTER_MULTIPLE`.
        place: N×4×H×W, lines and coarse colours.
        moment: one timestep, or N.
        words: of the text encoder, N×tokens×width; their mean joins the embedding of the moment.
    """
    guess: torch.Tensor = painter(torch.cat([noisy, place], 1), moment, class_labels=words.mean(1) * _WORDS_SHARE).sample
    return guess


def line_features(lines: torch.Tensor) -> torch.Tensor:
    """Lines for the base: N×1×H×W float, 1 on a line and 0 on paper, H and W multiples of `COARSE` -> N×16×H/12×W/12."""
    return F.pixel_unshuffle(F.avg_pool2d(lines, _POOL), COARSE // _POOL)


def coarse_colours(pictures: torch.Tensor) -> torch.Tensor:
    """N×3×H×W float, -1 to 1 -> the mean colour of each `COARSE` square, N×3×H/12×W/12."""
    return F.avg_pool2d(pictures, COARSE)


def spread(coarse: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Coarse colours drawn smoothly over height×width pixels."""
    return F.interpolate(coarse, size=(height, width), mode="bilinear", align_corners=False)
