"""Registered pictures -> what a model is shown: its lines where it may paint, nothing where characters will stand."""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from integration.errors import RenderError
from render_service.cel_area import emptied
from render_service.contract import RenderRequest

Grey = NDArray[np.uint8]
"""H×W uint8, 0–255."""
Colour = NDArray[np.uint8]
"""H×W×3 uint8 sRGB, 0–255."""

SMALLEST_PX = 16
"""Shortest side of a picture, asked for or given."""
LONGEST_PX = 8192
"""Longest side of a picture."""
LARGEST_PX2 = 40_000_000
"""Most pixels of a picture that is given."""
LARGEST_DRAFT_PX2 = 12_000_000
"""Most pixels of a picture that is asked for."""
_SHAPE_TOLERANCE = 0.03


def read_grey(png: bytes, name: str, request: RenderRequest) -> Grey:
    """The grey picture in `png`, H×W uint8, 0–255, of the request's shape though perhaps larger or smaller.

    Args:
        png: a PNG file.
        name: what the picture is, for the message.
        request: what it was given for.

    Raises:
        RenderError: it is no PNG, too small, too large, or of another shape than what is asked for.
    """
    return np.asarray(_read(png, name, request).convert("L"))


def read_colour(png: bytes, name: str, request: RenderRequest) -> Colour:
    """The colour picture in `png`, H×W×3 uint8 sRGB, 0–255. See `read_grey`."""
    return np.asarray(_read(png, name, request).convert("RGB"))


def check_size(request: RenderRequest) -> None:
    """Do nothing when pictures of the size asked for can be painted.

    Raises:
        RenderError: they cannot.
    """
    sides = (request.width_px, request.height_px)
    if min(sides) < SMALLEST_PX or max(sides) > LONGEST_PX or math.prod(sides) > LARGEST_DRAFT_PX2:
        raise RenderError(
            f"a draft of {request.width_px}×{request.height_px} pixels cannot be painted",
            hint=f"Sides are {SMALLEST_PX} to {LONGEST_PX} pixels, {LARGEST_DRAFT_PX2 // 1_000_000} megapixels in all.",
        )


def without_cel(line: Grey, mask: Grey | None) -> Grey:
    """`line` with nothing of a figure where `mask` says that characters will stand, and the background's lines drawn on behind them.

    Args:
        line: H×W uint8, dark lines on white.
        mask: H×W uint8, 255 where characters will stand; another size is fitted to `line`.
    """
    if mask is None:
        return line
    area = Image.fromarray(mask)
    if area.size != (line.shape[1], line.shape[0]):
        area = area.resize((line.shape[1], line.shape[0]), Image.Resampling.NEAREST)
    return emptied(line, np.asarray(area))


def dark_on_white(line: Grey, request: RenderRequest) -> Image.Image:
    """What the house model is shown: grey, dark lines on white, of `painted_size`."""
    return _padded(_fitted(line, request), request)


def white_on_black(line: Grey, request: RenderRequest) -> Image.Image:
    """What line-art ControlNets are shown (ControlNet 1.1, lineart): RGB, white lines on black, of `painted_size`."""
    return ImageOps.invert(dark_on_white(line, request)).convert("RGB")


def painted_size(request: RenderRequest) -> tuple[int, int]:
    """Width and height at which a model paints; the right and lower edge are cut off afterwards.

    The smallest of the Look's buckets that holds the picture, or, where none does, the next multiples of the Look's `multiple_px`.
    """
    look = request.look
    for width, height in look.buckets:
        if width >= request.width_px and height >= request.height_px:
            return width, height
    step = look.multiple_px
    return math.ceil(request.width_px / step) * step, math.ceil(request.height_px / step) * step


def _fitted(line: Grey, request: RenderRequest) -> Image.Image:
    """`line` at the size asked for; thin lines stay dark when it is made smaller."""
    image = Image.fromarray(line)
    size = (request.width_px, request.height_px)
    scale = image.width / request.width_px
    if image.size == size:
        return image
    if scale > 1.5:  # averaging alone would fade lines of one or two pixels
        image = image.filter(ImageFilter.MinFilter(2 * (min(round(scale), 9) // 2) + 1))
    return image.resize(size, Image.Resampling.BOX if scale > 1 else Image.Resampling.BICUBIC)


def _padded(image: Image.Image, request: RenderRequest) -> Image.Image:
    """`image` at the upper left of a white picture of `painted_size`."""
    if image.size == painted_size(request):
        return image
    sheet = Image.new("L", painted_size(request), 255)
    sheet.paste(image, (0, 0))
    return sheet


def _read(png: bytes, name: str, request: RenderRequest) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(png), formats=["PNG"])
        width, height = image.size
        if width * height > LARGEST_PX2:
            raise _unfit(name, f"has {width}×{height} pixels, too many", "Scan it smaller.")
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unfit(name, "is no whole PNG", "Approve the layout again, so that it is made anew.") from error
    if min(width, height) < SMALLEST_PX:
        raise _unfit(name, f"has only {width}×{height} pixels", "Give a layout that was scanned or drawn at a usual size.")
    if abs(math.log(width * request.height_px / (height * request.width_px))) > _SHAPE_TOLERANCE:
        raise _unfit(
            name, f"is {width}×{height} and cannot be painted as {request.width_px}×{request.height_px}", "Ask for the picture's own shape."
        )
    return image


def _unfit(name: str, reason: str, hint: str) -> RenderError:
    return RenderError(f"the {name} {reason}", hint=hint)
