"""`haikei report`: what the record says."""

import json
from pathlib import Path
from unicodedata import normalize

import sqlalchemy as sa

from integration.cli.kept_record import find_record
from integration.errors import LedgerError
from integration.reports.shot_record import ShotRecord, shot_record
from integration.reports.shot_record import as_json as as_data
from integration.reports.shot_text import shot_text
from integration.settings import ProjectSettings, Settings, read_settings
from integration.storage.whole_file import whole_file
from integration.workflow.exported import report_exported
from integration.workflow.statements import person_called


def show_shot(
    file: Path | None, cut: str, *, show: str | None, episode: str | None, as_json: bool, out: Path | None = None, person: str = ""
) -> None:
    """Print one cut's record, with times in its show's zone; or write it to `out` for `person`, which is an entry itself.

    Raises:
        LedgerError: the record knows no such cut or person, or several.
        StorageError: `out` cannot be written.
    """
    settings = read_settings(file)
    engine = find_record(settings)
    if engine is None:
        raise _nothing(cut, show, episode)
    with engine.connect() as connection:
        found = _read(connection, settings, cut, show, episode)
    if not (found.people or found.rounds or found.refusals or found.statements or found.other or found.time_logged):
        raise _nothing(cut, show, episode)
    text = json.dumps(as_data(found), ensure_ascii=False) if as_json else shot_text(found)
    if out is None:
        print(text)
        return
    index = _export(engine, found, f"{text}\n".encode(), "application/json" if as_json else "text/plain", out, person)
    print(f"{out} is written, and entry {index} says so; `haikei verify --report {out}` says later whether it still stands.")


def _export(engine: sa.Engine, found: ShotRecord, data: bytes, media_type: str, out: Path, person: str) -> int:
    with engine.begin() as connection:
        by = person_called(connection, person, show=found.show) if person else ""
        index = report_exported(
            connection,
            data,
            report="shot",
            media_type=media_type,
            show=found.show,
            seq=found.seqs[0] if len(found.seqs) == 1 else "",
            shots=(found.shot,),
            by=by,
        )
        with whole_file(out) as stream:
            stream.write(data)
    return index


def _read(connection: sa.Connection, settings: Settings, cut: str, show: str | None, episode: str | None) -> ShotRecord:
    zones = {normalize("NFC", name): rules.time_zone for name, rules in settings.projects.items()}
    zone = next(iter(zones.values()), ProjectSettings().time_zone)
    return shot_record(connection, cut, zone=zone, zones=zones, show=show, episode=episode)


def _nothing(cut: str, show: str | None, episode: str | None) -> LedgerError:
    where = "".join(f" of {kind} {name}" for kind, name in (("episode", episode), ("show", show)) if name)
    return LedgerError(f"the record holds nothing about cut {cut}{where}", hint="Cuts are written as in the tracker, such as c003.")
