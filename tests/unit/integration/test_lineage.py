"""Where a revision comes from: words over layers, layers over pixels, and "unknown" where nothing tells."""

from collections.abc import Callable
from typing import Any

import pytest

from integration.ledger.entry import Actor, Asset, Decision, Entry, Statement, entry_now
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Verdict
from integration.workflow.lineage import FoundBy, lineage_of
from integration.workflow.rounds import DeliveredPicture

ARTIST, OTHER = "6f1f3a52-0c2b-4d55-9a53-8a1c5b0e7a01", "0b9d2f6e-5b1c-4b8e-8f43-2f7f0f4d1c02"
A, B = (DeliveredPicture(draft="d", number=n, seed=n, sha256=str(n) * 64, version=str(n)) for n in (0, 1))


def said(kind: Kind, by: str = ARTIST, **fields: Any) -> Entry:
    return entry_now(kind, show="s", background="Shot:1", part="BG", actor=Actor(kind=ActorKind.HUMAN, ref=by), **fields)


def outcome(draft: DeliveredPicture, verdict: Verdict) -> Entry:
    return said(Kind.DRAFT_OUTCOME, asset=Asset(sha256=draft.sha256), decision=Decision(verdict=verdict))


def without_draft(by: str = ARTIST) -> Entry:
    return said(Kind.STATEMENT_SIGNED, by, statement=Statement(claims=(Claim.DRAFT_NOT_USED, Claim.PAINTED_BY_HAND)))


REVISION = said(Kind.REVISION_SUBMITTED, asset=Asset(sha256="9" * 64))


def kept(**ppm: int) -> Callable[[DeliveredPicture], int]:
    return lambda draft: ppm["a" if draft is A else "b"]


def never(draft: DeliveredPicture) -> int:
    raise AssertionError("nothing had to be measured")


@pytest.mark.parametrize("verdict", [Verdict.USED, Verdict.PARTLY_USED])
def test_what_people_say_outranks_layers_and_pixels(verdict: Verdict) -> None:
    found = lineage_of([A, B], entries=[outcome(B, verdict)], revision=REVISION, in_layers={A.sha256}, kept_ppm=never)

    assert (found.found_by, found.draft) == (FoundBy.SAID, B)


def test_the_last_word_counts() -> None:
    entries = [outcome(A, Verdict.USED), outcome(A, Verdict.NOT_USED), outcome(B, Verdict.USED)]

    found = lineage_of([A, B], entries=entries, revision=REVISION, in_layers=(), kept_ppm=never)

    assert found.draft is B


def test_painted_without_a_draft_is_said_by_the_painter_alone() -> None:
    theirs = lineage_of([A, B], entries=[without_draft()], revision=REVISION, in_layers={A.sha256}, kept_ppm=never)
    anothers = lineage_of([A, B], entries=[without_draft(OTHER)], revision=REVISION, in_layers={A.sha256}, kept_ppm=never)

    assert (theirs.found_by, theirs.draft) == (FoundBy.SAID, None)
    assert (anothers.found_by, anothers.draft) == (FoundBy.LAYERS, A)


def test_every_draft_denied_is_none() -> None:
    entries = [outcome(A, Verdict.NOT_USED), outcome(B, Verdict.FROM_SCRATCH)]

    found = lineage_of([A, B], entries=entries, revision=REVISION, in_layers={A.sha256}, kept_ppm=never)

    assert (found.found_by, found.draft) == (FoundBy.SAID, None)


def test_a_layer_outranks_pixels() -> None:
    found = lineage_of([A, B], entries=[], revision=REVISION, in_layers={B.sha256}, kept_ppm=never)

    assert (found.found_by, found.draft) == (FoundBy.LAYERS, B)


def test_pixels_tell_only_where_one_draft_is_clearly_like_it() -> None:
    clear = lineage_of([A, B], entries=[], revision=REVISION, in_layers=(), kept_ppm=kept(a=600_000, b=100_000))
    close = lineage_of([A, B], entries=[], revision=REVISION, in_layers=(), kept_ppm=kept(a=600_000, b=400_000))
    faint = lineage_of([A, B], entries=[], revision=REVISION, in_layers=(), kept_ppm=kept(a=50_000, b=0))

    assert (clear.found_by, clear.draft) == (FoundBy.PIXELS, A)
    assert {(close.found_by, close.draft), (faint.found_by, faint.draft)} == {(FoundBy.UNKNOWN, None)}


def test_the_very_same_pixels_outrank_layers() -> None:
    rendered = said(Kind.DRAFT_RENDERED, asset=Asset(sha256=A.sha256, pixel_sha256="7" * 64))
    handed_in = said(Kind.REVISION_SUBMITTED, asset=Asset(sha256="9" * 64, pixel_sha256="7" * 64))

    found = lineage_of([A, B], entries=[rendered], revision=handed_in, in_layers={B.sha256}, kept_ppm=never)

    assert (found.found_by, found.draft) == (FoundBy.SAME, A)


def test_two_drafts_said_to_be_in_it_are_told_apart_by_pixels() -> None:
    entries = [outcome(A, Verdict.PARTLY_USED), outcome(B, Verdict.PARTLY_USED)]

    found = lineage_of([A, B], entries=entries, revision=REVISION, in_layers=(), kept_ppm=kept(a=100_000, b=500_000))

    assert (found.found_by, found.draft) == (FoundBy.PIXELS, B)


def test_without_drafts_nothing_is_known() -> None:
    assert lineage_of([], entries=[], revision=REVISION, in_layers=(), kept_ppm=never).found_by is FoundBy.UNKNOWN
