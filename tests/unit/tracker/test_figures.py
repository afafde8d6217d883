"""Figures that people type into a tracker are taken as far as they can be meant."""

from typing import Any

import pytest

from integration.tracker.figures import estimate, frame_range, whole


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(0, 0), (12, 12), (12.0, 12), (1.5, None), (-1, None), (True, None), ("12", None), (None, None), (float("nan"), None), (1e30, None)],
)
def test_a_whole_number_is_one(typed: Any, meant: int | None) -> None:
    assert whole(typed) == meant


@pytest.mark.parametrize(
    ("first", "last", "meant"),
    [(1001, 1096, (1001, 1096)), (0, 95, (0, 95)), (5, 5, (5, 5)), (0, 0, (None, None)), (9, 8, (None, None)), (None, 8, (None, None))],
)
def test_a_range_has_both_ends_in_order(first: Any, last: Any, meant: tuple[int | None, int | None]) -> None:
    assert frame_range(first, last) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(480, 480), (0.2, 1), (0, None), (-60, None), (None, None), (True, None), ("8h", None), (float("inf"), None), (1e12, None)],
)
def test_an_estimate_has_at_least_a_minute(typed: Any, meant: int | None) -> None:
    assert estimate(typed) == meant
