"""A sheet on the terminal."""

from collections.abc import Iterator

from rich.cells import cell_len

from integration.language import Language, Words
from integration.reports.sheet import Column, Head, Pictures, Prose, Sheet, Table
from integration.reports.sheet_cells import cell_text
from integration.reports.sheet_words import NOT_FINAL, NOTHING, head_words, scope_words
from integration.reports.terminal import safe

_WIDEST = 48
"""Most columns of the terminal that one cell takes; what is longer is cut, and whole in every other form."""


def sheet_text(sheet: Sheet, head: Head | None, language: Language) -> str:
    """The sheet as lines of text, for a fixed-width font in which Japanese characters are two wide."""
    return "\n".join(_lines(sheet, head, language))


def _lines(sheet: Sheet, head: Head | None, language: Language) -> Iterator[str]:
    yield sheet.title.of(language)
    yield safe(scope_words(sheet.scope).of(language))
    if sheet.warnings:
        yield ""
        yield NOT_FINAL.of(language)
        yield from (f"  ! {_said(warning, language)}" for warning in sheet.warnings)
    for block in sheet.blocks:
        yield ""
        yield block.title.of(language)
        match block:
            case Table():
                yield from _table(block, sheet.currency, language)
            case Prose():
                yield from (f"  {_said(line, language)}" for line in block.lines)
            case Pictures():
                yield from (f"  {_said(picture.caption, language)}  {picture.sha256[:16]}…" for picture in block.pictures)
                yield from (f"  {_said(note, language)}" for note in block.notes)
    yield ""
    yield head_words(head).of(language)


def _table(table: Table, currency: str, language: Language) -> Iterator[str]:
    titles = [column.title.of(language) for column in table.columns]
    rows = [
        [_fitted(cell_text(cell, column.unit, language, currency=currency)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = [max(cell_len(line[place]) for line in [titles, *rows]) for place in range(len(titles))]
    right = [_is_number(table, place) for place in range(len(table.columns))]
    yield f"  {_row(titles, widths, right)}"
    yield f"  {'  '.join('─' * width for width in widths)}"
    yield from (f"  {_row(row, widths, right)}" for row in rows)
    if not rows:
        yield f"  {NOTHING.of(language)}"
    yield from (f"  * {_said(note, language)}" for note in table.notes)


def _row(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = [
        " " * (width - cell_len(cell)) + cell if to_right else cell + " " * (width - cell_len(cell))
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _is_number(table: Table, place: int) -> bool:
    column: Column = table.columns[place]
    return bool(column.unit) or any(isinstance(row[place], int) for row in table.rows)


def _said(words: Words, language: Language) -> str:
    return safe(words.of(language))


def _fitted(text: str) -> str:
    shown = safe(text)
    if cell_len(shown) <= _WIDEST:
        return shown
    while cell_len(shown) >= _WIDEST:
        shown = shown[:-1]
    return f"{shown}…"
