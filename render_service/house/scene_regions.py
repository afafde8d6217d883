"""Which kind of thing each pixel of a scene shows."""

from typing import Any

import cv2
import numpy as np

from render_service.house import shapes
from render_service.house.scene import Cloud, Conifer, Element, House, Land, Pole, Scenery, Tree, Way
from render_service.house.shapes import Polygon

Regions = dict[str, np.ndarray[Any, np.dtype[np.bool_]]]
"""H×W masks by kind: ``sky``, ``ground``, ``foliage``, ``road``."""

_KINDS = ("sky", "ground", "foliage", "road", "other")
_SHIFT = 4  # OpenCV takes points in 1/16 px


def regions_of(scene: Scenery, height_px: int, width_px: int) -> Regions:
    """The masks of a scene as it is painted, hidden things not counted; without a pixel of a kind its mask is empty."""
    shown = np.zeros((height_px, width_px), np.uint8)
    for element in scene.elements:
        for kind, outline in _outlines(element, scene.aspect):
            points = np.round(outline * height_px * 2**_SHIFT).astype(np.int32)
            cv2.fillPoly(shown, [points], _KINDS.index(kind), cv2.LINE_8, _SHIFT)
    return {kind: shown == number for number, kind in enumerate(_KINDS[:-1])}


def _outlines(element: Element, aspect: float) -> list[tuple[str, Polygon]]:
    match element:
        case Cloud(lobes=lobes):
            return [("other", lobe) for lobe in lobes]
        case Land(kind=kind, line=line):
            return [("ground" if kind in {"ground", "foreground"} else "other", shapes.below(line, aspect))]
        case Way(kind=kind):
            return [("road" if kind == "road" else "other", element.outline())]
        case House():
            return [("other", part) for part in (element.gable(), element.wall(), element.roof_front())]
        case Tree(x=x, y=y, size=size, clumps=clumps):
            return [("other", shapes.trunk(x, y, size)), *(("foliage", clump) for clump in clumps)]
        case Conifer(x=x, y=y, size=size, tiers=tiers):
            return [("foliage", tier) for tier in shapes.conifer_tiers(x, y, size, tiers)]
        case Pole(x=x, y=y, height=height):
            return [("other", part) for part in shapes.pole(x, y, height)]
        case _:
            return []
