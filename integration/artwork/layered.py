"""Opens layered genzu files (PSD, PSB) safely: bounded before decoding, each layer laid on the sheet of its part.

Format: Adobe Photoshop File Formats Specification, "File Header Section" and "Layer and Mask Information Section".
"""

import io
import math
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.constants import BlendMode, Resource

from integration.artwork.checked_image import CheckedImage, ImageLimits
from integration.artwork.psd_header import checked_header
from integration.errors import ArtworkError

_MOST_LAYERS = 400
_MOST_LAYER_PIXELS = 1_200_000_000
"""Of all layers together."""
_HINT = "Export the genzu as PNG or TIFF, one picture for the BG and one for each BOOK, and upload those."
BROKEN = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    EOFError,
    OverflowError,
    RuntimeError,
    RecursionError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What psd-tools raises on damaged files."""
_BOOK = re.compile(r"(?:^|[^A-Z])(?:BOOK|ブック)[\s_\-#.]*(?:(\d{1,2})|([A-H]))?(?![A-Z0-9])(?!\w)")
"""Matched in upper case after NFKC, so that full-width letters and digits count."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layered:
    """A layered file whose header and layers were checked."""

    parts: tuple[str, ...]
    """``BG``, then the BOOKs, the lowest first."""
    layers: tuple[tuple[str, Layer], ...]
    """Each visible layer with pixels and the part it belongs to, the lowest first."""
    width_px: int
    """Of the canvas."""
    height_px: int
    """Of the canvas."""
    dpi: float | None
    """As the file says."""
    kept_pixels: int
    """A larger canvas is reduced."""

    def image(self, part: str) -> CheckedImage:
        """The layers of `part` on white.

        Raises:
            ArtworkError: a layer is damaged, or there is no such part.
        """
        if part not in self.parts:
            raise ArtworkError(f"the layered file has no part {part}", hint=f"It has {', '.join(self.parts)}.")
        try:
            sheet = Image.new("RGB", (self.width_px, self.height_px), "white")
            for name, layer in self.layers:
                if name == part:
                    _lay(layer, sheet)
        except MemoryError as error:
            raise ArtworkError("the layered file does not fit into this machine's memory", hint=_HINT) from error
        except BROKEN as error:
            raise ArtworkError("a layer of the Photoshop file is damaged", hint=f"Save it again. {_HINT}") from error
        factor = math.ceil(math.sqrt(sheet.width * sheet.height / self.kept_pixels))
        reduced = sheet.reduce(factor) if factor > 1 else sheet
        notes = [f"the layers of {part} used"] if len(self.parts) > 1 else ["its visible layers used"]
        if factor > 1:
            notes.append(f"reduced from {sheet.width} × {sheet.height} pixels to 1/{factor}")
        return CheckedImage(
            pixels=np.array(reduced, dtype=np.uint8),
            width_px=reduced.width,
            height_px=reduced.height,
            dpi=self.dpi / factor if self.dpi else None,
            format="PSD",
            notes=tuple(notes),
        )


def open_layered(data: bytes, *, limits: ImageLimits | None = None) -> Layered:
    """Open a Photoshop file from anybody; nothing is decoded yet.

    Layers and groups whose name holds BOOK or ブック, with or without a number, are the sheets of BOOKs, with all that is in them;
    the other visible layers are the BG's.

    Raises:
        ArtworkError: it is damaged, too large, or of a colour mode that is not read; the message says which.
    """
    limits = limits or ImageLimits()
    if len(data) > limits.max_bytes:
        raise ArtworkError(f"the file has {len(data) / 1e6:.0f} MB; at most {limits.max_bytes / 1e6:.0f} MB are read", hint=_HINT)
    header = checked_header(data, limits, hint=_HINT)
    try:
        psd = PSDImage.open(io.BytesIO(data))
        layers = tuple(_parted(psd, None, {}))
        dpi = dpi_of(psd)
    except MemoryError as error:
        raise ArtworkError("the layered file does not fit into this machine's memory", hint=_HINT) from error
    except BROKEN as error:
        raise ArtworkError("the Photoshop file is damaged or cut off", hint=f"Upload it again. {_HINT}") from error
    if len(layers) > _MOST_LAYERS or sum(_area(layer) for _, layer in layers) > _MOST_LAYER_PIXELS:
        raise ArtworkError(f"the Photoshop file has {len(layers)} layers, too many or too large", hint=_HINT)
    if any(_area(layer) > 2 * limits.max_pixels for _, layer in layers):
        raise ArtworkError("a layer of the Photoshop file is far larger than its canvas", hint=_HINT)
    if not layers:
        raise ArtworkError("the Photoshop file has no visible layer", hint=_HINT)
    books = dict.fromkeys(part for part, _ in layers if part != "BG")
    return Layered(
        parts=("BG", *books), layers=layers, width_px=header.width_px, height_px=header.height_px, dpi=dpi, kept_pixels=limits.kept_pixels
    )


def _parted(group: Any, part: str | None, names: dict[str, int]) -> list[tuple[str, Layer]]:
    """The visible layers with pixels in `group`, lowest first, each with its part; `part` is that of the group."""
    found: list[tuple[str, Layer]] = []
    for layer in group:
        if not layer.visible:
            continue
        own = part or _book(layer.name, names)
        if layer.is_group():
            found.extend(_parted(layer, own, names))
        elif layer.has_pixels():
            found.append((own or "BG", layer))
    return found


def _book(name: str, names: dict[str, int]) -> str | None:
    """The part a layer or group of this `name` is, None when it is none; `names` remembers which name is which BOOK."""
    match = _BOOK.search(unicodedata.normalize("NFKC", name).upper())
    if not match:
        return None
    if name not in names:
        number = int(match[1]) if match[1] else ord(match[2]) - ord("A") + 1 if match[2] else 1
        while number in names.values():
            number += 1
        names[name] = number
    return f"BOOK{names[name]}"


def _lay(layer: Layer, sheet: Image.Image) -> None:
    """Lay `layer` on `sheet`, normally or multiplied; other ways of blending count as normal."""
    picture = layer.topil()
    if picture is None:
        return
    over = np.asarray(picture.convert("RGBA"), dtype=np.float32) / 255
    left, top = max(-layer.left, 0), max(-layer.top, 0)
    over = over[top : top + sheet.height - max(layer.top, 0), left : left + sheet.width - max(layer.left, 0)]
    if not over.size:
        return
    box = (max(layer.left, 0), max(layer.top, 0))
    under = np.asarray(sheet.crop((*box, box[0] + over.shape[1], box[1] + over.shape[0])), dtype=np.float32) / 255
    colour = over[..., :3] * under if layer.blend_mode == BlendMode.MULTIPLY else over[..., :3]
    share = over[..., 3:] * (layer.opacity / 255)
    laid: npt.NDArray[np.uint8] = np.rint((under * (1 - share) + colour * share) * 255).astype(np.uint8)
    sheet.paste(Image.fromarray(laid), box)


def _area(layer: Layer) -> int:
    return max(layer.width, 0) * max(layer.height, 0)


def dpi_of(psd: PSDImage) -> float | None:
    """Dots per inch, a 16.16 fixed number in the file; None when it names none or nonsense."""
    resource = psd.image_resources.get_data(Resource.RESOLUTION_INFO)
    dpi = getattr(resource, "horizontal", 0) / 65536
    return dpi if 10 <= dpi <= 10_000 else None
