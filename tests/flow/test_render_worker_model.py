"""The renderer on a real, tiny pipeline: whole batches, and one that runs out of memory, paints no numbers, or paints nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from integration.errors import RenderError, TransientRenderError
from render_service.batcher import Batcher
from render_service.contract import Look, RenderRequest, Scene
from render_service.looks import read_look
from render_service.renderers.protocol import DeviceLostError, PaintJob
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
        self.batches: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pipeline, name)

    def __call__(
        self,
        image: Any,
        prompt_embeds: Any,
        negative_prompt_embeds: Any,
        generator: Any,
        width: int,
        height: int,
        num_inference_steps: int,
        guidance_scale: float,
        output_type: str,
    ) -> Any:
        arguments = {name: value for name, value in locals().items() if name != "self"}
        import torch

        self.batches.append(len(generator))
        if self.error:
            raise self.error
        if self.batches[-1] > self.most:
            raise torch.OutOfMemoryError("out of memory")
        pictures = self.pipeline(**arguments)
        if self.value is not None:
            pictures.images[1] = self.value
        return pictures


def jobs(look: Look, seeds: Sequence[int], **changes: Any) -> list[PaintJob]:
    values: dict[str, Any] = {
        "key": "k",
        "look": look,
        "scene": Scene(),
        "line_sha256": "0" * 64,
        "width_px": WIDTH_PX,
        "height_px": HEIGHT_PX,
        "seeds": tuple(seeds),
        **changes,
    }
    line = line_picture(WIDTH_PX, HEIGHT_PX)
    return [PaintJob(request=RenderRequest(**values), seed=seed, line=line) for seed in seeds]


def renderer_of(look: Look, pipeline: Any, *, batch_size: int = 8) -> Any:
    from render_service.renderers.diffusion import DiffusionRenderer
    from render_service.renderers.opening import OpenPipeline

    return DiffusionRenderer(look, OpenPipeline(pipeline=pipeline, device="cpu", dtype="float32"), batch_size=batch_size)


def painted(look: Look, pipeline: Any, seeds: tuple[int, ...]) -> list[Any]:
    return list(renderer_of(look, pipeline).render(jobs(look, seeds), lambda step: None))


def painted_by_worker(look: Look, pipeline: Any, seeds: tuple[int, ...]) -> list[Any]:
    renderer = renderer_of(look, pipeline)
    batcher = Batcher(lambda _: renderer)
    try:
        return [ticket.future.result(timeout=30).pixels for ticket in batcher.submit(jobs(look, seeds))]
    finally:
        batcher.close(timeout_s=5)


def test_a_batch_of_four_paints_what_each_alone_does(look: Look, pipeline: Any) -> None:
    together = painted(look, pipeline, (1, 2, 3, 4))

    for seed, one in zip((1, 2, 3, 4), together, strict=True):
        (alone,) = painted(look, pipeline, (seed,))
        assert np.abs(one.astype(int) - alone.astype(int)).max() <= 2


def test_a_batch_that_does_not_fit_is_halved_and_paints_the_same(look: Look, pipeline: Any) -> None:
    seeds = (1, 2, 3, 4, 5)
    whole = painted(look, pipeline, seeds)
    small = Failing(pipeline, most=1)

    halved = painted_by_worker(look, small, seeds)

    assert small.batches == [5, 2, 1, 1, 1, 1, 1]
    for one, other in zip(whole, halved, strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


def test_one_picture_that_does_not_fit_may_fit_elsewhere(look: Look, pipeline: Any) -> None:
    with pytest.raises(TransientRenderError, match="does not fit into memory"):
        painted_by_worker(look, Failing(pipeline, most=0), (1, 2))


@pytest.mark.parametrize(("value", "words"), [(float("nan"), "no numbers"), (0.0, "painted nothing"), (1.0, "painted nothing")])
def test_what_is_no_picture_is_refused_and_the_others_are_kept(look: Look, pipeline: Any, value: float, words: str) -> None:
    first, spoiled, last = painted(look, Failing(pipeline, value=value), (1, 2, 3))

    assert isinstance(spoiled, RenderError)
    assert words in str(spoiled)
    assert first.shape == last.shape == (HEIGHT_PX, WIDTH_PX, 3)


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: unspecified launch failure"), RuntimeError("cuDNN error: CUDNN_STATUS_X")])
def test_a_failing_device_is_lost_and_not_tried_again(look: Look, pipeline: Any, error: Exception) -> None:
    with pytest.raises(DeviceLostError, match="the device failed while 'tiny' painted"):
        painted(look, Failing(pipeline, error=error), (1, 2))


def test_a_failing_model_is_the_requests_fault(look: Look, pipeline: Any) -> None:
    failing = Failing(pipeline, error=ValueError("shapes do not match"))

    with pytest.raises(RenderError, match="the model of 'tiny' failed: ValueError: shapes do not match") as raised:
        painted_by_worker(look, failing, (1,))

    assert not isinstance(raised.value, TransientRenderError)
    assert failing.batches == [1, 1]


def test_words_are_encoded_once_for_all_pictures_that_share_them(look: Look, pipeline: Any) -> None:
    texts: list[int] = []
    watching = pipeline.text_encoder.register_forward_hook(lambda *_: texts.append(1))
    renderer = renderer_of(look, pipeline)
    autumn, winter = (jobs(look, (1, 2), scene=Scene(season=season)) for season in ("秋", "冬"))

    for batch in (autumn, winter, autumn + winter, winter):
        renderer.render(batch, lambda step: None)
    watching.remove()

    assert len(texts) == 4  # two seasons, each with the negative prompt


def test_kept_words_paint_what_words_do(look: Look, pipeline: Any) -> None:
    renderer = renderer_of(look, pipeline)
    (kept,) = renderer.render(jobs(look, (9,), scene=Scene(season="秋")), lambda step: None)
    renderer._embeddings._fits = False

    (told,) = renderer.render(jobs(look, (9,), scene=Scene(season="秋")), lambda step: None)

    assert np.array_equal(kept, told)


def test_a_sketch_of_each_picture_can_be_seen_after_each_step(look: Look, pipeline: Any) -> None:
    seen: list[tuple[int, int, list[Any]]] = []
    renderer = renderer_of(look, pipeline)

    renderer.render(jobs(look, (1, 2, 3)), lambda step: seen.append((step.number, step.count, step.sketch([0, 2]))))

    assert [(number, count) for number, count, _ in seen] == [(1, 2), (2, 2)]
    for _, _, sketches in seen:
        assert [sketch.shape for sketch in sketches] == [(HEIGHT_PX, WIDTH_PX, 3)] * 2
        assert not np.array_equal(*sketches)


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
