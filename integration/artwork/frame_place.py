"""Where on a sheet the picture is: by the printed frame, else by the peg holes and the paper standard, else all of it."""

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.frame import Frame, find_frame
from integration.artwork.pegs import Pegs, find_pegs
from integration.artwork.pencil import darkness
from integration.artwork.standard_frame import FRAME_IN, PAPER_MM
from integration.artwork.upright import upright
from integration.errors import ArtworkError

_CROPPED_SHAPE = 1.5
"""A picture at least so many times as wide as high, and without a printed frame, is one that was cut at the frame."""
_AS_PAPER = 0.04
_SCANNER_DPI = (100.0, 1300.0)
"""What scanners write into a file; drawing programs write 72 or 96 for nothing."""
_STRAIGHT_DEG = 0.2


def frame_place(
    sheet: npt.NDArray[np.uint8], lines: npt.NDArray[np.uint8], *, file_dpi: float | None, share: float, notes: list[str]
) -> Frame:
    """The frame of the drawing on `sheet`.

    Args:
        sheet: H×W×3 uint8 sRGB on white paper.
        lines: H×W uint8, 0 none to 255 a full line: its dark lines.
        file_dpi: dots per inch as the file says, where it does.
        share: how much the sheet was reduced from the file's picture.
        notes: what was found and done is added, in a coordinator's words.

    Raises:
        ArtworkError: it looks like a sheet whose frame does not show.
    """
    dpi = file_dpi * share if file_dpi and _SCANNER_DPI[0] <= file_dpi <= _SCANNER_DPI[1] else None
    dark = darkness(sheet, coloured=True)
    pegs = find_pegs(dark)
    printed = find_frame(lines, dpi=dpi, pegs=pegs) or find_frame(np.asarray(cv2.subtract(dark, lines), np.uint8), dpi=dpi, pegs=pegs)
    if printed:
        frame = upright(printed, dark, pegs, notes)
    else:
        frame = (_by_pegs(pegs, sheet.shape, notes) if pegs else None) or _whole(lines, notes)
    skew_deg = (frame.skew_deg + 45) % 90 - 45
    if abs(skew_deg) >= _STRAIGHT_DEG:
        notes.append(f"straightened by {abs(skew_deg):.1f} degrees")
    return frame


def _by_pegs(pegs: Pegs, shape: tuple[int, ...], notes: list[str]) -> Frame | None:
    """The standard frame where the paper standard has it, at the middle of a whole A4 sheet; None when the sheet has another shape."""
    height, width = shape[:2]
    if abs(np.log(max(width, height) / min(width, height) / (PAPER_MM[0] / PAPER_MM[1]))) > _AS_PAPER:
        return None
    turned = np.radians(pegs.turned_deg)
    right, down = np.array((np.cos(turned), np.sin(turned))), np.array((-np.sin(turned), np.cos(turned)))
    sheet_middle = np.array((width - 1, height - 1)) / 2
    middle = sheet_middle + right * np.dot(np.array(pegs.middle) - sheet_middle, right)
    half = np.array(FRAME_IN) * 25.4 / PAPER_MM[0] * max(width, height) / 2
    corners = [middle + x * half[0] * right + y * half[1] * down for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    notes.append("no printed frame found; straightened by the peg holes and cut where the A4 paper standard has the frame")
    return Frame(corners=tuple((float(x), float(y)) for x, y in corners), skew_deg=pegs.turned_deg, is_printed=False)


def _whole(lines: npt.NDArray[np.uint8], notes: list[str]) -> Frame:
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
