"""What a house declares about AI in what it hands back, read from the form it was sent or from JSON."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from integration.errors import ArtworkError
from integration.orders.file_names import folded

NAMES = ("ai-declaration.txt", "ai-declaration.json")
"""Files it may stand in."""
LARGEST_BYTES = 1_000_000
"""Longest that is read."""
_LONGEST_TOOL = 200
_NO = ("no", "none", "n", "false", "無", "無し", "なし", "いいえ", "使用なし", "不使用", "未使用")
_YES = re.compile(r"(?i)(yes|true|y|有り|有|あり|はい|使用あり|使用)(?![a-z])[\s,、:：;/（(-]*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is declared of one file."""

    ai: bool
    """Whether AI was used."""
    tool: str = ""
    """Which, in their words, on one line; may be empty."""


def read_declaration(name: str, data: bytes) -> Mapping[str, Declared]:
    """What is declared, by the folded stem of each file; what was left empty is not there.

    The form's lines are ``stem = no`` or ``stem = yes, tool``; JSON is ``{"stem": "no"}`` or ``{"stem": {"ai": true, "tool": "…"}}``.

    Raises:
        ArtworkError: it cannot be read; the message says why.
    """
    if len(data) > LARGEST_BYTES:
        raise ArtworkError(f"{name} is too long", hint="Ask for it filled in as it was sent.")
    text = _text(data)
    pairs = _of_json(name, text) if PurePosixPath(name).suffix.lower() == ".json" else _of_form(text)
    return {folded(stem): declared for stem, said in pairs.items() if (declared := _declared(said)) is not None}


def _text(data: bytes) -> str:
    """UTF-8, or what Japanese Windows writes."""
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ArtworkError("the AI declaration is no text", hint="Ask for it filled in as it was sent.")


def _of_form(text: str) -> dict[str, object]:
    lines = (unicodedata.normalize("NFKC", line) for line in text.splitlines())
    return {stem.strip(): said for line in lines for stem, equals, said in [line.partition("=")] if equals and stem.strip()}


def _of_json(name: str, text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArtworkError(f"{name} is no JSON", hint="Ask for it again, or for the text form.") from error
    if not isinstance(read, dict):
        raise ArtworkError(f"{name} holds no declarations", hint="Ask for it again, or for the text form.")
    return {str(stem): said for stem, said in read.items()}


def _declared(said: object) -> Declared | None:
    match said:
        case bool():
            return Declared(ai=said)
        case {"ai": bool(ai), "tool": str(tool)}:
            return Declared(ai=ai, tool=_tool(tool))
        case {"ai": bool(ai)}:
            return Declared(ai=ai)
        case str():
            words = unicodedata.normalize("NFKC", said).strip()
        case _:
            return None
    if words.rstrip("。.").casefold() in _NO:
        return Declared(ai=False)
    yes = _YES.match(words)
    if yes is None:
        return None
    return Declared(ai=True, tool=_tool(yes[2]))


def _tool(text: str) -> str:
    """On one line, without control characters and without the bracket a form's answer ends with."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line[:_LONGEST_TOOL].strip()
