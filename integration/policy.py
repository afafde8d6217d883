"""What AI use a show allows: nothing, unless a named person allowed it for this step and episode, until a day."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from integration.production import Background
from integration.settings import AiUse, ProjectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A permission that covers the work."""

    by: str
    """Name of the person who allowed it."""
    reference: str
    """Where the approval is written down; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAllowed:
    """No permission covers the work."""

    reason: str
    """One sentence a coordinator can follow."""


def ai_use(project: ProjectSettings, background: Background, *, now: datetime) -> Allowed | NotAllowed:
    """Whether AI drafts of `background` are allowed at `now` (aware)."""
    step = project.background_step
    show = background.project.name
    if not project.ai_use:
        return NotAllowed(reason=f"AI use is not allowed in {show}: nobody has allowed it.")
    today = now.astimezone(ZoneInfo(project.time_zone)).date()
    covering = [use for use in project.ai_use if _covers(use, step, background.episode)]
    if not covering:
        where = f"episode {background.episode}, " if background.episode else ""
        return NotAllowed(reason=f"AI use is not allowed for {where}step {step} of {show}: no permission covers it.")
    current = [use for use in covering if today <= use.until]
    if not current:
        last = max(covering, key=lambda use: use.until)
        return NotAllowed(reason=f"AI use is no longer allowed in {show}: the permission by {last.allowed_by} ended on {last.until}.")
    return Allowed(by=current[0].allowed_by, reference=current[0].reference)


def _covers(use: AiUse, step: str, episode: str) -> bool:
    return step in use.steps and (not use.episodes or episode in use.episodes)
