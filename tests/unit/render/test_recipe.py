"""A recipe holds all that made a picture, hashes the same everywhere, and gives back what is needed to paint again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from integration.storage.filesystem import FilesystemStorage
from render_service.batcher import Painted
from render_service.contract import Look, LookLora, LookPart, RenderRequest, Scene
from render_service.recipe import keep_recipe, look_facts, recipe_of, run_of, run_with, scene_in

LOOK = Look(
    name="small",
    title="Small",
    kind="controlnet",
    folder="/somewhere/of/this/machine",
    revision="1",
    files={"unet/model.safetensors": "a" * 64},
    licence="Apache-2.0",
    commercial=True,
    training_data="none",
    num_inference_steps=12,
    guidance_scale=2.5,
    prompt="{season}, {place}",
    negative_prompt="people",
    reads=("en",),
    digest="d" * 64,
)
SCENE = Scene(season="秋", place="風ノ森駅", weather="雨", house_words={"風ノ森駅": "country station"})
REQUEST = RenderRequest(key="k", look=LOOK, scene=SCENE, line_sha256="1" * 64, width_px=64, height_px=40, seeds=(7, 8, 9))


def run(seeds: tuple[int, ...], position: int) -> dict[str, Any]:
    painted = Painted(
        pixels=np.zeros((1, 1, 3), np.uint8),
        facts={"device": "cpu", "torch_version": "2.13.0"},
        unread="a far hill",
        batch_size=4,
        batch_position=position,
        started_ms=1,
        milliseconds=250,
    )
    return run_of(seeds, painted, slot="here:0")


def recipe() -> dict[str, Any]:
    return recipe_of(REQUEST, [run((7, 8), 2), run((9,), 0)])


def test_a_recipe_names_model_words_settings_and_runs() -> None:
    made = recipe()

    assert made["look"]["files"] == LOOK.files and made["look"]["licence"] == "Apache-2.0" and made["look"]["digest"] == LOOK.digest
    assert (made["prompt"], made["negative_prompt"]) == ("autumn, country station", "people")
    assert made["words"]["given"] == {"season": "秋", "place": "風ノ森駅", "weather": "雨"}
    assert made["words"]["translated"][0] == {"term": "秋", "words": "autumn", "by": "lexicon"}
    assert made["words"]["unused"] == ["weather"]
    assert made["prompt_lang"] == "en"
    assert made["runs"][0]["unread"] == "a far hill"
    assert (made["line_sha256"], made["mask_sha256"], made["seeds"]) == ("1" * 64, "", [7, 8, 9])


def test_a_recipe_has_no_fractions_and_no_path_of_a_machine() -> None:
    made = recipe()

    assert made["look"]["guidance_scale_ppm"] == 2_500_000
    assert json.loads(json.dumps(made), parse_float=lambda number: 1 / 0) == made
    assert "/somewhere" not in json.dumps(made)


def test_the_same_recipe_has_the_same_name_in_the_store(tmp_path: Path) -> None:
    storage, made = FilesystemStorage(tmp_path), recipe()

    kept = keep_recipe(storage, made)

    assert kept == keep_recipe(storage, dict(reversed(made.items())))
    assert json.loads(storage.get(kept)) == made
    assert kept != keep_recipe(storage, {**made, "prompt": "winter"})


def test_each_picture_knows_its_place_in_its_batch() -> None:
    made = recipe()

    assert (run_with(made, 8)["batch_position"], run_with(made, 8)["batch_size"]) == (3, 4)
    assert run_with(made, 9)["batch_position"] == 0
    assert run_with(made, 10) == {}


def test_the_words_are_given_back_as_they_were() -> None:
    assert scene_in(recipe()) == SCENE


def test_a_pipeline_that_is_not_told_what_to_leave_out_has_no_negative_prompt() -> None:
    cascade = replace(REQUEST, look=replace(LOOK, kind="cascade"))

    assert recipe_of(cascade, [])["negative_prompt"] == ""


def test_what_is_added_to_the_model_is_pinned_too() -> None:
    control = LookPart(
        folder="/elsewhere", revision="2", files={"model.safetensors": "b" * 64}, licence="MIT", commercial=True, training_data="own"
    )
    lora = LookLora(path="/style", sha256="c" * 64, weight=0.7, licence="internal", commercial=True, source="boards, consent 12")

    made = recipe_of(replace(REQUEST, look=replace(LOOK, control=control, loras=(lora,))), [])

    assert made["look"]["control"]["files"] == control.files and made["look"]["control"]["licence"] == "MIT"
    assert (made["look"]["loras"][0]["sha256"], made["look"]["loras"][0]["weight_ppm"]) == ("c" * 64, 700_000)
    assert "/elsewhere" not in json.dumps(made) and "/style" not in json.dumps(made)


def test_moving_the_model_changes_no_fact_of_the_look() -> None:
    assert look_facts(replace(LOOK, folder="/elsewhere")) == look_facts(LOOK)
    assert look_facts(replace(LOOK, guidance_scale=3.0)) != look_facts(LOOK)
