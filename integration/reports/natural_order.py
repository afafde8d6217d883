"""The order people give codes: c9 before c10, c010A after c010."""

import re

Key = tuple[tuple[int, int, str], ...]
"""Sorts runs of digits by their number and all else as text."""


def natural(code: str) -> Key:
    """What to sort `code` by; two different codes have different keys."""
    runs = re.findall(r"[0-9]+|[^0-9]+", code)
    return (*((0, int(run), "") if run.isdigit() else (1, 0, run) for run in runs), (-1, 0, code))
