"""An approved layout of which no draft is wanted: nothing is rendered, the artist's task is opened, and the record says "painted from layout"."""

import threading
from dataclasses import dataclass

import structlog

from integration.errors import NotFoundInTrackerError
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, ProjectId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import queues, record, rounds
from integration.workflow.assignment import assignees, review_key
from integration.workflow.decision import NoDraft
from integration.workflow.engine import step
from integration.workflow.rounds import DraftState, HeldLayout
from integration.workflow.withdrawal import NO_DRAFT, withdraw

log = structlog.get_logger(__name__)

PAINTED_FROM_LAYOUT = "painted from layout"
"""All that is said of it."""
_HANDED_OVER = (DraftState.DELIVERING, DraftState.DELIVERED)


def leave_to_artist(studio: Studio, asked: NoDraft, *, because: str) -> None:
    """Withdraw what waits or is being painted, record "painted from layout" once, and have the artist's task opened.

    Drafts that were delivered before stand. `because` is the event's id, for `haikei status` alone: no entry names it.
    """
    site, background = studio.tracker.site, asked.background
    with studio.engine.connect() as connection:
        standing = [r for r in rounds.on_background(connection, site=site, background=background.id) if r.wanted]
    for draft in standing:
        if draft.state not in _HANDED_OVER:
            withdraw(studio, draft, because=None, why=NO_DRAFT)
    layout = HeldLayout(
        layout_task=asked.task.id,
        project=asked.task.project.id,
        code=background.code,
        kind="no_draft",
        reason=PAINTED_FROM_LAYOUT,
        because=because,
        since_ms=rounds.now_ms(),
        background=background.id,
    )
    with studio.engine.begin() as connection:
        seen = rounds.on_background(connection, site=site, background=background.id)
        if any(r.wanted and r.state in _HANDED_OVER for r in seen):
            rounds.release(connection, site=site, task=asked.task.id)
            return
        if not rounds.hold(connection, site=site, layout=layout):
            return
        name = f"no draft:{site}:{background.id}:{max((r.round for r in seen), default=0)}"
        record.painted_from_layout(connection, _subject(studio, asked), key=f"{Kind.DRAFT_OUTCOME}:{name}")
        queues.enqueue(studio.queue, connection, queues.NO_DRAFT, name, background.id, asked.task.project.id)
    log.info("no draft wanted", background=background.code)


def _subject(studio: Studio, asked: NoDraft) -> record.Subject:
    """The background as a whole, without a task or an event that would lead to somebody."""
    return record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=asked.background,
        part="",
        step=asked.rules.background_step,
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """The workflow that opens the artist's task without a draft and without a Note."""

    studio: Studio
    desk: threading.Lock
    """See `Delivery.desk`."""

    def run(self, background: str, project: str) -> None:
        """Open the task and show that it is ready, each once."""
        step("open review task", self._open, BackgroundId(background), ProjectId(project))

    def _open(self, background_id: BackgroundId, project: ProjectId) -> None:
        studio, rules = self.studio, self.studio.projects.get(project, ProjectSettings())
        try:
            background = studio.tracker.background(background_id)
        except NotFoundInTrackerError:
            return
        people = assignees(studio, rules, project, background.id, before=None)
        with self.desk:
            task = studio.tracker.open_task(
                background,
                step=rules.background_step,
                name=rules.review_task,
                status=rules.waiting_status,
                assignees=people,
                key=review_key(studio.tracker.site, background.id),
            )
        if task.status == rules.waiting_status:
            studio.tracker.set_task_status(task.id, rules.review_status)
