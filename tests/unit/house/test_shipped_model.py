"""The house model as shipped: it loads, follows the layout, hears Japanese and English, and repeats itself to the byte."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from render_service.house.cascade import HousePipeline
from render_service.house.dataset import HELD_OUT
from render_service.house.line_drawing import draw_layout
from render_service.house.measures import edge_agreement
from render_service.house.scene import scenery
from render_service.house.words import all_words
from render_service.looks import load_look
from render_service.weights import check_weights

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def pipeline() -> HousePipeline:
    """The shipped weights, in float32."""
    folder = Path(load_look("house").folder)
    loaded = HousePipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True, use_safetensors=True)
    assert isinstance(loaded, HousePipeline)
    return loaded


def layout(seed: int, height: int = 216, width: int = 384) -> Image.Image:
    """The layout of a scene that was never trained on."""
    return Image.fromarray(draw_layout(scenery(seed, width / height), height, width))


def paint(pipeline: HousePipeline, words: list[str], layouts: list[Image.Image], *, seed: int = 5, **size: int) -> list[Pixels]:
    """Drafts, each from a generator of its own."""
    generators = [torch.Generator().manual_seed(seed) for _ in layouts]
    given = {"height": 216, "width": 384, "num_inference_steps": 6, "painter_steps": 4, **size}
    return [np.asarray(each) for each in pipeline(words, layouts, generator=generators, **given).images]


def redness(picture: Pixels) -> float:
    """Mean red minus green of the lower 45 percent."""
    lower = picture[int(picture.shape[0] * 0.55) :].astype(float)
    return float((lower[..., 0] - lower[..., 1]).mean())


def test_the_shipped_files_are_those_the_look_pins() -> None:
    look = load_look("house")

    assert check_weights(look) == "HousePipeline"
    assert sum((Path(look.folder) / name).stat().st_size for name in look.files) < 25_000_000


def test_every_word_is_known_to_the_tokenizer(pipeline: HousePipeline) -> None:
    tokenizer = pipeline.tokenizer

    for word in all_words():
        tokens = tokenizer(word).input_ids
        assert len(tokens) <= 12
        assert tokenizer.decode(tokens, skip_special_tokens=True).replace(" ", "") == word.lower().replace(" ", "")


def test_seasons_and_night_are_heard_in_both_languages(pipeline: HousePipeline) -> None:
    words = ["autumn, day, clear sky", "summer, day, clear sky", "秋、昼、晴れ", "夏、昼、晴れ", "summer, night, clear sky"]

    autumn, summer, aki, natsu, night = paint(pipeline, words, [layout(HELD_OUT[1])] * 5)

    assert redness(autumn) - redness(summer) > 20
    assert redness(aki) - redness(natsu) > 20
    assert night.mean() < 0.6 * summer.mean()


def test_a_draft_follows_its_own_layout_and_no_other(pipeline: HousePipeline) -> None:
    mine, other = layout(HELD_OUT[2]), layout(HELD_OUT[7])

    (draft,) = paint(pipeline, ["summer, day, clear sky"], [mine])

    assert edge_agreement(draft, np.asarray(mine)) > 2 * edge_agreement(draft, np.asarray(other))


def test_the_same_seed_gives_the_same_bytes_and_company_changes_nothing(pipeline: HousePipeline) -> None:
    mine, other = layout(HELD_OUT[3]), layout(HELD_OUT[4])

    (alone,) = paint(pipeline, ["冬、昼、曇り"], [mine])
    (again,) = paint(pipeline, ["冬、昼、曇り"], [mine])
    in_company = paint(pipeline, ["冬、昼、曇り", "spring, dusk, fog"], [mine, other])[0]
    (elsewhere,) = paint(pipeline, ["冬、昼、曇り"], [mine], seed=6)

    assert np.array_equal(alone, again)
    assert np.abs(alone.astype(int) - in_company).max() <= 2
    assert not np.array_equal(alone, elsewhere)


@pytest.mark.parametrize(("height", "width"), [(216, 528), (60, 100)])
def test_a_draft_has_the_size_that_was_asked(pipeline: HousePipeline, height: int, width: int) -> None:
    (draft,) = paint(pipeline, ["summer"], [layout(HELD_OUT[5], height, width)], height=height, width=width)

    assert draft.shape == (height, width, 3)


def test_what_cannot_be_painted_is_refused_in_words(pipeline: HousePipeline) -> None:
    with pytest.raises(ValueError, match="one each is needed"):
        pipeline(["a", "b"], [layout(HELD_OUT[6])], height=216, width=384, generator=[torch.Generator()])
    with pytest.raises(ValueError, match="cannot be painted"):
        paint(pipeline, ["summer"], [layout(HELD_OUT[6])], height=8, width=384)


def test_raising_after_a_step_stops_the_painting(pipeline: HousePipeline) -> None:
    steps: list[int] = []

    def stop(_pipe: object, step: int, _moment: int, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        steps.append(step)
        if step == 1:
            raise InterruptedError
        return tensors

    with pytest.raises(InterruptedError):
        pipeline(["summer"], [layout(HELD_OUT[6])], height=216, width=384, generator=[torch.Generator()], callback_on_step_end=stop)

    assert steps == [0, 1]
