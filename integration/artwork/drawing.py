"""Tells a drawing from an empty sheet, handwriting or a painted picture, by how long and how wide its strokes run."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.errors import ArtworkError

_LOOK_PX = 640
"""Width at which strokes are measured."""
_LONG_SHARE = 0.2
"""A connected stroke at least so wide or high, as a share of the picture's, is drawn; letters and words are smaller."""
_LEAST_LENGTH = 0.35
"""Least length of all long strokes, in picture widths."""
_LEAST_SPREAD = 0.5
"""Least share of the picture's width, or of its height, that long strokes reach across."""
_LEAST_BOOK_LENGTH = 0.1
_SOME_COLOUR = 0.002
_MOST_COVER = 0.4
"""A line drawing leaves more paper than this free of ink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strokes:
    """What is drawn in a picture."""

    cover: float
    """Share of the picture that is inked, 0 to 1."""
    length: float
    """Length of all long strokes in picture widths."""
    spread_x: float
    """Share of the width they reach across, 0 to 1."""
    spread_y: float
    """Share of the height they reach across, 0 to 1."""
    marks: int
    """How many connected strokes there are, long or short."""


def measure_strokes(lines: npt.NDArray[np.uint8]) -> Strokes:
    """Measure `lines` (H×W uint8, 0 none to 255 a full line)."""
    share = min(1.0, _LOOK_PX / lines.shape[1])
    kernel = np.ones((max(round(0.6 / share), 1),) * 2, np.uint8)
    small = cv2.resize(cv2.dilate(lines, kernel), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    is_line = (small > 70).astype(np.uint8)
    height, width = is_line.shape
    joined = cv2.morphologyEx(is_line, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_long = (wide >= _LONG_SHARE * width) | (high >= 2 * _LONG_SHARE * height)
    is_long[0] = False
    long = (is_long[labels] & (is_line > 0)).astype(np.uint8)
    edge = cv2.subtract(long, cv2.erode(long, np.ones((3, 3), np.uint8)))
    # a stroke has two edges when it is three pixels wide or more, else it is all edge
    length_px = min(float(edge.sum()), float(long.sum())) / 2
    return Strokes(
        cover=float(is_line.mean()),
        length=length_px / width,
        spread_x=float(long.any(axis=0).mean()),
        spread_y=float(long.any(axis=1).mean()),
        marks=int(count) - 1,
    )


def holds_drawing(strokes: Strokes, *, across: bool = False) -> bool:
    """Whether `strokes` can lead a background; with `across`, only if they run across the frame from side to side."""
    if strokes.cover > _MOST_COVER:
        return False
    if across:
        return strokes.length >= 2 * _LEAST_LENGTH and strokes.spread_x >= _LEAST_SPREAD
    return strokes.length >= _LEAST_LENGTH and max(strokes.spread_x, strokes.spread_y) >= _LEAST_SPREAD


def require_drawing(strokes: Strokes, *, coloured_share: float, is_book: bool = False) -> None:
    """Do nothing when `strokes` can lead a background.

    Args:
        strokes: what is inside the frame.
        coloured_share: share of the frame that coloured pencil covers, 0 to 1.
        is_book: whether it is the sheet of a BOOK, which may be small.

    Raises:
        ArtworkError: the frame is empty, holds only writing or only coloured pencil, or is a painted picture.
    """
    if strokes.cover > _MOST_COVER:
        raise ArtworkError(
            f"this is no line drawing: {strokes.cover:.0%} of it is dark",
            hint="Upload the genzu's lines, not a painted picture or a photograph.",
        )
    if holds_drawing(strokes) or (is_book and strokes.length >= _LEAST_BOOK_LENGTH):
        return
    if strokes.marks < 3 and strokes.length < 0.1:
        raise ArtworkError(
            "the genzu's frame holds only coloured pencil" if coloured_share > _SOME_COLOUR else "the genzu's frame is empty",
            hint="Upload the sheet with the background's lines drawn in dark pencil or ink.",
        )
    raise ArtworkError(
        "this genzu holds only writing or a few short strokes, so there is no composition to paint from",
        hint="Draw at least the horizon and the large shapes, or give this cut to an artist without a draft.",
    )
