"""What the header of a Photoshop file says, before anything else of it is read.

Format: Adobe Photoshop File Formats Specification, "File Header Section".
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from integration.artwork.checked_image import ImageLimits
from integration.errors import ArtworkError

HEADER_BYTES = 26
READ = {3: "RGB", 1: "grey"}
"""Colour modes that are read whole."""
DEPTHS = (8, 16)
"""Bits of a sample that are read."""
_MOST_CHANNELS = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class PsdHeader:
    """Size and kind of a Photoshop file's canvas."""

    width_px: int
    height_px: int
    depth: int
    mode: str
    version: int
    """1 for PSD, 2 for PSB."""


def checked_header(head: bytes, limits: ImageLimits, *, hint: str, modes: Mapping[int, str] = READ) -> PsdHeader:
    """The header in the first bytes of a file, when it is one that can be read.

    Raises:
        ArtworkError: it is cut off, too large, or of a mode or depth that is not among those read.
    """
    if len(head) < HEADER_BYTES:
        raise ArtworkError("the Photoshop file is damaged or cut off", hint=f"Upload it again. {hint}")
    _, version, _, channels, height, width, depth, mode = struct.unpack(">4sH6sHIIHH", head[:HEADER_BYTES])
    if version not in (1, 2):
        raise ArtworkError(f"the Photoshop file is of version {version}, which is not read", hint=f"Save it again. {hint}")
    if min(width, height) < 1 or max(width, height) > limits.max_side_px or width * height > limits.max_pixels:
        raise ArtworkError(
            f"the picture has {width} × {height} pixels; at most {limits.max_side_px} a side and "
            f"{limits.max_pixels / 1e6:.0f} million in all are read",
            hint="Save it smaller; 300 dpi is plenty.",
        )
    if mode not in modes or depth not in DEPTHS or channels > _MOST_CHANNELS:
        raise ArtworkError(
            f"the Photoshop file is not in {' or '.join(modes.values())} with 8 or 16 bits", hint="Change its mode to RGB, 8 bits."
        )
    return PsdHeader(width_px=width, height_px=height, depth=depth, mode=modes[mode], version=version)
