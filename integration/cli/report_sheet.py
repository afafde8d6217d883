"""`haikei report credits` and its like: a sheet on the terminal, or as a file that becomes an entry."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console

from integration.cli.kept_record import require_record
from integration.errors import LedgerError
from integration.language import Language
from integration.ledger import log
from integration.reports.export import MEDIA_TYPES, exported_bytes
from integration.reports.facts import follow, followed
from integration.reports.offered import head_of, offered_sheet, told_until
from integration.reports.scope import Scope
from integration.reports.sheet_json import sheet_json
from integration.reports.sheet_text import sheet_text
from integration.settings import Settings, read_settings
from integration.storage.opening import open_storage
from integration.storage.whole_file import whole_file
from integration.studio import storage_options
from integration.web.pictures import PictureShelf, Size
from integration.workflow.exported import report_exported
from integration.workflow.statements import person_called

_QUIET_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report, of what, in which language."""

    report: str
    scope: Scope
    language: Language


def print_sheet(file: Path | None, wanted: Wanted, *, as_json: bool) -> None:
    """Print a report.

    Raises:
        LedgerError: there is no record, it knows nothing of what is asked for, or it is damaged.
    """
    settings = read_settings(file)
    engine = require_record(settings)
    with _progress(engine), engine.connect() as connection:
        sheet = offered_sheet(connection, wanted.report, wanted.scope, settings)
        head = head_of(connection)
    print(sheet_json(sheet, head).decode().rstrip() if as_json else sheet_text(sheet, head, wanted.language))


def write_sheet(file: Path | None, wanted: Wanted, out: Path, *, bom: bool, person: str) -> None:
    """Write a report to `out` for `person`, in the form its suffix says; that is an entry itself.

    Raises:
        LedgerError: as `print_sheet`, or the record knows nobody, or several, called `person`, or the suffix is none of ours.
        StorageError: `out` cannot be written.
    """
    media_type = MEDIA_TYPES.get(out.suffix.casefold())
    if media_type is None:
        raise LedgerError(f"{out.name}: no report has this form", hint=f"End the file's name in {', '.join(MEDIA_TYPES)}.")
    settings = read_settings(file)
    engine = require_record(settings)
    with _progress(engine), engine.connect() as connection:
        by = person_called(connection, person, show=wanted.scope.show) if person else ""
        sheet = offered_sheet(connection, wanted.report, wanted.scope, settings)
        shelf = _shelf(settings)
        data = exported_bytes(
            sheet,
            head_of(connection),
            wanted.language,
            suffix=out.suffix.casefold(),
            moment=told_until(connection),
            picture=lambda sha256: shelf.picture(sha256, Size.SMALL),
            bom=bom,
        )
    with engine.begin() as connection:
        scope = sheet.scope
        index = report_exported(
            connection, data, report=wanted.report, media_type=media_type, show=scope.show, seq=scope.episode, shots=scope.shots, by=by
        )
        with whole_file(out) as stream:
            stream.write(data)
    print(f"{out} is written, and entry {index} says so; `haikei verify --report {out}` says later whether it still stands.")


def _shelf(settings: Settings) -> PictureShelf:
    return PictureShelf(open_storage(**storage_options(settings)), settings.state_folder / "pictures")


@contextmanager
def _progress(engine: sa.Engine) -> Iterator[None]:
    """Make the rows that reports add up; what takes longer than two seconds says how far it is."""
    console, done = Console(stderr=True), threading.Event()
    with engine.connect() as connection:
        size = log.size(connection)

    def tell() -> None:
        while not done.wait(_QUIET_S):
            console.print(f"reading the record: {followed(engine):,} of {size:,} entries", highlight=False)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        follow(engine)
        yield
    finally:
        done.set()
        teller.join()
