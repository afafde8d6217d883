"""How like two pictures are, and what is other here than where the first was painted."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from render_service.recipe import look_facts, recipe_of
from render_service.reproduce import compare, differing_look, differing_run
from tests.unit.render.test_recipe import LOOK, REQUEST

Pixels = NDArray[np.uint8]
RUN = {"seeds": [1], "slot": "a:0", "started_ms": 1, "milliseconds": 2, "batch_size": 1, "batch_position": 0}


@pytest.fixture
def old(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(4, 252, (24, 32, 3), dtype=np.uint8)


def digest(pixels: Pixels) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def test_the_same_pixels_are_equal_even_when_the_old_picture_is_gone(old: Pixels) -> None:
    assert compare(old, digest(old), old).verdict == "equal"
    assert compare(old, digest(old), None).verdict == "equal"


def test_two_levels_everywhere_are_rounding(old: Pixels) -> None:
    likeness = compare(old + np.uint8(2), digest(old), old)

    assert (likeness.verdict, likeness.most_levels, likeness.mean_levels) == ("rounding", 2, 2.0)
    assert likeness.psnr_db == pytest.approx(42.11, abs=0.01)


def test_one_far_pixel_in_a_picture_as_like_as_45_decibels_is_rounding() -> None:
    old = np.zeros((200, 200, 3), np.uint8)
    new = old.copy()
    new[0, 0, 0] = 200

    likeness = compare(new, digest(old), old)

    assert (likeness.verdict, likeness.most_levels) == ("rounding", 200)
    assert likeness.psnr_db is not None and likeness.psnr_db > 45


def test_three_levels_everywhere_are_another_picture(old: Pixels) -> None:
    likeness = compare(old - np.uint8(3), digest(old), old)

    assert (likeness.verdict, likeness.most_levels, likeness.mean_levels) == ("differs", 3, 3.0)


def test_another_size_and_a_picture_that_is_gone_cannot_be_measured(old: Pixels) -> None:
    for other in (None, old[:12]):
        likeness = compare(old + np.uint8(1), digest(old), other)
        assert (likeness.verdict, likeness.most_levels, likeness.psnr_db) == ("differs", None, None)


def test_where_and_when_it_was_painted_is_no_difference() -> None:
    facts: dict[str, str | int] = {"device": "cpu", "threads": 2}

    assert differing_run({**RUN, **facts}, facts) == []


def test_another_library_device_or_batch_is_told() -> None:
    run: dict[str, Any] = {
        **RUN,
        "device": "NVIDIA H200",
        "torch_version": "2.13.0",
        "batch_size": 4,
        "batch_position": 2,
        "compiled": "unet",
    }

    told = {each.part: (each.then, each.here) for each in differing_run(run, {"device": "cpu", "torch_version": "2.14.0", "compiled": ""})}

    assert told == {
        "device": ("NVIDIA H200", "cpu"),
        "torch_version": ("2.13.0", "2.14.0"),
        "compiled": ("unet", "–"),
        "batch": ("picture 3 of 4", "alone"),
    }


def test_a_changed_look_is_told_by_its_parts() -> None:
    recipe = recipe_of(REQUEST, [])
    changed = replace(LOOK, guidance_scale=3.0, files={"unet/model.safetensors": "b" * 64}, prompt="{place}", digest="e" * 64)

    told = {each.part for each in differing_look(recipe, changed)}

    assert {"Look guidance_scale_ppm", "Look files.unet/model.safetensors", "Look prompt", "prompt"} <= told
    assert differing_look(recipe, LOOK) == []
    assert recipe["look"] == look_facts(LOOK)
