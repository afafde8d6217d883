"""Writes a hand-off as OpenRaster (ORA), which Krita, MyPaint and GIMP open.

Format: OpenRaster 0.0.5, "File Layout Specification" and "Layer Stack Specification".
"""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
from PIL import Image

from integration.artwork.handoff import (
    HandOff,
    PlannedGroup,
    PlannedLayer,
    Rgba,
    ShippedLayer,
    icc_profile,
    planned,
    preview,
    shipped_layer,
)

_DATE = (1980, 1, 1, 0, 0, 0)
_THUMBNAIL_PX = 256


def write_ora(handoff: HandOff, path: Path) -> tuple[ShippedLayer, ...]:
    """Write `handoff` to `path`; what each layer is known by, the lowest first. The same hand-off gives the same bytes."""
    dpi = str(round(handoff.dpi))
    root = ET.Element("image", version="0.0.5", w=str(handoff.width_px), h=str(handoff.height_px), xres=dpi, yres=dpi)
    with zipfile.ZipFile(path, "w") as archive:
        file = _File(archive=archive, dpi=handoff.dpi, profile=icc_profile())
        file.put("mimetype", b"image/openraster")
        shipped = file.write(ET.SubElement(root, "stack"), planned(handoff))
        shown = Image.fromarray(preview(handoff))
        file.put_picture("mergedimage.png", shown)
        shown.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
        file.put_picture("Thumbnails/thumbnail.png", shown)
        file.put("stack.xml", ET.tostring(root, "UTF-8", xml_declaration=True))
    return tuple(reversed(shipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The archive as it is written."""

    archive: zipfile.ZipFile
    dpi: float
    profile: bytes
    names: list[str] = field(default_factory=list)

    def write(self, stack: ET.Element, plan: Iterable[PlannedLayer | PlannedGroup]) -> list[ShippedLayer]:
        """Add layers from top to bottom; what each is known by, in that order."""
        shipped: list[ShippedLayer] = []
        for each in plan:
            if isinstance(each, PlannedGroup):
                shipped += self.write(ET.SubElement(stack, "stack", name=each.name), each.layers)
            else:
                shipped.append(self._layer(stack, each))
        return shipped

    def _layer(self, stack: ET.Element, plan: PlannedLayer) -> ShippedLayer:
        source = f"data/layer{len(self.names)}.png"
        self.names.append(source)
        self.put(source, _png(plan.pixels))
        ET.SubElement(
            stack,
            "layer",
            {
                "name": plan.name,
                "src": source,
                "x": "0",
                "y": "0",
                "opacity": "1.0",
                "visibility": "visible" if plan.visible else "hidden",
                "composite-op": "svg:multiply" if plan.multiply else "svg:src-over",
                **({"edit-locked": "true"} if plan.locked else {}),
            },
        )
        return shipped_layer(plan)

    def put_picture(self, name: str, picture: Image.Image) -> None:
        """Add a PNG with resolution and colour profile; layers have none, for the format's are sRGB."""
        out = io.BytesIO()
        picture.save(out, "PNG", compress_level=1, dpi=(self.dpi, self.dpi), icc_profile=self.profile)
        self.put(name, out.getvalue())

    def put(self, name: str, data: bytes) -> None:
        """Add a file, stored as it is: the PNGs in it are compressed already."""
        self.archive.writestr(zipfile.ZipInfo(name, _DATE), data)


def _png(pixels: Rgba) -> bytes:
    """A layer as PNG; this encoder with this strategy takes half of Pillow's time on painted pictures."""
    opaque = bool((pixels[..., 3] == 255).all())
    turned = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGR if opaque else cv2.COLOR_RGBA2BGRA)
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    _, data = cv2.imencode(".png", turned, options)
    return data.tobytes()
