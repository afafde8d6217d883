"""What people say of what comes back: what became of a draft, and that a revision is final."""

import structlog

from integration.events import VersionStatusChanged
from integration.production import TaskId, VersionId
from integration.studio import Studio
from integration.workflow import record, revision, round_record, rounds
from integration.workflow.summary import summarise_later
from integration.workflow.withdrawal import background_of, rules_of, subject_of

log = structlog.get_logger(__name__)


def record_outcome(studio: Studio, version: VersionId, because: VersionStatusChanged) -> None:
    """If the Version is one of our drafts and its status means an outcome, append it; a later one stands beside it."""
    with studio.engine.connect() as connection:
        found = rounds.picture_of_version(connection, version)
    if found is None:
        return
    draft, _, sha256 = found
    outcome = rules_of(studio, draft).outcomes.get(because.new)
    if outcome is None or because.by is None:
        return
    subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id)
    by_artist = because.by.id in revision.artists_on(studio, TaskId(draft.review_task))
    with studio.engine.begin() as connection:
        record.draft_outcome(
            connection, subject, outcome=outcome, status=because.new, sha256=sha256, version=version, event=because, by_artist=by_artist
        )
        revision.measure_later(studio, connection, draft.background, draft.part, event=because.event_id)
        summarise_later(studio, connection, subject.background)
    log.info("outcome recorded", draft=draft.key, outcome=outcome)


def record_approval(studio: Studio, version_id: VersionId, because: VersionStatusChanged) -> None:
    """If the Version is a revision and its new status means a final deliverable, append who set it."""
    found = revision.handed_in(studio, version_id)
    if found is None or because.by is None or because.new not in studio.projects[found.project.id].final_statuses:
        return
    subject = revision.place_of(studio, found, because.event_id)
    if subject is None:
        return
    asset = revision.recorded(studio, found) or revision.take_in(studio, found, subject)
    with studio.engine.begin() as connection:
        record.revision_approved(connection, subject, status=because.new, revision=asset, version=found.id, event=because)
        summarise_later(studio, connection, subject.background)


def record_retake(studio: Studio, version_id: VersionId, because: VersionStatusChanged) -> None:
    """If the Version is a revision and its new status sends it back to the artist, append who set it; never of a draft."""
    found = revision.handed_in(studio, version_id)
    if found is None or because.by is None or because.new not in studio.projects[found.project.id].retake_statuses:
        return
    subject = revision.place_of(studio, found, because.event_id)
    if subject is None:
        return
    asset = revision.recorded(studio, found) or revision.take_in(studio, found, subject)
    with studio.engine.begin() as connection:
        round_record.revision_retake(connection, subject, status=because.new, revision=asset, version=found.id, event=because)
    log.info("retake recorded", part=subject.part, version=found.id)
