"""What comes back from the artist: the revision that was handed in, and who approved it."""

import hashlib
import tempfile
from pathlib import Path

import structlog

from integration.artwork.checked_image import open_checked
from integration.artwork.sheets import BG
from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.events import TrackerEvent, VersionStatusChanged
from integration.ledger import log as ledger
from integration.ledger.entry import Asset, milliseconds
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, Version, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import record, rounds
from integration.workflow.genzu import book_of
from integration.workflow.rounds import Round
from integration.workflow.withdrawal import background_of, subject_of

log = structlog.get_logger(__name__)

REVISION_LIMIT_BYTES = 4 * 1024**3
"""Largest revision that is fetched; layered files are large."""


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
        handed_in = [
            entry.asset
            for _, entry in ledger.read(connection, background=version.background, kinds=[Kind.REVISION_SUBMITTED])
            if entry.tracker and entry.tracker.version_id == version.id and entry.asset
        ]
        if handed_in:
            record.revision_approved(connection, subject, status=because.new, revision=handed_in[-1], version=version.id, event=because)


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
    subject = subject_of(studio, draft, background_of(studio, draft), event=because.event_id)
    with studio.engine.begin() as connection:
        record.revision_submitted(
            connection, subject, by=version.by, revision=revision, version=version.id, at_ms=milliseconds(version.created_at)
        )
    log.info("revision recorded", draft=draft.key, part=draft.part, version=version.id)


def _revised(studio: Studio, version: Version, background: BackgroundId) -> Round | None:
    """The newest round on the Version's task of the part it is named after, else of the BG; None when the task is no review task."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=studio.tracker.site, background=background)
    drafted = {draft.part: draft for draft in newest if draft.review_task == version.task}
    rules = studio.projects.get(version.project.id, ProjectSettings())
    return drafted.get(book_of(version, rules)) or drafted.get(BG)


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
