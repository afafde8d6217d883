"""What a check found, in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from integration.errors import LedgerError
from integration.ledger.checkpoint import read_checkpoint
from integration.ledger.keys import Handover, Keyring


class Standing(StrEnum):
    """Whether something holds."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    OPEN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    standing: Standing
    words: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A head that somebody vouched for, to be compared with the entries."""

    source: str
    """Where it comes from, such as a file's name."""
    size: int
    root: bytes
    objection: str = ""
    """Why it is not believed; empty when its signature is right."""
    ours: bool = False
    """Whether it was kept with the record itself, and not by an outsider."""


def stored_claim(data: bytes, keyring: Keyring, source: str, *, ours: bool = False) -> Claim | Finding:
    """The claim in the checkpoint `data`, or why there is none."""
    try:
        head = read_checkpoint(data)
    except LedgerError as error:
        return Finding(Standing.BROKEN, f"{source}: {error}.")
    return Claim(source=source, size=head.size, root=head.root, objection=keyring.objection(head), ours=ours)


def handover_claim(handover: Handover) -> Claim:
    """The head a rotation statement was made over."""
    source = f"the statement that retired key {handover.old.key_id}"
    return Claim(source=source, size=handover.size, root=handover.root, ours=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The heads of what is there, at every size somebody vouched for."""

    size: int
    """How many entries there are."""
    as_found: dict[int, bytes]
    """Root by size, over the entries as they lie."""
    as_hashed: dict[int, bytes]
    """Root by size, over the hashes kept of them."""
    moments: dict[int, int]
    """By size, UTC milliseconds at which the last entry below it was recorded."""


def judged(claims: Iterable[Claim], measured: Measured) -> list[Finding]:
    """What each claim says of the record: the last that fits, and every one that does not, the smallest first."""
    fitting: list[Claim] = []
    broken: list[Finding] = []
    for claim in sorted(claims, key=lambda claim: (claim.size, not claim.ours)):
        if claim.objection:
            broken.append(Finding(Standing.BROKEN, f"{_named(claim)} is not to be believed: {claim.objection}."))
        elif claim.size > measured.size:
            gone = f"the record has only {measured.size}: {claim.size - measured.size} at its end are gone, or were never in this copy"
            broken.append(Finding(Standing.BROKEN, f"{_named(claim)} covers {claim.size} entries, but {gone}."))
        elif measured.as_found.get(claim.size) == claim.root:
            fitting.append(claim)
        else:
            fits = max((each.size for each in fitting if each.size < claim.size), default=0)
            broken.append(Finding(Standing.BROKEN, _misfit(claim, fits, measured)))
    head = [Finding(Standing.HOLDS, _fit(fitting[-1], len(fitting), measured))] if fitting else []
    return head + broken


def moment(ms: int | None) -> str:
    """UTC milliseconds as people write them."""
    if ms is None:
        return "an unknown time"
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "an impossible time"


def spans(indexes: Sequence[int]) -> str:
    """`indexes`, sorted, as people write them: ``3, 7 to 9``; the first ten spans."""
    found: list[list[int]] = []
    for index in indexes:
        if found and index == found[-1][1] + 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    shown = [str(first) if first == last else f"{first} to {last}" for first, last in found[:10]]
    return ", ".join(shown) + (f" and {len(found) - 10} more places" if len(found) > 10 else "")


def _named(claim: Claim) -> str:
    return f"{claim.source}, over {claim.size} entries," if claim.ours else f"The checkpoint in {claim.source}"


def _fit(claim: Claim, count: int, measured: Measured) -> str:
    many = "1 checkpoint fits" if count == 1 else f"{count} checkpoints fit"
    last = f", the last of them recorded {moment(measured.moments[claim.size])}" if claim.size in measured.moments else ""
    return f"{many}; the largest covers the first {claim.size} entries{last} ({claim.source})."


def _misfit(claim: Claim, fits: int, measured: Measured) -> str:
    if measured.as_hashed.get(claim.size) == claim.root:
        return (
            f"{_named(claim)} fits the hashes kept of the entries, but not the entries: "
            f"those named above were changed after it was signed ({moment(measured.moments.get(claim.size))} or later). "
            f"Every other entry of its {claim.size} is the one that was signed."
        )
    since = f"entries {fits} to {claim.size - 1}"
    whole = f"the one over {fits} entries still fits" if fits else "none smaller fits"
    return f"{_named(claim)} contradicts the record: it was signed over other entries, so something in {since} was changed; {whole}."
