"""A revision's story: keep the artist's file, record who handed it in, find the draft it comes from, and measure what changed.

What is measured is areas; who painted them is told by lineage, layers and what people state.
"""

import hashlib
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

import sqlalchemy as sa
import structlog

from integration.artwork.checked_image import open_checked
from integration.artwork.returned_layers import Returned, read_returned
from integration.artwork.sheets import BG
from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.ledger import log as ledger
from integration.ledger.entry import Asset, Entry, Measure, Parent, entry_about, milliseconds
from integration.ledger.vocabulary import Kind, Relation
from integration.measure.change import Change, measure_change
from integration.production import BackgroundId, PersonId, TaskId, Version, VersionId
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import handoff, queues, record, rounds
from integration.workflow.genzu import book_of, name_of
from integration.workflow.lineage import Lineage, lineage_of
from integration.workflow.measured import measure_of
from integration.workflow.record import Subject
from integration.workflow.rounds import DeliveredPicture, Round
from integration.workflow.summary import summarise_later
from integration.workflow.withdrawal import background_of, subject_of

log = structlog.get_logger(__name__)

LIMIT_BYTES = 4 * 1024**3
"""Largest revision that is fetched; layered files are large."""
RECEIVED = "received:"
"""Begins the key of a Version that haikei made of what an outside house handed back."""
_MOST_COMPARED = 8
"""Drafts, the newest first, that a revision is compared with to find where it comes from."""


def take_in_later(studio: Studio, version_id: VersionId, event: str) -> None:
    """Start a revision's story, once for each file of a Version that was handed in as one."""
    version = handed_in(studio, version_id)
    if version is not None and not version.key and place_of(studio, version, event) is not None:
        with studio.engine.begin() as connection:
            key = f"revision:{studio.tracker.site}:{name_of(version)}"
            queues.enqueue(studio.queue, connection, queues.REVISION, key, version.id, event)


def measure_later(studio: Studio, connection: sa.Connection, background: str, part: str, *, event: str) -> None:
    """Measure the part's revisions anew, for what was said since may name another draft."""
    for entry in _revisions(connection, background, part):
        if entry.tracker and entry.asset:
            version, sha256 = entry.tracker.version_id, entry.asset.sha256
            key = f"measure:{studio.tracker.site}:{version}:{sha256}:{event}"
            queues.enqueue(studio.queue, connection, queues.MEASURE, key, background, version, sha256)


def take_in_present(studio: Studio, version_id: str, event: str) -> list[str]:
    """Take in what stands on the Version now; its background and the file's SHA-256, nothing when it is no revision.

    Raises:
        TransientTrackerError: it cannot be fetched now.
    """
    version = handed_in(studio, VersionId(version_id))
    subject = place_of(studio, version, event) if version else None
    return [subject.background.id, take_in(studio, version, subject).sha256] if version and subject else []


def take_in(studio: Studio, version: Version, subject: Subject) -> Asset:
    """Keep the Version's file and record who handed it in.

    Raises:
        TransientTrackerError: it cannot be fetched now.
    """
    asset, at_ms = _keep(studio, version), milliseconds(version.created_at)
    artists = artists_on(studio, version.task)
    with studio.engine.begin() as connection:
        record.revision_submitted(
            connection,
            subject,
            by=version.by,
            by_artist=version.by is None or not artists or version.by.id in artists,
            revision=asset,
            version=version.id,
            at_ms=at_ms,
        )
        summarise_later(studio, connection, subject.background)
    log.info("revision recorded", version=version.id, part=subject.part)
    return asset


def artists_on(studio: Studio, task: TaskId | None) -> set[PersonId]:
    """Who a task is assigned to, groups by their members; nobody when it is gone."""
    try:
        assignees = studio.tracker.task(task).assignees if task else ()
    except NotFoundInTrackerError:
        return set()
    return {member.id for person in assignees for member in studio.tracker.members(person.id)}


def recorded(studio: Studio, version: Version) -> Asset | None:
    """The file of the Version that was recorded last; None when none was."""
    with studio.engine.connect() as connection:
        found = [entry for entry in _revisions(connection, version.background) if entry.tracker and entry.tracker.version_id == version.id]
    return found[-1].asset if found else None


def handed_in(studio: Studio, version_id: VersionId) -> Version | None:
    """The Version, when somebody handed it in with a file, on a background of a project of ours."""
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return None
    ours = bool(version.key) and not version.key.startswith(RECEIVED)
    elsewhere = version.project.id not in studio.projects or version.media is None or version.background is None
    return None if ours or elsewhere else version


def place_of(studio: Studio, version: Version, event: str) -> Subject | None:
    """What a revision is about: the newest round of its part; without any, the background whose review task it is on. None when it is no revision."""
    rules = studio.projects[version.project.id]
    part = book_of(version, rules) or BG
    with studio.engine.connect() as connection:
        newest = {
            each.part: each for each in rounds.on_background(connection, site=studio.tracker.site, background=str(version.background))
        }
    round_ = newest.get(part) or newest.get(BG)
    if not (version.version_type in rules.revision_types or _on_review_task(studio, version, rules, newest.values())):
        return None
    if round_ is not None:
        return subject_of(studio, round_, background_of(studio, round_), event=event)
    return record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=studio.tracker.background(BackgroundId(str(version.background))),
        part=part,
        step=rules.background_step,
        task=version.task or "",
        event=event,
    )


def measure(studio: Studio, background: str, version_id: str, sha256: str) -> str:
    """Measure a recorded revision and return how its draft was found; what the record says already is not written again."""
    with studio.engine.connect() as connection:
        known = [entry for entry in _revisions(connection, background) if entry.asset and entry.asset.sha256 == sha256]
        revision = next((each for each in reversed(known) if each.tracker and each.tracker.version_id == version_id), None)
        if revision is None:
            return ""
        entries = [entry for _, entry in ledger.read(connection, background=revision.background) if entry.part == revision.part]
        known_by_then = _delivered_before(entries, revision)
        delivered = rounds.delivered_on(connection, site=studio.tracker.site, background=revision.background, part=revision.part)
        drafts = [each for each in delivered if each.version in known_by_then]
        shipped = handoff.shipped_on(connection, site=studio.tracker.site, background=revision.background)
    with tempfile.TemporaryDirectory(prefix="haikei-revision-") as folder:
        path = Path(folder) / "revision"
        studio.storage.fetch(sha256, path)
        try:
            returned = read_returned(path, [each.layer for each in shipped])
        except ArtworkError as error:
            log.warning("revision not measured", version=version_id, error=str(error))
            return ""
    bench = _Bench(studio=studio, revision=revision, returned=returned)
    layered = {each.picture_sha256 for each in shipped if each.layer in returned.drafts}
    lineage = lineage_of(drafts[:_MOST_COMPARED], entries=entries, revision=revision, in_layers=layered, kept_ppm=bench.kept_ppm)
    return _record(studio, revision, returned, lineage, bench.change(lineage.draft) if lineage.draft else None)


def _delivered_before(entries: Sequence[Entry], revision: Entry) -> set[str]:
    """Versions of the drafts that the record knew when the revision was handed in."""
    before = takewhile(lambda entry: entry.id != revision.id, entries)
    return {entry.tracker.version_id for entry in before if entry.kind is Kind.DRAFT_DELIVERED and entry.tracker}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """Where one revision is laid beside drafts."""

    studio: Studio
    revision: Entry
    returned: Returned
    changes: dict[str, Change | None] = field(default_factory=dict)
    """What was measured, by the draft's hash."""

    def kept_ppm(self, draft: DeliveredPicture) -> int:
        """How much of a draft shows no change in the revision, in millionths."""
        change = self.change(draft)
        return change.kept_ppm if change else 0

    def change(self, draft: DeliveredPicture) -> Change | None:
        """What changed from a draft to the revision; None when the revision's picture cannot be had."""
        if draft.sha256 not in self.changes:
            self.changes[draft.sha256] = self._measured(draft)
        return self.changes[draft.sha256]

    def _measured(self, draft: DeliveredPicture) -> Change | None:
        if self.returned.picture is None:
            return None
        before = open_checked(self.studio.storage.get(draft.sha256)).pixels
        line, mask = handoff.lines_of(self.studio, draft.draft) or (None, None)
        return measure_change(before, self.returned.picture.pixels, line=line, cel_mask=mask)


def _record(studio: Studio, revision: Entry, returned: Returned, lineage: Lineage, change: Change | None) -> str:
    """Append what was measured, unless the record says the same; it puts right what was measured before."""
    with studio.engine.begin() as connection:
        ledger.take_turn(connection)
        before = [
            (index, entry)
            for index, entry in ledger.read(connection, background=revision.background, kinds=[Kind.MEASURE_COMPUTED])
            if entry.tracker == revision.tracker and entry.asset == revision.asset
        ]
        measured = measure_of(connection, studio.storage, returned, lineage, change)
        entry = entry_about(
            revision,
            Kind.MEASURE_COMPUTED,
            actor=record.PIPELINE,
            asset=revision.asset,
            parents=(Parent(sha256=lineage.draft.sha256, relation=Relation.PARENT_OF),) if lineage.draft else (),
            measure=measured,
            tracker=revision.tracker,
            corrects=before[-1][0] if before else None,
        )
        if not before or not _same(before[-1][1], entry):
            key = f"{entry.kind}:{studio.tracker.site}:{revision.id}:{len(before)}"
            ledger.append(connection, entry, key=key)
    log.info("revision measured", background=revision.background, lineage=lineage.found_by)
    return lineage.found_by


def _same(one: Entry, other: Entry) -> bool:
    """Whether two measures say the same; commitments to names differ by their salts."""
    return (one.parents, _plain(one.measure)) == (other.parents, _plain(other.measure))


def _plain(measured: Measure | None) -> Measure | None:
    return replace(measured, layers=tuple(replace(each, name_commit="") for each in measured.layers)) if measured else None


def _revisions(connection: sa.Connection, background: str | None, part: str = "") -> list[Entry]:
    """Recorded revisions of a background, of one part where it is named."""
    found = ledger.read(connection, background=background, kinds=[Kind.REVISION_SUBMITTED])
    return [entry for _, entry in found if not part or entry.part == part]


def _on_review_task(studio: Studio, version: Version, rules: ProjectSettings, newest: Collection[Round]) -> bool:
    """Whether the Version stands on the background's review task."""
    if version.task is None:
        return False
    if any(each.review_task == version.task for each in newest):
        return True
    try:
        task = studio.tracker.task(version.task)
    except NotFoundInTrackerError:
        return False
    return (task.step, task.name) == (rules.background_step, rules.review_task)


def _keep(studio: Studio, version: Version) -> Asset:
    """Store the revision's file and look at its pixels; a file we cannot read is recorded as what it is."""
    with tempfile.TemporaryDirectory(prefix="haikei-revision-") as folder:
        path = Path(folder) / "revision"
        studio.tracker.download(version, path, limit_bytes=LIMIT_BYTES)
        media = studio.storage.put_file(path, media_type="application/octet-stream")
        try:
            image = open_checked(path)
        except ArtworkError:
            return Asset(sha256=media.sha256, size_bytes=media.size_bytes)
    return Asset(
        sha256=media.sha256,
        pixel_sha256=hashlib.sha256(image.pixels.tobytes()).hexdigest(),
        size_bytes=media.size_bytes,
        width_px=image.width_px,
        height_px=image.height_px,
    )
