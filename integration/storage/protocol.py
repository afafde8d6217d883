"""What a store of media must do: keep bytes under the name of their content."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """One stored file, named by its content."""

    sha256: str
    """Lower-case hex SHA-256 of the bytes; also the file's name in every store."""
    size_bytes: int
    """Length in bytes, 0 or more."""
    media_type: str
    """IANA media type, such as ``image/png``."""


class Storage(Protocol):
    """Media by content hash. Putting the same bytes twice stores them once; what is read is checked against its name."""

    def put(self, data: bytes, *, media_type: str) -> MediaRef:
        """Store `data` and return its reference.

        Raises:
            StorageError: the store refuses.
            TransientStorageError: the store does not answer.
        """
        ...

    def put_file(self, path: Path, *, media_type: str) -> MediaRef:
        """Store the file at `path` without reading it whole into memory, and return its reference. Raises as `put`."""
        ...

    def get(self, sha256: str) -> bytes:
        """Return the bytes named `sha256`.

        Raises:
            StorageError: no such media, or what is stored no longer has this hash.
            TransientStorageError: the store does not answer.
        """
        ...

    def fetch(self, sha256: str, path: Path) -> None:
        """Write the media named `sha256` to `path`, complete or not at all. Raises as `get`."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether media of this name is stored.

        Raises:
            TransientStorageError: the store does not answer.
        """
        ...

    def check(self) -> str:
        """Write, read and remove a probe; return one sentence naming the place. Raises as `put` and `get`."""
        ...
