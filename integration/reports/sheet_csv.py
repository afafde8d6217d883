"""A sheet's tables as CSV (RFC 4180), each a file of one zip, safe to open in a spreadsheet.

A cell that a spreadsheet might read as a formula gets an apostrophe before it, as OWASP's page on CSV injection advises: text whose
first visible character is ``=``, ``+``, ``-`` or ``@``, also full-width, or that begins with a tab or a line break. Numbers stay numbers.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator

from integration.language import Language, Words
from integration.reports.sheet import Cell, Column, Head, Pictures, Prose, Sheet, Table
from integration.reports.sheet_words import head_words, scope_words
from integration.reports.terminal import safe

_FORMULA = "=+-@"
_DATE = (1980, 1, 1, 0, 0, 0)


def sheet_csv(sheet: Sheet, head: Head | None, language: Language, *, bom: bool = False) -> bytes:
    """A zip with one CSV file for each table, and ``report.csv`` with what is said beside them; the same sheet gives the same bytes.

    The first line of a table names its columns for programs, with the unit: ``render_ms``, ``minutes``. Durations, areas and money are
    whole numbers of that unit; what is unknown stands in words, what does not apply is empty.

    Args:
        sheet: the report.
        head: the record's newest signed head.
        language: of the words in cells.
        bom: whether files begin with a byte order mark, by which Excel knows UTF-8.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as pack:
        for name, rows in _files(sheet, head, language):
            info = zipfile.ZipInfo(f"{name}.csv", _DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            pack.writestr(info, csv_bytes(rows, bom=bom))
    return stream.getvalue()


def csv_bytes(rows: Iterable[Iterable[Cell]], *, bom: bool = False, language: Language = Language.EN) -> bytes:
    """Rows as CSV with CRLF, every cell harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(cell, language) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def _files(sheet: Sheet, head: Head | None, language: Language) -> Iterator[tuple[str, list[list[Cell]]]]:
    said: list[list[Cell]] = [["report", sheet.report], ["title", sheet.title], ["scope", scope_words(sheet.scope)]]
    said += [["final", "yes" if sheet.is_final else "no"], ["record", head_words(head)]]
    said += [["warning", warning] for warning in sheet.warnings]
    for block in sheet.blocks:
        match block:
            case Table():
                header: list[Cell] = [_header(column) for column in block.columns]
                yield block.key, [header, *(_spoken(row, language) for row in block.rows)]
                said += [[f"note on {block.key}", note] for note in block.notes]
            case Prose():
                said += [[block.key, line] for line in block.lines]
            case Pictures():
                yield block.key, [["sha256", "caption"], *(_spoken((each.sha256, each.caption), language) for each in block.pictures)]
                said += [[f"note on {block.key}", note] for note in block.notes]
    yield "report", [_spoken(row, language) for row in said]


def _spoken(row: Iterable[Cell], language: Language) -> list[Cell]:
    return [cell.of(language) if isinstance(cell, Words) else cell for cell in row]


def _header(column: Column) -> str:
    unit = column.unit.value
    return column.key if not unit or column.key.endswith(unit) or unit == "index" else f"{column.key}_{unit}".lower()


def _cell(cell: Cell, language: Language) -> str | int:
    if isinstance(cell, int):
        return cell
    text = cell.of(language) if isinstance(cell, Words) else cell or ""
    shown = safe(text)
    first = unicodedata.normalize("NFKC", text.lstrip())[:1]
    return f"'{shown}" if (first and first in _FORMULA) or text[:1] in ("\t", "\r", "\n") else shown
