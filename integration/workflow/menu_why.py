"""The menu's item that says why there is no draft and who can change that; it only reads.

Backgrounds of which no draft is wanted are left out: whose wish that is, is nobody's business.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from integration.production import ProjectId
from integration.studio import Studio
from integration.tracker.menu import MenuCall, MenuReply
from integration.workflow import menu_words, rounds
from integration.workflow.menu_form import LONGEST_REASON, in_one_line
from integration.workflow.menu_words import WHO_CHANGES_IT
from integration.workflow.rounds import DraftState

_STATES = {DraftState.REFUSED: "refused", DraftState.FAILED: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why one background has no draft."""

    code: str
    """What people call it."""
    kind: str
    """One of `WHO_CHANGES_IT`."""
    reason: str
    """As it was told; empty where that would help nobody."""

    @property
    def words(self) -> str:
        """As people read it."""
        return f"{in_one_line(self.code)}: {f'{in_one_line(self.reason, LONGEST_REASON)} ' if self.reason else ''}→ {WHO_CHANGES_IT[self.kind].both}"


def obstacles(connection: sa.Connection, studio: Studio, call: MenuCall) -> list[Obstacle]:
    """What stands in the way of drafts of what was selected, in enabled shows; the database alone is asked."""
    site = studio.tracker.site
    held = rounds.held_among(connection, site=site, tasks=call.tasks, backgrounds=call.backgrounds)
    found = [
        Obstacle(code=each.code, kind=each.kind, reason=each.reason)
        for each in held
        if each.project in studio.projects and each.kind in WHO_CHANGES_IT
    ]
    newest = [each for task in call.tasks for each in rounds.on_task(connection, site=site, task=task)]
    newest += [each for place in call.backgrounds for each in rounds.on_background(connection, site=site, background=place)]
    for each in {round_.key: round_ for round_ in newest}.values():
        if each.wanted and each.state in _STATES and ProjectId(each.project) in studio.projects:
            reason = each.reason if each.state is DraftState.REFUSED else ""
            found.append(Obstacle(code=f"{each.code} {each.part}", kind=_STATES[each.state], reason=reason))
    return found


def tell_why(studio: Studio, call: MenuCall) -> MenuReply:
    """The reasons that are kept, and who can change them.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    if studio.tracker.active_person(call.person) is None:
        return MenuReply(done=False, message=menu_words.NOT_ACTIVE.both)
    with studio.engine.connect() as connection:
        found = obstacles(connection, studio, call)
    if not found:
        return MenuReply(done=False, message=menu_words.NOTHING_WRONG.both)
    return MenuReply(done=True, message="\n".join(dict.fromkeys(each.words for each in found)))
