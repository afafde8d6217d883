"""The painted plate of a scene in a mood: sky, air and land; `painted_things` holds what stands on it."""

import cv2
import numpy as np

from render_service.house import painted_things, shapes
from render_service.house.canvas import Canvas
from render_service.house.line_drawing import Picture
from render_service.house.palette import GROWTH, Colour, Growth, Light, blend, light_of, rgb
from render_service.house.scene import Cloud, Conifer, House, Land, Pole, Scenery, Sun, Tree, Way
from render_service.house.words import LightSide, Mood, TimeOfDay, Weather


def paint_plate(scene: Scenery, mood: Mood, height_px: int, width_px: int = 0) -> Picture:
    """The finished background, H×W×3 uint8 sRGB; `width_px` 0 takes the scene's aspect."""
    light, growth = light_of(mood), GROWTH[mood.season]
    canvas = Canvas(height_px, width_px or round(height_px * scene.aspect), scene.seed)
    brush = painted_things.Brush(canvas=canvas, scene=scene, mood=mood, light=light, growth=growth, light_x=light_x(scene, mood))
    _sky(brush)
    for element in scene.elements:
        match element:
            case Sun():
                _sun(brush, element)
            case Cloud():
                _cloud(brush, element)
            case Land():
                _land(brush, element)
            case Way():
                _way(brush, element)
            case House():
                painted_things.house(brush, element)
            case Tree():
                painted_things.tree(brush, element)
            case Conifer():
                painted_things.conifer(brush, element)
            case Pole():
                painted_things.pole(brush, element)
    return canvas.as_uint8()


def light_x(scene: Scenery, mood: Mood) -> float:
    """Where the light is, x in frame heights: the sun if the scene shows it, else the mood's side."""
    for element in scene.elements:
        if isinstance(element, Sun):
            return element.x
    return scene.aspect * (0.08 if mood.light is LightSide.LEFT else 0.92)


def _sky(brush: painted_things.Brush) -> None:
    canvas, light, scene = brush.canvas, brush.light, brush.scene
    rows, columns = canvas.grid()
    share = np.clip(rows / scene.horizon, 0, 1) ** 1.15
    canvas.pixels[:] = blend(light.sky_top, light.sky_low, share[..., None])
    far = ((columns - brush.light_x) / 0.75) ** 2 + ((rows - scene.horizon * 0.8) / 0.42) ** 2
    glow = (np.exp(-far) * light.glow_share)[..., None]
    canvas.pixels[:] = blend(canvas.pixels, light.glow, glow)
    if brush.mood.weather in {Weather.CLOUDY, Weather.RAIN}:
        canvas.pixels += canvas.wash(0.35, 1.4)[..., None] * 0.022


def _sun(brush: painted_things.Brush, sun: Sun) -> None:
    if brush.mood.weather in {Weather.FOG, Weather.RAIN}:
        return
    colour = {TimeOfDay.NIGHT: rgb(242, 242, 218), TimeOfDay.DUSK: rgb(255, 226, 160)}.get(brush.mood.time, rgb(255, 250, 226))
    clear = brush.mood.weather is Weather.CLEAR
    rows, columns = brush.canvas.grid()
    far = np.sqrt((columns - sun.x) ** 2 + (rows - sun.y) ** 2) / sun.radius
    halo = (np.exp(-far / 2.6) * (0.5 if clear else 0.2))[..., None]
    brush.canvas.pixels[:] = blend(brush.canvas.pixels, colour, halo)
    face = colour if clear else blend(colour, brush.light.sky_low, 0.5)
    brush.canvas.fill(shapes.ellipse(sun.x, sun.y, sun.radius, sun.radius), face)


def _cloud(brush: painted_things.Brush, cloud: Cloud) -> None:
    canvas, (lit, shade) = brush.canvas, brush.light.cloud
    cover = 0.3 if brush.mood.weather is Weather.FOG else 0.96
    mask = canvas.mask(cloud.lobes)
    mask[max(0, round(cloud.foot * canvas.height_px)) :] = 0
    rows, _ = canvas.grid()
    share = np.clip((rows - cloud.top) / max(0.02, cloud.foot - cloud.top), 0, 1)[..., None]
    body = blend(lit, shade, share**1.3)
    soft = (cv2.GaussianBlur(mask, (0, 0), 0.7) * cover)[..., None]
    canvas.pixels[:] = blend(canvas.pixels, body, soft)
    bright = blend(body, lit, 0.45)
    for lobe in cloud.lobes:
        middle = lobe.mean(0)
        high = middle + (lobe - middle) * 0.72 + [np.sign(brush.light_x - middle[0]) * 0.012, -0.018]
        high[:, 1] = np.minimum(high[:, 1], cloud.foot)
        canvas.fill(high, bright, cover * 0.8)


def _land(brush: painted_things.Brush, land: Land) -> None:
    canvas, shape = brush.canvas, shapes.below(land.line, brush.scene.aspect)
    match land.kind:
        case "mountain":
            canvas.fill(shape, _mountain(brush, land))
        case "hill":
            canvas.fill(shape, _hill(brush, land))
        case _:
            near = land.kind == "foreground"
            field = _field(brush, brush.growth, brush.light)
            dark = brush.shaded(brush.growth.grass_near, 0.85)
            canvas.fill(shape, blend(field, dark, 0.55) if near else field)


def _mountain(brush: painted_things.Brush, land: Land) -> Colour:
    rows, columns = brush.canvas.grid()
    slope = np.gradient(land.line[:, 1], land.line[:, 0])
    slope = np.convolve(slope, np.ones(5) / 5, mode="same")
    top = np.interp(columns[0], land.line[:, 0], land.line[:, 1])[None]
    down = rows - top
    sheared = columns + down * 0.55 * np.sign(columns - brush.light_x)
    facing = np.interp(sheared, land.line[:, 0], slope) * np.sign(columns - brush.light_x)
    lit = (0.5 - 0.5 * np.tanh(facing * 2.2))[..., None]
    snow = max(brush.growth.snow, 0.55 if brush.mood.season.value == "spring" and land.depth > 0.9 else 0.0)
    rock = blend(brush.shaded(brush.growth.mountain), brush.lit(brush.growth.mountain, 1.08), lit)
    cap = np.clip(1.15 - down / 0.13, 0, 1)[..., None] * snow * (0.35 + 0.65 * lit)
    rock = blend(rock, brush.lit(rgb(246, 249, 255)), cap)
    foot = np.clip(down / max(0.05, land.foot - float(land.line[:, 1].min())), 0, 1)[..., None]
    return brush.air(rock, np.clip(land.depth * (0.62 + 0.5 * foot), 0, 1))


def _hill(brush: painted_things.Brush, land: Land) -> Colour:
    rows, columns = brush.canvas.grid()
    top = np.interp(columns[0], land.line[:, 0], land.line[:, 1])[None]
    down = np.clip((rows - top) / 0.16, 0, 1)[..., None]
    body = blend(brush.lit(brush.growth.hill, 1.1), brush.shaded(brush.growth.hill, 1.0), down * 0.75)
    body = body * (1 + brush.canvas.wash(0.05, 1.8)[..., None] * 0.035)
    return brush.air(body, np.clip(land.depth * (0.85 + 0.45 * down), 0, 1))


def _field(brush: painted_things.Brush, growth: Growth, light: Light) -> Colour:
    rows, columns = brush.canvas.grid()
    near = np.clip((rows - brush.scene.ground) / (1 - brush.scene.ground), 0, 1)[..., None]
    body = blend(brush.lit(growth.grass_far, 1.02), brush.lit(growth.grass_near), near**0.7)
    away = np.clip(np.abs(columns - brush.light_x) / brush.scene.aspect, 0, 1)[..., None]
    body = blend(body, brush.shaded(growth.grass_near), away * 0.16 + near * 0.1)
    body = body * (1 + brush.canvas.wash(0.06, 4.0)[..., None] * (0.02 + 0.03 * near))
    return blend(body, light.haze, brush.thickness(0.5 * (1 - near)))


def _way(brush: painted_things.Brush, way: Way) -> None:
    rows, _ = brush.canvas.grid()
    near = np.clip((rows - way.middle[0, 1]) / (1 - way.middle[0, 1]), 0, 1)[..., None]
    outline = way.outline()
    if way.kind == "road":
        body = blend(brush.lit(brush.growth.road, 1.03), brush.lit(brush.growth.road, 0.88), near)
    else:
        bank = brush.shaded(blend(brush.growth.road, rgb(110, 96, 78), 0.35))
        brush.canvas.fill(outline + [0.0, -0.006], bank)
        water = brush.lit(rgb(96, 164, 196))
        body = blend(blend(brush.light.sky_low, brush.light.sky_top, near * 0.85), water, 0.32)
    body = blend(body, brush.light.haze, brush.thickness(0.45 * (1 - near)))
    brush.canvas.fill(outline, body)
    if way.kind == "river":
        bright = blend(brush.light.sky_low, rgb(255, 255, 255), 0.35 if brush.mood.time is not TimeOfDay.NIGHT else 0.08)
        for ripple in way.ripples():
            streak = np.vstack([ripple + [0, -0.004], ripple[::-1] + [0, 0.004]])
            brush.canvas.fill(streak, bright, 0.75)
