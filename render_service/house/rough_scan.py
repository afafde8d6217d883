"""A layout as a bad scan of a pencil drawing: uneven pressure, gaps, grain, grey paper, lying askew."""

import cv2
import numpy as np

from render_service.house.line_drawing import Picture

_SKEW_DEG = 1.5
_GAP_SHARE = 0.05
_GRAIN_LEVELS = 7.0


def rough_scan(layout: Picture, seed: int) -> tuple[Picture, Picture]:
    """The H×W grey scan of a layout, and the layout's clean lines turned as the scan is, to measure against."""
    rng = np.random.default_rng([seed, 0x5CA9])
    height, width = layout.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.choice([-1, 1]) * rng.uniform(0.5, _SKEW_DEG)), 1.0)
    turned = cv2.warpAffine(layout, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    ink = 1 - turned.astype(np.float32) / 255
    pressure = cv2.resize(rng.uniform(0.35, 1.0, (9, 16)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    whole = cv2.resize((rng.random((height // 5, width // 5)) > _GAP_SHARE).astype(np.float32), (width, height))
    tooth = rng.uniform(0.55, 1.0, (height, width)).astype(np.float32)
    pencil = cv2.GaussianBlur(ink * pressure * whole * tooth, (0, 0), 0.5)
    paper = float(rng.uniform(232, 248)) + rng.normal(0, _GRAIN_LEVELS, (height, width)).astype(np.float32)
    return np.clip(paper * (1 - np.clip(pencil, 0, 1) * 0.85), 0, 255).astype(np.uint8), np.asarray(turned, np.uint8)
