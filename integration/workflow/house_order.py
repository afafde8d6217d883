"""What an order to an outside house holds: which backgrounds, from which genzu, with which drafts, on which terms. Changes nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from unicodedata import normalize
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from integration.errors import NotFoundInTrackerError, SettingsError, TrackerError
from integration.ledger import log as ledger
from integration.ledger.vocabulary import Kind
from integration.policy import Allowed, NotAllowed, Policy
from integration.production import Background, Person, PersonId, PersonKind, Project, Task, Version
from integration.settings import ProjectSettings
from integration.studio import Studio
from integration.workflow import rounds
from integration.workflow.genzu import choose_board, choose_books, choose_genzu, name_of
from integration.workflow.permission import leave_for_house, policy_of
from integration.workflow.rounds import DraftState

OUTSIDE = "House:"
"""Begins the id of a house that the tracker does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One background that is ordered."""

    background: Background
    layout: Task
    """The approved layout task."""
    genzu: Version
    books: Mapping[str, Version]
    """BOOKs that were handed in apart, by part."""
    board: Version | None
    """The art board, where one is known."""
    drafts: Mapping[str, tuple[str, ...]]
    """SHA-256 of the delivered drafts that may be sent along, by part."""
    ai: Literal["none", "draft", "final"]
    """What the policy lets the house use AI for."""
    ai_until: date | None
    refusal: str
    """Why AI is not allowed, one sentence; empty when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePlan:
    """An order that can be made."""

    id: str
    project: Project
    rules: ProjectSettings
    policy: Policy
    house: Person
    by: Person | None
    """Who orders; None when nobody was named."""
    ordered_on: date
    """In the show's zone."""
    due_on: date
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    house: str
    """Name of the house, as the tracker has it where it does."""
    due_on: date
    cuts: tuple[str, ...]
    project: str = ""
    """The show's name or id; empty where there is one."""
    episode: str = ""
    """Only its backgrounds; empty for any."""
    with_drafts: bool = False
    by: str = ""
    """Who orders, as the tracker has them."""


def plan_order(studio: Studio, asked: Asked, *, now: datetime) -> HousePlan:
    """The order as it can be made at `now` (aware), all of it or none.

    Raises:
        SettingsError: the show is not told, or the due date is past.
        TrackerError: a cut is unknown, has no approved layout or no genzu; the message names each.
    """
    project, rules = _show(studio, asked.project)
    today = now.astimezone(ZoneInfo(rules.time_zone)).date()
    if asked.due_on < today:
        raise SettingsError(f"{asked.due_on} is past", hint="Give the day the backgrounds are due with --due.")
    policy, house = policy_of(studio.tracker, project, rules), house_called(studio, asked.house, project)
    by = studio.tracker.people([asked.by], project=project.id)[0] if asked.by else None
    found = studio.tracker.backgrounds_called(project.id, list(asked.cuts))
    found = tuple(each for each in found if not asked.episode or each.episode == asked.episode)
    wanted: dict[str, Wanted] = {}
    faults = []
    for cut in dict.fromkeys(asked.cuts):
        try:
            for background, layout in _of_cut(studio, rules, cut, found):
                if background.id not in wanted:
                    wanted[background.id] = _wanted(studio, rules, policy, background, layout, house, asked.with_drafts, now)
        except _NotOrderableError as fault:
            faults.append(f"{cut}: {fault}")
    if faults:
        raise TrackerError(f"nothing is ordered; {'; '.join(faults)}", hint="Leave these cuts out, or mend them in the tracker.")
    return HousePlan(
        id=_id(studio, project, house, asked, today, tuple(wanted.values())),
        project=project,
        rules=rules,
        policy=policy,
        house=house,
        by=by,
        ordered_on=today,
        due_on=asked.due_on,
        wanted=tuple(wanted.values()),
    )


def house_called(studio: Studio, name: str, project: Project) -> Person:
    """The person or group of that name in the tracker, or the same as an organisation that the tracker does not know.

    Raises:
        SettingsError: the name is empty.
        TrackerError: several people are called so.
    """
    name = " ".join(normalize("NFKC", "".join(char if char.isprintable() else " " for char in name)).split())[:200]
    if not name:
        raise SettingsError("the house has no name", hint="Name it with --to.")
    try:
        return studio.tracker.people([name], project=project.id)[0]
    except NotFoundInTrackerError:
        return Person(id=PersonId(f"{OUTSIDE}{name}"), name=name, kind=PersonKind.GROUP)


class _NotOrderableError(Exception):
    """Why a cut cannot be ordered, a sentence's end."""


def _show(studio: Studio, name: str) -> tuple[Project, ProjectSettings]:
    shows = [project for project in studio.tracker.projects() if project.id in studio.projects]
    found = [project for project in shows if not name or name in (project.id, project.name)]
    if len(found) != 1:
        exist = ", ".join(project.name for project in shows) or "none"
        raise SettingsError(f"which show is meant? haikei works on {exist}", hint="Name one with --project.")
    return found[0], studio.projects[found[0].id]


def _of_cut(studio: Studio, rules: ProjectSettings, cut: str, found: Sequence[Background]) -> list[tuple[Background, Task]]:
    """The backgrounds of a cut that have an approved layout, with it."""
    called = [each for each in found if each.code == cut or any(shot.code == cut for shot in each.shots)]
    if not called:
        raise _NotOrderableError("no such cut in this show")
    episodes = sorted({each.episode for each in called if each.code == cut})
    if len(episodes) > 1:
        raise _NotOrderableError(f"several episodes have it ({', '.join(episodes)}); name one with --episode")
    ready = []
    for background in called:
        layouts = [task for task in studio.tracker.tasks_on(background.id, step=rules.layout_step) if task.status in rules.approved]
        if len(layouts) > 1:
            raise _NotOrderableError(f"{len(layouts)} layout tasks are approved, and which one counts cannot be told")
        ready += [(background, task) for task in layouts]
    if not ready:
        raise _NotOrderableError("its layout is not approved")
    return ready


def _wanted(
    studio: Studio, rules: ProjectSettings, policy: Policy, background: Background, layout: Task, house: Person, drafts: bool, now: datetime
) -> Wanted:
    versions = studio.tracker.versions_on(layout.id)
    genzu = choose_genzu(versions, rules)
    if genzu is None:
        raise _NotOrderableError("no BG genzu is on its layout task")
    ai, until, refusal = _ai_of(studio, policy, background, rules, house, now)
    return Wanted(
        background=background,
        layout=layout,
        genzu=genzu,
        books=choose_books(versions, rules),
        board=choose_board(versions, rules) or _board_on_work(studio, background, rules),
        drafts=_delivered(studio, background) if drafts and ai != "none" else {},
        ai=ai,
        ai_until=until,
        refusal=refusal,
    )


def _ai_of(
    studio: Studio, policy: Policy, background: Background, rules: ProjectSettings, house: Person, now: datetime
) -> tuple[Literal["none", "draft", "final"], date | None, str]:
    """What the house may use AI for, until when, and why not."""
    final = leave_for_house(studio.tracker, policy, background, rules, house, now=now, scope="final")
    if isinstance(final, Allowed):
        return "final", final.until, ""
    match leave_for_house(studio.tracker, policy, background, rules, house, now=now):
        case Allowed(until=until):
            return "draft", until, ""
        case NotAllowed(reason=reason):
            return "none", None, reason


def _board_on_work(studio: Studio, background: Background, rules: ProjectSettings) -> Version | None:
    """The art board on a task of the background step."""
    tasks = studio.tracker.tasks_on(background.id, step=rules.background_step)
    return next((board for task in tasks if (board := choose_board(studio.tracker.versions_on(task.id), rules))), None)


def _delivered(studio: Studio, background: Background) -> dict[str, tuple[str, ...]]:
    """The labelled files of the drafts that stand on the review task, by part."""
    with studio.engine.connect() as connection:
        newest = rounds.on_background(connection, site=studio.tracker.site, background=background.id)
        standing = [each for each in newest if each.wanted and each.state is DraftState.DELIVERED]
        files = _labelled(connection, background)
        return {
            each.part: tuple(files[picture.version] for picture in rounds.pictures_of(connection, each.key) if picture.version in files)
            for each in standing
        }


def _labelled(connection: sa.Connection, background: Background) -> dict[str, str]:
    """The delivered file of each draft's Version."""
    delivered = [entry for _, entry in ledger.read(connection, background=background.id, kinds=[Kind.DRAFT_DELIVERED])]
    return {entry.tracker.version_id: entry.asset.sha256 for entry in delivered if entry.tracker and entry.asset}


def _id(studio: Studio, project: Project, house: Person, asked: Asked, today: date, wanted: tuple[Wanted, ...]) -> str:
    """Names the order by what it asks for: the same command on the same day is the same order."""
    facts = [studio.tracker.site, project.id, house.id, str(asked.due_on)]
    for each in wanted:
        versions = (each.genzu, *each.books.values(), *filter(None, (each.board,)))
        drafts = [sha256 for part in sorted(each.drafts) for sha256 in each.drafts[part]]
        facts += [each.background.id, *map(name_of, versions), *drafts, each.ai, str(each.ai_until)]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    return f"{today:%Y%m%d}-{digest[:8]}"
