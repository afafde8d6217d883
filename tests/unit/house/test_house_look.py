"""The house Look opens as any Look does, and paints exactly the size that is asked for."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from integration.errors import RenderError
from render_service.contract import RenderRequest, Scene
from render_service.house.dataset import HELD_OUT
from render_service.house.line_drawing import draw_layout
from render_service.house.measures import edge_agreement
from render_service.house.scene import scenery
from render_service.looks import load_look
from render_service.renderers.diffusion import open_renderer
from render_service.renderers.protocol import PaintJob, PaintStep, Renderer

LOOK = load_look("house")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return open_renderer(LOOK, threads=1)


@pytest.mark.parametrize(("width", "height"), [(384, 216), (100, 60)])
def test_a_draft_has_exactly_the_size_asked(renderer: Renderer, width: int, height: int) -> None:
    line = draw_layout(scenery(HELD_OUT[8], width / height), height, width)
    request = RenderRequest(
        key="k", look=LOOK, scene=Scene(season="秋", time_of_day="昼", weather="晴れ"), line_sha256="0" * 64,
        width_px=width, height_px=height, seeds=(1,),
    )  # fmt: skip
    steps: list[PaintStep] = []

    (draft,) = renderer.render([PaintJob(request=request, seed=1, line=line)], steps.append)

    assert not isinstance(draft, RenderError)
    assert draft.shape == (height, width, 3)
    assert draft.dtype == np.uint8
    assert len(steps) > LOOK.num_inference_steps
    assert edge_agreement(draft, line) > 0.6


def test_what_painted_is_told(renderer: Renderer) -> None:
    assert renderer.facts["pipeline"] == "HousePipeline"
    assert renderer.batch_size >= 1


def test_words_beyond_what_the_model_reads_are_told(renderer: Renderer) -> None:
    request = RenderRequest(
        key="k", look=LOOK, scene=Scene(season="秋"), line_sha256="0" * 64, width_px=64, height_px=40, seeds=(1,)
    )  # fmt: skip
    wordy = replace(request, scene=Scene(season="秋", time_of_day="昼", weather="晴れ", place="山 川 道 木 " * 12))
    line = np.full((40, 64), 255, np.uint8)

    read = renderer.unread(PaintJob(request=request, seed=1, line=line))
    unread = renderer.unread(PaintJob(request=wordy, seed=1, line=line))

    assert read == ""
    assert 0 < unread.count("川") < 12
