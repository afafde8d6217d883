"""What becomes of a round whose approval no longer stands: cancelled before delivery, superseded after."""

import sqlalchemy as sa
import structlog

from integration.database import drafts
from integration.errors import NotFoundInTrackerError
from integration.events import TaskStatusChanged
from integration.ledger.entry import Kind, Verdict, milliseconds
from integration.production import Background, BackgroundId, Project, ProjectId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import queues, record, rounds
from integration.workflow.rounds import DraftState, Round
from render_service.client import cancel_render

log = structlog.get_logger(__name__)

WITHDRAWN = "The layout's approval was withdrawn."
"""Why most drafts are withdrawn, in people's words."""


def withdraw(studio: Studio, old: Round, *, because: TaskStatusChanged | None, words: str) -> None:
    """Withdraw a round and stop its rendering; `because` is None when a sweep found it."""
    background = background_of(studio, old)
    with studio.engine.begin() as connection:
        withdraw_in(studio, connection, old, background, words=words)
        if because is not None:
            record.layout_decision(
                connection,
                subject_of(studio, old, background, event=because.event_id),
                kind=Kind.LAYOUT_REOPENED,
                verdict=Verdict.WITHDRAWN,
                status=because.new,
                set_by=because.by,
                decided_by=None,
                at_ms=milliseconds(because.at),
            )
    cancel_render(studio.queue, old.render_key)
    log.info("draft withdrawn", draft=old.key, background=old.code)


def withdraw_in(studio: Studio, connection: sa.Connection, old: Round, background: Background, *, words: str) -> None:
    """Withdraw a round in the caller's transaction.

    States only move forward, so looking at them in their order misses none that moves meanwhile.
    """
    subject = subject_of(studio, old, background)
    if rounds.change(
        connection, old.key, only_in=(DraftState.QUEUED, DraftState.RENDERING), state=DraftState.CANCELLED, wanted=False, reason=words
    ):
        record.draft_ended(connection, subject, kind=Kind.DRAFT_CANCELLED, reason="approval_withdrawn", words=words, key=old.key)
    elif rounds.change(connection, old.key, only_in=(DraftState.DELIVERING,), wanted=False, reason=words):
        pass  # its workflow is at work on the tracker and supersedes what it made
    elif rounds.change(connection, old.key, only_in=(DraftState.DELIVERED,), state=DraftState.SUPERSEDED, wanted=False, reason=words):
        record.draft_ended(connection, subject, kind=Kind.DRAFT_SUPERSEDED, reason="approval_withdrawn", words=words, key=old.key)
        queues.enqueue(studio.queue, connection, queues.SUPERSEDE, f"supersede:{old.key}", old.key)
    else:
        connection.execute(drafts.update().where(drafts.c.key == old.key).values(wanted=False))


def subject_of(studio: Studio, round_: Round, background: Background, *, event: str = "") -> record.Subject:
    """What entries about a round are about."""
    return record.Subject(
        tracker=studio.settings.tracker,
        site=round_.site,
        background=background,
        part=round_.part,
        step=rules_of(studio, round_).background_step,
        draft=round_.key,
        round=round_.round,
        task=round_.layout_task,
        event=event or round_.because,
    )


def background_of(studio: Studio, round_: Round) -> Background:
    """The round's background as the tracker has it, or what we remember of one that is gone."""
    try:
        return studio.tracker.background(BackgroundId(round_.background))
    except NotFoundInTrackerError:
        project = Project(id=ProjectId(round_.project), name=round_.project)
        return Background(id=BackgroundId(round_.background), project=project, code=round_.code, shots=())


def rules_of(studio: Studio, round_: Round) -> ProjectSettings:
    """The round's project settings; the defaults for a project that was taken out of the settings since."""
    return studio.projects.get(ProjectId(round_.project), ProjectSettings())
