"""Text that other people wrote, made safe to print: nothing in it can move the cursor or turn the reading direction."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Needed inside emoji and some scripts, and harmless."""


def safe(text: str) -> str:
    """`text` on one line, with every control, direction and invisible character written out as its code point."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in _JOINERS:
        return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
    return char
