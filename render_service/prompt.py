"""Words of the tracker -> prompt. Words are data: nothing in them is ever evaluated or looked up."""

import re
import unicodedata
from dataclasses import dataclass

from render_service.contract import Look, Scene
from render_service.lexicon import Term, Translated, put_house_words, translate

LONGEST = 600
"""Longest prompt, in characters; a text encoder reads less."""
LONGEST_WORD = 120
"""Longest entry for one word of the scene, in characters."""
LONGEST_NOTE = 300
"""Longest part of the art director's note that is used, in characters."""

_PLACE_HOLDER = re.compile(r"\{([a-z_]+)\}", re.ASCII)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff]")
_SEPARATORS = re.compile(r"[,、，]")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=。)")
_EDGES = " ,、，"
_CONTROL_TOKEN = re.compile(r"<[|/]*(\w+)[|/]*>")
"""What a tokenizer would obey rather than read: ``<|endoftext|>``, ``<|im_start|>``, ``</s>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A prompt, and how it came about from the shot's words."""

    prompt: str
    """What the model is told."""
    negative_prompt: str
    """What it is told the picture must not show; empty where the model is not told."""
    translated: tuple[Term, ...]
    """Terms of the shot that were put into other words, in the template's order."""
    left: tuple[str, ...]
    """Words the model does not read and the lexicon does not have; the prompt holds them as they are."""
    unused: tuple[str, ...]
    """Fields the shot has words in and the Look's template has no place for."""
    shortened: tuple[str, ...]
    """Fields whose words were too long and were cut; ``prompt`` when the whole was."""


def words_of(look: Look, scene: Scene) -> Words:
    """The Look's template with the scene's words: house words first, then translated into what the model reads.

    What the scene leaves empty falls away: each sentence of a template is a list, and what stands between two commas goes when all
    its place holders are empty. Entries are joined by "、" when the words are Japanese and the model reads it.
    """
    given = scene.fields()
    words = {name: clean(value, longest=_longest(name)) for name, value in given.items()}
    used = [name for name in dict.fromkeys(_PLACE_HOLDER.findall(look.prompt)) if words.get(name)]
    house = {clean(term, longest=LONGEST_WORD): clean(value, longest=LONGEST_WORD) for term, value in scene.house_words.items()}
    house.pop("", None)
    read = {name: _put_into_words(words[name], house, look.reads) for name in used}
    texts = {name: translated.text for name, translated in read.items()}
    separator = "、" if "ja" in look.reads and _JAPANESE.search("".join(texts.values())) else ", "
    whole = " ".join(filter(None, (_sentence(part, texts, separator) for part in _SENTENCES.split(look.prompt))))
    cut = [name for name in used if len(given[name].strip()) > _longest(name)]
    return Words(
        prompt=whole[:LONGEST].rstrip(_EDGES),
        negative_prompt=negative_prompt_of(look),
        translated=tuple(term for translated in read.values() for term in translated.terms),
        left=tuple(word for translated in read.values() for word in translated.left),
        unused=tuple(name for name, value in words.items() if value and name not in used),
        shortened=(*cut, *(["prompt"] if len(whole) > LONGEST else [])),
    )


def language_of(prompt: str) -> str:
    """BCP 47 tag of the language a prompt is written in: ``ja`` where any letter is Japanese, else ``en``; empty without words."""
    return ("ja" if _JAPANESE.search(prompt) else "en") if prompt else ""


def prompt_of(look: Look, scene: Scene) -> str:
    """What the model is told; see `words_of`."""
    return words_of(look, scene).prompt


def negative_prompt_of(look: Look) -> str:
    """What the picture must not show, as the Look says; empty without guidance, where no model looks at it."""
    return clean(look.negative_prompt, longest=LONGEST) if look.guidance_scale > 1 else ""


def clean(text: str, *, longest: int) -> str:
    """`text` on one line in Unicode NFKC, without control and other unseen characters or control tokens, at most `longest` long."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in unicodedata.normalize("NFKC", text[: longest * 4]))
    kept = "".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn") or c == "\u200d")
    return " ".join(_CONTROL_TOKEN.sub(r" \1 ", kept).split())[:longest].strip(_EDGES)


def _put_into_words(text: str, house: dict[str, str], reads: tuple[str, ...]) -> Translated:
    own = put_house_words(text, house)
    read = translate(own.text, reads)
    return Translated(text=read.text, terms=own.terms + read.terms, left=read.left)


def _longest(field: str) -> int:
    return LONGEST_NOTE if field == "art_note" else LONGEST_WORD


def _sentence(template: str, words: dict[str, str], separator: str) -> str:
    """One sentence of the template, without the entries that are empty."""
    return separator.join(filter(None, (_filled(entry, words) for entry in _SEPARATORS.split(template))))


def _filled(entry: str, words: dict[str, str]) -> str:
    """One entry of the template; "" when it has place holders and none of their words is there."""
    names = _PLACE_HOLDER.findall(entry)
    if names and not any(words.get(name) for name in names):
        return ""
    return " ".join(_PLACE_HOLDER.sub(lambda match: words.get(match[1], ""), entry).split())
