"""Which Versions are the genzu of a background and its BOOKs, bringing their files into the store, and registering them."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from unicodedata import normalize

from integration.artwork.genzu import Genzu, register_genzu
from integration.artwork.sheets import BG, open_sheets
from integration.errors import ArtworkError
from integration.production import Version
from integration.settings import GenzuRule, ProjectSettings
from integration.storage.protocol import MediaRef, Storage
from integration.studio import Studio

LIMIT_BYTES = 300 * 1024 * 1024
"""Largest genzu file that is fetched."""
_LAYERED = b"8BPS"
"""How a file begins that may hold more than one sheet; others need not be opened to know."""


def choose_genzu(versions: Iterable[Version], rules: ProjectSettings) -> Version | None:
    """The BG's genzu: the newest of `versions` (newest first) that fits the rule and is no correction, art board or BOOK; None without one."""
    return next((each for each in _drawn(versions, rules) if not book_of(each, rules) and _fits(each, rules.genzu)), None)


def choose_books(versions: Iterable[Version], rules: ProjectSettings) -> dict[str, Version]:
    """The newest Version of each BOOK that was handed in apart, by part; a rule about Version types is not asked of one typed as BOOK."""
    books: dict[str, Version] = {}
    for version in _drawn(versions, rules):
        part = book_of(version, rules)
        typed = bool(part_named(version.version_type, rules.book_pattern))
        if part and part not in books and _fits(version, rules.genzu, any_type=typed):
            books[part] = version
    return dict(sorted(books.items()))


def choose_board(versions: Iterable[Version], rules: ProjectSettings) -> Version | None:
    """The newest art board among `versions` (newest first); None without one."""
    return next((each for each in versions if each.media is not None and each.version_type in rules.orders.board_types), None)


def book_of(version: Version, rules: ProjectSettings) -> str:
    """The BOOK a Version is named or typed as, ``BOOK1``; empty when it is none."""
    return part_named(version.name, rules.book_pattern) or part_named(version.version_type, rules.book_pattern)


def part_named(text: str, pattern: str) -> str:
    """The BOOK that `text` names by `pattern`: ``BOOK2``, ``BOOKA``, ``BOOK1`` where it has no number; empty when it names none."""
    found = re.search(pattern, normalize("NFKC", text))
    if found is None:
        return ""
    tail = (found.group(1) if found.re.groups else "") or "1"
    return f"BOOK{int(tail) if tail.isdecimal() else tail.upper()}"


def name_of(version: Version) -> str:
    """The Version and its file, so that another file on the same Version is another genzu."""
    return f"{version.id}/{version.media.id if version.media else ''}"


def fetch_genzu(studio: Studio, version: Version) -> MediaRef:
    """Bring the Version's file into the store, unread.

    Raises:
        ArtworkError: it is too large.
        TrackerError, StorageError: it cannot be fetched or kept.
    """
    with tempfile.TemporaryDirectory(prefix="haikei-genzu-") as folder:
        path = Path(folder) / "genzu"
        studio.tracker.download(version, path, limit_bytes=LIMIT_BYTES)
        return studio.storage.put_file(path, media_type="application/octet-stream")


def parts_in(storage: Storage, sha256: str) -> Sequence[str]:
    """The parts that a genzu's file has sheets for, the BG first; one that cannot be read is refused as the BG's."""
    data = storage.get(sha256)
    if not data.startswith(_LAYERED):
        return (BG,)
    try:
        return open_sheets(data).parts
    except ArtworkError:
        return (BG,)


def registered(storage: Storage, part: str, sha256: str, *, beside: str, width_px: int, height_px: int) -> Genzu:
    """The registered sheet of one part.

    A BOOK in the BG's file is cut at the BG's frame. One of its own file is cut at its own printed frame, or at the BG's where
    it has none and both pictures are of one size.

    Args:
        storage: where the files are.
        part: ``BG`` or a BOOK.
        sha256: the part's file.
        beside: the BG's file, empty when there is none.
        width_px: see `register_genzu`.
        height_px: see `register_genzu`.

    Raises:
        ArtworkError: it cannot be used; the message says why.
        StorageError: a file cannot be had.
    """
    register = partial(register_genzu, width_px=width_px, height_px=height_px)
    sheets = open_sheets(storage.get(sha256))
    if part == BG:
        return register(sheets.image(BG))
    if part in sheets.parts:
        return register(sheets.image(part), frame=register(sheets.image(BG)).frame)
    sheet = sheets.image(BG)
    try:
        own = register(sheet)
    except ArtworkError as error:
        own, refused = None, error
    if own is not None and own.frame.is_printed:
        return own
    ground = open_sheets(storage.get(beside)).image(BG) if beside else None
    if ground is not None and (ground.width_px, ground.height_px) == (sheet.width_px, sheet.height_px):
        return register(sheet, frame=register(ground).frame)
    if own is None:
        raise refused
    return own


def _drawn(versions: Iterable[Version], rules: ProjectSettings) -> Iterable[Version]:
    others = {*rules.correction_types, *rules.orders.board_types}
    return (version for version in versions if version.media is not None and version.version_type not in others)


def _fits(version: Version, rule: GenzuRule, *, any_type: bool = False) -> bool:
    return (
        (not rule.statuses or version.status in rule.statuses)
        and (any_type or not rule.types or version.version_type in rule.types)
        and (not rule.marked or version.is_genzu)
    )
