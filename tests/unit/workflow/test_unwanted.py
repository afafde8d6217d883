"""Whether a draft is wanted: by the background's own tick, or by those whose work it is."""

from collections.abc import Iterator
from typing import Any

import pytest
import shotgun_api3

from integration.production import BackgroundId
from integration.sandbox.server import start_sandbox
from integration.settings import AssignmentRule, ProjectSettings, read_settings
from integration.tracker.opening import open_tracker
from integration.tracker.protocol import Tracker
from integration.workflow.unwanted import no_draft_wanted
from tests.pretend_episode import BACKGROUND_STEP, LAYOUT_STEP, PROJECT_ID, Cut, write_episode
from tests.running_haikei import write_settings
from tests.shotgrid_floor import shotgrid_block, signed_in

ARTIST, CLEANER, DIRECTOR, TEAM = ("HumanUser", 45), ("HumanUser", 43), ("HumanUser", 44), ("Group", 8)


class Floor:
    """A studio floor: cuts, and whose they are."""

    def __init__(self, tracker: Tracker, coordinator: shotgun_api3.Shotgun) -> None:
        self._tracker, self._coordinator, self._cuts = tracker, coordinator, iter(map(Cut, range(1, 100)))

    def is_unwanted(self, *people: tuple[str, int], step: int = BACKGROUND_STEP, tick: bool = False, **rules: Any) -> bool:
        """Whether no draft is wanted of a fresh cut that is given to `people`."""
        cut = next(self._cuts)
        if people:
            self._coordinator.create("Task", _task(cut, step, people))
        self._coordinator.update("Shot", cut.shot, {"sg_haikei_no_draft": tick})
        background = self._tracker.background(BackgroundId(f"Shot:{cut.shot}"))
        return no_draft_wanted(self._tracker, background, ProjectSettings(**rules))

    def join(self, *numbers: int) -> None:
        """Who is in the group."""
        self._coordinator.update("Group", 8, {"users": [{"type": "HumanUser", "id": number} for number in numbers]})


def _task(cut: Cut, step: int, people: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    return {
        "content": "BG revision",
        "project": {"type": "Project", "id": PROJECT_ID},
        "entity": {"type": "Shot", "id": cut.shot},
        "step": {"type": "Step", "id": step},
        "task_assignees": [{"type": kind, "id": number} for kind, number in people],
    }


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    folder = tmp_path_factory.mktemp("floor")
    with start_sandbox(write_episode(folder / "seed", cuts=40, genzu=False), folder=folder / "studio") as sandbox:
        tracker = open_tracker(read_settings(write_settings(folder, "shotgrid", shotgrid_block(sandbox), {})))
        list(tracker.set_up(apply=True))
        with signed_in(sandbox.url) as coordinator:
            yield Floor(tracker, coordinator)


def test_a_tick_says_so_and_nothing_else_does(floor: Floor) -> None:
    assert floor.is_unwanted(tick=True)
    assert not floor.is_unwanted(ARTIST)


@pytest.mark.parametrize("name", ["artist", "artist@example.com", "背 景子", "BG team"])
def test_somebody_is_named_by_any_of_their_names(floor: Floor, name: str) -> None:
    assert floor.is_unwanted(ARTIST, no_draft_for=(name,))
    assert not floor.is_unwanted(DIRECTOR, no_draft_for=(name,))


def test_one_of_those_assigned_is_enough(floor: Floor) -> None:
    assert floor.is_unwanted(DIRECTOR, ARTIST, no_draft_for=("artist",))


def test_a_name_that_is_no_longer_known_changes_nothing(floor: Floor) -> None:
    assert floor.is_unwanted(ARTIST, no_draft_for=("somebody who left", "artist"))
    assert not floor.is_unwanted(ARTIST, no_draft_for=("somebody who left",))


def test_an_assigned_group_counts_when_all_of_it_agree(floor: Floor) -> None:
    floor.join(43, 45)

    assert not floor.is_unwanted(TEAM, no_draft_for=("artist",))
    assert floor.is_unwanted(TEAM, no_draft_for=("artist", "cleaner"))
    assert floor.is_unwanted(TEAM, no_draft_for=("BG team",))
    floor.join(45)


def test_layout_work_says_nothing_of_the_background(floor: Floor) -> None:
    assert not floor.is_unwanted(ARTIST, step=LAYOUT_STEP, no_draft_for=("artist",))


def test_before_anybody_is_assigned_the_rule_tells_whom_it_will_be(floor: Floor) -> None:
    fixed = AssignmentRule(kind="fixed", to=("artist",))
    turns = AssignmentRule(kind="round_robin", to=("artist", "cleaner"))

    assert floor.is_unwanted(no_draft_for=("artist",), assignment=fixed)
    assert not floor.is_unwanted(DIRECTOR, no_draft_for=("artist",), assignment=fixed)
    assert not floor.is_unwanted(no_draft_for=("artist",), assignment=turns)
    assert floor.is_unwanted(no_draft_for=("artist", "cleaner"), assignment=turns)
    assert not floor.is_unwanted(no_draft_for=("artist",))


def test_a_name_that_two_carry_counts_for_both(floor: Floor) -> None:
    floor._coordinator.update("HumanUser", 43, {"name": "背 景子"})

    assert floor.is_unwanted(ARTIST, no_draft_for=("背 景子",))
    assert floor.is_unwanted(CLEANER, no_draft_for=("背 景子",))
