"""Render workers that are killed, stopped or drained: what was asked is painted, once, and what was painted stays."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from render_service.client import enqueue_render, render_id, render_result
from tests.tiny_pipeline import build_tiny_look
from tests.worker_process import Bench, open_bench, start_worker, stop_worker, wait_ready, wait_until

pytestmark = pytest.mark.slow

Starter = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looks")
    build_tiny_look(folder)
    build_tiny_look(folder, name="unhurried", num_inference_steps=300)
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, looks: Path) -> Iterator[Bench]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    bench = open_bench(tmp_path, looks, url)
    yield bench
    bench.client.destroy()


@pytest.fixture
def start(bench: Bench, tmp_path: Path) -> Iterator[Starter]:
    started: list[subprocess.Popen[str]] = []

    def start_one(**changes: Any) -> subprocess.Popen[str]:
        started.append(start_worker(bench.settings(**changes), tmp_path / "worker.log"))
        return started[-1]

    yield start_one
    for worker in started:
        stop_worker(worker)


def steps_done(bench: Bench, key: str) -> int:
    return len(bench.client.list_workflow_steps(render_id(key)))


def test_a_killed_worker_paints_only_the_picture_in_hand_again(bench: Bench, start: Starter, tmp_path: Path) -> None:
    wanted = bench.request("killed", look="unhurried", seeds=(1, 2, 3))
    first = start()
    wait_ready(first)
    enqueue_render(bench.client, wanted)
    wait_until(lambda: steps_done(bench, "killed") == 2)  # accepted, and one picture painted

    first.kill()
    first.wait()
    wait_ready(start())
    result = render_result(bench.client, "killed", timeout_s=60)
    enqueue_render(bench.client, bench.request("whole", look="unhurried", seeds=(1, 2, 3)))
    whole = render_result(bench.client, "whole", timeout_s=60)

    assert result.pictures == whole.pictures
    assert (tmp_path / "worker.log").read_text().count('"key": "killed"') == 3
    assert len(bench.client.list_workflows(workflow_id_prefix=render_id("killed"))) == 1


def test_a_worker_told_to_stop_finishes_the_request_in_hand(bench: Bench, start: Starter) -> None:
    worker = start()
    wait_ready(worker)
    enqueue_render(bench.client, bench.request("in-hand", look="unhurried", seeds=(1,)))
    enqueue_render(bench.client, bench.request("waiting"))
    wait_until(lambda: steps_done(bench, "in-hand") == 1)

    worker.send_signal(signal.SIGTERM)
    code = worker.wait(timeout=30)

    assert code == 0
    assert render_result(bench.client, "in-hand", timeout_s=0.1).refusal == ""
    assert bench.client.retrieve_workflow(render_id("waiting")).get_status().status == "ENQUEUED"


def test_a_draining_worker_paints_what_waits_and_leaves(bench: Bench, start: Starter) -> None:
    for key in ("one", "two"):
        enqueue_render(bench.client, bench.request(key))

    code = start(drain=True, idle_exit_s=1, slot="farm-7").wait(timeout=60)

    assert code == 0
    assert {len(render_result(bench.client, key, timeout_s=0.1).pictures) for key in ("one", "two")} == {2}


def test_the_slot_of_a_living_worker_cannot_be_taken(bench: Bench, start: Starter) -> None:
    wait_ready(start(slot="gpu:0", warm=[]))

    assert start(slot="gpu:0", warm=[]).wait(timeout=60) == 3
    assert wait_ready(start(slot="gpu:1", warm=[])) == {"ready": "gpu:1"}
