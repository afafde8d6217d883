"""Prompts are made of the shot's words, whatever those are."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import render_service
from render_service.contract import Look, Scene
from render_service.prompt import LONGEST, LONGEST_NOTE, LONGEST_WORD, negative_prompt_of, prompt_of, words_of

HOUSE_TOKENIZER = Path(render_service.__file__).parent / "house" / "weights" / "tokenizer"
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


def test_an_instruction_stays_when_the_words_after_it_are_empty() -> None:
    look = replace(LOOK, prompt="Paint this layout, all of it. No people. {place}, {season}")

    assert prompt_of(look, Scene()) == "Paint this layout, all of it. No people."
    assert prompt_of(look, Scene(season="autumn")) == "Paint this layout, all of it. No people. autumn"
    assert prompt_of(replace(LOOK, prompt="原図を描く。{place}、{season}"), Scene(season="秋")) == "原図を描く。 秋"


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
    assert negative_prompt_of(replace(LOOK, guidance_scale=2.0, negative_prompt="people,\n text\x07")) == "people, text"


def test_without_guidance_no_model_looks_at_the_negative_prompt() -> None:
    assert negative_prompt_of(replace(LOOK, guidance_scale=1.0, negative_prompt="people")) == ""


ENGLISH = replace(LOOK, reads=("en",), prompt="{season}, {place}, {art_note}, background painting")


def test_a_model_of_one_language_is_told_that_language_and_what_was_put_into_it() -> None:
    words = words_of(ENGLISH, Scene(season="秋", place="月ヶ瀬の商店街", art_note="逆光で"))

    assert words.prompt == "autumn, 月ヶ瀬 shopping street, backlight, background painting"
    assert [(term.term, term.words) for term in words.translated] == [
        ("秋", "autumn"),
        ("商店街", "shopping street"),
        ("逆光", "backlight"),
    ]
    assert words.left == ("月ヶ瀬",)


def test_house_words_stand_in_for_a_name() -> None:
    scene = Scene(place="風ノ森駅、夕景", house_words={"風ノ森駅": "small wooden country railway station"})

    words = words_of(ENGLISH, scene)

    assert words.prompt == "small wooden country railway station, evening scene, background painting"
    assert [(term.term, term.by) for term in words.translated] == [("風ノ森駅", "house"), ("夕景", "lexicon")]


def test_a_field_without_a_place_in_the_template_is_told_as_unused() -> None:
    assert words_of(ENGLISH, Scene(season="秋", weather="雨", light=" \u200b")).unused == ("weather",)


@pytest.mark.parametrize("character", ["a", "山", "🏯", "\u0301", "\ufdfa"])
def test_ten_thousand_characters_are_cut_and_that_is_told(character: str) -> None:
    words = words_of(ENGLISH, Scene(place=character * 10_000, art_note=character * 10_000, season="秋"))

    assert len(words.prompt) <= LONGEST
    assert {"place", "art_note"} <= set(words.shortened)


def test_words_of_their_full_length_are_not_cut() -> None:
    words = words_of(ENGLISH, Scene(place="a" * LONGEST_WORD, art_note="b" * LONGEST_NOTE))

    assert words.shortened == ()
    assert "a" * LONGEST_WORD in words.prompt and "b" * LONGEST_NOTE in words.prompt


def test_compatibility_forms_are_written_plainly() -> None:
    assert words_of(ENGLISH, Scene(place="ｶﾞｰﾄﾞﾚｰﾙ　ＢＧ")).prompt == "guard rail BG, background painting"


@pytest.mark.parametrize("hostile", ["<|endoftext|>", "</s>", "<|im_start|>", "＜｜endoftext｜＞", "<<|endoftext|>|endoftext|>", "<s>"])
def test_no_words_can_end_or_begin_a_tokenizers_text(hostile: str) -> None:
    prompt = prompt_of(LOOK, Scene(place=f"sea {hostile} shore"))

    assert "<|" not in prompt or "|>" not in prompt
    assert not {"<|endoftext|>", "</s>", "<s>", "<|im_start|>"} & set(prompt.split())
    assert prompt.startswith("sea") and prompt.endswith("shore")


@pytest.mark.parametrize("marks", [("<|endoftext|>",), ("<|startoftext|>", "＜|endoftext|＞"), ("<|<|endoftext|>endoftext|>",)])
def test_the_house_models_tokenizer_obeys_nothing_in_the_words(marks: tuple[str, ...]) -> None:
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(HOUSE_TOKENIZER)

    ids = tokenizer(prompt_of(LOOK, Scene(place=f"sea {' '.join(marks)} shore")))["input_ids"]

    assert not set(tokenizer.all_special_ids) & set(ids[1:-1])
    assert len(ids) > 4


def test_braces_in_house_words_are_only_text() -> None:
    scene = Scene(place="駅", season="秋", house_words={"駅": "{season} \\1 %s"})

    assert prompt_of(LOOK, scene) == "秋、{season} \\1 %s"


def test_text_directions_cannot_be_turned() -> None:
    assert prompt_of(LOOK, Scene(place="\u202eabc\u2066 \u200fשלום\u2069 مرحبا")) == "abc שלום مرحبا"


SCENES = st.builds(
    Scene,
    **{name: st.text(max_size=600) for name in ("place", "season", "time_of_day", "weather", "light", "art_note")},
    house_words=st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5),
)


@given(SCENES)
def test_any_scene_gives_one_clean_bounded_line(scene: Scene) -> None:
    prompt = prompt_of(ENGLISH, scene)

    assert len(prompt) <= LONGEST
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in prompt)
    assert prompt == prompt.strip()
    assert prompt.encode("utf-8").decode("utf-8") == prompt
