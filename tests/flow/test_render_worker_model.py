"""The renderer on a real, tiny pipeline that runs out of memory, paints no numbers, or paints nothing."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from integration.errors import RenderError, TransientRenderError
from render_service.contract import Look, RenderRequest, Scene
from render_service.looks import read_look
from tests.tiny_pipeline import HEIGHT_PX, WIDTH_PX, build_tiny_look
from tests.worker_process import line_picture


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Look:
    return read_look(build_tiny_look(tmp_path_factory.mktemp("looks")))


@pytest.fixture(scope="module")
def pipeline(look: Look) -> Any:
    from diffusers import StableDiffusionControlNetPipeline

    pipeline = StableDiffusionControlNetPipeline.from_pretrained(Path(look.folder), safety_checker=None, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


class Failing:
    """A pipeline with one fault."""

    def __init__(self, pipeline: Any, *, most: int = 100, value: float | None = None, error: Exception | None = None) -> None:
        self.pipeline, self.most, self.value, self.error = pipeline, most, value, error
        self.components = pipeline.components
        self.batches: list[int] = []

    def __call__(self, **arguments: Any) -> Any:
        import torch

        self.batches.append(len(arguments["prompt"]))
        if self.error:
            raise self.error
        if self.batches[-1] > self.most:
            raise torch.OutOfMemoryError("out of memory")
        if self.value is not None:
            return SimpleNamespace(images=np.full((self.batches[-1], HEIGHT_PX, WIDTH_PX, 3), self.value))
        return self.pipeline(**arguments)


def painted(look: Look, pipeline: Any, seeds: tuple[int, ...]) -> list[Any]:
    from render_service.renderers.diffusion import DiffusionRenderer

    renderer = DiffusionRenderer(look, pipeline, device="cpu", dtype="float32", batch_size=8)
    request = RenderRequest(key="k", look=look, scene=Scene(), line_sha256="0" * 64, width_px=WIDTH_PX, height_px=HEIGHT_PX, seeds=seeds)
    return renderer.render(request, seeds, line=line_picture(WIDTH_PX, HEIGHT_PX), mask=None, rough=None, on_step=lambda: None)


def test_a_batch_that_does_not_fit_is_halved_and_paints_the_same(look: Look, pipeline: Any) -> None:
    seeds = (1, 2, 3, 4, 5)
    whole = painted(look, pipeline, seeds)
    small = Failing(pipeline, most=1)

    halved = painted(look, small, seeds)

    assert small.batches == [5, 2, 1, 1, 1, 1, 1]
    for one, other in zip(whole, halved, strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


def test_one_picture_that_does_not_fit_may_fit_elsewhere(look: Look, pipeline: Any) -> None:
    with pytest.raises(TransientRenderError, match="does not fit into memory"):
        painted(look, Failing(pipeline, most=0), (1, 2))


@pytest.mark.parametrize(("value", "words"), [(float("nan"), "no numbers"), (0.0, "painted nothing"), (1.0, "painted nothing")])
def test_what_is_no_picture_is_refused(look: Look, pipeline: Any, value: float, words: str) -> None:
    with pytest.raises(RenderError, match=words):
        painted(look, Failing(pipeline, value=value), (1,))


def test_a_failing_device_is_worth_another_try(look: Look, pipeline: Any) -> None:
    with pytest.raises(TransientRenderError, match="CUDA error"):
        painted(look, Failing(pipeline, error=RuntimeError("CUDA error: unspecified launch failure")), (1,))


def test_a_scheduler_that_draws_noise_between_steps_is_refused(tmp_path: Path) -> None:
    from render_service.renderers.diffusion import open_renderer

    file = build_tiny_look(tmp_path)
    file.write_text(file.read_text().replace("[sampler]", '[sampler]\nscheduler = "EulerAncestralDiscreteScheduler"'))

    with pytest.raises(RenderError, match="EulerAncestralDiscreteScheduler"):
        open_renderer(read_look(file))


@pytest.mark.parametrize("scheduler", ["DPMSolverMultistepScheduler", "EulerDiscreteScheduler"])
def test_a_look_may_change_the_scheduler(tmp_path: Path, scheduler: str) -> None:
    from render_service.renderers.diffusion import open_renderer

    file = build_tiny_look(tmp_path)
    file.write_text(file.read_text().replace("[sampler]", f'[sampler]\nscheduler = "{scheduler}"'))

    assert open_renderer(read_look(file), threads=1).facts["scheduler"] == scheduler
