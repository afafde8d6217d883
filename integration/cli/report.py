"""`haikei report`: what the record says."""

import json
from pathlib import Path

from integration.database import make_tables, open_database
from integration.errors import LedgerError
from integration.ledger.log import metadata as ledger_tables
from integration.reports.shot_record import as_json as as_data
from integration.reports.shot_record import shot_record
from integration.reports.shot_text import shot_text
from integration.settings import ProjectSettings, read_settings


def show_shot(file: Path | None, cut: str, *, as_json: bool) -> None:
    """Print one cut's record.

    Raises:
        LedgerError: the record knows no such cut.
    """
    settings = read_settings(file)
    engine = open_database(settings.database_url())
    make_tables(engine, ledger_tables)
    rules = next(iter(settings.projects.values()), ProjectSettings())
    with engine.connect() as connection:
        found = shot_record(connection, cut, zone=rules.time_zone)
    if not (found.people or found.rounds or found.refusals or found.other):
        raise LedgerError(f"the record holds nothing about cut {cut}", hint="Cuts are written as in the tracker, such as c003.")
    print(json.dumps(as_data(found), ensure_ascii=False) if as_json else shot_text(found))
