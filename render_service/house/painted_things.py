"""What stands on the land, painted: trees, conifers, houses, poles and wires."""

from dataclasses import dataclass

import numpy as np

from render_service.house import shapes
from render_service.house.canvas import Canvas
from render_service.house.palette import Colour, Growth, Light, blend, rgb, roof_paint, wall_paint
from render_service.house.scene import Conifer, House, Pole, Scenery, Tree
from render_service.house.words import Mood, Season, Weather


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """Everything a painter holds while painting one scene."""

    canvas: Canvas
    """What is painted on."""
    scene: Scenery
    """What is painted."""
    mood: Mood
    """In which mood."""
    light: Light
    """The mood's light."""
    growth: Growth
    """The season's paint."""
    light_x: float
    """Where the light is, x in frame heights."""

    def lit(self, colour: Colour, strength: float = 1.0) -> Colour:
        """A colour in the light."""
        return np.clip(colour * (strength * self.light.tint), 0, 1).astype(np.float32)

    def shaded(self, colour: Colour, strength: float = 1.0) -> Colour:
        """A colour in the shade."""
        return blend(self.lit(colour, 0.66 * strength), self.light.shadow, 0.3)

    def thickness(self, depth: float | Colour) -> float | Colour:
        """How much haze lies between the viewer and a depth, 0–1."""
        if self.mood.weather is Weather.FOG:
            return np.clip(0.22 + self.light.haze_share * depth * 1.15, 0, 0.95)
        return np.clip(self.light.haze_share * depth, 0, 1)

    def air(self, colour: Colour, depth: float | Colour) -> Colour:
        """A colour seen through the air: depth 0 near, 1 at the horizon."""
        return blend(colour, self.light.haze, self.thickness(depth))

    def depth_at(self, y: float) -> float:
        """Depth of what stands at y, 0–1."""
        far = 1 - (y - self.scene.ground) / (1 - self.scene.ground)
        return float(np.clip(far, 0, 1)) * (0.85 if self.mood.weather is Weather.FOG else 0.45)

    def towards_light(self, x: float) -> float:
        """-1 when the light is to the left of x, 1 when to the right."""
        return -1.0 if self.light_x < x else 1.0

    def cast_shadow(self, x: float, y: float, half: float) -> None:
        """A soft shadow on the ground, away from the light."""
        shape = shapes.ellipse(x - self.towards_light(x) * half * 0.35, y, half, half * 0.16)
        self.canvas.fill(shape, self.air(self.light.shadow, self.depth_at(y)), 0.36)


def tree(brush: Brush, thing: Tree) -> None:
    """A broadleaf tree: every clump light towards the sun and dark at its foot, so that its outline shows."""
    depth, side = brush.depth_at(thing.y), brush.towards_light(thing.x)
    brush.cast_shadow(thing.x, thing.y, thing.size * 0.34)
    bark = rgb(112, 84, 62)
    brush.canvas.fill(shapes.trunk(thing.x, thing.y, thing.size), brush.air(brush.shaded(bark, 0.95), depth))
    leaf = brush.growth.leaves[0 if thing.size > 0.24 else 1]
    pale = 1.16 if brush.mood.season is not Season.SPRING else 1.06
    light, middle, dark = (brush.air(colour, depth) for colour in (brush.lit(leaf, pale), brush.lit(leaf, 0.9), brush.shaded(leaf)))
    for clump in thing.clumps:
        centre = clump.mean(0)
        brush.canvas.fill(clump, dark)
        brush.canvas.fill(_towards(clump, centre, 0.8, side * 0.1, -0.17), middle)
        brush.canvas.fill(_towards(clump, centre, 0.46, side * 0.24, -0.38), light)


def _towards(clump: shapes.Polygon, centre: shapes.Polygon, share: float, right: float, up: float) -> shapes.Polygon:
    """A clump shrunk and moved by shares of its own radius."""
    radius = np.abs(clump - centre).max(0)
    return centre + (clump - centre) * share + radius * [right, up]


def conifer(brush: Brush, thing: Conifer) -> None:
    """A conifer: skirts, each lit on the side of the light; in winter with snow."""
    depth, side, leaf = brush.depth_at(thing.y), brush.towards_light(thing.x), brush.growth.conifer
    brush.cast_shadow(thing.x, thing.y, thing.size * 0.24)
    brush.canvas.fill(shapes.trunk(thing.x, thing.y, thing.size * 0.5), brush.air(brush.shaded(rgb(98, 74, 58)), depth))
    snow = brush.growth.snow
    top = blend(brush.lit(leaf, 1.12), brush.lit(rgb(240, 245, 252)), 0.85 * snow)
    for tier in shapes.conifer_tiers(thing.x, thing.y, thing.size, thing.tiers):
        brush.canvas.fill(tier, brush.air(brush.shaded(leaf, 1.05), depth))
        lit = tier.copy()
        lit[:, 0] = thing.x + (lit[:, 0] - thing.x) * 0.7 + side * thing.size * 0.03
        lit[:, 1] -= thing.size * 0.022
        brush.canvas.fill(lit, brush.air(top, depth))


def house(brush: Brush, thing: House) -> None:
    """A house: plaster, tiles that the drawing tells the colour of, windows that shine at night."""
    depth, snow = brush.depth_at(thing.y), brush.growth.snow
    brush.cast_shadow(thing.x, thing.y, thing.width * 0.75)
    tiles = blend(roof_paint(thing.side), rgb(240, 244, 251), 0.88 * snow)
    gable_lit = brush.towards_light(thing.x) == thing.side
    wall, gable = (
        (brush.shaded(wall_paint(), 1.25), brush.lit(wall_paint())) if gable_lit else (brush.lit(wall_paint()), brush.shaded(wall_paint()))
    )
    brush.canvas.fill(thing.gable(), brush.air(gable, depth))
    brush.canvas.fill(thing.wall(), brush.air(wall, depth))
    eave = thing.wall()
    eave[2:, 1] = thing.y - thing.height * 0.84
    brush.canvas.fill(eave, brush.air(brush.shaded(wall_paint(), 0.8), depth))
    brush.canvas.fill(thing.roof_front(), brush.air(brush.lit(tiles, 1.02 if not gable_lit else 0.9), depth))
    glass = blend(brush.lit(rgb(84, 104, 126)), rgb(255, 216, 128), brush.light.windows_lit)
    for pane in thing.panes():
        brush.canvas.fill(pane, brush.air(glass, depth * 0.6))


def pole(brush: Brush, thing: Pole) -> None:
    """A pole, its arm and its wire."""
    colour = brush.air(brush.shaded(rgb(132, 124, 118), 0.8), brush.depth_at(thing.y))
    for part in shapes.pole(thing.x, thing.y, thing.height):
        brush.canvas.fill(part, colour)
    if thing.following:
        brush.canvas.line(shapes.wire((thing.x, thing.y, thing.height), thing.following), colour, 0.8)
