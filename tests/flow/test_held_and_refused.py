"""What cannot or may not be drafted is held or refused visibly, renders nothing, and the others go on."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.floor import Floor, Standing, approve, reopen
from tests.flow.test_main_job import entries_of, hand_in_genzu
from tests.pretend_episode import Cut, draw_genzu
from tests.running_haikei import RunningHaikei, running_haikei


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over cuts that have no genzu yet."""
    with running_haikei(tmp_path_factory.mktemp("held"), cuts=20, genzu=False, tracker=tracker) as running:
        yield running


def hand_in(floor: Floor, cut: Cut, file: Path) -> str:
    """Somebody hands in any file as genzu."""
    return floor.hand_in(cut, f"{cut.code}_genzu", file, task=floor.layout_task(cut))


def test_an_approval_without_genzu_waits_visibly_and_starts_when_it_arrives(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(1)

    approve(floor, cut)
    haikei.wait(lambda: [h for h in haikei.held() if h.code == cut.code and h.kind == "genzu"], what="the held layout")
    haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")
    shown = haikei.haikei("status").stdout
    hand_in_genzu(floor, cut, tmp_path, number=1)
    haikei.wait_for(cut.code, "delivered")

    assert "c001" in shown and "No BG genzu" in shown
    assert not [h for h in haikei.held() if h.code == cut.code]


def test_a_genzu_that_comes_first_waits_for_the_approval(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(2)

    hand_in_genzu(floor, cut, tmp_path, number=2)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    assert len(floor.drafts(cut)) == 2


def picture(**mode: Any) -> Callable[[Path], None]:
    """Saves a good genzu in some odd form."""

    def save(path: Path) -> None:
        image = Image.fromarray(cv2.cvtColor(draw_genzu(9), cv2.COLOR_BGR2RGB))
        exif = Image.Exif()
        if mode.get("rotated"):
            image = image.transpose(Image.Transpose.ROTATE_90)
            exif[0x0112] = 6
        if mode.get("deep"):
            grey = np.asarray(image.convert("L")).astype(np.uint16) * 257
            Image.fromarray(grey).save(path, "PNG")
            return
        image.convert(mode.get("mode", "RGB")).save(path, mode.get("format", "PNG"), exif=exif)

    return save


@pytest.mark.parametrize(
    ("number", "save"),
    [
        (3, picture(deep=True)),
        (4, picture(mode="CMYK", format="JPEG")),
        (5, picture(rotated=True, format="JPEG")),
        (6, picture(mode="RGBA")),
    ],
    ids=["16-bit", "CMYK", "EXIF-rotated", "alpha"],
)
def test_an_odd_picture_that_can_be_used_is_used(
    haikei: RunningHaikei, floor: Floor, tmp_path: Path, number: int, save: Callable[[Path], object]
) -> None:
    cut, file = Cut(number), tmp_path / "genzu.png"
    save(file)

    hand_in(floor, cut, file)
    approve(floor, cut)

    haikei.wait_for(cut.code, "delivered")


def write(data: bytes) -> Callable[[Path], object]:
    """Writes just these bytes."""
    return lambda path: path.write_bytes(data)


def truncated(path: Path) -> None:
    """A picture cut off in the middle."""
    picture()(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def bomb(path: Path) -> None:
    """A small file that says it is 60,000 pixels square."""
    Image.new("1", (60000, 60000)).save(path)


@pytest.mark.parametrize(
    ("number", "save"),
    [
        (7, write(b"this is no picture")),
        (8, truncated),
        (9, bomb),
        (10, write(b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')),
        (11, lambda path: Image.new("RGB", (1754, 1240), "white").save(path)),
    ],
    ids=["no picture", "truncated", "bomb", "SVG", "empty sheet"],
)
def test_a_genzu_that_cannot_be_used_is_refused_with_a_reason_people_see(
    haikei: RunningHaikei, floor: Floor, tmp_path: Path, number: int, save: Callable[[Path], object]
) -> None:
    cut, file = Cut(number), tmp_path / "genzu.png"
    save(file)

    hand_in(floor, cut, file)
    approve(floor, cut)
    refused = haikei.wait_for(cut.code, "refused")
    (note,) = haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")

    assert refused.reason and refused.reason.split(".")[0] in note.content
    assert floor.drafts(cut) == []
    assert any(b'"draft.refused"' in body for body in entries_of(haikei, cut))
    assert refused.reason[:20] in haikei.haikei("status", "--json").stdout


def test_without_permission_nothing_is_rendered_and_people_are_told(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, project={"ai_use": []}, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        (held,) = haikei.wait(haikei.held, what="the held layout")
        (note,) = haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")
        haikei.wait(lambda: len(entries_of(haikei, cut)) == 2, what="approval and refusal in the record")

        assert held.kind == "policy"
        assert "not allowed" in note.content
        assert sorted(json.loads(body)["kind"] for body in entries_of(haikei, cut)) == ["draft.refused", "layout.approved"]
        assert haikei.rounds() == []
        assert floor.every_draft() == []
        assert haikei.stop() == 0


def test_a_permission_that_ends_leaves_delivered_drafts_alone(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=2, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        haikei.wait_for(cut.code, "delivered")
        haikei.stop()
        text = haikei.settings_file.read_text().replace("2099-12-31", "2020-01-01")
        haikei.settings_file.write_text(text)

        haikei.start()
        approve(floor, Cut(2))
        haikei.wait(lambda: [h for h in haikei.held() if h.code == "c002" and h.kind == "policy"], what="the sweep and the refusal")

        assert [(r.code, r.state.value) for r in haikei.rounds()] == [("c001", "delivered")]
        assert [h.code for h in haikei.held()] == ["c002"]
        assert len(floor.notes(cut)) == 1


def test_a_second_approved_layout_task_is_held_and_replaces_nothing(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(12)
    hand_in_genzu(floor, cut, tmp_path, number=12)
    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    second = floor.new_task(cut, "Layout B", step="Layout")
    hand_in_genzu(floor, cut, tmp_path, number=13, task=second)
    floor.set_task(second, Standing.APPROVED)
    (held,) = haikei.wait(lambda: [h for h in haikei.held() if h.code == cut.code], what="the held layout")

    assert held.kind == "layout"
    assert [(r.round, r.state.value) for r in haikei.rounds() if r.code == cut.code] == [(1, "delivered")]


def test_a_genzu_whose_file_is_gone_is_held_with_a_reason(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(13)
    floor.lose_file(hand_in_genzu(floor, cut, tmp_path, number=13))

    approve(floor, cut)
    haikei.wait(lambda: [h for h in haikei.held() if h.code == cut.code], what="the held layout")

    (note,) = haikei.wait(lambda: floor.notes(cut), what="the coordinator's Note")
    assert note.to == ["桜井 ひろ"]


def test_sigterm_ends_the_services_while_a_genzu_waits_for_a_worker(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, workers=0, tracker=tracker) as haikei:
        floor = haikei.floor
        approve(floor, cut)
        haikei.wait_for(cut.code, "rendering")

        assert haikei.stop() == 0
        haikei.start()
        worker = haikei.start_worker("late:0")
        haikei.wait_for(cut.code, "delivered")

        assert haikei.end(worker) == 0
        assert haikei.stop() == 0
        assert len(floor.drafts(cut)) == 2


@pytest.mark.timeout(300)
def test_an_unknown_status_code_fails_in_one_sentence_and_leaves_nothing_stuck(tmp_path: Path, tracker: str) -> None:
    cut = Cut(1)
    with running_haikei(tmp_path, cuts=1, tracker=tracker) as haikei:
        floor = haikei.floor
        haikei.stop()
        haikei.settings_file.write_text(haikei.settings_file.read_text() + '\ndraft_status = "nope"\n')
        haikei.start()

        approve(floor, cut)
        haikei.wait(lambda: [r for r in haikei.rounds() if r.state.value == "failed" and r.attempt == 5], what="five tries")
        (failed,) = haikei.rounds()
        told = haikei.haikei("doctor")
        reopen(floor, cut)
        haikei.wait_for(cut.code, "superseded")

        assert "nope" in failed.reason and "Traceback" not in failed.reason
        assert failed.renders == 1
        assert told.returncode == 1 and "nope" in told.stdout
        assert floor.drafts(cut) == []
        assert haikei.stop() == 0
