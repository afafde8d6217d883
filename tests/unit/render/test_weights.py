"""Weights are what their Look says, or nothing is loaded."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration.errors import RenderError
from render_service.contract import Look, LookPart
from render_service.weights import check_weights, files_digest, find_problems

INDEX = {
    "_class_name": "StableDiffusionControlNetPipeline",
    "controlnet": ["diffusers", "ControlNetModel"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
}


def look_of(folder: Path, *, kind: str = "controlnet") -> Look:
    files = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()
    }
    return Look(
        name="small",
        title="Small",
        kind=kind,
        folder=str(folder),
        revision="1",
        files=files,
        licence="Apache-2.0",
        commercial=True,
        training_data="none",
        num_inference_steps=1,
        guidance_scale=1.0,
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "unet").mkdir(parents=True)
    write_index(folder)
    (folder / "unet" / "config.json").write_text("{}", encoding="utf-8")
    (folder / "unet" / "weights.safetensors").write_bytes(b"weights")
    (folder / "README.md").write_text("a model", encoding="utf-8")
    return folder


def write_index(folder: Path, **changes: Any) -> None:
    (folder / "model_index.json").write_text(json.dumps({**INDEX, **changes}), encoding="utf-8")


def refuses(look: Look, words: str) -> None:
    with pytest.raises(RenderError, match=words) as caught:
        check_weights(look)
    assert caught.value.hint


def test_a_whole_model_passes_and_its_pipeline_is_named(model: Path) -> None:
    assert check_weights(look_of(model)) == "StableDiffusionControlNetPipeline"


def test_a_changed_file_is_refused(model: Path) -> None:
    look = look_of(model)
    (model / "unet" / "weights.safetensors").write_bytes(b"weightz")

    refuses(look, "unet/weights.safetensors was changed")


def test_a_missing_file_is_refused(model: Path) -> None:
    look = look_of(model)
    (model / "unet" / "weights.safetensors").unlink()

    refuses(look, "weights.safetensors is missing")


def test_a_missing_folder_is_refused(model: Path, tmp_path: Path) -> None:
    look = look_of(model)
    model.rename(tmp_path / "elsewhere")

    refuses(look, "does not exist")


@pytest.mark.parametrize("name", ["unet/model.bin", "model.ckpt", "vae/x.pt", "x.pickle", "x.PKL", "unet/m.msgpack"])
def test_a_file_that_may_run_code_is_refused_listed_or_not(model: Path, name: str) -> None:
    before = look_of(model)
    (model / name).parent.mkdir(exist_ok=True)
    (model / name).write_bytes(b"")

    refuses(look_of(model), "not allowed")
    refuses(before, "does not list it")


def test_code_beside_the_model_is_refused(model: Path) -> None:
    before = look_of(model)
    (model / "pipeline.py").write_text("print()", encoding="utf-8")

    refuses(look_of(model), "code that came with the model")
    refuses(before, "does not list it")


def test_a_file_slipped_into_a_part_is_refused(model: Path) -> None:
    look = look_of(model)
    (model / "unet" / "other.safetensors").write_bytes(b"other")

    refuses(look, "other.safetensors lies in its folder")


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd", "unet/../../x.json", "..\\x.json"])
def test_a_path_out_of_the_folder_is_refused(model: Path, name: str) -> None:
    look = look_of(model)
    look.files[name] = "a" * 64

    refuses(look, "outside its folder")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_out_of_the_folder_still_has_to_hash_right(model: Path, tmp_path: Path) -> None:
    look = look_of(model)
    (tmp_path / "evil.safetensors").write_bytes(b"evil")
    (model / "unet" / "weights.safetensors").unlink()
    (model / "unet" / "weights.safetensors").symlink_to(tmp_path / "evil.safetensors")

    refuses(look, "was changed")


@pytest.mark.parametrize("name", ["StableDiffusionInpaintPipeline", "MyPipeline", "", "os.system", ["their_code", "TheirPipeline"]])
def test_a_pipeline_of_another_class_is_refused(model: Path, name: str | list[str]) -> None:
    write_index(model, _class_name=name)

    refuses(look_of(model), "may not be")


def test_a_stock_pipeline_is_no_cascade(model: Path) -> None:
    refuses(look_of(model, kind="cascade"), "may not be")


def test_a_part_from_another_library_is_refused(model: Path) -> None:
    write_index(model, unet=["my_code", "Unet"])

    refuses(look_of(model), "comes from 'my_code'")


@pytest.mark.parametrize("name", ["AutoModel", "GPT2Model", "os"])
def test_a_part_of_a_class_that_no_pipeline_here_has_is_refused(model: Path, name: str) -> None:
    write_index(model, unet=["transformers", name])

    refuses(look_of(model), "not among the classes we load")


def test_a_controlnet_is_checked_as_the_model_is(model: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.mkdir()
    (lines / "config.json").write_text('{"_class_name": "ControlNetModel"}', encoding="utf-8")
    (lines / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    write_index(model, _class_name="StableDiffusionPipeline", controlnet=[None, None])
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in lines.iterdir()}
    part = LookPart(folder=str(lines), revision="1", files=files, licence="MIT", commercial=True, training_data="none")
    look = replace(look_of(model), control=part)

    assert check_weights(look) == "StableDiffusionControlNetPipeline"
    (lines / "diffusion_pytorch_model.safetensors.index.json").write_text("{}", encoding="utf-8")
    refuses(look, "index.json of its control lies in its folder")
    (lines / "diffusion_pytorch_model.safetensors").write_bytes(b"weightz")
    refuses(look, "of its control was changed")


def test_every_problem_is_found_not_only_the_first(model: Path) -> None:
    look = look_of(model)
    (model / "unet" / "weights.safetensors").unlink()
    (model / "unet" / "config.json").write_text("{ }", encoding="utf-8")

    assert len(list(find_problems(look))) == 2


def test_a_part_that_asks_for_remote_code_is_refused(model: Path) -> None:
    (model / "unet" / "config.json").write_text('{"auto_map": {"AutoModel": "evil--code.Model"}}', encoding="utf-8")

    refuses(look_of(model), "asks for code from elsewhere")


@pytest.mark.parametrize("content", ["no json", "[1]", "[" * 100_000])
def test_an_index_that_is_none_is_refused(model: Path, content: str) -> None:
    (model / "model_index.json").write_text(content, encoding="utf-8")

    refuses(look_of(model), "is not JSON|not the JSON|may not be")


def test_the_digest_of_files_knows_every_file(model: Path) -> None:
    look = look_of(model)
    before = files_digest(look)
    look.files["unet/config.json"] = "a" * 64

    assert files_digest(look) != before
