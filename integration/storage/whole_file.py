"""A file that appears complete or not at all, and what a disk's errors mean."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from integration.errors import StorageError, TransientStorageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_PASSING = {errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EINTR, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE}


@contextmanager
def whole_file(path: Path, *, temporary_folder: Path | None = None, mode: int = 0o640) -> Iterator[BinaryIO]:
    """Give a stream whose bytes are at `path`, on the disk, when the block ends well; otherwise `path` is untouched.

    Args:
        path: where the file shall be; its folder is made.
        temporary_folder: where it grows, on the same file system; beside `path` by default.
        mode: the file's permissions, less the process's umask.

    Raises:
        StorageError: the disk is full or refuses.
        TransientStorageError: a network disk does not answer.
    """
    growing = (temporary_folder or path.parent) / f".{uuid4().hex}.part"
    try:
        growing.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with os.fdopen(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        growing.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        with suppress(OSError):
            growing.unlink(missing_ok=True)


def disk_error(error: OSError, path: Path) -> StorageError:
    """What `error`, met at `path`, means to a person."""
    message = f"{path}: {error.strerror or error}"
    if error.errno in _FULL:
        return StorageError(message, hint="The disk, or what may be used of it, is full: free space there, then run it again.")
    if error.errno in _REFUSED:
        return StorageError(message, hint="haikei may not write or read there: check the folder's owner and permissions.")
    if error.errno in _PASSING:
        return TransientStorageError(message, hint="The disk does not answer: check that the share is mounted.")
    return StorageError(message, hint="Check that the folder exists and is on a working disk.")


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
