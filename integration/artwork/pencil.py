"""Tells the strokes on a sheet apart by colour: dark lines, warm pencil (cels), blue pencil (shadows)."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""

_COLOURED = 26
"""Least difference between a pixel's strongest and weakest channel that counts as colour, on white paper."""
_LIGHTEST_FLOOR, _DARKEST_FLOOR = 22, 60
_STROKE_SHARE = 0.008
"""No line is thicker than this share of the sheet's longer side."""
_SPECK_SHARE = 0.004
"""What is shorter than this share of the sheet's longer side is dust or photocopy noise."""


def darkness(sheet: npt.NDArray[np.uint8], *, coloured: bool = False) -> Grey:
    """How dark each pixel of `sheet` (H×W×3 uint8 sRGB on white paper) is, 0 paper to 255 black.

    Coloured pencil counts as paper, unless `coloured`, when it counts as much as black.
    """
    first, second, third = cv2.split(sheet)
    weakest = cv2.min(cv2.min(first, second), third)
    if coloured:
        return np.asarray(cv2.bitwise_not(weakest), dtype=np.uint8)
    strongest = cv2.max(cv2.max(first, second), third)
    # 255 - strongest - chroma, cut at 0: a red stroke is bright in one channel and far from grey, a black one neither
    return np.asarray(cv2.subtract(cv2.bitwise_not(strongest), cv2.subtract(strongest, weakest)), dtype=np.uint8)


def ink(dark: Grey) -> Grey:
    """The lines in `dark` (from `darkness`) without paper noise and specks, 0 none to 255 a full line."""
    sample = dark[::3, ::3]
    noise = float(np.median(np.abs(sample.astype(np.int16) - int(np.median(sample))))) * 1.48
    floor = float(np.clip(np.median(sample) + 4 * noise, _LIGHTEST_FLOOR, _DARKEST_FLOOR))
    strokes = sample[sample > floor + 20]
    full = float(np.percentile(strokes, 75)) if strokes.size else 255.0
    levels = np.clip((np.arange(256) - floor) * (255 / max(full - floor, 40.0)), 0, 255).astype(np.uint8)
    return _without_specks(np.asarray(cv2.LUT(dark, levels), dtype=np.uint8))


def ink_over_colour(sheet: npt.NDArray[np.uint8]) -> Grey:
    """The dark lines of `sheet` (H×W×3 uint8 sRGB) where flat colour, light or dark, lies under them: as `ink` gives them."""
    first, second, third = cv2.split(sheet)
    strongest = cv2.max(cv2.max(first, second), third)  # a red or blue stroke is as bright as its surroundings in this
    size = max(5, round(_STROKE_SHARE * max(sheet.shape))) | 1
    return ink(np.asarray(cv2.morphologyEx(strongest, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8)), dtype=np.uint8))


def full_strength(lines: Grey) -> Grey:
    """`lines` (from `ink`) with faint drawings brought up to full lines; light strokes in a dark drawing stay light."""
    strokes = lines[lines > 60]
    if not strokes.size:
        return lines
    return np.asarray(cv2.convertScaleAbs(lines, alpha=255 / max(float(np.percentile(strokes, 80)), 80.0)), dtype=np.uint8)


def warm_strokes(sheet: npt.NDArray[np.uint8]) -> Grey:
    """255 where `sheet` (H×W×3 uint8 sRGB on white paper) has red, orange, pink or yellow pencil, else 0."""
    red, green, blue = (channel.astype(np.int16) for channel in cv2.split(_smoothed(sheet)))
    return _mask((red - blue > _COLOURED) & (red >= green - 8) & (red > 110))


def blue_strokes(sheet: npt.NDArray[np.uint8]) -> Grey:
    """255 where `sheet` (H×W×3 uint8 sRGB on white paper) has light blue pencil, else 0."""
    red, green, blue = (channel.astype(np.int16) for channel in cv2.split(_smoothed(sheet)))
    return _mask((blue - red > _COLOURED) & (blue >= green - 8) & (blue > 110))


def _smoothed(sheet: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.blur(sheet, (3, 3)), dtype=np.uint8)


def _mask(is_set: npt.NDArray[np.bool_]) -> Grey:
    return is_set.astype(np.uint8) * np.uint8(255)


def _without_specks(lines: Grey) -> Grey:
    shortest = max(3, round(max(lines.shape) * _SPECK_SHARE))
    is_line = (lines > 40).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_line, connectivity=8, ltype=cv2.CV_32S)
    is_speck = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) < shortest
    is_speck[0] = False
    kept = cv2.dilate((labels * is_line > 0).astype(np.uint8) & ~is_speck[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(lines, kept), dtype=np.uint8)
