"""Makes .venv with what haikei needs, and does nothing when it is there: `python3 deploy/set_up.py [--dev]`. Standard library only.

HAIKEI_TORCH chooses PyTorch's build: `auto` (default: for the GPU where `nvidia-smi` finds one, else for the CPU, never with CUDA
packages), `cpu`, or `system` (the one this Python already imports).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]
VENV = HOUSE / ".venv"
PYTHON = VENV / "bin" / "python"
TORCH = "2.13.0"
"""The build that is tested; pyproject.toml says what else may serve."""
OLDEST_TORCH = (2, 11)


def main() -> None:
    """Make the environment for a trial, or with ``--dev`` for work on haikei."""
    if sys.version_info < (3, 11):
        sys.exit(f"haikei needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 ...")
    dev = "--dev" in sys.argv[1:]
    torch = os.environ.get("HAIKEI_TORCH", "auto")
    if torch not in ("auto", "cpu", "system"):
        sys.exit(f"HAIKEI_TORCH is '{torch}'; it may be auto, cpu or system.")
    project = _read_project()
    fingerprint = _fingerprint(project, torch)
    stamps = [VENV / ".set-up-dev"] if dev else [VENV / ".set-up", VENV / ".set-up-dev"]
    if any(stamp.is_file() and stamp.read_text() == fingerprint for stamp in stamps):
        return
    began = time.monotonic()
    print("Setting up .venv, half a minute or more ...", flush=True)
    _make_venv(torch)
    install = _installer(torch)
    _install_torch(torch, install)
    extras = project["dependency-groups"]["dev"] if dev else []
    _run([*install, "-e", f"{HOUSE}[render,postgres,ftrack]", *extras])
    stamps[0].write_text(fingerprint)
    print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)


def _read_project() -> dict[str, Any]:
    import tomllib  # Python 3.11: an older one is told so in words first

    project: dict[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    return project


def _fingerprint(project: dict[str, Any], torch: str) -> str:
    """Changes with whatever would change the environment; a tool's settings do not."""
    parts = [project["project"], project["dependency-groups"], project["build-system"], sys.version, torch, str(HOUSE)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode() + Path(__file__).read_bytes()).hexdigest()


def _make_venv(torch: str) -> None:
    if PYTHON.exists() and torch != "system":
        return
    _run([sys.executable, "-m", "venv", *(["--system-site-packages"] if torch == "system" else []), str(VENV)])


def _installer(torch: str) -> list[str]:
    """uv, which is four times as quick; pip itself where uv cannot be had, or must see what the system's Python has."""
    if torch == "system":
        return _pip()
    if subprocess.run([*_pip(), "uv"], capture_output=True, check=False).returncode == 0:
        return [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
    print("uv cannot be installed here; pip does its work, slower.", flush=True)
    return _pip()


def _pip() -> list[str]:
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _install_torch(torch: str, install: list[str]) -> None:
    present = _importable_torch()
    if present >= OLDEST_TORCH:
        return
    if torch == "system":
        sys.exit(f"HAIKEI_TORCH=system, but {sys.executable} imports no torch of {'.'.join(map(str, OLDEST_TORCH))} or newer.")
    wanted = f"torch=={TORCH}"
    uv = "uv" in Path(install[0]).name
    gpu = torch == "auto" and _has_gpu()
    if gpu:
        _run([*install, wanted, "--torch-backend=auto"] if uv else [*install, wanted])
    elif not _brings_cuda(wanted):
        _run([*_pip(), wanted])  # pip's own settings may name a build for the CPU; uv does not read them
    elif uv:
        _run([*install, wanted, "--torch-backend=cpu"])
    else:
        sys.exit("pip alone would fetch gigabytes of CUDA packages for a machine without a GPU. Install uv, then run this again.")


def _importable_torch() -> tuple[int, ...]:
    script = "import torch; print(torch.__version__)"
    answer = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in answer.stdout.split(".")[:2]) if answer.returncode == 0 else (0,)


def _has_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None and subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode == 0


def _brings_cuda(wanted: str) -> bool:
    """Whether pip, left alone, would install CUDA packages with `wanted`; True when it cannot tell."""
    answer = subprocess.run(
        [*_pip(), "--dry-run", "--ignore-installed", "--report", "-", wanted], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        return True
    names = [item["metadata"]["name"].lower() for item in json.loads(answer.stdout)["install"]]
    return any(name.startswith(("nvidia", "cuda", "triton")) for name in names)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOUSE)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\nset-up failed (exit {done.returncode}): {' '.join(command)}")


if __name__ == "__main__":
    main()
