"""`haikei report`: what the record says."""

import json
from pathlib import Path
from unicodedata import normalize

from integration.database import make_tables, missing_file, open_database
from integration.errors import LedgerError
from integration.ledger.log import metadata as ledger_tables
from integration.reports.shot_record import ShotRecord, shot_record
from integration.reports.shot_record import as_json as as_data
from integration.reports.shot_text import shot_text
from integration.settings import ProjectSettings, Settings, read_settings


def show_shot(file: Path | None, cut: str, *, show: str | None, episode: str | None, as_json: bool) -> None:
    """Print one cut's record, with times in its show's zone.

    Raises:
        LedgerError: the record knows no such cut, or several.
    """
    settings = read_settings(file)
    found = None if missing_file(settings.database_url()) else _read(settings, cut, show, episode)
    if found is None or not (found.people or found.rounds or found.refusals or found.other):
        where = "".join(f" of {kind} {name}" for kind, name in (("episode", episode), ("show", show)) if name)
        raise LedgerError(f"the record holds nothing about cut {cut}{where}", hint="Cuts are written as in the tracker, such as c003.")
    print(json.dumps(as_data(found), ensure_ascii=False) if as_json else shot_text(found))


def _read(settings: Settings, cut: str, show: str | None, episode: str | None) -> ShotRecord:
    engine = open_database(settings.database_url())
    make_tables(engine, ledger_tables)
    zones = {normalize("NFC", name): rules.time_zone for name, rules in settings.projects.items()}
    zone = next(iter(zones.values()), ProjectSettings().time_zone)
    with engine.connect() as connection:
        return shot_record(connection, cut, zone=zone, zones=zones, show=show, episode=episode)
