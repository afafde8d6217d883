"""`haikei flags`: questions about Versions, and their answers."""

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.cli.kept_record import find_record, require_record
from integration.ledger.entry import Actor
from integration.ledger.vocabulary import ActorKind
from integration.settings import read_settings
from integration.workflow import flags
from integration.workflow.flags import RaisedFlag
from integration.workflow.statements import entry_at, person_called

_NO_VERDICT = "A flag is a question, not a verdict; answer it with `haikei flags answer`."


def show_flags(file: Path | None, *, everything: bool, as_json: bool) -> None:
    """Print the flags and exit with 1 while any is open; asks no tracker."""
    engine = find_record(read_settings(file))
    found: list[RaisedFlag] = []
    if engine is not None:
        with engine.connect() as connection:
            found = list(flags.flags(connection, answered=everything))
    if as_json:
        print(json.dumps([_plain(flag) for flag in found], ensure_ascii=False))
    else:
        _print(found)
    if any(flag.answer is None for flag in found):
        sys.exit(1)


def answer(file: Path | None, number: int, *, reason: str, by: str, words: str) -> None:
    """Close a flag.

    Raises:
        LedgerError: there is no such flag, the record knows nobody called so, or `reason` is no code.
    """
    with require_record(read_settings(file)).begin() as connection:
        ref = person_called(connection, by, show=entry_at(connection, number).show)
        index = flags.answer_flag(connection, number, reason=reason, words=words, by=Actor(kind=ActorKind.HUMAN, ref=ref))
    print(f"#{index}: flag {number} is answered.")


def _print(found: list[RaisedFlag]) -> None:
    console = Console()
    if not found:
        console.print("No flags. That nothing was found proves nothing.")
        return
    table = Table("flag", "cut", "Version", "asked", "answer")
    for flag in found:
        version = flag.entry.tracker.version_id if flag.entry.tracker else ""
        asked = flag.details if flag.details is not None else "(words erased)"
        said = flag.answer.flag.reason if flag.answer and flag.answer.flag else "open"
        table.add_row(str(flag.index), *map(cell, (", ".join(flag.entry.shots), version, asked, said)))
    console.print(table)
    console.print(_NO_VERDICT)


def _plain(flag: RaisedFlag) -> dict[str, Any]:
    return {
        "flag": flag.index,
        "show": flag.entry.show,
        "shots": flag.entry.shots,
        "version": flag.entry.tracker.version_id if flag.entry.tracker else "",
        "reason": flag.entry.flag.reason if flag.entry.flag else "",
        "details": flag.details,
        "answer": flag.answer.flag.reason if flag.answer and flag.answer.flag else None,
    }
