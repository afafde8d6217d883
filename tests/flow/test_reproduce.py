"""A draft is painted once more from its recipe, by a process of its own, and held against the first."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from render_service.client import enqueue_render, render_result
from render_service.contract import RenderResult
from tests.floor import approve
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei
from tests.tiny_pipeline import build_tiny_look
from tests.worker_process import Bench, open_bench, start_worker, stop_worker, wait_ready


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("reproduce")
    build_tiny_look(folder / "looks")
    return open_bench(folder, folder / "looks")


@pytest.fixture(scope="module")
def painted(bench: Bench) -> RenderResult:
    """Two pictures, painted by a worker that is gone."""
    worker = start_worker(bench.settings(), bench.media.parent / "worker.log")
    try:
        assert wait_ready(worker), (bench.media.parent / "worker.log").read_text()
        enqueue_render(bench.client, bench.request("reproduce"))
        return render_result(bench.client, "reproduce", timeout_s=90)
    finally:
        stop_worker(worker)


def reproduced(bench: Bench, painted: RenderResult, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Exit code and answer for the second picture."""
    picture = painted.pictures[1]
    order = {
        "storage": {"kind": "filesystem", "folder": str(bench.media)},
        "looks": [str(bench.looks)],
        "recipe_sha256": painted.recipe_sha256,
        "seed": picture.seed,
        "picture_sha256": picture.sha256,
        "pixel_sha256": picture.pixel_sha256,
        **changes,
    }
    command = [sys.executable, "-m", "render_service.reproduce"]
    done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.startswith("{"), done.stderr[-3000:]
    return done.returncode, json.loads(done.stdout)


def test_the_same_machine_paints_the_same_bits(bench: Bench, painted: RenderResult, tmp_path: Path) -> None:
    code, answer = reproduced(bench, painted, out=str(tmp_path / "again.png"))

    assert (code, answer["likeness"]["verdict"], answer["differences"]) == (0, "equal", [])
    assert (np.asarray(Image.open(tmp_path / "again.png")) == bench.picture(painted.pictures[1].sha256)).all()


def test_no_word_of_the_shot_or_the_prompt_stands_in_the_workers_log(bench: Bench, painted: RenderResult) -> None:
    log = (bench.media.parent / "worker.log").read_text()

    assert "drafts painted" in log
    assert painted.recipe["prompt"] == "秋、夕方、神社"
    assert not any(word in log for word in ("秋", "夕方", "神社", "\\u79cb"))


def test_a_changed_look_paints_another_picture_and_is_named(bench: Bench, painted: RenderResult, tmp_path: Path) -> None:
    changed = build_tiny_look(tmp_path, num_inference_steps=3)

    code, answer = reproduced(bench, painted, looks=[str(changed.parent)])

    assert (code, answer["likeness"]["verdict"]) == (0, "differs")
    assert answer["likeness"]["most_levels"] > 2
    assert {"part": "Look num_inference_steps", "then": "2", "here": "3"} in answer["differences"]


def test_a_look_that_is_gone_is_told_in_a_sentence(bench: Bench, painted: RenderResult) -> None:
    code, answer = reproduced(bench, painted, looks=[])

    assert (code, answer["error"]) == (1, "there is no Look called 'tiny'")
    assert "house" in answer["hint"]


@pytest.fixture
def haikei(tmp_path: Path) -> Iterator[RunningHaikei]:
    with running_haikei(tmp_path, cuts=1) as running:
        yield running


@pytest.mark.slow
def test_a_delivered_draft_is_painted_again_by_its_name_though_the_queue_forgot_it(haikei: RunningHaikei, tmp_path: Path) -> None:
    approve(haikei.floor, Cut(1))
    haikei.wait_for("c001", "delivered")
    (shown,) = [draft for draft in haikei.floor.drafts(Cut(1)) if draft.name == "c001 BG AI draft r1 B"]
    haikei.stop()
    with haikei.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM workflow_status"))

    by_name = haikei.haikei("reproduce", "c001 BG AI draft r1 B", "--out", str(tmp_path / "again.png"))
    again = haikei.haikei("reproduce", shown.id, "--out", str(tmp_path / "again.png"))
    unknown = haikei.haikei("reproduce", "c001 BG AI draft r2 A")

    assert by_name.returncode == 0, by_name.stderr
    assert "Bit-equal" in by_name.stdout and f"Version {shown.id}" in by_name.stdout
    assert (tmp_path / "again.png").is_file()
    assert again.returncode == 1 and "is there already" in again.stderr
    assert unknown.returncode == 1 and "no delivered draft" in unknown.stderr
