"""What changed from a draft to a revision, in classes of area with an interval; never who did it, and never one number.

Every place of the revision is one of four: no visible change, adjusted, repainted, cannot tell. "Repainted" is a lower bound in
spirit and stands in an interval that holds the truth: its lower end counts only places whose paint is plainly another, its upper
end leaves out only places whose paint is plainly the draft's. A faithful repaint in the same flat colours cannot be seen, so flat
paint widens the interval; a second pass of a model looks like painting. Lineage, layers and statements say who worked.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import IntEnum

import cv2
import numpy as np
import numpy.typing as npt

from integration.measure import registration, texture
from integration.measure.colour import Plane, ciede2000, lab_of
from integration.measure.grade import graded
from integration.measure.layout_kept import LayoutKept, layout_kept
from integration.measure.picture import Colour, Grey, Mask, averaged
from integration.measure.registration import Registration, at_work_size, register, unregistered
from integration.measure.texture import COARSE, FINE, Agreement, agreement

VERSION = 1
"""Grows with every change of what the figures mean."""
_STROKE_PX = 5
"""Narrower marks at work size are told as "cannot tell": around a thin line little is left to compare."""
_BROAD_PX = 9
"""What is narrower at work size is not counted as surely repainted."""
_GAP_PX = 15
"""Places between strokes that differ, too, belong to them when they are no wider at work size."""
_SMALLEST_PX = 24
"""A picture with a shorter side at work size shows too little."""
PARAMS: dict[str, float] = {
    "textured": 0.25,
    "grain": 0.02,
    "same": 0.85,
    "other": 0.3,
    "plainly_other": 0.6,
    "seen_de": 4.0,
    "plain_de": 8.0,
    "noisy": 1.2,
    "least_common": 0.02,
    "by_chance": 0.2,
    "texture_counts": 0.95,
    "margin": 0.01,
    "dark_l": 8.0,
    "stroke_px": _STROKE_PX,
    "broad_px": _BROAD_PX,
    "gap_px": _GAP_PX,
    "smallest_px": _SMALLEST_PX,
    "work_pixels": registration.WORK_PIXELS,
    "fine_px": texture.WINDOW_PX[FINE],
    "coarse_px": texture.WINDOW_PX[COARSE],
}
"""Limits by which places are told apart; see docs/measure.md."""


class Area(IntEnum):
    """What a place is, as the map of areas holds it."""

    KEPT = 0
    """No visible change."""
    ADJUSTED = 1
    """The draft's brushwork in other colours or light."""
    REPAINTED = 2
    """Other paint."""
    CANNOT_TELL = 3
    OUTSIDE = 4
    """No place of the draft lies here; left out of every share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """What changed from a draft to a revision."""

    kept_ppm: int
    adjusted_ppm: int
    repainted_ppm: int
    cannot_tell_ppm: int
    """The four are shares of the revision's places where the draft lies, in millionths, and sum to one million."""
    repainted_least_ppm: int
    """At least so much was repainted."""
    repainted_most_ppm: int
    """At most so much was."""
    shift_x_px: float
    """In pixels of the revision, to the right."""
    shift_y_px: float
    """In pixels of the revision, downwards."""
    scale: float
    """Pixels of the revision for one of the draft."""
    turn_deg: float
    """Counter-clockwise."""
    mirrored: bool
    outside_ppm: int
    """Share of the draft that lies outside the revision."""
    grade_de: float
    """Median CIEDE2000 of the global grade: what moved all colours alike."""
    draft_layout: LayoutKept | None
    """How the draft keeps the layout's lines; None without lines."""
    revision_layout: LayoutKept | None
    """The same of the revision."""
    reasons: tuple[str, ...]
    """Codes: why something cannot be told."""
    areas: npt.NDArray[np.uint8]
    """H×W uint8 at work size: an `Area` for each place of the revision."""


def params_sha256() -> str:
    """The digest of every limit, as entries name it."""
    return hashlib.sha256(json.dumps(PARAMS, sort_keys=True).encode()).hexdigest()


def measure_change(draft: Colour, revision: Colour, *, line: Grey | None = None, cel_mask: Grey | None = None) -> Change:
    """What changed from `draft` to `revision`.

    Args:
        draft: H×W×3 uint8 sRGB.
        revision: H×W×3 uint8 sRGB of any size.
        line: H×W uint8, the layout's dark lines on white, lying on the draft.
        cel_mask: H×W uint8, 255 where characters will stand; lines there need not be kept.
    """
    before, after = at_work_size(draft), at_work_size(revision)
    if draft.shape == revision.shape and np.array_equal(draft, revision):
        found = Registration(matrix=np.array([[1, 0, 0], [0, 1, 0]], np.float32), mirrored=False, found=True)
        sides = _Sides(areas=np.zeros(after.shape[:2], np.uint8), least=0.0, most=0.0, grade_de=0.0, reasons=())
    else:
        small = min(*before.shape[:2], *after.shape[:2]) < _SMALLEST_PX
        found = unregistered(before, after) if small else register(before, after)
        sides = _compared(before, after, found)
    return _told(draft, revision, before, after, found, sides, line=line, cel_mask=cel_mask)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sides:
    """What the comparison of two pictures at work size gave."""

    areas: npt.NDArray[np.uint8]
    least: float
    most: float
    grade_de: float
    reasons: tuple[str, ...]


def _compared(before: Colour, after: Colour, found: Registration) -> _Sides:
    size = (after.shape[1], after.shape[0])
    inside = found.warped(np.full(before.shape[:2], 255, np.uint8), size, border=0) > 250
    reason = "too_small" if min(*after.shape[:2], *before.shape[:2]) < _SMALLEST_PX else "" if found.found else "not_registered"
    if reason or not inside.any():
        areas = np.where(inside, np.uint8(Area.CANNOT_TELL), np.uint8(Area.OUTSIDE))
        return _Sides(areas=areas, least=0.0, most=1.0, grade_de=0.0, reasons=(reason or "not_registered",))
    evidence = _evidence(found.warped(before, size), after, inside, still=found.is_still)
    areas = np.full(inside.shape, Area.CANNOT_TELL, np.uint8)
    areas[~evidence.differs & ~evidence.other] = Area.KEPT
    areas[evidence.same] = np.where(evidence.differs & ~evidence.exact, np.uint8(Area.ADJUSTED), np.uint8(Area.KEPT))[evidence.same]
    stroke = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE_PX, _STROKE_PX))
    strokes = cv2.morphologyEx(evidence.other.astype(np.uint8), cv2.MORPH_OPEN, stroke)
    filled = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((_GAP_PX, _GAP_PX), np.uint8), borderValue=0)
    repainted: Mask = (filled > 0) & ((strokes > 0) | (evidence.differs & ~evidence.untouched))
    areas[repainted] = Area.REPAINTED
    areas[~inside] = Area.OUTSIDE
    places = int(inside.sum())
    broad = cv2.morphologyEx((repainted & inside).astype(np.uint8), cv2.MORPH_OPEN, np.ones((_BROAD_PX, _BROAD_PX), np.uint8))
    surely = broad.sum() / places
    share = _share_untouched(evidence, repainted, inside)
    most = 1.0 if share is None else min(1.0, 1 - share + PARAMS["margin"])
    return _Sides(
        areas=areas,
        least=max(0.0, float(surely) - PARAMS["margin"]),
        most=float(most),
        grade_de=evidence.grade_de,
        reasons=evidence.reasons,
    )


def _share_untouched(evidence: "_Evidence", repainted: Mask, inside: Mask) -> float | None:
    """How much plainly is the draft's paint, 0 to 1; None when that may be chance.

    Where some of a file is the very same, all of it came through unprocessed, and what is not the same was touched.
    """
    places = int(inside.sum())
    untouched = evidence.untouched & ~repainted & inside
    proven = float((untouched & evidence.exact).sum() / places)
    if proven > PARAMS["least_common"]:
        return proven
    stroke = np.ones((_STROKE_PX, _STROKE_PX), np.uint8)
    by_texture = (cv2.erode(untouched.astype(np.uint8), stroke, borderValue=1) > 0) & inside
    share = PARAMS["texture_counts"] * float(by_texture.sum() / places)
    return share if share > PARAMS["by_chance"] else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Evidence:
    """What speaks for what, place by place."""

    exact: Mask
    """The very same colours, over a small neighbourhood."""
    same: Mask
    """The draft's own structure, in whichever colours."""
    untouched: Mask
    """The draft's own brushwork, seen between the contours that every painting of the layout shares, or the very same colours."""
    other: Mask
    """Other paint."""
    differs: Mask
    """Other colours, once the global grade is taken off."""
    grade_de: float
    reasons: tuple[str, ...]


def _evidence(before: Colour, after: Colour, inside: Mask, *, still: bool) -> _Evidence:
    reasons: list[str] = []
    one, other = lab_of(before), lab_of(after)
    exact = _exact(before, after) if still else np.zeros(inside.shape, bool)
    fine, coarse = (agreement(one[..., 0], other[..., 0], band) for band in (FINE, COARSE))
    between = agreement(one[..., 0], other[..., 0], FINE, contours=False)
    if _median(fine.value, inside & _both(fine)) < -0.5:
        fine, coarse, between = (replace(each, value=-each.value) for each in (fine, coarse, between))
        reasons.append("inverted")
    same, untouched = (inside & _both(each) & (each.value > PARAMS["same"]) for each in (fine, between))
    same |= inside & exact
    untouched |= inside & exact & (np.minimum(between.first, between.second) > PARAMS["grain"])
    soft_one, soft_other = (np.asarray(cv2.GaussianBlur(each, (0, 0), 1.2), np.float32) for each in (one, other))
    common = bool(same.sum() > PARAMS["least_common"] * inside.sum())
    expected = graded(soft_one, soft_other, same) if common else soft_one
    distance = ciede2000(expected, soft_other)
    noise = _noise(expected[..., 0] - other[..., 0], same if common else inside)
    seen = PARAMS["seen_de"] + 3 * noise
    noisy = noise > PARAMS["noisy"]
    reasons += [code for code, holds in (("noise", noisy), ("little_in_common", not common)) if holds]
    differs = distance > seen
    near = cv2.dilate(differs.astype(np.uint8), np.ones((_STROKE_PX, _STROKE_PX), np.uint8)).astype(bool)
    other_paint = np.zeros(inside.shape, bool)
    for near_by in (coarse,) if noisy else (fine, between):
        other_paint |= _other_paint(near_by, coarse, distance, other[..., 0], seen)
    return _Evidence(
        exact=exact,
        same=same,
        untouched=untouched,
        other=inside & ~untouched & near & other_paint,
        differs=differs,
        grade_de=_median(ciede2000(soft_one[::4, ::4], expected[::4, ::4]), inside[::4, ::4]) if common else 0.0,
        reasons=tuple(reasons),
    )


def _other_paint(near: Agreement, wide: Agreement, distance: Plane, lightness: Plane, seen: float) -> Mask:
    """Where the brushwork is another: unrelated to the draft's, or laid on flat paint, or flat over brushwork in plainly other colours."""
    textured = PARAMS["textured"]
    unrelated = _both(near) & (near.value < PARAMS["other"])
    unrelated |= _both(wide) & (wide.value < PARAMS["other"]) & (near.second > textured)
    plainly = distance > max(PARAMS["plain_de"], 2 * seen)
    unrelated |= _both(near) & (near.value < PARAMS["plainly_other"]) & plainly
    one_sided = (near.first > textured) ^ (near.second > textured)
    return (unrelated | (one_sided & plainly)) & (lightness > PARAMS["dark_l"])


def _exact(before: Colour, after: Colour) -> Mask:
    """Where both hold the very same colours over three pixels."""
    apart = cv2.absdiff(before, after).max(axis=2)
    same: Mask = np.asarray(cv2.dilate(apart, np.ones((3, 3), np.uint8))) == 0
    return same


def _both(each: Agreement) -> Mask:
    return np.minimum(each.first, each.second) > PARAMS["textured"]


def _noise(residual: Plane, inside: Mask) -> float:
    """Grain that lies over everything, in levels of L*: that of the quietest fifth, so that paint does not count as grain."""
    fine = residual - cv2.GaussianBlur(residual, (0, 0), 2.0)
    spread = np.sqrt(np.maximum(cv2.boxFilter(fine * fine, -1, (13, 13)), 0))
    return float(np.quantile(spread[inside], 0.2)) if inside.any() else 0.0


def _median(plane: Plane, where: Mask) -> float:
    return float(np.median(plane[where])) if where.any() else 0.0


def _told(
    draft: Colour,
    revision: Colour,
    before: Colour,
    after: Colour,
    found: Registration,
    sides: _Sides,
    *,
    line: Grey | None,
    cel_mask: Grey | None,
) -> Change:
    counts = np.bincount(sides.areas.ravel(), minlength=5)[:4]
    kept, adjusted, repainted, unknown = _ppm(counts)
    across, down = revision.shape[1] / after.shape[1], revision.shape[0] / after.shape[0]
    corners = _carried(found, before)
    reach = _share_outside(corners, after) if found.found else 0.0
    lines = _lines(line, cel_mask, before, after, found)
    return Change(
        kept_ppm=kept,
        adjusted_ppm=adjusted,
        repainted_ppm=repainted,
        cannot_tell_ppm=unknown,
        repainted_least_ppm=min(repainted, round(1e6 * sides.least)),
        repainted_most_ppm=max(repainted, round(1e6 * sides.most)),
        shift_x_px=float(found.matrix[0, 2]) * across,
        shift_y_px=float(found.matrix[1, 2]) * down,
        scale=found.scale * (before.shape[1] / draft.shape[1]) * across,
        turn_deg=found.turn_deg,
        mirrored=found.mirrored,
        outside_ppm=round(1e6 * reach),
        grade_de=sides.grade_de,
        draft_layout=layout_kept(before, line, cel_mask) if line is not None else None,
        revision_layout=layout_kept(after, *lines) if lines else None,
        reasons=tuple(sorted(sides.reasons)),
        areas=sides.areas,
    )


def _ppm(counts: npt.NDArray[np.intp]) -> list[int]:
    """Counts as millionths that sum to a million; everything "cannot tell" when there is nothing to count."""
    total = int(counts.sum())
    if not total:
        return [0, 0, 0, 1_000_000]
    shares = [int(count) * 1_000_000 // total for count in counts]
    shares[int(counts.argmax())] += 1_000_000 - sum(shares)
    return shares


def _carried(found: Registration, before: Colour) -> npt.NDArray[np.float32]:
    """Where a grid of the draft's places comes to lie."""
    height, width = before.shape[:2]
    xs, ys = np.meshgrid(np.linspace(0, width - 1, 64), np.linspace(0, height - 1, 64))
    points = np.stack([xs.ravel(), ys.ravel(), np.ones(xs.size)])
    carried: npt.NDArray[np.float32] = (found.matrix @ points).astype(np.float32)
    return carried


def _share_outside(points: npt.NDArray[np.float32], after: Colour) -> float:
    height, width = after.shape[:2]
    within = (points[0] > -1) & (points[0] < width) & (points[1] > -1) & (points[1] < height)
    return 1 - float(within.mean())


def _lines(line: Grey | None, cel_mask: Grey | None, before: Colour, after: Colour, found: Registration) -> tuple[Grey, Grey | None] | None:
    """The layout's lines and cel mask as they lie in the revision; None without lines."""
    if line is None:
        return None
    size, work = (after.shape[1], after.shape[0]), (before.shape[1], before.shape[0])
    darkest = np.asarray(cv2.erode(line, np.ones((3, 3), np.uint8)), np.uint8)
    drawn = found.warped(averaged(darkest, work), size, border=255)
    return drawn, None if cel_mask is None else found.warped(averaged(cel_mask, work), size, border=0)
