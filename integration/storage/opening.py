"""Opens the store that plain values name, so that a worker can do it from JSON and the integration from settings."""

from collections.abc import Callable
from pathlib import Path

from integration.errors import StorageError
from integration.storage.filesystem import FilesystemStorage
from integration.storage.protocol import Storage


def open_storage(
    *,
    kind: str,
    folder: str | None = None,
    bucket: str = "",
    prefix: str = "",
    endpoint_url: str | None = None,
    region: str = "",
    access_key_id: str = "",
    secret_access_key: str = "",
) -> Storage:
    """The store of this kind; nothing is contacted yet (`Storage.check` does).

    Args:
        kind: a key of `STORES`.
        folder: for ``filesystem``: where media are kept.
        bucket: for ``s3``, as are all that follow.
        prefix: begins every key, such as ``haikei/``.
        endpoint_url: for servers other than Amazon's.
        region: empty means us-east-1.
        access_key_id: empty leaves finding credentials to boto3 (role, profile).
        secret_access_key: belongs to `access_key_id`.

    Raises:
        StorageError: no such kind, or a value it needs is missing or wrong.
    """
    if kind not in STORES:
        raise StorageError(f"no kind of storage is called '{kind}'", hint=f"storage.kind is one of: {', '.join(STORES)}.")
    values = {
        "folder": folder or "",
        "bucket": bucket,
        "prefix": prefix,
        "endpoint_url": endpoint_url or "",
        "region": region,
        "access_key_id": access_key_id,
        "secret_access_key": secret_access_key,
    }
    return STORES[kind](values)


def _open_filesystem(values: dict[str, str]) -> Storage:
    if not values["folder"]:
        raise StorageError("filesystem storage has no folder", hint="Set storage.folder in haikei.toml.")
    return FilesystemStorage(Path(values["folder"]))


def _open_s3(values: dict[str, str]) -> Storage:
    from integration.storage.s3 import S3Storage  # boto3 takes 0.2 s to import

    return S3Storage(
        bucket=values["bucket"],
        prefix=values["prefix"],
        endpoint_url=values["endpoint_url"] or None,
        region=values["region"] or "us-east-1",
        access_key_id=values["access_key_id"],
        secret_access_key=values["secret_access_key"],
    )


STORES: dict[str, Callable[[dict[str, str]], Storage]] = {"filesystem": _open_filesystem, "s3": _open_s3}
"""Every kind of store and how it is opened."""
