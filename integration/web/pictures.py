"""Pictures as browsers get them: opened safely, made small, written anew as JPEG, and kept for the next who looks."""

import io
import os
import re
import threading
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from PIL import Image

from integration.artwork.checked_image import ImageLimits
from integration.artwork.returned_layers import read_returned
from integration.errors import ArtworkError, StorageError, TransientStorageError
from integration.storage.protocol import Storage
from integration.storage.whole_file import whole_file

log = structlog.get_logger(__name__)

MEDIA_TYPE = "image/jpeg"
MOST_BYTES = 2_000_000_000
"""Kept in all; past it the oldest go."""


class Size(StrEnum):
    """How large a picture is shown."""

    SMALL = "small"
    LARGE = "large"


_SIDE_PX = {Size.SMALL: 480, Size.LARGE: 1600}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 2
_LIMITS = ImageLimits(max_bytes=1_000_000_000)
_QUALITY = 88
_LOOK_EVERY = 200
_MOST_UNREADABLE = 10_000
"""Remembered, so that nobody has the same damaged file opened again and again."""


class PictureShelf:
    """Makes small pictures and keeps them in a folder. Safe in threads."""

    def __init__(self, storage: Storage, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        """Begin; the folder is made when the first picture is kept."""
        self._storage, self._folder, self._most_bytes = storage, folder, most_bytes
        self._opening = threading.BoundedSemaphore(_AT_ONCE)
        self._tidying, self._kept = threading.Lock(), 0
        self._unreadable: set[str] = set()

    def picture(self, sha256: str, size: Size) -> bytes | None:
        """The JPEG; None where the file is gone, or holds no picture that can be shown.

        Raises:
            TransientStorageError: the store does not answer.
        """
        if not _DIGEST.fullmatch(sha256) or sha256 in self._unreadable:
            return None
        place = self._folder / sha256[:2] / f"{sha256}-{size}.jpg"
        with suppress(OSError):
            return place.read_bytes()
        with self._opening:  # a picture of 40 million pixels takes 200 MB while it is made small
            made = self._made(sha256, _SIDE_PX[size])
        if made is not None:
            self._keep(place, made)
        return made

    def _made(self, sha256: str, side_px: int) -> bytes | None:
        try:
            with TemporaryDirectory(prefix="haikei-picture-") as folder:
                file = Path(folder) / "picture"
                self._storage.fetch(sha256, file)
                shown = read_returned(file, limits=_LIMITS).picture
        except TransientStorageError:
            raise
        except StorageError as error:
            log.warning("picture not there", sha256=sha256, why=str(error))
            return None
        except ArtworkError as error:
            log.info("picture not shown", sha256=sha256, why=str(error))
            shown = None
        if shown is None:
            if len(self._unreadable) < _MOST_UNREADABLE:
                self._unreadable.add(sha256)
            return None
        image = Image.fromarray(shown.pixels)
        image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
        return out.getvalue()

    def _keep(self, place: Path, data: bytes) -> None:
        try:
            with whole_file(place) as stream:
                stream.write(data)
        except StorageError as error:
            log.warning("picture not kept", why=str(error))
            return
        with self._tidying:
            if self._kept % _LOOK_EVERY == 0:
                self._make_room()
            self._kept += 1

    def _make_room(self) -> None:
        """Delete the oldest files until three quarters of the room is taken at most."""
        found = [(status.st_mtime, status.st_size, file) for file in self._folder.glob("*/*.jpg") if (status := _status(file))]
        taken = sum(size for _, size, _ in found)
        for _, size, file in sorted(found) if taken > self._most_bytes else ():
            if taken <= self._most_bytes * 3 // 4:
                return
            file.unlink(missing_ok=True)
            taken -= size


def _status(file: Path) -> os.stat_result | None:
    with suppress(OSError):
        return file.stat()
    return None
