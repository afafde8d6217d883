"""Opens layered files that are ZIP archives (ORA, KRA) from anybody: counted and measured before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from integration.errors import ArtworkError

MOST_FILES = 5_000
"""Most entries of an archive."""
LARGEST_BYTES = 300_000_000
"""Largest entry that is unpacked, and a tenth of what all may be together."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError)
"""What zipfile raises on files made to break it."""
_HINT = "It was not opened; ask for the file again."


def files_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file in the archive, in its order.

    Raises:
        ArtworkError: it is damaged, names files outside itself, or would unpack to far more than a layered picture.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_bounded(entries)
            for entry in entries:
                with archive.open(entry) as stream:
                    content = stream.read(LARGEST_BYTES + 1)
                if len(content) > LARGEST_BYTES:
                    raise ArtworkError(f"the archive's file {entry.filename!r} is larger than it says", hint=_HINT)
                yield entry.filename, content
    except _BROKEN as error:
        raise ArtworkError("the archive is damaged, locked, or packed in a way that is not read", hint=_HINT) from error


@dataclass(frozen=True, slots=True)
class Files:
    """The files of an opened archive, unpacked when they are asked for."""

    _archive: zipfile.ZipFile

    def get(self, name: str, *, most_bytes: int = LARGEST_BYTES) -> bytes | None:
        """What the file of this name holds; None where there is none.

        Raises:
            ArtworkError: it is damaged, or larger than `most_bytes`.
        """
        try:
            with self._archive.open(name) as stream:
                content = stream.read(most_bytes + 1)
        except KeyError:
            return None
        except _BROKEN as error:
            raise ArtworkError(f"the archive's file {name[:80]!r} is damaged, or packed in a way that is not read", hint=_HINT) from error
        if len(content) > most_bytes:
            raise ArtworkError(f"the archive's file {name[:80]!r} is larger than such a file is", hint=_HINT)
        return content


@contextmanager
def opened(path: Path) -> Iterator[Files]:
    """The files of the archive at `path`, while they are read.

    Raises:
        ArtworkError: it is damaged, names files outside itself, or would unpack to far more than a layered picture.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise ArtworkError("the archive is damaged, locked, or packed in a way that is not read", hint=_HINT) from error
    with archive:
        _require_bounded([entry for entry in archive.infolist() if not entry.is_dir()])
        yield Files(archive)


def _require_bounded(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise ArtworkError(f"the archive has {len(entries)} files; at most {MOST_FILES} are opened", hint=_HINT)
    largest = max((entry.file_size for entry in entries), default=0)
    if largest > LARGEST_BYTES or sum(entry.file_size for entry in entries) > 10 * LARGEST_BYTES:
        raise ArtworkError("the archive would unpack to more than a layered picture has", hint=_HINT)
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise ArtworkError(f"the archive names a file outside itself: {entry.filename[:80]!r}", hint=_HINT)
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise ArtworkError("the archive holds two files of one name", hint=_HINT)
