"""A Version with AI-made area that is marked final in the tracker: without an approval that covers finals, it is a question for people."""

from datetime import UTC, datetime

import sqlalchemy as sa
import structlog

from integration.errors import NotFoundInTrackerError
from integration.events import VersionStatusChanged
from integration.ledger import log as ledger
from integration.ledger.entry import Asset, Entry
from integration.ledger.vocabulary import Claim, Kind
from integration.policy import NotAllowed
from integration.production import Version, VersionId
from integration.studio import Studio
from integration.workflow import rounds
from integration.workflow.flags import FINAL_NOT_COVERED, flags
from integration.workflow.lineage import WITHOUT_DRAFT
from integration.workflow.permission import leave, policy_of
from integration.workflow.questions import ask
from integration.workflow.rounds import Round
from integration.workflow.statements import last_outcomes, last_stated
from integration.workflow.withdrawal import background_of, subject_of

log = structlog.get_logger(__name__)


def question_final(studio: Studio, version_id: VersionId, because: VersionStatusChanged) -> None:
    """If this change made the Version final, it has AI-made area by what the record knows, and no approval covers that: raise a flag.

    One change raises one flag, however often it is told, and none while one about the Version is open; the status stays as people set it.
    """
    try:
        version = studio.tracker.version(version_id)
    except NotFoundInTrackerError:
        return
    if version.status == because.new:
        _question(studio, version, event=because.event_id)


def question_standing_final(studio: Studio, version: Version) -> None:
    """The same for a Version that is final and about which nobody was ever asked: no event told of it."""
    _question(studio, version, event="")


def _question(studio: Studio, version: Version, *, event: str) -> None:
    rules = studio.projects.get(version.project.id)
    if rules is None or version.status not in rules.final_statuses:
        return
    with studio.engine.connect() as connection:
        if _asked(connection, version, answered=not event):
            return
        found = _drafted(connection, studio, version)
    if found is None:
        return
    draft, asset = found
    background = background_of(studio, draft)
    policy = policy_of(studio.tracker, version.project, rules)
    match leave(studio.tracker, policy, background, rules, now=datetime.now(UTC), scope="final"):
        case NotAllowed(reason=reason):
            subject = subject_of(studio, draft, background, event=event)
            details = f"{version.name} was marked '{version.status}'. {reason}"
            with studio.engine.begin() as connection:
                index = ask(
                    studio,
                    connection,
                    subject,
                    reason=FINAL_NOT_COVERED,
                    version=version.id,
                    asset=asset,
                    details=details,
                    occasion=event or f"standing:{version.status}",
                )
            log.warning("final without approval", flag=index, version=version.id)


def _asked(connection: sa.Connection, version: Version, *, answered: bool) -> bool:
    """Whether the same question about the Version is open, or with `answered` was ever asked."""
    return any(
        _is(flag.entry, Kind.FLAG_RAISED, version.id) and flag.entry.flag is not None and flag.entry.flag.reason == FINAL_NOT_COVERED
        for flag in flags(connection, answered=answered)
    )


def _drafted(connection: sa.Connection, studio: Studio, version: Version) -> tuple[Round, Asset] | None:
    """The round that the Version's AI-made area comes from, and its file; None when nothing in the record says that it has any."""
    ours = rounds.picture_of_version(connection, version.id)
    if ours is not None:
        return ours[0], Asset(sha256=ours[2])
    if version.background is None:
        return None
    entries = [entry for _, entry in ledger.read(connection, background=version.background)]
    revision = next((each for each in reversed(entries) if _is(each, Kind.REVISION_SUBMITTED, version.id)), None)
    if revision is None or revision.asset is None:
        return None
    parts = {each.part: each for each in rounds.on_background(connection, site=studio.tracker.site, background=version.background)}
    draft = parts.get(revision.part)
    delivered = any(each.kind is Kind.DRAFT_DELIVERED and each.part == revision.part for each in entries)
    if draft is None or not delivered or _said_without(entries, revision):
        return None
    return draft, revision.asset


def _said_without(entries: list[Entry], revision: Entry) -> bool:
    """Whether people say that no draft is in the revision: its painter's last statement, or else the last outcome of every draft."""
    if stated := last_stated(entries, revision):
        return Claim.DRAFT_NOT_USED in stated.claims
    drafts = {p.sha256 for each in entries if each.kind is Kind.DRAFT_DELIVERED and each.part == revision.part for p in each.parents}
    outcomes = last_outcomes(entries)
    return all(outcomes.get(draft) in WITHOUT_DRAFT for draft in drafts)


def _is(entry: Entry, kind: Kind, version: str) -> bool:
    return entry.kind is kind and entry.tracker is not None and entry.tracker.version_id == version
