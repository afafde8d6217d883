"""File names made of other people's words: safe on every disk, in every archive, and apart from each other."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
"""Most characters of a name, so that three folders of them still fit Windows' 260."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?")
"""Names Windows keeps for itself, with any suffix (Microsoft, "Naming Files, Paths, and Namespaces")."""


def safe_name(text: str, *, otherwise: str) -> str:
    """`text` as a name of letters, digits, ``-`` and ``_``, at most `LONGEST` long; `otherwise` where nothing is left.

    Full-width forms are folded (NFKC); what turns the reading direction, cannot be seen or means something to a disk is gone.
    """
    kept = "".join(char if char == "-" or unicodedata.category(char)[0] in "LMN" else "_" for char in unicodedata.normalize("NFKC", text))
    name = re.sub(r"_+", "_", kept)[:LONGEST].strip("_-")
    if not name:
        return otherwise
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def apart(names: Iterable[str]) -> list[str]:
    """`names` in their order, those met before in any case with ``-2``, ``-3`` … behind them."""
    seen: set[str] = set()
    distinct = []
    for name in names:
        number, own = 2, name
        while folded(own) in seen:
            number, own = number + 1, f"{name}-{number}"
        seen.add(folded(own))
        distinct.append(own)
    return distinct


def folded(name: str) -> str:
    """What two names have in common that people, or a disk, take for one."""
    return "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf").casefold()
