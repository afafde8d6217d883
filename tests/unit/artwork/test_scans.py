"""However a sheet was printed, scanned and turned, its standard frame is found and its drawing comes out."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from integration.artwork.checked_image import CheckedImage
from integration.artwork.genzu import register_genzu
from tests.unit.artwork.sheets import Picture, Sheet, checked, drawn, true_cel, true_lines
from tests.unit.artwork.test_genzu import SIZE, found_and_true, overlap, register

INNER_PX = 4
"""From the middle of the sheet's printed line to where the picture begins."""


def true_corners(sheet: Sheet) -> np.ndarray:
    """4×2: where the frame's inner corners are on the turned sheet."""
    left, top, right, bottom = np.array(sheet.frame) + (INNER_PX, INNER_PX, -INNER_PX, -INNER_PX)
    turn = cv2.getRotationMatrix2D((1754 / 2, 1240 / 2), -sheet.turned_deg, 1)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) @ turn[:, :2].T + turn[:, 2]


def scan(pixels: Picture, dpi: float | None) -> CheckedImage:
    return replace(checked(np.ascontiguousarray(pixels, dtype=np.uint8)), dpi=dpi)


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(turned_deg=7),
        Sheet(turned_deg=-8),
        Sheet(turned_deg=-7, noise=6, paper=(240, 225, 180)),
        Sheet(safety_frame=True),
        Sheet(safety_frame=True, turned_deg=6, noise=5),
        Sheet(scanning_frame=True),
        Sheet(scanning_frame=True, turned_deg=-5),
        Sheet(scanning_frame=True, safety_frame=True, paper=(190, 190, 192), noise=6),
        Sheet(pegs=True, frame_colour=(208, 214, 220), turned_deg=3),
    ],
    ids=["7", "-8", "-7-old", "safety", "safety-6", "110", "110--5", "110-90-copy", "weak-frame-with-pegs"],
)
def test_the_standard_frame_is_found_to_three_pixels(sheet: Sheet) -> None:
    genzu = register(sheet)

    assert np.abs(np.array(genzu.frame.corners) - true_corners(sheet)).max() < 3
    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.97


@pytest.mark.parametrize("dpi", [None, 150.0])
def test_a_scan_cut_at_110_percent_is_cut_at_the_standard_frame_and_not_at_the_safety_frame(dpi: float | None) -> None:
    left, top, right, bottom = Sheet().frame
    aside, above = round((right - left) * 0.05), round((bottom - top) * 0.05)
    cut = drawn(Sheet(safety_frame=True))[top - above : bottom + above, left - aside : right + aside]

    genzu = register_genzu(scan(cut, dpi), **SIZE)

    assert genzu.frame.width_px == pytest.approx(right - left - 2 * INNER_PX, abs=3)
    assert min(found_and_true(genzu.line, true_lines(Sheet()))) > 0.98


@pytest.mark.parametrize(
    ("sheet", "turn", "skew_deg"),
    [
        (Sheet(pegs=True, turned_deg=2), lambda pixels: np.rot90(pixels, 2), -178),
        (Sheet(pegs=True, head=False), lambda pixels: np.rot90(pixels, -1), 90),
        (Sheet(head=True), lambda pixels: np.rot90(pixels, 1), -90),
        (Sheet(head=True, noise=5), lambda pixels: np.rot90(pixels, 2), 180),
    ],
    ids=["upside-down-by-pegs", "clockwise-by-pegs", "anticlockwise-by-head", "upside-down-by-head"],
)
def test_a_sheet_that_lay_turned_comes_out_upright(sheet: Sheet, turn: Callable[[Picture], Picture], skew_deg: float) -> None:
    genzu = register_genzu(scan(turn(drawn(sheet)), 150), **SIZE)

    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.97
    assert abs((genzu.frame.skew_deg - skew_deg + 180) % 360 - 180) < 0.2
    assert any("was turned" in note for note in genzu.notes)


def test_a_turned_sheet_with_nothing_to_tell_by_is_left_as_it_lies() -> None:
    genzu = register_genzu(scan(np.rot90(drawn(Sheet(head=False)), 2), 150), **SIZE)

    assert min(found_and_true(genzu.line[::-1, ::-1], true_lines(Sheet()))) > 0.97


def test_peg_holes_alone_straighten_a_whole_sheet() -> None:
    sheet = Sheet(frame=(127, 198, 1627, 1042), frame_is_printed=False, pegs=True, turned_deg=-4)

    genzu = register(sheet)

    assert np.abs(np.array(genzu.frame.corners) - true_corners(sheet)).max() < 8
    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.9
    assert any("peg holes" in note for note in genzu.notes)


def test_the_scanners_dark_bed_is_no_part_of_the_sheet() -> None:
    bed = np.full((1500, 2000, 3), 30, np.uint8)
    turn = cv2.getRotationMatrix2D((877, 620), -4, 1)
    turn[:, 2] += 120
    cv2.warpAffine(drawn(Sheet(cel=True)), turn, (2000, 1500), dst=bed, borderMode=cv2.BORDER_TRANSPARENT)

    genzu = register_genzu(scan(bed, None), **SIZE)

    assert genzu.frame.skew_deg == pytest.approx(4, abs=0.15)
    assert min(found_and_true(genzu.line, true_lines(Sheet()))) > 0.97


@pytest.mark.parametrize("times", [2, 4])
def test_a_300_or_600_dpi_scan_gives_what_a_150_dpi_scan_gives(times: int) -> None:
    sheet = Sheet(cel=True, turned_deg=1.5, paper=(235, 228, 205))
    large = cv2.resize(drawn(sheet), None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)

    genzu = register_genzu(scan(np.asarray(large, dtype=np.uint8), 150.0 * times), **SIZE)

    assert np.abs(np.array(genzu.frame.corners) / times - true_corners(sheet)).max() < 3
    assert min(found_and_true(genzu.line, true_lines(sheet))) > 0.97
    assert overlap(genzu.cel_mask, true_cel(sheet)) > 0.9


def test_a_grey_blurred_copy_gives_its_lines() -> None:
    soft = cv2.GaussianBlur(drawn(Sheet(turned_deg=-2, noise=4)), (0, 0), 1.4)
    grey = np.repeat(soft.mean(axis=2, keepdims=True), 3, axis=2)

    genzu = register_genzu(scan(grey, None), **SIZE)

    assert min(found_and_true(genzu.line, true_lines(Sheet()))) > 0.97


def test_a_pan_down_keeps_its_proportion() -> None:
    tall = np.full((2400, 1240, 3), 255, np.uint8)
    cv2.rectangle(tall, (120, 200), (1120, 2200), (90, 90, 90), 3)
    cv2.polylines(tall, [np.array([(120, 2000), (600, 300), (1120, 1900)])], False, (40, 40, 40), 3, cv2.LINE_AA)

    genzu = register_genzu(scan(tall, None), **SIZE)

    assert genzu.width_px == 960
    assert genzu.height_px == pytest.approx(1920, abs=16)
    assert any("a pan" in note for note in genzu.notes)


def pan_both_ways(*, cameras: bool) -> Picture:
    sheet = np.full((1500, 2400, 3), 255, np.uint8)
    cv2.rectangle(sheet, (150, 150), (2250, 1332), (90, 90, 90), 3)
    cv2.polylines(sheet, [np.array([(150, 900), (800, 500), (1500, 800), (2250, 400)])], False, (40, 40, 40), 3, cv2.LINE_AA)
    if cameras:
        cv2.rectangle(sheet, (150, 150), (1550, 938), (90, 90, 90), 3)
        cv2.rectangle(sheet, (850, 544), (2250, 1332), (90, 90, 90), 3)
    return sheet


@pytest.mark.parametrize(("cameras", "dpi"), [(True, None), (False, 140.0)], ids=["by-camera-frames", "by-dpi"])
def test_a_pan_in_both_directions_is_larger_than_a_standard_frame(cameras: bool, dpi: float | None) -> None:
    genzu = register_genzu(scan(pan_both_ways(cameras=cameras), dpi), **SIZE)

    assert (genzu.width_px, genzu.height_px) == pytest.approx((1440, 810), abs=16)
    assert any("both directions" in note for note in genzu.notes)


def test_camera_frames_of_a_pan_leave_no_lines() -> None:
    plain, marked = (register_genzu(scan(pan_both_ways(cameras=cameras), 140.0), **SIZE).line for cameras in (False, True))

    shape = (1440, 810)
    ink = [(cv2.resize(line, shape, interpolation=cv2.INTER_AREA) < 128).sum() for line in (plain, marked)]
    assert ink[1] == pytest.approx(ink[0], rel=0.1)


def test_an_oversize_sheet_of_a_drawing_program_is_a_standard_one() -> None:
    assert register_genzu(scan(drawn(Sheet()), 72.0), **SIZE).line.shape == (540, 960)
