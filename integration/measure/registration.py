"""How a draft lies in a revision: shifted, scaled, turned, mirrored, cropped."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.measure.picture import Colour, Grey, averaged

WORK_PIXELS = 960 * 540
"""Pictures are compared at about so many pixels, smaller ones as they are."""
_POINTS = 2000
_LEAST_POINTS = 20
_NEAR = 48
"""Most bits in which descriptors of one point differ."""
_BETTER = 0.01
"""A move must explain the picture by so much more than none: where nothing moved, none is found."""
_SCALES = (0.25, 4.0)
_SAME = 0.15
"""Correlation of structure from which two pictures show one scene."""

Matrix = npt.NDArray[np.float32]
"""2×3: from the draft's pixels at work size to the revision's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registration:
    """How the draft lies in the revision."""

    matrix: Matrix
    mirrored: bool
    """Whether the draft must be mirrored left to right first."""
    found: bool
    """Whether the two pictures show one scene at all."""

    @property
    def scale(self) -> float:
        """At work size."""
        return float(math.hypot(self.matrix[0, 0], self.matrix[1, 0]))

    @property
    def turn_deg(self) -> float:
        """Counter-clockwise, in degrees."""
        return math.degrees(math.atan2(-float(self.matrix[1, 0]), float(self.matrix[0, 0]))) + 0.0

    @property
    def is_still(self) -> bool:
        """Whether nothing moved."""
        return not self.mirrored and bool(np.allclose(self.matrix, _STILL, atol=1e-6))

    def warped(self, picture: Colour | Grey, size: tuple[int, int], *, border: int | None = None) -> Colour | Grey:
        """What lies at the draft's place, at work size, as it lies in a revision of width and height `size`.

        Outside, its edges are drawn out, or `border` is laid.
        """
        turned = np.ascontiguousarray(picture[:, ::-1]) if self.mirrored else picture
        if self.is_still and (turned.shape[1], turned.shape[0]) == size:
            return turned
        mode = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
        value = (border or 0,) * 4
        return np.asarray(cv2.warpAffine(turned, self.matrix, size, flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=value), np.uint8)


_STILL: Matrix = np.array([[1, 0, 0], [0, 1, 0]], np.float32)


def at_work_size(picture: Colour) -> Colour:
    """A picture of at most about `WORK_PIXELS`, each pixel the mean of what it stands for."""
    height, width = picture.shape[:2]
    share = min(1.0, math.sqrt(WORK_PIXELS / (width * height)))
    return averaged(picture, (max(1, round(width * share)), max(1, round(height * share))))


def register(draft: Colour, revision: Colour) -> Registration:
    """How `draft` lies in `revision`, both at work size."""
    size = (revision.shape[1], revision.shape[0])
    onto = _structure(revision)
    best, best_fit = unregistered(draft, revision), -1.0
    for way in _ways(draft, revision):
        fit = _alike(_structure(way.warped(draft, size)), onto, way, draft)
        if fit > best_fit + (0 if best_fit < 0 else _BETTER):
            best, best_fit = way, fit
        if best_fit > 0.9:
            break
    return Registration(matrix=best.matrix, mirrored=best.mirrored, found=best_fit >= _SAME)


def unregistered(draft: Colour, revision: Colour) -> Registration:
    """The draft stretched over a revision in which it was not looked for."""
    return Registration(matrix=_fitted(draft, revision), mirrored=False, found=False)


def _ways(draft: Colour, revision: Colour) -> Iterator[Registration]:
    """What may have been done, the simplest first."""
    for mirrored in (False, True):
        turned = np.ascontiguousarray(draft[:, ::-1]) if mirrored else draft
        yield Registration(matrix=_fitted(draft, revision), mirrored=mirrored, found=True)
        moved = _moved(turned, revision)
        if moved is not None:
            yield Registration(matrix=moved, mirrored=mirrored, found=True)


def _fitted(draft: Colour, revision: Colour) -> Matrix:
    """The draft stretched over the revision."""
    return np.array([[revision.shape[1] / draft.shape[1], 0, 0], [0, revision.shape[0] / draft.shape[0], 0]], np.float32)


def _moved(draft: Colour, revision: Colour) -> Matrix | None:
    """A shift, scale and turn that takes points of the draft to those of the revision; None where too few agree."""
    finder = cv2.ORB.create(_POINTS)
    here, what = finder.detectAndCompute(_grey(draft), None)
    there, found = finder.detectAndCompute(_grey(revision), None)
    if not (here and there):
        return None
    pairs = [pair for pair in cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(what, found) if pair.distance < _NEAR]
    if len(pairs) < _LEAST_POINTS:
        return None
    source = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
    target = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
    cv2.setRNGSeed(0)
    estimated: tuple[Matrix | None, Grey] = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=1.5)  # type: ignore[assignment]  # None where none fits
    matrix, inside = estimated
    if matrix is None or int(inside.sum()) < _LEAST_POINTS:
        return None
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    return matrix.astype(np.float32) if _SCALES[0] < scale < _SCALES[1] else None


def _grey(picture: Colour) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _structure(picture: Colour | Grey) -> npt.NDArray[np.float32]:
    grey = _grey(picture).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 4.0), np.float32)


def _alike(moved: npt.NDArray[np.float32], onto: npt.NDArray[np.float32], way: Registration, draft: Colour) -> float:
    """Correlation of structure, −1 to 1, inverted pictures counting as alike; 0 without structure."""
    inside = way.warped(np.full(draft.shape[:2], 255, np.uint8), (onto.shape[1], onto.shape[0]), border=0) > 127
    a, b = np.where(inside, moved, 0), np.where(inside, onto, 0)
    return abs(float((a * b).sum())) / (float(np.linalg.norm(a) * np.linalg.norm(b)) + 1e-6)
