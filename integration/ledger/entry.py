"""One fact about one background, as the record keeps it: format v1, described in FORMAT.md.

An entry holds no name and no free text. People stand as references (`ledger.people`), sentences as salted hashes
(`ledger.texts`); both can be erased without touching the entry. Empty values (``None``, ``""``, ``()``) mean "not known or
does not apply" and are left out of the bytes.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from integration.ledger.vocabulary import ActorKind, Claim, Kind, LayerState, Relation, Role, SourceType, TimeSource, Verdict

VERSION = 1
"""The format this module writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who, or what, did it."""

    kind: ActorKind
    ref: str = ""
    """UUID from `ledger.people.person_ref`; empty when unknown or a machine without a name."""
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """The file an entry is about."""

    sha256: str
    """Of the file's bytes."""
    pixel_sha256: str = ""
    """Of the decoded H×W×3 uint8 sRGB pixels; survives a re-save."""
    media_type: str = ""
    """``image/png``."""
    width_px: int | None = None
    height_px: int | None = None
    size_bytes: int | None = None
    c2pa_manifest: str = ""
    """Label of the C2PA manifest that travels with the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A file the asset comes from."""

    sha256: str
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A program library that took part in painting."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ai:
    """What painted, and how: enough to name the tool and to paint the picture again."""

    model_id: str = ""
    """The model's public name, or the Look's; empty in a request, before anything painted."""
    revision: str = ""
    weights_sha256: str = ""
    """Over the weights as `look_sha256` lists them."""
    look_sha256: str = ""
    """Digest of the frozen Look: every setting of the studio."""
    recipe_sha256: str = ""
    """Digest of the stored recipe."""
    licence: str = ""
    scheduler: str = ""
    steps: int | None = None
    seed: int | None = None
    """0 to 2**63 - 1."""
    guidance_ppm: int | None = None
    """Classifier-free guidance times a million."""
    control_ppm: int | None = None
    """Weight of the layout's lines times a million."""
    strength_ppm: int | None = None
    """Share of noise added to a given picture, times a million."""
    prompt_commit: str = ""
    """From `ledger.texts.commit_text`."""
    former_prompt_commit: str = ""
    """Where the prompt was corrected between rounds: that of the former round."""
    negative_prompt_commit: str = ""
    prompt_lang: str = ""
    """BCP 47 tag."""
    prompt_writer_ref: str = ""
    """The person who wrote the prompt; empty when it was made from the shot's fields."""
    adapter_sha256: tuple[str, ...] = ()
    """LoRA files and the like, in the order applied."""
    device: str = ""
    """``cpu`` or the accelerator's product name."""
    render_ms: int | None = None
    """Milliseconds the model worked on this picture."""
    libraries: tuple[Library, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided; who pressed the button and who decided are two people until shown to be one."""

    verdict: Verdict
    set_by: str = ""
    """Reference of who set the status."""
    decided_by: str = ""
    """Reference of who decided; empty when the tracker does not say."""
    status: str = ""
    """The tracker's status code."""
    reason: str = ""
    """A code such as ``ai_not_allowed``: lower-case letters, digits and ``_ . -``, never a sentence."""
    reason_commit: str = ""
    """Commitment to what was said, from `ledger.texts.commit_text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Hours somebody put down."""

    minutes: int
    source: TimeSource
    confirmed: bool
    """Whether the person confirmed it."""
    withdrawn: bool = False
    """Whether the log was retired."""
    span_start_ms: int | None = None
    span_end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a returned file."""

    pixel_sha256: str
    state: LayerState
    name_commit: str = ""
    area_ppm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What changed from draft to revision, in classes of area; never one number."""

    name: str
    version: int
    params_sha256: str = ""
    kept_ppm: int | None = None
    adjusted_ppm: int | None = None
    repainted_ppm: int | None = None
    cannot_tell_ppm: int | None = None
    layout_kept_ppm: int | None = None
    layout_chance_ppm: int | None = None
    grade_milli_de: int | None = None
    scale_ppm: int | None = None
    shift_x_mpx: int | None = None
    """Thousandths of a pixel; may be negative."""
    shift_y_mpx: int | None = None
    """Thousandths of a pixel; may be negative."""
    layers: tuple[Layer, ...] = ()
    lineage: str = ""
    """A code: how the draft was found that the revision comes from, ``said``, ``same``, ``layers`` or ``pixels``; ``unknown`` when it was not."""
    repainted_least_ppm: int | None = None
    repainted_most_ppm: int | None = None
    painted_ppm: int | None = None
    """Area that new layers visibly cover, together."""
    draft_layout_kept_ppm: int | None = None
    """As `layout_kept_ppm`, of the draft."""
    outside_ppm: int | None = None
    """Share of the draft that lies outside the revision."""
    mirrored: bool | None = None
    turn_mdeg: int | None = None
    """Thousandths of a degree, counter-clockwise; may be negative."""
    reasons: tuple[str, ...] = ()
    """Codes: why something cannot be told."""
    map_sha256: str = ""
    """Of the stored map of areas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a person states about their own work."""

    claims: tuple[Claim, ...]
    tool: str = ""
    """Name of the program used."""
    signature: str = ""
    """Detached signature by the person's own key, base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A permission, such as to use AI; the actor granted it."""

    scope: str
    """``draft``, or ``final`` for final deliverables, too."""
    document_sha256: str = ""
    """Of the document in which it was given."""
    reference_commit: str = ""
    """Commitment to where it is written down."""
    until_ms: int | None = None
    """Last millisecond at which it holds, UTC."""
    steps: tuple[str, ...] = ()
    """Codes of the steps it covers."""
    seqs: tuple[str, ...] = ()
    """Codes of the episodes or sequences it covers; empty covers all."""
    vendors_commit: str = ""
    """Commitment to the names of those to whom the work must be assigned; empty: anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A head of the record that left the house."""

    size: int
    root_sha256: str
    sent_to: str
    """A code such as ``streamer`` or ``print``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerRef:
    """Where the tracker says so."""

    type: str
    """``shotgrid`` or ``ftrack``; the ids beside it are the tracker's own: numbers, or uuids."""
    site_hash: str
    """SHA-256 of the site's address, hex."""
    project_id: str = ""
    entity_type: str = ""
    entity_id: str = ""
    task_id: str = ""
    version_id: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A question about a Version for named people, or the answer to one; never a verdict."""

    reason: str
    """A code: what is asked about, such as ``undeclared_ai``, or how it was answered, such as ``declared_since``."""
    answers: int | None = None
    """Index of the entry that raised the question; None in that entry itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact, never edited; a mistake is put right by another entry that names it in `corrects`."""

    v: int = VERSION
    id: str
    """UUIDv7 from `new_id`."""
    kind: Kind
    at_ms: int
    """When it happened by the clock of whoever told us, UTC milliseconds."""
    recorded_ms: int
    """When it was written down by our clock, UTC milliseconds."""
    show: str
    """The show's code."""
    seq: str = ""
    """Episode or sequence code."""
    shots: tuple[str, ...] = ()
    """Codes of the cuts the background serves, each once."""
    background: str = ""
    """``Shot:1024`` or ``Asset:77``; what stands behind the colon is the tracker's id."""
    part: str = ""
    """``BG``, or a BOOK."""
    step: str = ""
    """The step's code."""
    actor: Actor
    on_behalf_of: str = ""
    """Reference of the person the actor acted for."""
    draft: str = ""
    """Name of the draft request this belongs to; the same in all entries of one round."""
    round: int | None = None
    """1 for the first round."""
    asset: Asset | None = None
    parents: tuple[Parent, ...] = ()
    source_type: SourceType | None = None
    ai: Ai | None = None
    decision: Decision | None = None
    time: Time | None = None
    measure: Measure | None = None
    statement: Statement | None = None
    approval: Approval | None = None
    checkpoint: Checkpoint | None = None
    flag: Flag | None = None
    tracker: TrackerRef | None = None
    policy_sha256: str = ""
    """Digest of the policy that held."""
    note_commit: str = ""
    """Commitment to a person's words, from `ledger.texts.commit_text`."""
    note_sha256: tuple[str, ...] = ()
    """Pictures that came with those words, such as what was drawn over a draft; each once, sorted."""
    corrects: int | None = None
    """Index of the entry this one puts right."""
    report: str = ""
    """Which report was handed out, a code such as ``shot``."""
    notice: str = ""
    """Version of the studio's AI-use notice, a code such as ``2026-11``; `asset` is its text."""
    to_ref: str = ""
    """Whom the notice was given to, or the house that something was handed over to."""


def entry_now(kind: Kind, *, at_ms: int | None = None, **fields: Any) -> Entry:
    """An entry of `kind` written down now, about what happened at `at_ms` or now."""
    now = datetime.now(UTC)
    recorded_ms = milliseconds(now)
    return Entry(id=new_id(now), kind=kind, at_ms=recorded_ms if at_ms is None else at_ms, recorded_ms=recorded_ms, **fields)


def entry_about(other: Entry, kind: Kind, **fields: Any) -> Entry:
    """An entry of `kind` written down now, about the same part of the same background as `other`."""
    place = {name: getattr(other, name) for name in ("show", "seq", "shots", "background", "part", "step")}
    return entry_now(kind, **place, **fields)


def new_id(now: datetime) -> str:
    """A UUIDv7 (RFC 9562, section 5.7) for an entry made at `now`: milliseconds, then 74 random bits."""
    number = milliseconds(now) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=number))


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds of an aware `moment`.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
