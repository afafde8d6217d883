"""A LoRA file is loaded only when it is what the Look says, runs no code, holds numbers, and fits the model."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import safetensors.torch
import torch

from integration.errors import RenderError
from render_service.looks import load_look
from render_service.renderers.lora import merge_lora
from render_service.renderers.opening import open_pipeline
from tests.house_pipeline import build_house_look
from tests.style_boards import sha256_of
from tests.tiny_pipeline import build_tiny_look

STOCK = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
HOUSE = "base.mid_block.attentions.0.transformer_blocks.0.attn1.to_q"


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("looks")
    build_tiny_look(folder)
    build_house_look(folder, name="house-small")
    return {name: open_pipeline(load_look(name, [folder]), threads=1).pipeline for name in ("tiny", "house-small")}


@pytest.fixture(params=[("tiny", STOCK), ("house-small", HOUSE)], ids=["stock", "house"])
def case(request: pytest.FixtureRequest, pipelines: dict[str, Any]) -> tuple[Any, str, int]:
    """A pipeline, a layer of it as LoRA files name it, and the layer's width."""
    look, layer = request.param
    pipeline = copy.deepcopy(pipelines[look])
    part, _, path = layer.partition(".")
    return pipeline, layer, getattr(pipeline, part).get_submodule(path).out_features


def layer_of(name: str, width: int, *, rank: int = 2, fill: float = 0.1) -> dict[str, torch.Tensor]:
    return {f"{name}.lora_A.weight": torch.full((rank, width), fill), f"{name}.lora_B.weight": torch.full((width, rank), fill)}


def write(file: Path, state: dict[str, torch.Tensor]) -> Path:
    safetensors.torch.save_file(state, file)
    return file


def test_the_sum_is_what_the_paper_says(case: tuple[Any, str, int], tmp_path: Path) -> None:
    pipeline, layer, width = case
    part, _, path = layer.partition(".")
    network = getattr(pipeline, part)
    before = network.get_submodule(path).weight.detach().clone()
    state = {key: torch.randn_like(tensor) for key, tensor in layer_of(layer, width).items()}
    file = write(tmp_path / "a.safetensors", state)

    merge_lora(pipeline, file, sha256=sha256_of(file), weight=0.5)

    expected = before + 0.5 * state[f"{layer}.lora_B.weight"] @ state[f"{layer}.lora_A.weight"]
    torch.testing.assert_close(network.get_submodule(path).weight.detach(), expected, rtol=1e-5, atol=1e-5)


def test_two_loras_add_up(case: tuple[Any, str, int], tmp_path: Path) -> None:
    pipeline, layer, width = case
    part, _, path = layer.partition(".")
    before = getattr(pipeline, part).get_submodule(path).weight.detach().clone()
    file = write(tmp_path / "a.safetensors", layer_of(layer, width))

    for weight in (0.75, -0.75):
        merge_lora(pipeline, file, sha256=sha256_of(file), weight=weight)

    torch.testing.assert_close(getattr(pipeline, part).get_submodule(path).weight.detach(), before, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda layer, width: layer_of(layer, width, fill=float("nan")), "no numbers"),
        (lambda layer, width: layer_of(layer, width, fill=float("inf")), "no numbers"),
        (lambda layer, width: layer_of(layer, width, fill=3e38), "does not fit"),
        (lambda layer, width: layer_of(layer, width + 3), "does not fit"),
        (lambda layer, width: {**layer_of(layer, width), f"{layer}.lora_A.weight": torch.zeros(5, width)}, "does not fit"),
        (lambda layer, width: layer_of(layer.replace("attn1", "attn9"), width), "fit"),
        (lambda layer, width: {**layer_of(layer, width), **layer_of(layer.replace("attn1", "attn9"), width)}, "fit"),
        (lambda layer, width: layer_of(f"transformer.{layer}", width), "fit"),
        (lambda layer, width: {f"{layer}.weight": torch.zeros(width, width)}, "holds no LoRA"),
        (lambda layer, width: {f"{layer}.lora_A.weight": torch.zeros(2, width)}, "fit"),
        (lambda layer, width: {f"{layer}.lora_A.weight": torch.tensor(1.0), f"{layer}.lora_B.weight": torch.tensor(1.0)}, "fit"),
    ],
    ids=["nan", "inf", "huge", "wide", "rank", "unknown", "half-unknown", "other-model", "no-lora", "half", "scalar"],
)
def test_a_lora_that_is_unsound_or_of_another_model_is_refused(
    case: tuple[Any, str, int], spoil: Callable[[str, int], dict[str, torch.Tensor]], said: str, tmp_path: Path
) -> None:
    pipeline, layer, width = case
    file = write(tmp_path / "a.safetensors", spoil(layer, width))

    with pytest.raises(RenderError, match=said):
        merge_lora(pipeline, file, sha256=sha256_of(file), weight=1.0)


def test_a_pickle_under_the_name_of_safetensors_is_never_unpickled(case: tuple[Any, str, int], tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (ran,)

    file = tmp_path / "a.safetensors"
    file.write_bytes(pickle.dumps(Payload()))

    with pytest.raises(RenderError, match="is no safetensors file"):
        merge_lora(case[0], file, sha256=sha256_of(file), weight=1.0)

    assert not ran.exists()


def test_a_lora_that_was_changed_cut_off_or_is_gone_is_refused(case: tuple[Any, str, int], tmp_path: Path) -> None:
    pipeline, layer, width = case
    file = write(tmp_path / "a.safetensors", layer_of(layer, width))
    pinned = sha256_of(file)

    file.write_bytes(file.read_bytes()[:-40])

    with pytest.raises(RenderError, match="was changed"):
        merge_lora(pipeline, file, sha256=pinned, weight=1.0)
    with pytest.raises(RenderError, match="no safetensors"):
        merge_lora(pipeline, file, sha256=sha256_of(file), weight=1.0)
    file.unlink()
    with pytest.raises(RenderError, match="missing"):
        merge_lora(pipeline, file, sha256=pinned, weight=1.0)
