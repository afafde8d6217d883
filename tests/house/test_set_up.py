"""The set-up of `make`: whole from nothing, silent the second time, and no CUDA packages where no GPU is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_files import HOUSE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository without what was built in it."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HOUSE / name, folder / name)
    for name in ("integration", "render_service", "hooks", "deploy"):
        shutil.copytree(HOUSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"))
    return folder


def test_set_up_from_nothing_brings_haikei_and_no_cuda_and_then_has_nothing_to_do(checkout: Path) -> None:
    first, second = _set_up(checkout), _set_up(checkout)

    listed = subprocess.run([checkout / ".venv/bin/pip", "list", "--format", "json"], capture_output=True, text=True, check=True)
    names = {item["name"].lower() for item in json.loads(listed.stdout)}
    assert "Set up in" in first
    assert second == ""
    assert {"haikei", "torch", "diffusers"} <= names
    assert not {name for name in names if name.startswith(("nvidia", "cuda"))}
    assert "sandbox" in subprocess.run([checkout / ".venv/bin/haikei", "--help"], capture_output=True, text=True, check=True).stdout


def test_a_wrong_choice_of_torch_is_told_in_words(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "deploy/set_up.py"],
        cwd=checkout,
        env={**os.environ, "HAIKEI_TORCH": "cuda13"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "auto, cpu or system" in done.stderr


def _set_up(checkout: Path) -> str:
    done = subprocess.run(
        [sys.executable, "deploy/set_up.py"],
        cwd=checkout,
        env={**os.environ, "HAIKEI_TORCH": "cpu"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
