"""Random faults of a tracker while layouts are approved: `python -m tests.faults.random_faults --tracker ftrack --faults 5000`."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.workflow.rounds import DraftState
from tests.floor import TRACKERS, Floor, approve
from tests.pretend_episode import Cut
from tests.running_haikei import RunningHaikei, running_haikei

DRAFTS = 2
_AT_ONCE = 10
"""Layouts approved at the beginning; the others follow as faults happen."""
_MOST_PASSED = 10
"""A kind of call goes well at most so often before it fails: all failing would be no site, but an outage."""
_PATIENCE_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What stood in the tracker when everything had settled."""

    struck: int
    """Faults that happened."""
    drafts: int
    doubled: int
    without_file: int
    tasks: int
    notes: int
    seconds: float

    def holds(self, cuts: int) -> bool:
        """Whether every draft, task and Note is there exactly once."""
        return (self.drafts, self.doubled, self.without_file, self.tasks, self.notes) == (cuts * DRAFTS, 0, 0, cuts, cuts)


def faults_of(floor: Floor) -> list[Callable[[random.Random], None]]:
    """Everything that may go wrong once on a site of this tracker."""
    plain, faults = floor.faults, []
    if floor.tracker == "ftrack":
        calls, statuses = (
            ("query", "create", "update", "get_upload_metadata", "encode_media", "put", "download"),
            (429, 500, 502, 503, "reset"),
        )
        hub = plain.hub
        faults += [
            lambda chance: hub.drop_sockets(chance.choice(("cut", "close", "goodbye"))),
            lambda chance: hub.apply({chance.choice(("refuse_handshakes", "expire_handshakes")): 1}),
            lambda chance: hub.apply({chance.choice(("double_events", "lose_events")): 1}),
            lambda chance: hub.apply({"delay_events_s": chance.uniform(0, 1)}),
        ]
    else:
        calls, statuses = ("read", "create", "update", "batch", "upload_put", "link_file", "download"), (429, 500, 502, 503, "reset")

    def fail(chance: random.Random) -> None:
        call = chance.choice(calls)
        if not plain.planned(call):
            plain.fail(call, status=chance.choice(statuses), after=chance.random() < 0.5, passed=chance.randrange(_MOST_PASSED))

    return [*faults, *[fail] * 8, lambda chance: plain.apply({"truncate_downloads": 1})]


def run(folder: Path, *, tracker: str, cuts: int, faults: int, seed: int) -> Outcome:
    """Approve layouts while at least `faults` happen, wait until everything has settled, and count."""
    chance, began = random.Random(seed), time.monotonic()
    with running_haikei(folder, cuts=cuts, tracker=tracker, project={"drafts": DRAFTS}) as haikei:
        floor = haikei.floor
        troubles, waiting = faults_of(floor), [Cut(number) for number in range(1, cuts + 1)]
        while waiting or floor.faults.struck < faults:
            if waiting and (cuts - len(waiting) - _AT_ONCE) * faults < (cuts - _AT_ONCE) * floor.faults.struck:
                _insist(floor, waiting.pop(0))
            chance.choice(troubles)(chance)
            time.sleep(chance.uniform(0, 0.1))
        floor.faults.clear()
        struck = floor.faults.struck
        haikei.wait(lambda: _settled(haikei, cuts), what="every round to be delivered", patience_s=_PATIENCE_S)
        per_key = Counter(draft.key for draft in floor.every_draft())
        return Outcome(
            struck=struck,
            drafts=len(per_key),
            doubled=sum(count - 1 for count in per_key.values()),
            without_file=sum(not draft.file for draft in floor.every_draft()),
            tasks=len(floor.every_task("BG revision")),
            notes=len(floor.every_note()),
            seconds=time.monotonic() - began,
        )


def _insist(floor: Floor, cut: Cut) -> None:
    """The coordinator's own client meets the faults too: they press again until it is done."""
    expected: tuple[type[Exception], ...] = (OSError, ValueError, *floor.errors)
    while True:
        try:
            approve(floor, cut)
            return
        except expected as error:
            print(f"{cut.code}: pressed again after {type(error).__name__}", file=sys.stderr)


def _settled(haikei: RunningHaikei, cuts: int) -> bool:
    rounds = haikei.rounds()
    return len(rounds) == cuts and {each.state for each in rounds} == {DraftState.DELIVERED}


def main() -> None:
    """Run and print what stood there, as JSON; exit code 1 where something is missing or twice."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--tracker", choices=TRACKERS, default="ftrack")
    given.add_argument("--cuts", type=int, default=50)
    given.add_argument("--faults", type=int, default=5000)
    given.add_argument("--seed", type=int, default=1)
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="haikei-faults-") as folder:
        outcome = run(Path(folder), tracker=options.tracker, cuts=options.cuts, faults=options.faults, seed=options.seed)
    told: dict[str, Any] = {name: getattr(outcome, name) for name in Outcome.__slots__}
    print(json.dumps({**told, "tracker": options.tracker, "holds": outcome.holds(options.cuts)}))
    sys.exit(not outcome.holds(options.cuts))


if __name__ == "__main__":
    main()
