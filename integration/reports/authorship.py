"""Who authored what in a cut's background, for a copyright registration: human parts to claim, AI-generated material to leave out.

What is asked for stands in the US Copyright Office's registration guidance of 16 March 2023 (88 FR 16190) and its report on
copyrightability of January 2025: claim what people drew, changed, chose and arranged, name what a model generated, and say briefly
what the human part is. Instructions to a model are not claimed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger.people import Naming, PersonName
from integration.ledger.vocabulary import Kind
from integration.reports.disclosure import CutUse, Disclosure, disclosure
from integration.reports.measured import Measured
from integration.reports.scope import Scope
from integration.reports.shot_record import Deed, ShotRecord, shot_record
from integration.reports.tools import Tool
from render_service.contract import Look

MOST_CUTS = 50
"""Cuts on one sheet: each is read whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing a person did in the making of the picture."""

    kind: Kind
    by: PersonName
    role: str
    index: int
    """The entry that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of the cut's making."""

    kind: str
    """``genzu``, ``draft``, ``revision``, ``final`` or ``class_map``."""
    sha256: str
    index: int
    """The entry that speaks of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAuthorship:
    """One cut."""

    cut: CutUse
    claimed: tuple[Part, ...]
    """What people made, in order of time."""
    excluded: tuple[Tool, ...]
    """Models whose drafts were made for it; whether their paint is in the picture stands in `cut`."""
    pictures: tuple[Picture, ...]
    statements: tuple[Deed, ...]
    measures: tuple[Measured, ...]
    """Those that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """Some cuts."""

    told: Disclosure
    """The same cuts' use of AI."""
    cuts: tuple[CutAuthorship, ...]


def authorship(
    connection: Connection | Session, scope: Scope, *, zone: str = "Asia/Tokyo", day_start: time = time(5), looks: Iterable[Look] = ()
) -> Authorship:
    """Human authorship in the cuts of `scope`; arguments as `disclosure.disclosure`.

    Raises:
        LedgerError: the record knows no such cut, more than `MOST_CUTS`, or an entry is damaged.
    """
    told = disclosure(connection, scope, zone=zone, day_start=day_start, looks=looks)
    if not 0 < len(told.cuts) <= MOST_CUTS:
        raise LedgerError(
            f"an authorship sheet holds 1 to {MOST_CUTS} cuts, and the record knows {len(told.cuts)} of these",
            hint="Name the cuts of one registration, as in the tracker.",
        )
    return Authorship(told=told, cuts=tuple(_cut(connection, cut, scope, zone) for cut in told.cuts))


def _cut(connection: Connection | Session, cut: CutUse, scope: Scope, zone: str) -> CutAuthorship:
    record = shot_record(connection, cut.shot, zone=zone, show=scope.show, episode=cut.episode or None)
    standing = tuple(each for each in record.measures if not each.corrected_by)
    return CutAuthorship(
        cut=cut,
        claimed=tuple(_parts(record)),
        excluded=record.tools,
        pictures=tuple(_pictures(record, cut, standing)),
        statements=record.statements,
        measures=standing,
    )


_CLAIMED = {
    Kind.LAYOUT_DRAWN,
    Kind.LAYOUT_CORRECTED,
    Kind.LAYOUT_CLEANED,
    Kind.LAYOUT_APPROVED,
    Kind.REVISION_SUBMITTED,
    Kind.REVISION_APPROVED,
    Kind.REVISION_RETAKE,
}


def _parts(record: ShotRecord) -> Iterator[Part]:
    chosen = [deed for each in record.rounds for draft in each.drafts for deed in draft.deeds if deed.kind is Kind.DRAFT_CHOSEN]
    made = [deed for deed in record.people if deed.kind in _CLAIMED and deed.actor in ("human", "organisation")]
    for deed in sorted([*made, *chosen], key=lambda each: (each.at, each.index)):
        unknown = deed.by.naming is Naming.UNKNOWN and deed.set_by is not None
        yield Part(kind=deed.kind, by=deed.set_by if unknown and deed.set_by else deed.by, role=deed.role, index=deed.index)


def _pictures(record: ShotRecord, cut: CutUse, standing: Iterable[Measured]) -> Iterator[Picture]:
    """Layout, drafts, revisions, final and class maps, each once, in the order of the making."""
    seen: set[str] = set()

    def once(kind: str, sha256: str, index: int) -> Iterator[Picture]:
        if sha256 and sha256 not in seen:
            seen.add(sha256)
            yield Picture(kind=kind, sha256=sha256, index=index)

    finals = {piece.head for piece in cut.pieces if piece.final}
    for deed in record.people:
        if deed.kind in (Kind.LAYOUT_DRAWN, Kind.LAYOUT_CLEANED):
            yield from once("genzu", deed.sha256, deed.index)
    for each in record.rounds:
        for draft in each.drafts:
            yield from once("draft", draft.sha256, draft.index)
    for deed in record.done(Kind.REVISION_SUBMITTED):
        yield from once("final" if (deed.version_id or deed.sha256) in finals else "revision", deed.sha256, deed.index)
    for measured in standing:
        yield from once("class_map", measured.measure.map_sha256, measured.index)
