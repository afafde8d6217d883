"""Production words between Japanese and English by table, longest first; what has no entry stays, and is told."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("lexicon.toml")
"""The words; its first lines say how it is read."""

_KANJI = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_RUN = re.compile(f"[\u3041-\u309f{_KATAKANA}{_KANJI}]+")
"""Letters of Japanese; what stands between is punctuation, or another script."""
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_ADJECTIVE_ENDS = ("な", "い", "の", "た")
_TO_ENGLISH_MARKS = str.maketrans({"、": ", ", "。": ". ", "・": ", "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term that was put into other words."""

    term: str
    """As it stood."""
    words: str
    """What was written for it."""
    by: str
    """``lexicon``, or ``house`` for the show's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A text in the words a model reads."""

    text: str
    """One line."""
    terms: tuple[Term, ...] = ()
    """What was put into other words, in order."""
    left: tuple[str, ...] = ()
    """What the model does not read and no entry covers; it stands in `text` as it was."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One direction of the lexicon."""

    words: Mapping[str, str]
    """What is written, by form; English forms in lower case with blanks for hyphens."""
    joining: Mapping[str, str]
    """The same for what only joins words."""
    forms: re.Pattern[str]
    """Any form, the longest first."""
    joins: re.Pattern[str]
    """Any word that only joins."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text: a form of the table, or what stands between two."""

    text: str
    known: bool


def translate(text: str, reads: tuple[str, ...]) -> Translated:
    """`text` for a model that reads the languages `reads` (``en``, ``ja``): as it is when it reads both.

    Args:
        text: one line in Unicode NFKC, as `render_service.prompt.clean` gives it.
        reads: BCP 47 names of languages.
    """
    match "en" in reads, "ja" in reads:
        case True, True:
            return Translated(text=text)
        case True, False:
            return _to_english(text)
        case False, True:
            return _to_japanese(text)
    return Translated(text=text, left=tuple(_LETTERS.findall(text)))


def put_house_words(text: str, house_words: Mapping[str, str]) -> Translated:
    """`text` with the show's own words in place of its terms, the longest term first; what was put in is not looked at again."""
    if not house_words:
        return Translated(text=text)
    words = {term.casefold(): value for term, value in house_words.items()}
    terms: list[Term] = []

    def put(match: re.Match[str]) -> str:
        terms.append(Term(term=match[0], words=words.get(match[0].casefold(), match[0]), by="house"))
        written = terms[-1].words
        return f"{'' if _RUN.match(written[:1]) else ' '}{written}{'' if _RUN.match(written[-1:]) else ' '}"

    written = _any_of(house_words).sub(put, text)
    return Translated(text=_tidy(written), terms=tuple(terms))


def forms_of(cell: str) -> list[str]:
    """The forms in one cell of the table: ``"夕方 | 夕景"``."""
    return [form.strip() for form in cell.split("|")]


def read_table() -> dict[str, Any]:
    """The table file as it stands: sections of Japanese = English, and ``joining``."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _to_english(text: str) -> Translated:
    table = _japanese_table()
    terms: list[Term] = []
    left: list[str] = []

    def write(run: re.Match[str]) -> str:
        pieces = _trusted(_pieces(table.forms, run[0]))
        written: list[str] = []
        for i, piece in enumerate(pieces):
            if piece.known:
                written.append(table.words[piece.text])
                terms.append(Term(term=piece.text, words=written[-1], by="lexicon"))
                continue
            before, unknown, after = _unjoined(table, piece.text, after_known=i > 0, before_known=i + 1 < len(pieces))
            written += [before, unknown, after]
            left.extend([unknown] if unknown else [])
        return f" {' '.join(written)} "

    written = _RUN.sub(write, text).translate(_TO_ENGLISH_MARKS)
    left += [letters for letters in _LETTERS.findall(_RUN.sub(" ", text)) if not _LATIN_WORD.fullmatch(letters)]
    return Translated(text=_tidy(written), terms=tuple(terms), left=tuple(left))


def _to_japanese(text: str) -> Translated:
    table = _english_table()
    terms: list[Term] = []
    left: list[str] = []
    written = ""
    for piece in _pieces(table.forms, text):
        key = _plain(piece.text)
        if piece.known:
            words = table.words[key]
            terms.append(Term(term=piece.text, words=words, by="lexicon"))
            before = written.rstrip()
            needs_no = _RUN.search(before[-1:]) and not before.endswith((*_ADJECTIVE_ENDS, "と"))
            written = f"{before}の{words}" if needs_no else f"{written}{words}"
            continue
        kept = _LATIN_WORD.sub(lambda word: table.joining.get(word[0].lower(), word[0]), piece.text)
        left += [letters for letters in _LATIN_WORD.findall(kept) if letters]
        left += [letters for letters in _LETTERS.findall(_LATIN_WORD.sub(" ", kept)) if not _RUN.fullmatch(letters)]
        written += kept
    return Translated(text=_tidy_japanese(written), terms=tuple(terms), left=tuple(left))


def _pieces(forms: re.Pattern[str], text: str) -> list[_Piece]:
    pieces, end = [], 0
    for match in forms.finditer(text):
        pieces += [_Piece(text[end : match.start()], False), _Piece(match[0], True)]
        end = match.end()
    return [piece for piece in (*pieces, _Piece(text[end:], False)) if piece.text]


def _trusted(pieces: list[_Piece]) -> list[_Piece]:
    """`pieces` without those forms of one kanji that touch an unknown one: they are a part of an unknown word, often of a name."""
    for i, piece in enumerate(pieces):
        if piece.known and len(piece.text) == 1 and (_touches(pieces[i - 1 : i], -1) or _touches(pieces[i + 1 : i + 2], 0)):
            return _trusted(_merged([*pieces[:i], _Piece(piece.text, False), *pieces[i + 1 :]]))
    return pieces


def _touches(neighbour: list[_Piece], side: int) -> bool:
    return bool(neighbour) and not neighbour[0].known and re.match(f"[{_KANJI}{_KATAKANA}]", neighbour[0].text[side]) is not None


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in pieces:
        if merged and not piece.known and not merged[-1].known:
            merged[-1] = _Piece(merged[-1].text + piece.text, False)
        else:
            merged.append(piece)
    return merged


def _unjoined(table: _Table, between: str, *, after_known: bool, before_known: bool) -> tuple[str, str, str]:
    """What stands between two known forms: what joins it to the first, put into English, the unknown, what joins it to the second."""
    joins = table.joins
    if (after_known or before_known) and re.fullmatch(f"(?:{joins.pattern})+", between):
        return " ".join(table.joining[word] for word in joins.findall(between)), "", ""
    first = joins.match(between) if after_known else None
    if first and re.match(f"[{_KANJI}{_KATAKANA}]", between[first.end() :]):
        rest, before = between[first.end() :], table.joining[first[0]]
    else:
        rest, before = between, ""
    last = re.search(f"(?:{joins.pattern})$", rest) if before_known else None
    if last and last.start():
        return before, rest[: last.start()], table.joining[last[0]]
    return before, rest, ""


def _tidy(text: str) -> str:
    return re.sub(r" +(?=[,.、。)])|(?<=\() +", "", " ".join(text.split()))


def _tidy_japanese(text: str) -> str:
    letter = f"[\u3041-\u309f{_KATAKANA}{_KANJI}]"
    return re.sub(f"(?<={letter}) (?={letter})", "", re.sub(r" *, *", "、", " ".join(text.split())))


@cache
def _japanese_table() -> _Table:
    sections = read_table()
    joining = sections.pop("joining")["ja"]
    words = {
        form: forms_of(english)[0] for section in sections.values() for japanese, english in section.items() for form in forms_of(japanese)
    }
    return _Table(words, joining, _any_of(words), _any_of(joining))


@cache
def _english_table() -> _Table:
    sections = read_table()
    joining = sections.pop("joining")["en"]
    words = {
        _plain(form): forms_of(japanese)[0]
        for section in sections.values()
        for japanese, english in section.items()
        for form in forms_of(english)
    }
    words = {f"{form}s": japanese for form, japanese in words.items() if not form.endswith("s")} | words
    return _Table(words, joining, _any_of(words), _any_of(joining))


def _plain(english: str) -> str:
    return english.casefold().replace("-", " ")


def _any_of(forms: Mapping[str, str]) -> re.Pattern[str]:
    """Any of `forms`, the longest first, and none inside a longer word of Latin letters or katakana."""
    return re.compile("|".join(_whole(form) for form in sorted(forms, key=lambda form: (-len(form), form))), re.IGNORECASE)


def _whole(form: str) -> str:
    body = "[ -]".join(map(re.escape, re.split("[ -]", form)))
    for letters in (_KATAKANA, "A-Za-z0-9\u00c0-\u024f"):
        inside = re.compile(f"[{letters}]")
        before = f"(?<![{letters}])" if inside.match(form[0]) else ""
        after = f"(?![{letters}])" if inside.match(form[-1]) else ""
        body = f"{before}{body}{after}"
    return body
