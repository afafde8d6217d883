"""The order sheet as PDF, Japanese and English: the same order gives the same bytes."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from PIL import Image

from integration.errors import ArtworkError
from integration.orders.manifest import HouseOrder, OrderedBackground, OrderedPart
from integration.orders.words import terms_en, terms_ja

Language = Literal["ja", "en"]
_PICTURE_PX = 520
"""Longest side of a line picture: 44 mm at 300 dpi."""
_LONGEST = 200
"""Most characters that are set of one field."""
_RUN = re.compile(r"([^\s\u2e80-\u9fff\uff00-\uffef]{12})(?=[^\s])")
"""Text without a place to break a line at."""

_LABELS: Mapping[Language, dict[str, Any]] = {
    "ja": {
        "title": "背景発注書",
        "show": "作品",
        "house": "発注先",
        "ordered": "発注日",
        "due": "納期",
        "hand_back": "納品について",
        "ai": "AIについて",
        "pictures": "背景一覧",
        "columns": ["線画", "カット", "内容", "納品ファイル", "同梱"],
        "cuts": "兼用：",
        "scene": {
            "episode": "話数",
            "place": "場所",
            "time_of_day": "時間",
            "season": "季節",
            "weather": "天気",
            "light": "光",
        },
        "what": {
            "genzu": "原図",
            "line": "線画",
            "cel_mask": "セル範囲",
            "shadow_mask": "影指定",
            "art_board": "美術ボード",
            "draft": "AI下描き",
        },
        "ai_words": {"none": "AI使用不可", "draft": "AI：下描きのみ可", "final": "AI：可"},
        "or": " または ",
        "size": "フレーム内 {width} × {height} px",
        "any_size": "サイズは原図に合わせる",
        "no_lines": "線画なし。原図をご覧ください。",
        "instructions": [
            "下表のファイル名のまま、フォルダまたはzipにまとめてお戻しください。直しがあれば _v02 のように付けてください。",
            "サイズは表のとおり、縦横比を変えずに。RGB、8または16bit。",
            "セル範囲（cel_mask の白）は描き込み不要です。",
            "ai-declaration.txt を記入して入れてください。order.json もそのまま入れてください。",
        ],
    },
    "en": {
        "title": "Background order",
        "show": "Show",
        "house": "To",
        "ordered": "Ordered on",
        "due": "Due on",
        "hand_back": "What to hand back",
        "ai": "AI",
        "pictures": "Backgrounds",
        "columns": ["Lines", "Cut", "What it shows", "Files to hand back", "In the package"],
        "cuts": "also for ",
        "scene": {
            "episode": "Episode",
            "place": "Place",
            "time_of_day": "Time",
            "season": "Season",
            "weather": "Weather",
            "light": "Light",
        },
        "what": {
            "genzu": "genzu",
            "line": "lines",
            "cel_mask": "cel area",
            "shadow_mask": "shadows",
            "art_board": "art board",
            "draft": "AI draft",
        },
        "ai_words": {"none": "no AI", "draft": "AI: drafts only", "final": "AI allowed"},
        "or": " or ",
        "size": "inside the frame {width} × {height} px",
        "any_size": "size as the genzu",
        "no_lines": "No lines: see the genzu.",
        "instructions": [
            "Name the files as below, in one folder or zip; put _v02 behind the name of a correction.",
            "Keep the size below and its proportion. RGB, 8 or 16 bits.",
            "Nothing needs to be painted where cel_mask is white.",
            "Fill in ai-declaration.txt and put it in, and order.json as it is.",
        ],
    },
}


def order_sheet(order: HouseOrder, language: Language, *, folder: Path) -> bytes:
    """The sheet of `order` as PDF, one row for each picture.

    Args:
        order: what is ordered.
        language: of the sheet's own words; the show's stay as they are.
        folder: of the package, whose line pictures are shown.

    Raises:
        ArtworkError: a picture in the folder cannot be shown.
    """
    (pdf,) = _compiled(order, language, folder, "pdf")
    return pdf


def sheet_pages(order: HouseOrder, language: Language, *, folder: Path) -> list[bytes]:
    """The sheet's pages as PNG, as `order_sheet`."""
    return _compiled(order, language, folder, "png")


def _compiled(order: HouseOrder, language: Language, folder: Path, form: Literal["pdf", "png"]) -> list[bytes]:
    import typst  # 84 MB of compiler, wanted by nothing else
    from noto_cjk_sans_jp_regular import FONT_PATH

    with TemporaryDirectory(prefix="haikei-sheet-") as small:
        compiler = typst.Compiler(
            _template(),
            root=small,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[Path(FONT_PATH).parent]),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_data(order, language, folder, Path(small)), ensure_ascii=False)},
        )
        try:
            made = compiler.compile(format=form, timestamp=datetime.combine(order.ordered_on, time(), UTC))
        except typst.TypstError as error:
            raise ArtworkError(
                f"the order sheet cannot be set: {error.message}", hint="Make the order again in an empty folder."
            ) from error
    assert made is not None, "without an output file it gives bytes"
    return made if isinstance(made, list) else [made]


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "order_sheet.typ").read_bytes()


def _data(order: HouseOrder, language: Language, folder: Path, small: Path) -> dict[str, Any]:
    labels = _LABELS[language]
    return {
        "lang": language,
        "labels": labels,
        "title": _shown(f"{labels['title']} {order.order}"),
        "day": [order.ordered_on.year, order.ordered_on.month, order.ordered_on.day],
        "order": order.order,
        "show": _shown(order.show),
        "house": _shown(order.house),
        "ordered_on": str(order.ordered_on),
        "due_on": str(order.due_on),
        "hand_back": labels["instructions"],
        "terms": [_shown(line) for line in (terms_ja if language == "ja" else terms_en)(order)],
        "rows": [
            _row(background, part, labels) | {"picture": _reduced(part, folder, small / f"{number}.png")}
            for number, (background, part) in enumerate(order.parts)
        ],
    }


def _reduced(part: OrderedPart, folder: Path, out: Path) -> str:
    """The part's lines, written to `out` as large as they are shown; its name, empty where there are none."""
    lines = next((file.name for file in part.shipped if file.what == "line"), "")
    if not lines:
        return ""
    with Image.open(folder / lines) as picture:
        picture.thumbnail((_PICTURE_PX, _PICTURE_PX), reducing_gap=3.0)
        picture.save(out, "PNG")
    return out.name


def _row(background: OrderedBackground, part: OrderedPart, labels: dict[str, Any]) -> dict[str, Any]:
    scene = [(label, getattr(background, field)) for field, label in labels["scene"].items()]
    others = [cut for cut in background.cuts if cut != background.code]
    whats = [file.what for file in part.shipped]
    measured = {"width": part.width_px, "height": part.height_px}
    return {
        "remark": labels["no_lines"],
        "code": _shown(background.code),
        "part": _shown(part.part),
        "cuts": _shown(labels["cuts"] + ", ".join(others)) if others else "",
        "scene": [[label, _shown(value) or "–"] for label, value in scene],
        "files": [_shown(f"{part.stem}.{suffix}") for suffix in part.formats[:1]],
        "size": "\n".join(
            filter(
                None,
                (
                    _shown(labels["or"].strip() + " " + ", ".join(f".{suffix}" for suffix in part.formats[1:])) if part.formats[1:] else "",
                    labels["size"].format(**measured) if part.width_px else labels["any_size"],
                ),
            )
        ),
        "sent": [f"{labels['what'][what]} × {whats.count(what)}" for what in dict.fromkeys(whats)],
        "ai": labels["ai_words"][background.ai],
    }


def _shown(text: str) -> str:
    """`text` as it is set: on one line, nothing invisible in it, not endless, and with places to break a line at."""
    seen = "".join(char if unicodedata.category(char)[0] not in "CZ" or char == " " else " " for char in text)
    line = " ".join(seen.split())
    short = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return _RUN.sub("\\1\u200b", short)
