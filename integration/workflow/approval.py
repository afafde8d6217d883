"""What an approval, its withdrawal and a genzu's arrival start: the actions hooks call.

Every action reads the tracker as it stands now, so an event that comes twice, late or out of order changes nothing that the
present state does not ask for. A round is opened in one transaction with its workflow and its entries.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from integration.artwork.sheets import BG
from integration.errors import ArtworkError, NotFoundInTrackerError, RenderError
from integration.events import Happened, TaskStatusChanged, TimeLogged, TrackerEvent, VersionStatusChanged
from integration.ledger.entry import Asset, milliseconds
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import TaskId, TimeLogId, Version, VersionId
from integration.studio import Studio
from integration.workflow import final_guard, looked_through, queues, record, returned, rounds, time_logs
from integration.workflow.decision import Hold, Ignore, Start, decide
from integration.workflow.genzu import fetch_genzu, name_of, parts_in
from integration.workflow.order import Order, Refusal
from integration.workflow.permission import unfit_look
from integration.workflow.policy_record import record_policy
from integration.workflow.rounds import Approval, DraftState, HeldLayout, Round
from integration.workflow.withdrawal import (
    GONE,
    NOT_ALLOWED,
    PART_GONE,
    REOPENED,
    REPLACED,
    stop_rendering,
    subject_of,
    withdraw,
    withdraw_in,
)
from render_service.client import load_look
from render_service.contract import Look

log = structlog.get_logger(__name__)

SWEEP = "sweep"
"""Stands for the event where no event but the tracker's state asked for something."""


@dataclass(frozen=True, slots=True)
class TrackerActions:
    """The actions of hooks on one studio."""

    studio: Studio

    def start_draft(self, task: TaskId, *, because: TrackerEvent) -> None:
        """Start the background drafts of an approved layout task, or hold them visibly and say why."""
        self.reconsider(task, because=because)

    def look_at_genzu(self, version: VersionId, *, because: TrackerEvent) -> None:
        """If the Version belongs to an approved layout task, start its drafts or replace those of an older genzu."""
        try:
            found = self.studio.tracker.version(version)
        except NotFoundInTrackerError:
            return
        if found.task is not None and not found.key:
            self.reconsider(found.task, because=because)

    def withdraw_draft(self, task: TaskId, *, because: TaskStatusChanged) -> None:
        """Cancel what is not delivered, supersede what is; an approval newer than this event stands."""
        with self.studio.engine.begin() as connection:
            rounds.release(connection, site=self.studio.tracker.site, task=task)
            standing = [r for r in rounds.on_task(connection, site=self.studio.tracker.site, task=task) if r.wanted]
        for old in standing:
            if not old.approved_order:
                self.withdraw_if_reopened(old)
            elif old.approved_order <= because.order:
                withdraw(self.studio, old, because=because, why=REOPENED)

    def record_outcome(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is one of our drafts, record what its reviewer says became of it."""
        returned.record_outcome(self.studio, version, because)

    def record_revision(self, version: VersionId, *, because: TrackerEvent) -> None:
        """If the Version was handed in on a review task, record the artist's revision."""
        returned.record_revision(self.studio, version, because)

    def question_final(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is final, has AI-made area and no approval covers that, raise a flag."""
        final_guard.question_final(self.studio, version, because)

    def record_approval(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is a recorded revision that became final, record who set the status."""
        returned.record_approval(self.studio, version, because)

    def question_standing_final(self, version: Version) -> None:
        """The same for a final Version about which no event asked."""
        final_guard.question_standing_final(self.studio, version)

    def look_through(self, version: VersionId) -> None:
        """Start looking through the Version's file for what it says of AI."""
        looked_through.look_through_later(self.studio, version)

    def record_time(self, time_log: TimeLogId, *, because: TimeLogged) -> None:
        """Bring what is recorded of a time log in line with the tracker's present state."""
        time_logs.record_time(self.studio, time_log, because)

    def reconsider(self, task_id: TaskId, *, because: Happened | None) -> None:
        """Bring the drafts of a layout task in line with the tracker's present state.

        Args:
            task_id: any task; tasks of other steps and projects are left alone.
            because: the event that asks; None when a sweep found the state.
        """
        asked = decide(self.studio.tracker, self.studio.projects, task_id)
        if isinstance(asked, Ignore):
            log.debug("nothing asked for", task_id=task_id, why=asked.why)
            with self.studio.engine.begin() as connection:
                rounds.release(connection, site=self.studio.tracker.site, task=task_id)
            return
        self._record_decision(asked, because)
        if asked.policy is not None:
            record_policy(self.studio, asked.policy)
        if isinstance(asked, Hold):
            self._hold(asked, because)
        else:
            self._start(asked, because)

    def withdraw_if_reopened(self, standing: Round) -> None:
        """Withdraw a standing round whose layout task is no longer approved or is gone; for sweeps."""
        try:
            task = self.studio.tracker.task(TaskId(standing.layout_task))
        except NotFoundInTrackerError:
            withdraw(self.studio, standing, because=None, why=GONE)
            return
        rules = self.studio.projects.get(task.project.id)
        if rules is not None and task.status not in rules.approved:
            withdraw(self.studio, standing, because=None, why=REOPENED)

    def _start(self, asked: Start, because: Happened | None) -> None:
        if unfit := unfit_look(asked.policy, asked.rules, self.studio.settings.render):
            self._hold(asked.held("provenance", unfit), because)
            return
        if self._stands_already(asked, because):
            return
        if other := self._other_layout(asked):
            reason = f"Two approved layout tasks ask for this background ({other} and {asked.task.id}): reopen the one that does not count."
            self._hold(asked.held("layout", reason), because)
            return
        try:
            sheets = self._fetched(asked)
            look = load_look(asked.rules.look or self.studio.settings.render.look, self.studio.settings.render.looks)
        except (ArtworkError, NotFoundInTrackerError) as error:
            self._hold(asked.held("genzu", error.in_words()), because)
            return
        except RenderError as error:
            self._hold(asked.held("look", error.in_words()), because)
            return
        policy_sha256 = record_policy(self.studio, asked.policy)
        self._open(ApprovedLayout(asked=asked, sheets=sheets, look=look, because=because, policy_sha256=policy_sha256))

    def _fetched(self, asked: Start) -> dict[str, "Sheet"]:
        """The genzu of each part, in the store: those of the BG's file, and BOOKs handed in apart, which come first."""
        ground = self._fetch(asked.genzu)
        inside = dict.fromkeys(parts_in(self.studio.storage, ground.file.sha256), ground)
        return inside | {part: self._fetch(version) for part, version in asked.books.items()}

    def _fetch(self, version: Version) -> "Sheet":
        media = fetch_genzu(self.studio, version)
        return Sheet(version=version, file=Asset(sha256=media.sha256, size_bytes=media.size_bytes))

    def _other_layout(self, asked: Start) -> str:
        """Another layout task whose drafts of this background stand and which is approved still; empty when there is none."""
        site, background = self.studio.tracker.site, asked.background
        with self.studio.engine.connect() as connection:
            newest = rounds.on_background(connection, site=site, background=background.id)
        others = {r.layout_task for r in newest if r.wanted} - {asked.task.id}
        for other in sorted(others):
            if not isinstance(decide(self.studio.tracker, self.studio.projects, TaskId(other)), Ignore):
                return other
        return ""

    def _stands_already(self, asked: Start, because: Happened | None) -> bool:
        """Whether a round of this very genzu stands for every part, and none for a part there is no longer."""
        site, ground = self.studio.tracker.site, name_of(asked.genzu)
        expected = {BG: ground} | {part: name_of(version) for part, version in asked.books.items()}
        with self.studio.engine.begin() as connection:
            standing = [r for r in rounds.on_background(connection, site=site, background=asked.background.id) if r.wanted]
            same = [r for r in standing if r.genzu_version == expected.get(r.part, ground)]
            if isinstance(because, TaskStatusChanged):
                for found in same:
                    rounds.change(connection, found.key, approved_order=max(found.approved_order, because.order))
            if len(same) < len(standing) or expected.keys() - {r.part for r in same}:
                return False
            rounds.release(connection, site=site, task=asked.task.id)
        return True

    def _open(self, layout: "ApprovedLayout") -> None:
        """Open the next round of every part, in one transaction with the withdrawal of what it replaces."""
        site, asked = self.studio.tracker.site, layout.asked
        with self.studio.engine.begin() as connection:
            standing = {r.part: r for r in rounds.on_background(connection, site=site, background=asked.background.id)}
            replaced = [old for part in layout.sheets if (old := self._open_part(connection, layout, part, standing.get(part)))]
            for part in standing.keys() - layout.sheets.keys():
                if standing[part].wanted:
                    withdraw_in(self.studio, connection, standing[part], asked.background, why=PART_GONE)
                    replaced.append(standing[part])
            rounds.release(connection, site=site, task=asked.task.id)
        for old in replaced:
            stop_rendering(self.studio, old)

    def _open_part(self, connection: sa.Connection, layout: "ApprovedLayout", part: str, last: Round | None) -> Round | None:
        """Open the next round of one part, unless one with this very file stands; the round it replaces, if there is one."""
        studio, sheet = self.studio, layout.sheets[part]
        approval = layout.approval(studio.tracker.site, part)
        if last is not None and last.wanted and last.genzu_sha256 == approval.genzu_sha256:
            rounds.change(connection, last.key, genzu_version=approval.genzu_version)
            return None
        replaced = last if last is not None and last.wanted else None
        if replaced:
            withdraw_in(studio, connection, replaced, layout.asked.background, why=REPLACED)
        opened = rounds.open_round(connection, approval, number=last.round + 1 if last else 1)
        subject = subject_of(studio, opened, layout.asked.background)
        layout.record(connection, subject, sheet)
        record.draft_requested(
            connection,
            subject,
            genzu=sheet.file,
            look_sha256=layout.look.digest,
            allowed=layout.asked.allowed,
            policy_sha256=layout.policy_sha256,
        )
        queues.enqueue(studio.queue, connection, queues.DRAFT, opened.workflow_id, opened.key, layout.order())
        log.info("draft requested", draft=opened.key, background=approval.code, event_id=approval.because)
        return replaced

    def _record_decision(self, asked: Hold | Start, because: Happened | None) -> None:
        """Who approved the layout, whatever comes of it."""
        if not isinstance(because, TaskStatusChanged) or asked.background is None:
            return
        subject = record.Subject(
            tracker=self.studio.settings.tracker,
            site=self.studio.tracker.site,
            background=asked.background,
            part="",
            step=self.studio.projects[asked.task.project.id].layout_step,
            task=asked.task.id,
            event=because.event_id,
        )
        with self.studio.engine.begin() as connection:
            record.layout_decision(
                connection,
                subject,
                kind=Kind.LAYOUT_APPROVED,
                verdict=Verdict.APPROVED,
                status=because.new,
                set_by=because.by,
                decided_by=asked.task.reviewers[0] if len(asked.task.reviewers) == 1 else None,
                at_ms=milliseconds(because.at),
            )

    def _hold(self, asked: Hold, because: Happened | None) -> None:
        """Hold an approved layout visibly: a row for `haikei status`, an entry, and a Note for the coordinator.

        Delivered drafts are left standing: what is missing now was not missing then. Without leave nothing more is painted.
        """
        site = self.studio.tracker.site
        policy_sha256 = record_policy(self.studio, asked.policy) if asked.policy else ""
        if asked.kind in ("policy", "provenance"):
            self._stop_painting(asked.task.id)
        event = because.event_id if because else SWEEP
        layout = HeldLayout(
            layout_task=asked.task.id,
            project=asked.task.project.id,
            code=asked.code,
            kind=asked.kind,
            reason=asked.reason,
            because=event,
            since_ms=rounds.now_ms(),
        )
        with self.studio.engine.begin() as connection:
            if any(r.wanted for r in rounds.on_task(connection, site=site, task=asked.task.id)):
                rounds.release(connection, site=site, task=asked.task.id)
            elif rounds.hold(connection, site=site, layout=layout):
                name = f"notice:{site}:{asked.task.id}:{asked.kind}:{event}:{layout.since_ms if because is None else ''}"
                told = Refusal(
                    task=asked.task.id,
                    kind=asked.kind,
                    reason=asked.reason,
                    genzu=asked.genzu.id if asked.genzu else "",
                    to=because.by.id if because and because.by else "",
                    policy_sha256=policy_sha256,
                )
                queues.enqueue(self.studio.queue, connection, queues.NOTICE, name, name, asdict(told))
                log.info("approval held", background=asked.code, kind=asked.kind, reason=asked.reason)

    def _stop_painting(self, task: TaskId) -> None:
        with self.studio.engine.connect() as connection:
            under_way = [r for r in rounds.on_task(connection, site=self.studio.tracker.site, task=task) if r.wanted]
        for round_ in under_way:
            if round_.state in (DraftState.QUEUED, DraftState.RENDERING, DraftState.DELIVERING):
                withdraw(self.studio, round_, because=None, why=NOT_ALLOWED)


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

    def order(self) -> dict[str, Any]:
        """What the draft's workflow is told, frozen here."""
        order = Order(
            look=self.look,
            drafts=self.look.drafts or self.asked.rules.drafts,
            quality=self.asked.rules.quality,
            least_layout_kept=self.asked.rules.least_layout_kept,
            allowed_by=self.asked.allowed.by,
            allowed_reference=self.asked.allowed.reference,
            asked_by=self.because.by.id if self.because and self.because.by else "",
            policy_sha256=self.policy_sha256,
        )
        return asdict(order)

    def record(self, connection: sa.Connection, subject: record.Subject, sheet: Sheet) -> None:
        """Who drew, corrected and handed in the layout."""
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
