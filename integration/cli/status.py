"""`haikei status`: every background by state, how far painting is, what is held and why, and what was set aside or given up."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOSClient
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.cli.cells import cell
from integration.cli.kept_record import find_record
from integration.intake.inbox import Delivery, Inbox
from integration.settings import Settings, read_settings
from integration.workflow import looked_through, rounds
from integration.workflow.budget import Spending, every_spending
from integration.workflow.flags import flags
from integration.workflow.looked_through import Looked, LookedThrough
from integration.workflow.queues import GivenUp, given_up, look_at_queues
from integration.workflow.rounds import DraftState, HeldLayout, Round
from render_service.client import render_progress
from render_service.contract import RenderProgress

_OPEN = (Looked.NOT_READ, Looked.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything in haikei's database that a person may ask about."""

    drafts: list[Round] = field(default_factory=list)
    progress: dict[str, RenderProgress] = field(default_factory=dict)
    """Of rounds that are being painted, by key."""
    held: list[HeldLayout] = field(default_factory=list)
    aside: list[Delivery] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    looked: list[LookedThrough] = field(default_factory=list)
    """Versions whose files were looked through for AI."""
    questions: int = 0
    """Flags without an answer."""
    spent: dict[str, Spending] = field(default_factory=dict)
    """What rendering took, by show."""


def show_status(file: Path | None, *, as_json: bool) -> None:
    """Print the state of everything in haikei's database; asks no tracker, and makes nothing."""
    settings = read_settings(file)
    engine = find_record(settings)
    state = State() if engine is None else _read(engine, settings)
    if as_json:
        print(json.dumps(_as_data(state), ensure_ascii=False))
        return
    console = Console()
    if not (state.drafts or state.held or state.aside or state.given_up):
        console.print("Nothing yet: no approved layout was seen. `haikei up` listens; `haikei doctor` checks the set-up.")
    if state.drafts:
        console.print(_draft_table(state))
    if state.held:
        console.print(_held_table(state.held))
    if any(each.is_limited for each in state.spent.values()):
        console.print(_spent_table(state.spent))
    if state.aside:
        console.print(_aside_table(state.aside))
    if state.given_up:
        console.print(_given_up_table(state.given_up))
    if any(each.state in _OPEN for each in state.looked):
        console.print(_unread_table(state.looked))
    console.print(_questions(state))
    counts = Counter(draft.state.value for draft in state.drafts)
    console.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no drafts", style="bold")


def _read(engine: sa.Engine, settings: Settings) -> State:
    spent = every_spending(engine, settings)
    with engine.connect() as connection:
        drafts, held = rounds.every(connection), rounds.every_held(connection)
        looked, questions = looked_through.every(connection), sum(1 for _ in flags(connection))
        sites = connection.execute(sa.text("SELECT site FROM haikei_cursor")).scalars().all()
    aside = [delivery for site in sites for delivery in Inbox(engine, site).set_aside()]
    queue = look_at_queues(engine)
    if queue is None:
        return State(drafts=drafts, held=held, aside=aside, looked=looked, questions=questions, spent=spent)
    rendering = [draft for draft in drafts if draft.state is DraftState.RENDERING]
    progress = {draft.key: told for draft in rendering if (told := _progress(queue, draft))}
    given = given_up(queue)
    return State(drafts=drafts, held=held, aside=aside, progress=progress, given_up=given, looked=looked, questions=questions, spent=spent)


def _progress(queue: DBOSClient, draft: Round) -> RenderProgress | None:
    """How far a round's rendering is; what is painted once more comes after the rest."""
    return render_progress(queue, draft.second_render_key) or render_progress(queue, draft.render_key)


def _draft_table(state: State) -> Table:
    table = Table("cut", "part", "round", "state", "why", title="Drafts")
    for draft in state.drafts:
        told = state.progress.get(draft.key)
        why = cell(draft.reason) if told is None else _painted(told)
        table.add_row(cell(draft.code), cell(draft.part), str(draft.round), draft.state.value, why)
    return table


def _painted(told: RenderProgress) -> str:
    """How far rendering is: ``1 of 3 pictures, then 40 %``."""
    percent = f", then {100 * told.step // told.steps} %" if told.steps and told.pictures_done < told.pictures else ""
    return f"{told.pictures_done} of {told.pictures} pictures{percent}"


def _held_table(held: list[HeldLayout]) -> Table:
    table = Table("cut", "waits for", "why", title="Approved, no draft started")
    for layout in held:
        table.add_row(cell(layout.code), "nothing" if layout.kind == "no_draft" else layout.kind, cell(layout.reason))
    return table


def _spent_table(spent: dict[str, Spending]) -> Table:
    table = Table("show", "spent", "new drafts", title="Budget for drafts")
    for show, each in spent.items():
        if each.is_limited:
            table.add_row(cell(show), each.words, "none start: the budget is spent" if each.is_spent else "start")
    return table


def _aside_table(aside: list[Delivery]) -> Table:
    table = Table("event", "hook", "tries", "error", title="Events set aside: mend the cause, then `haikei replay EVENT`")
    for delivery in aside:
        table.add_row(Text(delivery.event.event_id), delivery.hook, str(delivery.attempts), cell(delivery.error))
    return table


def _given_up_table(given: list[GivenUp]) -> Table:
    table = Table("what", "about", "tries", "error", title="Given up: mend the cause; where it was a Note, write to the artist yourself")
    for each in given:
        table.add_row(each.name, cell(each.about), str(each.starts), cell(each.error))
    return table


def _unread_table(looked: list[LookedThrough]) -> Table:
    table = Table("Version", "why", title="Not looked through for AI, or unclear")
    for each in looked:
        if each.state in _OPEN:
            table.add_row(cell(each.name), cell(each.said))
    return table


def _questions(state: State) -> str:
    """How many files were looked through, and how many questions wait."""
    files = f"files looked through for AI: {len(state.looked)}; one without findings is not proven free of it" if state.looked else ""
    waits = f"questions waiting: {state.questions}, see `haikei flags list`" if state.questions else ""
    return "; ".join(filter(None, (files, waits))) or "no files looked through for AI yet"


def _as_data(state: State) -> dict[str, object]:
    return {
        "drafts": [asdict(draft) | {"progress": _plain(state.progress.get(draft.key))} for draft in state.drafts],
        "held": [asdict(layout) for layout in state.held],
        "set_aside": [{"event_id": d.event.event_id, "hook": d.hook, "attempts": d.attempts, "error": d.error} for d in state.aside],
        "given_up": [asdict(each) for each in state.given_up],
        "looked_through": [asdict(each) for each in state.looked],
        "questions": state.questions,
        "budgets": {show: _spent(each) for show, each in state.spent.items()},
    }


def _spent(spending: Spending) -> dict[str, object]:
    """A limit of 0 is none; money is null where no price is set."""
    return {
        "since": spending.budget.since.isoformat() if spending.budget.since else None,
        "rendered_ms": spending.rendered_ms,
        "under_way_ms": spending.under_way_ms,
        "minutes": spending.minutes,
        "limit_minutes": spending.budget.machine_minutes,
        "money": spending.money,
        "limit_money": spending.budget.money,
        "currency": spending.currency,
        "spent": spending.is_spent,
    }


def _plain(told: RenderProgress | None) -> dict[str, object] | None:
    return told.as_json() if told else None
