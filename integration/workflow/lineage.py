"""Which draft a revision comes from: what people say, then the very same file or pixels, then layers, then likeness; or unknown."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from integration.ledger.entry import Entry
from integration.ledger.vocabulary import Claim, Kind, Verdict
from integration.workflow.rounds import DeliveredPicture
from integration.workflow.statements import last_outcomes, last_stated

WITH_DRAFT = (Verdict.USED, Verdict.PARTLY_USED)
"""Outcomes that say that a draft is in the revision."""
WITHOUT_DRAFT = (Verdict.NOT_USED, Verdict.FROM_SCRATCH, Verdict.LAYOUT_ONLY)
"""Outcomes that say that it is not."""
LEAST_KEPT_PPM = 100_000
"""A draft is told by its pixels when this much of it shows no change…"""
CLEARLY = 2
"""…and so many times more than of any other."""


class FoundBy(StrEnum):
    """How the draft was found."""

    SAID = "said"
    """People say which, or that there is none."""
    SAME = "same"
    """It is the draft's file, or has its very pixels."""
    LAYERS = "layers"
    """A layer of the hand-off lies unchanged and visible in the file."""
    PIXELS = "pixels"
    """The pictures show the same paint."""
    UNKNOWN = "unknown"
    """Nothing tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where a revision comes from."""

    found_by: FoundBy
    draft: DeliveredPicture | None
    """None when it is unknown, or when people say that there is none."""


def lineage_of(
    drafts: Sequence[DeliveredPicture],
    *,
    entries: Iterable[Entry],
    revision: Entry,
    in_layers: Collection[str],
    kept_ppm: Callable[[DeliveredPicture], int],
) -> Lineage:
    """The draft that `revision` comes from.

    Args:
        drafts: those delivered for its part before it was handed in, the newest first.
        entries: the record of its part, in order.
        revision: its own entry.
        in_layers: SHA-256 of the drafts whose layers lie unchanged in the file.
        kept_ppm: measures how much of a draft shows no change in the revision; asked only where nothing better tells.
    """
    entries = list(entries)
    stated = last_stated(entries, revision)
    outcomes = last_outcomes(entries)
    said = [each for each in drafts if outcomes.get(each.sha256) in WITH_DRAFT]
    denied = {each.sha256 for each in drafts if outcomes.get(each.sha256) in WITHOUT_DRAFT}
    if stated and Claim.DRAFT_NOT_USED in stated.claims and not said:
        return Lineage(found_by=FoundBy.SAID, draft=None)
    if len(said) == 1:
        return Lineage(found_by=FoundBy.SAID, draft=said[0])
    if drafts and len(denied) == len(drafts):
        return Lineage(found_by=FoundBy.SAID, draft=None)
    left = said or [each for each in drafts if each.sha256 not in denied]
    if same := [each for each in left if each.sha256 in _the_same(entries, revision)]:
        return Lineage(found_by=FoundBy.SAME, draft=same[0])
    layered = [each for each in left if each.sha256 in in_layers]
    if len(layered) == 1:
        return Lineage(found_by=FoundBy.LAYERS, draft=layered[0])
    return _by_pixels(layered or left, kept_ppm)


def _the_same(entries: Iterable[Entry], revision: Entry) -> set[str]:
    """SHA-256 of the painted pictures whose file, labelled or not, or whose pixels are the revision's."""
    if revision.asset is None:
        return set()
    hashes = {revision.asset.sha256, revision.asset.pixel_sha256} - {""}
    painted = (entry for entry in entries if entry.kind in (Kind.DRAFT_RENDERED, Kind.DRAFT_DELIVERED) and entry.asset)
    alike = [entry for entry in painted if entry.asset and {entry.asset.sha256, entry.asset.pixel_sha256} & hashes]
    return {sha256 for entry in alike for sha256 in (entry.asset.sha256 if entry.asset else "", *(each.sha256 for each in entry.parents))}


def _by_pixels(drafts: Sequence[DeliveredPicture], kept_ppm: Callable[[DeliveredPicture], int]) -> Lineage:
    """The one draft that is clearly most like the revision."""
    ranked = sorted(((kept_ppm(each), -place) for place, each in enumerate(drafts)), reverse=True)
    if ranked and ranked[0][0] >= LEAST_KEPT_PPM and (len(ranked) == 1 or ranked[0][0] >= CLEARLY * ranked[1][0]):
        return Lineage(found_by=FoundBy.PIXELS, draft=drafts[-ranked[0][1]])
    return Lineage(found_by=FoundBy.UNKNOWN, draft=None)
