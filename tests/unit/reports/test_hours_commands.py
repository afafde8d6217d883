"""What is shown of hours, to whom, and what an outsider is handed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from integration.cli.app import app
from integration.database import open_database
from integration.errors import LedgerError, SettingsError
from integration.ledger import log, people
from integration.ledger.entry import Actor, Time, entry_now
from integration.ledger.vocabulary import ActorKind, Kind, Role, TimeSource
from integration.settings import read_settings

SHOW = "海辺の町"
NAMES = ("青木 海", "伊藤 進", "上田 空")
PUT_DOWN = datetime(2025, 11, 20, 16, 30, tzinfo=UTC)
"""In a month that is long over."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "haikei.toml").write_text(f'[projects."{SHOW}"]\nday_start = "05:00"\n')
    engine = open_database(f"sqlite:///{tmp_path / '.haikei' / 'haikei.sqlite'}")
    log.metadata.create_all(engine)
    yield engine
    engine.dispose()


def write(engine: sa.Engine, *, people_: int) -> None:
    with engine.begin() as connection:
        for number, name in enumerate(NAMES[:people_]):
            ref = people.person_ref(connection, show=SHOW, person_id=f"HumanUser:{number}", name=name)
            entry = entry_now(
                Kind.TIME_LOGGED,
                at_ms=int(PUT_DOWN.timestamp() * 1000),
                show=SHOW,
                seq="ep03",
                shots=("c012",),
                background="Shot:1024",
                part="BG",
                step="Background",
                actor=Actor(kind=ActorKind.HUMAN, ref=ref, role=Role.BACKGROUND_ARTIST),
                time=Time(minutes=150, source=TimeSource.TRACKER, confirmed=True),
            )
            log.append(connection, entry, key=f"time:{number}")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result.output


def test_a_group_of_three_is_told_and_two_are_not(engine: sa.Engine) -> None:
    write(engine, people_=2)
    few = run("hours", "--show", SHOW)
    write(engine, people_=3)
    enough = run("hours", "--show", SHOW, "--episode", "ep03")

    assert "fewer than 3 people" in few.partition("background artist")[2].splitlines()[0]
    assert "h 00" not in few and "5 h" not in few
    assert "7 h 30 min (tracker)" in enough
    assert not any(name in few + enough for name in NAMES)


def test_what_nobody_logged_is_said_and_is_not_zero(engine: sa.Engine) -> None:
    shown = json.loads(run("hours", "--show", SHOW, "--json"))

    assert [(group["step"], group["confirmed"], group["unconfirmed"]["minutes"]) for group in shown["groups"]] == [
        (step, {"known": "not logged", "minutes": None, "sources": [], "partial": False}, None) for step in ("Background", "Layout")
    ]


def test_a_show_before_its_first_entry_has_nothing_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "haikei.toml").write_text(f'[projects."{SHOW}"]\n')

    assert run("hours", "--show", SHOW).count("not logged") >= 4


def test_a_show_nobody_knows_is_named(engine: sa.Engine) -> None:
    with pytest.raises(LedgerError, match="no show called '山の町'"):
        run("hours", "--show", "山の町")


def test_a_person_sees_each_of_their_own_logs_by_the_studios_clock(engine: sa.Engine) -> None:
    write(engine, people_=3)

    shown, plain = run("person", "hours", NAMES[0], "--show", SHOW), json.loads(run("person", "hours", NAMES[0], "--show", SHOW, "--json"))

    assert "2 h 30 min" in shown and "2025-11-20 25:30" in shown
    assert not any(name in shown for name in NAMES[1:])
    assert [(each["minutes"], each["put_down"], each["day"]) for each in plain["logs"]] == [(150, "2025-11-20 25:30", None)]


def test_a_cut_of_which_only_hours_are_known_says_just_that(engine: sa.Engine) -> None:
    write(engine, people_=1)

    shown = run("report", "shot", "c012")

    assert "time logged (kept for the person and payroll)" in shown
    assert NAMES[0] not in shown


@pytest.mark.parametrize("day_start", ["12:00", "05:00Z", "5", "noon"])
def test_a_day_that_begins_at_no_hour_before_noon_is_refused(tmp_path: Path, day_start: str) -> None:
    file = tmp_path / "haikei.toml"
    file.write_text(f'[projects."{SHOW}"]\nday_start = "{day_start}"\n')
    with pytest.raises(SettingsError, match="day_start"):
        read_settings(file)
