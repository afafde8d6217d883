"""Words of the tracker -> prompt. Words are data: nothing in them is ever evaluated or looked up."""

import re
import unicodedata
from dataclasses import asdict

from render_service.contract import Look, Scene

LONGEST = 400
"""Longest prompt, in characters; a text encoder reads less."""
LONGEST_WORD = 120
"""Longest entry for one word of the scene, in characters."""

_PLACE_HOLDER = re.compile(r"\{([a-z_]+)\}", re.ASCII)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f]")
_SEPARATORS = re.compile(r"[,、，]")


def prompt_of(look: Look, scene: Scene) -> str:
    """The Look's template with the scene's words, without what the scene leaves empty; joined by "、" when the words are Japanese.

    A template is a list: what stands between two commas falls away when all its place holders are empty.
    """
    words = {name: clean(value, longest=LONGEST_WORD) for name, value in asdict(scene).items()}
    separator = "、" if _JAPANESE.search("".join(words.values())) else ", "
    entries = (_filled(entry, words) for entry in _SEPARATORS.split(look.prompt))
    return separator.join(entry for entry in entries if entry)[:LONGEST].rstrip(" 、,")


def negative_prompt_of(look: Look) -> str:
    """What the picture must not show, as the Look says."""
    return clean(look.negative_prompt, longest=LONGEST)


def clean(text: str, *, longest: int) -> str:
    """`text` on one line, without control and other unseen characters, in Unicode's composed form, at most `longest` characters."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in unicodedata.normalize("NFC", text[: longest * 4]))
    kept = "".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn") or c == "\u200d")
    return " ".join(kept.split())[:longest].strip(" ,、，")


def _filled(entry: str, words: dict[str, str]) -> str:
    """One entry of the template; "" when it has place holders and none of their words is there."""
    names = _PLACE_HOLDER.findall(entry)
    if names and not any(words.get(name) for name in names):
        return ""
    return " ".join(_PLACE_HOLDER.sub(lambda match: words.get(match[1], ""), entry).split())
