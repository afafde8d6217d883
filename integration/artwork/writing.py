"""Finds handwriting among drawn lines: notes, names of things, and arrows that belong to them.

Writing is many small strokes, packed close, running in all directions, with few closed convex shapes. Grass and leaves are less
dense, windows are convex, dashes are single strokes; what touches a long line of the drawing is never taken for writing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.line_size import stroke_px

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""

_LOOK_PX = 844
"""Height of a standard frame at 150 dpi, where one pixel is 0.17 mm; drawings are looked at in this size."""
_LINE = 80
_GLYPH_PX = (5, 72)
"""Longer side of a connected stroke of writing: up to 12 mm."""
_APART_PX = 12
"""Strokes of one note are nearer to each other than this."""
_LEAST_STROKES = 3
_LEAST_LENGTH = 6.5
"""Length of all strokes of a note, in heights of its middle stroke."""
_LEAST_BENDING = 1.75
"""Length of a stroke over the diagonal of its box, in the mean."""
_LEAST_DENSITY = 0.155
_LEAST_SPREAD = 0.82
"""Entropy of the strokes' directions, 1 when all are as frequent."""
_CONVEX = 0.88
_ARROW_PX = 340
_ARROW_FROM_NOTE_PX = 50


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """Connected strokes of a drawing."""

    names: npt.NDArray[np.int32]
    """H×W, 0 paper, else the number of the stroke."""
    boxes: npt.NDArray[np.int32]
    """N×5: left, top, width, height, area."""
    stroke_px: float

    def longer_px(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.boxes[:, 2:4].max(axis=1))

    def window(self, number: int) -> tuple[slice, slice]:
        left, top, width, height = self.boxes[number, :4].tolist()
        return np.s_[top : top + height, left : left + width]


def find_writing(lines: Grey) -> Grey:
    """Where `lines` (H×W uint8, 0 none to 255 a full line) are writing: the same shape and type, 255 writing, else 0."""
    share = min(1.0, _LOOK_PX / min(lines.shape[0], lines.shape[1] * 9 / 16))
    small = cv2.resize(lines, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) if share < 1 else lines
    marks = _marks(np.asarray(small, dtype=np.uint8))
    written = _notes(np.asarray(small, dtype=np.uint8), marks)
    if not written.any():
        return np.zeros_like(lines)
    _add_arrows(marks, written)
    found = cv2.dilate(written[marks.names].astype(np.uint8) * np.uint8(255), np.ones((5, 5), np.uint8))
    return np.asarray(cv2.resize(found, lines.shape[1::-1], interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _marks(lines: Grey) -> _Marks:
    _, names, boxes, _ = cv2.connectedComponentsWithStats((lines > _LINE).astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    return _Marks(np.asarray(names, np.int32), np.asarray(boxes, np.int32), stroke_px(lines))


def _notes(lines: Grey, marks: _Marks) -> npt.NDArray[np.bool_]:
    """Which marks are in a note."""
    longer = marks.longer_px()
    is_small = (longer >= _GLYPH_PX[0]) & (longer <= _GLYPH_PX[1])
    is_small[0] = False
    reached = cv2.dilate(is_small[marks.names].astype(np.uint8), np.ones((_APART_PX + 1,) * 2, np.uint8))
    _, clusters, boxes, _ = cv2.connectedComponentsWithStats(reached, connectivity=8, ltype=cv2.CV_32S)
    cluster_of = np.zeros(len(longer), np.int32)
    y, x = np.nonzero(is_small[marks.names])
    cluster_of[marks.names[y, x]] = clusters[y, x]
    written = np.zeros(len(longer), np.bool_)
    for cluster in range(1, len(boxes)):
        members = np.flatnonzero(cluster_of == cluster)
        if len(members) >= _LEAST_STROKES:
            left, top, width, height = boxes[cluster, :4].tolist()
            window = np.s_[top : top + height, left : left + width]
            is_own = np.isin(marks.names[window], members)
            written[members] = _is_note(lines[window], is_own, members, marks)
    return written


def _is_note(lines: Grey, is_own: npt.NDArray[np.bool_], members: npt.NDArray[np.intp], marks: _Marks) -> bool:
    boxes = marks.boxes[members]
    thick_px = stroke_px(np.where(is_own, lines, np.uint8(0)))
    length = float(is_own.sum()) / thick_px
    y, x = np.nonzero(is_own)
    density = is_own.sum() / ((np.ptp(x) + 1) * (np.ptp(y) + 1)) * min(1.0, 3.2 / thick_px)
    if (
        length < _LEAST_LENGTH * np.median(boxes[:, 2:4].max(axis=1))
        or length < _LEAST_BENDING * np.hypot(boxes[:, 2], boxes[:, 3]).sum()
        or density < _LEAST_DENSITY
        or _spread(lines, is_own) < _LEAST_SPREAD
    ):
        return False
    return sum(not _is_convex(marks, int(number)) for number in members) >= max(2, 0.4 * len(members))


def _spread(lines: Grey, is_own: npt.NDArray[np.bool_]) -> float:
    """Entropy of the directions of strokes, 0 for one direction to 1 for all alike."""
    soft = cv2.GaussianBlur(lines.astype(np.float32), (0, 0), 1.5)
    strength, angle = cv2.cartToPolar(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1), angleInDegrees=True)
    shares, _ = np.histogram(angle[is_own] % 180, bins=8, range=(0, 180), weights=strength[is_own])
    shares = shares / max(float(shares.sum()), 1e-9)
    return float(-(shares * np.log2(shares + 1e-9)).sum() / 3)


def _is_convex(marks: _Marks, number: int) -> bool:
    """Whether the mark's outline is nearly its own hull: a window, a dash, a dot."""
    is_mark = (marks.names[marks.window(number)] == number).astype(np.uint8)
    outlines, _ = cv2.findContours(is_mark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=len)
    hull = cv2.contourArea(cv2.convexHull(outline))
    return hull < 4 or cv2.contourArea(outline) > _CONVEX * hull


def _add_arrows(marks: _Marks, written: npt.NDArray[np.bool_]) -> None:
    """Mark small strokes within a note's reach, and arrows that begin or end at one, as written too."""
    distance = cv2.distanceTransform((~written[marks.names]).astype(np.uint8), cv2.DIST_L2, 3)
    longer = marks.longer_px()
    nearest = np.full(len(longer), np.inf, np.float32)
    y, x = np.nonzero(marks.names)
    np.minimum.at(nearest, marks.names[y, x], distance[y, x])
    for number in np.flatnonzero((nearest < _ARROW_FROM_NOTE_PX) & ~written & (longer <= _ARROW_PX) & (np.arange(len(longer)) > 0)):
        is_stroke = longer[number] <= _GLYPH_PX[1] and nearest[number] < 2 * _APART_PX
        written[number] = is_stroke or _is_arrow(marks.names[marks.window(int(number))] == number, marks.stroke_px)


def _is_arrow(is_mark: npt.NDArray[np.bool_], thick_px: float) -> bool:
    """Whether a mark is a straight shaft with a head at one end, and nothing else."""
    places = np.column_stack(np.nonzero(is_mark)[::-1]).astype(np.float64)
    if len(places) < 12:
        return False
    centred = places - places.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    along, off = centred @ axes[0], np.abs(centred @ axes[1])
    along = (along - along.min()) / max(float(np.ptp(along)), 1)
    wide = np.array(
        [
            np.ptp((centred @ axes[1])[part]) + 1 if (part := (along >= low) & (along <= low + 0.1)).any() else 0
            for low in np.arange(10) / 10
        ]
    )
    if np.ptp(centred @ axes[0]) < 6 * thick_px or off.max() > 0.35 * np.ptp(centred @ axes[0]):
        return False
    shaft = np.sort(wide)[:6]
    ends = wide[:3].max(), wide[-3:].max()
    return bool(shaft.min() > 0 and shaft.max() < 2.2 * thick_px + 2 and max(ends) > 2.5 * shaft.max() and min(ends) < 2 * shaft.max() + 2)
