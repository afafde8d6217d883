"""Media in a folder, as ``ab/cd/abcd…``: the default store."""

import io
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import structlog

from integration.errors import StorageError
from integration.storage.digest import (
    copy_hashed,
    require_sha256,
    require_unchanged,
    sha256_of,
    sha256_of_file,
)
from integration.storage.protocol import MediaRef
from integration.storage.whole_file import disk_error, whole_file

log = structlog.get_logger(__name__)

_ABANDONED_S = 24 * 3600
_PROBE = b"haikei storage probe"


class FilesystemStorage:
    """Media under `folder`, local or on a share, one read-only file for each content."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made or touched until something is put."""
        self._folder = folder
        self._incoming = folder / "incoming"

    def put(self, data: bytes, *, media_type: str) -> MediaRef:
        """See `Storage.put`."""
        return self._keep(io.BytesIO(data), sha256_of(data), len(data), media_type)

    def put_file(self, path: Path, *, media_type: str) -> MediaRef:
        """See `Storage.put_file`."""
        sha256, size_bytes = sha256_of_file(path)
        try:
            with path.open("rb") as stream:
                return self._keep(stream, sha256, size_bytes, media_type)
        except OSError as error:
            raise disk_error(error, path) from error

    def get(self, sha256: str) -> bytes:
        """See `Storage.get`."""
        place = self._place(sha256)
        with self._open(place, sha256) as stream:
            try:
                data = stream.read()
            except OSError as error:
                raise disk_error(error, place) from error
        require_unchanged(sha256, sha256_of(data), place=str(place))
        return data

    def fetch(self, sha256: str, path: Path) -> None:
        """See `Storage.fetch`."""
        place = self._place(sha256)
        with self._open(place, sha256) as stream, whole_file(path) as out:
            require_unchanged(sha256, copy_hashed(stream, out)[0], place=str(place))

    def exists(self, sha256: str) -> bool:
        """See `Storage.exists`."""
        place = self._place(sha256)
        try:
            return place.is_file()
        except OSError as error:
            raise disk_error(error, place) from error

    def check(self) -> str:
        """See `Storage.check`; also clears away what a killed process left half written more than a day ago."""
        probe = self._folder / f"probe-{time.time_ns()}"
        try:
            with whole_file(probe, temporary_folder=self._incoming) as stream:
                stream.write(_PROBE)
            if probe.read_bytes() != _PROBE:
                raise StorageError(f"{self._folder} does not give back what was written", hint="Check the disk.")
        except OSError as error:
            raise disk_error(error, probe) from error
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        self._clear_abandoned()
        return f"media are kept in the folder {self._folder.absolute()}"

    def _keep(self, stream: BinaryIO, sha256: str, size_bytes: int, media_type: str) -> MediaRef:
        place = self._place(sha256)
        if not self._is_whole(place, sha256):
            with whole_file(place, temporary_folder=self._incoming, mode=0o440) as out:
                found, size_bytes = copy_hashed(stream, out)
                require_unchanged(sha256, found, place="the file while it was being stored")
        return MediaRef(sha256=sha256, size_bytes=size_bytes, media_type=media_type)

    def _is_whole(self, place: Path, sha256: str) -> bool:
        """Whether `place` holds its media; a damaged file is to be healed by the good bytes at hand."""
        if not self.exists(sha256):
            return False
        whole = sha256_of_file(place)[0] == sha256
        if not whole:
            log.warning("damaged media replaced", sha256=sha256)
        return whole

    def _place(self, sha256: str) -> Path:
        require_sha256(sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def _open(self, place: Path, sha256: str) -> BinaryIO:
        try:
            return place.open("rb")
        except FileNotFoundError as error:
            raise StorageError(
                f"no media {sha256} in {self._folder}", hint="Check that storage.folder names the folder haikei has used so far."
            ) from error
        except OSError as error:
            raise disk_error(error, place) from error

    def _clear_abandoned(self) -> None:
        oldest = time.time() - _ABANDONED_S
        for part in self._incoming.glob(".*.part"):
            with suppress(FileNotFoundError):  # another process may be clearing too
                if part.stat().st_mtime < oldest:
                    part.unlink()
