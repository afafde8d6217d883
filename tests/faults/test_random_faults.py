"""500 random faults while 50 layouts are approved on ftrack: every draft exactly once."""

from pathlib import Path

import pytest

from tests.faults.random_faults import run


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_five_hundred_faults_lose_no_draft_and_double_none(tmp_path: Path, seed: int) -> None:
    outcome = run(tmp_path, tracker="ftrack", cuts=50, faults=500, seed=seed)

    assert outcome.struck >= 500, outcome
    assert outcome.holds(50), outcome
