"""Stores seen from behind, as a person with access to the disk or the bucket sees them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import boto3

from integration.storage.filesystem import FilesystemStorage
from integration.storage.protocol import Storage
from integration.storage.s3 import S3Storage


class Place(Protocol):
    """A store, and what lies in it."""

    @property
    def storage(self) -> Storage: ...

    def names(self) -> list[str]: ...

    def overwrite(self, sha256: str, data: bytes) -> None: ...


@dataclass(frozen=True)
class FolderPlace:
    folder: Path
    storage: FilesystemStorage

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

    def overwrite(self, sha256: str, data: bytes) -> None:
        path = self.folder / sha256[:2] / sha256[2:4] / sha256
        path.chmod(0o600)
        path.write_bytes(data)


@dataclass(frozen=True)
class BucketPlace:
    bucket: str
    endpoint_url: str
    storage: S3Storage

    def names(self) -> list[str]:
        found = plain_client(self.endpoint_url).list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(item["Key"].removeprefix("背景/") for item in found)

    def overwrite(self, sha256: str, data: bytes) -> None:
        plain_client(self.endpoint_url).put_object(Bucket=self.bucket, Key=f"背景/{sha256}", Body=data)


def plain_client(endpoint_url: str):
    return boto3.session.Session().client(
        "s3", endpoint_url=endpoint_url, region_name="us-east-1", aws_access_key_id="AK", aws_secret_access_key="SK"
    )


def s3_storage(endpoint_url: str, bucket: str, *, attempts: int = 3, access_key_id: str = "AK", secret: str = "very-secret") -> S3Storage:
    return S3Storage(
        bucket=bucket,
        prefix="背景/",
        endpoint_url=endpoint_url,
        access_key_id=access_key_id,
        secret_access_key=secret,
        timeout_s=10,
        attempts=attempts,
        first_wait_s=0,
    )
