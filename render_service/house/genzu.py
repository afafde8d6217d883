"""``python -m render_service.house.genzu``: draws a BG genzu sheet of a scene, as a layout department would hand it in.

A4 landscape at 150 dpi (1754×1240 px) with the 10 × 5.625 in frame (1500×844 px) that the Association of Japanese Animations
recommends; a pan's sheet is wider.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from render_service.house.line_drawing import draw_layout
from render_service.house.scene import STANDARD_ASPECT, scenery

Sheet = np.ndarray[Any, np.dtype[np.uint8]]
"""H×W×3 uint8 BGR, top row first."""

FRAME_HEIGHT_PX = 844
_MARGIN_X_PX, _TOP_PX, _BOTTOM_PX = 127, 198, 198
_BLEED = 1.04
"""The drawing runs this much over the frame."""
_PENCIL, _PRINT, _WARM, _BLUE = (52, 48, 46), (168, 160, 150), (120, 150, 255), (225, 180, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOptions:
    """What a sheet shows beside its scene."""

    title: str = "HAIKEI"
    """Latin letters, for the printed head."""
    cut: str = "c000"
    aspect: float = STANDARD_ASPECT
    """Of the frame; 2 or more is a pan."""
    cels: int = 0
    """How many figures are marked in warm pencil."""
    shadows: bool = True
    """Whether shadow is hatched in blue pencil."""
    text_only: bool = False
    """Only writing, no drawing: a sheet that must be refused."""
    paper: tuple[int, int, int] = (247, 251, 252)
    """Colour of the paper, BGR."""
    skew_deg: float = 0.0
    """How far it lay askew in the scanner."""


def draw_sheet(seed: int, options: SheetOptions) -> Sheet:
    """The sheet of the scene of `seed`; the same seed and options always give the same sheet."""
    rng = np.random.default_rng([seed, 0x6E2])
    width = round(FRAME_HEIGHT_PX * options.aspect)
    sheet = np.full((_TOP_PX + FRAME_HEIGHT_PX + _BOTTOM_PX, width + 2 * _MARGIN_X_PX, 3), options.paper, np.uint8)
    if options.text_only:
        _write(sheet, ["NIGHT VIEW, PLEASE", "(see storyboard)"], left=_MARGIN_X_PX + width // 3, top=_TOP_PX + 330)
    else:
        _draw_scene(sheet, seed, options.aspect, width)
        for _ in range(options.cels):
            _mark_cel(sheet, rng, width)
        if options.shadows:
            _hatch_shadow(sheet, rng, width)
    _print_form(sheet, options, width)
    return _scanned(sheet, rng, options.skew_deg, options.paper)


def _draw_scene(sheet: Sheet, seed: int, aspect: float, width: int) -> None:
    height, over = round(FRAME_HEIGHT_PX * _BLEED), round(width * _BLEED)
    lines = draw_layout(scenery(seed, aspect), height, over)
    top, left = _TOP_PX - (height - FRAME_HEIGHT_PX) // 2, _MARGIN_X_PX - (over - width) // 2
    place = sheet[top : top + height, left : left + over]
    ink = (255 - lines.astype(np.float32))[..., None] / 255
    place[:] = (place * (1 - ink) + np.array(_PENCIL, np.float32) * ink).astype(np.uint8)


def _mark_cel(sheet: Sheet, rng: np.random.Generator, width: int) -> None:
    """A standing figure, outlined and tinted in warm pencil."""
    size = int(rng.integers(230, 330))
    x, foot = _MARGIN_X_PX + int(rng.uniform(0.25, 0.75) * width), _TOP_PX + int(FRAME_HEIGHT_PX * rng.uniform(0.78, 0.9))
    figure = np.zeros(sheet.shape[:2], np.uint8)
    cv2.ellipse(figure, (x, foot - int(size * 0.86)), (int(size * 0.1), int(size * 0.13)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    body = [(-0.13, -0.72), (0.13, -0.72), (0.19, -0.38), (0.12, -0.36), (0.1, 0.0), (-0.1, 0.0), (-0.12, -0.36), (-0.19, -0.38)]
    cv2.fillPoly(figure, [np.array([(x + dx * size, foot + dy * size) for dx, dy in body], np.int32)], 255, cv2.LINE_AA)
    share = (figure.astype(np.float32) / 255 * 0.8)[..., None]
    sheet[:] = (sheet * (1 - share) + np.array(_WARM, np.float32) * share).astype(np.uint8)
    outline, _ = cv2.findContours(figure, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(sheet, outline, -1, (60, 80, 225), 3, cv2.LINE_AA)


def _hatch_shadow(sheet: Sheet, rng: np.random.Generator, width: int) -> None:
    left, top = _MARGIN_X_PX + int(rng.uniform(0.1, 0.7) * width), _TOP_PX + int(FRAME_HEIGHT_PX * 0.84)
    for step in range(0, 180, 12):
        cv2.line(sheet, (left + step, top), (left + step + 50, top + 60), _BLUE, 2, cv2.LINE_AA)


def _print_form(sheet: Sheet, options: SheetOptions, width: int) -> None:
    """The printed frame, the head with its boxes, and the peg holes."""
    cv2.rectangle(sheet, (_MARGIN_X_PX, _TOP_PX), (_MARGIN_X_PX + width, _TOP_PX + FRAME_HEIGHT_PX), _PRINT, 3)
    left = _MARGIN_X_PX
    for label, text, box in (("TITLE", options.title, 420), ("CUT", options.cut, 200), ("BG", "GENZU", 200)):
        cv2.rectangle(sheet, (left, 104), (left + box, 164), _PRINT, 2)
        cv2.putText(sheet, label, (left + 8, 122), cv2.FONT_HERSHEY_PLAIN, 1.0, _PRINT, 1, cv2.LINE_AA)
        cv2.putText(sheet, text, (left + 14, 154), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (90, 84, 80), 2, cv2.LINE_AA)
        left += box + 12
    middle = sheet.shape[1] // 2
    for x in (middle - 300, middle + 300):
        cv2.rectangle(sheet, (x - 40, 38), (x + 40, 58), _PRINT, 2)
    cv2.circle(sheet, (middle, 48), 16, _PRINT, 2, cv2.LINE_AA)


def _write(sheet: Sheet, lines: list[str], *, left: int, top: int) -> None:
    for row, text in enumerate(lines):
        cv2.putText(sheet, text, (left, top + 70 * row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.7, _PENCIL, 3, cv2.LINE_AA)


def _scanned(sheet: Sheet, rng: np.random.Generator, skew_deg: float, paper: tuple[int, int, int]) -> Sheet:
    """The sheet askew, with a scanner's grain."""
    height, width = sheet.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1.0)
    turned = cv2.warpAffine(sheet, turn, (width, height), flags=cv2.INTER_AREA, borderValue=paper)
    grain = rng.normal(0, 1.2, (height, width, 1)).astype(np.float32)
    return np.clip(turned + grain, 0, 255).astype(np.uint8)


def main() -> None:
    """Draw the sheet that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="which scene")
    parser.add_argument("--out", type=Path, required=True, help="PNG to write")
    parser.add_argument("--title", default="HAIKEI")
    parser.add_argument("--cut", default="c000")
    parser.add_argument("--aspect", type=float, default=STANDARD_ASPECT, help="width over height of the frame")
    parser.add_argument("--cels", type=int, default=0, help="figures marked in warm pencil")
    parser.add_argument("--text-only", action="store_true", help="only writing: must be refused")
    parser.add_argument("--yellowed", action="store_true", help="old paper")
    parser.add_argument("--skew-deg", type=float, default=0.0)
    asked = parser.parse_args()
    options = SheetOptions(
        title=asked.title,
        cut=asked.cut,
        aspect=asked.aspect,
        cels=asked.cels,
        text_only=asked.text_only,
        paper=(214, 233, 244) if asked.yellowed else SheetOptions().paper,
        skew_deg=asked.skew_deg,
    )
    cv2.imwrite(str(asked.out), draw_sheet(asked.seed, options), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
