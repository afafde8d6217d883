"""Opens rounds of drafts: each in one transaction with its workflow, its entries and the withdrawal of what it replaces."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from integration.errors import ArtworkError, NotFoundInTrackerError, RenderError
from integration.events import Happened
from integration.ledger.entry import Asset, milliseconds
from integration.production import TaskId, Version
from integration.studio import Studio
from integration.workflow import queues, record, rounds
from integration.workflow.budget import spending_of
from integration.workflow.decision import Hold, Ignore, Start, decide
from integration.workflow.genzu import fetch_genzu, name_of, parts_in
from integration.workflow.order import Order
from integration.workflow.policy_record import record_policy
from integration.workflow.rounds import BUDGET_SPENT, Approval, Round
from integration.workflow.wish import Wish
from integration.workflow.withdrawal import ASKED, PART_GONE, REPLACED, stop_rendering, subject_of, withdraw_in
from render_service.client import load_look
from render_service.contract import Look

log = structlog.get_logger(__name__)

SWEEP = "sweep"
"""Stands for the event where no event but the tracker's state asked for something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The genzu of one part: the Version it came as, and its file, which may hold the sheets of other parts too."""

    version: Version
    file: Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedLayout:
    """An approved layout with its genzu in the store."""

    asked: Start
    sheets: Mapping[str, Sheet]
    """By part, the BG's first."""
    look: Look
    because: Happened | None
    policy_sha256: str
    """The policy that held, as the record names it."""
    wish: Wish | None = None
    """What the art director asks for; None where the approval alone asks."""

    def approval(self, site: str, part: str) -> Approval:
        """This layout as the approval of one part."""
        because, sheet = self.because, self.sheets[part]
        return Approval(
            site=site,
            project=self.asked.task.project.id,
            background=self.asked.background.id,
            part=part,
            code=self.asked.background.code,
            layout_task=self.asked.task.id,
            genzu_version=name_of(sheet.version),
            genzu_sha256=sheet.file.sha256,
            because=because.event_id if because else SWEEP,
            order=because.order if because else 0,
            at_ms=milliseconds(because.at) if because else rounds.now_ms(),
        )

    def order(self, connection: sa.Connection, subject: record.Subject) -> dict[str, Any]:
        """What the draft's workflow is told, frozen here."""
        words = self.wish.prompt_words if self.wish else ""
        asker = (self.because.by if self.because else None) or (self.wish.by if self.wish else None)
        order = Order(
            look=self.look,
            drafts=self.look.drafts or self.asked.rules.drafts,
            quality=self.asked.rules.quality,
            least_layout_kept=self.asked.rules.least_layout_kept,
            allowed_by=self.asked.allowed.by,
            allowed_reference=self.asked.allowed.reference,
            asked_by=asker.id if asker else "",
            policy_sha256=self.policy_sha256,
            prompt_words=words,
            prompt_writer_ref=record.actor(connection, subject, self.wish.by, None).ref if self.wish and words else "",
        )
        return asdict(order)

    def record(self, connection: sa.Connection, subject: record.Subject, sheet: Sheet) -> None:
        """Who drew, corrected and handed in the layout, and that drafts of it were asked for."""
        by = sheet.version.by
        record.layout_lineage(
            connection,
            subject,
            genzu=sheet.file,
            drawn_by=self.asked.task.assignees,
            handed_in_by=by if by not in self.asked.task.assignees else None,
            cleaner=by is not None and by.role in self.asked.rules.cleaner_roles,
            corrections=[v for v in self.asked.versions if v.version_type in self.asked.rules.correction_types],
            version=sheet.version.id,
            at_ms=milliseconds(sheet.version.created_at),
        )
        record.draft_requested(
            connection,
            subject,
            genzu=sheet.file,
            look_sha256=self.look.digest,
            allowed=self.asked.allowed,
            policy_sha256=self.policy_sha256,
            wish=self.wish,
        )


def approved_layout(studio: Studio, asked: Start, because: Happened | None, *, wish: Wish | None = None) -> ApprovedLayout | Hold:
    """The approved layout with its genzu and Look, ready for `open_rounds`, or why there can be no drafts of it."""
    if other := _other_layout(studio, asked):
        reason = f"Two approved layout tasks ask for this background ({other} and {asked.task.id}): reopen the one that does not count."
        return asked.held("layout", reason)
    spending = spending_of(studio.engine, asked.task.project.id, asked.rules, studio.settings.labour)
    if spending.is_spent:
        return asked.held(BUDGET_SPENT, f"The show's budget for drafts is spent: {spending.words}.")
    try:
        sheets = _fetched(studio, asked)
        look = load_look(asked.rules.look or studio.settings.render.look, studio.settings.render.looks)
    except (ArtworkError, NotFoundInTrackerError) as error:
        return asked.held("genzu", error.in_words())
    except RenderError as error:
        return asked.held("look", error.in_words())
    policy_sha256 = record_policy(studio, asked.policy)
    return ApprovedLayout(asked=asked, sheets=sheets, look=look, because=because, policy_sha256=policy_sha256, wish=wish)


def open_rounds(studio: Studio, layout: ApprovedLayout) -> None:
    """Open the next round of every part, in one transaction with the withdrawal of what it replaces."""
    site, asked = studio.tracker.site, layout.asked
    with studio.engine.begin() as connection:
        standing = {r.part: r for r in rounds.on_background(connection, site=site, background=asked.background.id)}
        replaced = [old for part in layout.sheets if (old := _open_part(studio, connection, layout, part, standing.get(part)))]
        for part in standing.keys() - layout.sheets.keys():
            if standing[part].wanted:
                withdraw_in(studio, connection, standing[part], asked.background, why=PART_GONE)
                replaced.append(standing[part])
        rounds.release(connection, site=site, task=asked.task.id)
    for old in replaced:
        stop_rendering(studio, old)


def open_wished(studio: Studio, connection: sa.Connection, layout: ApprovedLayout, former: Collection[Round]) -> list[Round]:
    """Open the round after each of `former`, whose part the layout still has, in the caller's transaction; those that are opened."""
    site, opened = studio.tracker.site, []
    for old in former:
        if old.part in layout.sheets:
            _open_part(studio, connection, layout, old.part, old)
            newest = rounds.latest(connection, site=site, background=old.background, part=old.part)
            assert newest is not None, "it was just opened"
            opened.append(newest)
    return opened


def _open_part(studio: Studio, connection: sa.Connection, layout: ApprovedLayout, part: str, last: Round | None) -> Round | None:
    """Open the next round of one part, unless one with this very file stands; the round it replaces, if there is one."""
    sheet, approval = layout.sheets[part], layout.approval(studio.tracker.site, part)
    if last is not None and last.wanted and last.genzu_sha256 == approval.genzu_sha256 and layout.wish is None:
        rounds.change(connection, last.key, genzu_version=approval.genzu_version)
        return None
    replaced = last if last is not None and last.wanted else None
    if replaced:
        withdraw_in(studio, connection, replaced, layout.asked.background, why=ASKED if layout.wish else REPLACED)
    opened = rounds.open_round(connection, approval, number=last.round + 1 if last else 1)
    subject = subject_of(studio, opened, layout.asked.background)
    layout.record(connection, subject, sheet)
    queues.enqueue(studio.queue, connection, queues.DRAFT, opened.workflow_id, opened.key, layout.order(connection, subject))
    log.info("draft requested", draft=opened.key, background=approval.code, event_id=approval.because)
    return replaced


def _fetched(studio: Studio, asked: Start) -> dict[str, Sheet]:
    """The genzu of each part, in the store: those of the BG's file, and BOOKs handed in apart, which come first."""
    ground = _fetch(studio, asked.genzu)
    inside = dict.fromkeys(parts_in(studio.storage, ground.file.sha256), ground)
    return inside | {part: _fetch(studio, version) for part, version in asked.books.items()}


def _fetch(studio: Studio, version: Version) -> Sheet:
    media = fetch_genzu(studio, version)
    return Sheet(version=version, file=Asset(sha256=media.sha256, size_bytes=media.size_bytes))


def _other_layout(studio: Studio, asked: Start) -> str:
    """Another layout task whose drafts of this background stand and which is approved still; empty when there is none."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=studio.tracker.site, background=asked.background.id)
    others = {r.layout_task for r in newest if r.wanted} - {asked.task.id}
    for other in sorted(others):
        if not isinstance(decide(studio.tracker, studio.projects, TaskId(other)), Ignore):
            return other
    return ""
