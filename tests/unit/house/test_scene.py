"""The painter's scenes: the same every time, and the plate stands where the layout's lines are."""

import numpy as np
import pytest

pytest.importorskip("torch")

from render_service.house.line_drawing import draw_layout
from render_service.house.measures import edge_agreement, lightness, red_over_green
from render_service.house.plate import paint_plate
from render_service.house.scene import scenery
from render_service.house.words import Mood, Season, TimeOfDay, Weather

SUMMER = Mood(season=Season.SUMMER, time=TimeOfDay.DAY, weather=Weather.CLEAR)
AUTUMN = Mood(season=Season.AUTUMN, time=TimeOfDay.DAY, weather=Weather.CLEAR)
NIGHT = Mood(season=Season.SUMMER, time=TimeOfDay.NIGHT, weather=Weather.CLEAR)


def test_a_seed_gives_the_same_layout_and_plate_every_time() -> None:
    first, second = scenery(41), scenery(41)

    assert np.array_equal(draw_layout(first, 144), draw_layout(second, 144))
    assert np.array_equal(paint_plate(first, SUMMER, 144), paint_plate(second, SUMMER, 144))
    assert not np.array_equal(draw_layout(first, 144), draw_layout(scenery(42), 144))


def test_a_plate_follows_its_own_layout_and_no_other() -> None:
    scenes = [scenery(seed) for seed in range(4)]
    layouts = [draw_layout(scene, 216) for scene in scenes]
    plates = [paint_plate(scene, SUMMER, 216) for scene in scenes]

    own = np.mean([edge_agreement(plate, layout) for plate, layout in zip(plates, layouts, strict=True)])
    other = np.mean([edge_agreement(plate, layout) for plate, layout in zip(plates, layouts[1:] + layouts[:1], strict=True)])

    assert own > 0.7
    assert own > 2 * other


def test_autumn_is_painted_redder_than_summer_and_night_darker_than_day() -> None:
    scene = scenery(7)
    summer, autumn, night = (paint_plate(scene, mood, 216) for mood in (SUMMER, AUTUMN, NIGHT))

    assert red_over_green(autumn) > red_over_green(summer) + 30
    assert lightness(night) < 0.5 * lightness(summer)


@pytest.mark.parametrize("aspect", [1.5, 2.0, 3.0])
def test_a_pan_is_as_wide_as_asked(aspect: float) -> None:
    assert draw_layout(scenery(3, aspect), 120).shape == (120, round(120 * aspect))
