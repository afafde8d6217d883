"""What a model must beat: a layout painted by rule, each closed region in one paint of the season's box, with the lines on top."""

import cv2
import numpy as np

from render_service.house.line_drawing import Picture
from render_service.house.palette import GROWTH, Colour, Growth, Light, blend, light_of
from render_service.house.words import Mood

_PAPER_GREY = 200
_SMALL, _WIDE = 0.012, 0.45
"""A region below this share of the picture is a thing; one at least this share of the width is land."""
_LINE_INK = 0.75


def paint_by_rule(layout: Picture, mood: Mood) -> Picture:
    """H×W×3 sRGB from an H×W grey layout: sky where a region touches the top, clouds within it, land in bands, leaves for small things."""
    light, growth = light_of(mood), GROWTH[mood.season]
    height, width = layout.shape
    _, labels, facts, centres = cv2.connectedComponentsWithStats((layout > _PAPER_GREY).astype(np.uint8), connectivity=4)
    picture = np.zeros((height, width, 3), np.float32)
    share = (np.arange(height, dtype=np.float32) / height)[:, None, None]
    sky = np.broadcast_to(blend(light.sky_top, light.sky_low, np.clip(share * 2, 0, 1)), picture.shape)
    for region in range(1, len(facts)):
        _, top, wide, high, area = facts[region]
        inside, middle = labels == region, float(centres[region][1]) / height
        if top == 0 and wide >= _WIDE * width:
            picture[inside] = sky[inside]
        else:
            picture[inside] = _paint(middle, (top + high) / height, area / layout.size, wide / width, growth, light)
    spread = cv2.dilate(picture, np.ones((3, 3), np.uint8))
    picture = np.where((labels == 0)[..., None], spread, picture)
    ink = (1 - layout.astype(np.float32) / 255)[..., None] * _LINE_INK
    return np.asarray((np.clip(picture * (1 - ink), 0, 1) * 255).round(), np.uint8)


def _paint(middle: float, foot: float, area: float, wide: float, growth: Growth, light: Light) -> Colour:
    """The paint of a region by where it lies and how large it is, in shares of the picture."""
    if foot < 0.45 and wide < _WIDE:
        return light.cloud[0]
    if wide >= _WIDE and middle < 0.45:
        return blend(growth.mountain * light.tint, light.haze, light.haze_share)
    if wide >= _WIDE and middle < 0.6:
        return blend(growth.hill * light.tint, light.haze, light.haze_share * 0.5)
    if wide >= _WIDE or area >= _SMALL * 4:
        return growth.grass_near * light.tint
    return growth.leaves[int(area < _SMALL)] * light.tint
