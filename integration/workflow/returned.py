"""What comes back from the artist: what became of a draft, and the revision that was handed in."""

import hashlib
import tempfile
from pathlib import Path

import sqlalchemy as sa
import structlog

from integration.artwork.checked_image import open_checked
from integration.artwork.sheets import BG
from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.events import TrackerEvent, VersionStatusChanged
from integration.ledger import log as ledger
from integration.ledger.entry import Asset, milliseconds
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, PersonId, TaskId, Version, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import record, round_record, rounds
from integration.workflow.genzu import book_of
from integration.workflow.rounds import Round
from integration.workflow.withdrawal import background_of, rules_of, subject_of

log = structlog.get_logger(__name__)

REVISION_LIMIT_BYTES = 4 * 1024**3
"""Largest revision that is fetched; layered files are large."""


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
    by_artist = because.by.id in _assignees(studio, draft)
    with studio.engine.begin() as connection:
        record.draft_outcome(
            connection, subject, outcome=outcome, status=because.new, sha256=sha256, version=version, event=because, by_artist=by_artist
        )
    log.info("outcome recorded", draft=draft.key, outcome=outcome)


def record_approval(studio: Studio, version_id: VersionId, because: VersionStatusChanged) -> None:
    """If the Version is a recorded revision and its new status means a final deliverable, append who set it."""
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return
    rules = studio.projects.get(version.project.id)
    if rules is None or because.new not in rules.final_statuses or because.by is None or version.background is None:
        return
    draft = _revised(studio, version, version.background)
    if draft is None:
        return
    record_revision(studio, version_id, because)
    subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id)
    with studio.engine.begin() as connection:
        handed_in = _handed_in(connection, version)
        if handed_in:
            record.revision_approved(connection, subject, status=because.new, revision=handed_in[-1], version=version.id, event=because)


def record_retake(studio: Studio, version_id: VersionId, because: VersionStatusChanged) -> None:
    """If the Version is an artist's revision and its new status sends it back to them, append who set it; never of a draft."""
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return
    rules = studio.projects.get(version.project.id)
    if rules is None or because.new not in rules.retake_statuses or because.by is None or version.background is None:
        return
    draft = _revised(studio, version, version.background)
    if draft is None or version.key:
        return
    record_revision(studio, version_id, because)
    subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id)
    with studio.engine.begin() as connection:
        handed_in = _handed_in(connection, version)
        if handed_in:
            round_record.revision_retake(connection, subject, status=because.new, revision=handed_in[-1], version=version.id, event=because)
            log.info("retake recorded", draft=draft.key, version=version.id)


def record_revision(studio: Studio, version_id: VersionId, because: TrackerEvent) -> None:
    """If the Version stands on a review task and is not ours, keep its file and append who handed it in."""
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return
    if version.key or version.task is None or version.media is None or version.background is None:
        return
    draft = _revised(studio, version, version.background)
    if draft is None:
        return
    revision = _keep(studio, version)
    artists = _assignees(studio, draft)
    by_artist = version.by is None or not artists or version.by.id in artists
    subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id)
    with studio.engine.begin() as connection:
        record.revision_submitted(
            connection,
            subject,
            by=version.by,
            by_artist=by_artist,
            revision=revision,
            version=version.id,
            at_ms=milliseconds(version.created_at),
        )
    log.info("revision recorded", draft=draft.key, part=draft.part, version=version.id)


def _handed_in(connection: sa.Connection, version: Version) -> list[Asset]:
    """The files of the Version that were recorded as a revision, in order."""
    entries = ledger.read(connection, background=version.background, kinds=[Kind.REVISION_SUBMITTED])
    return [entry.asset for _, entry in entries if entry.tracker and entry.tracker.version_id == version.id and entry.asset]


def _revised(studio: Studio, version: Version, background: BackgroundId) -> Round | None:
    """The newest round on the Version's task of the part it is named after, else of the BG; None when the task is no review task."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=studio.tracker.site, background=background)
    drafted = {draft.part: draft for draft in newest if draft.review_task == version.task}
    rules = studio.projects.get(version.project.id, ProjectSettings())
    return drafted.get(book_of(version, rules)) or drafted.get(BG)


def _assignees(studio: Studio, draft: Round) -> set[PersonId]:
    """Who the review task is assigned to, groups by their members."""
    try:
        task = studio.tracker.task(TaskId(draft.review_task))
    except NotFoundInTrackerError:
        return set()
    return {member.id for person in task.assignees for member in studio.tracker.members(person.id)}


def _keep(studio: Studio, version: Version) -> Asset:
    """Store the revision's file and look at its pixels; a file we cannot read is recorded as what it is."""
    with tempfile.TemporaryDirectory(prefix="haikei-revision-") as folder:
        path = Path(folder) / "revision"
        studio.tracker.download(version, path, limit_bytes=REVISION_LIMIT_BYTES)
        try:
            image = open_checked(path)
        except ArtworkError:
            media = studio.storage.put_file(path, media_type="application/octet-stream")
            return Asset(sha256=media.sha256, size_bytes=media.size_bytes)
        media = studio.storage.put_file(path, media_type="application/octet-stream")
    return Asset(
        sha256=media.sha256,
        pixel_sha256=hashlib.sha256(image.pixels.tobytes()).hexdigest(),
        size_bytes=media.size_bytes,
        width_px=image.width_px,
        height_px=image.height_px,
    )
