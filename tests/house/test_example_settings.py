"""haikei.example.toml explains every setting there is, at its true default, and nothing else."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from integration.settings import Settings, read_settings
from tests.house.source_files import HOUSE

EXAMPLE = HOUSE / "haikei.example.toml"


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """The example with every setting in force."""
    lines = [line[1:] if line.startswith("#") and line[1:2] not in {" ", ""} else line for line in EXAMPLE.read_text().splitlines()]
    file = tmp_path / "haikei.toml"
    file.write_text("\n".join(lines))
    return file


def test_the_example_as_it_is_changes_nothing() -> None:
    assert read_settings(EXAMPLE).model_dump() == read_settings().model_dump()


def test_the_example_with_every_setting_in_force_is_accepted(everything: Path) -> None:
    settings = read_settings(everything)

    assert len(settings.projects) == 1


def test_every_setting_stands_in_the_example_at_its_default(everything: Path) -> None:
    written = tomllib.loads(everything.read_text())
    read = read_settings(everything)

    named = dict(_every(Settings, written, read))

    absent = [name for name, (is_there, _, _) in named.items() if not is_there]
    wrong = {name: (value, default) for name, (_, value, default) in named.items() if value != default}
    assert absent == []
    assert wrong == {}
    assert len(named) > 50


def test_every_group_of_settings_is_explained() -> None:
    groups = [group for group in EXAMPLE.read_text().split("\n\n") if group.strip()]

    assert all("# " in group for group in groups)


def _every(model: type[BaseModel], written: Any, read: Any, path: str = "") -> Iterator[tuple[str, tuple[bool, Any, Any]]]:
    """Each setting's name with: whether the file has it, its value there, its default (the value itself where there is none)."""
    for name, field in model.model_fields.items():
        inner, value = _part_of(field), getattr(read, name)
        table = written.get(name, {}) if isinstance(written, Mapping) else {}
        if inner is None:
            default = value if field.is_required() or field.default is None else field.default
            yield f"{path}{name}", (name in written, _plain(value), _plain(default))
        elif isinstance(value, dict):
            yield from _every(inner, *_only(table, value), f"{path}{name}.*.")
        elif isinstance(value, tuple):
            yield from _every(inner, table[0], value[0], f"{path}{name}.*.")
        else:
            yield from _every(inner, table, value, f"{path}{name}.")


def _part_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model a field holds, alone or in a dict or tuple."""
    held = [field.annotation, *get_args(field.annotation)]
    return next((kind for kind in held if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _only(table: Mapping[str, Any], value: Mapping[str, Any]) -> tuple[Any, Any]:
    (name,) = value
    return table[name], value[name]


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
