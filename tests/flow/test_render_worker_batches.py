"""Requests in flight at one worker: painted together, told how far they are, failing and cancelled one by one."""

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from integration.errors import RenderError
from render_service.client import cancel_render, enqueue_render, render_id, render_progress, render_result
from render_service.contract import RenderProgress, RenderResult
from tests.faulty_worker import BAD_SEED, FEW_STARTS
from tests.tiny_pipeline import build_tiny_look
from tests.worker_process import Bench, open_bench, start_worker, stop_worker, wait_ready, wait_until


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("batches")
    build_tiny_look(folder / "looks")
    build_tiny_look(folder / "looks", name="endless", num_inference_steps=1000)
    bench = open_bench(folder, folder / "looks")
    worker = start_worker(bench.settings(batch_size=4, requests_at_once=6), folder / "worker.log", fault="bad-seed")
    try:
        wait_ready(worker)
        yield bench
        assert worker.poll() is None, "the worker died"
    finally:
        assert stop_worker(worker) == 0
        bench.client.destroy()


def status(bench: Bench, key: str) -> str:
    return bench.client.retrieve_workflow(render_id(key)).get_status().status


def told(bench: Bench, key: str) -> RenderProgress:
    """What is told of a request, once something is."""
    wait_until(lambda: render_progress(bench.client, key) is not None)
    progress = render_progress(bench.client, key)
    assert progress is not None
    return progress


def painted_together(bench: Bench, wanted: dict[str, Sequence[int]]) -> dict[str, RenderResult]:
    """What comes of requests that all wait while another, which is then cancelled, is painted."""
    before = f"before-{'-'.join(wanted)}"
    enqueue_render(bench.client, bench.request(before, look="endless", seeds=(1,)))
    told(bench, before)
    for key, seeds in wanted.items():
        enqueue_render(bench.client, bench.request(key, seeds=tuple(seeds)))
    wait_until(lambda: all(len(bench.client.list_workflow_steps(render_id(key))) == 1 for key in wanted))  # accepted

    cancel_render(bench.client, before)

    return {key: render_result(bench.client, key, timeout_s=60) for key in wanted}


def test_requests_in_flight_share_batches_and_paint_what_each_alone_would(bench: Bench) -> None:
    results = painted_together(bench, {"a": (1, 2), "b": (3, 4), "c": (5,)})

    runs = [run for result in results.values() for run in result.recipe["runs"]]
    painted = {size: sum(len(run["seeds"]) for run in runs if run["batch_size"] == size) for size in (1, 4)}
    assert painted == {1: 1, 4: 4}
    assert len({run["started_ms"] for run in runs}) == 2
    for key, result in results.items():
        for picture in result.pictures:
            enqueue_render(bench.client, bench.request(f"{key}-{picture.seed}-alone", seeds=(picture.seed,)))
            (alone,) = render_result(bench.client, f"{key}-{picture.seed}-alone", timeout_s=30).pictures
            difference = bench.picture(picture.sha256).astype(int) - bench.picture(alone.sha256)
            assert np.abs(difference).max() <= 2


def test_one_bad_request_in_a_batch_is_set_aside_alone(bench: Bench) -> None:
    results = painted_together(bench, {"good": (1, 2), "bad": (BAD_SEED,), "fine": (3,)})

    assert "the model of 'tiny' failed: ValueError: the model stumbled" in results["bad"].refusal
    assert results["bad"].pictures == ()
    assert [len(results[key].pictures) for key in ("good", "fine")] == [2, 1]


def test_how_far_a_request_is_can_be_seen_while_it_is_painted(bench: Bench) -> None:
    enqueue_render(bench.client, bench.request("watched", look="endless", seeds=(1, 2)))
    progress = told(bench, "watched")
    wait_until(lambda: told(bench, "watched").preview != "")
    later = told(bench, "watched")
    cancel_render(bench.client, "watched")

    assert (progress.pictures_done, progress.pictures, progress.steps) == (0, 2, 1000)
    assert 0 < progress.step < later.step <= 1000
    assert Image.open(io.BytesIO(base64.b64decode(later.preview))).size == (64, 40)


def test_of_a_request_that_waits_or_was_never_asked_nothing_is_told(bench: Bench) -> None:
    assert render_progress(bench.client, "nobody-asked") is None


def test_a_batch_goes_on_for_those_who_still_want_it(bench: Bench) -> None:
    results = painted_together(bench, {"warm-up": (1,)})
    for key in ("dropped", "kept"):
        enqueue_render(bench.client, bench.request(key, look="endless", seeds=(7,)))
    step = told(bench, "kept").step

    cancel_render(bench.client, "dropped")
    wait_until(lambda: told(bench, "kept").step > step + 100)

    assert (status(bench, "dropped"), status(bench, "kept")) == ("CANCELLED", "PENDING")
    cancel_render(bench.client, "kept")
    with pytest.raises(RenderError, match="CANCELLED"):
        render_result(bench.client, "kept", timeout_s=5)
    assert results["warm-up"].pictures


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "reason"), [("lost", "an illegal memory access"), ("hung", "has made no step for 5 seconds")])
def test_a_worker_leaves_a_device_that_fails_and_the_next_one_paints(tmp_path: Path, fault: str, reason: str) -> None:
    build_tiny_look(tmp_path / "looks")
    bench = open_bench(tmp_path, tmp_path / "looks")
    settings = bench.settings(hung_s=5)
    enqueue_render(bench.client, bench.request("wanted"))

    workers = [start_worker(settings, tmp_path / "worker.log", fault=fault)]
    try:
        left_with = workers[0].wait(timeout=90)
        workers.append(start_worker(settings, tmp_path / "worker.log", fault=fault))
        result = render_result(bench.client, "wanted", timeout_s=90)
    finally:
        codes = [stop_worker(worker) for worker in workers]
        bench.client.destroy()

    assert (left_with, codes) == (70, [70, 0])
    assert reason in (tmp_path / "worker.log").read_text()
    assert [picture.seed for picture in result.pictures] == [1, 2]


def test_a_request_that_ends_every_worker_is_refused_in_the_end(tmp_path: Path) -> None:
    build_tiny_look(tmp_path / "looks")
    bench = open_bench(tmp_path, tmp_path / "looks")
    enqueue_render(bench.client, bench.request("deadly"))

    workers = [start_worker(bench.settings(), tmp_path / "worker.log", fault="fatal")]
    try:
        for _ in range(FEW_STARTS):
            assert workers[-1].wait(timeout=90) == 70
            workers.append(start_worker(bench.settings(), tmp_path / "worker.log", fault="fatal"))
        result = render_result(bench.client, "deadly", timeout_s=90)
    finally:
        codes = [stop_worker(worker) for worker in workers]
        bench.client.destroy()

    assert codes == [70] * FEW_STARTS + [0]
    assert "this request may be what ends the worker" in result.refusal
