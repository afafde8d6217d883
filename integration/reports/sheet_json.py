"""A sheet as JSON: everything it says, and the numbers that an audit pack's script prints."""

import json
from typing import Any

from integration.language import Language, Words
from integration.reports.scope import Scope
from integration.reports.sheet import Cell, Head, Pictures, Prose, Sheet, Table


def sheet_json(sheet: Sheet, head: Head | None) -> bytes:
    """One JSON object in UTF-8, keys sorted, the same bytes for the same sheet; words stand as ``{"ja": …, "en": …}``."""
    told = {
        "report": sheet.report,
        "title": _words(sheet.title),
        "scope": _scope(sheet.scope),
        "final": sheet.is_final,
        "warnings": [_words(warning) for warning in sheet.warnings],
        "currency": sheet.currency,
        "blocks": [_block(block) for block in sheet.blocks],
        "numbers": sheet.numbers,
        "record": None if head is None else {"origin": head.origin, "size": head.size, "root_sha256": head.root_sha256},
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _block(block: Table | Pictures | Prose) -> dict[str, Any]:
    begun = {"key": block.key, "title": _words(block.title)}
    match block:
        case Table():
            columns = [{"key": column.key, "title": _words(column.title), "unit": column.unit.value} for column in block.columns]
            rows = [[_cell(cell) for cell in row] for row in block.rows]
            return {**begun, "columns": columns, "rows": rows, "notes": [_words(note) for note in block.notes]}
        case Pictures():
            pictures = [{"sha256": picture.sha256, "caption": _words(picture.caption)} for picture in block.pictures]
            return {**begun, "pictures": pictures, "notes": [_words(note) for note in block.notes]}
        case Prose():
            return {**begun, "lines": [_words(line) for line in block.lines]}


def _cell(cell: Cell) -> Any:
    return _words(cell) if isinstance(cell, Words) else cell


def _words(words: Words) -> dict[str, str]:
    return {language.value: words.of(language) for language in Language}


def _scope(scope: Scope) -> dict[str, Any]:
    months = {name: month and month.strftime("%Y-%m") for name, month in (("first", scope.first), ("last", scope.last))}
    return {"show": scope.show, "episode": scope.episode, "shots": list(scope.shots), **months}
