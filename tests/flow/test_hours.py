"""Hours logged in the tracker reach the record by themselves, also what was logged while haikei was down, and reports name nobody."""

import json
from pathlib import Path

import pytest
import shotgun_api3

from tests.pretend_episode import PROJECT, PROJECT_ID, Cut, signed_in
from tests.running_haikei import RunningHaikei, running_haikei

pytestmark = pytest.mark.timeout(300)
"""Services are started and stopped; a busy machine takes its time."""


def log_time(who: shotgun_api3.Shotgun, cut: Cut, minutes: int) -> int:
    """The layout artist logs time on the cut's layout."""
    fields = {
        "project": {"type": "Project", "id": PROJECT_ID},
        "entity": {"type": "Task", "id": cut.layout_task},
        "user": {"type": "HumanUser", "id": 42},
        "duration": minutes,
        "date": "2026-11-20",
    }
    return int(who.create("TimeLog", fields)["id"])


def own(haikei: RunningHaikei) -> list[tuple[int, bool]]:
    """Minutes of each entry about the layout artist's hours, and whether it stands."""
    shown = haikei.haikei("person", "hours", "森 航", "--show", PROJECT, "--json")
    return [(each["minutes"], each["stands"]) for each in json.loads(shown.stdout)["logs"]] if shown.returncode == 0 else []


def test_hours_are_recorded_followed_and_told_to_their_person_alone(tmp_path: Path) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, genzu=False, workers=0) as haikei, signed_in(haikei.sandbox.url, "layout") as artist:
        first = log_time(artist, cut, 120)
        haikei.wait(lambda: own(haikei) == [(120, True)], what="hours recorded")
        haikei.stop()
        artist.update("TimeLog", first, {"duration": 150})
        gone = log_time(artist, cut, 60)
        artist.delete("TimeLog", gone)
        log_time(artist, cut, 30)
        haikei.start()
        haikei.wait(lambda: len(own(haikei)) >= 3, what="hours logged while haikei was down")
        team = json.loads(haikei.haikei("hours", "--show", PROJECT, "--json").stdout)
        cut_report = haikei.haikei("report", "shot", cut.code).stdout

        assert sorted(own(haikei)) == [(30, True), (120, False), (150, True)]
        assert {group["step"]: group["confirmed"]["known"] for group in team["groups"]} == {
            "Background": "not logged",
            "Layout": "fewer than 3 people",
        }
        assert "time logged (kept for the person and payroll)" in cut_report
        assert "森 航" not in cut_report
