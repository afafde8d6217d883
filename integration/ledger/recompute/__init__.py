"""The script that travels in audit packs and works the numbers of reports out again: independent of everything else here.

Its files are copied into packs byte for byte and import nothing of ours; `recompute.py` is the one to run.
"""

from pathlib import Path

NAMES = ("recompute.py", "recompute_credits.py", "recompute_disclosure.py", "recompute_labour.py")
"""Files of the script."""


def scripts() -> dict[str, bytes]:
    """The script's files, by name."""
    return {name: (Path(__file__).parent / name).read_bytes() for name in NAMES}
