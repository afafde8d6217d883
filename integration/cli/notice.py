"""`haikei notice`: who was given the studio's AI-use notice, and who says that they read it."""

import json
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.kept_record import find_record, require_record
from integration.ledger import people
from integration.ledger.verdict import moment
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.workflow import ai_notice
from integration.workflow.statements import person_called


def show_notices(file: Path | None, *, as_json: bool) -> None:
    """Print who was given which version and when they acknowledged it; asks no tracker."""
    engine = find_record(read_settings(file))
    rows = [] if engine is None else _rows(engine)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print("Nobody was given a notice yet: set ai_notice in haikei.toml, then it goes out with drafts.")
        return
    table = Table("show", "person", "version", "given", "read")
    for row in rows:
        table.add_row(*(cell(row[name] or "not yet said") for name in ("show", "person", "version", "given", "read")))
    Console().print(table)


def acknowledge(file: Path | None, name: str, *, show: str, told_by: str, dry_run: bool) -> None:
    """Put down that a person read the notice, or show it.

    Raises:
        LedgerError: the record knows nobody of that name, or they were given no notice.
    """
    with require_record(read_settings(file)).connect() as connection:
        person = person_called(connection, name, show=show)
        teller = person_called(connection, told_by, show=show) if told_by else ""
        index, version = ai_notice.acknowledge(connection, show=show, person=person, told_by=teller)
        if dry_run:
            connection.rollback()
            print(f"Would be written: {safe(name)} has read the notice on AI use, version {version}.")
            return
        connection.commit()
    print(f"#{index}: {safe(name)} has read the notice on AI use, version {version}.")


def _rows(engine: sa.Engine) -> list[dict[str, str]]:
    with engine.connect() as connection:
        found = list(ai_notice.given(connection))
        names = people.names(connection, {each.ref for each in found})
    return [
        {
            "show": each.show,
            "person": names[each.ref].name if each.ref in names else "(name erased)",
            "version": each.version,
            "given": moment(each.at_ms),
            "read": moment(each.acknowledged.at_ms) if each.acknowledged else "",
        }
        for each in found
    ]
