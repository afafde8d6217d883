"""Compares what the tracker shows with what haikei is doing, and heals every difference a lost event left."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from integration.errors import TransientTrackerError
from integration.ledger.entry import milliseconds
from integration.production import ProjectId, TaskId, VersionId
from integration.studio import Studio
from integration.workflow import handover, looked_through, queues, retirement, rounds, time_logs
from integration.workflow.approval import TrackerActions
from integration.workflow.genzu import name_of
from integration.workflow.policy_record import record_policies
from integration.workflow.rounds import UNDER_WAY, DraftState, Round
from integration.workflow.wish import asks
from render_service.client import reclaim_renders

log = structlog.get_logger(__name__)

RECENT = timedelta(days=14)
"""How long after it was made a Version, or after it changed a time log, is looked at for lost events."""
_MARGIN = timedelta(days=1)
"""A draft's Version is made a while after its round is opened, by another clock; what is drawn on a Note comes after it, too."""
MAX_ATTEMPTS = 5
"""How often a failed round is taken up again before a person must."""


def sweep(studio: Studio, actions: TrackerActions, *, whole: bool, stop: threading.Event, missing: set[VersionId]) -> None:
    """Record policies that changed, start what is approved and has no drafts, withdraw what is no longer approved, take up what failed.

    Args:
        studio: where.
        actions: what is done about a difference.
        whole: also look at approved layouts whose drafts are delivered, for a genzu replaced unseen, at recent Versions and time logs.
        stop: leaves off when set.
        missing: drafts that the whole look before did not find, changed in place; one that went missing since is left to its event.

    Raises:
        TransientTrackerError: the tracker does not answer; the next sweep goes on.
    """
    _heal("policies", partial(record_policies, studio), stop)
    with studio.engine.connect() as connection:
        standing = [draft for draft in rounds.every(connection) if draft.wanted and draft.site == studio.tracker.site]
        held = rounds.every_held(connection, site=studio.tracker.site)
    settled = set() if whole else {draft.layout_task for draft in standing if draft.state is DraftState.DELIVERED}
    approved: set[str] = set()
    for project, rules in studio.projects.items():
        approved |= {task.id for task in studio.tracker.tasks_of(project, step=rules.layout_step, statuses=rules.approved)}
    waiting = {layout.layout_task for layout in held}
    for task in sorted((approved | waiting) - settled):
        _heal(task, partial(actions.reconsider, TaskId(task), because=None), stop)
    for draft in standing:
        if draft.layout_task not in approved:
            _heal(draft.key, partial(actions.withdraw_if_reopened, draft), stop)
        if draft.state is not DraftState.DELIVERED:
            _heal(draft.key, partial(_take_up_if_failed, studio, draft), stop)
    if whole:
        for project in studio.projects:
            _heal(project, partial(_look_at_versions, studio, actions, project, missing), stop)
            _heal(project, partial(_look_at_notes, studio, actions, project), stop)
            _heal(project, partial(_look_at_review_tasks, studio, project), stop)
            _heal(project, partial(time_logs.record_recent, studio, project, datetime.now(UTC) - RECENT), stop)
    reclaim_renders(studio.queue, studio.settings.database_url())
    queues.repeat_failed(studio.queue, studio.engine, queues.ERRANDS)


def _look_at_versions(studio: Studio, actions: TrackerActions, project: ProjectId, missing: set[VersionId]) -> None:
    """Look through recent Versions and ask about final ones, where no event did."""
    with studio.engine.connect() as connection:
        seen = looked_through.known(connection, studio.tracker.site)
    since = datetime.now(UTC) - RECENT
    versions = studio.tracker.versions_since(project, since)
    for version in versions:
        if name_of(version) not in seen:
            actions.look_through(version.id)
        actions.question_standing_final(version)
    retirement.heal(studio, project, {version.id for version in versions}, since_ms=milliseconds(since + _MARGIN), missing=missing)


def _look_at_notes(studio: Studio, actions: TrackerActions, project: ProjectId) -> None:
    """Take up Notes that ask for new drafts, and what was drawn on them, where no event told of it."""
    for note in studio.tracker.notes_since(project, datetime.now(UTC) - RECENT):
        if asks(note, studio.projects[project].new_round_words):
            actions.start_new_round(note.id, because=None)
            if note.created_at > datetime.now(UTC) - _MARGIN:
                actions.keep_drawings(note.id, because=None)


def _look_at_review_tasks(studio: Studio, project: ProjectId) -> None:
    """Hand over review tasks that got somebody else, where no event told of it."""
    with studio.engine.connect() as connection:
        drafted = {draft.review_task for draft in rounds.every(connection, states=(DraftState.DELIVERED,)) if draft.project == project}
    for task in studio.tracker.tasks_of(project, step=studio.projects[project].background_step, statuses=()) if drafted else ():
        if task.id in drafted:
            handover.look_again(studio, task)


def take_up_again(studio: Studio, draft: Round) -> None:
    """Run a failed round once more: what was painted and delivered is found, not made again."""
    with studio.engine.begin() as connection:
        arguments = queues.arguments(studio.queue, draft.workflow_id)
        if not rounds.change(
            connection, draft.key, only_in=(DraftState.FAILED,), state=DraftState.QUEUED, reason="", attempt=draft.attempt + 1
        ):
            return
        again = rounds.find(connection, draft.key)
        queues.enqueue(studio.queue, connection, queues.DRAFT, again.workflow_id, *arguments)
    log.info("draft taken up again", draft=draft.key, attempt=again.attempt)


def _take_up_if_failed(studio: Studio, seen: Round) -> None:
    if seen.state in UNDER_WAY and queues.has_failed(studio.queue, seen.workflow_id):
        with studio.engine.begin() as connection:
            rounds.change(connection, seen.key, only_in=UNDER_WAY, state=DraftState.FAILED, reason="Its workflow ended with an error.")
    with studio.engine.connect() as connection:
        draft = rounds.find(connection, seen.key)
    if draft.wanted and draft.state is DraftState.FAILED and draft.attempt < MAX_ATTEMPTS:
        take_up_again(studio, draft)


def _heal(what: str, call: Callable[[], None], stop: threading.Event) -> None:
    if stop.is_set():
        return
    try:
        call()
    except TransientTrackerError:
        raise
    except Exception:
        log.exception("sweep failed", what=what)
