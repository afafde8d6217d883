"""The studio's boards: pictures of a folder, opened safely, each held against its consent."""

import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from integration.errors import RenderError
from render_service.contract import Look
from render_service.style.consent import Consent

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
"""Pillow's names of the formats that are read, told by content and never by the file's name."""
LARGEST_BYTES = 300 * 1024 * 1024
"""Longest file of a board."""
LARGEST_PX2 = 89_000_000
"""Most pixels of a board."""
SMALLEST_PX = 32
"""Shortest side of a board."""
MOST_BOARDS = 500
"""Most boards of one style: they are held in memory while it is trained."""
_WIDEST = 6
_MULTIPLES = {"cascade": 24}
_MULTIPLE = 64
_SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """One file of the folder and what is to be said of it."""

    file: str
    """Path inside the folder, with '/'."""
    sha256: str
    """Of the file."""
    consent: Consent | None
    """The entry that names it, whether or not it allows anything."""
    objection: str
    """Why it may not train the style, as what follows its name in a sentence; empty when it may."""
    pixels: NDArray[np.uint8] | None
    """H×W×3 uint8 sRGB, 0–255, just large enough to cover the size trained at; None where there is an objection."""


def trained_size(look: Look) -> tuple[int, int]:
    """Width and height of the windows the Look is trained on: its own, in whole squares of its networks."""
    multiple = _MULTIPLES.get(look.kind, _MULTIPLE)
    return max(multiple, look.width_px // multiple * multiple), max(multiple, look.height_px // multiple * multiple)


def review_boards(
    folder: Path, consents: Mapping[str, Consent], *, style: str, today: date, size: tuple[int, int], without: Path
) -> list[Board]:
    """Every file of `folder` in order of name, with its consent or the objection to it.

    Args:
        folder: of pictures; folders inside it are looked into, hidden files are not.
        consents: by path inside the folder.
        style: name of what is to be trained.
        today: the day on which consents must hold.
        size: width and height trained at.
        without: the list of consents itself, which may lie in the folder.

    Raises:
        RenderError: the folder cannot be read, holds nothing, or too much.
    """
    if not folder.is_dir():
        raise RenderError(f"there is no folder of boards at {folder}", hint="Give the folder that holds the pictures.")
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not _is_the_system_s(file, folder))
    files = [file for file in files if not file.samefile(without)]
    if not files:
        raise RenderError(f"the folder {folder} holds no picture", hint="Put the boards there.")
    if len(files) > MOST_BOARDS:
        raise RenderError(f"the folder {folder} holds {len(files)} files; at most {MOST_BOARDS} train a style", hint="Choose the best.")
    return [_reviewed(file, file.relative_to(folder).as_posix(), consents, style=style, today=today, size=size) for file in files]


def require_consents(boards: list[Board]) -> None:
    """Do nothing when every board may train the style.

    Raises:
        RenderError: one may not; every such board is named.
    """
    refused = [f"{board.file} {board.objection}" for board in boards if board.objection]
    if refused:
        more = f"; and {len(refused) - 20} more" if len(refused) > 20 else ""
        raise RenderError(
            f"nothing was trained: {'; '.join(refused[:20])}{more}",
            hint="Take these pictures out of the folder, or ask their artists and enter the consent.",
        )


def _is_the_system_s(file: Path, folder: Path) -> bool:
    return file.name.lower() in _SYSTEM_FILES or any(part.startswith(".") for part in file.relative_to(folder).parts)


def _reviewed(file: Path, name: str, consents: Mapping[str, Consent], *, style: str, today: date, size: tuple[int, int]) -> Board:
    consent = consents.get(name)
    try:
        if file.stat().st_size > LARGEST_BYTES:
            return Board(name, "", consent, f"is larger than {LARGEST_BYTES >> 20} MB", None)
        data = file.read_bytes()
    except OSError as error:
        return Board(name, "", consent, f"cannot be read ({error.strerror})", None)
    sha256 = hashlib.sha256(data).hexdigest()
    objection = consent.objection(style=style, sha256=sha256, today=today) if consent else "has no consent entry"
    if objection:
        return Board(name, sha256, consent, objection, None)
    try:
        return Board(name, sha256, consent, "", _covering(data, size))
    except RenderError as error:
        return Board(name, sha256, consent, str(error), None)


def _covering(data: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture in `data`, upright sRGB on white, as small as still covers `size`.

    Raises:
        RenderError: it is none that can be used; the message follows the picture's name.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PX2:
                raise RenderError(f"has {opened.width}×{opened.height} pixels, too many")
            if min(opened.size) < SMALLEST_PX or max(opened.size) > _WIDEST * min(opened.size):
                raise RenderError(f"has {opened.width}×{opened.height} pixels, too small or too long a strip")
            picture = _srgb(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RenderError("claims to have far too many pixels") from error
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError) as error:
        raise RenderError(f"is no whole picture that is read ({', '.join(FORMATS)})") from error
    scale = max(size[0] / picture.width, size[1] / picture.height)
    fitted = (max(size[0], math.ceil(picture.width * scale)), max(size[1], math.ceil(picture.height * scale)))
    return np.array(picture.resize(fitted, Image.Resampling.LANCZOS), dtype=np.uint8)


def _srgb(picture: Image.Image) -> Image.Image:
    """`picture` as RGB in sRGB, what is transparent on white; 16-bit grey is reduced to 8."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith(("I", "F")):
        picture = Image.fromarray((np.clip(np.asarray(picture, dtype=np.float64) / 65535, 0, 1) * 255).round().astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.getOpenProfile(io.BytesIO(profile))
            within = picture.convert("RGB") if picture.mode == "RGBA" else picture
            return ImageCms.profileToProfile(within, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or within.convert("RGB")
        except ImageCms.PyCMSError:
            return picture.convert("RGB")
    return picture.convert("RGB")
