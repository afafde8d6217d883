"""Hours logged in the tracker reach the record by themselves, also what was logged while haikei was down, and reports name nobody."""

import json
from pathlib import Path

import pytest

from tests.pretend_episode import PROJECT, Cut
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""


def own(haikei: RunningHaikei) -> list[tuple[int, bool]]:
    """Minutes of each entry about the layout artist's hours, and whether it stands."""
    shown = haikei.haikei("person", "hours", "森 航", "--show", PROJECT, "--json")
    return [(each["minutes"], each["stands"]) for each in json.loads(shown.stdout)["logs"]] if shown.returncode == 0 else []


def test_hours_are_recorded_followed_and_told_to_their_person_alone(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, genzu=False, workers=0, tracker=tracker) as haikei:
        floor = haikei.floor
        first = floor.log_time(cut, 120)
        haikei.wait(lambda: own(haikei) == [(120, True)], what="hours recorded")
        haikei.stop()
        floor.change_time(first, 150)
        gone = floor.log_time(cut, 60)
        floor.delete_time(gone)
        floor.log_time(cut, 30)
        haikei.start()
        haikei.wait(lambda: len(own(haikei)) >= 3, what="hours logged while haikei was down")
        team = json.loads(haikei.haikei("hours", "--show", PROJECT, "--json").stdout)
        cut_report = haikei.haikei("report", "shot", cut.code).stdout

        assert sorted(own(haikei)) == [(30, True), (120, False), (150, True)]
        assert {group["step"]: group["confirmed" if floor.remembers else "unconfirmed"]["known"] for group in team["groups"]} == {
            "Background": "not logged",
            "Layout": "fewer than 3 people",
        }
        assert "time logged (kept for the person and payroll)" in cut_report
        assert "森 航" not in cut_report
