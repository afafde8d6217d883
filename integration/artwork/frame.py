"""Finds the printed frame on a genzu sheet: four long straight lines that make a rectangle, perhaps a little skewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""N×2 float64, x then y, pixels of the sheet."""

_LOOK_PX = 900
"""Longer side of the reduced sheet that is searched."""
_STEEPEST = float(np.tan(np.radians(4.0)))
_NOT_PARALLEL = 0.012
_EDGE_SHARE = 0.008
"""Lines nearer to the picture's edge than this are the paper's edge, not a frame."""
_LEAST_SUPPORT = 0.75
"""Least share of each side that must really be inked."""
_CANDIDATES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the frame is in the sheet."""

    corners: tuple[tuple[float, float], ...]
    """Inner corners in pixels of the sheet, x then y: top left, top right, bottom right, bottom left."""
    skew_deg: float
    """How far the sheet was turned, clockwise, in degrees; 0 when it lay straight."""
    is_printed: bool
    """False when no frame was found and the whole picture stands for it."""

    @property
    def width_px(self) -> float:
        """Mean length of the upper and the lower side."""
        return (_distance(self.corners[0], self.corners[1]) + _distance(self.corners[3], self.corners[2])) / 2

    @property
    def height_px(self) -> float:
        """Mean length of the left and the right side."""
        return (_distance(self.corners[0], self.corners[3]) + _distance(self.corners[1], self.corners[2])) / 2


@dataclass(frozen=True, slots=True)
class _Line:
    """``along`` runs, ``across = slope * along + start``; lying lines run along x, standing ones along y."""

    slope: float
    start: float


def find_frame(dark: npt.NDArray[np.uint8]) -> Frame | None:
    """The frame in `dark` (H×W uint8, 0 paper to 255 black), None when there is none."""
    share = min(1.0, _LOOK_PX / max(dark.shape))
    thick = cv2.dilate(dark, np.ones((2, 2), np.uint8))
    small = cv2.resize(thick, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    is_dark = (small > 45).astype(np.uint8) * np.uint8(255)
    best = _best_rectangle(is_dark)
    if best is None:
        return None
    return _refined(dark, best / share, reach_px=round(3 / share) + 2)


def _best_rectangle(is_dark: npt.NDArray[np.uint8]) -> Points | None:
    """Corners of the rectangle whose sides are inked best, larger ones and 16:9 preferred."""
    near = cv2.dilate(is_dark, np.ones((5, 5), np.uint8)) > 0
    best, best_score = None, 0.0
    for corners in _rectangles(_lines(is_dark, standing=False), _lines(is_dark, standing=True), is_dark.shape):
        support = [_support(near, corners[i], corners[(i + 1) % 4]) for i in range(4)]
        if min(support) < _LEAST_SUPPORT:
            continue
        width, height = _distance(corners[0], corners[1]), _distance(corners[0], corners[3])
        standard = float(np.exp(-((np.log(width / height / (16 / 9)) / 0.05) ** 2)))
        score = 2 * min(support) + 0.1 * standard + float(np.sqrt(width * height / is_dark.size))
        if score > best_score:
            best, best_score = corners, score
    return best


def _rectangles(lying: list[_Line], standing: list[_Line], shape: tuple[int, ...]) -> Iterator[Points]:
    height, width = shape[:2]
    for upper, lower in combinations(sorted(lying, key=lambda line: line.start + line.slope * width / 2), 2):
        if abs(upper.slope - lower.slope) > _NOT_PARALLEL:
            continue
        for left, right in combinations(sorted(standing, key=lambda line: line.start + line.slope * height / 2), 2):
            if abs(left.slope - right.slope) > _NOT_PARALLEL or abs(upper.slope + left.slope) > 2 * _NOT_PARALLEL:
                continue
            corners = np.array([_crossing(upper, left), _crossing(upper, right), _crossing(lower, right), _crossing(lower, left)])
            wide, high = _distance(corners[0], corners[1]), _distance(corners[0], corners[3])
            if wide > 0.45 * width and high > 0.1 * height and wide * high > 0.12 * width * height and 0.4 < wide / max(high, 1) < 9:
                yield corners


def _lines(is_dark: npt.NDArray[np.uint8], *, standing: bool) -> list[_Line]:
    """The longest straight lines within 4 degrees of lying (or standing), each once, none at the very edge."""
    picture = np.ascontiguousarray(is_dark.T) if standing else is_dark
    across, along = picture.shape
    # a line that is skewed and thin breaks into runs; a short opening keeps runs and drops what is not nearly lying
    runs = cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones((1, 15), np.uint8))
    found = cv2.HoughLinesP(runs, 1, np.pi / 360, threshold=along // 10, minLineLength=along // 8, maxLineGap=12)
    lines: list[tuple[_Line, float]] = []
    if found is None:
        return []
    for x1, y1, x2, y2 in sorted(found.reshape(-1, 4).tolist(), key=lambda s: -abs(s[2] - s[0])):
        if x1 == x2 or abs(y2 - y1) > _STEEPEST * abs(x2 - x1):
            continue
        line = _Line((y2 - y1) / (x2 - x1), y1 - (y2 - y1) / (x2 - x1) * x1)
        middle = line.start + line.slope * along / 2
        if not _EDGE_SHARE * across < middle < (1 - _EDGE_SHARE) * across:
            continue
        if all(abs(middle - (other.start + other.slope * along / 2)) > 4 for other, _ in lines):
            lines.append((line, abs(x2 - x1)))
    return [line for line, _ in _spread_out(lines, across)]


def _spread_out(lines: list[tuple[_Line, float]], across: int) -> list[tuple[_Line, float]]:
    """The longest few, and of the rest those nearest to the edges, where frames are."""
    longest = lines[:_CANDIDATES]
    outer = sorted(lines[_CANDIDATES:], key=lambda item: min(item[0].start, across - item[0].start))[:2]
    return longest + outer


def _crossing(lying: _Line, standing: _Line) -> tuple[float, float]:
    x = (standing.slope * lying.start + standing.start) / (1 - standing.slope * lying.slope)
    return x, lying.slope * x + lying.start


def _support(near: npt.NDArray[np.bool_], start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> float:
    """Share of the way from `start` to `end` that is inked."""
    steps = np.linspace(0.01, 0.99, 120)[:, None]
    x, y = np.rint(start + steps * (end - start)).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < near.shape[1]) & (y < near.shape[0])
    return float(near[y[inside], x[inside]].sum() / len(steps))


def _refined(dark: npt.NDArray[np.uint8], corners: Points, *, reach_px: int) -> Frame:
    """The frame whose rough `corners` are known, to a fraction of a pixel and inside its printed lines."""
    for reach, inset in ((reach_px + 4, False), (6, True)):
        sides = [_refined_side(dark, corners[i], corners[(i + 1) % 4], corners.mean(axis=0), reach, inset=inset) for i in range(4)]
        corners = np.array([_meeting(*sides[i - 1], *sides[i]) for i in range(4)])
    (x1, y1), (x2, y2) = corners[0], corners[1]
    inner = tuple((float(x), float(y)) for x, y in corners)
    return Frame(corners=inner, skew_deg=float(np.degrees(np.arctan2(y2 - y1, x2 - x1))), is_printed=True)


def _refined_side(
    dark: npt.NDArray[np.uint8], start: Points, end: Points, centre: Points, reach_px: int, *, inset: bool
) -> tuple[Points, Points]:
    """Two points on the middle, or with `inset` the inner edge, of the printed line about `start` and `end`."""
    way = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-way[1], way[0]])
    inward = inward if np.dot(inward, centre - start) > 0 else -inward
    steps = np.linspace(0.03, 0.97, 240)
    offsets = np.arange(-reach_px, reach_px + 1)
    places = start + steps[:, None, None] * (end - start) + offsets[None, :, None] * inward
    x = np.clip(np.rint(places[..., 0]).astype(int), 0, dark.shape[1] - 1)
    y = np.clip(np.rint(places[..., 1]).astype(int), 0, dark.shape[0] - 1)
    profile = dark[y, x].astype(np.float64)
    smooth = cv2.GaussianBlur(profile, (7, 1), 1.5)  # a printed line may be darkest at its rims
    at = (offsets[smooth.argmax(axis=1)] + offsets[::-1][smooth[:, ::-1].argmax(axis=1)]) / 2  # middle of a flat top
    usable = profile.max(axis=1) > 40
    for limit in (4.0, 2.0, 1.5):
        if usable.sum() < 20:
            break
        slope, shift = np.polyfit(steps[usable], at[usable], 1)
        usable &= np.abs(at - (slope * steps + shift)) < limit
    else:
        half_px = _half_thickness_px(profile[usable]) if inset else 0.0
        return (start + inward * (shift + half_px), end + inward * (slope + shift + half_px))
    shift_px = 3.0 if inset else 0.0
    return start + inward * shift_px, end + inward * shift_px


def _half_thickness_px(profile: Points) -> float:
    """From the middle of the line to safely outside of its inner edge."""
    thickness = float(np.median((profile > profile.max(axis=1, keepdims=True) / 3).sum(axis=1)))
    return min(thickness, 12.0) / 2 + 1.5


def _meeting(a1: Points, a2: Points, b1: Points, b2: Points) -> tuple[float, float]:
    """Where the line through `a1` and `a2` meets the one through `b1` and `b2`."""
    shares = np.linalg.solve(np.column_stack([a2 - a1, b1 - b2]), b1 - a1)
    x, y = a1 + shares[0] * (a2 - a1)
    return float(x), float(y)


def _distance(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    return float(np.linalg.norm(np.subtract(one, other)))
