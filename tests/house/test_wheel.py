"""What `pip install` gives is all of haikei, and no PyTorch unless it is asked for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.house.source_files import HOUSE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PACKAGES = ("integration", "render_service", "hooks")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, HOUSE)
    (built,) = folder.glob("haikei-*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin` of an environment with the wheel and no extras."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    _run(sys.executable, "-m", "venv", folder)
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    pip: list[str | Path] = [uv, "pip", "install", "--python", folder / "bin" / "python"] if uv else [folder / "bin" / "pip", "install"]
    _run(*pip, "--quiet", wheel)
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    kept = subprocess.run(["git", "ls-files", "-z", *PACKAGES], cwd=HOUSE, capture_output=True, text=True, check=False)
    if kept.returncode != 0:
        pytest.skip("this is no git checkout, so nothing says which files belong")
    expected = {name for name in kept.stdout.split("\0") if name and (HOUSE / name).is_file()}

    held = set(zipfile.ZipFile(wheel).namelist())

    assert expected - held == set()
    assert not {name.split("/")[0] for name in held} - {*PACKAGES, f"haikei-{_version()}.dist-info"}


def test_the_wheel_holds_what_a_trial_needs(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()

    assert "hooks/layout_approved.py" in held
    assert any(name.startswith("integration/sandbox/demo/") and not name.endswith(".py") for name in held)
    assert "render_service/look_files/house.toml" in held
    assert any(name.endswith(".safetensors") for name in held)


def test_without_extras_there_is_no_torch(bare: Path) -> None:
    listed = json.loads(_run(bare / "pip", "list", "--format", "json", "--disable-pip-version-check"))
    names = {item["name"].lower() for item in listed}

    assert "haikei" in names
    assert not {name for name in names if name.startswith(("torch", "diffusers", "transformers", "nvidia"))}


def test_without_extras_haikei_explains_itself(bare: Path, tmp_path: Path) -> None:
    answer = _run(bare / "haikei", "--help", cwd=tmp_path)

    assert "sandbox" in answer


def test_without_extras_the_pretend_studio_runs(bare: Path, tmp_path: Path) -> None:
    server = subprocess.Popen([bare / "haikei", "sandbox"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
        assert server.stdout is not None
        server.stdout.close()

    assert ready["url"].startswith("http://127.0.0.1:")
    assert {"script_name", "api_key"} <= set(ready)


def _version() -> str:
    return str(tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"])


def _run(*command: str | Path, cwd: Path = HOUSE) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout
