"""The script in an audit pack, which shares no code with the reports, arrives at the same numbers."""

import ast
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from integration.ledger.pack import write_pack
from integration.ledger.recompute import scripts
from integration.reports import facts
from integration.reports.credits import credits_of
from integration.reports.disclosure import disclosure
from integration.reports.labour import Rules, labour
from integration.reports.months import span_of
from integration.reports.scope import Scope
from tests.random_show import SHOW, random_show
from tests.unit.ledger.record import pretend_record

Numbers = Callable[[sa.Connection, Scope], Mapping[str, Any]]

UNTIL = date(2026, 11, 1)
"""Hours of later months are not told yet."""
REPORTS: dict[str, Numbers] = {
    "credits": lambda connection, scope: credits_of(connection, scope, span=span_of(scope, "Asia/Tokyo", time(5))).numbers(),
    "disclosure": lambda connection, scope: disclosure(connection, scope).numbers(),
    "labour": lambda connection, scope: labour(connection, scope, Rules(until=UNTIL)).numbers(),
}
WORDS = {"labour": ("--until", UNTIL.isoformat())}
"""What a report needs besides its scope."""
SCOPES = {
    "whole show": (Scope(show=SHOW), ()),
    "episode": (Scope(show=SHOW, episode="ep02"), ("--episode", "ep02")),
    "cuts": (Scope(show=SHOW, shots=("c002", "c003", "c009")), ("--shot", "c002", "--shot", "c003", "--shot", "c009")),
    "month": (Scope(show=SHOW, first=date(2026, 10, 1), last=date(2026, 10, 1)), ("--first", "2026-10", "--last", "2026-10")),
    "episode to a month": (Scope(show=SHOW, episode="ep01", last=date(2026, 9, 1)), ("--episode", "ep01", "--last", "2026-09")),
    "no such show": (Scope(show="無い作品"), ("--show", "無い作品")),
}


@pytest.fixture(scope="module", params=[11, 23, 42])
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[sa.Engine, Path]:
    """The record of a random show beside another one, and the folder its pack was unpacked to."""
    folder = tmp_path_factory.mktemp("packed")
    with pretend_record(folder / "studio") as record:
        facts.metadata.create_all(record.engine)
        with record.engine.begin() as connection:
            random_show(connection, seed=request.param, shots=90)
            random_show(connection, seed=request.param, shots=6, show="別の作品")
        record.sign()
        facts.follow(record.engine)
        with record.engine.connect() as connection, (folder / "pack.zip").open("wb") as out:
            write_pack(connection, out, with_hours=True)
    with zipfile.ZipFile(folder / "pack.zip") as pack:
        pack.extractall(folder / "pack")
    return record.engine, folder / "pack"


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("report", REPORTS)
def test_the_script_and_the_program_arrive_at_the_same_numbers(packed: tuple[sa.Engine, Path], report: str, scope: str) -> None:
    engine, pack = packed
    asked, words = SCOPES[scope]

    with engine.connect() as connection:
        ours = REPORTS[report](connection, asked)
    theirs = _recomputed(pack, pack, report, *words)

    assert json.loads(json.dumps(ours)) == theirs
    assert _plain(ours)


def test_a_zip_gives_what_its_folder_gives(packed: tuple[sa.Engine, Path]) -> None:
    _, pack = packed

    assert _recomputed(pack, pack, "disclosure") == _recomputed(pack, pack.with_suffix(".zip"), "disclosure")


def test_a_pack_without_hours_gives_all_but_what_is_made_of_hours(packed: tuple[sa.Engine, Path], tmp_path: Path) -> None:
    engine, pack = packed
    without = tmp_path / "without.zip"
    with engine.connect() as connection, without.open("wb") as out:
        write_pack(connection, out)
        ours = REPORTS["labour"](connection, SCOPES["whole show"][0])

    theirs = _recomputed(pack, without, "labour")

    assert ours.keys() - theirs.keys() == {"hours", "house_hours", "logged", "night", "weekend", "with_hours"}
    assert all(ours[name] == told for name, told in theirs.items())


def test_labour_is_not_worked_out_for_an_unknown_day(packed: tuple[sa.Engine, Path]) -> None:
    command = [sys.executable, "-I", "-S", str(packed[1] / "recompute.py"), str(packed[1]), "labour", "--show", SHOW]

    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, encoding="utf-8")

    assert ran.returncode == 2
    assert "--until" in ran.stderr


def test_an_altered_entry_gives_other_numbers(packed: tuple[sa.Engine, Path], tmp_path: Path) -> None:
    _, pack = packed
    altered = tmp_path / "altered.zip"
    with zipfile.ZipFile(pack.with_suffix(".zip")) as whole, zipfile.ZipFile(altered, "w") as out:
        for name in whole.namelist():
            out.writestr(name, whole.read(name).replace(b'"kind":"draft.refused"', b'"kind":"draft.cancelled"'))

    assert _recomputed(pack, pack, "disclosure") != _recomputed(pack, altered, "disclosure")


def test_what_is_no_pack_is_said_to_be_none(packed: tuple[sa.Engine, Path], tmp_path: Path) -> None:
    ran = _ran(packed[1], tmp_path, "disclosure")

    assert ran.returncode == 1
    assert "holds no entries" in ran.stderr


@pytest.mark.parametrize("name", scripts())
def test_the_script_is_python_3_9_and_imports_the_standard_library_alone(name: str) -> None:
    tree = ast.parse(scripts()[name], feature_version=(3, 9))

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def _recomputed(scripts_in: Path, pack: Path, report: str, *words: str) -> Any:
    ran = _ran(scripts_in, pack, report, *words)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def _ran(scripts_in: Path, pack: Path, report: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-I",
        "-S",
        str(scripts_in / "recompute.py"),
        str(pack),
        report,
        "--show",
        SHOW,
        *WORDS.get(report, ()),
        *words,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, encoding="utf-8")


def _plain(value: object) -> bool:
    """Whether it is whole numbers and text alone, all the way down."""
    match value:
        case dict():
            return all(isinstance(key, str) and _plain(member) for key, member in value.items())
        case list():
            return all(map(_plain, value))
    return type(value) in (int, str)
