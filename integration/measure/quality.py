"""What is wrong with a draft, as far as arithmetic can tell: nothing on it, lost in black or white, or not the layout.

The limits were measured by tests/benchmarks/quality_gate.py on 144 of the house painter's plates of 24 layouts in drawn seasons,
times and weathers, on 48 drafts of the house model from 12 registered, partly skewed sheets (clear day, night, fog, night fog), and
on what is broken. All of that is painted by our own code: a studio's Looks may need another `least_layout_kept`.

| figure | own plates | house drafts | what must be found |
|---|---|---|---|
| layout kept | 0.49 to 0.98, fog the lowest | 0.75 to 0.99 | another layout's plate 0.12, at most 0.36; its draft at most 0.26; noise 0.14; no layout 0.11 |
| mean lightness | 0.15 (night) to 0.87 | 0.18 to 0.85 | |
| darker than L* 3 | 0 | 0 | |
| lighter than L* 98 | up to 0.02 (snow) | up to 0.02 | |
| flat | up to 0.51 (night fog) | up to 0.56 (fog) | 1: what NaN leaves |
| difference of two seeds | | 0.023 to 0.035, night fog 0.008 | 0 |

What it cannot see: whether a picture is any good. Plates mirrored (0.47 at most), moved by 2 % (0.54) or blurred (0.82) may pass.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from integration.measure.layout_kept import layout_kept
from integration.measure.likeness import difference
from integration.measure.picture import Colour, Grey
from integration.measure.tone import tone_of

VERSION = 1
"""Raised when a formula or a limit changes."""
FLAT = 0.9
BLACK = 0.5
WHITE = 0.5
TOO_DARK = 0.12
"""Mean lightness under which only words such as "night" make a picture's darkness meant."""
SAME = 0.003
"""Difference, three quarters of a level of 255, under which two pictures are one."""


class Fault(StrEnum):
    """What is wrong with a draft, as the record writes it."""

    BLANK = "blank"
    """One flat colour: nothing was painted, or numbers broke on the way."""
    CRUSHED = "crushed_black"
    BLOWN = "blown_white"
    TOO_DARK = "too_dark"
    LAYOUT = "layout_ignored"
    TWIN = "near_duplicate"
    """An earlier draft of the round over again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of one draft, in millionths; None where there was nothing to measure against."""

    layout_kept_ppm: int | None
    """May be negative: less than chance."""
    layout_chance_ppm: int | None
    lightness_ppm: int
    black_ppm: int
    white_ppm: int
    flat_ppm: int
    difference_ppm: int | None
    """From the earlier draft it is most like."""


def figures_of(picture: Colour, line: Grey, cel_mask: Grey | None, *, thumb: Colour, earlier: Sequence[Colour]) -> Figures:
    """Measure one draft.

    Args:
        picture: H×W×3 uint8 sRGB.
        line: H×W uint8, the registered lines it was painted from, dark on white.
        cel_mask: H×W uint8, 255 where characters will stand, or None.
        thumb: the picture's `likeness.thumbnail`.
        earlier: those of the round's earlier drafts.
    """
    kept, tone = layout_kept(picture, line, cel_mask), tone_of(picture)
    return Figures(
        layout_kept_ppm=_ppm(kept.share) if kept else None,
        layout_chance_ppm=_ppm(kept.chance) if kept else None,
        lightness_ppm=_ppm(tone.lightness),
        black_ppm=_ppm(tone.black),
        white_ppm=_ppm(tone.white),
        flat_ppm=_ppm(tone.flat),
        difference_ppm=_ppm(min(difference(thumb, other) for other in earlier)) if earlier else None,
    )


def faults_of(figures: Figures, *, dark_is_meant: bool, least_layout_kept: float) -> tuple[Fault, ...]:
    """What is wrong, the worst first; a blank picture is only that.

    Args:
        figures: from `figures_of`.
        dark_is_meant: whether the shot's words ask for a night or a dark place.
        least_layout_kept: share of the lines beyond chance that must be kept, 0 to 1; 0 asks for none.
    """
    if figures.flat_ppm > _ppm(FLAT):
        return (Fault.BLANK,)
    kept = figures.layout_kept_ppm
    found = {
        Fault.CRUSHED: figures.black_ppm > _ppm(BLACK) and not dark_is_meant,
        Fault.BLOWN: figures.white_ppm > _ppm(WHITE),
        Fault.TOO_DARK: figures.lightness_ppm < _ppm(TOO_DARK) and not dark_is_meant,
        Fault.LAYOUT: least_layout_kept > 0 and kept is not None and kept < _ppm(least_layout_kept),
        Fault.TWIN: figures.difference_ppm is not None and figures.difference_ppm < _ppm(SAME),
    }
    return tuple(fault for fault, there in found.items() if there)


def limits_sha256(least_layout_kept: float) -> str:
    """Name of the formulas and limits that judged, hex, for the record."""
    limits = (VERSION, *(_ppm(limit) for limit in (least_layout_kept, FLAT, BLACK, WHITE, TOO_DARK, SAME)))
    return hashlib.sha256(repr(limits).encode()).hexdigest()


def _ppm(share: float) -> int:
    return round(share * 1_000_000)
