"""What the command line understands, and how it fails."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.cli.doctor import examine
from integration.cli.plan import parse_moment
from integration.cli.report import show_shot
from integration.cli.status import show_status
from integration.database import make_tables, open_database
from integration.errors import LedgerError, SettingsError
from integration.ledger import log
from integration.ledger.entry import Actor, Entry, new_id
from integration.ledger.vocabulary import ActorKind, Kind
from integration.settings import read_settings
from integration.studio import storage_options
from integration.tracker.protocol import Verdict

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("36h", datetime(2026, 11, 23, 22, 30, tzinfo=UTC)),
        ("2d", datetime(2026, 11, 23, 10, 30, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T09:00+09:00", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_a_moment_is_understood(text: str, moment: datetime) -> None:
    assert parse_moment(text, now=NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterdayish", "2026-13-40", "99999999h"])
def test_what_is_no_moment_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="is no moment"):
        parse_moment(text, now=NOW)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("tracker = 'jira'", "tracker"),
        ("[intake]\npoll = 3", "intake.poll: Extra inputs"),
        ("[projects.X]\nai_use = [{ until = 2030-01-01 }]", "allowed_by"),
        ("[projects.X]\ntime_zone = 'Tokyo'", "no time zone"),
        ("[projects.X]\nassignment = { kind = 'group' }", "needs at least one name"),
        ("this is not toml", "haikei.toml"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_1(tmp_path: Path, settings: str, said: str) -> None:
    file = tmp_path / "haikei.toml"
    file.write_text(settings)

    ran = subprocess.run(
        [sys.executable, "-m", "integration.cli.app", "status", "-s", str(file)], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "integration.cli.app", "status", "-s", str(tmp_path / "no.toml")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, "no.toml does not exist" in ran.stderr) == (1, True)


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """Settings whose state folder is yet to be made."""
    file = tmp_path / "haikei.toml"
    file.write_text(f"state_folder = {str(tmp_path / 'state')!r}\n")
    return file


def test_status_of_nothing_makes_nothing(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_status(settings_file, as_json=False)
    show_status(settings_file, as_json=True)

    said = capsys.readouterr().out
    assert "Nothing yet" in said
    assert '{"drafts": [], "held": [], "set_aside": [], "given_up": [], "looked_through": [], "questions": 0, "budgets": {}}' in said
    assert not (settings_file.parent / "state").exists()


def test_a_report_of_nothing_makes_nothing(settings_file: Path) -> None:
    with pytest.raises(LedgerError, match="nothing about cut c001 of show 海"):
        show_shot(settings_file, "c001", show="海", episode=None, as_json=False)

    assert not (settings_file.parent / "state").exists()


def test_the_doctor_makes_nothing_and_says_what_will_be_made(settings_file: Path) -> None:
    found = {finding.subject: finding for finding in examine(read_settings(settings_file))}

    assert "will be made at" in found["database"].detail
    assert "will be made at" in found["storage"].detail
    assert not (settings_file.parent / "state").exists()


def test_the_doctor_says_that_a_database_server_is_down(settings_file: Path) -> None:
    settings_file.write_text("[database]\nurl = 'postgresql+psycopg://u:secret@127.0.0.1:1/x'\n")

    finding = next(finding for finding in examine(read_settings(settings_file)) if finding.subject == "database")

    assert finding.verdict is Verdict.FAILED
    assert "secret" not in finding.detail


def test_a_state_folder_under_a_file_is_a_sentence(settings_file: Path) -> None:
    (settings_file.parent / "state").write_text("a file")
    settings_file.write_text(f"state_folder = {str(settings_file.parent / 'state' / 'under')!r}\n")

    finding = next(finding for finding in examine(read_settings(settings_file)) if finding.subject == "database")

    assert finding.verdict is Verdict.FAILED
    assert "no folder" in finding.detail


def test_a_secret_file_that_is_not_there_is_named(settings_file: Path) -> None:
    settings_file.write_text("[storage]\nsecret_access_key_file = '/nowhere/key'\n")

    with pytest.raises(SettingsError, match=r"storage\.secret_access_key_file /nowhere/key"):
        storage_options(read_settings(settings_file))


def test_an_unexpected_error_is_one_line_a_traceback_in_the_log_and_exit_code_70() -> None:
    broken = "def broken():\n    raise ZeroDivisionError('at postgresql://u:pass:w@rd@h/x')\n"
    program = f"from integration.cli import app\n{broken}app.app = broken\napp.main()"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ran.returncode == 70
    assert "haikei: unexpected ZeroDivisionError: at postgresql://u:***@h/x\n" in ran.stderr
    assert "Traceback" in ran.stderr
    assert "w@rd" not in ran.stderr


def handed_over(settings_file: Path, *, show: str, seq: str, background: str = "Shot:1") -> None:
    """Record that cut c001 was handed over, at midnight UTC."""
    engine = open_database(read_settings(settings_file).database_url())
    make_tables(engine, log.metadata)
    entry = Entry(
        id=new_id(NOW),
        kind=Kind.HANDOVER,
        at_ms=0,
        recorded_ms=0,
        show=show,
        seq=seq,
        shots=("c001",),
        background=background,
        actor=Actor(kind=ActorKind.SCRIPT),
    )
    with engine.begin() as connection:
        log.append(connection, entry, key=f"{show} {seq} {background}")
    engine.dispose()


def test_a_cut_of_two_shows_is_told_by_its_show_and_in_its_zone(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with settings_file.open("a") as settings:
        settings.write("[projects.Umi]\ntime_zone = 'Asia/Tokyo'\n[projects.Yama]\ntime_zone = 'America/Los_Angeles'\n")
    handed_over(settings_file, show="Umi", seq="e01")
    handed_over(settings_file, show="Yama", seq="e01")

    with pytest.raises(LedgerError, match="several shows: Umi, Yama") as caught:
        show_shot(settings_file, "c001", show=None, episode=None, as_json=True)
    show_shot(settings_file, "c001", show="Yama", episode=None, as_json=True)

    assert "--show" in caught.value.hint
    told = json.loads(capsys.readouterr().out)
    assert (told["show"], told["people"][0]["at"]) == ("Yama", "1969-12-31T16:00:00-08:00")


def test_a_cut_of_two_episodes_is_told_by_its_episode(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handed_over(settings_file, show="Umi", seq="e01")
    handed_over(settings_file, show="Umi", seq="e02", background="Shot:2")
    handed_over(settings_file, show="Umi", seq="", background="Shot:2")

    with pytest.raises(LedgerError, match="several episodes: e01, e02") as caught:
        show_shot(settings_file, "c001", show=None, episode=None, as_json=True)
    show_shot(settings_file, "c001", show=None, episode="e02", as_json=True)

    assert "--episode" in caught.value.hint
    told = json.loads(capsys.readouterr().out)
    assert (told["backgrounds"], len(told["people"])) == (["Shot:2"], 2)
    with pytest.raises(LedgerError, match="nothing about cut c001 of episode e03"):
        show_shot(settings_file, "c001", show=None, episode="e03", as_json=True)
