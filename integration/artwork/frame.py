"""Finds the printed frame on a genzu sheet: four long straight lines that make a rectangle, perhaps skewed or among others."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.frame_edges import refined_corners
from integration.artwork.pegs import Pegs
from integration.artwork.rectangles import Points, Rectangle, distance, find_rectangles
from integration.artwork.standard_frame import camera_frames, safety_frame, standard_of, standards_high

_LOOK_PX = 900
"""Longer side of the reduced sheet that is searched."""
_SKEWS_DEG = (0.0, 6.0, -6.0)
"""The sheet is searched as it lies and turned by these, each good for 4 degrees to both sides."""
_SURE_SUPPORT = 0.93
_LEAST_SUPPORT = 0.75
"""Least share of each side that must really be inked."""
_LEAST_SUPPORT_BY_PEGS = 0.45
"""The same where peg holes show that the sheet lies as the rectangle does."""
_AS_PEGS_DEG = 0.7
_DARK, _FAINT = 45, 22
"""Darker than this is print, without and with peg holes to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the frame is in the sheet."""

    corners: tuple[tuple[float, float], ...]
    """Inner corners in pixels of the sheet, x then y: the drawing's top left, top right, bottom right, bottom left."""
    skew_deg: float
    """How far the sheet was turned, clockwise, -180 to 180 degrees; 0 when it lay straight."""
    is_printed: bool
    """False when no frame was found and the whole picture, or the paper standard's place, stands for it."""
    standards_high: float = 1.0
    """How many standard frames its shorter extent is; more than 1 for a pan in both directions."""

    inner: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Corners of frames printed in it, the safety frame or a pan's camera frames, roughly and as `corners`."""

    @property
    def width_px(self) -> float:
        """Mean length of the upper and the lower side."""
        return (distance(self.corners[0], self.corners[1]) + distance(self.corners[3], self.corners[2])) / 2

    @property
    def height_px(self) -> float:
        """Mean length of the left and the right side."""
        return (distance(self.corners[0], self.corners[3]) + distance(self.corners[1], self.corners[2])) / 2

    def scaled(self, share: float) -> "Frame":
        """The frame in a picture `share` times as large."""
        corners, *inner = (tuple((x * share, y * share) for x, y in each) for each in (self.corners, *self.inner))
        return replace(self, corners=corners, inner=tuple(inner))

    def turned(self, quarters: int) -> "Frame":
        """The frame of the same drawing when its sheet is found to be turned clockwise by `quarters` of a full turn more."""
        corners = self.corners[quarters % 4 :] + self.corners[: quarters % 4]
        return replace(self, corners=corners, skew_deg=_skew_deg(np.array(corners)))


def find_frame(dark: npt.NDArray[np.uint8], *, dpi: float | None = None, pegs: Pegs | None = None) -> Frame | None:
    """The standard frame in `dark`, or a pan's; neither the safety frame in it nor the scanning frame about it. None without one.

    Args:
        dark: H×W uint8, 0 paper to 255 black.
        dpi: dots per inch of the sheet, where it is known.
        pegs: where the peg holes are; a frame that lies as they do may be fainter.
    """
    share = min(1.0, _LOOK_PX / max(dark.shape))
    thick = cv2.dilate(dark, np.ones((2, 2), np.uint8))
    small = cv2.resize(thick, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    is_dark = (small > (_FAINT if pegs else _DARK)).astype(np.uint8) * np.uint8(255)
    found = _search(is_dark, pegs)
    if not found:
        return None
    best = max(found, key=lambda rectangle: rectangle.score(is_dark.size))
    frame = standard_of(best, found, (is_dark.shape[1], is_dark.shape[0]), dpi * share if dpi else None)
    safety = safety_frame(frame, found)
    inner = [*camera_frames(frame, found), *([safety] if safety else [])]
    corners = refined_corners(dark, frame.corners / share, reach_px=round(3 / share) + 2)
    return Frame(
        corners=_as_tuple(corners),
        inner=tuple(_as_tuple(each.corners / share) for each in inner),
        skew_deg=_skew_deg(corners),
        is_printed=True,
        standards_high=standards_high(frame, found, dpi * share if dpi else None),
    )


def _search(is_dark: npt.NDArray[np.uint8], pegs: Pegs | None) -> list[Rectangle]:
    """Rectangles in the picture, as it lies or turned a little."""
    found: list[Rectangle] = []
    least = _LEAST_SUPPORT_BY_PEGS if pegs else _LEAST_SUPPORT
    for skew_deg in _SKEWS_DEG:
        turn, size = _turn(is_dark.shape, skew_deg)
        turned = cv2.warpAffine(is_dark, turn, size, flags=cv2.INTER_LINEAR) if skew_deg else is_dark
        back = cv2.invertAffineTransform(turn)
        for rectangle in find_rectangles(np.asarray((turned > 90) * np.uint8(255)), least_support=least):
            corners = rectangle.corners @ back[:, :2].T + back[:, 2]
            if rectangle.support >= _LEAST_SUPPORT or (pegs and _lies_as(corners, pegs)):
                found.append(replace(rectangle, corners=corners))
        if any(rectangle.support >= _SURE_SUPPORT for rectangle in found):
            break
    return found


def _turn(shape: tuple[int, ...], skew_deg: float) -> tuple[npt.NDArray[np.float64], tuple[int, int]]:
    """What turns a picture back by `skew_deg`, with nothing cut off, and the turned picture's width and height."""
    height, width = shape[:2]
    sine, cosine = abs(np.sin(np.radians(skew_deg))), np.cos(np.radians(skew_deg))
    size = (int(width * cosine + height * sine), int(height * cosine + width * sine))
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1), np.float64)
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return turn, size


def _as_tuple(corners: Points) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)


def _lies_as(corners: Points, pegs: Pegs) -> bool:
    return abs((_skew_deg(corners) - pegs.turned_deg + 45) % 90 - 45) < _AS_PEGS_DEG


def _skew_deg(corners: npt.NDArray[np.float64]) -> float:
    (x1, y1), (x2, y2) = corners[0], corners[1]
    return float(np.degrees(np.arctan2(y2 - y1, x2 - x1)))
