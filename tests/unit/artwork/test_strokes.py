"""What pencils, markers and handwriting mean on a sheet is told apart."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from integration.artwork.genzu import register_genzu
from integration.artwork.writing import find_writing
from integration.errors import ArtworkError
from render_service.house.line_drawing import draw_layout
from render_service.house.scene import scenery
from tests.unit.artwork.sheets import Picture, Sheet, checked, drawn, note_mask, true_cel, true_lines
from tests.unit.artwork.test_genzu import SIZE, found_and_true, overlap, register


def layout(seed: int) -> Picture:
    """H×W uint8, 0 none to 255 a full line: a layout of the house painter's at 150 dpi."""
    return np.asarray(255 - draw_layout(scenery(seed), 844, 1500), dtype=np.uint8)


def test_a_note_in_the_frame_leaves_no_lines_and_is_told() -> None:
    sheet = Sheet(note=True, noise=4, turned_deg=1)
    left, top, right, bottom = sheet.frame
    note = cv2.resize(note_mask(sheet)[top + 4 : bottom - 4, left + 4 : right - 4], (960, 540), interpolation=cv2.INTER_AREA) > 127

    genzu = register(sheet)

    assert (genzu.line[note] < 128).mean() < 0.1
    assert (genzu.writing_mask[note] == 255).mean() > 0.9
    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.97
    assert any("handwriting" in note for note in genzu.notes)


def test_an_arrow_that_belongs_to_a_note_goes_with_it() -> None:
    lines = layout(500)
    lines[:300] = 0
    cv2.putText(lines, "SLIDE", (100, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 2, cv2.LINE_AA)
    cv2.putText(lines, "Bokeh", (100, 145), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 2, cv2.LINE_AA)
    cv2.arrowedLine(lines, (230, 90), (420, 110), 255, 3, cv2.LINE_AA, 0, 0.12)

    writing = find_writing(lines)

    assert (writing[60:160, 90:430][lines[60:160, 90:430] > 80] == 255).mean() > 0.95
    assert not writing[300:].any()


def test_layouts_with_many_small_things_lose_no_lines() -> None:
    layouts = [layout(seed) for seed in range(500, 530)]

    lost = [(find_writing(lines) > 0)[lines > 80].mean() for lines in layouts]

    assert max(lost) < 0.02


def test_grass_is_no_writing() -> None:
    random = np.random.default_rng(3)
    lines = np.zeros((844, 1500), np.uint8)
    for x, y in random.integers((0, 520), (1500, 840), (400, 2)):
        height, lean = random.integers(12, 40), random.integers(-9, 9)
        cv2.line(lines, (int(x), int(y)), (int(x + lean), int(y - height)), 220, 3, cv2.LINE_AA)

    assert (find_writing(lines) > 0)[lines > 80].mean() < 0.02


def test_rough_colour_is_kept_and_its_lines_and_warm_ground_are_no_cel() -> None:
    sheet = Sheet(rough=True, noise=3)

    genzu = register(sheet)

    assert genzu.rough is not None
    assert genzu.rough.shape == (540, 960, 3)
    assert np.abs(genzu.rough[60, 480].astype(int) - (170, 205, 235)).max() < 12
    assert np.abs(genzu.rough[500, 800].astype(int) - (215, 160, 90)).max() < 12
    assert not genzu.cel_mask.any()
    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.95
    assert any("rough colour" in note for note in genzu.notes)


def test_a_red_outline_over_rough_colour_is_a_cel_and_filled_in_from_around_it() -> None:
    sheet = Sheet(rough=True, cel=True, cel_is_filled=True)

    genzu = register(sheet)

    assert genzu.rough is not None
    assert overlap(genzu.cel_mask, true_cel(sheet)) > 0.85
    assert np.abs(genzu.rough[480, 430].astype(int) - (215, 160, 90)).max() < 30


@pytest.mark.parametrize("sheet", [Sheet(cel=True, cel_is_filled=True, shadow=True), Sheet(shadow=True, paper=(240, 225, 180), noise=5)])
def test_cels_and_shadows_alone_are_no_rough_colour(sheet: Sheet) -> None:
    assert register(sheet).rough is None


@pytest.mark.parametrize(("pencil", "name"), [((70, 110, 220), "blue"), ((220, 70, 60), "red")])
@pytest.mark.parametrize("scan", [{}, {"noise": 4, "turned_deg": 2, "paper": (240, 228, 195)}], ids=["clean", "old"])
def test_a_drawing_in_one_coloured_pencil_is_taken_for_the_lines(pencil: tuple[int, int, int], name: str, scan: dict[str, Any]) -> None:
    sheet = replace(Sheet(pencil=pencil), **scan)

    genzu = register(sheet)

    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.95
    assert not genzu.cel_mask.any()
    assert not genzu.shadow_mask.any()
    assert any(f"the {name} pencil" in note for note in genzu.notes)


def test_a_blue_drawing_keeps_its_cels() -> None:
    sheet = Sheet(pencil=(70, 110, 220), cel=True)

    genzu = register(sheet)

    assert overlap(genzu.cel_mask, true_cel(sheet)) > 0.9
    assert found_and_true(genzu.line, true_lines(sheet))[0] > 0.95


def test_a_painted_background_is_no_rough_colour() -> None:
    left, top, right, bottom = Sheet().frame
    painted = cv2.GaussianBlur(drawn(Sheet(rough=True))[top + 5 : bottom - 5, left + 5 : right - 5], (0, 0), 25)

    with pytest.raises(ArtworkError):
        register_genzu(checked(np.asarray(painted, dtype=np.uint8)), **SIZE)
