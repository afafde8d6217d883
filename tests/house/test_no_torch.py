"""Who follows a tracker needs no PyTorch: neither by importing the integration nor by asking the command line for help."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_files import HOUSE, python_files

HEAVY = "torch", "diffusers", "transformers"
FREE = ["integration", "render_service.contract", "render_service.client"]

BLOCKING = f"""
import importlib, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {HEAVY!r}:
            raise ModuleNotFoundError(f'{{name}} is not installed', name=name)
sys.meta_path.insert(0, Absent())
"""


def test_every_module_of_the_integration_can_be_imported_without_torch() -> None:
    modules = [*FREE, *(_module(file) for file in python_files("integration"))]
    script = f"{BLOCKING}\nfor name in {modules!r}: importlib.import_module(name)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=HOUSE, check=False)

    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("arguments", [["--help"], ["sandbox", "--help"], ["worker", "--help"]], ids=" ".join)
def test_the_command_line_explains_itself_without_torch(arguments: list[str], tmp_path: Path) -> None:
    script = f"{BLOCKING}\nsys.argv = ['haikei', *{arguments!r}]\nfrom integration.cli.app import main\nmain()"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    assert "Usage" in done.stdout


def _module(file: Path) -> str:
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
