"""What the house model should reach, and whether it did."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure the model should reach."""

    what: str
    """What is measured, in words."""
    figure: str
    """Its key in what `render_service.house.evaluate` prints."""
    reaches: Callable[[float, float], bool]
    """Whether a figure, given first, is on the right side of `bar`."""
    bar: float
    """Where the bar lies."""

    @property
    def sign(self) -> str:
        """How the bar reads."""
        return f"{_SIGNS[self.reaches]} {self.bar:g}"

    def verdict(self, figures: Mapping[str, float]) -> str:
        """A line that says what was measured and whether that is enough.

        Raises:
            KeyError: it was not measured.
        """
        figure = figures[self.figure]
        return f"{'reached' if self.reaches(figure, self.bar) else 'MISSED '} {figure:8.3g} {self.sign:8} {self.what}"


_SIGNS: dict[Callable[[float, float], bool], str] = {operator.ge: "≥", operator.le: "≤", operator.gt: ">", operator.lt: "<"}

BARS: tuple[Bar, ...] = (
    Bar(what="edges on the layout's lines, F", figure="edge_f", reaches=operator.ge, bar=0.66),
    Bar(what="the same, times that of a draft without layout", figure="edge_f_gain", reaches=operator.ge, bar=1.7),
    Bar(what="the same from rough scans, times that without layout", figure="edge_f_rough_scan_gain", reaches=operator.ge, bar=1.4),
    Bar(what="autumn redder than summer, levels, English", figure="autumn_minus_summer_red_green_en", reaches=operator.ge, bar=30),
    Bar(what="autumn redder than summer, levels, Japanese", figure="autumn_minus_summer_red_green_ja", reaches=operator.ge, bar=30),
    Bar(what="night's L* over day's, English", figure="night_over_day_lightness_en", reaches=operator.le, bar=0.45),
    Bar(what="night's L* over day's, Japanese", figure="night_over_day_lightness_ja", reaches=operator.le, bar=0.45),
    Bar(what="winter's L* over summer's, English", figure="winter_minus_summer_lightness_en", reaches=operator.gt, bar=0),
    Bar(what="winter's L* over summer's, Japanese", figure="winter_minus_summer_lightness_ja", reaches=operator.gt, bar=0),
    Bar(what="edge energy in fog, percent", figure="fog_edge_energy_change_percent", reaches=operator.le, bar=-30),
    Bar(what="English against Japanese, levels", figure="english_japanese_mean_difference_levels", reaches=operator.le, bar=12),
    Bar(what="another seed, levels", figure="other_seed_mean_difference_levels", reaches=operator.ge, bar=3),
    Bar(what="alone against in a batch of 3, greatest, levels", figure="batch_of_3_max_difference_levels", reaches=operator.le, bar=2),
    Bar(what="colour error to the painter's plate, over a rule's", figure="colour_error_over_rule", reaches=operator.lt, bar=1),
    Bar(what="structure error to the painter's plate, over a rule's", figure="structure_error_over_rule", reaches=operator.lt, bar=1),
    Bar(
        what="change between seasons, the most of sky and road over the least of foliage and ground",
        figure="season_change_still_over_moving",
        reaches=operator.lt,
        bar=1,
    ),
)
"""What a draft must do for a studio to look at it twice; reached or missed, the card says so."""
