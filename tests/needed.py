"""What a test does when a program it needs is not on this machine."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip on a developer's machine, fail in CI."""
    if os.environ.get("CI", "") not in ("", "0", "false"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not on this machine")
