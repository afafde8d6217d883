"""The layout of a scene: dark pencil lines on white paper, hidden lines removed."""

import cv2
import numpy as np
import numpy.typing as npt

from render_service.house import shapes
from render_service.house.scene import Cloud, Conifer, House, Land, Pole, Scenery, Sun, Tree, Way
from render_service.house.shapes import Polygon

Picture = npt.NDArray[np.uint8]
"""H×W uint8 grey, or H×W×3 uint8 sRGB, 0–255, top row first."""

_SHIFT = 4  # OpenCV takes points in 1/16 px


def draw_layout(scene: Scenery, height_px: int, width_px: int = 0) -> Picture:
    """The line drawing, H×W uint8 grey: 255 paper, dark lines; `width_px` 0 takes the scene's aspect."""
    return Pencil(scene, height_px, width_px).draw()


class Pencil:
    """Draws one scene, farthest things first, each wiping what it hides."""

    def __init__(self, scene: Scenery, height_px: int, width_px: int = 0) -> None:
        self.scene, self.height_px = scene, height_px
        self.paper: Picture = np.full((height_px, width_px or round(height_px * scene.aspect)), 255, np.uint8)
        self._thick = max(1, round(height_px / 300))

    def draw(self) -> Picture:
        """The finished drawing."""
        for element in self.scene.elements:
            match element:
                case Sun(x=x, y=y, radius=radius):
                    self._shape(shapes.ellipse(x, y, radius, radius), 70)
                case Cloud():
                    self._cloud(element)
                case Land(kind=kind, line=line):
                    self._wipe(shapes.below(line, self.scene.aspect))
                    self._stroke(line, {"mountain": 60, "hill": 60}.get(kind, 35))
                case Way():
                    self._way(element)
                case House():
                    self._house(element)
                case Tree():
                    self._grown([shapes.trunk(element.x, element.y, element.size), *element.clumps])
                case Conifer(x=x, y=y, size=size, tiers=tiers):
                    self._grown([shapes.trunk(x, y, size * 0.5), *shapes.conifer_tiers(x, y, size, tiers)])
                case Pole():
                    self._pole(element)
        return self.paper

    def _points(self, polygon: Polygon) -> npt.NDArray[np.int32]:
        return np.round(polygon * self.height_px * 2**_SHIFT).astype(np.int32)

    def _wipe(self, polygon: Polygon) -> None:
        cv2.fillPoly(self.paper, [self._points(polygon)], 255, cv2.LINE_8, _SHIFT)

    def _stroke(self, line: Polygon, grey: int, *, closed: bool = False) -> None:
        cv2.polylines(self.paper, [self._points(line)], closed, grey, self._thick, cv2.LINE_AA, _SHIFT)

    def _shape(self, polygon: Polygon, grey: int) -> None:
        self._wipe(polygon)
        self._stroke(polygon, grey, closed=True)

    def _cloud(self, cloud: Cloud) -> None:
        inside = np.zeros_like(self.paper)
        for lobe in cloud.lobes:
            cv2.fillPoly(inside, [self._points(lobe)], 255, cv2.LINE_8, _SHIFT)
        inside[max(0, round(cloud.foot * self.height_px)) :] = 0
        outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        self.paper[inside > 0] = 255
        cv2.drawContours(self.paper, outlines, -1, 90, self._thick, cv2.LINE_AA)

    def _way(self, way: Way) -> None:
        outline = way.outline()
        self._wipe(outline)
        banks = len(way.middle)
        self._stroke(outline[:banks], 40)
        self._stroke(outline[banks:], 40)
        if way.kind == "river":
            for ripple in way.ripples():
                self._stroke(ripple, 120)

    def _grown(self, parts: list[Polygon]) -> None:
        for part in parts:
            self._shape(part, 40)

    def _house(self, house: House) -> None:
        for part in (house.gable(), house.wall(), house.roof_front(), *house.panes()):
            self._shape(part, 30)

    def _pole(self, pole: Pole) -> None:
        for part in shapes.pole(pole.x, pole.y, pole.height):
            self._shape(part, 40)
        if pole.following:
            self._stroke(shapes.wire((pole.x, pole.y, pole.height), pole.following), 70)
