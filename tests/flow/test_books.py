"""What a genzu brings beyond its lines: BOOK parts, drafted and delivered apart, and rough colour that the Look is given."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.floor import Floor, Standing, approve
from tests.flow.test_main_job import entries_of
from tests.layered_genzu import write_layered_genzu
from tests.pretend_episode import Cut, draw_genzu
from tests.running_haikei import RunningHaikei, running_haikei


@pytest.fixture(scope="module")
def haikei(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> Iterator[RunningHaikei]:
    """The services over three cuts, one draft for each part."""
    with running_haikei(tmp_path_factory.mktemp("books"), cuts=3, project={"drafts": 1}, tracker=tracker) as running:
        yield running


def drawn(folder: Path, number: int) -> Path:
    """A sheet as a picture."""
    picture = folder / f"{number}.png"
    cv2.imwrite(str(picture), draw_genzu(number))
    return picture


def hand_in(floor: Floor, cut: Cut, name: str, picture: Path) -> str:
    """Somebody hands in a sheet on the layout task."""
    return floor.hand_in(cut, f"{cut.code} {name}", picture, task=floor.layout_task(cut))


def test_a_book_is_drafted_apart_reviewed_together_and_goes_with_its_sheet(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut = Cut(1)
    hand_in(floor, cut, "BOOK1", drawn(tmp_path, 21))

    approve(floor, cut)
    ground, book = (state_of(haikei, cut, part, "delivered") for part in ("BG", "BOOK1"))
    late = hand_in(floor, cut, "ブック2", drawn(tmp_path, 22))
    second = state_of(haikei, cut, "BOOK2", "delivered")
    drafts, notes = floor.drafts(cut), floor.notes(cut)
    floor.hand_in(cut, "c001 BOOK1 v001", drawn(tmp_path, 66), task=ground.review_task, by="artist")
    revision = haikei.wait(lambda: entries(haikei, cut, "revision.submitted"), what="the revision")
    floor.delete_version(late)
    state_of(haikei, cut, "BOOK2", "superseded")

    assert sorted(draft.name for draft in drafts) == [f"c001 {part} AI draft r1 A" for part in ("BG", "BOOK1", "BOOK2")]
    assert len({book.genzu_sha256, ground.genzu_sha256, second.genzu_sha256}) == 3
    assert {draft.task for draft in drafts} == {ground.review_task}
    assert len(floor.tasks(cut, "BG revision")) == 1
    assert sum("without transparency" in note.content for note in notes) == 2
    assert [entry["part"] for entry in revision] == ["BOOK1"]
    states = {round_.part: round_.state.value for round_ in haikei.rounds() if round_.code == cut.code}
    assert states == {"BG": "delivered", "BOOK1": "delivered", "BOOK2": "superseded"}
    assert floor.task(ground.review_task).standing is Standing.READY


def test_a_layered_genzu_has_its_books_in_one_file_and_one_without_withdraws_them(
    haikei: RunningHaikei, floor: Floor, tmp_path: Path
) -> None:
    cut = Cut(2)
    hand_in(floor, cut, "genzu layered", write_layered_genzu(tmp_path / "c002.psd", 31))

    approve(floor, cut)
    ground, book = (state_of(haikei, cut, part, "delivered") for part in ("BG", "BOOK1"))
    hand_in(floor, cut, "genzu flat", drawn(tmp_path, 32))
    state_of(haikei, cut, "BOOK1", "superseded")
    haikei.wait_for(cut.code, "delivered", number=2)

    assert book.genzu_sha256 == ground.genzu_sha256
    assert sorted((r.part, r.round, r.state.value) for r in haikei.rounds() if r.code == cut.code) == [
        ("BG", 1, "superseded"),
        ("BG", 2, "delivered"),
        ("BOOK1", 1, "superseded"),
    ]


def test_rough_colour_on_the_sheet_is_given_to_the_look(haikei: RunningHaikei, floor: Floor, tmp_path: Path) -> None:
    cut, sheet = Cut(3), draw_genzu(33)
    sheet[101:290, 65:812] = np.minimum(sheet[101:290, 65:812], (240, 200, 140))
    sheet[290:520, 65:812] = np.minimum(sheet[290:520, 65:812], (110, 190, 120))
    cv2.imwrite(str(tmp_path / "rough.png"), sheet)
    hand_in(floor, cut, "genzu rough", tmp_path / "rough.png")

    approve(floor, cut)
    haikei.wait_for(cut.code, "delivered")

    (rendered,) = entries(haikei, cut, "draft.rendered")
    assert [parent["relation"] for parent in rendered["parents"]] == ["inputTo", "inputTo"]
    assert any("rough colour" in note.content for note in floor.notes(cut))


def state_of(haikei: RunningHaikei, cut: Cut, part: str, state: str) -> Any:
    """Wait until the first round of a part reaches a state."""
    return haikei.wait(
        lambda: next((r for r in haikei.rounds() if (r.code, r.part, r.round, r.state.value) == (cut.code, part, 1, state)), None),
        what=f"{cut.code} {part} {state}",
    )


def entries(haikei: RunningHaikei, cut: Cut, kind: str) -> list[dict[str, Any]]:
    """The record's entries of one kind."""
    return [entry for body in entries_of(haikei, cut) if (entry := json.loads(body))["kind"] == kind]
