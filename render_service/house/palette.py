"""The colours of every season, hour and weather: the studio's paint box."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from render_service.house.words import Mood, Season, TimeOfDay, Weather

Colour = npt.NDArray[np.float32]
"""3 float32 sRGB, 0–1; also H×W×3."""


def rgb(red: int, green: int, blue: int) -> Colour:
    """A colour from levels 0–255."""
    return np.array([red / 255, green / 255, blue / 255], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a season paints the land with, under white light."""

    grass_far: Colour
    grass_near: Colour
    leaves: tuple[Colour, Colour]
    """Of big and of small broadleaf trees."""
    conifer: Colour
    hill: Colour
    mountain: Colour
    road: Colour
    snow: float
    """How much snow lies, 0–1."""


GROWTH: dict[Season, Growth] = {
    Season.SPRING: Growth(
        grass_far=rgb(190, 208, 128), grass_near=rgb(134, 176, 84), leaves=(rgb(246, 182, 204), rgb(240, 196, 212)),
        conifer=rgb(76, 124, 92), hill=rgb(134, 174, 112), mountain=rgb(120, 146, 168), road=rgb(214, 192, 158), snow=0.0,
    ),
    Season.SUMMER: Growth(
        grass_far=rgb(142, 192, 84), grass_near=rgb(78, 148, 58), leaves=(rgb(62, 136, 62), rgb(88, 158, 68)),
        conifer=rgb(40, 98, 72), hill=rgb(72, 138, 84), mountain=rgb(92, 128, 160), road=rgb(208, 184, 144), snow=0.0,
    ),
    Season.AUTUMN: Growth(
        grass_far=rgb(226, 186, 104), grass_near=rgb(196, 146, 70), leaves=(rgb(214, 84, 44), rgb(236, 158, 52)),
        conifer=rgb(96, 108, 66), hill=rgb(190, 118, 66), mountain=rgb(150, 122, 128), road=rgb(206, 170, 126), snow=0.0,
    ),
    Season.WINTER: Growth(
        grass_far=rgb(240, 244, 250), grass_near=rgb(222, 231, 243), leaves=(rgb(214, 224, 238), rgb(226, 233, 242)),
        conifer=rgb(112, 138, 150), hill=rgb(196, 208, 224), mountain=rgb(176, 192, 216), road=rgb(204, 208, 218), snow=1.0,
    ),
}  # fmt: skip
"""Paint of every season."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What the hour and the weather do to every colour."""

    sky_top: Colour
    sky_low: Colour
    tint: Colour
    """Multiplies what the light falls on."""
    shadow: Colour
    """What shade tends to."""
    haze: Colour
    """What distance tends to."""
    haze_share: float
    """How far the farthest land goes to `haze`, 0–1."""
    glow: Colour
    """The sky around the light."""
    glow_share: float
    """Strength of the glow, 0–1."""
    cloud: tuple[Colour, Colour]
    """Lit and shaded side of a cloud."""
    windows_lit: float
    """How much the windows shine, 0–1."""


_CLEAR: dict[TimeOfDay, Light] = {
    TimeOfDay.MORNING: Light(
        sky_top=rgb(128, 172, 222), sky_low=rgb(255, 226, 206), tint=np.array([1.0, 0.93, 0.88], np.float32), shadow=rgb(112, 122, 168),
        haze=rgb(236, 222, 220), haze_share=0.62, glow=rgb(255, 240, 206), glow_share=0.55,
        cloud=(rgb(255, 246, 238), rgb(206, 200, 226)), windows_lit=0.0,
    ),
    TimeOfDay.DAY: Light(
        sky_top=rgb(52, 128, 212), sky_low=rgb(190, 226, 244), tint=np.array([1.03, 1.01, 0.97], np.float32), shadow=rgb(72, 104, 150),
        haze=rgb(186, 216, 236), haze_share=0.52, glow=rgb(255, 252, 236), glow_share=0.3,
        cloud=(rgb(255, 255, 255), rgb(184, 206, 232)), windows_lit=0.0,
    ),
    TimeOfDay.DUSK: Light(
        sky_top=rgb(86, 88, 154), sky_low=rgb(255, 172, 104), tint=np.array([0.98, 0.71, 0.57], np.float32), shadow=rgb(82, 60, 116),
        haze=rgb(226, 144, 116), haze_share=0.55, glow=rgb(255, 214, 134), glow_share=0.75,
        cloud=(rgb(255, 196, 148), rgb(164, 108, 146)), windows_lit=0.6,
    ),
    TimeOfDay.NIGHT: Light(
        sky_top=rgb(12, 20, 54), sky_low=rgb(44, 68, 116), tint=np.array([0.24, 0.31, 0.49], np.float32), shadow=rgb(12, 18, 48),
        haze=rgb(42, 62, 106), haze_share=0.5, glow=rgb(120, 150, 206), glow_share=0.3,
        cloud=(rgb(84, 100, 144), rgb(40, 54, 98)), windows_lit=1.0,
    ),
}  # fmt: skip

_GREYING: dict[Weather, tuple[float, float, float]] = {
    # how far colours go to grey, how bright they stay, how far the farthest land goes to haze
    Weather.CLEAR: (0.0, 1.0, 0.0),
    Weather.CLOUDY: (0.55, 0.95, 0.62),
    Weather.RAIN: (0.66, 0.76, 0.74),
    Weather.FOG: (0.6, 1.0, 0.97),
}


def light_of(mood: Mood) -> Light:
    """The light of a mood's hour in its weather."""
    clear = _CLEAR[mood.time]
    share, bright, haze_share = _GREYING[mood.weather]
    if share == 0.0:
        return clear

    def grey(colour: Colour, strength: float = share) -> Colour:
        cool = np.float32(colour.mean()) * np.array([0.96, 1.0, 1.04], np.float32)
        return ((colour * (1 - strength) + cool * strength) * bright).astype(np.float32)

    low = grey(clear.sky_low)
    top = grey(clear.sky_top * 0.6 + clear.sky_low * 0.4)
    if mood.weather is Weather.FOG:
        top = (top * 0.4 + low * 0.6).astype(np.float32)
    return Light(
        sky_top=top, sky_low=low, tint=grey(clear.tint, share * 0.75), shadow=grey(clear.shadow), haze=grey(clear.haze),
        haze_share=haze_share, glow=grey(clear.glow), glow_share=clear.glow_share * 0.25,
        cloud=(grey(clear.cloud[0]), grey(clear.cloud[1])), windows_lit=max(clear.windows_lit, 0.35 if mood.weather is Weather.RAIN else 0.0),
    )  # fmt: skip


def blend(first: Colour, second: Colour, share: float | npt.NDArray[np.floating]) -> Colour:
    """`first` where `share` is 0, `second` where it is 1."""
    return (first * (1 - share) + second * share).astype(np.float32)


def wall_paint() -> Colour:
    """Plaster."""
    return rgb(232, 218, 190)


def roof_paint(side: int) -> Colour:
    """Red tiles when the gable is on the left, blue when it is on the right: the drawing tells which."""
    return rgb(178, 88, 66) if side < 0 else rgb(88, 104, 138)
