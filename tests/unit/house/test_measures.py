"""What the evaluation measures with tells good from bad on pictures whose answer is known."""

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from render_service.house.line_drawing import draw_layout
from render_service.house.measures import colour_difference, edge_agreement, structure_error
from render_service.house.plate import paint_plate
from render_service.house.rough_scan import rough_scan
from render_service.house.rule_painting import paint_by_rule
from render_service.house.scene import Conifer, Tree, scenery
from render_service.house.scene_regions import regions_of
from render_service.house.words import Mood, Season, TimeOfDay, Weather

SUMMER = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR)
AUTUMN = Mood(season=Season.AUTUMN, time=TimeOfDay.DAY, weather=Weather.CLEAR)
PLATE = paint_plate(scenery(7), SUMMER, 144, 256)
LAYOUT = draw_layout(scenery(7), 144, 256)


def test_a_picture_is_like_itself_and_less_like_itself_blurred_and_least_like_another() -> None:
    blurred = np.asarray(cv2.GaussianBlur(PLATE, (0, 0), 3), np.uint8)
    other = paint_plate(scenery(8), SUMMER, 144, 256)

    errors = [structure_error(each, PLATE) for each in (PLATE, blurred, other)]

    assert errors[0] == pytest.approx(0, abs=1e-6)
    assert errors[0] < errors[1] < errors[2]


def test_black_and_white_lie_a_hundred_apart_in_colour() -> None:
    black = np.zeros((4, 4, 3), np.uint8)

    assert colour_difference(black, black + 255).mean() == pytest.approx(100, abs=0.5)
    assert colour_difference(PLATE, PLATE).max() == 0


def test_a_rule_paints_a_layout_in_the_seasons_colours_and_keeps_its_lines() -> None:
    summer, autumn = paint_by_rule(LAYOUT, SUMMER), paint_by_rule(LAYOUT, AUTUMN)

    assert summer.shape == PLATE.shape
    assert edge_agreement(summer, LAYOUT) > 0.6
    assert autumn[100:, :, 0].mean() > summer[100:, :, 0].mean() + 20
    assert colour_difference(summer, PLATE).mean() < colour_difference(np.full_like(PLATE, 255), PLATE).mean()


def test_a_rough_scan_is_grey_askew_and_broken_and_the_same_every_time() -> None:
    scan, lines = rough_scan(LAYOUT, 3)

    assert np.array_equal(scan, rough_scan(LAYOUT, 3)[0])
    assert 225 < np.median(scan) < 252
    assert not np.array_equal(lines, LAYOUT)
    on_lines = scan[lines < 128]
    assert on_lines.mean() < np.median(scan) - 30
    assert (on_lines > np.median(scan) - 15).any()


def test_regions_lie_where_the_painter_painted_them() -> None:
    scene = next(scene for scene in map(scenery, range(50)) if any(isinstance(thing, Tree | Conifer) for thing in scene.elements))
    plates = [paint_plate(scene, mood, 144, 256) for mood in (SUMMER, AUTUMN)]

    masks = regions_of(scene, 144, 256)

    changed = colour_difference(*plates)
    assert not (masks["sky"] & masks["ground"]).any()
    assert masks["sky"][0].mean() > 0.3
    assert changed[masks["sky"]].mean() < 3
    assert min(changed[masks["foliage"]].mean(), changed[masks["ground"]].mean()) > 15
