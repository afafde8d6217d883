"""What is drawn in the frame comes out, and nothing else."""

from dataclasses import replace
from typing import TypedDict

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.artwork.checked_image import open_checked
from integration.artwork.genzu import Genzu, register_genzu
from integration.artwork.png import png_bytes
from integration.errors import ArtworkError
from tests.unit.artwork.sheets import Picture, Sheet, checked, drawn, true_cel, true_lines


class Size(TypedDict):
    """What a standard frame's picture is asked for in."""

    width_px: int
    height_px: int


SIZE: Size = {"width_px": 960, "height_px": 540}


def register(sheet: Sheet) -> Genzu:
    return register_genzu(checked(drawn(sheet)), **SIZE)


def found_and_true(found: Picture, true: Picture) -> tuple[float, float]:
    """Share of the true lines that were found, and of the found lines that are true, within three pixels."""
    true_is = cv2.resize(255 - true, (found.shape[1], found.shape[0]), interpolation=cv2.INTER_AREA) > 60
    found_is = found < 128
    near = np.ones((7, 7), np.uint8)
    recall = cv2.dilate(found_is.astype(np.uint8), near)[true_is].mean()
    precision = cv2.dilate(true_is.astype(np.uint8), near)[found_is].mean()
    return float(recall), float(precision)


def overlap(one: Picture, other: Picture) -> float:
    other = np.asarray(cv2.resize(other, (one.shape[1], one.shape[0]), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    return float(((one > 0) & (other > 0)).sum() / ((one > 0) | (other > 0)).sum())


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(),
        Sheet(turned_deg=2.9),
        Sheet(turned_deg=-2.9, noise=6),
        Sheet(paper=(240, 225, 180), noise=5, turned_deg=1),
        Sheet(paper=(185, 185, 188), noise=8),
        Sheet(line_grey=150, frame_colour=(160, 160, 160)),
        Sheet(frame_colour=(120, 190, 230)),
        Sheet(frame_colour=(140, 200, 150), turned_deg=-1.5),
        Sheet(safety_frame=False, cel=True, shadow=True, turned_deg=0.7),
        Sheet(house=False),
    ],
    ids=["clean", "turned", "turned-noisy", "yellow", "grey-copy", "faint", "blue-frame", "green-frame", "pencilled", "horizon-only"],
)
def test_the_line_picture_is_what_was_drawn(sheet):
    genzu = register(sheet)

    recall, precision = found_and_true(genzu.line, true_lines(sheet))
    assert genzu.line.shape == (540, 960)
    assert genzu.line.dtype == np.uint8
    assert recall > 0.98
    assert precision > 0.98
    assert genzu.frame.is_printed


@settings(max_examples=12, deadline=None)
@given(
    turned_deg=st.floats(-3, 3),
    noise=st.floats(0, 7),
    paper=st.tuples(st.integers(190, 255), st.integers(190, 250), st.integers(165, 245)),
    left=st.integers(60, 160),
    top=st.integers(170, 240),
    width=st.integers(1350, 1500),
    seed=st.integers(0, 1000),
)
def test_any_scan_of_one_drawing_gives_its_lines(turned_deg, noise, paper, left, top, width, seed):
    frame = (left, top, left + width, top + round(width * 9 / 16))
    sheet = Sheet(turned_deg=turned_deg, noise=noise, paper=paper, frame=frame, seed=seed, cel=True)

    genzu = register(sheet)

    recall, precision = found_and_true(genzu.line, true_lines(sheet))
    assert recall > 0.97
    assert precision > 0.97
    assert abs(genzu.frame.skew_deg - turned_deg) < 0.15


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("turned_deg", [0.0, 2.0])
def test_warm_pencil_becomes_the_cel_mask_with_its_inside(filled, turned_deg):
    sheet = Sheet(cel=True, cel_is_filled=filled, turned_deg=turned_deg)

    genzu = register(sheet)

    assert set(np.unique(genzu.cel_mask)) == {0, 255}
    assert overlap(genzu.cel_mask, true_cel(sheet)) > 0.93
    assert any("cel areas" in note for note in genzu.notes)


def test_pencil_leaves_no_lines():
    plain, pencilled = register(Sheet()), register(Sheet(cel=True, shadow=True))

    assert np.abs(plain.line.astype(int) - pencilled.line).mean() < 1.0
    assert np.abs(plain.line.astype(int) - pencilled.line).max(initial=0) < 140


def test_blue_pencil_becomes_the_shadow_mask_alone():
    genzu = register(Sheet(shadow=True))

    assert 0.01 < (genzu.shadow_mask > 0).mean() < 0.03
    assert not genzu.cel_mask.any()


def test_a_plain_sheet_has_no_masks():
    genzu = register(Sheet(paper=(240, 225, 180), noise=5))

    assert not genzu.cel_mask.any()
    assert not genzu.shadow_mask.any()


def test_the_outer_of_two_frames_is_the_frame():
    genzu = register(Sheet(safety_frame=True, turned_deg=1.2))

    assert genzu.frame.width_px == pytest.approx(1495, abs=8)


def test_the_frame_is_told_in_the_sheets_own_pixels():
    small, large = drawn(Sheet()), cv2.resize(drawn(Sheet()), (3508, 2480), interpolation=cv2.INTER_CUBIC)

    one = register_genzu(checked(small), **SIZE).frame.corners
    two = register_genzu(checked(np.asarray(large, dtype=np.uint8)), **SIZE).frame.corners

    assert np.array(two) == pytest.approx(np.array(one) * 2, abs=6)


def test_a_pan_keeps_its_proportion_in_steps_of_eight():
    genzu = register(Sheet(frame=(60, 300, 1700, 800), cel=True))

    assert (genzu.width_px, genzu.height_px) == (1792, 540)
    assert genzu.cel_mask.shape == genzu.line.shape == genzu.shadow_mask.shape
    assert any("pan" in note for note in genzu.notes)


def test_a_high_frame_keeps_its_proportion_too():
    sheet = drawn(Sheet(frame=(60, 300, 1100, 1180)))

    genzu = register_genzu(checked(sheet), **SIZE)

    assert genzu.width_px == 960
    assert genzu.height_px == pytest.approx(960 * 880 / 1040, abs=10)


def test_a_frame_too_long_to_draft_is_refused():
    with pytest.raises(ArtworkError, match="times as long") as told:
        register(Sheet(frame=(60, 600, 1700, 790), house=False))

    assert "Split" in told.value.hint


def test_a_picture_cut_at_the_frame_is_used_whole_and_noted():
    left, top, right, bottom = Sheet().frame
    cut = drawn(Sheet(frame_is_printed=False))[top:bottom, left:right]

    genzu = register_genzu(checked(cut), **SIZE)

    assert not genzu.frame.is_printed
    assert "no printed frame found; the whole picture is used" in genzu.notes
    assert found_and_true(genzu.line, true_lines(Sheet()))[0] > 0.98


def test_a_sheet_without_a_frame_is_refused():
    with pytest.raises(ArtworkError, match="no frame"):
        register(Sheet(frame_is_printed=False, frame=(300, 300, 1300, 862)))


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (Sheet(horizon=False, house=False, writing=True), "only writing"),
        (Sheet(horizon=False, house=False, writing=True, noise=6, turned_deg=2), "only writing"),
        (Sheet(horizon=False, house=False), "empty"),
        (Sheet(horizon=False, house=False, noise=7, paper=(200, 190, 170)), "empty"),
        (Sheet(horizon=False, house=False, cel=True), "coloured pencil"),
    ],
)
def test_a_sheet_without_a_drawing_is_refused(sheet, reason):
    with pytest.raises(ArtworkError, match=reason) as told:
        register(sheet)

    assert told.value.hint


def test_writing_beside_a_drawing_is_accepted():
    assert register(Sheet(house=False, writing=True)).frame.is_printed


def test_a_painted_picture_is_refused():
    random = np.random.default_rng(5)
    painted = cv2.resize(random.integers(20, 160, (9, 16, 3), dtype=np.uint8), (1600, 900), interpolation=cv2.INTER_CUBIC)

    with pytest.raises(ArtworkError):
        register_genzu(checked(np.asarray(painted, dtype=np.uint8)), **SIZE)


@pytest.mark.parametrize("shape", [(100, 2000), (1, 1), (159, 400)])
def test_a_tiny_picture_is_refused(shape):
    with pytest.raises(ArtworkError, match="pixels"):
        register_genzu(checked(np.full((*shape, 3), 255, np.uint8)), **SIZE)


@pytest.mark.parametrize("size", [(384, 216), (512, 288), (1920, 1080)])
def test_thin_lines_stay_dark_at_every_size(size):
    genzu = register_genzu(checked(drawn(Sheet(line_grey=90))), width_px=size[0], height_px=size[1])

    assert genzu.line.shape == size[::-1]
    horizon = genzu.line[size[1] * 43 // 100 : size[1] * 52 // 100].min(axis=0)
    assert np.percentile(horizon, 95) < 110


def test_a_photocopied_jpeg_is_registered_from_the_file():
    sheet = Sheet(cel=True, noise=4, paper=(235, 230, 215))
    jpeg = cv2.imencode(".jpg", drawn(sheet)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes()

    genzu = register_genzu(open_checked(jpeg), **SIZE)

    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.97
    assert overlap(genzu.cel_mask, true_cel(sheet)) > 0.9


def test_the_same_sheet_gives_the_same_bytes():
    sheet = replace(Sheet(), noise=5, turned_deg=1.1, cel=True)

    one, two = register(sheet), register(sheet)

    assert png_bytes(one.line) == png_bytes(two.line)
    assert np.array_equal(open_checked(png_bytes(one.line)).pixels[..., 0], one.line)
