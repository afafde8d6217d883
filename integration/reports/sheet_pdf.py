"""A sheet on paper: PDF/A-2b with its fonts, the same bytes for the same sheet, head and moment."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from integration.errors import HaikeiError
from integration.language import Language, Words
from integration.reports.sheet import Bars, Head, Pictures, Prose, Sheet, Table, Unit
from integration.reports.sheet_cells import cell_text
from integration.reports.sheet_words import NO_PICTURE, NOT_FINAL, NOTHING, head_words, scope_words

FetchPicture = Callable[[str], bytes | None]
"""A small JPEG of the file with this digest; None where it is gone or holds no picture."""

_LONGEST = 600
"""Most characters of one cell that are set."""
_WIDE = 14
"""A column takes what is left of the page's width when one of its cells has more characters."""
_RUN = re.compile(r"([^\s\u2e80-\u9fff\uff00-\uffef]{16})(?=[^\s])")
"""Text without a place to break a line at."""


def sheet_pdf(sheet: Sheet, head: Head | None, language: Language, *, moment: datetime, picture: FetchPicture) -> bytes:
    """The sheet as PDF.

    Args:
        sheet: the report.
        head: the record's newest signed head, which every page names.
        language: of haikei's own words.
        moment: the document's date, aware UTC: the newest entry's, so that the same record gives the same bytes.
        picture: gives the pictures it shows.

    Raises:
        HaikeiError: the sheet cannot be set.
    """
    (pdf,) = _compiled(sheet, head, language, moment, picture, "pdf")
    return pdf


def sheet_pages(sheet: Sheet, head: Head | None, language: Language, *, moment: datetime, picture: FetchPicture) -> list[bytes]:
    """The sheet's pages as PNG, as `sheet_pdf`."""
    return _compiled(sheet, head, language, moment, picture, "png")


def _compiled(
    sheet: Sheet, head: Head | None, language: Language, moment: datetime, picture: FetchPicture, form: Literal["pdf", "png"]
) -> list[bytes]:
    import typst  # 84 MB of compiler, wanted by nothing else
    from noto_cjk_sans_jp_regular import FONT_PATH

    with TemporaryDirectory(prefix="haikei-sheet-") as folder:
        data = _data(sheet, head, language, moment, picture, Path(folder))
        compiler = typst.Compiler(
            _template(),
            root=folder,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[Path(FONT_PATH).parent]),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
        try:
            made = compiler.compile(format=form, timestamp=moment.replace(microsecond=0), pdf_standards=["a-2b"] if form == "pdf" else None)
        except typst.TypstError as error:
            raise HaikeiError(
                f"the {sheet.report} report cannot be set as PDF: {error.message}",
                hint="The same report as CSV or JSON holds everything; please report this.",
            ) from error
    assert made is not None, "without an output file it gives bytes"
    return made if isinstance(made, list) else [made]


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "sheet.typ").read_bytes()


def _data(sheet: Sheet, head: Head | None, language: Language, moment: datetime, picture: FetchPicture, folder: Path) -> dict[str, Any]:
    return {
        "lang": language.value,
        "title": _shown(sheet.title.of(language)),
        "day": [moment.year, moment.month, moment.day],
        "scope": _shown(scope_words(sheet.scope).of(language)),
        "record": _shown(head_words(head).of(language)),
        "not_final": NOT_FINAL.of(language),
        "nothing": NOTHING.of(language),
        "no_picture": NO_PICTURE.of(language),
        "warnings": _said(sheet.warnings, language),
        "blocks": [_block(block, sheet.currency, language, picture, folder) for block in sheet.blocks],
    }


def _block(block: Table | Pictures | Prose, currency: str, language: Language, picture: FetchPicture, folder: Path) -> dict[str, Any]:
    title = block.title.of(language)
    match block:
        case Table():
            return {"kind": "table", "title": title, **_table(block, currency, language)}
        case Prose():
            return {"kind": "prose", "title": title, "lines": _said(block.lines, language)}
        case Pictures():
            shown = [{"caption": _shown(each.caption.of(language)), "file": _kept(each.sha256, picture, folder)} for each in block.pictures]
            return {"kind": "pictures", "title": title, "pictures": shown, "notes": _said(block.notes, language)}


def _table(table: Table, currency: str, language: Language) -> dict[str, Any]:
    rows = [
        [_shown(cell_text(cell, column.unit, language, currency=currency)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    columns = [
        {
            "title": column.title.of(language),
            "number": column.unit is not Unit.NONE or any(isinstance(row[place], int) for row in table.rows),
            "wide": any(len(row[place]) > _WIDE for row in rows),
        }
        for place, column in enumerate(table.columns)
    ]
    chart = _chart(table, table.bars, currency, language) if table.bars and table.rows else None
    return {"columns": columns, "rows": rows, "notes": _said(table.notes, language), "bars": chart}


def _chart(table: Table, bars: Bars, currency: str, language: Language) -> dict[str, Any]:
    """Each bar's parts as shares of the longest bar, with what they are in words."""
    places = {column.key: place for place, column in enumerate(table.columns)}
    parts = [[value if isinstance(value := row[places[key]], int) else 0 for key in bars.values] for row in table.rows]
    longest = max(1, *(sum(row) for row in parts))
    units = [table.columns[places[key]].unit for key in bars.values]
    return {
        "keys": [table.columns[places[key]].title.of(language) for key in bars.values],
        "bars": [
            {
                "label": _shown(cell_text(row[places[bars.label]], Unit.NONE, language)),
                "parts": [value / longest for value in values],
                "told": " / ".join(cell_text(value, unit, language, currency=currency) for value, unit in zip(values, units, strict=True)),
            }
            for row, values in zip(table.rows, parts, strict=True)
        ],
    }


def _kept(sha256: str, picture: FetchPicture, folder: Path) -> str:
    """The picture as a file beside the template; its name, empty where there is none."""
    jpeg = picture(sha256)
    if jpeg is None:
        return ""
    name = f"{sha256}.jpg"
    (folder / name).write_bytes(jpeg)
    return name


def _said(words: Iterable[Words], language: Language) -> list[str]:
    return [_shown(each.of(language)) for each in words]


def _shown(text: str) -> str:
    """`text` as it is set: on one line, nothing invisible in it, not endless, and with places to break a line at."""
    seen = "".join(char if unicodedata.category(char)[0] not in "CZ" or char == " " else " " for char in text[: 2 * _LONGEST])
    line = " ".join(seen.split())
    short = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return _RUN.sub("\\1\u200b", short)
