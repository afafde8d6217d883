"""A Look that does not say what it is made of is refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from integration.errors import RenderError
from render_service.looks import BUILT_IN_FOLDER, list_looks, load_look, look_digest, read_look

WHOLE = """name = "autumn"
title = "Autumn village"
kind = "controlnet"
[model]
folder = "models/autumn"
revision = "0123456789abcdef"
licence = "Apache-2.0"
commercial = true
training_data = "the studio's own boards"
[model.files]
"model_index.json" = "{sum}"
[sampler]
num_inference_steps = 20
guidance_scale = 5
[size]
width_px = 640
height_px = 360
[prompt]
template = "{{season}}, {{place}}"
""".format(sum="a" * 64)


@pytest.fixture
def look_file(tmp_path: Path) -> Path:
    file = tmp_path / "autumn.toml"
    file.write_text(WHOLE, encoding="utf-8")
    return file


def without(file: Path, key: str) -> None:
    lines = [line for line in WHOLE.splitlines() if not line.startswith(f"{key} =")]
    file.write_text("\n".join(lines), encoding="utf-8")


def test_a_whole_look_is_read(look_file: Path) -> None:
    look = load_look("autumn", [look_file.parent])

    assert look.folder == str(look_file.parent / "models" / "autumn")
    assert look.guidance_scale == 5.0
    assert look.digest == look_digest(look)


@pytest.mark.parametrize("key", ["revision", "licence", "commercial", "training_data"])
def test_a_look_that_does_not_state_its_origin_is_refused(look_file: Path, key: str) -> None:
    without(look_file, key)

    with pytest.raises(RenderError, match=f"does not say: {key}"):
        read_look(look_file)


def test_a_look_without_file_hashes_is_refused(look_file: Path) -> None:
    look_file.write_text(WHOLE.replace(f'[model.files]\n"model_index.json" = "{"a" * 64}"\n', ""), encoding="utf-8")

    with pytest.raises(RenderError, match="does not say: files"):
        read_look(look_file)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "controlnet"', 'kind = "pickle"', "unknown kind"),
        ("commercial = true", 'commercial = "yes"', "true or false"),
        ("num_inference_steps = 20", "num_inference_steps = 0", "whole number from 1"),
        ("guidance_scale = 5", "guidance_scale = nan", "needs a number"),
        ("width_px = 640", "width_px = true", "whole number"),
        ("a" * 64, "abc", "no SHA-256"),
        ('name = "autumn"', 'name = "winter"', "calls itself 'winter'"),
        ("[sampler]", "[sampler]\neta = 1", "unknown keys: sampler.eta"),
        ("[size]", "[dimensions]", "has no \\[size\\]"),
        ('title = "Autumn village"', "title = ", "not valid TOML"),
    ],
)
def test_a_wrong_value_is_refused_in_words(look_file: Path, old: str, new: str, words: str) -> None:
    look_file.write_text(WHOLE.replace(old, new), encoding="utf-8")

    with pytest.raises(RenderError, match=words):
        read_look(look_file)


def test_a_missing_look_is_refused_and_those_there_are_named(look_file: Path) -> None:
    with pytest.raises(RenderError, match="no Look called 'spring'") as caught:
        load_look("spring", [look_file.parent])

    assert "autumn" in caught.value.hint


@pytest.mark.parametrize("name", ["../autumn", "", "a/b", "Autumn", "x" * 100])
def test_a_name_that_is_a_path_is_refused(look_file: Path, name: str) -> None:
    with pytest.raises(RenderError, match="cannot name a Look"):
        load_look(name, [look_file.parent])


def test_everything_but_the_folder_is_in_the_digest(look_file: Path) -> None:
    look = read_look(look_file)

    assert look_digest(replace(look, folder="/elsewhere")) == look.digest
    assert look_digest(replace(look, guidance_scale=5.5)) != look.digest
    assert look_digest(replace(look, licence="MIT")) != look.digest
    assert look_digest(replace(look, files={"model_index.json": "b" * 64})) != look.digest


def test_hashes_may_stand_in_the_models_own_list(look_file: Path) -> None:
    model = look_file.parent / "models" / "autumn"
    model.mkdir(parents=True)
    (model / "SHA256SUMS").write_text(f"{'b' * 64}  ./unet/config.json\n{'a' * 64} *model_index.json\n", encoding="utf-8")
    files = f'[model.files]\n"model_index.json" = "{"a" * 64}"\n'
    look_file.write_text(WHOLE.replace(files, "").replace("revision =", 'files_from = "SHA256SUMS"\nrevision ='), encoding="utf-8")

    assert read_look(look_file).files == {"model_index.json": "a" * 64, "unet/config.json": "b" * 64}


def test_a_list_of_hashes_that_is_none_is_refused(look_file: Path) -> None:
    model = look_file.parent / "models" / "autumn"
    model.mkdir(parents=True)
    (model / "SHA256SUMS").write_text("hello\n", encoding="utf-8")
    files = f'[model.files]\n"model_index.json" = "{"a" * 64}"\n'
    look_file.write_text(WHOLE.replace(files, "").replace("revision =", 'files_from = "SHA256SUMS"\nrevision ='), encoding="utf-8")

    with pytest.raises(RenderError, match="no list of SHA-256"):
        read_look(look_file)


def test_the_house_look_is_found_where_the_package_lies(tmp_path: Path) -> None:
    assert (BUILT_IN_FOLDER / "house.toml").is_file()
    (tmp_path / "look_files").mkdir()
    shutil.copy(BUILT_IN_FOLDER / "house.toml", tmp_path / "look_files")
    weights = tmp_path / "house" / "weights"
    weights.mkdir(parents=True)
    (weights / "SHA256SUMS").write_text(f"{'a' * 64}  model_index.json\n", encoding="utf-8")

    look = load_look("house", [tmp_path / "look_files"])

    assert look.kind == "cascade"
    assert look.commercial


def test_every_look_is_listed_once(look_file: Path) -> None:
    shutil.copy(BUILT_IN_FOLDER / "house.toml", look_file.parent)
    text = (look_file.parent / "house.toml").read_text(encoding="utf-8")
    (look_file.parent / "house.toml").write_text(
        text.replace('files_from = "SHA256SUMS"', f'files = {{"model_index.json" = "{"a" * 64}"}}'), encoding="utf-8"
    )

    assert [look.name for look in list_looks([look_file.parent])] == ["autumn", "house"]
