"""`haikei demo` as a newcomer runs it, to its end, and once more."""

import json
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

from tests.floor import TRACKERS


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("tracker", TRACKERS)
def test_the_demo_plays_the_whole_episode_and_is_quick_the_second_time(tmp_path: Path, tracker: str) -> None:
    folder = tmp_path / "demo"

    first = haikei("demo", "--tracker", tracker, "--folder", str(folder))
    began = time.monotonic()
    second = haikei("demo", "--tracker", tracker, "--folder", str(folder))
    seconds = time.monotonic() - began
    status = json.loads(haikei("status", "--json", "--settings", str(folder / "haikei.toml")).stdout)
    told = haikei("report", "shot", "c003", "--settings", str(folder / "haikei.toml"))

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + first.stderr + second.stdout + second.stderr
    (sheet,) = [line.removeprefix("contact sheet: ") for line in first.stdout.splitlines() if line.startswith("contact sheet: ")]
    picture = cv2.imread(sheet)
    assert picture is not None and picture.shape[0] > picture.shape[1]
    assert sorted({draft["state"] for draft in status["drafts"]}) == ["delivered", "refused"]
    assert len(status["drafts"]) == 14
    assert "39 AI drafts" in first.stdout and "39 AI drafts" in second.stdout
    assert "not used" in told.stdout or "not_used" in told.stdout
    print(f"second run: {seconds:.0f} s")


def haikei(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "integration.cli.app", *arguments], capture_output=True, text=True, timeout=600, check=False
    )
