"""The menu's item by which an art director asks for new drafts: the same rule as a Note's, with what they type as its reason."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from integration.errors import TrackerError
from integration.ledger.entry import milliseconds
from integration.production import BackgroundId, Note, NoteId, Person, Project, ProjectId, TaskId, VersionId
from integration.studio import Studio
from integration.tracker.menu import FormField, MenuCall, MenuReply
from integration.tracker.protocol import NoteText
from integration.workflow import menu_words, wish
from integration.workflow.handover import on_review_task
from integration.workflow.menu_form import LONGEST_REASON, SHOWN, in_one_line, shown_ms
from integration.workflow.new_round import No, ask_for_round, is_art_director, why_no_round
from integration.workflow.outcome_by_menu import drafts_selected
from integration.workflow.rounds import DraftState, Round
from integration.workflow.withdrawal import rules_of

log = structlog.get_logger(__name__)

REASON = "reason"
"""Name of the field for the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """New drafts of one background."""

    round: Round
    """One of those that stand now."""
    versions: tuple[VersionId, ...]
    """The drafts that were selected; empty where the task was."""

    def note(self, call: MenuCall, person: Person, reason: str, shown: int) -> Note:
        """What was typed, as the Note it stands for."""
        about = f"{person.id}\n{self.round.background}\n{shown}"
        return Note(
            id=NoteId(f"menu:{hashlib.sha256(about.encode()).hexdigest()}"),
            project=Project(id=ProjectId(self.round.project), name=""),
            by=person,
            created_at=call.at,
            subject="",
            content=reason,
            background=BackgroundId(self.round.background),
            versions=self.versions,
        )


def may_ask_again(connection: sa.Connection, studio: Studio, call: MenuCall) -> list[Round]:
    """Standing drafts among what was selected whose genzu has rounds left; the database alone is asked."""
    return [
        each.round
        for each in _wanted(connection, studio, call)
        if each.round.wanted
        and each.round.state is DraftState.DELIVERED
        and wish.rounds_in_turn(connection, each.round.key) < rules_of(studio, each.round).max_rounds
    ]


def ask_reason(studio: Studio, call: MenuCall, *, missing: bool = False, shown: int | None = None) -> MenuReply:
    """The form, or why there can be no new drafts; `missing` when it was sent without a reason. Raises as `start`."""
    person, wanted = _asked(studio, call)
    if isinstance(person, MenuReply):
        return person
    barred: dict[str, No] = {}
    with studio.engine.connect() as connection:
        for each in wanted:
            note = each.note(call, person, "", milliseconds(call.at))
            if no := why_no_round(connection, studio, note, BackgroundId(each.round.background)):
                barred[each.round.code] = no
    if len(barred) == len(wanted):
        return MenuReply(done=False, message="\n".join(_refusal(code, no) for code, no in barred.items()))
    names = ", ".join(in_one_line(each.round.code) for each in wanted if each.round.code not in barred)
    told = [names, *([menu_words.NO_REASON.both] if missing else []), menu_words.REASON_TOLD.both]
    lines = [FormField(name="", label=label, kind="words") for label in told]
    text = FormField(name=REASON, label=menu_words.REASON.both, kind="text")
    token = FormField(name=SHOWN, label="", kind="hidden", value=str(shown or milliseconds(call.at)))
    return MenuReply(done=False, message="", form=(*lines, text, token))


def start(studio: Studio, call: MenuCall, answers: Mapping[str, str]) -> MenuReply:
    """Start new drafts for the reason that the form gives, once for the form that was shown, and say what happened.

    Raises:
        TransientTrackerError: the tracker does not answer; the same form may be sent again.
    """
    shown = shown_ms(answers, call.at)
    if shown is None:
        return MenuReply(done=False, message=menu_words.EXPIRED.both)
    reason = answers.get(REASON, "").strip()
    if not reason:
        return ask_reason(studio, call, missing=True, shown=shown)
    person, wanted = _asked(studio, call)
    if isinstance(person, MenuReply):
        return person
    lines, done = [], False
    for each in wanted:
        note = each.note(call, person, reason, shown)
        no = ask_for_round(studio, note, BackgroundId(each.round.background))
        if no is None:
            lines.append(f"{in_one_line(each.round.code)}: {menu_words.STARTED.both}{_tell_artist(studio, each, note)}")
        else:
            lines.append(_refusal(each.round.code, no))
        done = done or no is None
    return MenuReply(done=done, message="\n".join(lines))


def _asked(studio: Studio, call: MenuCall) -> tuple[Person | MenuReply, list[_Wanted]]:
    """Who asks, and of what; or the refusal. An art director of every show in what was selected."""
    person = studio.tracker.active_person(call.person)
    if person is None:
        return MenuReply(done=False, message=menu_words.NOT_ACTIVE.both), []
    with studio.engine.connect() as connection:
        wanted = _wanted(connection, studio, call)
    if not wanted:
        return MenuReply(done=False, message=menu_words.NO_DRAFTS.both), []
    if not all(is_art_director(studio, ProjectId(project), person) for project in {each.round.project for each in wanted}):
        log.warning("menu refused", why="no art director")
        return MenuReply(done=False, message=menu_words.NOT_DIRECTOR.both), []
    return person, wanted


def _wanted(connection: sa.Connection, studio: Studio, call: MenuCall) -> list[_Wanted]:
    """One for each background among what was selected, of enabled shows on this site."""
    versions = MenuCall(person=call.person, versions=call.versions, tasks=(), at=call.at)
    selected: dict[str, tuple[Round, tuple[VersionId, ...]]] = {}
    for draft in drafts_selected(connection, studio, versions):
        _, before = selected.get(draft.round.background, (draft.round, ()))
        selected[draft.round.background] = draft.round, (*before, draft.version)
    for task in call.tasks:
        for standing in on_review_task(connection, studio.tracker.site, task):
            if standing.project in studio.projects:
                selected.setdefault(standing.background, (standing, ()))
    return [_Wanted(round=each, versions=of) for each, of in selected.values()]


def _refusal(code: str, no: No) -> str:
    return f"{in_one_line(code)}: {menu_words.NOT_STARTED.both} {in_one_line(no.words, LONGEST_REASON)}"


def _tell_artist(studio: Studio, each: _Wanted, asked: Note) -> str:
    """Write the reason where the artist reads it, once; what to add when that cannot be done now."""
    task = TaskId(each.round.review_task)
    try:
        assignees = studio.tracker.task(task).assignees
        note = NoteText(
            project=ProjectId(each.round.project),
            subject=f"{each.round.code}: {menu_words.ASKED_FOR.both}",
            content=f"{asked.by.name if asked.by else ''}: {wish.text_of(asked)}",
            background=asked.background,
            tasks=(task,),
            versions=each.versions,
            to=tuple(person.id for person in assignees),
        )
        studio.tracker.write_note(note, key=f"wish:{asked.id}")
    except TrackerError as error:
        log.warning("reason not told", background=each.round.code, error=str(error))
        return f" {menu_words.NOT_TOLD.both}"
    return ""
