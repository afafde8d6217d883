"""Omitted, handed over, deleted, taken back: the record says each once, however often, late or never it is told."""

import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from integration.intake.sweep import sweep
from integration.ledger.vocabulary import Kind
from integration.measure.quality import Figures
from integration.production import ProjectId, TaskId, VersionId
from integration.workflow import handover
from integration.workflow.delivery import Delivery
from integration.workflow.order import Order
from integration.workflow.quality_gate import Painted, Sifted, Verdict
from render_service.client import load_look
from render_service.contract import Picture, RenderRequest, RenderResult, Scene
from tests.pretend_episode import PROJECT_ID
from tests.unit.workflow.reviewed_cut import CUT, ReviewedCut, reviewed_cut
from tests.unit.workflow.test_labels import png

LAYOUT, ARTIST = 42, 45
TASK = TaskId(str(CUT.layout_task))


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[ReviewedCut]:
    with reviewed_cut(tmp_path) as reviewed:
        yield reviewed


def states(cut: ReviewedCut) -> list[tuple[int, str]]:
    return [(each.round, each.state.value) for each in cut.rounds()]


def heal(cut: ReviewedCut) -> None:
    missing: set[VersionId] = set()
    for _ in range(2):
        sweep(cut.studio, cut.actions, whole=True, stop=threading.Event(), missing=missing)


def refs(cut: ReviewedCut, kind: Kind) -> list[bool]:
    """Whether each entry of a kind says who."""
    return [bool(entry.actor.ref) for entry in cut.entries(kind)]


def test_an_omission_before_delivery_cancels_and_its_end_starts_what_is_approved(cut: ReviewedCut) -> None:
    omitted = cut.status("omt")
    for _ in range(2):
        cut.actions.follow_background(omitted.background, because=omitted)
    cut.actions.reconsider(TASK, because=None)
    before = states(cut)
    back = cut.status("ip")
    for _ in range(2):
        cut.actions.follow_background(back.background, because=back)

    assert before == [(1, "cancelled")]
    assert states(cut) == [(1, "cancelled"), (2, "queued")]
    (ended,) = cut.entries(Kind.DRAFT_CANCELLED)
    assert ended.decision is not None and ended.decision.reason == "shot_omitted"


def test_an_omission_nobody_told_of_is_found_by_the_sweep(cut: ReviewedCut) -> None:
    cut.deliver()
    cut.status("omt")

    heal(cut)
    heal(cut)

    assert states(cut) == [(1, "superseded")]


def test_the_end_of_an_omission_starts_nothing_that_is_not_approved(cut: ReviewedCut) -> None:
    omitted = cut.status("omt")
    cut.actions.follow_background(omitted.background, because=omitted)
    cut.coordinator.update("Task", CUT.layout_task, {"sg_status_list": "rev"})
    back = cut.status("ip")

    cut.actions.follow_background(back.background, because=back)
    heal(cut)

    assert states(cut) == [(1, "cancelled")]


def test_an_omission_told_after_its_end_withdraws_nothing(cut: ReviewedCut) -> None:
    omitted = cut.status("omt")
    cut.status("ip")

    cut.actions.follow_background(omitted.background, because=omitted)

    assert states(cut) == [(1, "queued")]


def test_a_deletion_told_twice_is_recorded_once_and_the_draft_stays_what_it_was(cut: ReviewedCut) -> None:
    version = cut.deliver()
    gone = cut.delete(version)

    for _ in range(2):
        cut.actions.record_retirement(version, because=gone)
    heal(cut)

    assert refs(cut, Kind.VERSION_RETIRED) == [True]
    assert states(cut) == [(1, "delivered")]
    cut.studio.tracker.set_version_status(version, "sup")


def test_a_deletion_and_a_return_nobody_told_of_are_found_by_the_sweep(cut: ReviewedCut) -> None:
    version = cut.deliver()
    cut.delete(version)
    for _ in range(2):
        heal(cut)
    cut.revive(version)
    for _ in range(2):
        heal(cut)
    cut.delete(version)
    heal(cut)

    assert refs(cut, Kind.VERSION_RETIRED) == [False, False]
    assert refs(cut, Kind.VERSION_REVIVED) == [False]


def test_what_we_may_no_longer_see_is_not_called_deleted(cut: ReviewedCut) -> None:
    cut.delete(cut.deliver())
    cut.coordinator.delete("Shot", CUT.shot)

    heal(cut)

    assert cut.entries(Kind.VERSION_RETIRED) == []


def test_the_deletion_of_anything_else_is_not_recorded(cut: ReviewedCut) -> None:
    gone = cut.delete(VersionId(str(CUT.genzu)))

    cut.actions.record_retirement(gone.version, because=gone)

    assert cut.entries(Kind.VERSION_RETIRED) == []
    assert states(cut) == [(1, "queued")]


def test_a_handover_is_recorded_each_time_and_told_once(cut: ReviewedCut) -> None:
    cut.deliver()
    remember(cut)
    for people in ((LAYOUT,), (LAYOUT, ARTIST), (ARTIST,), (LAYOUT,)):
        event = cut.assign(*people)
        for _ in range(2):
            cut.actions.hand_over(event.task, because=event)

    assert refs(cut, Kind.HANDOVER).count(True) == 4 - 1 + handed_in(cut)
    assert len(cut.notes_to(LAYOUT)) == len(cut.notes_to(ARTIST)) == 1


def test_a_handover_nobody_told_of_is_found_by_the_sweep(cut: ReviewedCut) -> None:
    cut.deliver()
    remember(cut)
    cut.assign(LAYOUT)

    heal(cut)
    heal(cut)

    assert len(cut.entries(Kind.HANDOVER)) == 1 + handed_in(cut)
    assert len(cut.notes_to(LAYOUT)) == 1


def test_nobody_is_told_again_of_drafts_from_before_it_was_remembered_whom_we_told(cut: ReviewedCut) -> None:
    cut.deliver()
    cut.assign(LAYOUT)

    heal(cut)

    assert cut.notes_to(LAYOUT) == []


def test_a_handover_before_delivery_is_left_to_delivery(cut: ReviewedCut) -> None:
    task = cut.studio.tracker.tasks_of(ProjectId(str(PROJECT_ID)), step="Layout", statuses=())[0]

    handover.hand_over(cut.studio, task.id, None)

    assert len(cut.entries(Kind.HANDOVER)) == handed_in(cut)


def test_a_draft_deleted_while_it_is_delivered_is_made_anew(cut: ReviewedCut, tmp_path: Path) -> None:
    picture = cut.studio.storage.put(png(2), media_type="image/png")
    delivery = delivery_of(cut, picture.sha256)
    task = delivery.open_review_task()
    deleted = delivery.create_version(0, task)
    cut.delete(VersionId(deleted))

    shown = delivery.upload_picture(0, deleted, picture.sha256, task)
    delivery.put_in_playlist([deleted, shown])
    delivery.write_note(task, [deleted, shown])

    assert shown != deleted
    assert delivery.upload_picture(0, shown, picture.sha256, task) == shown
    (standing,) = cut.studio.tracker.versions_with_key(cut.rounds()[0].key)
    assert standing.id == shown and standing.media is not None


def delivery_of(cut: ReviewedCut, sha256: str) -> Delivery:
    """The newest round's delivery, with one picture."""
    look = load_look("house", ())
    request = RenderRequest(key="k", look=look, scene=Scene(), line_sha256="1" * 64, width_px=64, height_px=40, seeds=(7,))
    picture = Picture(seed=7, sha256=sha256, size_bytes=1, pixel_sha256="2" * 64)
    figures: Any = dict.fromkeys((each.name for each in fields(Figures)), 0)
    painted = Painted(
        number=0,
        painting=1,
        picture=picture,
        request=request,
        result=RenderResult(key="k", pictures=(picture,)),
        verdict=Verdict(faults=(), figures=Figures(**figures)),
        least_layout_kept=0,
    )
    order = Order(look=look, drafts=1, quality="flag", least_layout_kept=0, allowed_by="製作 一", allowed_reference="", asked_by="")
    return Delivery(studio=cut.studio, key=cut.rounds()[0].key, sifted=Sifted(delivered=(painted,)), order=order, desk=threading.Lock())


def remember(cut: ReviewedCut) -> None:
    """That the drafts were delivered to nobody."""
    with cut.studio.engine.begin() as connection:
        handover.remember_told(connection, cut.rounds()[-1].key, [])


def handed_in(cut: ReviewedCut) -> int:
    """Handovers of the genzu, which are other entries."""
    return sum(1 for entry in cut.entries(Kind.HANDOVER) if entry.asset is not None)
