"""What the quality gate's figures say of the house painter's plates, of other pictures, and of broken ones."""

from functools import cache

import cv2
import numpy as np
import pytest

from integration.measure.layout_kept import edges_of, layout_kept
from integration.measure.likeness import difference, thumbnail
from integration.measure.picture import Colour, Grey
from integration.measure.quality import Fault, Figures, faults_of, figures_of, limits_sha256
from integration.measure.tone import tone_of
from integration.settings import ProjectSettings
from render_service.house.line_drawing import draw_layout
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather

HEIGHT_PX, WIDTH_PX = 216, 384
LEAST = ProjectSettings().least_layout_kept
DAY = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR)
MOODS = {
    "day": DAY,
    "winter": Mood(season=Season.WINTER, time=TimeOfDay.DAY, weather=Weather.CLOUDY),
    "fog": Mood(season=Season.SUMMER, time=TimeOfDay.DUSK, weather=Weather.FOG),
    "night": Mood(season=Season.AUTUMN, time=TimeOfDay.NIGHT, weather=Weather.CLEAR),
    "night fog": Mood(season=Season.AUTUMN, time=TimeOfDay.NIGHT, weather=Weather.FOG),
}
SCENES = (900_001, 900_002, 900_003)


@cache
def layout(scene: int) -> Grey:
    return draw_layout(scenery(scene), HEIGHT_PX, WIDTH_PX)


@cache
def plate(scene: int, mood: Mood = DAY) -> Colour:
    return paint_plate(scenery(scene), mood, HEIGHT_PX, WIDTH_PX)


def figures(picture: Colour, line: Grey, *earlier: Colour, mask: Grey | None = None) -> Figures:
    return figures_of(picture, line, mask, thumb=thumbnail(picture), earlier=[thumbnail(each) for each in earlier])


def faults(picture: Colour, line: Grey, *earlier: Colour, dark: bool = False) -> tuple[Fault, ...]:
    return faults_of(figures(picture, line, *earlier), dark_is_meant=dark, least_layout_kept=LEAST)


def flat(*colour: int) -> Colour:
    return np.full((HEIGHT_PX, WIDTH_PX, 3), colour, np.uint8)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("scene", SCENES)
def test_a_plate_of_its_own_layout_passes_in_every_mood(scene: int, mood: str) -> None:
    found = faults(plate(scene, MOODS[mood]), layout(scene), dark="night" in mood)

    assert found == ()


@pytest.mark.parametrize("mood", ["day", "night"])
@pytest.mark.parametrize(("scene", "other"), list(zip(SCENES, SCENES[1:] + SCENES[:1], strict=True)))
def test_a_plate_of_another_layout_ignores_this_one(scene: int, other: int, mood: str) -> None:
    found = faults(plate(other, MOODS[mood]), layout(scene), dark=mood == "night")

    assert found == (Fault.LAYOUT,)


def test_noise_keeps_no_layout_though_it_has_edges_everywhere(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)

    kept = layout_kept(noise, layout(SCENES[0]))

    assert kept is not None and kept.recall > 0.3
    assert kept.share < LEAST / 2


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (127, 127, 127), (90, 140, 200)])
def test_one_flat_colour_is_blank_even_at_night(colour: tuple[int, int, int]) -> None:
    assert faults(flat(*colour), layout(SCENES[0]), dark=True) == (Fault.BLANK,)


def test_a_picture_of_which_half_is_lost_in_black_is_told_so() -> None:
    broken = plate(SCENES[0]).copy()
    broken[:, : WIDTH_PX * 3 // 5] = 0

    assert Fault.CRUSHED in faults(broken, layout(SCENES[0]))


def test_bare_lines_on_paper_are_no_painting() -> None:
    line = layout(SCENES[0])

    found = faults(np.repeat(line[..., None], 3, axis=2), line)

    assert found in {(Fault.BLANK,), (Fault.BLOWN,)}


def test_a_picture_far_too_dark_passes_only_when_the_words_say_night() -> None:
    dark = (plate(SCENES[0]) * 0.12).astype(np.uint8)

    assert Fault.TOO_DARK in faults(dark, layout(SCENES[0]))
    assert Fault.TOO_DARK not in faults(dark, layout(SCENES[0]), dark=True)


def test_the_same_draft_again_is_a_twin_and_a_repainted_one_is_not() -> None:
    first, line = plate(SCENES[0]), layout(SCENES[0])
    resaved = np.clip(first.astype(np.int16) + 1, 0, 255).astype(np.uint8)
    resaved[::2] = first[::2]

    assert faults(resaved, line, first) == (Fault.TWIN,)
    assert faults(plate(SCENES[0], MOODS["winter"]), line, first) == ()
    assert difference(thumbnail(first), thumbnail(first[:, :300])) == 1


def test_lines_under_characters_need_not_be_kept() -> None:
    line, mask = layout(SCENES[0]), np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    mask[:, :200] = 255
    hidden = plate(SCENES[0]).copy()
    hidden[:, :200] = (200, 190, 170)

    with_mask, without = figures(hidden, line, mask=mask), figures(hidden, line)

    assert with_mask.layout_kept_ppm is not None and without.layout_kept_ppm is not None
    assert with_mask.layout_kept_ppm > without.layout_kept_ppm + 150_000


def test_a_layout_without_a_line_outside_the_cels_is_not_judged() -> None:
    nothing = figures(plate(SCENES[0]), np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8))

    assert (nothing.layout_kept_ppm, nothing.layout_chance_ppm) == (None, None)
    assert faults_of(nothing, dark_is_meant=False, least_layout_kept=LEAST) == ()


def test_what_is_kept_hardly_depends_on_the_size_of_the_picture() -> None:
    small, large = (
        layout_kept(paint_plate(scenery(SCENES[1]), DAY, height, width), draw_layout(scenery(SCENES[1]), height, width))
        for height, width in ((216, 384), (432, 768))
    )

    assert small is not None and large is not None
    assert abs(small.share - large.share) < 0.15


def test_a_paler_copy_has_the_same_edges() -> None:
    picture = plate(SCENES[0])
    pale = (picture // 4 + 150).astype(np.uint8)

    one, other = edges_of(picture), edges_of(pale)

    assert (one & cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)).sum() > 0.8 * one.sum()


def test_tone_is_told_in_shares() -> None:
    half = flat(0, 0, 0)
    half[:, WIDTH_PX // 2 :] = 255

    tone = tone_of(half)

    assert (tone.black, tone.white) == (0.5, 0.5)
    assert tone.lightness == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (16, 16), (40, 64), (216, 1536)])
def test_pictures_of_any_shape_are_measured(shape: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    line = np.where(rng.random(shape) < 0.1, 0, 255).astype(np.uint8)

    assert figures(picture, line).flat_ppm >= 0


def test_another_limit_is_another_rule_in_the_record() -> None:
    assert limits_sha256(0.35) == limits_sha256(0.35) != limits_sha256(0.2)
