"""Weights and tokenizers that are not what they should be are refused in one sentence, before anything is painted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from integration.errors import RenderError
from render_service.contract import Look, RenderRequest, Scene
from render_service.control import Colour
from render_service.looks import read_look
from render_service.renderers.diffusion import open_renderer
from render_service.renderers.protocol import PaintJob
from render_service.renderers.sentence_pieces import SentencePieces
from tests.tiny_models import stable_diffusion as sd
from tests.tiny_models.folders import sha256, write_look

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
UNET = "unet/diffusion_pytorch_model.safetensors"
Spoil = Callable[[dict[str, torch.Tensor]], Any]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    sd.build_controlnet(folder / "control", sd.build_sd15(folder / "model"))
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "looks"))


def look_in(folder: Path, kind: str = "controlnet", **said: Any) -> Look:
    return read_look(write_look(folder / "model", kind, control=folder / "control", **said))


def paint(look: Look, *, rough: Colour | None = None) -> Colour:
    request = RenderRequest(key="k", look=look, scene=Scene(), line_sha256="a" * 64, width_px=64, height_px=64, seeds=(1,))
    line = np.full((64, 64), 255, np.uint8)
    picture = open_renderer(look, threads=1).render([PaintJob(request=request, seed=1, line=line, rough=rough)], lambda step: None)[0]
    assert isinstance(picture, np.ndarray)
    return picture


def refuses(look: Look, words: str) -> None:
    with pytest.raises(RenderError, match=words) as caught:
        open_renderer(look, threads=1)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def _first(state: dict[str, torch.Tensor]) -> str:
    return next(name for name, tensor in state.items() if tensor.ndim == 4)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda state: state[_first(state)].view(-1).__setitem__(0, float("nan")), "no sound model has"),
        (lambda state: state[_first(state)].view(-1).__setitem__(0, float("-inf")), "no sound model has"),
        (lambda state: state[_first(state)].view(-1).__setitem__(0, 1e9), "no sound model has"),
        (lambda state: state.pop(_first(state)), "cannot be loaded|missing keys"),
        (lambda state: state.update({_first(state): torch.zeros(1, 1, 1, 1)}), "cannot be loaded"),
        (lambda state: state.update({"evil.weight": torch.zeros(1)}), "unexpected keys"),
    ],
    ids=["nan", "infinite", "huge", "missing", "wrong shape", "more than asked"],
)
def test_unsound_weights_are_refused(folder: Path, spoil: Spoil, words: str) -> None:
    state = safetensors.torch.load_file(folder / "model" / UNET)
    spoil(state)
    safetensors.torch.save_file(state, folder / "model" / UNET)

    refuses(look_in(folder), words)


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"\xff" * 64, b"{}" * 100], ids=["empty", "a pickle", "noise", "text"])
def test_a_weights_file_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    (folder / "model" / UNET).write_bytes(content)

    refuses(look_in(folder), "cannot be loaded")


@pytest.mark.parametrize(
    "config", ["{}", '{"block_out_channels": "many"}', '{"block_out_channels": [1000000, 1000000]}', "[]", '{"norm_num_groups": 0}']
)
def test_a_network_that_is_not_as_its_configuration_says_is_refused(folder: Path, config: str) -> None:
    file = folder / "model" / "unet" / "config.json"
    changed = {**json.loads(file.read_text()), **json.loads(config)} if config.startswith('{"') else json.loads(config)
    file.write_text(json.dumps(changed), encoding="utf-8")

    refuses(look_in(folder), "cannot be loaded|no sound model|not the JSON")


def test_a_tokenizer_that_does_not_know_japanese_refuses_a_look_that_says_it_does(tmp_path: Path) -> None:
    model = sd.build_rinna(tmp_path / "model", sentences=["the autumn evening, a road", "a village in the mountains", "xyz qjkw vbpf"] * 9)
    control = sd.build_controlnet(tmp_path / "control", model)

    refuses(read_look(write_look(model, "controlnet", control=control, reads=("ja",))), "does not know .*秋の夕暮れ")
    assert paint(read_look(write_look(model, "controlnet", control=control, reads=("en",)))).shape == (64, 64, 3)


def test_rinnas_tokenizer_has_its_own_numbers_knows_what_it_does_not_know_and_lower_cases(tmp_path: Path) -> None:
    count = sd.write_sentence_pieces(tmp_path / "tokenizer", sd.SENTENCES)

    tokens = SentencePieces(tmp_path / "tokenizer")
    asked = tokens(["秋の夕暮れ", "ABC"], padding="max_length", max_length=77, truncation=True)

    assert len(tokens) == count > 4
    assert tokens.encode("秋の夕暮れ") and tokens.unk_token_id not in tokens.encode("秋の夕暮れ")
    assert tokens.encode("鬱") and tokens.unk_token_id in tokens.encode("鬱") and tokens.unk_token_id == 0
    assert tokens.encode("ABC") == tokens.encode("abc")
    assert asked.input_ids.shape == (2, 77)
    row = asked.input_ids[0].tolist()
    assert row[len(tokens.encode("秋の夕暮れ"))] == 2 and row[-1] == 3
    assert len(tokens("道" * 500, padding="max_length", truncation=True).input_ids[0]) == 77
    assert tokens.batch_decode(asked.input_ids[:1])[0].startswith("秋の夕暮れ")


def test_a_lora_that_was_changed_is_refused(folder: Path) -> None:
    lora = folder / "style.safetensors"
    safetensors.torch.save_file({"unet.x.lora_A.weight": torch.zeros(1, 1)}, lora)
    said = (
        f'[[lora]]\npath = "style.safetensors"\nsha256 = "{sha256(lora)}"\nweight = 1.0\nlicence = "internal"\nsource = "boards, consent 1"'
    )
    look = look_in(folder, more=said)
    lora.write_bytes(lora.read_bytes() + b" ")

    refuses(look, "LoRA style.safetensors was changed")


def test_an_unknown_scheduler_is_refused(folder: Path) -> None:
    refuses(look_in(folder, sampler='scheduler = "DDPMScheduler"'), "names the scheduler")


def _board(folder: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (120, 80), colour).save(folder / "board.png")
    return folder / "board.png"


def _board_said(board: Path, use: str) -> str:
    return f'[art_board]\nuse = "{use}"\npath = "{board.name}"\nsha256 = "{sha256(board)}"\nsource = "the show\'s own board"\nweight = 1.0'


def test_painting_begins_with_the_art_boards_colours_where_no_rough_colour_is_there(folder: Path) -> None:
    pictures = []
    for colour in ((220, 40, 40), (40, 40, 220)):
        said = _board_said(_board(folder, colour), "init")
        look = look_in(folder, "controlnet-img2img", sampler="strength = 0.4", steps=5, more=said)
        pictures += [paint(look), paint(look, rough=np.full((64, 64, 3), 128, np.uint8))]

    of_red, rough_first, of_blue, rough_again = pictures

    assert not np.array_equal(of_red, of_blue)
    assert np.array_equal(rough_first, rough_again)


def test_an_art_board_that_was_changed_is_refused(folder: Path) -> None:
    look = look_in(folder, "controlnet-img2img", more=_board_said(_board(folder, (1, 2, 3)), "init"))
    _board(folder, (3, 2, 1))

    refuses(look, "the art board board.png was changed")


def test_an_ip_adapter_feeds_in_the_art_boards_style(folder: Path) -> None:
    sd.build_ip_adapter(folder / "ip")
    files = "".join(
        f'"{file.relative_to(folder / "ip").as_posix()}" = "{sha256(file)}"\n'
        for file in sorted((folder / "ip").rglob("*"))
        if file.is_file()
    )
    part = f'[ip_adapter]\nfolder = "ip"\nrevision = "1"\nlicence = "MIT"\ncommercial = true\ntraining_data = "none"\n[ip_adapter.files]\n{files}'

    of_red, of_blue = (
        paint(look_in(folder, more=f"{part}\n{_board_said(_board(folder, colour), 'ip-adapter')}"))
        for colour in ((220, 40, 40), (40, 40, 220))
    )

    assert not np.array_equal(of_red, of_blue)
