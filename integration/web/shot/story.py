"""A cut's record as it is shown: pictures in their order, part by part, and everything that was done, each beside its entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from integration.language import Words
from integration.ledger import texts
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Kind, LayerState, Verdict
from integration.reports.measured import Measured
from integration.reports.shot_record import Deed, Round, ShotRecord
from integration.web.shot import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of the story."""

    kind: str
    """``genzu``, ``draft``, ``revision`` or ``final``."""
    title: Words
    index: int
    """The entry that speaks of it."""
    sha256: str
    """Empty where the entry names no file."""
    at: datetime
    by: PersonName | None
    """None for a machine's."""
    notes: tuple[Deed, ...] = ()
    """What was decided or said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was measured of one revision."""

    measured: Measured
    layers: tuple[tuple[LayerState, str | None, int | None], ...]
    """State, name (None when erased or not kept), and visible area in millionths, of each layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The story of one part of the background."""

    name: str
    frames: tuple[Frame, ...]
    left: int
    """Place among the frames with a picture of what is compared with the last."""
    changes: tuple[Change, ...]

    @property
    def pictures(self) -> tuple[Frame, ...]:
        """The frames that have one."""
        return tuple(frame for frame in self.frames if frame.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing recorded."""

    index: int
    kind: Kind
    at: datetime
    part: str
    deed: Deed | None
    """None where a machine painted or measured."""


def parts_of(connection: sa.Connection, record: ShotRecord) -> list[Part]:
    """Each part's story, the BG first.

    Raises:
        LedgerError: the words kept for a layer's name were changed.
    """
    deeds = [*record.people, *(deed for each in record.rounds for deed in each.deeds)]
    named = dict.fromkeys(
        [*(each.part for each in record.rounds), *(deed.part for deed in deeds), *(each.part for each in record.measures)]
    )
    names = sorted({name or "BG" for name in named}, key=lambda name: (name != "BG", name))
    return [_part(connection, record, name) for name in names]


def events_of(record: ShotRecord) -> list[Event]:
    """Everything recorded, oldest first."""
    deeds = [*record.people, *record.refusals, *record.statements, *record.other]
    deeds += [deed for each in record.rounds for deed in (*each.deeds, *(deed for draft in each.drafts for deed in draft.deeds))]
    found = {deed.index: Event(index=deed.index, kind=deed.kind, at=deed.at, part=deed.part, deed=deed) for deed in deeds}
    for each in record.rounds:
        for draft in each.drafts:
            found[draft.index] = Event(index=draft.index, kind=Kind.DRAFT_RENDERED, at=draft.at, part=each.part, deed=None)
    for measure in record.measures:
        found[measure.index] = Event(index=measure.index, kind=Kind.MEASURE_COMPUTED, at=measure.at, part=measure.part, deed=None)
    return sorted(found.values(), key=lambda event: (event.at, event.index))


def _part(connection: sa.Connection, record: ShotRecord, name: str) -> Part:
    measures = [each for each in record.measures if (each.part or "BG") == name and not each.corrected_by]
    frames = [*_genzu(record, name), *(frame for each in record.rounds if (each.part or "BG") == name for frame in _drafts(each))]
    frames += _revisions(record, name)
    shown = [frame for frame in frames if frame.sha256]
    return Part(
        name=name,
        frames=tuple(frames),
        left=_left(shown, measures),
        changes=tuple(_change(connection, each) for each in reversed(measures)),
    )


_GENZU = (Kind.LAYOUT_DRAWN, Kind.LAYOUT_CORRECTED, Kind.LAYOUT_CLEANED, Kind.HANDOVER)


def _genzu(record: ShotRecord, part: str) -> Iterator[Frame]:
    """Each genzu once; a part without one of its own is painted from the BG's."""
    drawn = [deed for deed in record.people if deed.kind in _GENZU and deed.sha256 and not deed.to]
    own = [deed for deed in drawn if (deed.part or "BG") == part] or drawn
    decisions = tuple(deed for deed in record.people if deed.kind in (Kind.LAYOUT_APPROVED, Kind.LAYOUT_REOPENED))
    first: dict[str, Deed] = {}
    for deed in own:
        first.setdefault(deed.sha256, deed)
    for place, deed in enumerate(first.values(), start=1):
        by = None if deed.kind is Kind.HANDOVER else deed.by
        notes = decisions if place == len(first) else ()
        yield Frame(kind="genzu", title=words.GENZU, index=deed.index, sha256=deed.sha256, at=deed.at, by=by, notes=notes)


def _drafts(each: Round) -> Iterator[Frame]:
    for place, draft in enumerate(each.drafts):
        title = words.draft_title(place, each.round)
        notes = tuple(deed for deed in draft.deeds if deed.kind in (Kind.DRAFT_OUTCOME, Kind.DRAFT_CHOSEN, Kind.DRAFT_REJECTED))
        yield Frame(kind="draft", title=title, index=draft.index, sha256=draft.sha256, at=draft.at, by=None, notes=notes)


def _revisions(record: ShotRecord, part: str) -> Iterator[Frame]:
    handed_in = [deed for deed in record.done(Kind.REVISION_SUBMITTED) if (deed.part or "BG") == part]
    decisions = [deed for deed in record.people if deed.kind in (Kind.REVISION_APPROVED, Kind.REVISION_RETAKE)]
    for deed in handed_in:
        notes = tuple(each for each in decisions if each.sha256 == deed.sha256 or (each.version_id and each.version_id == deed.version_id))
        notes += tuple(each for each in record.statements if each.sha256 == deed.sha256)
        decided = [each for each in notes if each.kind is not Kind.STATEMENT_SIGNED]
        is_final = bool(decided) and decided[-1].kind is Kind.REVISION_APPROVED
        title = words.FINAL if is_final else words.REVISION
        kind = "final" if is_final else "revision"
        yield Frame(kind=kind, title=title, index=deed.index, sha256=deed.sha256, at=deed.at, by=deed.for_whom or deed.by, notes=notes)


def _left(shown: Sequence[Frame], measures: Sequence[Measured]) -> int:
    """What the last picture is compared with at first: its draft, else a draft that was used, else the first of all."""
    sources = {each.draft_sha256 for each in measures if shown and each.sha256 == shown[-1].sha256}
    ranked = [(frame.sha256 not in sources, not _is_used(frame), frame.kind != "draft", place) for place, frame in enumerate(shown[:-1])]
    return min(ranked)[-1] if ranked else 0


def _is_used(frame: Frame) -> bool:
    said = [deed.verdict for deed in frame.notes if deed.kind is Kind.DRAFT_OUTCOME]
    return bool(said) and said[-1] in (Verdict.USED, Verdict.PARTLY_USED)


def _change(connection: sa.Connection, measured: Measured) -> Change:
    layers = tuple(
        (layer.state, texts.reveal(connection, layer.name_commit) if layer.name_commit else None, layer.area_ppm)
        for layer in measured.measure.layers
    )
    return Change(measured=measured, layers=layers)
