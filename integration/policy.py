"""What AI use a show allows: nothing, unless a named person allowed it, for what is asked, until a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from integration.production import Person, Project
from render_service.contract import Look

Scope = Literal["draft", "final"]
"""Drafts that an artist paints over, or final deliverables, too."""
AssignedElsewhere = Callable[[tuple[str, ...]], str]
"""Says of a permission's vendors why the work is not all theirs, after "and"; empty when it is."""

_KEPT_FROM_US = ("forbidden", "local")
"""What terms must say where a vendor may not train on our pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission, checked as far as it can be without a piece of work."""

    by: str
    """Name of the person who allowed it."""
    person: Person | None = None
    """The same as the tracker knows them; None when it was not asked."""
    scope: Scope = "draft"
    steps: tuple[str, ...]
    episodes: tuple[str, ...] = ()
    """Empty covers all."""
    vendors: tuple[str, ...] = ()
    """Empty: whoever the work is assigned to."""
    until: date
    """Last day it holds, in the project's zone."""
    reference: str = ""
    """Where it is written down."""
    document_sha256: str = ""
    """Of the approval document."""
    fault: str = ""
    """Why it does not count, after "by NAME"; empty when it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that one show says about AI, and where that was read."""

    project: Project
    time_zone: str
    permissions: tuple[Permission, ...] = ()
    data: str = "any"
    """How well a Look's training data must be known: ``any``, ``disclosed`` or ``licensed``."""
    no_vendor_training: bool = False
    """Whether Looks are refused whose vendor may train on our pictures, or does not say."""
    source: Literal["settings", "tracker"] = "settings"
    written_by: Person | None = None
    """Who last changed the tracker's field; None for settings, or when the tracker no longer says."""
    fault: str = ""
    """Why nothing at all is allowed, one sentence; empty when the policy can be read."""

    @property
    def demands(self) -> bool:
        """Whether it asks anything of a Look."""
        return self.data != "any" or self.no_vendor_training

    def holds(self, permission: Permission, *, now: datetime) -> bool:
        """Whether `permission` counts at `now` (aware)."""
        return not (self.fault or permission.fault) and _today(self, now) <= permission.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A permission that covers the work."""

    by: str
    """Name of the person who allowed it."""
    reference: str
    """Where the approval is written down; may be empty."""
    scope: Scope = "draft"
    until: date
    """Last day it holds, in the project's zone."""
    document_sha256: str = ""
    """Of the approval document; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAllowed:
    """No permission covers the work."""

    reason: str
    """One sentence a coordinator can follow."""


def ai_use(
    policy: Policy, *, step: str, episode: str, now: datetime, elsewhere: AssignedElsewhere, scope: Scope = "draft"
) -> Allowed | NotAllowed:
    """Whether AI may be used for a piece of work at `now` (aware).

    Args:
        policy: the show's.
        step: the pipeline step the work belongs to.
        episode: its episode or sequence; empty when it has none.
        now: when.
        elsewhere: asked only of permissions that would cover the work but for its vendors.
        scope: what the pictures are for.
    """
    show = policy.project.name
    if policy.fault:
        return NotAllowed(reason=f"AI use is not allowed in {show}: {policy.fault}")
    if not policy.permissions:
        return NotAllowed(reason=f"AI use is not allowed in {show}: nobody has allowed it.")
    lacking = [(permission, _lacks(permission, step, episode, scope, _today(policy, now))) for permission in policy.permissions]
    judged = [(each, [said] if not lacks and each.vendors and (said := elsewhere(each.vendors)) else lacks) for each, lacks in lacking]
    for each, lacks in judged:
        if not lacks:
            return Allowed(by=each.by, reference=each.reference, scope=each.scope, until=each.until, document_sha256=each.document_sha256)
    nearest, lacks = min(judged, key=lambda pair: (len(pair[1]), -pair[0].until.toordinal()))
    asked = " of ".join(filter(None, (f"step {step}", f"episode {episode}" if episode else "", show)))
    what = "AI drafts are" if scope == "draft" else "Final deliverables made with AI are"
    others = f" (the nearest of {len(judged)})" if len(judged) > 1 else ""
    return NotAllowed(reason=f"{what} not allowed for {asked}: the permission by {nearest.by}{others} {_and(lacks)}.")


def refusal_of(policy: Policy, look: Look) -> str:
    """Why the policy does not let `look` paint, one sentence; empty when it does."""
    wrong = []
    if policy.data != "any" and not look.meets(policy.data):
        wrong.append(f"asks for {policy.data} training data, and of this Look's they are {look.data_known} ({look.training_data})")
    if policy.no_vendor_training and look.vendor_training not in _KEPT_FROM_US:
        terms = "allow it" if look.vendor_training == "allowed" else "do not say"
        wrong.append(f"asks that no vendor may train on our pictures, and the terms of this one {terms}")
    return f"The Look '{look.name}' may not paint for {policy.project.name}: the policy {_and(wrong)}." if wrong else ""


def _lacks(permission: Permission, step: str, episode: str, scope: Scope, today: date) -> list[str]:
    """What keeps a permission from covering the work, each as a sentence's end."""
    if permission.fault:
        return [permission.fault] * 4
    lacks = []
    if step not in permission.steps:
        lacks.append(f"covers only {_named('step', permission.steps)}")
    if permission.episodes and episode not in permission.episodes:
        lacks.append(f"covers only {_named('episode', permission.episodes)}")
    if scope == "final" and permission.scope != "final":
        lacks.append("covers drafts only")
    if today > permission.until:
        lacks.append(f"ended on {permission.until}")
    return lacks


def _named(what: str, names: Sequence[str]) -> str:
    return f"{what}{'s' if len(names) != 1 else ''} {', '.join(names) or 'none'}"


def _and(parts: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(parts))


def _today(policy: Policy, now: datetime) -> date:
    return now.astimezone(ZoneInfo(policy.time_zone)).date()
