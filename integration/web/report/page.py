"""A report as a page, and as a file that becomes an entry."""

from collections.abc import Mapping

import sqlalchemy as sa
from starlette.responses import RedirectResponse, Response

from integration.errors import LedgerError
from integration.language import Language, Words
from integration.reports.bars_svg import bars_svg
from integration.reports.export import MEDIA_TYPES, exported_bytes
from integration.reports.facts import follow
from integration.reports.offered import OFFERED, head_of, offered_sheet, shows_of, told_until
from integration.reports.sheet import Cell, Sheet, Table, Unit
from integration.reports.sheet_cells import cell_text
from integration.reports.sheet_words import NO_PICTURE, NOT_FINAL, NOTHING, head_words, scope_words
from integration.reports.terminal import safe
from integration.studio import Studio
from integration.web import words as page_words
from integration.web.identity import ref_of
from integration.web.pages import Pages
from integration.web.pictures import PictureShelf, Size
from integration.web.reader import Reader
from integration.web.report import words
from integration.web.report.asked import AskedReport, keep, kept, read_asked
from integration.web.rights import REPORT_ACTS, may
from integration.web.visit import Visit
from integration.web.words import Refusal
from integration.workflow.exported import report_exported

_EMPTY = dict.fromkeys(("report", "show", "episode", "cuts", "first", "last"), "")


class ReportPages:
    """Pages of reports; one for the server."""

    def __init__(self, studio: Studio, pages: Pages, shelf: PictureShelf) -> None:
        """Keep what reports are made of."""
        self._studio, self._pages, self._shelf = studio, pages, shelf

    def choose(self, reader: Reader, *, visit: Visit, refusal: Words | None = None, form: Mapping[str, str] | None = None) -> Response:
        """The form that asks for a report; `refusal` says why the one before could not be made."""
        with self._studio.engine.connect() as connection:
            shows = [show for show in shows_of(connection) if visit.sight.sees(show)]
        offered = [code for code in OFFERED if _may_read(visit, code)]
        told = {"words": words, "shows": shows, "offered": offered, "refusal": refusal, "form": {**_EMPTY, **(form or {})}}
        return self._pages.render("reports.html", reader, visit.onlooker, status=400 if refusal else 200, **told)

    def ask(self, reader: Reader, *, visit: Visit, form: Mapping[str, str]) -> Response:
        """Keep what the form asks for and lead to it."""
        asked = read_asked(form)
        if asked is None:
            return self.choose(reader, visit=visit, refusal=page_words.NO_SUCH_REPORT, form=form)
        if not self._may(visit, asked):
            return self._pages.refused(page_words.NOT_FOR_YOU, reader, visit.onlooker)
        with self._studio.engine.begin() as connection:
            name = keep(connection, asked, token=visit.onlooker.token)
        return RedirectResponse(self._pages.to(f"/reports/{name}"), status_code=303)

    def read(self, reader: Reader, *, visit: Visit, name: str) -> Response:
        """The report with that name."""
        asked = self._asked(visit, name)
        if isinstance(asked, Refusal):
            return self._pages.refused(asked, reader, visit.onlooker)
        follow(self._studio.engine)
        with self._studio.engine.connect() as connection:
            try:
                sheet = offered_sheet(connection, asked.report, asked.scope, self._studio.settings)
            except LedgerError as error:
                said = page_words.not_made(error)
                return self.choose(reader, visit=visit, refusal=said)
            head = head_of(connection)
        blocks = [_shown(block, sheet, reader.language) for block in sheet.blocks]
        return self._pages.render(
            "report.html", reader, visit.onlooker, words=words, sheet=sheet, blocks=blocks, name=name, scope=scope_words(sheet.scope),
            record=head_words(head), not_final=NOT_FINAL, nothing=NOTHING, no_picture=NO_PICTURE,
        )  # fmt: skip

    def take(self, reader: Reader, *, visit: Visit, name: str, form: Mapping[str, str]) -> Response:
        """The report with that name as a file; that it was taken, and by whom, is an entry before the file is handed out."""
        asked = self._asked(visit, name)
        suffix = form.get("form", "")
        if isinstance(asked, Refusal) or suffix not in words.FORMS:
            return self._pages.refused(asked if isinstance(asked, Refusal) else page_words.NO_PAGE, reader, visit.onlooker)
        follow(self._studio.engine)
        with self._studio.engine.connect() as connection:
            sheet = offered_sheet(connection, asked.report, asked.scope, self._studio.settings)
            data = exported_bytes(
                sheet,
                head_of(connection),
                reader.language,
                suffix=suffix,
                moment=told_until(connection),
                picture=lambda sha256: self._shelf.picture(sha256, Size.SMALL),
                bom=form.get("bom") == "yes",
            )
        with self._studio.engine.begin() as connection:
            self._record(connection, sheet, data, suffix, visit)
        headers = {"Content-Disposition": f'attachment; filename="haikei-{asked.report}{suffix}"', "Cache-Control": "no-store"}
        return Response(data, media_type=MEDIA_TYPES[suffix], headers=headers)

    def _record(self, connection: sa.Connection, sheet: Sheet, data: bytes, suffix: str, visit: Visit) -> None:
        scope = sheet.scope
        report_exported(
            connection,
            data,
            report=sheet.report,
            media_type=MEDIA_TYPES[suffix],
            show=scope.show,
            seq=scope.episode,
            shots=scope.shots,
            by=ref_of(connection, visit.who, show=scope.show) if visit.who else "",
        )

    def _asked(self, visit: Visit, name: str) -> AskedReport | Refusal:
        with self._studio.engine.connect() as connection:
            asked = kept(connection, name, token=visit.onlooker.token)
        return asked if asked is not None and self._may(visit, asked) else page_words.NO_PAGE

    def _may(self, visit: Visit, asked: AskedReport) -> bool:
        return visit.sight.sees(asked.scope.show) and _may_read(visit, asked.report)


def _may_read(visit: Visit, report: str) -> bool:
    return visit.who is not None and may(visit.who.roles, REPORT_ACTS[report])


def _shown(block: object, sheet: Sheet, language: Language) -> dict[str, object]:
    """A block as its template reads it."""
    if not isinstance(block, Table):
        return {"block": block}
    bars = bars_svg(block, block.bars, language, currency=sheet.currency) if block.bars and block.rows else ""
    numbers = [
        column.unit is not Unit.NONE or any(isinstance(row[place], int) for row in block.rows) for place, column in enumerate(block.columns)
    ]
    rows = [[_cell(cell, block, place, sheet, language) for place, cell in enumerate(row)] for row in block.rows]
    return {"block": block, "bars": bars, "numbers": numbers, "rows": rows}


def _cell(cell: Cell, table: Table, place: int, sheet: Sheet, language: Language) -> dict[str, object]:
    unit = table.columns[place].unit
    entry = cell if unit is Unit.INDEX and isinstance(cell, int) else None
    return {"text": safe(cell_text(cell, unit, language, currency=sheet.currency)), "entry": entry}
