"""Questions about Versions for named people: each is raised once and closed by a person's answer. A flag is no verdict.

The record itself is the list: what was raised and has no answer is open, so nothing else can disagree with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import log, texts
from integration.ledger.entry import Actor, Asset, Entry, Flag, entry_about
from integration.ledger.vocabulary import Kind
from integration.workflow.record import PIPELINE, Subject

UNDECLARED_AI = "undeclared_ai"
"""A file says that AI was used, nobody declared it, and no permission covers it."""
FINAL_NOT_COVERED = "final_not_covered"
"""A Version with AI-made area was marked final without an approval that covers finals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedFlag:
    """A question with its answer, if it has one."""

    index: int
    """Of the entry that raised it; people name it by this."""
    entry: Entry
    details: str | None
    """What was found; None once erased."""
    answer: Entry | None
    """None while it is open."""


def raise_flag(
    connection: sa.Connection, subject: Subject, *, reason: str, version: str, asset: Asset | None, details: str, occasion: str
) -> int:
    """Ask about `version` in the caller's transaction, once for each `reason` and `occasion`; returns the flag's index.

    `occasion` is what makes it another question: the file's hash, or the event that set a status.
    """
    key = f"{Kind.FLAG_RAISED}:{subject.site}:{version}:{reason}:{occasion}"
    log.take_turn(connection)
    known = log.index_of(connection, key=key)
    if known is not None:
        return known
    entry = subject.entry(
        Kind.FLAG_RAISED,
        actor=PIPELINE,
        version=version,
        asset=asset,
        flag=Flag(reason=reason),
        note_commit=texts.commit_text(connection, details),
    )
    return log.append(connection, entry, key=key)


def answer_flag(connection: sa.Connection, index: int, *, reason: str, words: str, by: Actor) -> int:
    """Close the flag at `index` with a reason code and `words`; returns the answer's index. The first answer stands.

    Raises:
        LedgerError: there is no such flag, or `reason` is no code.
    """
    log.take_turn(connection)
    raised = next((entry for _, entry in log.read(connection, kinds=(Kind.FLAG_RAISED,), first=index, end=index + 1)), None)
    if raised is None:
        raise LedgerError(f"entry {index} is no flag", hint="List the open flags and take the number from there.")
    key = f"{Kind.FLAG_ANSWERED}:{index}"
    known = log.index_of(connection, key=key)
    if known is not None:
        return known
    told = Flag(reason=reason, answers=index)
    entry = entry_about(raised, Kind.FLAG_ANSWERED, actor=by, flag=told, note_commit=texts.commit_text(connection, words))
    return log.append(connection, entry, key=key)


def flags(connection: sa.Connection, *, answered: bool = False) -> Iterator[RaisedFlag]:
    """The open flags in the order they were raised; with `answered`, those that are closed, too."""
    answers = {entry.flag.answers: entry for _, entry in log.read(connection, kinds=(Kind.FLAG_ANSWERED,)) if entry.flag is not None}
    for index, entry in list(log.read(connection, kinds=(Kind.FLAG_RAISED,))):
        if answered or index not in answers:
            details = texts.reveal(connection, entry.note_commit) if entry.note_commit else ""
            yield RaisedFlag(index=index, entry=entry, details=details, answer=answers.get(index))
