"""What was measured of revisions, as reports tell it: areas with an interval, layers, lines; each beside what it does not say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from integration.ledger.entry import Entry, Measure
from integration.ledger.vocabulary import LayerState, Relation
from integration.reports.terminal import safe

CAVEATS = (
    "Areas are of the picture, not of anybody's work: they tell neither who painted nor how long it took.",
    "What was repainted is told from below; a faithful repaint in the same flat colours cannot be seen.",
)
"""What the figures of a measure do not say."""
_FOUND = {
    "said": "as people say",
    "same": "for it is that very picture",
    "layers": "by a layer of the hand-off in the file",
    "pixels": "by its pixels",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measure of one revision."""

    index: int
    at: datetime
    """In the show's zone."""
    background: str
    part: str
    version_id: str
    """The tracker's Version."""
    sha256: str
    """The revision's file."""
    draft_sha256: str
    """The draft it was compared with; empty when there is none."""
    lineage: str
    """How that draft was found; see `ledger.entry.Measure`."""
    measure: Measure
    corrected_by: tuple[int, ...]
    """Indexes of measures made since, which stand in this one's place."""


def measured_of(entry: Entry, *, index: int, at: datetime, corrected_by: tuple[int, ...]) -> Measured | None:
    """What `entry` says was measured of a revision; None when it is about something else."""
    if entry.measure is None or not entry.measure.lineage:
        return None
    drafts = [parent.sha256 for parent in entry.parents if parent.relation is Relation.PARENT_OF]
    return Measured(
        index=index,
        at=at,
        background=entry.background,
        part=entry.part,
        version_id=entry.tracker.version_id if entry.tracker else "",
        sha256=entry.asset.sha256 if entry.asset else "",
        draft_sha256=drafts[0] if drafts else "",
        lineage=entry.measure.lineage,
        measure=entry.measure,
        corrected_by=corrected_by,
    )


def measured_lines(measures: Sequence[Measured]) -> Iterator[str]:
    """Each standing measure in words; those that were made anew are left to the JSON."""
    for each in measures:
        if each.corrected_by:
            continue
        found = _FOUND.get(each.lineage, safe(each.lineage))
        if each.draft_sha256:
            source = f"comes from draft {each.draft_sha256[:12]}, {found}"
        else:
            source = "comes from no draft, as people say" if each.lineage == "said" else "which draft it comes from is unknown"
        yield f"Version {safe(each.version_id)} {safe(each.part)}: {source}, {each.at:%Y-%m-%d %H:%M} #{each.index}"
        yield from (f"  {line}" for line in _areas(each.measure))


def _areas(measure: Measure) -> Iterator[str]:
    if (measure.repainted_least_ppm, measure.repainted_most_ppm) == (0, 1_000_000):
        yield "what was repainted cannot be told"
    elif measure.repainted_least_ppm is not None:
        yield (
            f"repainted: at least {_percent(measure.repainted_least_ppm)}, at most {_percent(measure.repainted_most_ppm)}; seen as no visible "
            f"change {_percent(measure.kept_ppm)}, adjusted {_percent(measure.adjusted_ppm)}, repainted {_percent(measure.repainted_ppm)}, "
            f"cannot tell {_percent(measure.cannot_tell_ppm)}"
        )
    if measure.layers:
        states = [layer.state for layer in measure.layers]
        told = ", ".join(f"{states.count(state)} {state.value}" for state in LayerState if state in states)
        covered = "cannot be told" if measure.painted_ppm is None else _percent(measure.painted_ppm)
        yield f"layers: {told}; visibly covered by new ones: {covered}"
    if measure.layout_kept_ppm is not None:
        yield f"the layout's lines kept: draft {_percent(measure.draft_layout_kept_ppm)}, revision {_percent(measure.layout_kept_ppm)}"
    if measure.reasons:
        yield f"what limits this: {', '.join(safe(reason.replace('_', ' ')) for reason in measure.reasons)}"


def _percent(ppm: int | None) -> str:
    return "unknown" if ppm is None else f"{ppm / 10_000:.0f} %"
