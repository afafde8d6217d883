"""`haikei status`: every background by state, what is held and why, and what was set aside."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.cli.cells import cell
from integration.database import make_tables, missing_file, open_database
from integration.intake.inbox import Delivery, Inbox
from integration.settings import read_settings
from integration.workflow import rounds
from integration.workflow.rounds import HeldLayout, Round


def show_status(file: Path | None, *, as_json: bool) -> None:
    """Print the state of everything in haikei's database; asks no tracker, and makes nothing."""
    url = read_settings(file).database_url()
    drafts, held, aside = ([], [], []) if missing_file(url) else _read(url)
    if as_json:
        print(json.dumps(_as_data(drafts, held, aside), ensure_ascii=False))
        return
    console = Console()
    if not (drafts or held or aside):
        console.print("Nothing yet: no approved layout was seen. `haikei up` listens; `haikei doctor` checks the set-up.")
    if drafts:
        console.print(_draft_table(drafts))
    if held:
        console.print(_held_table(held))
    if aside:
        console.print(_aside_table(aside))
    counts = Counter(draft.state.value for draft in drafts)
    console.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no drafts", style="bold")


def _read(url: str) -> tuple[list[Round], list[HeldLayout], list[Delivery]]:
    engine = open_database(url)
    make_tables(engine)
    with engine.connect() as connection:
        drafts, held = rounds.every(connection), rounds.every_held(connection)
        sites = connection.execute(sa.text("SELECT site FROM haikei_cursor")).scalars().all()
    return drafts, held, [delivery for site in sites for delivery in Inbox(engine, site).set_aside()]


def _draft_table(drafts: list[Round]) -> Table:
    table = Table("cut", "part", "round", "state", "why", title="Drafts")
    for draft in drafts:
        table.add_row(cell(draft.code), cell(draft.part), str(draft.round), draft.state.value, cell(draft.reason))
    return table


def _held_table(held: list[HeldLayout]) -> Table:
    table = Table("cut", "waits for", "why", title="Approved, no draft started")
    for layout in held:
        table.add_row(cell(layout.code), layout.kind, cell(layout.reason))
    return table


def _aside_table(aside: list[Delivery]) -> Table:
    table = Table("event", "hook", "tries", "error", title="Events set aside: mend the cause, then `haikei replay EVENT`")
    for delivery in aside:
        table.add_row(Text(delivery.event.event_id), delivery.hook, str(delivery.attempts), cell(delivery.error))
    return table


def _as_data(drafts: list[Round], held: list[HeldLayout], aside: list[Delivery]) -> dict[str, object]:
    return {
        "drafts": [asdict(draft) for draft in drafts],
        "held": [asdict(layout) for layout in held],
        "set_aside": [{"event_id": d.event.event_id, "hook": d.hook, "attempts": d.attempts, "error": d.error} for d in aside],
    }
