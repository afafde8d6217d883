"""A style is trained on two boards, loaded again, and seen in what is painted; stopped and taken up again it is the same style."""

import json
import threading
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import safetensors
import torch
from PIL import Image

from integration.errors import RenderError
from render_service.looks import load_look
from render_service.renderers.lora import merge_lora
from render_service.renderers.opening import open_pipeline
from render_service.style.__main__ import STOPPED, train_style
from render_service.style.order import StyleOrder, read_order
from tests.house_pipeline import build_house_look
from tests.style_boards import sha256_of, write_boards
from tests.tiny_pipeline import build_tiny_look

STEPS = 3


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Looks ``tiny``, a stock pipeline, and ``house-small``, the house model's networks."""
    folder = tmp_path_factory.mktemp("looks")
    build_tiny_look(folder)
    build_house_look(folder, name="house-small")
    return folder


@pytest.fixture(scope="module")
def trained(looks: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of a style trained for each Look."""
    folder = tmp_path_factory.mktemp("styles")
    consents = write_boards(folder / "boards")
    made = {}
    for look in ("tiny", "house-small"):
        order = order_of(folder, consents, looks, look=look, style=f"violet-{look}")
        assert train_style(order, lambda answer: None, threading.Event()) == 0
        made[look] = order.out
    return made


def order_of(folder: Path, consents: Path, looks: Path, *, look: str = "tiny", style: str = "violet", steps: int = STEPS) -> StyleOrder:
    return StyleOrder(
        boards=folder / "boards", consent=consents, look=look, looks=(looks,), out=folder / style, steps=steps, rank=2, seed=5, threads=1,
        today=date(2026, 11, 23),
    )  # fmt: skip


def weights_of(style: Path) -> Path:
    return style / f"{style.name}.safetensors"


def painted(pipeline: Any) -> torch.Tensor:
    """What the pipeline's first network makes of the same noise and words."""
    torch.manual_seed(1)
    network = getattr(pipeline, "unet", None) or pipeline.base
    size = (1, network.config.in_channels, 8, 8)
    made: torch.Tensor = network(torch.randn(size), 500, torch.randn(1, 4, network.config.cross_attention_dim)).sample
    return made.detach()


@pytest.mark.parametrize("look", ["tiny", "house-small"])
def test_a_trained_style_changes_what_is_painted_and_at_weight_zero_nothing(look: str, looks: Path, trained: dict[str, Path]) -> None:
    file = weights_of(trained[look])
    pictures = []
    for weight in (None, 0.0, 1.0):
        pipeline = open_pipeline(load_look(look, [looks]), threads=1).pipeline
        if weight is not None:
            merge_lora(pipeline, file, sha256=sha256_of(file), weight=weight)
        pictures.append(painted(pipeline))

    assert torch.equal(pictures[0], pictures[1])
    assert not torch.allclose(pictures[0], pictures[2], atol=1e-7)


def test_a_merged_style_leaves_no_adapter_behind(looks: Path, trained: dict[str, Path]) -> None:
    file = weights_of(trained["house-small"])
    look = load_look("house-small", [looks])
    plain, styled = (open_pipeline(look, threads=1).pipeline for _ in range(2))

    merge_lora(styled, file, sha256=sha256_of(file), weight=0.8)

    for name in ("base", "painter"):
        before, after = getattr(plain, name).state_dict(), getattr(styled, name).state_dict()
        assert before.keys() == after.keys()
        assert not all(torch.equal(before[key], after[key]) for key in before)


def test_the_house_model_paints_with_a_style(looks: Path, trained: dict[str, Path]) -> None:
    file = weights_of(trained["house-small"])
    pictures = []
    for weight in (0.0, 8.0):
        pipeline = open_pipeline(load_look("house-small", [looks]), threads=1).pipeline
        merge_lora(pipeline, file, sha256=sha256_of(file), weight=weight)
        made = pipeline(
            "秋", [Image.new("L", (96, 48), 255)], height=48, width=96, num_inference_steps=1, painter_steps=1,
            generator=[torch.Generator().manual_seed(1)],
        )  # fmt: skip
        pictures.append(made.images[0].tobytes())

    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("look", ["tiny", "house-small"])
def test_the_statement_names_pictures_and_consents_and_no_artist(look: str, looks: Path, trained: dict[str, Path]) -> None:
    style = trained[look]
    text = (style / f"{style.name}.statement.toml").read_text(encoding="utf-8")
    statement = tomllib.loads(text)

    assert statement["sha256"] == sha256_of(weights_of(style))
    assert statement["licence"] == "internal"
    assert statement["look"]["digest"] == load_look(look, [looks]).digest
    assert (statement["training"]["steps"], statement["training"]["rank"], statement["training"]["seed"]) == (STEPS, 2, 5)
    assert {board["consent"] for board in statement["board"]} == {"C-0", "C-1"}
    assert {board["sha256"] for board in statement["board"]} == {sha256_of(file) for file in (style.parent / "boards").iterdir()}
    assert "Hana" not in text
    with safetensors.safe_open(weights_of(style), "pt") as weights:
        assert "Hana" not in json.dumps(weights.metadata())


def test_the_lines_for_a_look_are_ready_to_paste(looks: Path, tmp_path: Path) -> None:
    order = order_of(tmp_path, write_boards(tmp_path / "boards"), looks)
    answers: list[dict[str, Any]] = []
    train_style(order, answers.append, threading.Event())
    plain = looks / "tiny.toml"
    styled = tmp_path / "tiny.toml"
    pasted = plain.read_text(encoding="utf-8").replace('folder = "', f'folder = "{looks}/') + "\n" + answers[-1]["done"]["lora"]
    styled.write_text(pasted, encoding="utf-8")

    look = load_look("tiny", [tmp_path])

    assert look.loras[0].source == "2 of the studio's own boards, consent C-0, C-1; see violet.statement.toml"
    assert look.commercial
    assert look.digest != load_look("tiny", [looks]).digest
    with_style, without = (open_pipeline(each, threads=1).pipeline for each in (look, load_look("tiny", [looks])))
    assert not torch.equal(painted(with_style), painted(without))


def test_stopped_and_taken_up_again_is_the_same_style(looks: Path, trained: dict[str, Path], tmp_path: Path) -> None:
    consents = write_boards(tmp_path / "boards")
    order = order_of(tmp_path, consents, looks, style="violet-tiny")
    stop = threading.Event()
    stop.set()
    answers: list[dict[str, Any]] = []

    at_once = train_style(order, answers.append, stop)
    first = train_style(order.model_copy(update={"steps": 1}), answers.append, threading.Event())
    second = train_style(order, answers.append, threading.Event())

    assert (at_once, first, second) == (STOPPED, 0, 0)
    assert {"stopped": {"step": 0, "steps": STEPS}} in answers
    assert answers[-1]["done"]["sha256"] == sha256_of(weights_of(trained["tiny"]))
    assert not list(order.out.glob("*.part"))


def test_a_checkpoint_of_other_boards_is_not_gone_on_with(looks: Path, tmp_path: Path) -> None:
    consents = write_boards(tmp_path / "boards")
    order = order_of(tmp_path, consents, looks, steps=1)
    train_style(order, lambda answer: None, threading.Event())

    with pytest.raises(RenderError, match="is of a training with other boards"):
        train_style(order.model_copy(update={"seed": 6}), lambda answer: None, threading.Event())


def test_a_damaged_checkpoint_is_said_to_be_one(looks: Path, tmp_path: Path) -> None:
    consents = write_boards(tmp_path / "boards")
    order = order_of(tmp_path, consents, looks, steps=1)
    order.out.mkdir()
    (order.out / "checkpoint.pt").write_bytes(b"not a checkpoint")

    with pytest.raises(RenderError, match="cannot be read"):
        train_style(order, lambda answer: None, threading.Event())


def test_without_consent_nothing_is_written(looks: Path, tmp_path: Path) -> None:
    consents = write_boards(tmp_path / "boards")
    Image.new("RGB", (64, 64)).save(tmp_path / "boards" / "unknown.png")
    answers: list[dict[str, Any]] = []

    with pytest.raises(RenderError, match=r"unknown\.png has no consent entry"):
        train_style(order_of(tmp_path, consents, looks), answers.append, threading.Event())

    assert [row["objection"] for row in answers[0]["boards"]] == ["", "", "has no consent entry"]
    assert not (tmp_path / "violet").exists()


def test_a_dry_run_shows_the_boards_and_writes_nothing(looks: Path, tmp_path: Path) -> None:
    order = order_of(tmp_path, write_boards(tmp_path / "boards"), looks).model_copy(update={"dry_run": True})
    answers: list[dict[str, Any]] = []

    code = train_style(order, answers.append, threading.Event())

    assert code == 0
    assert [row["artist"] for row in answers[0]["boards"]] == ["Hana Sato", "Hana Sato"]
    assert len(answers) == 1
    assert not order.out.exists()


@pytest.mark.parametrize(("key", "value"), [("steps", 0), ("rank", 1000), ("seed", -1), ("colour", 1)])
def test_an_order_that_cannot_be_is_refused(key: str, value: int, tmp_path: Path) -> None:
    order = {"boards": "b", "consent": "c", "look": "house", "out": "o", "today": "2026-11-23", key: value}

    with pytest.raises(RenderError, match=key):
        read_order(json.dumps(order))
