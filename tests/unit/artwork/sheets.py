"""Draws genzu sheets for tests, as a studio's scanner would give them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.checked_image import CheckedImage

Picture = npt.NDArray[np.uint8]
FRAME = (127, 200, 1627, 1044)
"""Left, top, right, bottom of the printed frame on a 150 dpi A4 sheet."""
WARM, BLUE = (235, 110, 90), (140, 180, 240)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is on the sheet and what happened to it."""

    frame: tuple[int, int, int, int] = FRAME
    horizon: bool = True
    house: bool = True
    writing: bool = False
    cel: bool = False
    cel_is_filled: bool = False
    shadow: bool = False
    turned_deg: float = 0.0
    paper: tuple[int, int, int] = (255, 255, 255)
    noise: float = 0.0
    line_grey: int = 40
    frame_colour: tuple[int, int, int] = (90, 90, 90)
    frame_is_printed: bool = True
    safety_frame: bool = False
    scanning_frame: bool = False
    head: bool = True
    pegs: bool = False
    note: bool = False
    rough: bool = False
    pencil: tuple[int, int, int] | None = None
    """Everything is drawn in this colour."""
    seed: int = 1


def drawn(sheet: Sheet) -> Picture:
    """H×W×3 uint8 sRGB, 1754 × 1240: the scanned sheet."""
    pixels = np.full((1240, 1754, 3), 255, np.uint8)
    if sheet.rough:
        _colour(pixels, sheet)
    _pencil(pixels, sheet)
    _draw(pixels, sheet, sheet.pencil or (sheet.line_grey,) * 3)
    if sheet.note:
        pixels[note_mask(sheet) > 0] = sheet.line_grey
    if sheet.pegs:
        _punch(pixels)
    if sheet.frame_is_printed:
        left, top, right, bottom = sheet.frame
        cv2.rectangle(pixels, (left, top), (right, bottom), sheet.frame_colour, 3)
        if sheet.safety_frame:
            dx, dy = (right - left) // 20, (bottom - top) // 20
            cv2.rectangle(pixels, (left + dx, top + dy), (right - dx, bottom - dy), sheet.frame_colour, 2)
        if sheet.scanning_frame:
            dx, dy = (right - left) // 20, (bottom - top) // 20
            cv2.rectangle(pixels, (left - dx, top - dy), (right + dx, bottom + dy), sheet.frame_colour, 2)
    if sheet.frame_is_printed and sheet.head:
        cv2.rectangle(pixels, (left, 60), (right, 150), (80, 80, 80), 2)
        cv2.putText(pixels, "EP 03  c012   6+00", (left + 20, 120), 0, 1.5, (50, 50, 50), 3, cv2.LINE_AA)
    return _scanned(pixels, sheet)


def true_lines(sheet: Sheet) -> Picture:
    """H×W uint8, dark lines on white: what registering should find, in the frame's own pixels."""
    pixels = np.full((1240, 1754, 3), 255, np.uint8)
    _draw(pixels, sheet, (0, 0, 0))
    left, top, right, bottom = sheet.frame
    return np.asarray(pixels[top + 3 : bottom - 2, left + 3 : right - 2, 0], dtype=np.uint8)


def true_cel(sheet: Sheet) -> Picture:
    """H×W uint8, 255 where the cel is, in the frame's own pixels."""
    left, top, right, bottom = sheet.frame
    mask = np.zeros((1240, 1754), np.uint8)
    cv2.fillPoly(mask, [_cel(sheet)], 255)
    return np.asarray(mask[top + 3 : bottom - 2, left + 3 : right - 2], dtype=np.uint8)


def note_mask(sheet: Sheet) -> Picture:
    """H×W uint8, 255 where the sheet's handwritten note is, in the sheet's own pixels."""
    left, top, right, bottom = sheet.frame
    mask = np.zeros((1240, 1754), np.uint8)
    for row, text in enumerate(("EVENING, LIGHT FROM RIGHT", "grass in front is BOOK")):
        place = (left + (right - left) // 12, top + (bottom - top) // 9 + 50 * row)
        cv2.putText(mask, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 2, cv2.LINE_AA)
    return np.asarray((mask > 127) * np.uint8(255), dtype=np.uint8)


def checked(pixels: Picture) -> CheckedImage:
    """`pixels` as if they had been opened."""
    return CheckedImage(pixels=pixels, width_px=pixels.shape[1], height_px=pixels.shape[0], dpi=150.0, format="PNG", notes=())


def _punch(pixels: Picture) -> None:
    cv2.circle(pixels, (877, 42), 15, (60, 60, 60), cv2.FILLED, cv2.LINE_AA)
    for x in (577, 1177):
        cv2.rectangle(pixels, (x - 40, 32), (x + 40, 52), (60, 60, 60), cv2.FILLED)


def _colour(pixels: Picture, sheet: Sheet) -> None:
    """Sky, autumn ground and a wood, as markers leave them."""
    left, top, right, bottom = sheet.frame
    middle = top + (bottom - top) * 47 // 100
    pixels[top:middle, left:right] = (170, 205, 235)
    pixels[middle:bottom, left:right] = (215, 160, 90)
    pixels[middle : middle + 90, left : left + 500] = (95, 130, 70)


def _cel(sheet: Sheet) -> npt.NDArray[np.int32]:
    left, top, right, bottom = sheet.frame
    shares = np.array([(0.40, 1.0), (0.38, 0.5), (0.45, 0.35), (0.52, 0.5), (0.50, 1.0)])
    return (shares * (right - left, bottom - top) + (left, top)).astype(np.int32)


def _pencil(pixels: Picture, sheet: Sheet) -> None:
    left, top, right, bottom = sheet.frame
    if sheet.cel_is_filled:
        cv2.fillPoly(pixels, [_cel(sheet)], (250, 200, 190))
    if sheet.cel:
        cv2.polylines(pixels, [_cel(sheet)], False, WARM, 4, cv2.LINE_AA)
    if sheet.shadow:
        x, y = left + (right - left) * 7 // 10, top + (bottom - top) * 7 // 10
        for step in range(0, 160, 8):
            cv2.line(pixels, (x + step, y), (x + step - 30, y + 80), BLUE, 3, cv2.LINE_AA)


def _draw(pixels: Picture, sheet: Sheet, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = sheet.frame
    width, height = right - left, bottom - top
    if sheet.horizon:
        cv2.line(pixels, (left, top + height * 45 // 100), (right, top + height // 2), colour, 3, cv2.LINE_AA)
    if sheet.house:
        x, y = left + width * 65 // 100, top + height * 40 // 100
        cv2.rectangle(pixels, (x, y), (x + 250, y + 200), colour, 3, cv2.LINE_AA)
        cv2.polylines(pixels, [np.array([[x - 20, y], [x + 125, y - 120], [x + 270, y]])], False, colour, 3, cv2.LINE_AA)
        cv2.ellipse(pixels, (left + width // 5, top + height // 2), (120, 160), 0, 0, 360, colour, 3, cv2.LINE_AA)
        cv2.line(pixels, (left + width // 10, bottom), (left + width // 2, top + height // 2), colour, 3, cv2.LINE_AA)
    if sheet.writing:
        for row, text in enumerate(("NIGHT PLEASE", "as in cut 12")):
            place = (left + width // 4, top + height * (4 + 2 * row) // 10)
            cv2.putText(pixels, text, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.5, colour, 4, cv2.LINE_AA)


def _scanned(pixels: Picture, sheet: Sheet) -> Picture:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -sheet.turned_deg, 1)
    turned = cv2.warpAffine(pixels, turn, (width, height), borderValue=(255, 255, 255), flags=cv2.INTER_CUBIC)
    light = turned.astype(np.float32) * np.array(sheet.paper, np.float32) / 255
    if sheet.noise:
        random = np.random.default_rng(sheet.seed)
        light += random.normal(0, sheet.noise, light.shape).astype(np.float32)
        specks = random.integers(0, [height, width], (600, 2))
        light[specks[:, 0], specks[:, 1]] = 60
    return np.asarray(np.clip(light, 0, 255), dtype=np.uint8)
