"""A Look that does not say what it is made of is refused."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from integration.errors import RenderError
from render_service.contract import Look
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

    with pytest.raises(RenderError, match=f"does not say: model.{key}"):
        read_look(look_file)


def test_a_look_without_file_hashes_is_refused(look_file: Path) -> None:
    look_file.write_text(WHOLE.replace(f'[model.files]\n"model_index.json" = "{"a" * 64}"\n', ""), encoding="utf-8")

    with pytest.raises(RenderError, match=r"does not say: model\.files"):
        read_look(look_file)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "controlnet"', 'kind = "pickle"', "unknown kind"),
        ("commercial = true", 'commercial = "yes"', "should be a valid boolean"),
        ("num_inference_steps = 20", "num_inference_steps = 0", "should be greater than or equal to 1"),
        ("guidance_scale = 5", "guidance_scale = nan", "should be a finite number"),
        ("width_px = 640", "width_px = true", "should be a valid integer"),
        ("a" * 64, "abc", "should match pattern"),
        ('name = "autumn"', 'name = "winter"', "calls itself 'winter'"),
        ("[sampler]", "[sampler]\neta = 1", "unknown keys: sampler.eta"),
        ("[size]", "[dimensions]", "unknown keys: dimensions"),
        ("[size]\nwidth_px = 640\nheight_px = 360\n", "", "does not say: size"),
        ("commercial = true", 'commercial = true\ndata = "clean"', "'clean' for model.data"),
        ('licence = "Apache-2.0"', 'licence = " "', "which is empty"),
        (
            "[sampler]",
            "[art_board]\nuse = 'init'\npath = 'b.png'\nsha256 = '" + "c" * 64 + "'\nsource = 'ours'\n[sampler]",
            "cannot use an art board",
        ),
        (
            "[sampler]",
            "[[lora]]\npath = 'l.safetensors'\nsha256 = '" + "c" * 64 + "'\nweight = 1\nlicence = 'MIT'\n[sampler]",
            "lora.0.source",
        ),
        (
            "[sampler]",
            "[[lora]]\npath = 'l.safetensors'\nsha256 = '" + "c" * 64 + "'\nweight = 1\nlicence = 'MIT'\nsource = 'x'\n[sampler]",
            "commercial",
        ),
        ("[sampler]", "[sampler]\ncontrol_guidance_start = 0.8\ncontrol_guidance_end = 0.5", "after the last"),
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


ADDED = """
[control]
folder = "models/lines"
revision = "2"
licence = "CC-BY-NC-4.0"
commercial = false
training_data = "licensed pictures"
data = "licensed"
files = {{ "config.json" = "{sum}" }}
[[lora]]
path = "styles/evening.safetensors"
sha256 = "{sum}"
weight = 0.8
licence = "internal"
source = "12 boards, consent 2026-031"
data = "own"
""".format(sum="c" * 64)


def test_what_is_added_to_a_model_makes_the_same_statements_and_counts(look_file: Path) -> None:
    look_file.write_text(WHOLE.replace("commercial = true", 'commercial = true\ndata = "own"') + ADDED, encoding="utf-8")

    look = read_look(look_file)

    assert not look.commercial
    assert look.data_known == "licensed"
    assert look.meets("disclosed") and look.meets("licensed") and not look.meets("own")


def test_a_look_that_says_nothing_of_its_kind_of_data_meets_no_demand(look_file: Path) -> None:
    look = read_look(look_file)

    assert look.data_known == "undisclosed"
    assert not look.meets("disclosed")
    assert look.vendor_training == "unstated"


def test_a_look_comes_back_from_json_as_it_was(look_file: Path) -> None:
    look_file.write_text(WHOLE.replace("height_px = 360", "height_px = 360\nbuckets = [[704, 384]]") + ADDED, encoding="utf-8")
    look = read_look(look_file)

    back = Look.from_json(json.loads(json.dumps(asdict(look))))

    assert back == look
    assert look_digest(back) == look.digest


def test_where_added_weights_lie_is_not_in_the_digest_but_what_they_are_is(look_file: Path) -> None:
    look_file.write_text(WHOLE + ADDED, encoding="utf-8")
    look = read_look(look_file)
    assert look.control

    assert look_digest(replace(look, control=replace(look.control, folder="/elsewhere"))) == look.digest
    assert look_digest(replace(look, control=replace(look.control, revision="3"))) != look.digest
    assert look_digest(replace(look, loras=(replace(look.loras[0], weight=0.7),))) != look.digest
