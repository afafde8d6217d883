"""Holds what was handed back against its order: which file is which picture, and whether each can be taken."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path, PurePosixPath

from integration.artwork.checked_image import ImageLimits, open_checked
from integration.artwork.photoshop_extent import photoshop_extent
from integration.errors import ArtworkError
from integration.orders.declaration import NAMES
from integration.orders.file_names import folded
from integration.orders.manifest import HouseOrder, OrderedPart
from integration.orders.package import CHECKSUMS, MANIFEST
from integration.orders.parcel import LARGEST_BYTES, ParcelFile
from integration.provenance.finding import Finding, FindingKind
from integration.provenance.inspection import inspect_file
from integration.provenance.media_types import media_type_of
from integration.storage.digest import sha256_of_file

FORMS = (*NAMES, MANIFEST, CHECKSUMS, "README.txt", "ai-notice.txt", "order-sheet.ja.pdf", "order-sheet.en.pdf")
"""What the package holds beside pictures, and may come back with them."""
_PICTURES = {"png": "image/png", "jpg": "image/jpeg", "tif": "image/tiff", "psd": "image/vnd.adobe.photoshop"}
_ALSO = {"jpeg": "jpg", "tiff": "tif", "psb": "psd"}
_CORRECTION = re.compile(r"[_-]v\d{1,3}$")
_MOST_HINTED, _LONGEST_HINTED = 500, 80
"""Files of a return, and characters of a name, up to which a misspelt name is guessed at: the comparison is slow."""
_OF_AI = (FindingKind.GENERATOR, FindingKind.SOURCE_TYPE)


class Matched(StrEnum):
    """What a file is."""

    PICTURE = "picture"
    """One that was asked for."""
    FORM = "form"
    """Of the package: a form, the manifest."""
    EXTRA = "extra"
    """Nothing that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One file and what it is."""

    file: ParcelFile
    what: Matched
    part: OrderedPart | None = None
    """The picture it is, when it is one."""
    remark: str = ""
    """Why it cannot be taken, or what it might be; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one file that was asked for is."""

    sha256: str = ""
    size_bytes: int = 0
    media_type: str = ""
    width_px: int | None = None
    height_px: int | None = None
    pixel_sha256: str = ""
    """Of the decoded pixels; empty for a layered file."""
    problems: tuple[str, ...] = ()
    """Why it cannot be taken; empty when it can."""
    other_size: str = ""
    """What is odd about its size; empty when it is what was asked for."""
    as_sent: bool = False
    """Whether it is a file of the package, unchanged."""
    findings: tuple[Finding, ...] = field(default=())
    """What the file says of itself."""

    @property
    def of_ai(self) -> tuple[Finding, ...]:
        """The findings that speak of AI."""
        return tuple(each for each in self.findings if each.kind in _OF_AI)


def matched(order: HouseOrder, files: Sequence[ParcelFile]) -> list[Match]:
    """What each of `files` is, by its name alone."""
    stems = {folded(part.stem): part for _, part in order.parts}
    forms = {folded(name) for name in FORMS} | {folded(PurePosixPath(file.name).name) for file in order.files}
    often = Counter(folded(file.name) for file in files)
    hints = stems if len(files) <= _MOST_HINTED else {}
    return [_match(file, stems, forms, hints, twice=often[folded(file.name)] > 1) for file in files]


def _match(file: ParcelFile, stems: Mapping[str, OrderedPart], forms: set[str], hints: Mapping[str, OrderedPart], *, twice: bool) -> Match:
    name = folded(file.name)
    stem = PurePosixPath(name).stem
    part = stems.get(stem) or stems.get(_CORRECTION.sub("", stem))
    if part is not None:
        remark = file.refused or ("another file is called the same" if twice else "")
        return Match(file=file, what=Matched.PICTURE, part=part, remark=remark)
    if name in forms:
        return Match(file=file, what=Matched.FORM, remark=file.refused)
    near = get_close_matches(stem[:_LONGEST_HINTED], hints, n=1)
    return Match(file=file, what=Matched.EXTRA, remark=file.refused or (f"is it {stems[near[0]].stem}?" if near else ""))


def look_at(path: Path, file: ParcelFile, part: OrderedPart, order: HouseOrder, *, roots: str = "") -> Looked:
    """What the file at `path` is, whose name says that it is the picture `part`.

    Args:
        path: where it was fetched to.
        file: what it was handed back as.
        part: the picture it is called.
        order: what was sent, to know that again.
        roots: PEM certificates that are trusted to name signers.
    """
    sha256, size_bytes = sha256_of_file(path)
    if not size_bytes:
        return Looked(sha256=sha256, problems=("it is empty (0 bytes)",))
    with path.open("rb") as stream:
        media_type = media_type_of(stream.read(16)) or ""
    looked = Looked(sha256=sha256, size_bytes=size_bytes, media_type=media_type, as_sent=any(sha256 == sent.sha256 for sent in order.files))
    if looked.as_sent:
        return replace(looked, problems=("it is a file of the order as it was sent",))
    if wrong := _wrong_kind(file.name, media_type, part):
        return replace(looked, problems=(wrong,))
    try:
        width, height, pixels = _pixels(path, media_type)
    except ArtworkError as error:
        return replace(looked, problems=(str(error),))
    findings = inspect_file(path, roots=roots).findings
    asked = (part.width_px, part.height_px)
    other = "" if None in asked or (width, height) == asked else f"{width} × {height} px, asked for: {asked[0]} × {asked[1]}"
    return replace(looked, width_px=width, height_px=height, pixel_sha256=pixels, findings=findings, other_size=other)


def _wrong_kind(name: str, media_type: str, part: OrderedPart) -> str:
    suffix = PurePosixPath(folded(name)).suffix.removeprefix(".")
    suffix = _ALSO.get(suffix, suffix)
    if suffix not in part.formats:
        return f"its format .{suffix} was not asked for, but {' or '.join(f'.{each}' for each in part.formats)}"
    if media_type != _PICTURES[suffix]:
        real = next((each for each, kind in _PICTURES.items() if kind == media_type), "")
        return f"its name says .{suffix}, and its content is {f'a .{real}' if real else 'none of our formats'}"
    return ""


def _pixels(path: Path, media_type: str) -> tuple[int, int, str]:
    """Width, height and hash of the pixels."""
    if media_type == _PICTURES["psd"]:
        return (*photoshop_extent(path), "")
    limits = ImageLimits(max_bytes=LARGEST_BYTES)
    image = open_checked(path, limits=ImageLimits(max_bytes=LARGEST_BYTES, kept_pixels=limits.max_pixels))
    return image.width_px, image.height_px, hashlib.sha256(image.pixels.tobytes()).hexdigest()
