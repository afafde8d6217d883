"""A style is trained for every kind of model with a UNet, and for no other."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from integration.errors import RenderError
from render_service.looks import load_look
from render_service.renderers.lora import merge_lora
from render_service.renderers.opening import open_pipeline
from render_service.style.__main__ import train_style
from render_service.style.order import StyleOrder
from tests.style_boards import sha256_of, write_boards
from tests.tiny_models.folders import write_look
from tests.tiny_models.stable_diffusion import build_controlnet, build_rinna, build_sd15, build_sdxl
from tests.tiny_models.transformers_models import build_z_image, build_z_image_controlnet


def order_of(folder: Path) -> StyleOrder:
    consents = write_boards(folder / "boards")
    return StyleOrder(
        boards=folder / "boards", consent=consents, look="tiny", looks=(folder,), out=folder / "violet", steps=2, rank=2, threads=1,
        today=date(2026, 11, 23),
    )  # fmt: skip


@pytest.mark.parametrize("build", [build_sd15, build_rinna, build_sdxl])
def test_a_model_with_a_unet_learns_a_style_and_loads_it(build: Callable[[Path], Path], tmp_path: Path) -> None:
    model = build(tmp_path / "model")
    write_look(model, "controlnet", control=build_controlnet(tmp_path / "control", model))
    order = order_of(tmp_path)

    code = train_style(order, lambda answer: None, threading.Event())

    assert code == 0
    file = order.out / "violet.safetensors"
    pipeline = open_pipeline(load_look("tiny", [tmp_path]), threads=1).pipeline
    before = {name: weight.clone() for name, weight in pipeline.unet.state_dict().items()}
    merge_lora(pipeline, file, sha256=sha256_of(file), weight=1.0)
    after = pipeline.unet.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert before.keys() == after.keys()
    assert changed
    assert all("attn" in name for name in changed)


def test_a_model_without_a_unet_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    model = build_z_image(tmp_path / "model")
    write_look(model, "controlnet", control=build_z_image_controlnet(tmp_path / "control"))
    order = order_of(tmp_path)

    with pytest.raises(RenderError, match="has no UNet that could learn a style"):
        train_style(order, lambda answer: None, threading.Event())

    assert not list(order.out.glob("*"))
