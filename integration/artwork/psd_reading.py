"""Reads a returned Photoshop file (PSD, PSB): its merged picture, and what each layer covers of it.

Format: Adobe Photoshop File Formats Specification. Groups, opacity, fill opacity, layer and group masks and clipping are
honoured; what changes the picture without covering it (adjustments, effects, blending) is named as a reason for doubt.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import AdjustmentLayer, FillLayer, Layer, ShapeLayer, SmartObjectLayer, TypeLayer
from psd_tools.constants import BlendMode, Resource, Tag

from integration.artwork.checked_image import CheckedImage, ImageLimits
from integration.artwork.layer_hash import layer_mark
from integration.artwork.layer_stack import Cover, SeenGroup, SeenLayer, clipped, cover_of, covered, times, whole
from integration.artwork.layered import BROKEN, dpi_of
from integration.artwork.psd_header import HEADER_BYTES, READ, PsdHeader, checked_header
from integration.artwork.psd_planes import layer_pixels, mask_pixels, merged_pixels, with_density
from integration.artwork.reading import Doubt, ReadFile
from integration.artwork.sample_colour import flattened, to_srgb
from integration.errors import ArtworkError

_MODES = {**READ, 4: "CMYK", 9: "Lab"}
_MOST_LAYERS = 1_000
_MOST_LAYER_PIXELS = 2_000_000_000
"""Of all layers together."""
_LARGEST_LAYER = 4
"""A layer may be so many times the canvas."""
_HINT = "Save it again, or hand in a flat PNG as well."


def read_psd(path: Path, limits: ImageLimits) -> ReadFile:
    """What `path` holds.

    Raises:
        ArtworkError: it is damaged, too large, or of a colour mode that is not read.
    """
    with path.open("rb") as stream:
        header = checked_header(stream.read(HEADER_BYTES), limits, hint=_HINT, modes=_MODES)
    try:
        psd = PSDImage.open(path, max_alloc_bytes=16 * limits.max_pixels, encoding="latin-1")
        doubts: set[Doubt] = set()
        if header.mode in READ.values():
            layers = tuple(_Walk(header=header, doubts=doubts).layers(psd))
        else:
            layers = ()
            doubts.add(Doubt.COLOUR_MODE)
        return ReadFile(picture=_picture(psd, header, limits, doubts), format="PSD", layers=layers, doubts=frozenset(doubts))
    except MemoryError as error:
        raise ArtworkError("the Photoshop file does not fit into this machine's memory", hint=_HINT) from error
    except BROKEN as error:
        raise ArtworkError("the Photoshop file is damaged or cut off", hint=_HINT) from error


def _picture(psd: PSDImage, header: PsdHeader, limits: ImageLimits, doubts: set[Doubt]) -> CheckedImage | None:
    """The merged picture the drawing program saved; None where it saved none."""
    if not psd.has_preview():
        doubts.add(Doubt.NO_PICTURE)
        return None
    merged = Image.fromarray(merged_pixels(psd, header)) if header.mode in READ.values() else psd.topil(apply_icc=header.mode == "Lab")
    if merged is None:
        raise ValueError("no merged picture")
    notes = ["its merged picture used"]
    factor = math.ceil(math.sqrt(merged.width * merged.height / limits.kept_pixels))
    if factor > 1:
        notes.append(f"reduced from {merged.width} × {merged.height} pixels to 1/{factor}")
        merged = merged.reduce(factor)
    picture = to_srgb(flattened(merged, notes), psd.image_resources.get_data(Resource.ICC_PROFILE), notes)
    dpi = dpi_of(psd)
    return CheckedImage(
        pixels=np.asarray(picture, dtype=np.uint8),
        width_px=picture.width,
        height_px=picture.height,
        dpi=dpi / factor if dpi else None,
        format="PSD",
        notes=tuple(notes),
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One way through a file's layers."""

    header: PsdHeader
    doubts: set[Doubt]
    seen: int = 0
    pixels: int = 0

    @property
    def canvas(self) -> tuple[int, int]:
        """Width and height."""
        return self.header.width_px, self.header.height_px

    def layers(self, group: Any, depth: int = 0) -> list[SeenLayer | SeenGroup]:
        """The layers with pixels in `group`, and its groups, from the lowest."""
        if depth > 64:
            raise ArtworkError("the Photoshop file nests its groups too deeply", hint=_HINT)
        found: list[SeenLayer | SeenGroup] = []
        base = 0
        for layer in group:
            self._count(layer)
            is_clipped = bool(layer.clipping) and base < len(found)
            seen = self._seen(layer, covered(found[base]) if is_clipped else whole(self.canvas), depth)
            if seen is not None and is_clipped:
                found[base:] = clipped(found[base:], seen)
            elif seen is not None:
                base = len(found)
                found.append(seen)
        return found

    def _seen(self, layer: Layer, base: Cover, depth: int) -> SeenLayer | SeenGroup | None:
        """A layer or group; None for what has no pixels and can be clipped to by none. `base` is what it is clipped to."""
        through = self._through(layer)
        if layer.is_group():
            if layer.blend_mode not in (BlendMode.PASS_THROUGH, BlendMode.NORMAL):
                self._doubt(through, Doubt.BLENDED)
            return SeenGroup(cover=through, layers=tuple(self.layers(layer, depth + 1)))
        if isinstance(layer, AdjustmentLayer):
            self._doubt(times(through, base), Doubt.ADJUSTED)
            return None
        if isinstance(layer, FillLayer) or not layer.has_pixels():
            if isinstance(layer, FillLayer | ShapeLayer | TypeLayer | SmartObjectLayer):
                self._doubt(times(through, base), Doubt.FILL)
            return None if layer.clipping else SeenGroup(cover=through, layers=())
        return self._painted(layer, through)

    def _count(self, layer: Layer) -> None:
        area = 0 if layer.is_group() else max(layer.width, 0) * max(layer.height, 0)
        masked = max(layer.mask.width, 0) * max(layer.mask.height, 0) if layer.has_mask() and layer.mask else 0
        self.seen, self.pixels = self.seen + 1, self.pixels + area + masked
        too_large = max(area, masked) > _LARGEST_LAYER * self.header.width_px * self.header.height_px
        if self.seen > _MOST_LAYERS or self.pixels > _MOST_LAYER_PIXELS or too_large:
            raise ArtworkError("the Photoshop file's layers are too many, or far larger than its canvas", hint=_HINT)

    def _through(self, layer: Layer) -> Cover:
        """What the layer's own switch, opacity and mask let through."""
        through = whole(self.canvas, layer.opacity * layer.fill_opacity // 255 if layer.visible else 0)
        if layer.has_mask() and layer.mask is not None and not layer.mask.disabled:
            through = times(through, self._mask(layer))
        if layer.has_vector_mask() and not isinstance(layer, ShapeLayer):
            self._doubt(through, Doubt.VECTOR_MASK)
        return through

    def _mask(self, layer: Layer) -> Cover:
        mask = layer.mask
        assert mask is not None
        drawn = mask_pixels(layer, self.header)
        cover = cover_of(drawn, left=mask.left, top=mask.top, canvas=self.canvas, outside=mask.background_color)
        return with_density(cover, layer)

    def _painted(self, layer: Layer, through: Cover) -> SeenLayer:
        rgba = layer_pixels(layer, self.header)
        cover = times(cover_of(rgba[..., 3], left=layer.left, top=layer.top, canvas=self.canvas), through)
        if isinstance(layer, SmartObjectLayer):
            self._doubt(cover, Doubt.SMART_OBJECT)
        if layer.has_effects():
            self._doubt(cover, Doubt.EFFECTS)
        mark = layer_mark(rgba).at(layer.left, layer.top)
        return SeenLayer(name=_name(layer), mark=mark, cover=cover, hides=layer.blend_mode is BlendMode.NORMAL)

    def _doubt(self, through: Cover, doubt: Doubt) -> None:
        """Note a reason for doubt, unless nothing of it shows."""
        if through.any():
            self.doubts.add(doubt)


def _name(layer: Layer) -> str:
    """The Unicode name; without one, the old name in the encoding Japanese programs wrote (cp932), else as it stands."""
    name = str(layer.name)
    if Tag.UNICODE_LAYER_NAME in layer.tagged_blocks:
        return name
    try:
        return name.encode("latin-1").decode("cp932")
    except UnicodeError:
        return name
