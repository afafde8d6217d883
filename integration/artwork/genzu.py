"""Registers a genzu sheet: straightens it, cuts it at the printed frame, and parts what is drawn on it by what it means."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.checked_image import CheckedImage
from integration.artwork.drawing import measure_strokes, require_drawing
from integration.artwork.frame import Frame
from integration.artwork.frame_place import frame_place
from integration.artwork.line_size import resized_lines
from integration.artwork.output_size import output_size
from integration.artwork.paper import on_white_paper, without_bed
from integration.artwork.pencil import darkness, ink
from integration.artwork.straightening import straightener, without_inner_frames
from integration.artwork.strokes import Parted, part_strokes
from integration.artwork.writing import find_writing
from integration.errors import ArtworkError

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""
Colour = npt.NDArray[np.uint8]
"""H×W×3 uint8 sRGB, 0–255."""

_WORK_PIXELS = 5_000_000
"""Larger sheets are registered at a reduced size."""
_LEAST_SIDE_PX = 160


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Genzu:
    """A registered genzu; its pictures have one size and show the inside of the frame."""

    line: Grey
    """H×W uint8, 0 full line to 255 paper, top row first: dark lines on white, neither coloured pencil nor handwriting."""
    cel_mask: Grey
    """H×W uint8, 255 where warm pencil marks characters and other cels, with their insides, else 0."""
    shadow_mask: Grey
    """H×W uint8, 255 where blue pencil marks shadow, else 0."""
    writing_mask: Grey
    """H×W uint8, 255 where handwriting was taken out of the lines, else 0."""
    rough: Colour | None
    """H×W×3 uint8 sRGB, the rough colour with lines and cels filled in from around them, white where the paper was left;
    None when the sheet has none."""
    frame: Frame
    """Where the frame is in the picture that was registered."""
    notes: tuple[str, ...] = field(default=())
    """What was done or found, in a coordinator's words, the opening of the file included."""

    @property
    def width_px(self) -> int:
        """W of the pictures."""
        return int(self.line.shape[1])

    @property
    def height_px(self) -> int:
        """H of the pictures."""
        return int(self.line.shape[0])


def register_genzu(image: CheckedImage, *, width_px: int, height_px: int, frame: Frame | None = None) -> Genzu:
    """Register the sheet in `image`.

    Args:
        image: the scanned or drawn sheet.
        width_px: width of a standard frame's picture.
        height_px: its height. A frame of another proportion keeps it: a pan becomes wider (or higher), in steps of 8 px.
        frame: where the frame is, when it is known: a BOOK of a layered file is cut at the frame of its BG, and may hold little.

    Raises:
        ArtworkError: it is too small, has no frame, is empty, holds only writing, or is no line drawing.
    """
    if min(image.width_px, image.height_px) < _LEAST_SIDE_PX:
        raise ArtworkError(f"the picture has only {image.width_px} × {image.height_px} pixels", hint="Scan the genzu at 150 dpi or more.")
    pixels, share = _work_size(image.pixels)
    notes = list(image.notes)
    sheet = on_white_paper(without_bed(pixels))
    lines = ink(darkness(sheet))
    place = frame.scaled(share) if frame else frame_place(sheet, lines, file_dpi=image.dpi, share=share, notes=notes)
    size = output_size(place, width_px, height_px, notes)
    inside = straightener(place, lines.shape)
    drawn = without_inner_frames(inside(lines), place)
    parted = part_strokes(inside(sheet), drawn, has_margin=place.is_printed, notes=notes)
    return _finished(parted, size, place.scaled(1 / share), notes, is_book=frame is not None)


def _finished(parted: Parted, size: tuple[int, int], frame: Frame, notes: list[str], *, is_book: bool) -> Genzu:
    writing = find_writing(parted.lines)
    left = np.asarray(cv2.subtract(parted.lines, writing), dtype=np.uint8)
    strokes = replace(measure_strokes(left), marks=measure_strokes(parted.lines).marks)
    require_drawing(strokes, coloured_share=parted.coloured_share, is_book=is_book)
    if writing.any():
        notes.append("handwriting was taken out of the drawing")
    if parted.cel_mask.any():
        notes.append(f"cel areas cover {np.mean(parted.cel_mask > 0):.0%} of the frame")
    return Genzu(
        line=np.asarray(cv2.bitwise_not(resized_lines(left, *size)), dtype=np.uint8),
        cel_mask=_resized_mask(parted.cel_mask, size),
        shadow_mask=_resized_mask(parted.shadow_mask, size),
        writing_mask=_resized_mask(writing, size),
        rough=None if parted.rough is None else np.asarray(cv2.resize(parted.rough, size, interpolation=cv2.INTER_AREA), dtype=np.uint8),
        frame=frame,
        notes=tuple(notes),
    )


def _work_size(pixels: Grey) -> tuple[Grey, float]:
    """`pixels` reduced to the size that is worked at, and by how much."""
    share = min(1.0, (_WORK_PIXELS / (pixels.shape[0] * pixels.shape[1])) ** 0.5)
    if share == 1.0:
        return pixels, 1.0
    return np.asarray(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), dtype=np.uint8), share


def _resized_mask(mask: Grey, size: tuple[int, int]) -> Grey:
    smaller = size[0] < mask.shape[1]
    grey = cv2.resize(mask, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return (grey >= 128).astype(np.uint8) * np.uint8(255)
