"""`haikei receive`: what an outside house handed back, checked, matched and put on its review tasks."""

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.inspect import NOTHING_PROVEN
from integration.log import set_up_log
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.studio import open_studio
from integration.workflow.house_return import Fate, Receipt, receive


def run_receive(file: Path | None, path: Path, *, order: str, any_size: bool, dry_run: bool, as_json: bool) -> None:
    """Take in a return and print what became of each file; exit code 1 when something is missing or was not taken.

    Raises:
        HaikeiError: it cannot be opened safely, belongs to no order, or could not be delivered.
    """
    set_up_log(level="warning")
    studio = open_studio(read_settings(file))
    columns = (SpinnerColumn(), TextColumn("{task.completed} files, {task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(name: str) -> None:
            bar.update(task, advance=1, description=safe(name))

        receipt = receive(studio, path, order=order, any_size=any_size, dry_run=dry_run, tell=tell)
    if as_json:
        outcomes = [asdict(each) for each in receipt.outcomes]
        print(json.dumps({"order": receipt.order.id, "files": outcomes, "missing": receipt.missing}, ensure_ascii=False))
    else:
        _print(receipt, dry_run=dry_run)
    if receipt.missing or any(each.fate is Fate.NOT_TAKEN for each in receipt.outcomes):
        raise typer.Exit(1)


def _print(receipt: Receipt, *, dry_run: bool) -> None:
    table = Table("file", "picture", "what became of it", "what is odd", "AI", "Version", title=f"Order {receipt.order.id}")
    for each in receipt.outcomes:
        table.add_row(*map(cell, (each.path, each.stem, each.fate.value, each.said, each.ai, each.version)))
    for stem in receipt.missing:
        table.add_row("", cell(stem), "missing", "", "", "")
    Console().print(table)
    asked = sum(1 for _ in receipt.order.asked.parts)
    print(f"{asked - len(receipt.missing)} of {asked} pictures are there.{' Nothing was written.' if dry_run else ''} {NOTHING_PROVEN}")
