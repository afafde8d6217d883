"""Empties cel areas of a line picture: no figure is left to paint, and lines that run behind it run on."""

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""H×W uint8, 0–255."""
Point = NDArray[np.float64]
"""x, y."""

_MARGIN_SHARE, _LEAST_MARGIN_PX = 0.004, 2
"""The area is emptied so far beyond its rim, as a share of the picture's shorter side."""
_RIM_MARGINS = 3
"""What runs along the area nearer than so many margins is the figure's outline."""
_INKED = 150
"""Darker than this is line."""
_TANGENT_SHARE = 0.05
"""A line's direction is measured over this share of the shorter side."""
_BEND_DEG = 20
"""A line that would have to bend more, at either end, is not continued."""
_MOST_ENDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """Where a line stops at an emptied area."""

    at: Point
    into: Point
    """Unit direction in which it would run on."""
    thick_px: int
    grey: int


def emptied(line: Grey, mask: Grey) -> Grey:
    """`line` without what is in `mask`, with lines that cross it in one sweep drawn on.

    Args:
        line: H×W uint8, dark lines on white.
        mask: H×W uint8, 255 where characters will stand, else 0.
    """
    if not mask.any():
        return line
    margin = max(_LEAST_MARGIN_PX, round(_MARGIN_SHARE * min(line.shape)))
    area = np.asarray(cv2.dilate((mask > 127).astype(np.uint8), _round(margin)), dtype=np.uint8)
    left = _without_outline(np.where(area > 0, np.uint8(255), line), area, margin)
    count, areas = cv2.connectedComponents(area, connectivity=8)
    picture = left.copy()
    for name in range(1, count):
        ends = _ends(left, (areas == name).astype(np.uint8), margin)
        for one, other in _pairs(ends[:_MOST_ENDS], areas == name):
            _join(picture, one, other)
    return picture


def _without_outline(left: Grey, area: NDArray[np.uint8], margin: int) -> Grey:
    """`left` without strokes that run along `area`; those that run up to it stay."""
    reach = _RIM_MARGINS * margin
    rim = cv2.dilate(area, _round(reach)) > 0
    is_line = left < _INKED
    outside = cv2.dilate((is_line & ~rim).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    contacts = outside & is_line & rim
    away = cv2.distanceTransform((~contacts).astype(np.uint8), cv2.DIST_L2, 5) if contacts.any() else np.full(left.shape, np.inf)
    is_outline = rim & (left < 250) & (away > 1.7 * reach + 2)
    return np.where(is_outline, np.uint8(255), left)


def _ends(left: Grey, area: NDArray[np.uint8], margin: int) -> list[_End]:
    is_line = (left < _INKED).astype(np.uint8)
    radius = max(margin // 2, 1)
    ring = np.asarray(cv2.subtract(cv2.dilate(area, _round(radius)), area), dtype=np.uint8)
    count, names, stats, middles = cv2.connectedComponentsWithStats(ring & is_line, connectivity=8, ltype=cv2.CV_32S)
    reach = max(6, round(_TANGENT_SHARE * min(left.shape)))
    ends = []
    for name in range(1, count):
        at = middles[name]
        x0, y0 = max(int(at[0]) - reach, 0), max(int(at[1]) - reach, 0)
        window = np.s_[y0 : int(at[1]) + reach + 1, x0 : int(at[0]) + reach + 1]
        _, strokes = cv2.connectedComponents(is_line[window], connectivity=8)
        own = strokes[names[window] == name]
        y, x = np.nonzero(strokes == own[0])
        places = np.column_stack((x + x0, y + y0)) - at
        apart = np.linalg.norm(places, axis=1)
        far = places[(apart > 0.5 * reach) & (apart <= reach)]
        if len(far) < 2 or np.linalg.norm(far.mean(axis=0)) < 0.6 * reach:  # it is short, or forks
            continue
        into = -far.mean(axis=0) / np.linalg.norm(far.mean(axis=0))
        thick = max(1, round(stats[name, cv2.CC_STAT_AREA] / radius))
        ends.append(_End(at, into, min(thick, 2 * margin), int(left[names == name].min())))
    return ends


def _pairs(ends: list[_End], area: NDArray[np.bool_]) -> list[tuple[_End, _End]]:
    """Ends that are two sides of one line, the straightest first, each end once."""
    bends = []
    for (i, one), (j, other) in combinations(enumerate(ends), 2):
        way = other.at - one.at
        length = float(np.linalg.norm(way))
        bend = max(_turn_deg(one.into, way), _turn_deg(other.into, -way))
        if bend < _BEND_DEG and length > 2 and _inside(one.at, other.at, area) > 0.85:
            bends.append((bend, i, j))
    taken: set[int] = set()
    pairs = []
    for _, i, j in sorted(bends):
        if not {i, j} & taken:
            taken |= {i, j}
            pairs.append((ends[i], ends[j]))
    return pairs


def _join(picture: Grey, one: _End, other: _End) -> None:
    """Draw the cubic curve (Hermite's) that leaves both ends in their own direction."""
    length = float(np.linalg.norm(other.at - one.at))
    along = np.linspace(0, 1, max(8, int(length / 4)))[:, None]
    handles = np.array((one.at, one.at + one.into * length / 3, other.at + other.into * length / 3, other.at))
    weights = np.hstack(((1 - along) ** 3, 3 * along * (1 - along) ** 2, 3 * along**2 * (1 - along), along**3))
    drawn = np.full_like(picture, 255)
    points = np.rint((weights @ handles) * 16).astype(np.int32)
    cv2.polylines(drawn, [points], False, (one.grey + other.grey) / 2, (one.thick_px + other.thick_px) // 2, cv2.LINE_AA, 4)
    np.minimum(picture, drawn, out=picture)


def _turn_deg(one: Point, other: Point) -> float:
    cosine = np.dot(one, other) / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _inside(one: Point, other: Point, area: NDArray[np.bool_]) -> float:
    """Share of the straight way between two points that is in `area`."""
    x, y = np.rint(one + np.linspace(0, 1, 50)[:, None] * (other - one)).astype(int).T
    return float(area[np.clip(y, 0, area.shape[0] - 1), np.clip(x, 0, area.shape[1] - 1)].mean())


def _round(radius_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1,) * 2), dtype=np.uint8)
