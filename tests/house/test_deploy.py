"""What deploy/ ships is held against the tools that know its formats, and against haikei itself."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from integration.settings import read_settings
from tests.house.source_files import HOUSE
from tests.needed import missing

DEPLOY = HOUSE / "deploy"


@pytest.mark.parametrize("name", ["integration", "render"])
def test_hadolint_has_nothing_to_say_about_the_image(name: str) -> None:
    done = _run(_tool("hadolint"), DEPLOY / f"{name}.Dockerfile")

    assert done.returncode == 0, done.stdout


def test_yamllint_has_nothing_to_say_about_compose() -> None:
    done = _run(_tool("yamllint"), "--strict", "-c", DEPLOY / ".yamllint", DEPLOY / "compose.yaml")

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("profile", ["gpu", "cpu"])
def test_compose_accepts_its_file(profile: str) -> None:
    done = _run(_tool("docker-compose"), "-f", DEPLOY / "compose.yaml", "--profile", profile, "config", "-q")

    assert done.returncode == 0, done.stderr


def test_no_port_is_open_beyond_this_machine() -> None:
    compose = (DEPLOY / "compose.yaml").read_text()
    ports = re.findall(r'ports: \["([^"]+)"', compose)

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", ["integration", "render"])
def test_an_image_is_pinned_and_runs_without_root(name: str) -> None:
    lines = (DEPLOY / f"{name}.Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]

    assert all(base == "python" or re.search(r":\d+\.\d+\.\d+", base) for base in bases)
    assert "USER 10001:10001" in lines


def test_the_integration_s_image_asks_for_no_torch() -> None:
    installs = re.findall(r"pip install .*", (DEPLOY / "integration.Dockerfile").read_text())

    assert installs
    assert not any("render" in install for install in installs)


@pytest.mark.parametrize("unit", ["haikei.service", "haikei-worker@.service"])
def test_systemd_understands_the_unit(unit: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine; a container seldom has it")
    text = (DEPLOY / "systemd" / unit).read_text().replace("/opt/haikei/bin/haikei ", "/bin/true ")
    copy = tmp_path / unit.replace("@.", "@0.")
    copy.write_text(text)

    done = _run(Path(analyze), "verify", "--man=no", copy)

    assert unit.split(".")[0].rstrip("@") not in done.stderr, done.stderr


def test_every_haikei_setting_deploy_names_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = [file.read_text() for file in DEPLOY.rglob("*") if file.is_file() and file.suffix not in {".py", ".pyc"}]
    named = set(re.findall(r"\bHAIKEI_[A-Z0-9]+(?:_[A-Z0-9]+)*__[A-Z0-9_]+|\bHAIKEI_STATE_FOLDER", "\n".join(texts)))
    assert len(named) >= 5

    for name in sorted(named):
        monkeypatch.setenv(name, "1" if name.endswith(("_S", "WORKERS")) else str(tmp_path))
        read_settings()
        monkeypatch.delenv(name)


def test_every_command_deploy_runs_is_in_the_command_line() -> None:
    texts = [file.read_text() for file in DEPLOY.rglob("*") if file.is_file() and file.suffix not in {".py", ".pyc"}]
    run = set(re.findall(r'bin/haikei ([a-z]+)|CMD \["(?:haikei", ")?([a-z]+)"|command: \[([a-z]+)', "\n".join(texts)))
    commands = {name for names in run for name in names if name}
    assert commands == {"up", "worker", "status"}

    for command in sorted(commands):
        script = f"import sys; sys.argv = ['haikei', {command!r}, '--help']; from integration.cli.app import main; main()"
        done = _run(Path(sys.executable), "-c", script)
        assert done.returncode == 0, done.stderr
        assert "--settings" in done.stdout


def test_the_tested_torch_is_one_that_pyproject_allows() -> None:
    tested = re.search(r'^TORCH = "([\d.]+)"', (DEPLOY / "set_up.py").read_text(), flags=re.MULTILINE)
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    allowed = next(line for line in project["optional-dependencies"]["render"] if line.startswith("torch"))
    oldest, below = re.findall(r"[<>]=?([\d.]+)", allowed)

    assert tested is not None
    assert _numbers(oldest) <= _numbers(tested[1]) < _numbers(below)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _tool(name: str) -> Path:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        missing(f"{name} (in the group `dev`)")
    return Path(found)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOUSE)
