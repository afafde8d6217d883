"""`haikei style train` refuses by name, and keeps what it has learned when it is interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.style_boards import write_boards

COMMAND = [sys.executable, "-m", "integration.cli.app", "style", "train", "--look", "house"]


def command(folder: Path, *more: str) -> list[str]:
    consents = folder / "consents.toml"
    return [*COMMAND, "--boards", str(folder / "boards"), "--consent", str(consents), "--out", str(folder / "violet"), *more]


def test_a_picture_without_consent_ends_the_command_with_its_name(tmp_path: Path) -> None:
    write_boards(tmp_path / "boards")
    Image.new("RGB", (64, 64)).save(tmp_path / "boards" / "unknown.png")

    done = subprocess.run(command(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "nothing was trained: unknown.png has no consent entry" in done.stderr
    assert "Hana Sato" in done.stdout
    assert not (tmp_path / "violet").exists()


def test_a_folder_that_cannot_name_a_style_is_refused(tmp_path: Path) -> None:
    write_boards(tmp_path / "boards")

    done = subprocess.run(
        [*command(tmp_path), "--out", str(tmp_path / "Violet Dusk")], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "'Violet Dusk' cannot name a style" in done.stderr


@pytest.mark.slow
def test_an_interrupted_training_is_gone_on_with(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    write_boards(tmp_path / "boards")
    options: dict[str, Any] = {"cwd": tmp_path, "text": True, "env": {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}}
    child = subprocess.Popen(command(tmp_path, "--steps", "50", "--rank", "2"), stdout=subprocess.PIPE, start_new_session=True, **options)
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            if line.startswith("step "):
                os.killpg(child.pid, signal.SIGINT)  # as a terminal does for Ctrl-C
                break
        said = child.stdout.read()

    assert child.wait() == 130
    assert "the same command goes on from there" in said
    step = int(said.split("stopped after step ")[1].split()[0])
    assert 1 <= step < 50

    done = subprocess.run(command(tmp_path, "--steps", str(step + 1), "--rank", "2"), capture_output=True, check=False, **options)

    assert done.returncode == 0, done.stderr
    assert f"step {step + 1} of {step + 1}" in done.stdout
    assert "step 1 of" not in done.stdout
    assert (tmp_path / "violet" / "violet.safetensors").is_file()
