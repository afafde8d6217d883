"""`haikei order` and `haikei orders`: packages for outside houses, and what of them is still out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import sqlalchemy as sa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.kept_record import find_record
from integration.errors import SettingsError
from integration.ledger import people
from integration.log import set_up_log
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.studio import open_studio
from integration.workflow import order_book
from integration.workflow.house_order import Asked, HousePlan, plan_order
from integration.workflow.house_package import Form, make_order
from integration.workflow.order_book import Ordered

_SHOWN = 6


def run_order(file: Path | None, asked: Asked, *, out: Path, form: str, dry_run: bool) -> None:
    """Make an order's package, or show what it would hold.

    Raises:
        HaikeiError: a cut cannot be ordered, or the package cannot be written; the message says why.
    """
    forms: tuple[Form, ...] = get_args(Form)
    chosen = next((each for each in forms if each == form), None)
    if chosen is None:
        raise SettingsError(f"there is no form {form!r:.40}", hint="--form is zip, folder or both.")
    set_up_log(level="warning")
    studio = open_studio(read_settings(file))
    plan = plan_order(studio, asked, now=datetime.now(UTC))
    _print(plan, asked)
    if dry_run:
        print("Nothing was written.")
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=2 * len(plan.wanted) + 1)

        def tell(code: str) -> None:
            bar.update(task, advance=1, description=safe(code) or "order sheets")

        made = make_order(studio, plan, out, form=chosen, tell=tell)
    for path in made:
        print(safe(str(path)))


def show_orders(file: Path | None, *, everything: bool, as_json: bool) -> None:
    """Print the orders that are not complete, or all of them."""
    engine = find_record(read_settings(file))
    shown = [] if engine is None else [pair for pair in _read(engine) if everything or pair[0].missing]
    if as_json:
        print(json.dumps([_plain(each, name) for each, name in shown], ensure_ascii=False))
        return
    if not shown:
        print("No orders." if everything else "No open orders; --all shows those that are complete.")
        return
    table = Table("order", "house", "due", "came back", "missing")
    for each, name in shown:
        rest = [*each.missing[:_SHOWN], *(["…"] if len(each.missing) > _SHOWN else [])]
        count = sum(1 for _ in each.asked.parts)
        overdue = " overdue" if each.missing and each.due_on < datetime.now(UTC).date() else ""
        back = f"{count - len(each.missing)} of {count}"
        table.add_row(each.id, cell(name), f"{each.due_on}{overdue}", back, cell(", ".join(rest)))
    Console().print(table)


def _read(engine: sa.Engine) -> list[tuple[Ordered, str]]:
    """Every order with its house's name."""
    with engine.connect() as connection:
        orders = order_book.every(connection)
        names = people.names(connection, [each.house for each in orders])
    return [(each, names[each.house].name) for each in orders]


def _print(plan: HousePlan, asked: Asked) -> None:
    """What the order holds, and what of AI goes with it."""
    print(f"Order {plan.id} of {safe(plan.project.name)} to {safe(plan.house.name)}, due {plan.due_on}:")
    table = Table("cut", "episode", "genzu", "BOOKs", "art board", "AI drafts", "AI use")
    for each in plan.wanted:
        drafts = sum(map(len, each.drafts.values()))
        row = (
            each.background.code,
            each.background.episode,
            each.genzu.name,
            ", ".join(each.books),
            each.board.name if each.board else "none",
            str(drafts),
            {"none": "not allowed", "draft": f"drafts, until {each.ai_until}", "final": f"until {each.ai_until}"}[each.ai],
        )
        table.add_row(*map(cell, row))
    Console().print(table)
    if asked.with_drafts:
        for reason in dict.fromkeys(each.refusal for each in plan.wanted if each.refusal):
            print(f"No drafts go along: {safe(reason)}")


def _plain(order: Ordered, house: str) -> dict[str, Any]:
    return {
        "order": order.id,
        "show": order.show,
        "house": house,
        "due_on": str(order.due_on),
        "ordered_at": order.ordered_at.isoformat(),
        "asked_for": [part.stem for _, part in order.asked.parts],
        "missing": list(order.missing),
    }
