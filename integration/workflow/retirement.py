"""A Version that people delete in the tracker, or take back: the record says so, and nothing else of it changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
import structlog

from integration.database import drafts, pictures
from integration.errors import NotFoundInTrackerError
from integration.events import Happened, VersionRetired, VersionRevived
from integration.ledger import log as ledger
from integration.ledger.entry import Asset
from integration.ledger.vocabulary import Kind
from integration.production import BackgroundId, ProjectId, TaskId, VersionId
from integration.studio import Studio
from integration.workflow import round_record, rounds
from integration.workflow.rounds import Round
from integration.workflow.withdrawal import background_of, subject_of

log = structlog.get_logger(__name__)

_Id = TypeVar("_Id")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the record holds of a Version."""

    draft: Round
    """The round it is a draft of, or a revision after."""
    asset: Asset | None


def record_retirement(studio: Studio, version: VersionId, because: VersionRetired) -> list[TaskId]:
    """Append who deleted the Version, when it was a draft or a revision; the layout tasks whose standing drafts were made from it."""
    _append(studio, version, Kind.VERSION_RETIRED, because)
    with studio.engine.connect() as connection:
        made_from = sa.select(drafts.c.layout_task).where(
            (drafts.c.site == studio.tracker.site) & drafts.c.wanted & drafts.c.genzu_version.startswith(f"{version}/", autoescape=True)
        )
        return sorted({TaskId(task) for task in connection.execute(made_from).scalars()})


def record_revival(studio: Studio, version: VersionId, because: VersionRevived) -> None:
    """Append who took the Version back, when it is a draft or a revision."""
    _append(studio, version, Kind.VERSION_REVIVED, because)


def heal(studio: Studio, project: ProjectId, living: Iterable[VersionId], since_ms: int, missing: set[VersionId]) -> None:
    """Record drafts of rounds opened after `since_ms` that were deleted or taken back while no event told of it.

    Args:
        studio: where.
        project: of which show.
        living: every Version of it that the tracker shows and that was made since.
        since_ms: when that began, UTC milliseconds.
        missing: those that were missing the last time, changed in place; only they are recorded, for the others' event may be on its way.
    """
    with studio.engine.connect() as connection:
        query = sa.select(pictures.c.version).join(drafts, drafts.c.key == pictures.c.draft)
        query = query.where(
            (drafts.c.site == studio.tracker.site)
            & (drafts.c.project == project)
            & (drafts.c.created_ms > since_ms)
            & (pictures.c.version != "")
        )
        ours = {VersionId(version) for version in connection.execute(query).scalars()}
        gone = _said_gone(connection)
    seen = set(living)
    before, now = missing & ours, (ours - seen) - gone
    missing -= ours
    missing |= now
    for version in sorted(now & before):
        if _is_gone(studio, version):
            _append(studio, version, Kind.VERSION_RETIRED, None)
    for version in sorted(ours & seen & gone):
        _append(studio, version, Kind.VERSION_REVIVED, None)


def _append(studio: Studio, version: VersionId, kind: Kind, because: Happened | None) -> None:
    with studio.engine.connect() as connection:
        known = _known(connection, studio, version)
        told = sum(1 for _, entry in ledger.read(connection, kinds=[kind]) if entry.tracker and entry.tracker.version_id == version)
        gone = version in _said_gone(connection)
    if known is None or (because is None and gone is (kind is Kind.VERSION_RETIRED)):
        return
    subject = subject_of(studio, known.draft, background_of(studio, known.draft), event=because.event_id if because else "")
    occasion = because.event_id if because else f"seen:{told}"
    with studio.engine.begin() as connection:
        round_record.version_changed(connection, subject, kind, version=version, asset=known.asset, event=because, occasion=occasion)
    log.info("version deleted" if kind is Kind.VERSION_RETIRED else "version taken back", version=version, draft=known.draft.key)


def _known(connection: sa.Connection, studio: Studio, version: VersionId) -> _Known | None:
    """The round and file behind a draft's or a revision's Version; None for any other."""
    if found := rounds.picture_of_version(connection, version):
        return _Known(found[0], Asset(sha256=found[2]))
    for _, entry in ledger.read(connection, kinds=[Kind.REVISION_SUBMITTED]):
        if entry.tracker is not None and entry.tracker.version_id == version:
            draft = rounds.latest(connection, site=studio.tracker.site, background=entry.background, part=entry.part)
            return _Known(draft, entry.asset) if draft else None
    return None


def _said_gone(connection: sa.Connection) -> set[VersionId]:
    """Versions that were deleted when the record spoke of them last."""
    last = {
        VersionId(entry.tracker.version_id): entry.kind
        for _, entry in ledger.read(connection, kinds=[Kind.VERSION_RETIRED, Kind.VERSION_REVIVED])
        if entry.tracker is not None
    }
    return {version for version, kind in last.items() if kind is Kind.VERSION_RETIRED}


def _is_gone(studio: Studio, version: VersionId) -> bool:
    """Whether the tracker no longer has the Version while it still shows its background: else we may only have lost the right to see it."""
    with studio.engine.connect() as connection:
        known = _known(connection, studio, version)
    return (
        known is not None
        and _is_seen(studio.tracker.background, BackgroundId(known.draft.background))
        and not _is_seen(studio.tracker.version, version)
    )


def _is_seen(read: Callable[[_Id], object], what: _Id) -> bool:
    try:
        read(what)
    except NotFoundInTrackerError:
        return False
    return True
