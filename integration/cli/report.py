"""`haikei report`: what the record says."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from integration.database import make_tables, open_database
from integration.ledger.log import metadata as ledger_tables
from integration.reports.shot_record import shot_record
from integration.settings import ProjectSettings, read_settings


def show_shot(file: Path | None, cut: str, *, as_json: bool) -> None:
    """Print one cut's record."""
    settings = read_settings(file)
    engine = open_database(settings.database_url())
    make_tables(engine, ledger_tables)
    rules = next(iter(settings.projects.values()), ProjectSettings())
    with engine.connect() as connection:
        found = shot_record(connection, cut, zone=ZoneInfo(rules.time_zone))
    print(json.dumps(found.as_json(), ensure_ascii=False) if as_json else found.as_text())
