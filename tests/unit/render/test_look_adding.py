"""A ready Look becomes a Look of the studio's own by hashing what was fetched, and by nothing else."""

import shutil
from pathlib import Path

import pytest

from integration.errors import RenderError
from render_service.look_adding import Fetched, pinned_look, ready_file, ready_looks, wanted
from render_service.look_file import read_toml
from render_service.looks import read_look
from render_service.weights import check_weights
from tests.tiny_models import stable_diffusion as sd

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    sd.build_controlnet(folder / "control", sd.build_sd15(folder / "model"))
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "fetched"))


def fetched(folder: Path) -> dict[str, Fetched]:
    return {"model": Fetched(folder=folder / "model", revision=REVISION), "control": Fetched(folder=folder / "control", revision="2" * 40)}


def pin(folder: Path, **changed: Fetched) -> str:
    return pinned_look(ready_file("sd15-lineart"), {**fetched(folder), **changed}, name="evening", beside=folder)


def refuses(folder: Path, words: str, **changed: Fetched) -> None:
    with pytest.raises(RenderError, match=words) as caught:
        pin(folder, **changed)
    assert caught.value.hint


def test_what_is_made_can_be_used_and_keeps_the_ready_looks_words(folder: Path) -> None:
    file = folder / "evening.toml"
    file.write_text(pin(folder), encoding="utf-8")

    look = read_look(file)

    assert check_weights(look) == "StableDiffusionControlNetPipeline"
    assert look.revision == REVISION
    assert look.control and look.control.revision == "2" * 40
    assert "# Stable Diffusion 1.5 with the line art ControlNet" in file.read_text(encoding="utf-8")
    assert not look.meets("disclosed")


def test_a_folder_that_is_called_by_its_revision_needs_none(folder: Path) -> None:
    named = (folder / "model").rename(folder / REVISION)

    assert REVISION in pin(folder, model=Fetched(folder=named))


def test_a_revision_that_nobody_gave_is_asked_for(folder: Path) -> None:
    refuses(folder, "needs the revision", model=Fetched(folder=folder / "model"))


def test_a_folder_that_is_not_given_is_asked_for_by_its_publishers_name(folder: Path) -> None:
    with pytest.raises(RenderError, match="control_v11p_sd15_lineart"):
        pinned_look(ready_file("sd15-lineart"), {"model": fetched(folder)["model"]}, name="evening", beside=folder)


@pytest.mark.parametrize("name", ["unet/diffusion_pytorch_model.bin", "v1-5.ckpt", "pipeline.py", "unet/model.onnx"])
def test_a_folder_with_files_that_may_run_code_is_refused(folder: Path, name: str) -> None:
    (folder / "model" / name).write_bytes(b"")

    refuses(folder, "may run code")


def test_a_folder_that_is_no_model_is_refused(folder: Path) -> None:
    (folder / "model" / "model_index.json").unlink()

    refuses(folder, "model_index.json is not among its files")


def test_the_folder_of_another_kind_of_model_is_refused(folder: Path) -> None:
    with pytest.raises(RenderError, match="may not be"):
        pinned_look(ready_file("qwen-image-edit"), {"model": fetched(folder)["model"]}, name="evening", beside=folder)


def test_a_model_does_not_get_the_licence_of_another(folder: Path) -> None:
    sd.build_controlnet(folder / "lines", sd.build_sdxl(folder / "other"))
    other = Fetched(folder=folder / "other", revision=REVISION)

    refuses(folder, "speaks of a StableDiffusionPipeline", model=other, control=Fetched(folder=folder / "lines", revision=REVISION))


def test_a_folder_that_is_not_there_is_refused(folder: Path) -> None:
    refuses(folder, "which is no folder", model=Fetched(folder=folder / "nowhere", revision=REVISION))


def test_what_publishers_put_beside_a_model_is_left_alone(folder: Path) -> None:
    (folder / "model" / "README.md").write_text("a model", encoding="utf-8")
    (folder / "model" / ".gitattributes").write_text("*", encoding="utf-8")
    (folder / "model" / "v1-5-pruned.safetensors").write_bytes(b"")

    text = pin(folder)

    assert "README" not in text
    assert "v1-5-pruned" not in text


def test_an_unknown_ready_look_is_refused_and_those_there_are_named() -> None:
    with pytest.raises(RenderError, match="no ready Look") as caught:
        ready_file("midday")

    assert "sdxl-union" in caught.value.hint


@pytest.mark.parametrize("name", sorted(ready_looks()))
def test_a_ready_look_states_licence_commercial_use_and_data_of_all_it_wants(name: str) -> None:
    file = ready_looks()[name]

    tables = [read_toml(file)[table] for table in wanted(file)]

    assert tables
    for table in tables:
        assert table["licence"] and table["training_data"] and isinstance(table["commercial"], bool) and table["data"]
        assert table["revision"] == table["folder"] == ""
    assert read_toml(file)["model"]["vendor_training"] == "local"
