"""What is measured on a picture: edges, colours, light, and how far it lies from another."""

from typing import Any

import cv2
import numpy as np

from render_service.house.line_drawing import Picture

EDGE_TOLERANCE_PX = 2
"""How far an edge may lie from the line it follows."""
_PAPER_GREY = 160
_SCALES = 4
_SSIM_C1, _SSIM_C2 = (0.01 * 100) ** 2, (0.03 * 100) ** 2


def edges_of(picture: Picture) -> Picture:
    """H×W uint8, 255 on the edges of an H×W×3 sRGB picture: the strongest seventh of its gradients, thinned."""
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    across, down = cv2.Sobel(lab, cv2.CV_32F, 1, 0), cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strongest = np.abs(across) + np.abs(down)
    channel = strongest.argmax(2)[..., None]
    sides = [np.clip(np.take_along_axis(part, channel, 2)[..., 0] * 16, -32_000, 32_000).astype(np.int16) for part in (across, down)]
    low, high = np.quantile(np.hypot(sides[0].astype(np.float32), sides[1]), [0.86, 0.93])
    return np.asarray(cv2.Canny(sides[0], sides[1], float(low), float(high), L2gradient=True), np.uint8)


def edge_agreement(picture: Picture, layout: Picture) -> float:
    """F measure, 0–1, of a picture's edges against the lines of an H×W grey layout, within `EDGE_TOLERANCE_PX`."""
    drawn, seen = (layout < _PAPER_GREY), edges_of(picture) > 0
    if not drawn.any() or not seen.any():
        return 0.0
    precision = float((_distance(drawn)[seen] <= EDGE_TOLERANCE_PX).mean())
    recall = float((_distance(seen)[drawn] <= EDGE_TOLERANCE_PX).mean())
    return 2 * precision * recall / max(1e-9, precision + recall)


def red_over_green(picture: Picture) -> float:
    """Mean of red minus green, levels, over the lower 45 % of a picture."""
    low = picture[round(len(picture) * 0.55) :].astype(np.float32)
    return float((low[..., 0] - low[..., 1]).mean())


def lightness(picture: Picture) -> float:
    """Mean CIE L*, 0–100."""
    return float(_lab(picture)[..., 0].mean())


def edge_energy(picture: Picture) -> float:
    """Mean length of the gradient of CIE L*, per pixel."""
    light = _lab(picture)[..., 0]
    return float(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)).mean() / 8)


def colour_difference(first: Picture, second: Picture) -> np.ndarray[Any, np.dtype[np.float32]]:
    """H×W float32: the distance of two pictures' colours in CIE L*a*b* (ΔE*ab, CIE 15, 1976); 2.3 is just seen."""
    return np.asarray(np.linalg.norm(_lab(first) - _lab(second), axis=2), np.float32)


def structure_error(first: Picture, second: Picture) -> float:
    """1 minus the mean structural similarity of CIE L* over four scales, each half the last; 0 is the same picture, 1 or more unlike.

    Structural similarity as Wang, Bovik, Sheikh and Simoncelli give it (IEEE TIP 13-4, 2004); scales as in Wang, Simoncelli and Bovik
    (Asilomar 2003), averaged instead of multiplied.
    """
    pair = [_lab(picture)[..., 0] for picture in (first, second)]
    found = []
    for _ in range(_SCALES):
        found.append(_similarity(*pair))
        pair = [np.asarray(cv2.resize(light, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32) for light in pair]
    return 1 - float(np.mean(found))


def _similarity(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    def around(light: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return cv2.GaussianBlur(light, (11, 11), 1.5)

    mean_one, mean_other = around(one), around(other)
    varied = around(one * one) - mean_one**2 + around(other * other) - mean_other**2
    together = around(one * other) - mean_one * mean_other
    lightness_alike = (2 * mean_one * mean_other + _SSIM_C1) / (mean_one**2 + mean_other**2 + _SSIM_C1)
    return float((lightness_alike * (2 * together + _SSIM_C2) / (varied + _SSIM_C2)).mean())


def _lab(picture: Picture) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _distance(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
