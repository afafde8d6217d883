"""Past one machine: PostgreSQL, the integration and two render workers as separate processes."""

import signal
import subprocess
from collections import Counter
from pathlib import Path

from tests.flow.test_main_job import approve, drafts_of, entries_of
from tests.pretend_episode import Cut, signed_in
from tests.running_haikei import running_haikei


def test_the_main_job_runs_on_postgresql_with_two_workers(tmp_path: Path, postgres_url: str) -> None:
    cuts = [Cut(number) for number in range(1, 9)]
    with (
        running_haikei(tmp_path, cuts=len(cuts), steps=12, database=postgres_url, workers=0) as haikei,
        signed_in(haikei.sandbox.url) as coordinator,
    ):
        workers = [haikei.start_worker(f"host{number}:0") for number in (1, 2)]

        for cut in cuts:
            approve(coordinator, cut)
        for cut in cuts:
            haikei.wait_for(cut.code, "delivered")

        for cut in cuts:
            assert len(drafts_of(coordinator, cut)) == 2
            kinds = Counter(body.split(b'"kind":"')[1].split(b'"')[0] for body in entries_of(haikei, cut))
            assert kinds[b"draft.delivered"] == kinds[b"draft.rendered"] == 2
        approve(coordinator, cuts[0], "rev")
        haikei.wait_for("c001", "superseded")
        assert haikei.stop() == 0
        assert [end(worker) for worker in workers] == [0, 0]


def test_a_worker_that_dies_loses_nothing(tmp_path: Path, postgres_url: str) -> None:
    cuts = [Cut(number) for number in range(1, 5)]
    with (
        running_haikei(tmp_path, cuts=len(cuts), steps=60, database=postgres_url, workers=0) as haikei,
        signed_in(haikei.sandbox.url) as coordinator,
    ):
        first = haikei.start_worker("host1:0")

        for cut in cuts:
            approve(coordinator, cut)
        haikei.wait(lambda: any(r.state.value == "rendering" for r in haikei.rounds()), what="a render under way")
        end(first, by=signal.SIGKILL)
        second = haikei.start_worker("host1:0")

        for cut in cuts:
            haikei.wait_for(cut.code, "delivered")
            assert len(drafts_of(coordinator, cut)) == 2
        assert end(second) == 0


def end(worker: subprocess.Popen[str], *, by: signal.Signals = signal.SIGTERM) -> int:
    """End a worker and give its exit code."""
    worker.send_signal(by)
    assert worker.stdout is not None
    worker.stdout.close()
    return worker.wait(60)
