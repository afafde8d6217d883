"""One picture of a whole episode: for every cut its layout, its drafts and the artist's revision side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_CELL = (300, 169)
_GAP = 10
_LABEL = 20
_PAPER, _INK, _EMPTY = (247, 246, 242), (38, 38, 42), (232, 230, 224)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRow:
    """One cut on the sheet."""

    label: str
    """Latin text: the sheet's font has no other."""
    layout: Image.Image | None
    drafts: Sequence[Image.Image]
    revision: Image.Image | None
    remark: str = ""
    """Stands where there are no drafts: why."""


def contact_sheet(rows: Sequence[CutRow], *, title: str, drafts: int) -> Image.Image:
    """The sheet as an RGB picture; `drafts` is the number of columns between layout and revision."""
    columns = drafts + 2
    width = _GAP + columns * (_CELL[0] + _GAP)
    sheet = Image.new("RGB", (width, 60 + len(rows) * (_CELL[1] + _LABEL + _GAP)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    font, large = ImageFont.load_default(13), ImageFont.load_default(20)
    draw.text((_GAP, 8), title, fill=_INK, font=large)
    heads = ["layout (BG genzu)", *(f"AI draft {chr(ord('A') + number)}" for number in range(drafts)), "artist's revision"]
    for column, head in enumerate(heads):
        draw.text((_GAP + column * (_CELL[0] + _GAP), 38), head, fill=_INK, font=font)
    for number, row in enumerate(rows):
        _draw_row(sheet, draw, font, row, top=60 + number * (_CELL[1] + _LABEL + _GAP), drafts=drafts)
    return sheet


def _draw_row(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, row: CutRow, *, top: int, drafts: int
) -> None:
    cells = [row.layout, *row.drafts, *[None] * (drafts - len(row.drafts)), row.revision]
    draw.text((_GAP, top), _latin(row.label), fill=_INK, font=font)
    for column, picture in enumerate(cells):
        corner = (_GAP + column * (_CELL[0] + _GAP), top + _LABEL)
        draw.rectangle((*corner, corner[0] + _CELL[0] - 1, corner[1] + _CELL[1] - 1), fill=_EMPTY)
        if picture is not None:
            fitted = picture.convert("RGB")
            fitted.thumbnail(_CELL, Image.Resampling.LANCZOS)
            sheet.paste(fitted, (corner[0] + (_CELL[0] - fitted.width) // 2, corner[1] + (_CELL[1] - fitted.height) // 2))
    if row.remark and not row.drafts:
        box = (_GAP + _CELL[0] + _GAP + 8, top + _LABEL + 8)
        draw.multiline_text(box, _wrapped(_latin(row.remark), 90), fill=_INK, font=font)


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
