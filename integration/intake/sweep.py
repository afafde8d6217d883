"""Compares what the tracker shows with what haikei is doing, and heals every difference a lost event left."""

import structlog

from integration.errors import HaikeiError
from integration.studio import Studio
from integration.workflow import queues, rounds
from integration.workflow.approval import TrackerActions
from integration.workflow.rounds import DraftState, Round
from render_service.client import reclaim_renders

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
"""How often a failed round is taken up again before a person must."""


def sweep(studio: Studio, actions: TrackerActions) -> None:
    """Start what is approved and has no drafts, withdraw what is no longer approved, take up what failed."""
    for project, rules in studio.projects.items():
        for task in studio.tracker.tasks_of(project, step=rules.layout_step, statuses=rules.approved):
            try:
                actions.reconsider(task.id, because=None)
            except HaikeiError as error:
                log.warning("sweep failed", task_id=task.id, error=str(error))
    with studio.engine.connect() as connection:
        standing = [draft for draft in rounds.every(connection) if draft.wanted]
    for draft in standing:
        try:
            actions.withdraw_if_reopened(draft)
        except HaikeiError as error:
            log.warning("sweep failed", draft=draft.key, error=str(error))
    reclaim_renders(studio.queue, studio.settings.database_url())
    for draft in standing:
        if draft.state is DraftState.FAILED and draft.attempt < MAX_ATTEMPTS:
            take_up_again(studio, draft)


def take_up_again(studio: Studio, draft: Round) -> None:
    """Run a failed round once more from its first unfinished effect: every effect looks before it acts."""
    with studio.engine.begin() as connection:
        if not rounds.change(
            connection, draft.key, only_in=(DraftState.FAILED,), state=DraftState.QUEUED, reason="", attempt=draft.attempt + 1
        ):
            return
        arguments = queues.arguments(studio.queue, draft.key)
        queues.enqueue(studio.queue, connection, queues.DRAFT, f"{draft.key}~{draft.attempt + 1}", *arguments)
    log.info("draft taken up again", draft=draft.key, attempt=draft.attempt + 1)
