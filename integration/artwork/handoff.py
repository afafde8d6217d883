"""The layers that an artist is handed with drafts, from top to bottom, before they become a file of some program's."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PIL import ImageCms

from integration.artwork.genzu import Colour, Grey
from integration.artwork.layer_hash import layer_mark

Rgba = npt.NDArray[np.uint8]
"""H×W×4 uint8 sRGB with straight alpha, 0–255, top row first."""
LETTERS = "ABCDEFGH"
"""Drafts of a round are called by these, in order."""
DPI = 144.0
"""Resolution of a file whose genzu names none, as is usual for screen work."""


class LayerKind(StrEnum):
    """What a layer is."""

    GENZU = "genzu"
    """The layout's lines."""
    CEL = "cel"
    """Where characters will stand."""
    DRAFT = "draft"
    """A machine's picture."""
    PAINT = "paint"
    """Empty, for the artist."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSheet:
    """One part of the background."""

    part: str
    """``BG`` or a BOOK."""
    line: Grey
    """H×W uint8, dark lines on white."""
    cel_mask: Grey | None
    """H×W uint8, 255 where characters will stand; None where none do."""
    drafts: tuple[Colour | Rgba, ...]
    """Each H×W×3, or H×W×4 where it does not fill the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandOff:
    """What goes into the file; all pictures are of one size, however wide a pan is."""

    parts: tuple[PartSheet, ...]
    """The BG first, then the BOOKs, the lowest first."""
    dpi: float = DPI
    """Dots per inch."""

    @property
    def width_px(self) -> int:
        """Width of the canvas."""
        return int(self.parts[0].line.shape[1])

    @property
    def height_px(self) -> int:
        """Height of the canvas."""
        return int(self.parts[0].line.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedLayer:
    """One layer of a written file, by which it is known again."""

    name: str
    kind: LayerKind
    part: str
    pixel_sha256: str
    """See `layer_hash`; empty for an empty layer."""
    left_px: int = 0
    """Where its visible pixels begin on the canvas."""
    top_px: int = 0
    draft: int | None = None
    """Which of the part's drafts it is, from 0; None for other layers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedLayer:
    """One layer to write."""

    name: str
    kind: LayerKind
    part: str
    pixels: Rgba
    """The whole canvas, or one transparent pixel for a layer to paint on."""
    visible: bool = True
    locked: bool = True
    multiply: bool = False
    draft: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedGroup:
    """A folder of layers, from top to bottom."""

    name: str
    layers: Iterator["PlannedLayer | PlannedGroup"]


def planned(handoff: HandOff) -> Iterator[PlannedLayer | PlannedGroup]:
    """The file's layers from top to bottom, each made when it is asked for: genzu and cel area, the BOOKs, then the BG."""
    ground, *books = handoff.parts
    yield _line(ground)
    if ground.cel_mask is not None:
        yield _cel(ground)
    for book in reversed(books):
        yield PlannedGroup(name=book.part, layers=_book(book))
    yield PlannedGroup(name="背景 BG", layers=_painting(ground))


def shipped_layer(plan: PlannedLayer) -> ShippedLayer:
    """What a layer is known by once it was written."""
    mark = layer_mark(plan.pixels)
    return ShippedLayer(
        name=plan.name,
        kind=plan.kind,
        part=plan.part,
        pixel_sha256=mark.sha256,
        left_px=mark.left_px,
        top_px=mark.top_px,
        draft=plan.draft,
    )


def preview(handoff: HandOff) -> Colour:
    """How the file looks when it is opened: each part's first draft, and the genzu's lines over all."""
    ground, *books = handoff.parts
    height, width = ground.line.shape
    picture: Colour = np.ascontiguousarray(ground.drafts[0][..., :3]) if ground.drafts else np.full((height, width, 3), 255, np.uint8)
    for book in books:
        if book.drafts:
            picture = _over(picture, _with_alpha(book.drafts[0]))
        picture = _multiplied(picture, book.line)
    return _multiplied(picture, ground.line)


def icc_profile() -> bytes:
    """The sRGB profile the pixels are in, without the moment it was made at (ICC.1:2022, header bytes 24 to 35)."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + bytes(12) + made[36:]


def called(kind: LayerKind, part: str, draft: int | None = None) -> str:
    """A layer's name as artists read it."""
    of_part = "" if part == "BG" else f" {part}"
    words = {LayerKind.GENZU: "原図", LayerKind.CEL: "セル", LayerKind.PAINT: "加筆", LayerKind.DRAFT: "AIドラフト"}[kind]
    return f"{words}{of_part}" + ("" if draft is None else f" {LETTERS[draft]}")


def _book(book: PartSheet) -> Iterator[PlannedLayer | PlannedGroup]:
    yield _line(book)
    yield from _painting(book)


def _painting(sheet: PartSheet) -> Iterator[PlannedLayer | PlannedGroup]:
    """Room to paint, and under it the drafts, of which the first is shown."""
    paint = called(LayerKind.PAINT, sheet.part)
    empty = PlannedLayer(name=f"{paint} 1", kind=LayerKind.PAINT, part=sheet.part, pixels=np.zeros((1, 1, 4), np.uint8), locked=False)
    yield PlannedGroup(name=paint, layers=iter((empty,)))
    for place, draft in enumerate(sheet.drafts):
        name = called(LayerKind.DRAFT, sheet.part, place)
        yield PlannedLayer(
            name=name, kind=LayerKind.DRAFT, part=sheet.part, pixels=_with_alpha(draft), visible=place == 0, draft=place
        )  # fmt: skip


def _line(sheet: PartSheet) -> PlannedLayer:
    pixels = np.zeros((*sheet.line.shape, 4), np.uint8)
    pixels[..., 3] = 255 - sheet.line
    name = called(LayerKind.GENZU, sheet.part)
    return PlannedLayer(name=name, kind=LayerKind.GENZU, part=sheet.part, pixels=pixels, multiply=True)


def _cel(sheet: PartSheet) -> PlannedLayer:
    """The cel area in a colour that no background has, hidden until it is wanted."""
    assert sheet.cel_mask is not None
    pixels = np.zeros((*sheet.line.shape, 4), np.uint8)
    pixels[sheet.cel_mask >= 128] = (255, 0, 144, 112)
    name = called(LayerKind.CEL, sheet.part)
    return PlannedLayer(name=name, kind=LayerKind.CEL, part=sheet.part, pixels=pixels, visible=False)


def _with_alpha(picture: Colour | Rgba) -> Rgba:
    if picture.shape[2] == 4:
        return picture
    return np.dstack((picture, np.full(picture.shape[:2], 255, np.uint8)))


def _over(under: Colour, above: Rgba) -> Colour:
    share = above[..., 3:].astype(np.uint16)
    laid: Colour = ((above[..., :3] * share + under * (255 - share) + 127) // 255).astype(np.uint8)
    return laid


def _multiplied(picture: Colour, line: Grey) -> Colour:
    return ((picture * line[..., None].astype(np.uint16) + 127) // 255).astype(np.uint8)
