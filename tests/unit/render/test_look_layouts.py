"""Every ready Look is filled in from a folder laid out as its publisher's, loads, and paints what the lines say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from integration.errors import RenderError
from render_service.contract import Look, RenderRequest, Scene
from render_service.control import Colour
from render_service.look_adding import Fetched, pinned_look, ready_file, ready_looks
from render_service.looks import read_look
from render_service.renderers.diffusion import open_renderer
from render_service.renderers.protocol import PaintJob
from tests.tiny_models import stable_diffusion as sd
from tests.tiny_models import transformers_models as dit
from tests.tiny_models.folders import write_look

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers' schedulers with numpy 2
SIDE_PX = 64
Build = Callable[[Path], Path]
BuildControl = Callable[[Path, Path], Path]


@dataclass(frozen=True)
class Layout:
    """What stands in for a publisher's folders."""

    model: Build
    pipeline: str
    control: BuildControl | None = None
    replaced: dict[str, str] = field(default_factory=dict)


LAYOUTS = {
    "sdxl-union": Layout(sd.build_sdxl, "StableDiffusionXLControlNetUnionPipeline", sd.build_union),
    "sd15-lineart": Layout(sd.build_sd15, "StableDiffusionControlNetPipeline", sd.build_controlnet),
    "rinna-japanese": Layout(sd.build_rinna, "StableDiffusionControlNetPipeline", sd.build_controlnet),
    "mitsua-likes": Layout(sd.build_mitsua, "StableDiffusionControlNetPipeline", sd.build_controlnet),
    "z-image-turbo": Layout(dit.build_z_image, "ZImageControlNetPipeline", lambda folder, _model: dit.build_z_image_controlnet(folder)),
    "qwen-image-edit": Layout(dit.build_qwen_image_edit, "QwenImageEditPipeline"),
    "flux2-klein": Layout(dit.build_flux2_klein, "Flux2KleinPipeline"),
}


def lines(at: int = 32) -> Colour:
    line = np.full((SIDE_PX, SIDE_PX), 255, np.uint8)
    line[at - 3 : at + 3] = 0
    return line


def job_of(look: Look, *, line: Colour | None = None, seed: int = 1, rough: Colour | None = None, place: str = "村") -> PaintJob:
    request = RenderRequest(
        key="k",
        look=look,
        scene=Scene(season="秋", place=place),
        line_sha256="a" * 64,
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        seeds=(seed,),
    )
    return PaintJob(request=request, seed=seed, line=lines() if line is None else line, rough=rough)


def painted(look: Look, *jobs: PaintJob) -> list[Colour]:
    renderer = open_renderer(look, threads=1)
    pictures = [renderer.render([job], lambda step: None)[0] for job in jobs]
    assert not [picture for picture in pictures if isinstance(picture, RenderError)]
    return [picture for picture in pictures if not isinstance(picture, RenderError)]


def test_every_ready_look_is_proven_here() -> None:
    assert set(ready_looks()) == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_ready_look_is_filled_in_loads_and_paints_what_the_lines_say(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    fetched = {"model": Fetched(folder=layout.model(tmp_path / "model"), revision="0" * 40)}
    if layout.control:
        fetched["control"] = Fetched(folder=layout.control(tmp_path / "control", tmp_path / "model"), revision="1" * 40)
    text = pinned_look(ready_file(name), fetched, name=name, beside=tmp_path)
    (tmp_path / f"{name}.toml").write_text(_small(text), encoding="utf-8")

    look = read_look(tmp_path / f"{name}.toml")
    renderer = open_renderer(look, threads=1)
    first, moved = (renderer.render([job_of(look, line=lines(at))], lambda step: None)[0] for at in (16, 48))

    assert renderer.facts["pipeline"] == layout.pipeline
    assert isinstance(first, np.ndarray) and first.shape == (SIDE_PX, SIDE_PX, 3)
    assert isinstance(moved, np.ndarray) and not np.array_equal(first, moved)


def _small(text: str) -> str:
    """The Look at a size and in a number of steps that a tiny model paints at once."""
    small = {"width_px": "64", "height_px": "64", "num_inference_steps": "2"}
    kept = [line for line in text.splitlines() if not line.startswith("buckets")]
    return "\n".join(f"{key} = {small[key]}" if (key := line.partition(" =")[0]) in small else line for line in kept)


def test_the_same_seed_paints_the_same_and_another_seed_does_not(tmp_path: Path) -> None:
    model = sd.build_sd15(tmp_path / "model")
    look = read_look(write_look(model, "controlnet", control=sd.build_controlnet(tmp_path / "control", model)))

    once, again, other = painted(look, job_of(look), job_of(look), job_of(look, seed=2))

    assert np.array_equal(once, again)
    assert np.abs(once.astype(int) - other.astype(int)).mean() > 3


def test_a_batch_paints_what_its_pictures_are_alone(tmp_path: Path) -> None:
    model = sd.build_sdxl(tmp_path / "model")
    look = read_look(write_look(model, "controlnet", control=sd.build_union(tmp_path / "control", model)))
    renderer = open_renderer(look, threads=1)
    jobs = [job_of(look, seed=1), job_of(look, seed=2, line=lines(12))]

    together = renderer.render(jobs, lambda step: None)
    alone = [renderer.render([job], lambda step: None)[0] for job in jobs]

    for one, other in zip(together, alone, strict=True):
        assert isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


@pytest.mark.parametrize("build", [sd.build_sd15, sd.build_sdxl])
def test_rough_colour_is_what_an_img2img_look_begins_with(tmp_path: Path, build: Build) -> None:
    model = build(tmp_path / "model")
    control = sd.build_controlnet(tmp_path / "control", model)
    look = read_look(write_look(model, "controlnet-img2img", control=control, sampler="strength = 0.4", steps=5))
    red, blue = (np.full((SIDE_PX, SIDE_PX, 3), colour, np.uint8) for colour in ((200, 30, 30), (30, 30, 200)))

    of_red, of_blue, plain = painted(look, job_of(look, rough=red), job_of(look, rough=blue), job_of(look))

    assert not np.array_equal(of_red, of_blue)
    assert not np.array_equal(of_red, plain)


def test_a_t2i_adapter_paints_what_the_lines_say(tmp_path: Path) -> None:
    model = sd.build_sd15(tmp_path / "model")
    look = read_look(write_look(model, "adapter", control=sd.build_adapter(tmp_path / "control")))

    first, moved = painted(look, job_of(look, line=lines(16)), job_of(look, line=lines(48)))

    assert not np.array_equal(first, moved)


def test_words_change_what_an_edit_model_paints(tmp_path: Path) -> None:
    look = read_look(write_look(dit.build_flux2_klein(tmp_path / "model"), "edit", size="multiple_px = 16", guidance=1.0, reads=("ja",)))

    village, town = painted(look, job_of(look, place="村"), job_of(look, place="町の大きな駅"))

    assert not np.array_equal(village, town)


def test_a_picture_is_painted_in_the_smallest_bucket_that_holds_it_and_cut(tmp_path: Path) -> None:
    model = sd.build_sd15(tmp_path / "model")
    control = sd.build_controlnet(tmp_path / "control", model)
    look = read_look(write_look(model, "controlnet", control=control, size="buckets = [[128, 128], [96, 80]]"))

    picture = painted(look, job_of(look))[0]

    assert look.buckets == ((96, 80), (128, 128))
    assert picture.shape == (SIDE_PX, SIDE_PX, 3)
