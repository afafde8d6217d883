"""The policy a show has now, from settings or from the tracker, and whether it covers a piece of work."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import normalize

from integration.approval_document import document_sha256
from integration.errors import RenderError, SettingsError, TrackerError, TransientTrackerError
from integration.policy import Allowed, NotAllowed, Permission, Policy, Scope, ai_use, refusal_of
from integration.policy_settings import AiModels, AiUse, read_policy
from integration.production import Background, Person, PersonId, PersonKind, Project, ProjectId
from integration.settings import ProjectSettings, RenderSettings
from integration.tracker.protocol import Tracker, WrittenPolicy
from render_service.client import load_look

_STRICTNESS = ("any", "disclosed", "licensed")


def policy_of(tracker: Tracker, project: Project, rules: ProjectSettings) -> Policy:
    """The show's policy as it stands now; what cannot be trusted is kept with its fault and allows nothing.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    if rules.ai_use_from == "settings":
        return Policy(
            project=project,
            time_zone=rules.time_zone,
            permissions=tuple(_from_settings(use) for use in rules.ai_use),
            data=rules.ai_models.data,
            no_vendor_training=rules.ai_models.no_vendor_training,
        )
    written = tracker.ai_policy(project.id)
    try:
        said = read_policy(written.text)
    except SettingsError as error:
        return _from_tracker(project, rules, written, AiModels(), fault=f"the AI policy in the tracker cannot be read: {error}.")
    if not said.ai_use:
        return _from_tracker(project, rules, written, said.ai_models)
    allowers = _Allowers(tracker, project.id, rules.ai_use_may_allow)
    if fault := allowers.fault_of_writer(written):
        return _from_tracker(project, rules, written, said.ai_models, fault=fault)
    return _from_tracker(project, rules, written, said.ai_models, permissions=tuple(map(allowers.permission, said.ai_use)))


def leave(
    tracker: Tracker, policy: Policy, background: Background, rules: ProjectSettings, *, now: datetime, scope: Scope = "draft"
) -> Allowed | NotAllowed:
    """Whether the policy covers AI for `background` at `now` (aware); the tracker is asked whose work it is only where that counts."""
    return ai_use(
        policy,
        step=rules.background_step,
        episode=background.episode,
        now=now,
        elsewhere=lambda vendors: _elsewhere(tracker, background, rules, vendors),
        scope=scope,
    )


def leave_for_house(
    tracker: Tracker,
    policy: Policy,
    background: Background,
    rules: ProjectSettings,
    house: Person,
    *,
    now: datetime,
    scope: Scope = "draft",
) -> Allowed | NotAllowed:
    """The same for work that goes to `house`, which need not be in the tracker: a permission with vendors must name it."""

    def elsewhere(vendors: tuple[str, ...]) -> str:
        named = any(normalize("NFKC", name) == normalize("NFKC", house.name) for name in vendors)
        known = (known_person(tracker, background.project.id, name)[0] for name in vendors)
        return "" if named or any(each and each.id == house.id for each in known) else f"covers only work for {', '.join(vendors)}"

    return ai_use(policy, step=rules.background_step, episode=background.episode, now=now, elsewhere=elsewhere, scope=scope)


def unfit_look(policy: Policy, rules: ProjectSettings, render: RenderSettings) -> str:
    """Why the policy refuses the Look set for the show, one sentence; empty when it does not, or when the Look cannot be read at all."""
    if not policy.demands:
        return ""
    try:
        return refusal_of(policy, load_look(rules.look or render.look, render.looks))
    except RenderError:
        return ""


def _from_settings(use: AiUse) -> Permission:
    digest, fault = use.document_sha256, ""
    if use.document is not None:
        try:
            digest = document_sha256(use.document)
        except SettingsError as error:
            fault = f"cannot be trusted, for {error}"
        if use.document_sha256 not in ("", digest):
            fault = fault or f"names a document with the SHA-256 {use.document_sha256[:12]}…, and {use.document.name} has another"
    return _permission(use, document=digest, fault=fault)


def _from_tracker(
    project: Project,
    rules: ProjectSettings,
    written: WrittenPolicy,
    models: AiModels,
    *,
    permissions: tuple[Permission, ...] = (),
    fault: str = "",
) -> Policy:
    """What settings demand of Looks holds beside what the tracker demands."""
    return Policy(
        project=project,
        time_zone=rules.time_zone,
        permissions=permissions,
        data=max(models.data, rules.ai_models.data, key=_STRICTNESS.index),
        no_vendor_training=models.no_vendor_training or rules.ai_models.no_vendor_training,
        source="tracker",
        written_by=written.by,
        fault=fault,
    )


def _permission(use: AiUse, *, document: str = "", person: Person | None = None, fault: str = "") -> Permission:
    return Permission(
        by=person.name if person else " ".join(use.allowed_by.split()),
        person=person,
        scope=use.scope,
        steps=use.steps,
        episodes=use.episodes,
        vendors=use.vendors,
        until=use.until,
        reference=use.reference,
        document_sha256=document or use.document_sha256,
        fault=fault,
    )


class _Allowers:
    """Who may allow AI in one project of the tracker, asked once for each name."""

    def __init__(self, tracker: Tracker, project: ProjectId, may_allow: Sequence[str]) -> None:
        self._tracker = tracker
        self._project = project
        self._may_allow = may_allow
        self._ids: set[PersonId] | None = None

    def fault_of_writer(self, written: WrittenPolicy) -> str:
        """Why nobody can have allowed anything in this field, one sentence; empty when somebody can."""
        if written.by is None:
            return "the tracker does not say who wrote the AI policy: let somebody who may allow AI save it again."
        if written.by.kind is not PersonKind.HUMAN:
            return f"the AI policy in the tracker was last written by the script {written.by.name}, and only a person may."
        if not self._may(written.by):
            return f"the AI policy in the tracker was last written by {written.by.name}, who may not allow AI."
        return ""

    def permission(self, use: AiUse) -> Permission:
        """The permission, with its fault where nobody who may has given it."""
        person, fault = known_person(self._tracker, self._project, use.allowed_by)
        if person is not None and person.kind is not PersonKind.HUMAN:
            person, fault = None, "does not count, for that is a group and no person"
        elif person is not None and not self._may(person):
            fault = "does not count, for they may not allow AI"
        return _permission(use, person=person, fault=fault)

    def _may(self, person: Person) -> bool:
        if not self._may_allow:
            return True
        if self._ids is None:
            known = [known_person(self._tracker, self._project, name)[0] for name in self._may_allow]
            self._ids = {member.id for each in known if each for member in self._tracker.members(each.id)}
        return person.id in self._ids


def known_person(tracker: Tracker, project: ProjectId, name: str) -> tuple[Person | None, str]:
    """The active person or the group of that name; without one, why a permission by them does not count."""
    try:
        return tracker.people([name], project=project)[0], ""
    except TransientTrackerError:
        raise
    except TrackerError as error:
        return None, f"does not count, for {error} in the tracker"


def _elsewhere(tracker: Tracker, background: Background, rules: ProjectSettings, vendors: tuple[str, ...]) -> str:
    """Why the background is not all work of `vendors`, as a permission's lack; empty when it is."""
    covers = f"covers only work assigned to {', '.join(vendors)}"
    theirs: set[PersonId] = set()
    for name in vendors:
        vendor, unknown = known_person(tracker, background.project.id, name)
        if vendor is None:
            return unknown
        theirs |= {vendor.id, *(member.id for member in tracker.members(vendor.id))}
    try:
        assigned = _assigned(tracker, background, rules)
    except TransientTrackerError:
        raise
    except TrackerError as error:
        return f"{covers}, and whose this is cannot be told: {error}"
    if not assigned:
        return f"{covers}, and this is assigned to nobody"
    others = [person.name for person in assigned if not _is_theirs(tracker, person, theirs)]
    return f"{covers}, and this is assigned to {', '.join(others)}" if others else ""


def _is_theirs(tracker: Tracker, person: Person, theirs: set[PersonId]) -> bool:
    if person.id in theirs:
        return True
    members = {member.id for member in tracker.members(person.id)} if person.kind is PersonKind.GROUP else set()
    return bool(members) and members <= theirs


def _assigned(tracker: Tracker, background: Background, rules: ProjectSettings) -> tuple[Person, ...]:
    """Whose the review task is; before there is one with somebody, everybody whom it might be given to."""
    for task in tracker.tasks_on(background.id, step=rules.background_step):
        if task.name == rules.review_task and task.assignees:
            return task.assignees
    if rules.assignment.kind == "nobody":
        return ()
    return tracker.people(rules.assignment.to, project=background.project.id)
