"""Prompts are made of the shot's words, whatever those are."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_service.contract import Look, Scene
from render_service.prompt import LONGEST, negative_prompt_of, prompt_of

LOOK = Look(
    name="small",
    title="Small",
    kind="controlnet",
    folder="",
    revision="1",
    files={},
    licence="Apache-2.0",
    commercial=True,
    training_data="none",
    num_inference_steps=1,
    guidance_scale=1.0,
    prompt="{season}, {time_of_day}, {weather}, {light}, {place}",
)


def test_english_words_are_joined_by_commas() -> None:
    assert prompt_of(LOOK, Scene(place="a shrine", season="autumn", time_of_day="dusk")) == "autumn, dusk, a shrine"


def test_japanese_words_are_joined_by_japanese_commas() -> None:
    assert prompt_of(LOOK, Scene(place="神社", season="秋", weather="晴れ")) == "秋、晴れ、神社"


def test_an_empty_scene_leaves_no_separators() -> None:
    assert prompt_of(LOOK, Scene()) == ""
    assert prompt_of(replace(LOOK, prompt="{season}, {place}, background painting"), Scene()) == "background painting"


def test_words_around_a_place_holder_go_with_it() -> None:
    look = replace(LOOK, prompt="a {weather} day, at {place}, painted")

    assert prompt_of(look, Scene(place="the sea")) == "at the sea, painted"


@pytest.mark.parametrize("hostile", ["{place.__class__}", "{0}", "{season!r:>999999999}", "{{x}}", "%(place)s", "${HOME}", "{light}"])
def test_braces_in_words_are_only_text(hostile: str) -> None:
    assert prompt_of(LOOK, Scene(place=hostile, light="")) == hostile


def test_a_template_reaches_nothing_but_the_scenes_words() -> None:
    look = replace(LOOK, prompt="{place.__class__}, {__class__}, {password}, {place}")

    assert prompt_of(look, Scene(place="sea")) == "{place.__class__}, sea"


def test_control_characters_and_hidden_marks_fall_away() -> None:
    scene = Scene(place="sea\x00\x1b[31m\n\r\tshore\u202e\u200b", season="\ufeffautumn")

    assert prompt_of(LOOK, scene) == "autumn, sea [31m shore"


def test_emoji_stay_whole() -> None:
    assert prompt_of(LOOK, Scene(place="🏯 castle 👩‍🎨")) == "🏯 castle 👩‍🎨"


def test_separators_around_a_word_are_tidied() -> None:
    assert prompt_of(LOOK, Scene(season=" ,秋、 ", place=" 、海,")) == "秋、海"


def test_the_negative_prompt_is_cleaned_too() -> None:
    assert negative_prompt_of(replace(LOOK, negative_prompt="people,\n text\x07")) == "people, text"


@given(st.builds(Scene, **{name: st.text(max_size=600) for name in ("place", "season", "time_of_day", "weather", "light")}))
def test_any_scene_gives_one_clean_bounded_line(scene: Scene) -> None:
    prompt = prompt_of(LOOK, scene)

    assert len(prompt) <= LONGEST
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in prompt)
    assert prompt == prompt.strip()
    assert prompt.encode("utf-8").decode("utf-8") == prompt
