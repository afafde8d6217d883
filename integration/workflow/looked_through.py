"""Looks through the file of every Version for what it says of AI, and asks people where that was neither declared nor allowed."""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
import structlog

from integration.database import inspections
from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.ledger import log as ledger
from integration.ledger import people
from integration.ledger.entry import Asset, Entry
from integration.ledger.vocabulary import Claim, Kind
from integration.policy import NotAllowed
from integration.production import Background, BackgroundId, Person, Version, VersionId
from integration.provenance.finding import Finding, FindingKind
from integration.provenance.opening import read_roots
from integration.settings import ProjectSettings
from integration.storage.digest import sha256_of_file
from integration.studio import Studio
from integration.workflow import queues, record
from integration.workflow.flags import UNDECLARED_AI
from integration.workflow.genzu import name_of
from integration.workflow.permission import leave, leave_for_house, policy_of
from integration.workflow.questions import ask
from integration.workflow.rounds import now_ms

log = structlog.get_logger(__name__)

LIMIT_BYTES = 2_000_000_000
"""Larger files are not fetched, and listed as not looked through."""
_OF_AI = (FindingKind.GENERATOR, FindingKind.SOURCE_TYPE)
_BROKEN = (FindingKind.BROKEN_MANIFEST, FindingKind.STALE_SIDECAR)
_OURS = "haikei"
_SHOWN = 5


class Looked(StrEnum):
    """What came of looking through one file."""

    CLEAR = "clear"
    """Nothing in it speaks of AI, which proves nothing."""
    EXPLAINED = "explained"
    """It speaks of AI that was declared, allowed, or our own drafts'."""
    FLAGGED = "flagged"
    """People were asked."""
    UNCLEAR = "unclear"
    """Nothing in it speaks of AI, but its credentials do not fit it."""
    NOT_READ = "not_read"
    """It is too large or cannot be read; nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedThrough:
    """One Version's file."""

    name: str
    """The Version's, as the tracker shows it; untrusted text."""
    version: str
    state: Looked
    said: str
    """Why it was not read, or is unclear; else empty."""


def look_through_later(studio: Studio, version_id: VersionId) -> None:
    """Start looking through the Version's file, once for each file; haikei's own drafts are left out."""
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return
    if version.key or version.media is None or version.project.id not in studio.projects:
        return
    with studio.engine.begin() as connection:
        key = f"look through:{studio.tracker.site}:{name_of(version)}"
        queues.enqueue(studio.queue, connection, queues.LOOK_THROUGH, key, version.id)


def look_through(studio: Studio, version_id: str) -> str:
    """Look through the Version's present file and return what came of it; a second time changes nothing.

    Raises:
        TransientTrackerError: it cannot be fetched now.
    """
    try:
        version = studio.tracker.version(VersionId(version_id))
    except NotFoundInTrackerError:
        return Looked.NOT_READ
    if version.media is None:
        return Looked.NOT_READ
    from integration.provenance.inspection import inspect_file

    trusted = read_roots(studio.settings.credentials)
    with tempfile.TemporaryDirectory(prefix="haikei-look-") as folder:
        path = Path(folder) / "version"
        try:
            studio.tracker.download(version, path, limit_bytes=LIMIT_BYTES)
        except (ArtworkError, NotFoundInTrackerError) as error:
            return _keep(studio, version, "", Looked.NOT_READ, str(error))
        sha256, _ = sha256_of_file(path)
        found = inspect_file(path, roots=trusted).findings
    return conclude(studio, version, sha256, found)


def conclude(studio: Studio, version: Version, sha256: str, found: Sequence[Finding], *, house: Person | None = None) -> str:
    """Keep what came of looking through the Version's file, ask people where they must be asked, and return it.

    Args:
        studio: where.
        version: as the tracker has it.
        sha256: of its file.
        found: what the file says.
        house: the outside house it was ordered from, whose permissions count; None: whoever the work is assigned to.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    of_ai = [each for each in found if each.kind in _OF_AI]
    if not of_ai:
        return _keep(studio, version, sha256, *_without_ai(found))
    reason = _unexplained(studio, version, sha256, found, house)
    if not reason:
        return _keep(studio, version, sha256, Looked.EXPLAINED, "")
    return _question(studio, version, sha256, of_ai, reason)


def _without_ai(found: Sequence[Finding]) -> tuple[Looked, str]:
    """How a file stands in which nothing speaks of AI, and why."""
    for kinds, state in (((FindingKind.UNREADABLE,), Looked.NOT_READ), (_BROKEN, Looked.UNCLEAR)):
        for each in found:
            if each.kind in kinds:
                return state, each.what
    return Looked.CLEAR, ""


def known(connection: sa.Connection, site: str) -> set[str]:
    """Every Version's file of a site that was looked through, as `name_of` names it."""
    rows = connection.execute(sa.select(inspections.c.version, inspections.c.media).where(inspections.c.site == site))
    return {f"{row.version}/{row.media}" for row in rows}


def every(connection: sa.Connection) -> list[LookedThrough]:
    """All that was looked through, in order of time."""
    rows = connection.execute(sa.select(inspections).order_by(inspections.c.at_ms, inspections.c.version))
    return [LookedThrough(name=row.name, version=row.version, state=Looked(row.state), said=row.said) for row in rows]


def _unexplained(studio: Studio, version: Version, sha256: str, found: Sequence[Finding], house: Person | None) -> str:
    """Why people must be asked, one sentence; empty where the AI is our own drafts', was declared, or is allowed."""
    if version.declares_ai:
        return ""
    with studio.engine.connect() as connection:
        entries = [entry for _, entry in ledger.read(connection, background=version.background)] if version.background else []
        theirs = people.refs_of(connection, version.by.id) if version.by else set()
    if any(_declares(entry, theirs, sha256) for entry in entries) or _only_ours(found, entries):
        return ""
    rules = studio.projects.get(version.project.id, ProjectSettings())
    policy = policy_of(studio.tracker, version.project, rules)
    background, now = _background(studio, version), datetime.now(UTC)
    if house is None:
        answer = leave(studio.tracker, policy, background, rules, now=now)
    else:
        answer = leave_for_house(studio.tracker, policy, background, rules, house, now=now)
    return answer.reason if isinstance(answer, NotAllowed) else ""


def _declares(entry: Entry, theirs: Collection[str], sha256: str) -> bool:
    """Whether the entry states that a tool with AI was used: of this file, or in general by whoever handed it in."""
    if entry.kind is not Kind.STATEMENT_SIGNED or entry.statement is None or Claim.AI_TOOL_USED not in entry.statement.claims:
        return False
    return entry.asset.sha256 == sha256 if entry.asset else (entry.on_behalf_of or entry.actor.ref) in theirs


def _only_ours(found: Sequence[Finding], entries: list[Entry]) -> bool:
    """Whether all that speaks of AI are the drafts that we delivered on this background, with no broken credentials beside it."""
    if not any(entry.kind is Kind.DRAFT_DELIVERED for entry in entries) or any(each.kind in _BROKEN for each in found):
        return False
    ours = {_OURS, *(entry.ai.model_id for entry in entries if entry.kind is Kind.DRAFT_RENDERED and entry.ai)}
    return all(each.tool in ours for each in found if each.kind in _OF_AI)


def _question(studio: Studio, version: Version, sha256: str, of_ai: list[Finding], reason: str) -> str:
    said = " ".join(f"{each.what}{f' ({each.tool})' if each.tool else ''}" for each in of_ai[:_SHOWN])
    rules = studio.projects.get(version.project.id, ProjectSettings())
    subject = record.Subject(
        tracker=studio.settings.tracker,
        site=studio.tracker.site,
        background=_background(studio, version),
        part="",
        step=rules.background_step,
        task=version.task or "",
    )
    with studio.engine.begin() as connection:
        ask(
            studio,
            connection,
            subject,
            reason=UNDECLARED_AI,
            version=version.id,
            asset=Asset(sha256=sha256),
            details=f"{version.name}: {said} Nobody declared it, and: {reason}",
            occasion=sha256,
        )
        _write(connection, studio.tracker.site, version, sha256, Looked.FLAGGED, "")
    return Looked.FLAGGED


def _background(studio: Studio, version: Version) -> Background:
    if version.background is not None:
        try:
            return studio.tracker.background(version.background)
        except NotFoundInTrackerError:
            log.info("background is gone", version=version.id)
    return Background(id=version.background or BackgroundId(""), project=version.project, code=version.name, shots=())


def _keep(studio: Studio, version: Version, sha256: str, state: Looked, said: str) -> str:
    with studio.engine.begin() as connection:
        _write(connection, studio.tracker.site, version, sha256, state, said)
    if state is Looked.NOT_READ:
        log.warning("not looked through", version=version.id, why=said)
    return state


def _write(connection: sa.Connection, site: str, version: Version, sha256: str, state: Looked, said: str) -> None:
    media = version.media.id if version.media else ""
    place = (inspections.c.site == site) & (inspections.c.version == version.id) & (inspections.c.media == media)
    connection.execute(inspections.delete().where(place))
    connection.execute(
        inspections.insert().values(
            site=site, version=version.id, media=media, name=version.name, sha256=sha256, state=state, said=said, at_ms=now_ms()
        )
    )
