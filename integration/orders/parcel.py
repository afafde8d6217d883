"""What a house handed back, a folder or a zip, opened so that nothing in it can reach outside, run on, or fill the disk.

Names and sizes are looked at before anything is unpacked, and only one file at a time is.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from integration.errors import ArtworkError
from integration.storage.digest import CHUNK_BYTES
from integration.storage.whole_file import whole_file

MOST_FILES = 5_000
"""Most files in what is handed back."""
LARGEST_BYTES = 2_000_000_000
"""Largest file that is taken, as the largest that can be looked through."""
_LARGEST_IN_ALL = 200_000_000_000
_STEEPEST = 1_000
"""A file that unpacks to so many times its packed size, and is large, is no picture."""
_LARGE = 100_000_000
_SHIFT_JIS = 0x800
"""Flag bit 11 of a zip's entry: its name is UTF-8 (APPNOTE.TXT 4.4.4)."""
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)
_HINT = "Nothing was taken from it; ask for it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFile:
    """One file that was handed back, not yet looked at."""

    path: str
    """Within the folder or zip, with ``/``; untrusted text."""
    size_bytes: int
    """As the disk or the zip says."""
    refused: str
    """Why it is not opened, such as a link; empty when it may be."""
    read: Callable[[], BinaryIO]
    """Use `fetch`."""

    @property
    def name(self) -> str:
        """Without its folders."""
        return PurePosixPath(self.path).name

    def fetch(self, out: Path) -> None:
        """Write the file to `out`.

        Raises:
            ArtworkError: it is damaged, or larger than it says.
            StorageError: the disk is full or refuses.
        """
        left = min(self.size_bytes, LARGEST_BYTES)
        with whole_file(out) as stream:
            try:
                with self.read() as content:
                    while chunk := content.read(CHUNK_BYTES):
                        left -= len(chunk)
                        if left < 0:
                            raise ArtworkError("it is larger than it says", hint=_HINT)
                        stream.write(chunk)
            except _BROKEN as error:
                raise ArtworkError("it is damaged, or packed in a way that is not read", hint=_HINT) from error
            if left > 0:
                raise ArtworkError("it is cut off: its end is missing", hint=_HINT)


@contextmanager
def opened_parcel(path: Path) -> Iterator[tuple[ParcelFile, ...]]:
    """The files in the folder or zip at `path`, in order of their paths; system files and folders are left out.

    Raises:
        ArtworkError: it is neither, is damaged, or could not be unpacked safely; the message says why.
    """
    if path.is_dir():
        yield tuple(_in_folder(path))
        return
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise ArtworkError(f"there is no file or folder {path}", hint="Check how it is written.") from error
    except OSError as error:
        raise ArtworkError(f"{path.name} cannot be read: {error.strerror}", hint="Check who may read it.") from error
    except _BROKEN as error:
        raise ArtworkError(
            f"{path.name} is no zip, or a damaged one", hint="Unpack it with another program and give the folder."
        ) from error
    with archive:
        yield _in_zip(archive)


def _in_folder(folder: Path) -> list[ParcelFile]:
    found: list[ParcelFile] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not _is_clutter(name))
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*linked, *sorted(names)):
            path = Path(place) / name
            inside = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
            if not _is_clutter(name):
                found.append(_on_disk(path, inside))
        if len(found) > MOST_FILES:
            raise ArtworkError(f"the folder has more than {MOST_FILES} files", hint="Give the folder of one order.")
    return sorted(found, key=lambda file: file.path)


def _on_disk(path: Path, inside: str) -> ParcelFile:
    told = path.lstat()
    refused = "a link, which is not followed" if stat.S_ISLNK(told.st_mode) else "no file" if not stat.S_ISREG(told.st_mode) else ""
    return ParcelFile(path=inside, size_bytes=told.st_size, refused=refused or _too_large(told.st_size), read=lambda: path.open("rb"))


def _in_zip(archive: zipfile.ZipFile) -> tuple[ParcelFile, ...]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ArtworkError(f"the zip has {len(entries)} files; at most {MOST_FILES} are looked at", hint=_HINT)
    if sum(entry.file_size for entry in entries) > _LARGEST_IN_ALL:
        raise ArtworkError("the zip would unpack to more than a disk holds", hint=_HINT)
    files = [_packed(archive, entry) for entry in entries]
    for file in files:
        if not _stays_inside(file.path):
            raise ArtworkError(f"the zip names a file outside itself: {file.path[:80]!r}", hint=_HINT)
    if len({file.path for file in files}) != len(files):
        raise ArtworkError("the zip holds two files of one name", hint=_HINT)
    shown = (file for file in files if not any(_is_clutter(part) for part in PurePosixPath(file.path).parts))
    return tuple(sorted(shown, key=lambda file: file.path))


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ParcelFile:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    refused = "a link, which is not followed" if kind == stat.S_IFLNK else "no file" if kind not in (0, stat.S_IFREG) else ""
    if entry.flag_bits & _ENCRYPTED:
        refused = "locked with a password"
    if entry.file_size > _LARGE and entry.file_size > _STEEPEST * max(entry.compress_size, 1):
        refused = refused or "packed so tightly that it is no picture"
    return ParcelFile(
        path=_name(entry),
        size_bytes=entry.file_size,
        refused=refused or _too_large(entry.file_size),
        read=lambda: archive.open(entry),  # type: ignore[arg-type,return-value]  # IO[bytes] is what it is
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's path; where it is not UTF-8, zipfile takes it for cp437, and Japanese Windows wrote Shift JIS."""
    name = entry.filename
    if not entry.flag_bits & _SHIFT_JIS and not name.isascii():
        try:
            name = name.encode("cp437").decode("cp932")
        except UnicodeError:
            name = entry.filename
    return name.replace("\\", "/")


def _stays_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/") and ":" not in path and "\0" not in path


def _is_clutter(name: str) -> bool:
    """What operating systems leave lying about."""
    return name.startswith(".") or name.casefold() in ("__macosx", "thumbs.db", "desktop.ini")


def _too_large(size_bytes: int) -> str:
    return f"larger than {LARGEST_BYTES // 1_000_000_000} GB" if size_bytes > LARGEST_BYTES else ""


def _refuse(error: OSError) -> None:
    raise ArtworkError(f"the folder {error.filename} cannot be looked into: {error.strerror}", hint="Check who may read it.") from error
