"""Small objects in a bucket that nobody may overwrite, and with object lock nobody may delete."""

from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from integration.errors import StorageError
from integration.storage.s3 import open_client
from integration.storage.s3_errors import meaning


def put_once(
    *,
    bucket: str,
    key: str,
    data: bytes,
    retain_until: datetime | None = None,
    endpoint_url: str | None = None,
    region: str = "us-east-1",
    access_key_id: str = "",
    secret_access_key: str = "",
    timeout_s: float = 20.0,
) -> None:
    """Put `data` under `key` unless it is there; with `retain_until` in COMPLIANCE mode.

    Raises:
        StorageError: something else lies there, or the bucket refuses.
        TransientStorageError: the server does not answer.
    """
    where = f"bucket {bucket} at {endpoint_url or 'Amazon S3'}"
    lock: dict[str, Any] = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": retain_until} if retain_until else {}
    try:
        client = open_client(endpoint_url, region, access_key_id, secret_access_key, timeout_s)
        try:
            # A lock needs a checksum of what is sent.
            client.put_object(Bucket=bucket, Key=key, Body=data, IfNoneMatch="*", ChecksumAlgorithm="SHA256", **lock)
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) not in {"PreconditionFailed", "412"}:
                raise
            if client.get_object(Bucket=bucket, Key=key)["Body"].read(len(data) + 1) != data:
                raise StorageError(f"{where} holds something else as {key}", hint="Look at it before anything is deleted.") from error
    except (ClientError, BotoCoreError, Boto3Error, ValueError) as error:
        raise meaning(error, where=where) from error
