"""Putting credits right by hand: an entry that says who was added or taken out, by whom, and why."""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from integration.errors import LedgerError
from integration.ledger import log, texts
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Decision, entry_now
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict

LONGEST_REASON = 1000
"""Most characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditChange:
    """One change to one person's credit."""

    show: str
    ref: str
    """Whose credit it is."""
    role: Role
    adds: bool
    """Whether it puts them in, or takes them out."""
    reason: str
    """In words; kept beside the record and erasable."""
    by: str
    """Reference of who decides it."""
    episode: str = ""
    """Empty: of every episode."""
    shots: tuple[str, ...] = ()
    """Empty: of every cut."""


def override_credit(connection: Connection, change: CreditChange) -> int:
    """Append the change in the caller's transaction and return its index; the same change for the same reason is written once.

    Raises:
        LedgerError: the role is a tool's, or there is no reason, or a very long one.
    """
    if change.role in (Role.RENDERER, Role.PIPELINE):
        raise LedgerError(f"{change.role} is no role of a person", hint="Tools stand in a block of their own.")
    reason = " ".join(change.reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise LedgerError("a credit is put right for a reason", hint=f"Write why, in at most {LONGEST_REASON} characters.")
    log.take_turn(connection)
    about = "\n".join((change.show, change.episode, *change.shots, change.ref, change.role, str(change.adds), change.by, reason))
    key = f"{Kind.CREDIT_OVERRIDDEN}:{sha256(about.encode()).hexdigest()}:{_times_undone(connection, change)}"
    known = log.index_of(connection, key=key)
    if known is not None:
        return known
    entry = entry_now(
        Kind.CREDIT_OVERRIDDEN,
        show=code(change.show),
        seq=code(change.episode),
        shots=tuple(map(code, change.shots)),
        actor=Actor(kind=ActorKind.HUMAN, ref=change.by),
        decision=Decision(verdict=Verdict.CREDITED if change.adds else Verdict.UNCREDITED, set_by=change.by, reason=change.role.value),
        to_ref=change.ref,
        note_commit=texts.commit_text(connection, reason),
    )
    return log.append(connection, entry, key=key)


def _times_undone(connection: Connection, change: CreditChange) -> int:
    """How often the opposite was decided of this person, so that what is said again after that is said anew."""
    opposite = Verdict.UNCREDITED if change.adds else Verdict.CREDITED
    entries = log.read(connection, show=change.show, kinds=[Kind.CREDIT_OVERRIDDEN])
    return sum(entry.to_ref == change.ref and entry.decision is not None and entry.decision.verdict is opposite for _, entry in entries)
