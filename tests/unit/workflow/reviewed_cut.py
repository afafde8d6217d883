"""One cut whose first drafts are delivered, on a real site and database, with nobody painting: what comes next is a test's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shotgun_api3

from integration.events import BackgroundStatusChanged, NoteCreated, TaskAssigneesChanged, VersionRetired, VersionRevived
from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, EventId, NoteId, Person, PersonId, ProjectId, TaskId, VersionId
from integration.sandbox.server import start_sandbox
from integration.settings import Settings
from integration.studio import Studio, open_studio
from integration.tracker.protocol import DraftVersion
from integration.workflow import rounds
from integration.workflow.approval import TrackerActions
from integration.workflow.rounds import DraftState, Round
from tests.pretend_episode import PROJECT, PROJECT_ID, Cut, write_episode
from tests.shotgrid_floor import signed_in

CUT = Cut(1)


@dataclass
class ReviewedCut:
    """The cut, and what a test does with it."""

    studio: Studio
    coordinator: shotgun_api3.Shotgun
    director: shotgun_api3.Shotgun
    events: int = 1000

    @property
    def actions(self) -> TrackerActions:
        """What hooks may do."""
        return TrackerActions(self.studio)

    def rounds(self) -> list[Round]:
        """Every round, oldest first."""
        with self.studio.engine.connect() as connection:
            return rounds.every(connection)

    def deliver(self) -> VersionId:
        """Let the newest round's one draft stand in the tracker, as its workflow would."""
        draft, tracker = self.rounds()[-1], self.studio.tracker
        background = tracker.background(BackgroundId(draft.background))
        task = tracker.open_task(background, step="Background", name="BG revision", status="rdy", assignees=(), key="review:1")
        asked = DraftVersion(
            project=background.project.id,
            background=background.id,
            task=task.id,
            name=f"c001 AI draft r{draft.round}",
            description="",
            status="aidr",
            version_type="AI draft",
        )
        version = tracker.create_version(asked, key=f"{draft.key}#0")
        with self.studio.engine.begin() as connection:
            rounds.change(connection, draft.key, state=DraftState.DELIVERED, review_task=task.id)
            rounds.keep_picture(connection, draft.key, 0, seed=1, sha256=f"{draft.round:064x}", version=version)
        return version

    def note(self, version: VersionId | None, text: str, *, by: shotgun_api3.Shotgun | None = None) -> NoteCreated:
        """The art director writes a Note on a draft, or on the cut alone; what the tracker tells of it."""
        links = [{"type": "Shot", "id": CUT.shot}, *([{"type": "Version", "id": int(version)}] if version else [])]
        written: dict[str, Any] = {"project": {"type": "Project", "id": PROJECT_ID}, "subject": "チェック", "content": text}
        number = (by or self.director).create("Note", {**written, "note_links": links})["id"]
        return NoteCreated(**self._happened(), note=NoteId(str(number)))

    def _happened(self) -> dict[str, Any]:
        self.events += 1
        by = Person(id=PersonId("HumanUser:41"), name="桜井 ひろ")
        event = EventId(str(self.events))
        return {"event_id": event, "order": self.events, "at": datetime.now(UTC), "project": ProjectId(str(PROJECT_ID)), "by": by}

    def delete(self, version: VersionId) -> VersionRetired:
        """The coordinator deletes a Version."""
        self.coordinator.delete("Version", int(version))
        return VersionRetired(**self._happened(), version=version)

    def revive(self, version: VersionId) -> VersionRevived:
        """The coordinator takes it back."""
        self.coordinator.revive("Version", int(version))
        return VersionRevived(**self._happened(), version=version)

    def status(self, new: str) -> BackgroundStatusChanged:
        """The coordinator sets the cut's status."""
        self.coordinator.update("Shot", CUT.shot, {"sg_status_list": new})
        return BackgroundStatusChanged(**self._happened(), background=BackgroundId(f"Shot:{CUT.shot}"), old=None, new=new)

    def assign(self, *people: int) -> TaskAssigneesChanged:
        """The coordinator gives the review task to somebody else."""
        task = self.rounds()[-1].review_task
        self.coordinator.update("Task", int(task), {"task_assignees": [{"type": "HumanUser", "id": number} for number in people]})
        return TaskAssigneesChanged(**self._happened(), task=TaskId(task))

    def notes_to(self, person: int) -> list[str]:
        """Subjects of the Notes that address somebody."""
        found = self.coordinator.find("Note", [["addressings_to", "is", {"type": "HumanUser", "id": person}]], ["subject"])
        return [str(note["subject"]) for note in found]

    def ask(self, event: NoteCreated) -> None:
        """What the hook does with the event."""
        self.actions.start_new_round(event.note, because=event)

    def entries(self, kind: Kind) -> list[Entry]:
        """The record's entries of one kind."""
        with self.studio.engine.connect() as connection:
            return [entry for _, entry in log.read(connection, kinds=[kind])]

    def answers(self) -> list[str]:
        """What became of every Note that asked."""
        with self.studio.engine.connect() as connection:
            return [str(row[0]) for row in connection.exec_driver_sql("SELECT answer FROM haikei_round_wish ORDER BY at_ms, note")]


@contextmanager
def reviewed_cut(folder: Path, **project: Any) -> Iterator[ReviewedCut]:
    """The cut with its first drafts asked for; `project` adds to the show's settings."""
    shown = {"art_directors": ["director"], "ai_use": [{"allowed_by": "製作 一", "until": "2099-12-31"}], **project}
    with start_sandbox(write_episode(folder / "seed", cuts=1), folder=folder / "site") as sandbox:
        settings = Settings.model_validate(
            {
                "tracker": "shotgrid",
                "state_folder": folder / "state",
                "shotgrid": {"url": sandbox.url, "script_name": sandbox.script_name, "api_key": sandbox.api_key},
                "projects": {PROJECT: shown},
            }
        )
        studio = open_studio(settings)
        list(studio.tracker.set_up(apply=True))
        with signed_in(sandbox.url) as coordinator, signed_in(sandbox.url, "director") as director:
            coordinator.update("Task", CUT.layout_task, {"sg_status_list": "apr"})
            cut = ReviewedCut(studio, coordinator, director)
            cut.actions.reconsider(TaskId(str(CUT.layout_task)), because=None)
            yield cut
        studio.engine.dispose()
