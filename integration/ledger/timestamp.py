"""RFC 3161 timestamps: an authority's word that a checkpoint existed by a moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from integration.errors import LedgerError

MEDIA_TYPE = "application/timestamp-query"
"""Of a request (RFC 3161, section 3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a timestamp token says."""

    moment: datetime
    """By the authority's clock."""
    fits: bool
    """Whether it was made over these bytes."""
    authority: str
    """``trusted`` when it chains to a certificate that was given, else why not."""


def request(data: bytes) -> bytes:
    """A request for a timestamp over `data`, for the body of a POST."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()


def read_stamp(token: bytes, data: bytes, roots: Sequence[bytes] = ()) -> Stamp:
    """What the answer `token` of an authority says of `data`.

    Args:
        token: a TimeStampResp in DER.
        data: what should have been stamped.
        roots: certificates of authorities in PEM that are trusted.

    Raises:
        LedgerError: `token` is no timestamp, or the authority refused.
    """
    from rfc3161_client import PKIStatus, decode_timestamp_response

    wrong = LedgerError("this is no RFC 3161 timestamp", hint="Check the authority's address in record.timestamp_url.")
    try:
        response = decode_timestamp_response(token)
        if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            raise LedgerError(f"the timestamp authority refused: {', '.join(response.status_string)}", hint="Ask the authority why.")
        imprint = response.tst_info.message_imprint
        digests = {"2.16.840.1.101.3.4.2.1": hashlib.sha256, "2.16.840.1.101.3.4.2.3": hashlib.sha512}
        digest = digests.get(imprint.hash_algorithm.dotted_string)
        moment = response.tst_info.gen_time
    except (ValueError, TypeError) as error:
        raise wrong from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    fits = digest is not None and digest(data).digest() == imprint.message
    return Stamp(moment=moment, fits=fits, authority=_authority(token, data, roots) if fits else "it is over other bytes")


def read_roots(files: Sequence[Path]) -> list[bytes]:
    """The certificates in `files`, PEM.

    Raises:
        LedgerError: a file cannot be read.
    """
    try:
        return [file.read_bytes() for file in files]
    except OSError as error:
        raise LedgerError(f"the certificate {error.filename} cannot be read: {error.strerror}") from error


def _authority(token: bytes, data: bytes, roots: Sequence[bytes]) -> str:
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    if not roots:
        return "no authority's certificate was given to check it with"
    try:
        builder = VerifierBuilder()
        for certificate in [each for pem in roots for each in load_pem_x509_certificates(pem)]:
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(decode_timestamp_response(token), data)
    except (VerificationError, ValueError) as error:
        return f"its signature does not lead to the certificate given ({error})"
    return "trusted"
