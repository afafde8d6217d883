"""What a Note asks for is read from any text, in bounds, and nothing in it can break the record."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.production import Note, NoteId, Project, ProjectId
from integration.workflow.wish import LONGEST_PROMPT, LONGEST_TEXT, asks, prompt_words_of, text_of

WORDS = ("新ラウンド", "new draft", "#redraft")


def note(content: str, subject: str = "") -> Note:
    show = Project(id=ProjectId("70"), name="雨の街")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Note(id=NoteId("1"), project=show, by=None, created_at=at, subject=subject, content=content, background=None)


@pytest.mark.parametrize("text", ["新ラウンドで", "ﾆｭｰ 新ﾗｳﾝﾄﾞ", "NEW DRAFT!", "ｎｅｗ　ｄｒａｆｔ", "see #Redraft"])
def test_the_words_are_found_in_whatever_letters_and_widths(text: str) -> None:
    assert asks(note(text), WORDS)
    assert asks(note("", subject=text), WORDS)


@pytest.mark.parametrize("text", ["", "新しい", "newdraft", "redraft"])
def test_other_words_ask_nothing(text: str) -> None:
    assert not asks(note(text), WORDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("再ドラフト\nprompt: misty  bamboo", "misty bamboo"),
        ("プロンプト：霧の朝\nPrompt : 逆光", "霧の朝, 逆光"),
        ("ﾌﾟﾛﾝﾌﾟﾄ: 夜", "夜"),
        ("the prompt: is wrong", ""),
        ("prompt:\nprompt:  ", ""),
    ],
)
def test_lines_that_begin_so_add_to_the_prompt(text: str, words: str) -> None:
    assert prompt_words_of(note(text)) == words


@given(st.text())
def test_no_text_breaks_bounds_or_the_record(text: str) -> None:
    written = note(text * 50, subject=text)

    kept, words = text_of(written), prompt_words_of(note(f"prompt: {text * 20}"))

    assert len(kept) <= LONGEST_TEXT and "\x00" not in kept
    assert len(words) <= LONGEST_PROMPT
    kept.encode()
