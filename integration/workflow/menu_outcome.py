"""The menu's item by which people say what became of drafts: one question for each draft, then what was recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from integration.ledger import people
from integration.ledger.entry import milliseconds
from integration.ledger.vocabulary import Verdict
from integration.studio import Studio
from integration.tracker.menu import FormField, MenuCall, MenuReply
from integration.workflow import menu_words, rounds
from integration.workflow.finality import is_final
from integration.workflow.menu_form import SHOWN, in_one_line, shown_ms
from integration.workflow.outcome import OUTCOMES, Drafted, said_of
from integration.workflow.outcome_by_menu import Bar, drafts_selected, tell, theirs
from integration.workflow.withdrawal import rules_of
from integration.workflow.words import draft_name

MOST_ASKED = 24
"""Most drafts of one form: the tracker is asked about each."""

BARRED = {
    Bar.NOT_ACTIVE: menu_words.NOT_ACTIVE,
    Bar.NO_DRAFTS: menu_words.NO_DRAFTS,
    Bar.NOT_YOURS: menu_words.NOT_YOURS,
    Bar.UNKNOWN_OUTCOME: menu_words.UNKNOWN_OUTCOME,
    Bar.FINAL: menu_words.FINAL,
}
"""What is said for each reason why somebody may not say anything."""
_CHOICES = (("", menu_words.NO_ANSWER.both), *((outcome.value, menu_words.OUTCOMES[outcome].both) for outcome in OUTCOMES))


def ask_outcome(studio: Studio, call: MenuCall) -> MenuReply:
    """The form: what was said so far of each draft, and what may be said. Nothing is written. Raises as `record_answers`."""
    found = theirs(studio, call)
    if isinstance(found, Bar):
        return MenuReply(done=False, message=BARRED[found].both)
    asked = found.drafts[:MOST_ASKED]
    questions = [field for draft in asked if (field := _question(studio, draft))]
    if not questions:
        return MenuReply(done=False, message=menu_words.FINAL.both)
    notes = [menu_words.YOURS] + [menu_words.OTHERS] * (found.others or len(questions) < len(found.drafts))
    told = [FormField(name="", label=note.both, kind="words") for note in notes]
    token = FormField(name=SHOWN, label="", kind="hidden", value=str(milliseconds(call.at)))
    return MenuReply(done=False, message="", form=(*told, *questions, token))


def record_answers(studio: Studio, call: MenuCall, answers: Mapping[str, str]) -> MenuReply:
    """Record what a form answers, each draft's once for the form that was shown, and say what happened.

    Raises:
        TransientTrackerError: the tracker does not answer; the same form may be sent again.
    """
    shown = shown_ms(answers, call.at)
    if shown is None:
        return MenuReply(done=False, message=menu_words.EXPIRED.both)
    with studio.engine.connect() as connection:
        drafts = [draft for draft in drafts_selected(connection, studio, call)[:MOST_ASKED] if answers.get(draft.version)]
    if not drafts:
        return MenuReply(done=False, message=menu_words.NOTHING_CHOSEN.both)
    lines, done = [], False
    for draft in drafts:
        told = tell(studio, call.person, draft.version, answers[draft.version], shown_ms=shown, now=datetime.now(UTC))
        if isinstance(told, Bar):
            said = BARRED[told]
        else:
            said = menu_words.OLD if told.old else menu_words.recorded(told.index, told.outcome)
            done = done or not told.old
        lines.append(f"{_name(studio, draft)}: {said.both}")
    return MenuReply(done=done, message="\n".join(lines))


def _question(studio: Studio, draft: Drafted) -> FormField | None:
    """The question about one draft; None when its shot is final."""
    if is_final(studio, draft.round, draft.version, at_ms=rounds.now_ms(), event=None):
        return None
    with studio.engine.connect() as connection:
        so_far = _so_far(connection, draft)
    label = f"{_name(studio, draft)} ({menu_words.SO_FAR.both}: {so_far})"
    return FormField(name=draft.version, label=label, kind="choice", choices=_CHOICES)


def _so_far(connection: sa.Connection, draft: Drafted) -> str:
    said = said_of(connection, draft)
    if not said:
        return menu_words.NOTHING_SAID.both
    index, entry = said[-1]
    name = people.names(connection, {entry.actor.ref})[entry.actor.ref].name
    verdict = entry.decision.verdict if entry.decision else Verdict.NOT_USED
    return f"{menu_words.OUTCOMES[verdict].both}, {in_one_line(name)}, #{index}"


def _name(studio: Studio, draft: Drafted) -> str:
    return in_one_line(draft_name(draft.round, draft.number, rules_of(studio, draft.round)))
