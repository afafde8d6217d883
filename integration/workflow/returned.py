"""What people say of what comes back: what became of a draft, and that a revision is final."""

import structlog

from integration.events import VersionStatusChanged
from integration.production import VersionId
from integration.studio import Studio
from integration.workflow import record, revision, round_record
from integration.workflow.summary import summarise_later

log = structlog.get_logger(__name__)


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
