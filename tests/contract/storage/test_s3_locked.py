"""A checkpoint in a bucket with object lock cannot be overwritten or deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from integration.errors import StorageError
from integration.storage.s3_locked import put_once
from tests.contract.storage.places import plain_client

SECRETS: dict[str, Any] = {"access_key_id": "AK", "secret_access_key": "very-secret"}


@pytest.fixture
def locked(moto_url: str) -> str:
    name = f"haikei-{uuid4().hex}"
    plain_client(moto_url).create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def test_an_object_is_kept_in_compliance_mode(moto_url: str, locked: str) -> None:
    until = datetime.now(UTC) + timedelta(days=3)
    put_once(bucket=locked, key="a", data=b"head", retain_until=until, endpoint_url=moto_url, **SECRETS)
    client = plain_client(moto_url)
    found = client.head_object(Bucket=locked, Key="a")

    assert (found["ObjectLockMode"], abs(found["ObjectLockRetainUntilDate"] - until) < timedelta(seconds=2)) == ("COMPLIANCE", True)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket=locked, Key="a", VersionId=found["VersionId"])


def test_the_same_again_is_no_error_and_another_is(moto_url: str, bucket: str) -> None:
    for _ in range(2):
        put_once(bucket=bucket, key="a", data=b"head", endpoint_url=moto_url, **SECRETS)

    with pytest.raises(StorageError, match="something else"):
        put_once(bucket=bucket, key="a", data=b"another", endpoint_url=moto_url, **SECRETS)
    assert plain_client(moto_url).get_object(Bucket=bucket, Key="a")["Body"].read() == b"head"


def test_a_bucket_that_is_not_there_is_told(moto_url: str) -> None:
    with pytest.raises(StorageError, match="NoSuchBucket"):
        put_once(bucket="no-such-bucket", key="a", data=b"head", endpoint_url=moto_url, **SECRETS)
