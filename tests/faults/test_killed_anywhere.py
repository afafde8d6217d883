"""kill -9 at random moments of a run of approvals: no draft lost, none twice."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from integration.workflow.rounds import DraftState
from tests.floor import TRACKERS, approve
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

CUTS, KILLS, DRAFTS = 30, 50, 2


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("tracker", TRACKERS)
def test_fifty_kills_lose_no_draft_and_double_none(tmp_path: Path, seed: int, tracker: str) -> None:
    """Integration and render worker are killed together 50 times, at work and while they start, as 30 layouts are approved."""
    chance = random.Random(seed)
    with running_haikei(tmp_path, cuts=CUTS, tracker=tracker) as haikei:
        floor = haikei.floor
        waiting = [Cut(number) for number in range(1, CUTS + 1)]
        for kill in range(KILLS):
            for cut in waiting[: max(0, round((kill + 1) * CUTS / KILLS) - (CUTS - len(waiting)))]:
                approve(floor, cut)
                waiting.remove(cut)
            time.sleep(chance.uniform(0.5, 11.0))
            haikei.kill()
            haikei.start(wait=False)
        haikei.wait(lambda: settled(haikei), what="every round to be delivered", patience_s=600)
        haikei.stop()

        drafts = floor.every_draft()
        per_key = Counter(draft.key for draft in drafts)
        assert set(per_key.values()) == {1}
        assert len(per_key) == CUTS * DRAFTS
        assert all(draft.file for draft in drafts)
        assert len(floor.every_task("BG revision")) == CUTS
        assert len(floor.every_note()) == CUTS
        assert Counter(kinds_in_record(haikei)) >= Counter({"draft.delivered": CUTS * DRAFTS, "draft.rendered": CUTS * DRAFTS})
        assert Counter(kinds_in_record(haikei))["draft.delivered"] == CUTS * DRAFTS


def settled(haikei: RunningHaikei) -> bool:
    """Whether every cut's only round is delivered."""
    states = [round_.state for round_ in haikei.rounds()]
    return len(states) == CUTS and set(states) == {DraftState.DELIVERED}


def kinds_in_record(haikei: RunningHaikei) -> list[str]:
    """The kind of every entry."""
    with haikei.engine.connect() as connection:
        return [str(row[0]) for row in connection.exec_driver_sql("SELECT kind FROM ledger_entry ORDER BY idx")]
