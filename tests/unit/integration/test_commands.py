"""What the command line understands, and how it fails."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.cli.plan import parse_moment
from integration.errors import SettingsError

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
