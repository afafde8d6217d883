"""The SHA-256 of an approval document, which is all that is kept of it."""

import hashlib
import stat
from functools import lru_cache
from pathlib import Path

from integration.errors import SettingsError

LARGEST_BYTES = 200_000_000
"""Largest approval document."""


def document_sha256(path: Path) -> str:
    """SHA-256 of the file's bytes, hex; a file that did not change is not read again.

    Raises:
        SettingsError: it is no file, is empty or too large, or cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or not 0 < found.st_size <= LARGEST_BYTES:
            raise SettingsError(f"{path} is no approval document: a file of 1 to {LARGEST_BYTES // 1_000_000} million bytes")
        return _hashed(path, (found.st_size, found.st_mtime_ns))
    except OSError as error:
        raise SettingsError(
            f"its document {path} cannot be read ({error.strerror})", hint="Correct ai_use.document, or write document_sha256."
        ) from error


@lru_cache(maxsize=256)
def _hashed(path: Path, _as_it_is: tuple[int, int]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
