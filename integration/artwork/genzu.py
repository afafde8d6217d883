"""Registers a genzu sheet: straightens it, cuts it at the printed frame, and parts lines, cel areas and shadow areas."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.checked_image import CheckedImage
from integration.artwork.drawing import measure_strokes, require_drawing
from integration.artwork.frame import Frame, find_frame
from integration.artwork.line_size import resized_lines
from integration.artwork.paper import on_white_paper
from integration.artwork.pencil import blue_strokes, darkness, full_strength, ink, warm_strokes
from integration.artwork.pencil_areas import filled_areas
from integration.errors import ArtworkError

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""

_WORK_PIXELS = 5_000_000
"""Larger sheets are registered at a reduced size."""
_LEAST_SIDE_PX = 160
_SAME_SHAPE = 0.06
"""Frames whose proportion differs less than this from the asked one are fitted to it."""
_LONGEST_PAN = 4
"""A pan is at most so many times the asked width or height."""
_STEP_PX = 8
_CROPPED_SHAPE = 1.5
"""A picture at least so many times as wide as high, and without a printed frame, is one that was cut at the frame."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Genzu:
    """A registered genzu; its pictures have one size and show the inside of the frame."""

    line: Grey
    """H×W uint8, 0 full line to 255 paper, top row first: dark lines on white, no coloured pencil."""
    cel_mask: Grey
    """H×W uint8, 255 where warm pencil marks characters and other cels, with their insides, else 0."""
    shadow_mask: Grey
    """H×W uint8, 255 where blue pencil marks shadow, else 0."""
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


def register_genzu(image: CheckedImage, *, width_px: int, height_px: int) -> Genzu:
    """Register the sheet in `image`.

    Args:
        image: the scanned or drawn sheet.
        width_px: width of a standard frame's picture.
        height_px: its height. A frame of another proportion keeps it: a pan becomes wider (or higher), in steps of 8 px.

    Raises:
        ArtworkError: it is too small, has no frame, is empty, holds only writing, or is no line drawing.
    """
    if min(image.width_px, image.height_px) < _LEAST_SIDE_PX:
        raise ArtworkError(f"the picture has only {image.width_px} × {image.height_px} pixels", hint="Scan the genzu at 150 dpi or more.")
    pixels, share = _work_size(image.pixels)
    sheet = on_white_paper(pixels)
    lines = ink(darkness(sheet))
    notes = list(image.notes)
    frame = find_frame(lines) or find_frame(_coloured_print(sheet, lines)) or _whole(lines, notes)
    size = _output_size(frame, width_px, height_px, notes)
    if frame.is_printed and abs(frame.skew_deg) >= 0.2:
        notes.append(f"straightened by {abs(frame.skew_deg):.1f} degrees")
    return _cut(sheet, lines, frame, size, share, notes)


def _cut(sheet: Grey, lines: Grey, frame: Frame, size: tuple[int, int], share: float, notes: list[str]) -> Genzu:
    inside = _straightener(frame)
    drawn, coloured = full_strength(inside(lines)), inside(sheet)
    warm, blue = warm_strokes(coloured), blue_strokes(coloured)
    require_drawing(measure_strokes(drawn), coloured_share=float(np.mean(cv2.bitwise_or(warm, blue) > 0)))
    cel_mask, shadow_mask = filled_areas(warm), filled_areas(blue)
    if cel_mask.any():
        notes.append(f"cel areas cover {np.mean(cel_mask > 0):.0%} of the frame")
    return Genzu(
        line=np.asarray(cv2.bitwise_not(resized_lines(drawn, *size)), dtype=np.uint8),
        cel_mask=_resized_mask(cel_mask, size),
        shadow_mask=_resized_mask(shadow_mask, size),
        frame=Frame(corners=tuple((x / share, y / share) for x, y in frame.corners), skew_deg=frame.skew_deg, is_printed=frame.is_printed),
        notes=tuple(notes),
    )


def _work_size(pixels: Grey) -> tuple[Grey, float]:
    """`pixels` reduced to the size that is worked at, and by how much."""
    share = min(1.0, (_WORK_PIXELS / (pixels.shape[0] * pixels.shape[1])) ** 0.5)
    if share == 1.0:
        return pixels, 1.0
    return np.asarray(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), dtype=np.uint8), share


def _coloured_print(sheet: Grey, lines: Grey) -> Grey:
    """How dark everything on the sheet but its `lines` is: a frame printed in blue or green, and pencil."""
    return np.asarray(cv2.subtract(darkness(sheet, coloured=True), lines), dtype=np.uint8)


def _whole(lines: Grey, notes: list[str]) -> Frame:
    """The whole picture as its own frame, when it looks like one that was cut at the frame.

    Raises:
        ArtworkError: it looks like a sheet whose frame does not show.
    """
    height, width = lines.shape
    rim = max(round(0.01 * width), 2)
    touched = sum(bool((strip > 60).any()) for strip in (lines[:rim], lines[-rim:], lines[:, :rim], lines[:, -rim:]))
    if width / height < _CROPPED_SHAPE and touched < 2:
        raise ArtworkError(
            "no frame was found on the sheet", hint="Scan it so that all four lines of the frame show, or cut the picture at the frame."
        )
    notes.append("no printed frame found; the whole picture is used")
    right, bottom = float(width - 1), float(height - 1)
    return Frame(corners=((0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)), skew_deg=0.0, is_printed=False)


def _output_size(frame: Frame, width_px: int, height_px: int, notes: list[str]) -> tuple[int, int]:
    """Width and height of the registered pictures."""
    stretch = (frame.width_px / frame.height_px) / (width_px / height_px)
    if abs(np.log(stretch)) < _SAME_SHAPE:
        return width_px, height_px
    if not 1 / _LONGEST_PAN <= stretch <= _LONGEST_PAN:
        raise ArtworkError(
            f"the frame is {max(stretch, 1 / stretch):.1f} times as long as a standard one; at most {_LONGEST_PAN} times can be drafted",
            hint="Split the pan into parts, or give this cut to an artist without a draft.",
        )
    size = (_stepped(width_px * stretch), height_px) if stretch > 1 else (width_px, _stepped(height_px / stretch))
    notes.append(f"{'a pan' if max(stretch, 1 / stretch) > 1.2 else 'an unusual frame'}: {size[0]} × {size[1]} pixels keep its proportion")
    return size


def _stepped(length_px: float) -> int:
    return max(round(length_px / _STEP_PX), 1) * _STEP_PX


def _straightener(frame: Frame) -> Callable[[Grey], Grey]:
    """What turns a picture of the sheet into a straight one of the inside of `frame`."""
    if not frame.is_printed:
        return lambda picture: picture
    width, height = max(round(frame.width_px), 8), max(round(frame.height_px), 8)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - np.float32(0.5)
    turn = cv2.getPerspectiveTransform(np.array(frame.corners, np.float32), corners)
    return lambda picture: np.asarray(cv2.warpPerspective(picture, turn, (width, height), flags=cv2.INTER_LINEAR), dtype=np.uint8)


def _resized_mask(mask: Grey, size: tuple[int, int]) -> Grey:
    smaller = size[0] < mask.shape[1]
    grey = cv2.resize(mask, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return (grey >= 128).astype(np.uint8) * np.uint8(255)
