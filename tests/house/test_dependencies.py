"""pyproject.toml names what is imported, and nothing that is not."""

import ast
import re
import sys
import tomllib
from typing import Any

from tests.house.source_files import HOUSE, python_files

UNDER_ANOTHER_NAME = {
    "c2pa-python": "c2pa",
    "ftrack-python-api": "ftrack_api",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "pydantic-settings": "pydantic_settings",
    "shotgun-api3": "shotgun_api3",
}
NOT_IMPORTED = {
    "accelerate": "diffusers loads weights through it, without a second copy in memory",
    "psycopg": "SQLAlchemy and DBOS import it by the database's URL",
    "websockets": "uvicorn speaks to event hubs with it",
    "safetensors": "diffusers and transformers read weights with it",
}
"""Declared, though our code does not name them, and why."""
BROUGHT_ALONG = {"botocore": "boto3", "requests": "ftrack-python-api"}
"""Imported, though another library declares them for us: which."""


def test_every_library_we_import_is_declared() -> None:
    declared = {_module(name) for name in _declared()}

    assert _imported() - declared - set(BROUGHT_ALONG) == set()


def test_every_library_we_declare_is_used() -> None:
    used = _imported() | {_module(name) for name in NOT_IMPORTED}

    assert {name for name in _declared() if _module(name) not in used} == set()


def test_the_base_install_names_nothing_of_pytorch() -> None:
    base = {_name(line) for line in _project()["dependencies"]}

    assert not base & {"torch", "diffusers", "transformers", "accelerate", "safetensors"}


def _imported() -> set[str]:
    ours = {"integration", "render_service", "hooks", "tests"}
    names: set[str] = set()
    for file in python_files("integration", "render_service"):
        tree = ast.parse(file.read_text())
        for_types_only = {id(inner) for node in ast.walk(tree) if _is_type_checking(node) for inner in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and id(node) not in for_types_only:
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and id(node) not in for_types_only:
                names.add((node.module or "").split(".")[0])
    return names - ours - sys.stdlib_module_names


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _declared() -> set[str]:
    project = _project()
    return {_name(line) for lines in (project["dependencies"], *project["optional-dependencies"].values()) for line in lines}


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    return project


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def _module(name: str) -> str:
    return UNDER_ANOTHER_NAME.get(name, name.replace("-", "_"))
