"""Pixels as PNG files."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image


def png_bytes(pixels: npt.NDArray[np.uint8]) -> bytes:
    """`pixels` (H×W grey or H×W×3 sRGB, uint8, 0–255) as a PNG; the same pixels give the same bytes from one Pillow."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=6)
    return out.getvalue()
