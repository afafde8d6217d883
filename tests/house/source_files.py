"""Which files of this repository the house rules are about."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
"""The repository's root."""
CODE = ("integration", "render_service", "hooks", "deploy", "tests")
"""Folders that hold our Python."""


def python_files(*folders: str) -> list[Path]:
    """Every Python file of ours under `folders`, all of them when none is named."""
    return sorted(file for folder in folders or CODE for file in (HOUSE / folder).rglob("*.py") if "__pycache__" not in file.parts)


def relative(file: Path) -> str:
    """The path as a person would write it."""
    return str(file.relative_to(HOUSE))
