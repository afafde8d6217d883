"""Writes a hand-off as a Photoshop file (PSD), which Photoshop, Clip Studio, Krita and GIMP open.

Format: Adobe Photoshop File Formats Specification. Names are written twice, as the format asks: an old one in ASCII, and the
Unicode one that every program of today shows.
"""

from collections.abc import Iterable
from pathlib import Path

from psd_tools import PSDImage
from psd_tools.api.layers import Group
from psd_tools.constants import BlendMode, Compression, ProtectedFlags, Resource, Tag
from psd_tools.psd.image_resources import ImageResource, ResoulutionInfo

from integration.artwork.handoff import HandOff, PlannedGroup, PlannedLayer, ShippedLayer, icc_profile, planned, preview, shipped_layer

_PER_INCH = 1
"""Unit of a resolution: pixels per inch."""


def write_psd(handoff: HandOff, path: Path) -> tuple[ShippedLayer, ...]:
    """Write `handoff` to `path`; what each layer is known by, the lowest first. The same hand-off gives the same bytes.

    Memory: every layer compressed, one of them whole, and the preview.
    """
    psd = PSDImage.new("RGB", (handoff.width_px, handoff.height_px))
    shipped = _write(psd, planned(handoff))
    _describe(psd, handoff)
    record = psd._record
    shown = preview(handoff)
    record.image_data.compression = Compression.RLE
    record.image_data.set_data([shown[..., channel].tobytes() for channel in range(3)], record.header)
    with path.open("wb") as stream:
        record.write(stream)  # PSDImage.save would composite the preview anew, at several times the cost
    return tuple(shipped)


def _write(parent: PSDImage | Group, plan: Iterable[PlannedLayer | PlannedGroup]) -> list[ShippedLayer]:
    """Add layers, given from top to bottom, under those that are there; what each is known by, the lowest first."""
    shipped: list[ShippedLayer] = []
    for each in plan:
        if isinstance(each, PlannedGroup):
            group = parent.create_group(name="group")
            group.name = each.name
            parent.remove(group)
            parent.insert(0, group)
            shipped = _write(group, each.layers) + shipped
        else:
            shipped.insert(0, _layer(parent, each))
    return shipped


def _layer(parent: PSDImage | Group, plan: PlannedLayer) -> ShippedLayer:
    layer = parent.create_pixel_layer_from_array(plan.pixels, name="layer", compression=Compression.RLE)
    layer.name = plan.name
    layer.blend_mode = BlendMode.MULTIPLY if plan.multiply else BlendMode.NORMAL
    layer.visible = plan.visible
    if plan.locked:
        layer.tagged_blocks.set_data(Tag.PROTECTED_SETTING, ProtectedFlags.COMPLETE)  # Layer.lock changes a copy of a new block
    parent.remove(layer)
    parent.insert(0, layer)
    return shipped_layer(plan)


def _describe(psd: PSDImage, handoff: HandOff) -> None:
    """Colour profile and resolution."""
    dpi = int(handoff.dpi * 65536)
    resolution = ResoulutionInfo(dpi, _PER_INCH, _PER_INCH, dpi, _PER_INCH, _PER_INCH)
    for key, data in ((Resource.ICC_PROFILE, icc_profile()), (Resource.RESOLUTION_INFO, resolution)):
        psd.image_resources[key] = ImageResource(key=key, data=data)  # type: ignore[arg-type]  # structures are kept as they are
