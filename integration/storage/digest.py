"""Names of media: the lower-case hex SHA-256 of their bytes."""

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from integration.errors import StorageError

CHUNK_BYTES = 1 << 20
"""How much of a file is held in memory at once."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def require_sha256(name: str) -> str:
    """Return `name` when it can name media; nothing else ever reaches a path or a key.

    Raises:
        StorageError: it is not 64 lower-case hex digits.
    """
    if not _SHA256.fullmatch(name):
        raise StorageError(f"{name[:80]!r} cannot name media: not 64 lower-case hex digits", hint="Give the SHA-256 that was recorded.")
    return name


def require_unchanged(sha256: str, found: str, *, place: str) -> None:
    """Do nothing when the media `sha256`, read at `place`, hash to `found` as they should.

    Raises:
        StorageError: they do not.
    """
    if found != sha256:
        raise StorageError(
            f"media {sha256} at {place} were changed: their hash is now {found}",
            hint="Restore this file from a backup; until then nothing that uses it can be trusted.",
        )


def sha256_of(data: bytes) -> str:
    """The name of `data`."""
    return hashlib.sha256(data).hexdigest()


def copy_hashed(stream: BinaryIO, out: BinaryIO | None = None) -> tuple[str, int]:
    """Read what is left in `stream`, into `out` if there is one; the name and the length in bytes of it."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        if out is not None:
            out.write(chunk)
    return digest.hexdigest(), size


def sha256_of_file(path: Path) -> tuple[str, int]:
    """The name and the length in bytes of the file at `path`.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return copy_hashed(stream)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}", hint="Check that the file is there and who may read it.") from error
