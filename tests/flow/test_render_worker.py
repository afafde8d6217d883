"""A render worker's process, from the queue to the store and back, over SQLite and a real, tiny diffusion pipeline."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dbos import WorkflowSerializationFormat

from integration.errors import RenderError
from render_service.client import cancel_render, enqueue_render, render_id, render_result
from render_service.contract import APPLICATION_VERSION, RENDER_QUEUE, RENDER_WORKFLOW, RenderRequest, RenderResult
from tests.tiny_pipeline import build_tiny_look
from tests.worker_process import Bench, line_picture, open_bench, start_worker, stop_worker, wait_ready, wait_until


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("render")
    build_tiny_look(folder / "looks")
    build_tiny_look(folder / "looks", name="endless", num_inference_steps=1000)
    bench = open_bench(folder, folder / "looks")
    worker = start_worker(bench.settings(), folder / "worker.log")
    try:
        assert wait_ready(worker) == {"ready": "render-0"}
        yield bench
        assert worker.poll() is None, "the worker died"
    finally:
        assert stop_worker(worker) == 0
        bench.client.destroy()


def rendered(bench: Bench, request: RenderRequest) -> RenderResult:
    enqueue_render(bench.client, request)
    return render_result(bench.client, request.key, timeout_s=30)


def test_a_request_comes_back_as_stored_pictures(bench: Bench) -> None:
    request = bench.request("stored")

    result = rendered(bench, request)

    assert result.refusal == ""
    assert [picture.seed for picture in result.pictures] == [1, 2]
    for picture in result.pictures:
        pixels = bench.picture(picture.sha256)
        assert pixels.shape == (40, 64, 3)
        assert hashlib.sha256(pixels.tobytes()).hexdigest() == picture.pixel_sha256
        assert len(bench.storage.get(picture.sha256)) == picture.size_bytes
    assert result.pictures[0].pixel_sha256 != result.pictures[1].pixel_sha256
    assert result.started_ms > 1_700_000_000_000


def test_the_recipe_is_whole_and_without_fractions(bench: Bench) -> None:
    recipe = rendered(bench, bench.request("recipe")).recipe

    assert recipe["prompt"] == "秋、夕方、神社"
    assert recipe["look"]["digest"] == bench.request("recipe").look.digest
    assert recipe["look"]["guidance_scale_ppm"] == 1_500_000
    assert [run["seeds"] for run in recipe["runs"]] == [[1], [2]]
    assert {"device", "dtype", "threads", "torch_version", "diffusers_version", "scheduler"} <= set(recipe["runs"][0])
    assert "." not in json.dumps([value for value in recipe.values() if isinstance(value, int | float)])
    assert str(bench.looks) not in json.dumps(recipe)


def test_the_same_seed_gives_the_same_pixels(bench: Bench) -> None:
    first = rendered(bench, bench.request("seed-1", seeds=(5, 6)))
    second = rendered(bench, bench.request("seed-2", seeds=(6, 5)))

    assert [p.pixel_sha256 for p in first.pictures] == [p.pixel_sha256 for p in reversed(second.pictures)]


def test_the_same_key_twice_is_rendered_once(bench: Bench) -> None:
    request = bench.request("twice")

    first = rendered(bench, request)
    second = rendered(bench, replace(request, seeds=(8,)))

    assert second == first
    assert len(bench.client.list_workflows(workflow_id_prefix=render_id("twice"))) == 1


@pytest.mark.parametrize(("width_px", "height_px"), [(61, 37), (200, 40), (40, 120)])
def test_odd_sizes_and_pans_keep_their_size(bench: Bench, width_px: int, height_px: int) -> None:
    result = rendered(bench, bench.request(f"size-{width_px}", width_px=width_px, height_px=height_px, seeds=(3,)))

    assert bench.picture(result.pictures[0].sha256).shape == (height_px, width_px, 3)


def test_a_figure_in_the_cel_area_changes_nothing(bench: Bench) -> None:
    empty, mask = line_picture(64, 40), np.zeros((40, 64), np.uint8)
    figure = empty.copy()
    figure[10:30, 40:50] = 0
    mask[6:34, 36:54] = 255
    names = {"empty": bench.store(empty), "figure": bench.store(figure)}

    results = {
        name: rendered(bench, bench.request(f"cel-{name}", line_sha256=sha256, mask_sha256=bench.store(mask)))
        for name, sha256 in names.items()
    }

    assert results["empty"].pictures == results["figure"].pictures


def bad_requests(bench: Bench) -> dict[str, tuple[RenderRequest, str]]:
    good = bench.request("good")
    return {
        "missing-line": (replace(good, line_sha256="0" * 64), "line picture cannot be had"),
        "no-hash": (replace(good, line_sha256="../../etc/passwd"), "line picture cannot be had"),
        "one-pixel": (replace(good, line_sha256=bench.store(np.zeros((1, 1), np.uint8))), "has only 1×1 pixels"),
        "other-shape": (replace(good, line_sha256=bench.store(line_picture(64, 64))), "cannot be painted as 64×40"),
        "no-picture": (replace(good, line_sha256=bench.storage.put(b"text", media_type="text/plain").sha256), "no whole PNG"),
        "bad-mask": (replace(good, mask_sha256="0" * 64), "cel mask cannot be had"),
        "no-look": (replace(good, look=replace(good.look, name="nobody", digest="0" * 64)), "there is no Look called 'nobody'"),
        "old-look": (replace(good, look=replace(good.look, digest="0" * 64)), "was changed since"),
        "too-small": (replace(good, width_px=1, height_px=1), "1×1 pixels cannot be painted"),
        "too-large": (replace(good, width_px=100_000, height_px=40), "cannot be painted"),
        "no-seed": (replace(good, seeds=()), "1 to 32 different seeds"),
        "bad-seed": (replace(good, seeds=(-1,)), "outside 0 to 2**63"),
        "text-size": (replace(good, width_px="64"), "wrong kind"),  # type: ignore[arg-type]  # as JSON may have it
    }


def test_bad_requests_are_refused_in_words_and_the_worker_goes_on(bench: Bench) -> None:
    bad = bad_requests(bench)
    for name, (request, _) in bad.items():
        enqueue_render(bench.client, replace(request, key=f"bad-{name}"))

    results = {name: render_result(bench.client, f"bad-{name}", timeout_s=30) for name in bad}

    for name, (_, words) in bad.items():
        assert words in results[name].refusal, name
        assert results[name].pictures == ()
    assert rendered(bench, bench.request("after-bad")).refusal == ""


@pytest.mark.parametrize("data", [{}, {"key": "x"}, {"key": 5, "look": []}, {"key": "x", "look": {}, "scene": {}, "seeds": 1}])
def test_what_is_no_request_is_refused(bench: Bench, data: dict[str, Any]) -> None:
    workflow_id = f"render:nonsense-{hashlib.sha256(json.dumps(data).encode()).hexdigest()[:8]}"
    bench.client.enqueue(
        {
            "workflow_name": RENDER_WORKFLOW,
            "queue_name": RENDER_QUEUE,
            "workflow_id": workflow_id,
            "priority": 1,
            "app_version": APPLICATION_VERSION,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        },
        data,
    )

    result = render_result(bench.client, workflow_id.removeprefix("render:"), timeout_s=30)

    assert "no render request" in result.refusal


def test_a_cancelled_render_stops_and_the_next_one_is_painted(bench: Bench) -> None:
    enqueue_render(bench.client, bench.request("unwanted", look="endless", seeds=tuple(range(30))))
    wait_until(lambda: bench.client.retrieve_workflow(render_id("unwanted")).get_status().status == "PENDING")

    cancel_render(bench.client, "unwanted")
    after = rendered(bench, bench.request("wanted"))

    assert after.refusal == ""
    with pytest.raises(RenderError, match="CANCELLED"):
        render_result(bench.client, "unwanted", timeout_s=5)


def test_changed_weights_are_refused_and_other_looks_still_paint(bench: Bench) -> None:
    build_tiny_look(bench.looks, name="tampered")
    request = bench.request("tampered", look="tampered")
    weights = bench.looks / "tampered-model" / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")

    result = rendered(bench, request)

    assert "unet/diffusion_pytorch_model.safetensors was changed" in result.refusal
    assert rendered(bench, bench.request("after-tampered")).refusal == ""


def test_a_second_process_on_the_same_slot_is_refused(bench: Bench, tmp_path: Path) -> None:
    second = start_worker(bench.settings(), tmp_path / "second.log")

    code = second.wait(timeout=30)
    wait_ready(second)
    stop_worker(second)

    assert code == 3
    assert "slot taken" in (tmp_path / "second.log").read_text()


def test_a_worker_whose_parent_is_gone_leaves(bench: Bench, tmp_path: Path) -> None:
    orphan = start_worker(bench.settings(slot="orphan", warm=[], parent_pid=1), tmp_path / "orphan.log")

    assert wait_ready(orphan) == {"ready": "orphan"}
    assert orphan.wait(timeout=30) == 0
    stop_worker(orphan)
    assert "parent gone" in (tmp_path / "orphan.log").read_text()


def told(settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "render_service.worker"], input=settings, capture_output=True, text=True, timeout=60)


def test_settings_that_are_wrong_are_named_without_their_values() -> None:
    done = told('{"database_url": "postgresql://u:secret@h/d", "colour": "secret"}')

    assert done.returncode == 1
    assert "colour" in done.stderr
    assert "storage" in done.stderr
    assert "secret" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database_url": "secret"}, "is no URL"),
        ({"database_url": "postgresql+psycopg://u:secret@127.0.0.1:9/d"}, "database does not answer"),
        ({"storage": {"kind": "filesystem", "password": "secret"}}, "storage cannot be opened with the keys kind, password"),
        ({"slot": "../../x"}, "cannot name a render slot"),
    ],
)
def test_a_worker_that_cannot_begin_says_why_without_secrets(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    storage = {"kind": "filesystem", "folder": str(tmp_path)}
    done = told(json.dumps({"database_url": f"sqlite:///{tmp_path / 'q.sqlite'}", "storage": storage, "warm": [], **changes}))

    assert done.returncode == 1
    assert words in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
