"""What the present state of a layout task asks for; reads the tracker, changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from integration.errors import NotFoundInTrackerError
from integration.policy import Allowed, NotAllowed, Policy
from integration.production import Background, ProjectId, Task, TaskId, Version
from integration.settings import ProjectSettings
from integration.tracker.protocol import Tracker
from integration.workflow.genzu import choose_books, choose_genzu
from integration.workflow.permission import leave, policy_of
from integration.workflow.unwanted import no_draft_wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Nothing is asked for."""

    why: str
    omitted: bool = False
    """Whether the layout is approved, but its background is not made after all."""
    background: Background | None = None
    """The background that is not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Approved, but no draft may or can be started."""

    task: Task
    code: str
    """What people call the background."""
    kind: str
    """``background``, ``policy``, ``genzu``, ``layout``, ``budget_spent``, ``look`` or ``provenance``: what is missing or amiss."""
    reason: str
    """One sentence a coordinator can follow."""
    background: Background | None
    """None when the task hangs in the air."""
    policy: Policy | None = None
    """The show's; None when it was not asked."""
    genzu: Version | None = None
    """The Version that cannot be used, when that is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDraft:
    """Approved, and to be painted from the layout: nobody wants a draft. Whose wish that is, is not told."""

    task: Task
    background: Background
    rules: ProjectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Approved, allowed, and there is a genzu."""

    task: Task
    background: Background
    rules: ProjectSettings
    versions: Sequence[Version]
    """Everything handed in on the layout task, newest first."""
    genzu: Version
    """The BG's."""
    books: Mapping[str, Version]
    """Those of BOOKs that were handed in apart, by part."""
    allowed: Allowed
    """By whose leave."""
    policy: Policy
    """The show's."""

    def held(self, kind: str, reason: str) -> Hold:
        """The same, held after all."""
        return Hold(
            task=self.task,
            code=self.background.code,
            kind=kind,
            reason=reason,
            background=self.background,
            policy=self.policy,
            genzu=self.genzu,
        )


def decide(tracker: Tracker, projects: Mapping[ProjectId, ProjectSettings], task_id: TaskId) -> Ignore | Hold | NoDraft | Start:
    """What the layout task asks for as it stands now. Raises as the tracker does."""
    try:
        task = tracker.task(task_id)
    except NotFoundInTrackerError:
        return Ignore(why="the task is gone")
    rules = projects.get(task.project.id)
    if rules is None:
        return Ignore(why=f"{task.project.name} is not enabled")
    if (task.step, task.status) not in {(rules.layout_step, status) for status in rules.approved}:
        return Ignore(why=f"it is at status {task.status} of step {task.step or 'none'} now")
    if task.background is None:
        reason = "This layout task is linked to no Shot: link it, then approve it again."
        return Hold(task=task, code=task.name, kind="background", reason=reason, background=None)
    background = tracker.background(task.background)
    if background.status in rules.omitted_statuses:
        return Ignore(why=f"{background.code} is omitted ({background.status})", omitted=True, background=background)
    if no_draft_wanted(tracker, background, rules):
        return NoDraft(task=task, background=background, rules=rules)
    policy = policy_of(tracker, task.project, rules)
    match leave(tracker, policy, background, rules, now=datetime.now(UTC)):
        case NotAllowed(reason=reason):
            return Hold(task=task, code=background.code, kind="policy", reason=reason, background=background, policy=policy)
        case Allowed() as allowed:
            versions = tracker.versions_on(task.id)
    genzu = choose_genzu(versions, rules)
    if genzu is None:
        reason = "No BG genzu on the approved layout task: attach one as a Version."
        return Hold(task=task, code=background.code, kind="genzu", reason=reason, background=background, policy=policy)
    books = choose_books(versions, rules)
    return Start(task=task, background=background, rules=rules, versions=versions, genzu=genzu, books=books, allowed=allowed, policy=policy)
