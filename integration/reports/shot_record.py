"""What the record says of one cut: who did what in which order, which drafts a machine made, and what became of them.

Several facts side by side and never one number; what nobody told us is "unknown", not zero.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from integration.errors import LedgerError
from integration.ledger import log, people, texts
from integration.ledger.entry import Ai, Decision, Entry
from integration.ledger.people import PersonName
from integration.ledger.vocabulary import Kind
from integration.reports.measured import Measured, measured_of
from integration.reports.tools import Tool, tools_of

Logged = tuple[int, Entry]
"""An entry with its index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that was done or decided, with the entry that says so."""

    index: int
    """The entry's place in the record."""
    kind: Kind
    at: datetime
    """When it happened, in the show's zone."""
    recorded: datetime
    """When it was written down, in the show's zone."""
    by: PersonName
    """Who did it; for a decision, who decided."""
    set_by: PersonName | None = None
    """For a decision: who set the status."""
    role: str = ""
    """What they did it as; empty when nobody says."""
    actor: str = "human"
    """``human``, ``machine``, ``organisation`` or ``script``."""
    background: str = ""
    part: str = ""
    verdict: str = ""
    status: str = ""
    """The tracker's status code."""
    reason: str = ""
    """A code."""
    words: str | None = ""
    """What was said; None when it was erased."""
    sha256: str = ""
    """The file it is about."""
    version_id: str = ""
    """The tracker's Version."""
    claims: tuple[str, ...] = ()
    """What somebody states of their own work."""
    tool: str = ""
    """The program they say they used."""
    for_whom: PersonName | None = None
    """Whom the doer spoke for, where it was not themselves."""
    to: PersonName | None = None
    """To whom something was handed over."""
    corrects: int | None = None
    corrected_by: tuple[int, ...] = ()
    """Indexes of the entries that put this one right; both are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One picture a machine made, and what became of it."""

    index: int
    at: datetime
    sha256: str
    pixel_sha256: str
    model_id: str
    look_sha256: str
    """Digest of every setting that painted it."""
    weights_sha256: str
    seed: int | None
    seconds: float | None
    """How long the machine painted; None when unknown."""
    deeds: tuple[Deed, ...]
    """Delivery, choice, outcome, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One request for drafts of one part of the background."""

    draft: str
    """Name of the request."""
    round: int | None
    background: str
    part: str
    drafts: tuple[Draft, ...]
    deeds: tuple[Deed, ...]
    """Request, cancellation, replacement: what concerns the whole round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRecord:
    """Everything recorded of one cut."""

    shot: str
    show: str
    seqs: tuple[str, ...]
    zone: str
    backgrounds: tuple[str, ...]
    other_shots: tuple[str, ...]
    """Cuts that share a background with this one."""
    people: tuple[Deed, ...]
    """Layout, corrections, clean-up, approvals and revisions, in order of time."""
    rounds: tuple[Round, ...]
    refusals: tuple[Deed, ...]
    statements: tuple[Deed, ...]
    """How people say they worked."""
    measures: tuple[Measured, ...]
    """What changed from draft to revision, with every measure that was made anew since."""
    other: tuple[Deed, ...]
    """Whatever else is recorded: corrections."""
    time_logged: bool
    """Whether anybody logged hours on it: whose and how many is kept for them and payroll, for a cut has too few people to hide one."""
    tools: tuple[Tool, ...]
    draft_rounds: Mapping[str, int]
    """How many rounds of drafts were asked for, by part."""
    retakes: Mapping[str, int]
    """How often a revision went back to its artist, by part; never counted with the rounds, nor by person."""
    size: int
    """How many entries the whole record held when this was read."""

    def done(self, kind: Kind) -> tuple[Deed, ...]:
        """What people did of `kind`, in order of time; empty when the record does not know."""
        return tuple(deed for deed in self.people if deed.kind is kind)


def shot_record(
    connection: Connection | Session,
    shot_code: str,
    *,
    zone: str,
    zones: Mapping[str, str] | None = None,
    show: str | None = None,
    episode: str | None = None,
    corrections: Collection[int] | None = None,
) -> ShotRecord:
    """What the record says of the cut `shot_code`, with times in the zone `zones` has for its show, else in `zone` (``Asia/Tokyo``).

    `corrections` are the indexes of those of its entries, where the caller knows them; otherwise all corrections are read.

    Raises:
        LedgerError: several shows, or several episodes of one, have such a cut and `show` or `episode` names none; or a stored
            entry is damaged.
    """
    shot_code = normalize("NFC", shot_code)
    logged = [item for item in log.read(connection, shot=shot_code, show=show) if item[1].kind not in _FOR_NAMED_PEOPLE]
    shows = sorted({entry.show for _, entry in logged})
    if len(shows) > 1:
        raise LedgerError(f"cut {shot_code} is in several shows: {', '.join(shows)}", hint="Name the show as well, with --show.")
    logged = _with_corrections(connection, _of_episode(logged, shot_code, episode), corrections)
    zone = (zones or {}).get(shows[0], zone) if shows else zone
    time_logged = any(entry.kind is Kind.TIME_LOGGED for _, entry in logged)
    logged = sorted(_without_hours(logged), key=lambda item: (item[1].at_ms, item[0]))
    tell = _teller(connection, logged, ZoneInfo(zone))
    told = [(entry, tell((index, entry))) for index, entry in logged]
    return ShotRecord(
        shot=shot_code,
        show=shows[0] if shows else show or "",
        seqs=_each(entry.seq for _, entry in logged),
        zone=zone,
        backgrounds=_each(entry.background for _, entry in logged),
        other_shots=_each(shot for _, entry in logged for shot in entry.shots if shot != shot_code),
        people=tuple(deed for _, deed in told if deed.kind in _PEOPLE),
        rounds=tuple(_rounds(told)),
        refusals=tuple(deed for _, deed in told if deed.kind is Kind.DRAFT_REFUSED),
        statements=tuple(deed for _, deed in told if deed.kind is Kind.STATEMENT_SIGNED),
        measures=tuple(filter(None, (_measured(entry, deed) for entry, deed in told))),
        other=tuple(deed for _, deed in told if deed.kind not in _PEOPLE | _DRAFT | _APART),
        tools=tuple(tools_of([entry for _, entry in logged])),
        draft_rounds=dict(Counter(deed.part for _, deed in told if deed.kind is Kind.DRAFT_REQUESTED)),
        retakes=dict(Counter(deed.part for _, deed in told if deed.kind is Kind.REVISION_RETAKE)),
        time_logged=time_logged,
        size=log.size(connection),
    )


def as_json(record: ShotRecord) -> dict[str, Any]:
    """`record` as plain data; times in ISO 8601 with their offset, names unescaped."""
    plain: dict[str, Any] = _json(asdict(record))
    return plain


_PEOPLE = frozenset(
    {
        Kind.LAYOUT_DRAWN,
        Kind.LAYOUT_CORRECTED,
        Kind.LAYOUT_CLEANED,
        Kind.LAYOUT_APPROVED,
        Kind.LAYOUT_REOPENED,
        Kind.HANDOVER,
        Kind.REVISION_SUBMITTED,
        Kind.REVISION_APPROVED,
        Kind.REVISION_RETAKE,
    }
)
_APART = frozenset({Kind.DRAFT_REFUSED, Kind.STATEMENT_SIGNED, Kind.MEASURE_COMPUTED, Kind.LAYERS_SHIPPED})
_FOR_NAMED_PEOPLE = frozenset({Kind.FLAG_RAISED, Kind.FLAG_ANSWERED})
"""Questions about a Version go to those who were asked, and into no report."""
_DRAFT = frozenset(
    {
        Kind.DRAFT_REQUESTED,
        Kind.DRAFT_RENDERED,
        Kind.DRAFT_DELIVERED,
        Kind.DRAFT_CANCELLED,
        Kind.DRAFT_SUPERSEDED,
        Kind.DRAFT_CHOSEN,
        Kind.DRAFT_REJECTED,
        Kind.DRAFT_OUTCOME,
        Kind.PROMPT_CORRECTED,
    }
)


def _measured(entry: Entry, deed: Deed) -> Measured | None:
    return measured_of(entry, index=deed.index, at=deed.at, corrected_by=deed.corrected_by)


def _of_episode(logged: list[Logged], shot_code: str, episode: str | None) -> list[Logged]:
    """The entries of one episode; one that names none belongs to its background's."""
    episodes = sorted({entry.seq for _, entry in logged} - {""})
    if episode is None:
        if len(episodes) > 1:
            raise LedgerError(
                f"cut {shot_code} is in several episodes: {', '.join(episodes)}", hint="Name the episode as well, with --episode."
            )
        return logged
    episode = normalize("NFC", episode)
    own = {entry.background for _, entry in logged if entry.seq == episode} - {""}
    return [item for item in logged if item[1].seq == episode or (not item[1].seq and item[1].background in own)]


def _with_corrections(connection: Connection | Session, logged: Sequence[Logged], among: Collection[int] | None) -> list[Logged]:
    """`logged` with its corrections, and theirs in turn, that do not name the cut themselves."""
    known = {index for index, _ in logged}
    if among is None:
        corrections = log.read(connection, kinds=[Kind.CORRECTION])
    else:
        corrections = (found for index in sorted(among) for found in log.read(connection, first=index, end=index + 1))
    found = list(logged)
    for index, entry in corrections:
        if entry.corrects in known and index not in known:
            known.add(index)
            found.append((index, entry))
    return found


def _without_hours(logged: Sequence[Logged]) -> list[Logged]:
    """`logged` without hours and estimates, and what people say is wrong with them."""
    hours: set[int] = set()
    for index, entry in sorted(logged, key=lambda item: item[0]):
        if entry.kind in (Kind.TIME_LOGGED, Kind.TIME_ESTIMATED) or entry.corrects in hours:
            hours.add(index)
    return [item for item in logged if item[0] not in hours]


def _teller(connection: Connection | Session, logged: Sequence[Logged], zone: ZoneInfo) -> Callable[[Logged], Deed]:
    """What turns an entry into a deed: with names for references, words for commitments, and its corrections."""
    names = people.names(connection, {ref for _, entry in logged for ref in _refs(entry)})
    corrected: dict[int, tuple[int, ...]] = {}
    for index, entry in sorted(logged, key=lambda item: item[0]):
        if entry.corrects is not None:
            corrected[entry.corrects] = (*corrected.get(entry.corrects, ()), index)

    def tell(item: Logged) -> Deed:
        index, entry = item
        deed = Deed(
            index=index,
            kind=entry.kind,
            at=_moment(entry.at_ms, zone),
            recorded=_moment(entry.recorded_ms, zone),
            by=names[entry.actor.ref],
            role=entry.actor.role.value if entry.actor.role else "",
            actor=entry.actor.kind.value,
            background=entry.background,
            part=entry.part,
            words=_words(connection, entry.note_commit),
            sha256=entry.asset.sha256 if entry.asset else "",
            version_id=entry.tracker.version_id if entry.tracker else "",
            claims=tuple(claim.value for claim in entry.statement.claims) if entry.statement else (),
            tool=entry.statement.tool if entry.statement else "",
            for_whom=names[entry.on_behalf_of] if entry.on_behalf_of else None,
            to=names[entry.to_ref] if entry.to_ref else None,
            corrects=entry.corrects,
            corrected_by=corrected.get(index, ()),
        )
        return _with_decision(connection, deed, entry.decision, names) if entry.decision else deed

    return tell


def _with_decision(connection: Connection | Session, deed: Deed, decision: Decision, names: dict[str, PersonName]) -> Deed:
    outcome = deed.kind in {Kind.DRAFT_OUTCOME, Kind.DRAFT_CANCELLED, Kind.DRAFT_SUPERSEDED, Kind.DRAFT_REFUSED, Kind.CORRECTION}
    return replace(
        deed,
        by=deed.by if outcome else names[decision.decided_by],
        set_by=None if outcome else names[decision.set_by],
        verdict=decision.verdict.value,
        status=decision.status,
        reason=decision.reason,
        words=_words(connection, decision.reason_commit) if decision.reason_commit else deed.words,
    )


def _rounds(told: Sequence[tuple[Entry, Deed]]) -> Iterator[Round]:
    """The drafts by round, in order of time; an entry without a round finds its own by the picture."""
    drafts = [(entry, deed) for entry, deed in told if entry.kind in _DRAFT]
    round_of = {deed.sha256: entry.draft for entry, deed in drafts if entry.kind is Kind.DRAFT_RENDERED}
    for name in _each((entry.draft or round_of.get(deed.sha256, "") for entry, deed in drafts), empty=True):
        own = [(entry, deed) for entry, deed in drafts if (entry.draft or round_of.get(deed.sha256, "")) == name]
        painted = {deed.sha256 for entry, deed in own if entry.kind is Kind.DRAFT_RENDERED}
        first = own[0][0]
        yield Round(
            draft=name,
            round=next((entry.round for entry, _ in own if entry.round is not None), None),
            background=first.background,
            part=first.part,
            drafts=tuple(_draft(item, own) for item in own if item[0].kind is Kind.DRAFT_RENDERED),
            deeds=tuple(item[1] for item in own if not _pictures(item) & painted),
        )


def _pictures(item: tuple[Entry, Deed]) -> set[str]:
    """The pictures an entry speaks of: its own file, and those it comes from."""
    entry, deed = item
    return ({deed.sha256} | {parent.sha256 for parent in entry.parents}) - {""}


def _draft(item: tuple[Entry, Deed], own: Sequence[tuple[Entry, Deed]]) -> Draft:
    entry, deed = item
    ai, asset = entry.ai or Ai(), entry.asset
    return Draft(
        index=deed.index,
        at=deed.at,
        sha256=deed.sha256,
        pixel_sha256=asset.pixel_sha256 if asset else "",
        model_id=ai.model_id,
        look_sha256=ai.look_sha256,
        weights_sha256=ai.weights_sha256,
        seed=ai.seed,
        seconds=None if ai.render_ms is None else ai.render_ms / 1000,
        deeds=tuple(other[1] for other in own if other[0].kind is not Kind.DRAFT_RENDERED and deed.sha256 in _pictures(other)),
    )


def _refs(entry: Entry) -> set[str]:
    decision = (entry.decision.set_by, entry.decision.decided_by) if entry.decision else ()
    return {"", entry.actor.ref, entry.on_behalf_of, entry.to_ref, *decision}


def _words(connection: Connection | Session, commitment: str) -> str | None:
    return texts.reveal(connection, commitment) if commitment else ""


def _moment(ms: int, zone: ZoneInfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(zone)


def _each(values: Iterable[str], *, empty: bool = False) -> tuple[str, ...]:
    """Each value once, in order of first appearance."""
    return tuple(dict.fromkeys(value for value in values if value or empty))


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {key: _json(member) for key, member in value.items()}
        case list() | tuple():
            return [_json(member) for member in value]
        case datetime():
            return value.isoformat()
    return value
