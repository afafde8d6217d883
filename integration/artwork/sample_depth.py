"""Brings every pixel format Pillow opens to 8 bits a sample."""

import numpy as np
from PIL import Image, TiffImagePlugin

from integration.errors import ArtworkError

_PLAIN = {"L", "LA", "La", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262


def to_8_bit(image: Image.Image) -> Image.Image:
    """`image`, decoded, in one of the modes L, LA, RGB, RGBA, CMYK.

    Raises:
        ArtworkError: its samples are neither 1, 8 nor 16 bits of grey, RGB or CMYK.
    """
    image.load()
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG"):
        return _grey_16(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"}:
        return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    if image.mode not in _PLAIN:
        raise ArtworkError(f"the picture's pixels are of a rare kind ({image.mode})", hint="Export it as an 8-bit RGB PNG.")
    if image.mode in {"RGBX", "YCbCr"}:
        return image.convert("RGB")
    if image.mode in {"RGBa", "La"}:
        return image.convert({"RGBa": "RGBA", "La": "LA"}[image.mode])
    return image


def bits_per_sample(image: Image.Image) -> int:
    """Bits of one sample as the header of the not yet decoded `image` says, 8 where Pillow does not tell."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, (8,))
        return int(bits[0] if isinstance(bits, tuple) else bits)
    if image.mode.startswith("I;16") or image.mode == "I":
        return 16
    raw_modes = [str(tile.args[0] if isinstance(tile.args, tuple) and tile.args else tile.args) for tile in getattr(image, "tile", [])]
    return 16 if any(";16" in mode for mode in raw_modes) else 8


def _grey_16(image: Image.Image) -> Image.Image:
    """0–65535 to 0–255, rounded, white staying white."""
    samples = np.asarray(image).astype(np.uint32)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0:
        samples = 65535 - samples  # "white is zero", which Pillow turns only at 8 bits
    return Image.fromarray(((np.minimum(samples, 65535) + 128) // 257).astype(np.uint8))
