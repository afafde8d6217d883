"""A location's art board -> what a model is shown of it: its colours to begin with, or the picture itself."""

import io
from functools import reduce
from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from integration.errors import RenderError
from render_service.contract import ArtBoard
from render_service.weights import sha256_of

LARGEST_PX2 = 80_000_000
"""Most pixels of a board."""
_FORMATS = ["PNG", "JPEG", "TIFF", "WEBP"]
_PALETTE_PARTS = 24
"""A palette keeps no shape finer than this part of the picture's shorter side: colours where they stand, and no drawing."""


def read_board(board: ArtBoard) -> Image.Image:
    """The board as an RGB picture, upright.

    Raises:
        RenderError: the file is missing, was changed, is too large, or is no picture.
    """
    file = Path(board.path)
    try:
        if sha256_of(file) != board.sha256:
            raise _unfit(file, "was changed", "Put back the board that the Look was made with, or make a Look with this one.")
        image = Image.open(io.BytesIO(file.read_bytes()), formats=_FORMATS)
        if reduce(lambda product, side: product * side, image.size, 1) > LARGEST_PX2:
            raise _unfit(file, f"has {image.width}×{image.height} pixels, too many", "Save it smaller.")
        return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unfit(file, "is missing or no picture", "Boards are PNG, JPEG, TIFF or WebP.") from error


def palette_of(board: ArtBoard, size: tuple[int, int]) -> Image.Image:
    """The board's colours where they stand, without its drawing, RGB of width and height `size`; see `read_board`."""
    fitted = ImageOps.fit(read_board(board), size)
    return fitted.filter(ImageFilter.GaussianBlur(max(1.0, min(size) / _PALETTE_PARTS)))


def _unfit(file: Path, reason: str, hint: str) -> RenderError:
    return RenderError(f"the art board {file.name} {reason}", hint=hint)
