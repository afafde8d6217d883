"""Opens pictures that people handed in, safely: bounded before decoding, then always upright 8-bit sRGB on white."""

import io
import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from integration.artwork.file_kind import require_picture
from integration.artwork.sample_colour import flattened, to_srgb
from integration.artwork.sample_depth import bits_per_sample, to_8_bit
from integration.errors import ArtworkError

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
"""Pillow's names of the formats that are read, told by content and never by the file's name."""

_EXPORT_HINT = "Open it in the drawing program and export it again as PNG or JPEG."
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on damaged files."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation (Exif 2.32, tag 274) to the turn that makes the picture upright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """How large a picture may be; what exceeds this is refused before it is decoded."""

    max_bytes: int = 300 * 1024 * 1024
    """Length of the file."""
    max_side_px: int = 24_000
    """Longest side, from the header."""
    max_pixels: int = 89_000_000
    """Width times height, from the header; A3 at 600 dpi is 70 million. Below Pillow's own bound."""
    kept_pixels: int = 40_000_000
    """What is larger is reduced by the smallest whole factor that fits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckedImage:
    """A picture that can be trusted to be one."""

    pixels: npt.NDArray[np.uint8]
    """H×W×3 uint8 sRGB, 0–255, top row first, transparency laid on white."""
    width_px: int
    """W of `pixels`."""
    height_px: int
    """H of `pixels`."""
    dpi: float | None
    """Dots per inch along W, of `pixels`; None when the file does not say."""
    format: str
    """Pillow's name of the file's format, such as ``PNG``."""
    notes: tuple[str, ...]
    """What was done to it, in a coordinator's words; empty when nothing was."""


def open_checked(data: bytes | Path, *, limits: ImageLimits | None = None) -> CheckedImage:
    """Open a picture from anybody.

    Args:
        data: the file's bytes, or its path.
        limits: how large it may be; `ImageLimits()` by default.

    Raises:
        ArtworkError: it is empty, no picture, damaged, too large, or of a kind that is not read; the message says which.
    """
    limits = limits or ImageLimits()
    with ExitStack() as stack:
        stream = stack.enter_context(_stream(data, limits))
        require_picture(stream.read(4096))
        stream.seek(0)
        image = stack.enter_context(_header(stream))
        _require_within(image, limits)
        try:
            return _decoded(image, limits)
        except MemoryError as error:
            raise ArtworkError("the picture does not fit into this machine's memory", hint="Export it smaller.") from error
        except BROKEN as error:
            raise ArtworkError(
                "the picture is damaged or cut off: it cannot be read to its end", hint=f"Upload it again. {_EXPORT_HINT}"
            ) from error


@contextmanager
def _stream(data: bytes | Path, limits: ImageLimits) -> Iterator[BinaryIO]:
    try:
        size_bytes = len(data) if isinstance(data, bytes) else data.stat().st_size
        if size_bytes == 0:
            raise ArtworkError("the file is empty (0 bytes)", hint="The upload broke off: upload the file again.")
        if size_bytes > limits.max_bytes:
            raise ArtworkError(
                f"the file has {size_bytes / 1e6:.0f} MB; at most {limits.max_bytes / 1e6:.0f} MB are read",
                hint="Export it as PNG or JPEG.",
            )
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise ArtworkError("the picture's file is not there", hint="Upload it again.") from error


@contextmanager
def _header(stream: BinaryIO) -> Iterator[Image.Image]:
    """The picture with its header read and nothing decoded."""
    try:
        image = Image.open(stream, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ArtworkError("the picture claims to have far too many pixels", hint="Scan or export it smaller.") from error
    except BROKEN as error:
        raise ArtworkError("the file is damaged at its beginning, or no picture", hint=f"Upload it again. {_EXPORT_HINT}") from error
    with image:
        yield image


def _require_within(image: Image.Image, limits: ImageLimits) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise ArtworkError("the picture has no pixels", hint=_EXPORT_HINT)
    if max(width, height) > limits.max_side_px or width * height > limits.max_pixels:
        raise ArtworkError(
            f"the picture has {width} × {height} pixels; at most {limits.max_side_px} a side and "
            f"{limits.max_pixels / 1e6:.0f} million in all are read",
            hint="Scan or export it smaller; 300 dpi is plenty.",
        )


def _decoded(image: Image.Image, limits: ImageLimits) -> CheckedImage:
    notes = ["16-bit reduced to 8"] if bits_per_sample(image) == 16 else []
    name, dpi, profile = image.format or "", _dpi(image), image.info.get("icc_profile")
    turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"the first of {frames} pages used")
    picture = flattened(to_8_bit(image), notes)
    factor = math.ceil(math.sqrt(picture.width * picture.height / limits.kept_pixels))
    if factor > 1:
        notes.append(f"reduced from {picture.width} × {picture.height} pixels to 1/{factor}")
        picture = picture.reduce(factor)
    picture = to_srgb(picture, profile, notes)
    if turn in _TURNS:
        if name != "TIFF":  # Pillow turns TIFF by itself
            picture = picture.transpose(_TURNS[turn])
        notes.append("rotated by EXIF")
    return CheckedImage(
        pixels=np.array(picture, dtype=np.uint8),
        width_px=picture.width,
        height_px=picture.height,
        dpi=dpi / max(factor, 1) if dpi else None,
        format=name,
        notes=tuple(notes),
    )


def _dpi(image: Image.Image) -> float | None:
    """Dots per inch the header names, None when it names none or nonsense."""
    try:
        dpi = float(image.info["dpi"][0])
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return None
    return dpi if 10 <= dpi <= 10_000 else None
