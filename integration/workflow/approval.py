"""What an approval, its withdrawal and a genzu's arrival start: the actions hooks call.

Every action reads the tracker as it stands now, so an event that comes twice, late or out of order changes nothing that the
present state does not ask for. A round is opened in one transaction with its workflow and its entries.
"""

from dataclasses import asdict, dataclass

import structlog

from integration.artwork.sheets import BG
from integration.errors import NotFoundInTrackerError
from integration.events import (
    BackgroundStatusChanged,
    Happened,
    NoteAttached,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.ledger.entry import milliseconds
from integration.ledger.vocabulary import Kind, Verdict
from integration.production import Background, BackgroundId, NoteId, Task, TaskId, TimeLogId, Version, VersionId
from integration.reports.cuts import forget_cut, keep_cut
from integration.studio import Studio
from integration.workflow import (
    final_guard,
    handover,
    looked_through,
    new_round,
    outcome,
    queues,
    record,
    retirement,
    returned,
    revision,
    rounds,
    time_logs,
)
from integration.workflow.decision import Hold, Ignore, NoDraft, Start, decide
from integration.workflow.estimates import record_estimate
from integration.workflow.genzu import name_of
from integration.workflow.no_draft import leave_to_artist
from integration.workflow.opening import SWEEP, approved_layout, open_rounds
from integration.workflow.order import Refusal
from integration.workflow.permission import unfit_look
from integration.workflow.policy_record import record_policy
from integration.workflow.rounds import BUDGET_SPENT, UNDER_WAY, HeldLayout, Round
from integration.workflow.withdrawal import GONE, NOT_ALLOWED, OMITTED, REOPENED, REPLACED, Why, withdraw

log = structlog.get_logger(__name__)


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

    def follow_background(self, background: BackgroundId, *, because: BackgroundStatusChanged) -> None:
        """Withdraw the drafts of a background that is omitted; of one that is no longer, start what its approved layout asks for."""
        with self.studio.engine.connect() as connection:
            newest = rounds.on_background(connection, site=self.studio.tracker.site, background=background)
        tasks = {TaskId(draft.layout_task) for draft in newest}
        if because.project in self.studio.projects:
            step = self.studio.projects[because.project].layout_step
            tasks |= {task.id for task in self.studio.tracker.tasks_on(background, step=step)}
        for task in sorted(tasks):
            self.reconsider(task, because=because)

    def start_new_round(self, note: NoteId, *, because: Happened | None) -> None:
        """If the Note is an art director's and asks for new drafts, start another round, or say why not."""
        new_round.start_new_round(self.studio, note, because)

    def keep_drawings(self, note: NoteId, *, because: NoteAttached | None) -> None:
        """If the Note started a round, record what was drawn on it since."""
        new_round.keep_drawings(self.studio, note, because)

    def hand_over(self, task: TaskId, *, because: TaskAssigneesChanged | None) -> None:
        """If it is a review task with drafts, tell whoever is on it now and was not told, and record the handover."""
        handover.hand_over(self.studio, task, because)

    def record_retake(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """If the Version is a revision that was sent back to its artist, record by whom."""
        returned.record_retake(self.studio, version, because)

    def record_retirement(self, version: VersionId, *, because: VersionRetired) -> None:
        """If the Version was a draft or a revision, record who deleted it; if it was a genzu, reconsider its layout."""
        for task in retirement.record_retirement(self.studio, version, because):
            self.reconsider(task, because=because)

    def record_revival(self, version: VersionId, *, because: VersionRevived) -> None:
        """If the Version is a draft or a revision, record who took it back; if it is a genzu, reconsider its layout."""
        retirement.record_revival(self.studio, version, because)
        self.look_at_genzu(version, because=because)

    def record_outcome(self, version: VersionId, *, because: VersionStatusChanged | OutcomeSaid) -> None:
        """If the Version is one of our drafts, record what somebody says became of it, until the shot is final."""
        outcome.record_outcome(self.studio, version, because)

    def record_revision(self, version: VersionId, *, because: TrackerEvent) -> None:
        """If the Version was handed in on a review task, record the artist's revision."""
        revision.take_in_later(self.studio, version, because.event_id)

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
                if asked.background is not None:
                    forget_cut(connection, site=self.studio.tracker.site, background=asked.background)
            if asked.omitted:
                self._withdraw_all(task_id, OMITTED)
            return
        self._record_decision(asked, because)
        self._keep_plan(asked.task, asked.background)
        if isinstance(asked, NoDraft):
            leave_to_artist(self.studio, asked, because=because.event_id if because else SWEEP)
            return
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
        ready = approved_layout(self.studio, asked, because)
        if isinstance(ready, Hold):
            self._hold(ready, because)
        else:
            open_rounds(self.studio, ready)

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

    def _keep_plan(self, task: Task, background: Background | None) -> None:
        """What was planned of the cut: how long its layout was to take, and where it stands."""
        if background is None:
            return
        record_estimate(self.studio, task, background)
        with self.studio.engine.begin() as connection:
            keep_cut(connection, site=self.studio.tracker.site, background=background)

    def _record_decision(self, asked: Hold | NoDraft | Start, because: Happened | None) -> None:
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
            self._withdraw_all(asked.task.id, NOT_ALLOWED, only_under_way=True)
        if asked.kind == BUDGET_SPENT:
            self._withdraw_replaced(asked)
        event = because.event_id if because else SWEEP
        layout = HeldLayout(
            layout_task=asked.task.id,
            project=asked.task.project.id,
            code=asked.code,
            kind=asked.kind,
            reason=asked.reason,
            because=event,
            since_ms=rounds.now_ms(),
            background=asked.background.id if asked.background else "",
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

    def _withdraw_replaced(self, asked: Hold) -> None:
        """Withdraw drafts of an older genzu though no new ones may start: nobody shall paint on a layout that no longer holds."""
        with self.studio.engine.connect() as connection:
            standing = [r for r in rounds.on_task(connection, site=self.studio.tracker.site, task=asked.task.id) if r.wanted]
        present = name_of(asked.genzu) if asked.genzu else ""
        older = {r.genzu_version for r in standing if r.part == BG} - {present}
        for round_ in standing:
            if round_.genzu_version in older:
                withdraw(self.studio, round_, because=None, why=REPLACED)

    def _withdraw_all(self, task: TaskId, why: Why, *, only_under_way: bool = False) -> None:
        with self.studio.engine.connect() as connection:
            standing = [r for r in rounds.on_task(connection, site=self.studio.tracker.site, task=task) if r.wanted]
        for round_ in standing:
            if not only_under_way or round_.state in UNDER_WAY:
                withdraw(self.studio, round_, because=None, why=why)
