"""A canvas of floats: polygons filled with flat colour or with a picture, and soft washes."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from render_service.house.line_drawing import Picture
from render_service.house.palette import Colour
from render_service.house.shapes import Polygon

Floats = npt.NDArray[np.floating]
"""H×W float32, or one row or column of it."""
Region = tuple[slice, slice]
"""Rows and columns of a part of the canvas."""

_SHIFT = 4


class Canvas:
    """H×W×3 float32 sRGB, 0–1, painted in frame heights."""

    def __init__(self, height_px: int, width_px: int, seed: int) -> None:
        self.height_px, self.width_px = height_px, width_px
        self.pixels: Colour = np.zeros((height_px, width_px, 3), np.float32)
        self._rng = np.random.default_rng([seed, 0xB205])
        self._rows = (np.arange(height_px, dtype=np.float32)[:, None] + 0.5) / height_px
        self._columns = (np.arange(width_px, dtype=np.float32)[None] + 0.5) / height_px

    def grid(self) -> tuple[Floats, Floats]:
        """Where rows (y, H×1) and columns (x, 1×W) lie, in frame heights."""
        return self._rows, self._columns

    def as_uint8(self) -> Picture:
        """H×W×3 uint8 sRGB."""
        return (np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8)

    def wash(self, grain: float, stretch: float) -> Floats:
        """Soft blotches, H×W float32 about -1 to 1; `grain` in frame heights, `stretch` times wider than high."""
        rows = max(2, round(1 / grain))
        columns = max(2, round(self.width_px / self.height_px / grain / stretch))
        coarse = self._rng.normal(0, 0.55, (rows, columns)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (self.width_px, self.height_px), interpolation=cv2.INTER_CUBIC), np.float32)

    def mask(self, polygons: Sequence[Polygon]) -> Floats:
        """H×W float32: 1 inside any of the polygons, smooth at the edge."""
        inside = np.zeros((self.height_px, self.width_px), np.uint8)
        for polygon in polygons:
            cv2.fillPoly(inside, [self._points(polygon)], 255, cv2.LINE_AA, _SHIFT)
        return inside.astype(np.float32) / 255

    def fill(self, polygon: Polygon, paint: Colour, cover: float = 1.0) -> None:
        """Paint a polygon with one colour or with a picture of the whole canvas; `cover` 0–1 is the paint's opacity."""
        region = self._around(polygon)
        if region is None:
            return
        rows, columns = region
        inside = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        offset = np.array([columns.start, rows.start]) / self.height_px
        cv2.fillPoly(inside, [self._points(polygon - offset)], 255, cv2.LINE_AA, _SHIFT)
        share = (inside.astype(np.float32) * (cover / 255))[..., None]
        colour = np.broadcast_to(paint, self.pixels.shape)[region]
        self.pixels[region] = self.pixels[region] * (1 - share) + colour * share

    def line(self, line: Polygon, colour: Colour, cover: float) -> None:
        """A thin line."""
        inside = np.zeros((self.height_px, self.width_px), np.uint8)
        cv2.polylines(inside, [self._points(line)], False, 255, 1, cv2.LINE_AA, _SHIFT)
        share = (inside.astype(np.float32) * (cover / 255))[..., None]
        self.pixels[:] = self.pixels * (1 - share) + colour * share

    def _points(self, polygon: Polygon) -> npt.NDArray[np.int32]:
        return np.round(polygon * self.height_px * 2**_SHIFT).astype(np.int32)

    def _around(self, polygon: Polygon) -> Region | None:
        low = np.floor(polygon.min(0) * self.height_px).astype(int) - 1
        high = np.ceil(polygon.max(0) * self.height_px).astype(int) + 2
        left, top = int(max(0, low[0])), int(max(0, low[1]))
        right, foot = int(min(self.width_px, high[0])), int(min(self.height_px, high[1]))
        return (slice(top, foot), slice(left, right)) if right > left and foot > top else None
