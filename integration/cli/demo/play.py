"""What the people of the demo do: a coordinator approves layouts, an artist takes three drafts up."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from integration.cli.demo.brush import paint_revision, paint_without_draft
from integration.cli.demo.display import Display
from integration.errors import HaikeiError
from integration.ledger.log import read
from integration.ledger.vocabulary import Kind
from integration.production import Task, TaskId, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.tracker.pretend_staff import PretendStaff
from integration.workflow import rounds
from integration.workflow.rounds import DraftState, HeldLayout, Round

COORDINATOR, ARTIST, PASSWORD = "mochizuki", "hayashi", "haikei-demo"
"""Logins of the demo production's people, and the password they share."""
PATIENCE_S = 900.0
"""Longest wait for anything in the demo."""
_TOGETHER = 3
"""The last layouts are approved at once, as a coordinator does at the end of a day."""
_SETTLED = (DraftState.DELIVERED, DraftState.REFUSED, DraftState.FAILED, DraftState.SUPERSEDED, DraftState.CANCELLED)


@dataclass(kw_only=True)
class Play:
    """The people of the demo at work."""

    studio: Studio
    staff: PretendStaff
    url: str
    """The pretend studio's address."""
    display: Display
    children: list[subprocess.Popen[str]]
    approved_ms: dict[str, int] = field(default_factory=dict)
    """When the coordinator approved a layout alone, with a render worker idle, by layout task; our clock."""

    def approve_layouts(self) -> None:
        """Approve the layouts one after another, the last few together, and wait until every round has settled."""
        waiting = [task for task in self._layout_tasks() if task.status not in self._rules().approved]
        alone, together = waiting[:-_TOGETHER], waiting[-_TOGETHER:]
        for number, task in enumerate(alone, start=1):
            self.display.say(f"the coordinator approves layouts ({number} of {len(waiting)})")
            self.staff.set_task_status(COORDINATOR, task.id, self._rules().approved[0])
            self.approved_ms[task.id] = rounds.now_ms()
            self._wait(partial(self._painted, task.id))
        if together:
            self.display.say(f"the coordinator approves the last {len(together)} layouts together")
        for task in together:
            self.staff.set_task_status(COORDINATOR, task.id, self._rules().approved[0])
        self._wait(self._all_settled)

    def revise_drafts(self) -> None:
        """Take three drafts up: one used and painted over, one partly used, one not used and painted from scratch."""
        self.display.say("an artist takes three drafts up")
        delivered = [draft for draft in self.rounds() if draft.state is DraftState.DELIVERED][:3]
        for draft, (status, outcome) in zip(delivered, self._rules().outcomes.items(), strict=False):
            if self._has_revision(draft):
                continue
            with self.studio.engine.connect() as connection:
                picture = rounds.pictures_of(connection, draft.key)[0]
            self.staff.set_version_status(ARTIST, VersionId(picture.version), status)
            with tempfile.TemporaryDirectory(prefix="haikei-artist-") as folder:
                path = Path(folder) / f"{draft.code}_BG_v001.png"
                if outcome == "not_used":
                    paint_without_draft(self.studio.storage, draft.genzu_sha256, path)
                else:
                    paint_revision(self.studio.storage, picture.sha256, path, outcome=outcome)
                self.staff.hand_in(ARTIST, task=TaskId(draft.review_task), name=f"{draft.code}_BG_v001", picture=path)
        self._wait(lambda: all(self._has_revision(draft) for draft in delivered))

    def rounds(self) -> list[Round]:
        """Every round, in the order of the cuts."""
        with self.studio.engine.connect() as connection:
            return sorted(rounds.every(connection), key=lambda draft: (draft.code, draft.round))

    def held(self) -> list[HeldLayout]:
        """Layouts that started nothing."""
        with self.studio.engine.connect() as connection:
            return rounds.every_held(connection)

    def _has_revision(self, draft: Round) -> bool:
        with self.studio.engine.connect() as connection:
            entries = list(read(connection, background=draft.background, kinds=(Kind.REVISION_SUBMITTED,)))
        return bool(entries)

    def _rules(self) -> ProjectSettings:
        return next(iter(self.studio.projects.values()))

    def _layout_tasks(self) -> list[Task]:
        project = next(iter(self.studio.projects))
        tasks = self.studio.tracker.tasks_of(project, step=self._rules().layout_step, statuses=())
        return sorted(tasks, key=lambda task: self.studio.tracker.background(task.background).code if task.background else task.name)

    def _painted(self, task: TaskId) -> bool:
        """Whether the render worker is free of a layout's drafts."""
        ours = [draft for draft in self.rounds() if draft.layout_task == task]
        held = [layout for layout in self.held() if layout.layout_task == task]
        return bool(held) or any(draft.state not in (DraftState.QUEUED, DraftState.RENDERING) for draft in ours)

    def _all_settled(self) -> bool:
        seen = {draft.layout_task: draft.state in _SETTLED for draft in self.rounds()}
        seen |= {layout.layout_task: True for layout in self.held()}
        return len(seen) == len(self._layout_tasks()) and all(seen.values())

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not done():
            self._show()
            for child in self.children:
                if child.poll() is not None:
                    raise HaikeiError(
                        f"a service of the demo ended with exit code {child.returncode}", hint="See the log folder of the demo."
                    )
            if time.monotonic() > end:
                raise HaikeiError("the demo waited too long", hint="See the log folder of the demo; run it again to go on.")
            time.sleep(0.1)
        self._show()

    def _show(self) -> None:
        self.display.show([(draft.code, draft.state.value, draft.reason) for draft in self.rounds()])
        self.display.show([(layout.code, "held", layout.reason) for layout in self.held()])
