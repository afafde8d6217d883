"""What becomes of a round whose approval no longer stands: cancelled before delivery, superseded after."""

from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from integration.database import drafts
from integration.errors import NotFoundInTrackerError
from integration.events import TaskStatusChanged
from integration.ledger.entry import milliseconds
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Background, BackgroundId, Project, ProjectId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import queues, record, rounds
from integration.workflow.rounds import DraftState, Round
from render_service.client import cancel_render

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Why:
    """Why drafts no longer hold."""

    code: str
    """As the record keeps it."""
    words: str
    """As people read it."""


REOPENED = Why("approval_withdrawn", "The layout's approval was withdrawn.")
REPLACED = Why("genzu_replaced", "The genzu was replaced.")
PART_GONE = Why("part_removed", "The approved genzu no longer has this part.")
GONE = Why("layout_gone", "The layout task is gone.")
ASKED = Why("new_round_asked", "The art director asks for new drafts.")
OMITTED = Why("shot_omitted", "The shot was omitted.")
NOT_ALLOWED = Why("ai_not_allowed", "AI use is no longer allowed.")
NO_DRAFT = Why("no_draft_wanted", "No draft is wanted.")


def why_of(withdrawn: Round) -> Why:
    """Why a round was withdrawn, as its row says."""
    return next(
        (why for why in (REPLACED, PART_GONE, GONE, ASKED, OMITTED, NOT_ALLOWED, NO_DRAFT) if why.words == withdrawn.reason), REOPENED
    )


def withdraw(studio: Studio, old: Round, *, because: TaskStatusChanged | None, why: Why) -> None:
    """Withdraw a round and stop its rendering; `because` is None when a sweep found it."""
    background = background_of(studio, old)
    with studio.engine.begin() as connection:
        withdraw_in(studio, connection, old, background, why=why)
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
    stop_rendering(studio, old)
    log.info("draft withdrawn", draft=old.key, background=old.code, why=why.code)


def withdraw_in(studio: Studio, connection: sa.Connection, old: Round, background: Background, *, why: Why) -> None:
    """Withdraw a round in the caller's transaction.

    One that is being delivered is only marked: its story supersedes what it made. One that ever touched the tracker is
    superseded, whatever state it is in; one that never did is cancelled.
    """
    subject, now = subject_of(studio, old, background), rounds.find(connection, old.key)
    unseen = () if now.review_task else (DraftState.QUEUED, DraftState.RENDERING, DraftState.FAILED)
    seen = (DraftState.QUEUED, DraftState.RENDERING, DraftState.DELIVERED, DraftState.FAILED)
    if unseen and rounds.change(connection, old.key, only_in=unseen, state=DraftState.CANCELLED, wanted=False, reason=why.words):
        record.draft_ended(connection, subject, kind=Kind.DRAFT_CANCELLED, reason=why.code, words=why.words, key=old.key)
    elif rounds.change(connection, old.key, only_in=(DraftState.DELIVERING,), wanted=False, reason=why.words):
        log.info("withdrawn while delivering", draft=old.key)
    elif rounds.change(connection, old.key, only_in=seen, wanted=False, reason=why.words):
        supersede_in(studio, connection, old, background, why=why)
    else:
        connection.execute(drafts.update().where(drafts.c.key == old.key).values(wanted=False))


def stop_rendering(studio: Studio, old: Round) -> None:
    """Stop what the render service does for a round."""
    for key in (old.render_key, old.second_render_key):
        cancel_render(studio.queue, key)


def supersede_in(studio: Studio, connection: sa.Connection, old: Round, background: Background, *, why: Why) -> None:
    """Close a round that may have Versions, and have them marked and the artist told by a workflow of its own."""
    rounds.change(connection, old.key, state=DraftState.SUPERSEDED)
    subject = subject_of(studio, old, background)
    record.draft_ended(connection, subject, kind=Kind.DRAFT_SUPERSEDED, reason=why.code, words=why.words, key=old.key)
    queues.enqueue(studio.queue, connection, queues.SUPERSEDE, f"supersede:{old.key}", old.key)


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
