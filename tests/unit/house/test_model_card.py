"""The model card says what was measured, and which bars are missed."""

import pytest

pytest.importorskip("torch")

from render_service.house.bars import BARS
from render_service.house.model_card import Stage, card_of

FIGURES = {
    "held_out_layouts": 8,
    "seconds_per_draft": 2.34,
    "edge_f": 0.7,
    "edge_f_no_layout": 0.35,
    "edge_f_gain": 2.0,
    "edge_f_rough_scan_gain": 1.5,
    "edge_f_own_plate": 0.88,
    "autumn_minus_summer_red_green_en": 44.0,
    "autumn_minus_summer_red_green_ja": 12.0,
    "night_over_day_lightness_en": 0.3,
    "night_over_day_lightness_ja": 0.3,
    "winter_minus_summer_lightness_en": 9.0,
    "winter_minus_summer_lightness_ja": 9.0,
    "fog_edge_energy_change_percent": -31.0,
    "english_japanese_mean_difference_levels": 0.7,
    "other_seed_mean_difference_levels": 6.0,
    "batch_of_3_max_difference_levels": 1,
    "colour_error_over_rule": 0.6,
    "structure_error_over_rule": 0.8,
    "season_change_still_over_moving": 0.4,
}
STAGES = (Stage(name="base", steps=1200, minutes=59.0), Stage(name="painter", steps=2000, minutes=57.0))


def test_a_missed_bar_is_called_missed_and_a_reached_one_reached() -> None:
    rows = [line for line in card_of(STAGES, FIGURES, scenes=3000, commit="abc").splitlines() if line.startswith("| ")][1:]

    assert len(rows) == len(BARS)
    assert [row for row in rows if "missed" in row] == [row for row in rows if "redder" in row and "Japanese" in row]
    assert "| 0.7 | ≥ 0.66 | reached | 0.88 |" in rows[0]
    assert "| 2 | ≥ 1.7 | reached |" in rows[1]


def test_the_card_says_what_the_model_was_made_from() -> None:
    card = card_of(STAGES, FIGURES, scenes=3000, commit="0123abc")

    assert "seeds 0 to 2999" in card
    assert "0 third-party pictures" in card
    assert "commit `0123abc`" in card
    assert "base 1,200 steps in 59 minutes" in card
    assert "Apache-2.0" in card


def test_without_a_figure_no_card_is_written() -> None:
    figures = {key: value for key, value in FIGURES.items() if key != "edge_f"}

    with pytest.raises(KeyError, match="edge_f"):
        card_of(STAGES, figures, scenes=3000, commit="")


def test_a_verdict_names_the_figure_and_its_bar() -> None:
    lines = {bar.figure: bar.verdict(FIGURES) for bar in BARS}

    assert lines["autumn_minus_summer_red_green_ja"].startswith("MISSED        12 ≥ 30")
    assert lines["edge_f"].startswith("reached      0.7 ≥ 0.66")
