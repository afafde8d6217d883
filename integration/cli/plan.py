"""`haikei plan`: what would fire and be written for everything since a moment, told and not done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.errors import NotFoundInTrackerError, SettingsError
from integration.events import (
    BackgroundStatusChanged,
    NoteAttached,
    NoteCreated,
    OutcomeSaid,
    TaskAssigneesChanged,
    TaskStatusChanged,
    TimeLogged,
    TrackerEvent,
    VersionRetired,
    VersionRevived,
    VersionStatusChanged,
)
from integration.intake.hook_registry import load_hooks
from integration.production import BackgroundId, NoteId, PersonKind, ProjectId, TaskId, TimeLogId, VersionId
from integration.settings import ProjectSettings, RenderSettings, read_settings
from integration.studio import resolve_projects
from integration.tracker.opening import open_tracker
from integration.tracker.protocol import Tracker
from integration.workflow.decision import Hold, Ignore, NoDraft, Start, decide
from integration.workflow.permission import unfit_look
from integration.workflow.wish import asks

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Actions that say what they would do."""

    tracker: Tracker
    projects: Mapping[ProjectId, ProjectSettings]
    render: RenderSettings
    said: list[str] = field(default_factory=list)

    def start_draft(self, task: TaskId, *, because: TrackerEvent) -> None:
        """Say what an approval would start."""
        match decide(self.tracker, self.projects, task):
            case Ignore(why=why):
                self.said.append(f"nothing: {why}")
            case NoDraft(background=background, rules=rules):
                self.said.append(f"{background.code}: painted from layout, no draft: task '{rules.review_task}', 1 entry in the record")
            case Hold(code=code, reason=reason):
                self.said.append(f"{code}: no draft, 1 Note: {reason}")
            case Start(background=background, rules=rules, policy=policy) if unfit_look(policy, rules, self.render):
                self.said.append(f"{background.code}: no draft, 1 Note: {unfit_look(policy, rules, self.render)}")
            case Start(background=background, rules=rules, genzu=genzu, books=books, allowed=allowed):
                parts = f", and of each of {', '.join(books)}" if books else ""
                self.said.append(
                    f"{background.code}: {rules.drafts} drafts from genzu '{genzu.name}'{parts} ({rules.look or self.render.look}), allowed by "
                    f"{allowed.by} until {allowed.until}: "
                    f"{rules.drafts * (1 + len(books))} Versions, task '{rules.review_task}', 1 playlist, 1 Note, unless they stand already"
                )

    def withdraw_draft(self, task: TaskId, *, because: TaskStatusChanged) -> None:
        """Say what a reopened layout would withdraw."""
        try:
            reopened = self.tracker.task(task)
        except NotFoundInTrackerError:
            return
        rules = self.projects.get(reopened.project.id)
        if rules is None or reopened.step != rules.layout_step:
            return
        self.said.append(f"task {task}: drafts under way cancelled, delivered ones superseded with 1 Note")

    def look_at_genzu(self, version: VersionId, *, because: TrackerEvent) -> None:
        """Say what an arriving genzu would start."""
        try:
            found = self.tracker.version(version)
        except NotFoundInTrackerError:
            return
        if found.task is None or found.key:
            return
        asked = decide(self.tracker, self.projects, found.task)
        if isinstance(asked, Start) and asked.genzu.id == version:
            self.start_draft(found.task, because=because)

    def follow_background(self, background: BackgroundId, *, because: BackgroundStatusChanged) -> None:
        """Say what an omission would withdraw, and what its end would start."""
        rules = self.projects[because.project]
        if because.new in rules.omitted_statuses:
            self.said.append(f"{background}: drafts under way cancelled, delivered ones superseded with 1 Note")
            return
        for task in self.tracker.tasks_on(background, step=rules.layout_step):
            self.start_draft(task.id, because=because)

    def start_new_round(self, note: NoteId, *, because: NoteCreated) -> None:
        """Say what a Note that asks for new drafts would start."""
        try:
            found = self.tracker.note(note)
        except NotFoundInTrackerError:
            return
        rules = self.projects.get(found.project.id)
        if rules and found.by and found.by.kind is PersonKind.HUMAN and asks(found, rules.new_round_words):
            self.said.append(
                f"if drafts stand there: by one of the art directors {', '.join(rules.art_directors) or '(none)'} a new round, at most "
                f"{rules.max_rounds} in all; else 1 Note to its writer"
            )

    def keep_drawings(self, note: NoteId, *, because: NoteAttached) -> None:
        """What is drawn later writes to the record alone."""
        self.said.append("if the Note started a round: 1 entry in the record")

    def hand_over(self, task: TaskId, *, because: TaskAssigneesChanged) -> None:
        """Say whom a handover would tell."""
        self.said.append(f"if drafts stand on task {task}: an entry and 1 Note for each who is new on it")

    def record_retake(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """Retakes write to the record alone."""
        if because.new in self.projects[because.project].retake_statuses:
            self.said.append("if it is a revision on a review task: 1 entry in the record")

    def record_retirement(self, version: VersionId, *, because: VersionRetired) -> None:
        """Deletions write to the record alone, but for a genzu's."""
        self.said.append("if it was a draft or a revision: 1 entry in the record; if it was a genzu, its layout is looked at again")

    def record_revival(self, version: VersionId, *, because: VersionRevived) -> None:
        """As deletions."""
        self.said.append("if it is a draft or a revision: 1 entry in the record")
        self.look_at_genzu(version, because=because)

    def record_outcome(self, version: VersionId, *, because: VersionStatusChanged | OutcomeSaid) -> None:
        """Outcomes write to the record alone."""
        self.said.append("if it is one of our drafts and the shot is not final: 1 entry in the record")

    def record_revision(self, version: VersionId, *, because: TrackerEvent) -> None:
        """Revisions write to the record alone."""
        self.said.append("if it is a revision on a review task: 1 entry in the record")

    def question_final(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """Flags write to the record, and a Note where people are named."""
        if any(because.new in rules.final_statuses for rules in self.projects.values()):
            self.said.append("if it has AI-made area and no approval covers finals: 1 flag in the record, 1 Note to flags_to")

    def record_approval(self, version: VersionId, *, because: VersionStatusChanged) -> None:
        """Approvals of revisions write to the record alone."""
        if any(because.new in rules.final_statuses for rules in self.projects.values()):
            self.said.append("if it is a recorded revision: 1 entry in the record")

    def look_through(self, version: VersionId) -> None:
        """Looking through files writes a flag at most."""
        self.said.append("its file is looked through: at most 1 flag in the record, 1 Note to flags_to")

    def record_time(self, time_log: TimeLogId, *, because: TimeLogged) -> None:
        """Hours write to the record alone."""
        self.said.append("if it is on a background's task and not recorded so: 1 entry of hours in the record")


def show_plan(file: Path | None, *, since: str) -> None:
    """Print, event by event, which hooks would fire and what they would write."""
    settings = read_settings(file)
    moment = parse_moment(since, now=datetime.now(UTC))
    tracker = open_tracker(settings)
    projects = resolve_projects(tracker.projects(), settings.projects)
    registry = load_hooks(settings.hooks.folders)
    table = Table("at (UTC)", "event", "hook", "would")
    fired = 0
    for event in tracker.events_since(moment):
        rules = projects.get(event.project)
        for hook in registry.matching(event, rules) if rules else ():
            rehearsal = Rehearsal(tracker, projects, settings.render)
            if hook.built_in:
                hook.call(event, rehearsal)
            else:
                rehearsal.said.append("run the studio's own hook; what it does is not rehearsed")
            for said in rehearsal.said:
                fired += 1
                table.add_row(f"{event.at:%Y-%m-%d %H:%M:%S}", event.event_id, hook.name, cell(said))
    console = Console()
    if fired:
        console.print(table)
    console.print(f"{fired} possible effects since {moment:%Y-%m-%d %H:%M} UTC. A rehearsal: nothing was written.")


def parse_moment(text: str, *, now: datetime) -> datetime:
    """A day, an ISO moment, a weekday gone by, or a number of hours or days back (``36h``, ``3d``); aware UTC.

    Raises:
        SettingsError: it is none of them.
    """
    word = text.strip().lower()
    if back := re.fullmatch(r"(\d{1,5})([hd])", word):
        return now - timedelta(**{"hours" if back[2] == "h" else "days": int(back[1])})
    if word in _DAYS:
        day = now - timedelta(days=(now.weekday() - _DAYS.index(word)) % 7)
        return day.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"--since {text} is no moment", hint="Write 2026-11-22, 2026-11-22T09:00+09:00, monday or 36h.") from error
