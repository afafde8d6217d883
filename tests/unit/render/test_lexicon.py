"""Production words are put into the language a model reads, by table, and what has no entry stays and is told."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render_service.lexicon import forms_of, put_house_words, read_table, translate

BOTH, ENGLISH, JAPANESE = ("en", "ja"), ("en",), ("ja",)


def entries() -> list[tuple[str, str]]:
    return [entry for name, section in read_table().items() if name != "joining" for entry in section.items()]


def test_every_form_stands_in_the_table_once() -> None:
    japanese = Counter(form for cell, _ in entries() for form in forms_of(cell))
    english = Counter(form.casefold().replace("-", " ") for _, cell in entries() for form in forms_of(cell))

    assert [form for form, count in (japanese + english).items() if count > 1] == []
    assert len(entries()) >= 150


def test_every_form_of_the_table_is_translated_both_ways() -> None:
    for japanese, english in entries():
        for form in forms_of(japanese):
            assert translate(form, ENGLISH).text == forms_of(english)[0]
        for form in forms_of(english):
            assert translate(form, JAPANESE).text == forms_of(japanese)[0]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("夕景の商店街", "evening scene shopping street"),
        ("校舎、逆光、煽り", "school building, backlight, low-angle view"),
        ("小川と丘", "stream and hill"),
        ("峠へ続く道", "mountain pass leading to road"),
        ("河川敷(俯瞰)", "grassy riverbank (high-angle view)"),
        ("停留所前の田舎道", "bus stop front country road"),
    ],
)
def test_japanese_is_told_in_english(text: str, written: str) -> None:
    assert translate(text, ENGLISH).text == written
    assert translate(text, ENGLISH).left == ()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("country road with telegraph poles", "田舎道と電柱"),
        ("Small shrine, overcast", "小さな神社、曇り"),
        ("autumn evening", "秋の夕方"),
        ("high angle view", "俯瞰"),
        ("old shop signs", "古い看板"),
    ],
)
def test_english_is_told_in_japanese(text: str, written: str) -> None:
    assert translate(text, JAPANESE).text == written
    assert translate(text, JAPANESE).left == ()


def test_the_longest_term_is_taken() -> None:
    assert [term.words for term in translate("桜並木", ENGLISH).terms] == ["row of cherry trees"]
    assert [term.words for term in translate("railway station", JAPANESE).terms] == ["駅"]


def test_a_model_that_reads_both_is_told_what_stands_there() -> None:
    assert translate("夕景の商店街 at dusk", BOTH).text == "夕景の商店街 at dusk"
    assert translate("夕景の商店街 at dusk", BOTH).terms == ()


def test_what_has_no_entry_stays_and_is_told() -> None:
    english, japanese = translate("神奈川の山", ENGLISH), translate("strange house, русский", JAPANESE)

    assert (english.text, english.left) == ("神奈川 mountain", ("神奈川",))
    assert (japanese.text, japanese.left) == ("strange 家、русский", ("strange", "русский"))


@pytest.mark.parametrize("name", ["神奈川", "ホームラン", "バスケットコート", "アップル"])
def test_a_short_word_inside_an_unknown_one_is_no_term(name: str) -> None:
    assert translate(name, ENGLISH).terms == ()
    assert translate(name, ENGLISH).left == (name,)


def test_an_english_word_inside_another_is_no_term() -> None:
    assert translate("seasoned carpark", JAPANESE).terms == ()


def test_a_model_that_reads_neither_is_told_everything_as_it_is() -> None:
    translated = translate("夕景 road", ("zh",))

    assert (translated.text, translated.left) == ("夕景 road", ("夕景", "road"))


def test_house_words_come_first_and_the_longest_of_them() -> None:
    house = {"風ノ森": "wooded village", "風ノ森駅": "small wooden country railway station", "Kaze": "wind"}

    put = put_house_words("風ノ森駅のホーム, kaze", house)

    assert put.text == "small wooden country railway station のホーム, wind"
    assert [(term.term, term.by) for term in put.terms] == [("風ノ森駅", "house"), ("kaze", "house")]


def test_a_japanese_house_word_stands_in_a_japanese_sentence_without_blanks() -> None:
    assert put_house_words("風ノ森駅前の道", {"風ノ森駅": "小さな木造の駅"}).text == "小さな木造の駅前の道"


def test_house_words_are_not_looked_at_again() -> None:
    assert put_house_words("a", {"a": "b", "b": "c"}).text == "b"
    assert put_house_words("A.*", {"A.*": r"\1 {place}"}).text == r"\1 {place}"


@given(st.text(max_size=300), st.sampled_from([BOTH, ENGLISH, JAPANESE, ("zh",), ()]))
def test_any_text_is_translated_to_one_line_and_loses_no_foreign_word(text: str, reads: tuple[str, ...]) -> None:
    plain = " ".join(text.split())

    translated = translate(plain, reads)

    assert all(word in translated.text for word in translated.left)
    assert all(term.term in plain for term in translated.terms)
