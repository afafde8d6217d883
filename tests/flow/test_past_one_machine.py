"""Past one machine: PostgreSQL, the integration and two render workers as separate processes."""

import json
import signal
from collections import Counter
from pathlib import Path

from tests.floor import approve, reopen
from tests.flow.test_main_job import entries_of
from tests.pretend_episode import Cut
from tests.running_haikei import running_haikei


def test_the_main_job_runs_on_postgresql_with_two_workers(tmp_path: Path, postgres_url: str) -> None:
    cuts = [Cut(number) for number in range(1, 9)]
    with running_haikei(tmp_path, cuts=len(cuts), steps=12, database=postgres_url, workers=0) as haikei:
        floor = haikei.floor
        workers = [haikei.start_worker(f"host{number}:0") for number in (1, 2)]

        for cut in cuts:
            approve(floor, cut)
        for cut in cuts:
            haikei.wait_for(cut.code, "delivered")

        for cut in cuts:
            assert len(floor.drafts(cut)) == 2
            kinds = Counter(json.loads(body)["kind"] for body in entries_of(haikei, cut))
            assert kinds["draft.delivered"] == kinds["draft.rendered"] == 2
        reopen(floor, cuts[0])
        haikei.wait_for("c001", "superseded")
        assert haikei.stop() == 0
        assert [haikei.end(worker) for worker in workers] == [0, 0]


def test_a_worker_that_dies_loses_nothing(tmp_path: Path, postgres_url: str) -> None:
    cuts = [Cut(number) for number in range(1, 5)]
    with running_haikei(tmp_path, cuts=len(cuts), steps=60, database=postgres_url, workers=0) as haikei:
        floor = haikei.floor
        first = haikei.start_worker("host1:0")

        for cut in cuts:
            approve(floor, cut)
        haikei.wait(lambda: any(r.state.value == "rendering" for r in haikei.rounds()), what="a render under way")
        haikei.end(first, by=signal.SIGKILL)
        second = haikei.start_worker("host1:0")

        for cut in cuts:
            haikei.wait_for(cut.code, "delivered")
            assert len(floor.drafts(cut)) == 2
        assert haikei.end(second) == 0
