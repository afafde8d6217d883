"""The measure of change reaches its bars on scenes that no limit was set on."""

import pytest

from tests.benchmarks.change import HELD_OUT, measured, misses


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_made_case_lies_within_its_interval_on_scenes_never_tuned_on() -> None:
    rows = list(measured(HELD_OUT[:1]))

    assert len({row.case for row in rows}) >= 36
    assert misses(rows) == []
