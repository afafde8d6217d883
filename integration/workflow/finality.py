"""Whether the work on a part of a background was final when something was said of it."""

import json

import sqlalchemy as sa

from integration.database import inbox
from integration.errors import NotFoundInTrackerError
from integration.events import Happened, VersionStatusChanged
from integration.ledger import log
from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Kind
from integration.production import VersionId
from integration.studio import Studio
from integration.workflow.rounds import Round
from integration.workflow.withdrawal import rules_of


def is_final(studio: Studio, draft: Round, version: VersionId, *, at_ms: int, event: Happened | None) -> bool:
    """Whether a revision of the draft's part, or the draft's own Version, had a final status at that moment and has one still.

    A final status that was taken back, for a retake, closes nothing. Something said before the final status counts, however late
    the tracker tells of it.

    Args:
        studio: where.
        draft: the round.
        version: the draft's own Version.
        at_ms: when something was said.
        event: the tracker's event that said it; None when it is said now.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    with studio.engine.connect() as connection:
        approved = _approved(connection, draft, set(rules_of(studio, draft).final_statuses), at_ms)
    if any(_stands(studio, draft, revision, gone=True) for revision in approved):
        return True
    if not _stands(studio, draft, version, gone=False):
        return False
    if event is None:
        return True
    with studio.engine.connect() as connection:
        return _was_final(connection, studio, draft, version, before=event.order)


def _approved(connection: sa.Connection, draft: Round, finals: set[str], at_ms: int) -> set[VersionId]:
    """Revisions of the part that were given a final status until then, as the record knows."""

    def fits(entry: Entry) -> bool:
        return bool(entry.part == draft.part and entry.at_ms <= at_ms and entry.decision and entry.decision.status in finals)

    approvals = log.read(connection, background=draft.background, kinds=[Kind.REVISION_APPROVED])
    return {VersionId(entry.tracker.version_id) for _, entry in approvals if fits(entry) and entry.tracker}


def _stands(studio: Studio, draft: Round, version: VersionId, *, gone: bool) -> bool:
    """Whether the Version has a final status now; `gone` is the answer for one that is not there any more."""
    try:
        return studio.tracker.version(version).status in rules_of(studio, draft).final_statuses
    except NotFoundInTrackerError:
        return gone


def _was_final(connection: sa.Connection, studio: Studio, draft: Round, version: VersionId, *, before: int) -> bool:
    """Whether the last change of the Version's status before that event was to a final one; events are kept before they are worked on."""
    body = inbox.c.body
    query = sa.select(body).where(
        (inbox.c.site == draft.site)
        & (inbox.c.event_order < before)
        & body.contains(f'"kind": "{VersionStatusChanged.__name__}"', autoescape=True)
        & body.contains(f'"version": "{version}"', autoescape=True)
    )
    last = connection.execute(query.order_by(inbox.c.event_order.desc()).limit(1)).scalar()
    return last is not None and json.loads(last)["new"] in rules_of(studio, draft).final_statuses
