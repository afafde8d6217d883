"""A sheet as a file that is handed out, in each of the forms there are."""

from datetime import datetime

from integration.language import Language
from integration.reports.sheet import Head, Sheet
from integration.reports.sheet_csv import sheet_csv
from integration.reports.sheet_json import sheet_json
from integration.reports.sheet_pdf import FetchPicture, sheet_pdf
from integration.reports.sheet_text import sheet_text

MEDIA_TYPES = {".pdf": "application/pdf", ".zip": "application/zip", ".json": "application/json", ".txt": "text/plain"}
"""By suffix; a zip holds CSV files."""


def exported_bytes(
    sheet: Sheet, head: Head | None, language: Language, *, suffix: str, moment: datetime, picture: FetchPicture, bom: bool = False
) -> bytes:
    """The sheet in the form that `suffix`, one of `MEDIA_TYPES`, stands for; the same sheet gives the same bytes.

    Args:
        sheet: the report.
        head: the record's newest signed head.
        language: of words, where a form has but one.
        suffix: with its dot.
        moment: the newest entry's, aware UTC.
        picture: as `sheet_pdf.sheet_pdf`.
        bom: as `sheet_csv.sheet_csv`.

    Raises:
        HaikeiError: the PDF cannot be set.
    """
    match suffix:
        case ".pdf":
            return sheet_pdf(sheet, head, language, moment=moment, picture=picture)
        case ".zip":
            return sheet_csv(sheet, head, language, bom=bom)
        case ".json":
            return sheet_json(sheet, head)
        case _:
            return f"{sheet_text(sheet, head, language)}\n".encode()
