"""What a picture looks like while it is painted: small, rough, and nearly free."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from render_service.control import Colour

LONG_SIDE_PX = 256
"""About how long a sketch is."""
_VAE_SCALE = 8


def sketch(pipeline: Any, latents: Any, positions: Sequence[int]) -> list[Colour]:
    """The pictures at `positions` of a batch as they are now, each H×W×3 uint8 sRGB; none where the model hides them.

    Latents are averaged down before they are decoded, which takes away most of the noise, and with a 1024-pixel picture fifteen
    sixteenths of the decoder's work. A model that paints pixels has nothing to decode.

    Args:
        pipeline: what paints; its ``vae`` decodes.
        latents: N×C×h×w, of the batch; what is packed otherwise gives no sketch.
        positions: 0 to N - 1.
    """
    if not isinstance(latents, torch.Tensor) or latents.ndim != 4:
        return []
    try:
        pixels = _decoded(pipeline, latents[list(positions)])
    except (RuntimeError, ValueError, TypeError, AttributeError):  # this decoder is not like others: no reason to stop painting
        return []
    if pixels.ndim != 4 or pixels.shape[1] != 3 or not torch.isfinite(pixels).all():
        return []
    shown = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [np.ascontiguousarray(each) for each in shown]


def _decoded(pipeline: Any, latents: torch.Tensor) -> torch.Tensor:
    """N×3×H×W, -1 to 1."""
    if latents.shape[1] == 3:
        return _smaller(latents, LONG_SIDE_PX)
    vae = pipeline.vae
    small = _smaller(latents, LONG_SIDE_PX // _VAE_SCALE) / vae.config.scaling_factor + (getattr(vae.config, "shift_factor", None) or 0.0)
    decoded: torch.Tensor = vae.decode(small.to(vae.dtype)).sample
    return decoded


def _smaller(picture: torch.Tensor, long_side: int) -> torch.Tensor:
    times = max(picture.shape[-2:]) // long_side
    return picture if times < 2 else avg_pool2d(picture.float(), times, ceil_mode=True)
