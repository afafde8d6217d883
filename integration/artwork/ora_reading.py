"""Reads a returned OpenRaster file (ORA): its merged picture, and what each layer covers of it.

Format: OpenRaster 0.0.5. Everything in the archive is untrusted and is read within bounds; nothing is unpacked to disk.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

from integration.artwork.archive import Files, opened
from integration.artwork.checked_image import BROKEN, ImageLimits, open_checked
from integration.artwork.layer_hash import layer_mark
from integration.artwork.layer_stack import Cover, SeenGroup, SeenLayer, cover_of, times, whole
from integration.artwork.reading import Doubt, ReadFile
from integration.artwork.sample_depth import to_8_bit
from integration.errors import ArtworkError

_MOST_LAYERS = 1_000
_LARGEST_LAYER = 4
"""A layer may be so many times the canvas."""
_MOST_LAYER_PIXELS = 2_000_000_000
"""Of all layers together."""
_LARGEST_STACK = 4_000_000
"""Bytes of stack.xml."""
_DEEPEST = 64
_HINT = "Save it again, or hand in a flat PNG as well."


def read_ora(path: Path, limits: ImageLimits) -> ReadFile:
    """What `path` holds.

    Raises:
        ArtworkError: it is damaged, would unpack to far too much, or is no OpenRaster.
    """
    with opened(path) as files:
        return _read(files, limits)


def _read(files: Files, limits: ImageLimits) -> ReadFile:
    root = _stack(files.get("stack.xml", most_bytes=_LARGEST_STACK))
    width, height = _number(root, "w"), _number(root, "h")
    if min(width, height) < 1 or max(width, height) > limits.max_side_px or width * height > limits.max_pixels:
        raise ArtworkError(f"the canvas has {width} × {height} pixels, none or too many", hint=_HINT)
    doubts: set[Doubt] = set()
    walk = _Walk(files=files, canvas=(width, height), limits=limits, doubts=doubts)
    layers = tuple(walk.layers(stack for stack in root.findall("stack")))
    merged = files.get("mergedimage.png")
    if merged is None:
        doubts.add(Doubt.NO_PICTURE)
    picture = replace(open_checked(merged, limits=limits), format="ORA") if merged else None
    return ReadFile(picture=picture, format="ORA", layers=layers, doubts=frozenset(doubts))


def _stack(data: bytes | None) -> Element:
    if data is None:
        raise ArtworkError("the file is an archive and no OpenRaster: it has no stack.xml", hint=_HINT)
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise ArtworkError("the OpenRaster file's stack.xml cannot be read", hint=_HINT) from error
    return root


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One way through a file's layers."""

    files: Files
    canvas: tuple[int, int]
    limits: ImageLimits
    doubts: set[Doubt]
    seen: int = 0
    pixels: int = 0

    def layers(self, elements: Iterator[Element], depth: int = 0) -> Iterator[SeenLayer | SeenGroup]:
        """The layers and stacks among `elements`, from the lowest."""
        if depth > _DEEPEST:
            raise ArtworkError("the OpenRaster file nests its stacks too deeply", hint=_HINT)
        for element in reversed(list(elements)):
            if element.tag == "stack":
                through = self._through(element)
                if not _is_plain(element) and through.any():
                    self.doubts.add(Doubt.BLENDED)
                yield SeenGroup(cover=through, layers=tuple(self.layers(iter(element), depth + 1)))
            elif element.tag == "layer":
                self.seen += 1
                if self.seen > _MOST_LAYERS:
                    raise ArtworkError("the OpenRaster file has too many layers", hint=_HINT)
                yield self._seen(element)
            elif element.tag in ("filter", "text"):
                self.doubts.add(Doubt.FILL if element.tag == "text" else Doubt.ADJUSTED)

    def _through(self, element: Element) -> Cover:
        opacity = 0 if element.get("visibility") == "hidden" else round(255 * _share(element.get("opacity", "1")))
        return whole(self.canvas, opacity)

    def _seen(self, element: Element) -> SeenLayer:
        rgba = self._pixels(element.get("src", ""))
        left, top = _number(element, "x"), _number(element, "y")
        cover = times(cover_of(rgba[..., 3], left=left, top=top, canvas=self.canvas), self._through(element))
        return SeenLayer(
            name=element.get("name", ""), mark=layer_mark(rgba).at(left, top), cover=cover, hides=_is_plain(element)
        )  # fmt: skip

    def _pixels(self, source: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
        data = self.files.get(source)
        if data is None:
            raise ArtworkError(f"the OpenRaster file lacks its layer {source[:80]!r}", hint=_HINT)
        try:
            with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
                area = picture.width * picture.height
                self.pixels += area
                if area > min(_LARGEST_LAYER * self.canvas[0] * self.canvas[1], self.limits.max_pixels) or self.pixels > _MOST_LAYER_PIXELS:
                    raise ArtworkError("the OpenRaster file's layers are too many, or far larger than its canvas", hint=_HINT)
                return np.asarray(to_8_bit(picture).convert("RGBA"), dtype=np.uint8)
        except MemoryError as error:
            raise ArtworkError("the OpenRaster file does not fit into this machine's memory", hint=_HINT) from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, *BROKEN) as error:
            raise ArtworkError(f"the layer {source[:80]!r} of the OpenRaster file is damaged", hint=_HINT) from error


def _is_plain(element: Element) -> bool:
    """Whether the layer or stack lies over what is under it, without blending."""
    return element.get("composite-op", "svg:src-over") == "svg:src-over"


def _number(element: Element, name: str) -> int:
    try:
        number = int(element.get(name, "0"))
    except ValueError as error:
        raise ArtworkError(f"the OpenRaster file's {name} is no number", hint=_HINT) from error
    if abs(number) > 1 << 30:
        raise ArtworkError(f"the OpenRaster file's {name} is out of range", hint=_HINT)
    return number


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        return 1.0
    return min(1.0, max(0.0, share)) if math.isfinite(share) else 1.0
