"""Made cases for the measure of change: a draft, a revision of which it is known what was repainted, and what was done.

Plates come from the house painter, so that they look like backgrounds; brushwork is laid over them, in three strengths.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from integration.measure.picture import Colour, Grey
from render_service.house.line_drawing import draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather

HEIGHT_PX, WIDTH_PX = 1080, 1920
DAY = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR)
DUSK = Mood(season=Season.AUTUMN, time=TimeOfDay.DUSK, weather=Weather.CLOUDY)
TEXTURES = {"textured": 9.0, "soft": 4.0, "flat": 0.0}
"""Levels of brushwork laid over a plate."""
Share = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One pair of pictures."""

    name: str
    group: str
    """``nuisance`` (nothing was repainted), ``painted``, or ``hard`` (known to be hard)."""
    draft: Colour
    revision: Colour
    truth: float
    """Share of the revision that was repainted, 0 to 1."""
    line: Grey


def cases(seed: int, texture: str) -> Iterator[Case]:
    """Every case on one scene in one strength of brushwork."""
    made = _Maker(seed, TEXTURES[texture])
    for name, group, make in _RECIPES:
        revision, truth = make(made)
        yield Case(name=name, group=group, draft=made.draft, revision=revision, truth=truth, line=made.line)


class _Maker:
    """One scene, and what can be done to it."""

    def __init__(self, seed: int, texture: float) -> None:
        self.seed = seed
        self.rng = np.random.default_rng([seed, 77])
        self.texture = texture
        scene = scenery(seed)
        self.line = draw_layout(scene, HEIGHT_PX, WIDTH_PX)
        self.line = self.line if self.line.ndim == 2 else self.line[..., 0]
        self.draft = self.brushed(paint_plate(scene, DAY, HEIGHT_PX, WIDTH_PX), 1)
        again = replace(scene, seed=scene.seed + 1000)  # the painter's own grain hangs on the seed, and no two hands share it
        self.other_mood = self.brushed(self.by_another_hand(paint_plate(again, DUSK, HEIGHT_PX, WIDTH_PX)), 2)
        self.same_mood = self.brushed(self.by_another_hand(paint_plate(again, DAY, HEIGHT_PX, WIDTH_PX)), 3)
        self.other_scene = self.brushed(paint_plate(scenery(seed + 500), DUSK, HEIGHT_PX, WIDTH_PX), 4)

    def brushed(self, plate: Colour, stream: int) -> Colour:
        """The plate with brushwork of its own: strokes of many sizes, never twice the same."""
        if not self.texture:
            return plate
        rng = np.random.default_rng([self.seed, stream])
        laid = np.zeros(plate.shape[:2], np.float32)
        for length, width, share in ((31, 5, 0.5), (17, 3, 0.3), (61, 11, 0.2)):
            grain = rng.standard_normal(plate.shape[:2]).astype(np.float32)
            turned = cv2.GaussianBlur(grain, (length, width), length / 5, sigmaY=width / 3)
            laid += share * turned / turned.std()
        return _clipped(plate + self.texture * laid[..., None])

    def by_another_hand(self, plate: Colour) -> Colour:
        """The plate painted again: contours sway by a pixel or two, colours by a few levels."""
        sway, tone = (
            cv2.resize(
                self.rng.standard_normal((HEIGHT_PX // 24, WIDTH_PX // 24, 2)).astype(np.float32),
                (WIDTH_PX, HEIGHT_PX),
                interpolation=cv2.INTER_CUBIC,
            )
            for _ in range(2)
        )
        ys, xs = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
        moved = cv2.remap(plate, xs + 1.2 * sway[..., 0], ys + 1.2 * sway[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return _clipped(moved + 2.5 * tone[..., :1])

    def blobs(self, share: float) -> Share:
        """Where was painted: large strokes over about `share` of the picture, H×W 0 or 1."""
        field = cv2.GaussianBlur(self.rng.standard_normal((HEIGHT_PX // 8, WIDTH_PX // 8)).astype(np.float32), (0, 0), 7)
        field = cv2.resize(field, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
        painted: Share = (field > np.quantile(field, 1 - share)).astype(np.float32)
        return painted

    def painted(self, share: float) -> tuple[Colour, float]:
        """A part painted over in the colours of another hour."""
        mask = self.blobs(share)
        soft = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None]
        return _clipped(self.draft * (1 - soft) + self.other_mood * soft), float(mask.mean())

    def disturbed(self, share: float) -> tuple[Colour, float]:
        """The same, then graded, moved by a pixel and saved as JPEG."""
        picture, truth = self.painted(share)
        return _jpeg(np.roll(_grade(picture), 1, axis=1), 85), truth


def _clipped(picture: npt.NDArray[np.floating]) -> Colour:
    clipped: Colour = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return clipped


def _jpeg(picture: Colour, quality: int) -> Colour:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(decoded[..., ::-1], np.uint8)


def _noise(made: _Maker, levels: float) -> Colour:
    return _clipped(made.draft + made.rng.normal(0, levels, made.draft.shape))


def _grade(picture: Colour) -> Colour:
    x = picture.astype(np.float32) / 255
    return _clipped(255 * np.clip(x ** np.array([0.92, 1.0, 1.12], np.float32) * np.array([1.03, 0.99, 0.93], np.float32), 0, 1))


def _night(picture: Colour) -> Colour:
    x = picture.astype(np.float32) / 255
    grey = x.mean(axis=2, keepdims=True)
    return _clipped(255 * np.clip((0.55 * x + 0.45 * grey) * np.array([0.42, 0.5, 0.72], np.float32), 0, 1))


def _vignette(picture: Colour) -> Colour:
    ys, xs = np.mgrid[-1 : 1 : HEIGHT_PX * 1j, -1 : 1 : WIDTH_PX * 1j]
    return _clipped(picture * (1 - 0.35 * np.clip((xs**2 + ys**2) / 2, 0, 1))[..., None])


def _warp(picture: Colour, matrix: npt.NDArray[np.floating]) -> Colour:
    return np.asarray(cv2.warpAffine(picture, matrix, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _turned(picture: Colour, degrees: float, scale: float = 1.0) -> Colour:
    return _warp(picture, np.asarray(cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), degrees, scale), np.float64))


def _cropped(picture: Colour, share: float) -> Colour:
    y, x = round(HEIGHT_PX * share / 2), round(WIDTH_PX * share / 2)
    inside = picture[y : HEIGHT_PX - y, x : WIDTH_PX - x]
    return np.asarray(cv2.resize(inside, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC), np.uint8)


def _sized(picture: Colour, factor: float) -> Colour:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def _sharpened(picture: Colour) -> Colour:
    return _clipped(picture + 0.8 * (picture.astype(np.float32) - cv2.GaussianBlur(picture, (0, 0), 2.0)))


def _wavy(picture: Colour) -> Colour:
    ys, xs = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    return np.asarray(
        cv2.remap(picture, xs + 3 * np.sin(ys / 60), ys + 3 * np.sin(xs / 80), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    )


def _relit(made: _Maker) -> Colour:
    soft = cv2.GaussianBlur(made.blobs(0.3), (0, 0), 40)[..., None]
    return _clipped(made.draft * (1 + 0.25 * soft) + 10 * soft)


def _wires(made: _Maker) -> tuple[Colour, float]:
    picture, mask = made.draft.copy(), np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    for _ in range(40):
        ends = made.rng.integers(0, (WIDTH_PX, HEIGHT_PX), (2, 2))
        for target, colour in ((picture, (40, 38, 42)), (mask, 255)):
            cv2.line(target, tuple(map(int, ends[0])), tuple(map(int, ends[1])), colour, 2, cv2.LINE_8)
    return picture, float((mask > 0).mean())


def _dots(made: _Maker) -> tuple[Colour, float]:
    picture, mask = made.draft.copy(), np.zeros((HEIGHT_PX, WIDTH_PX), bool)
    mask[::12, ::12] = mask[1::12, ::12] = mask[::12, 1::12] = mask[1::12, 1::12] = True
    picture[mask] = 255 - picture[mask]
    return picture, float(mask.mean())


def _second_pass(made: _Maker) -> tuple[Colour, float]:
    mask = made.blobs(0.3)
    soft = cv2.GaussianBlur(mask, (0, 0), 6)[..., None]
    return _clipped(made.draft * (1 - soft) + made.same_mood * soft), float(mask.mean())


def _same_colours(made: _Maker) -> tuple[Colour, float]:
    """Half repainted faithfully in the draft's own flat colours."""
    mask = made.blobs(0.5)[..., None]
    return _clipped(made.draft * (1 - mask) + made.same_mood * mask), float(mask.mean())


def _whole(picture: Callable[[_Maker], Colour], truth: float = 0.0) -> Callable[[_Maker], tuple[Colour, float]]:
    return lambda made: (picture(made), truth)


_RECIPES: tuple[tuple[str, str, Callable[[_Maker], tuple[Colour, float]]], ...] = (
    ("the same file", "nuisance", _whole(lambda m: m.draft)),
    ("JPEG, quality 60", "nuisance", _whole(lambda m: _jpeg(m.draft, 60))),
    ("JPEG, quality 90, twice", "nuisance", _whole(lambda m: _jpeg(_jpeg(m.draft, 90), 90))),
    ("noise, 4 levels", "nuisance", _whole(lambda m: _noise(m, 4))),
    ("noise, 10 levels", "nuisance", _whole(lambda m: _noise(m, 10))),
    ("graded", "nuisance", _whole(lambda m: _grade(m.draft))),
    ("day to night", "nuisance", _whole(lambda m: _night(m.draft))),
    ("vignette", "nuisance", _whole(lambda m: _vignette(m.draft))),
    ("shifted by 1 pixel", "nuisance", _whole(lambda m: _warp(m.draft, np.array([[1.0, 0, 1], [0, 1, 1]])))),
    ("shifted by 40 pixels", "nuisance", _whole(lambda m: _warp(m.draft, np.array([[1.0, 0, 40], [0, 1, 12]])))),
    ("cropped by 4 percent", "nuisance", _whole(lambda m: _cropped(m.draft, 0.04))),
    ("cropped by 12 percent", "nuisance", _whole(lambda m: _cropped(m.draft, 0.12))),
    ("turned by 3 degrees", "nuisance", _whole(lambda m: _turned(m.draft, 3))),
    ("enlarged twice", "nuisance", _whole(lambda m: _sized(m.draft, 2))),
    ("halved", "nuisance", _whole(lambda m: _sized(m.draft, 0.5))),
    ("mirrored", "nuisance", _whole(lambda m: np.ascontiguousarray(m.draft[:, ::-1]))),
    ("mirrored and graded", "nuisance", _whole(lambda m: _grade(np.ascontiguousarray(m.draft[:, ::-1])))),
    ("sharpened", "nuisance", _whole(lambda m: _sharpened(m.draft))),
    ("blurred", "nuisance", _whole(lambda m: np.asarray(cv2.GaussianBlur(m.draft, (0, 0), 3), np.uint8))),
    ("median filter", "nuisance", _whole(lambda m: np.asarray(cv2.medianBlur(m.draft, 9), np.uint8))),
    ("made small and large again", "nuisance", _whole(lambda m: _sized(_sized(m.draft, 0.125), 8))),
    ("bent by 3 pixels", "nuisance", _whole(lambda m: _wavy(m.draft))),
    (
        "graded, noise, JPEG, moved",
        "nuisance",
        _whole(lambda m: np.roll(_jpeg(_clipped(_grade(m.draft) + m.rng.normal(0, 3, m.draft.shape)), 80), 1, axis=0)),
    ),
    ("painted 2 percent", "painted", lambda m: m.painted(0.02)),
    ("painted 10 percent", "painted", lambda m: m.painted(0.10)),
    ("painted 40 percent", "painted", lambda m: m.painted(0.40)),
    ("painted 80 percent", "painted", lambda m: m.painted(0.80)),
    ("painted 2 percent, disturbed", "painted", lambda m: m.disturbed(0.02)),
    ("painted 10 percent, disturbed", "painted", lambda m: m.disturbed(0.10)),
    ("painted 40 percent, disturbed", "painted", lambda m: m.disturbed(0.40)),
    ("painted 80 percent, disturbed", "painted", lambda m: m.disturbed(0.80)),
    ("painted from scratch on the layout", "painted", _whole(lambda m: m.other_mood, 1.0)),
    ("another composition", "painted", _whole(lambda m: m.other_scene, 1.0)),
    ("traced in the same colours", "hard", _whole(lambda m: m.same_mood, 1.0)),
    ("half repainted in its own colours", "hard", _same_colours),
    ("softly relit, 30 percent", "hard", _whole(_relit)),
    ("40 thin wires", "hard", _wires),
    ("a grid of dots", "hard", _dots),
    ("a strong filter", "hard", _whole(lambda m: np.asarray(cv2.pyrMeanShiftFiltering(m.draft, 20, 40), np.uint8))),
    ("noise, 40 levels", "hard", _whole(lambda m: _noise(m, 40))),
    ("a second pass of a model, 30 percent", "hard", _second_pass),
)
