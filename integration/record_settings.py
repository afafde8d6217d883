"""What a studio sets about its record: where its keys lie, and where its checkpoints are sent."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordBucket(_Part):
    """A bucket that keeps checkpoints where nobody can delete them."""

    bucket: str = ""
    """Made with object lock, if `retain_days` is set."""
    prefix: str = "haikei-record/"
    endpoint_url: str | None = None
    region: str = "us-east-1"
    access_key_id: SecretStr = SecretStr("")
    """Empty: boto3's own chain."""
    secret_access_key: SecretStr = SecretStr("")
    secret_access_key_file: Path | None = None
    retain_days: int = Field(0, ge=0, le=36500)
    """Days in COMPLIANCE mode, in which nobody at all can delete it; 0 leaves that to the bucket's own rule."""


class RecordMail(_Part):
    """Who is sent checkpoints by e-mail."""

    to: tuple[str, ...] = ()
    """Addresses outside the studio: a streamer, the artists' representative, an auditor."""
    sender: str = ""
    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    starttls: bool = True
    """Whether the connection is encrypted before anything is said."""
    user: str = ""
    """Empty: no login."""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None

    @model_validator(mode="after")
    def _can_be_sent(self) -> "RecordMail":
        if self.to and not (self.host and self.sender):
            raise ValueError("mail needs 'host' and 'sender' beside 'to'")
        return self


class RecordSettings(_Part):
    """The record's keys, and where its checkpoints leave the house."""

    name: str = ""
    """The record's name in every checkpoint; empty: the tracker's site and ``/haikei``."""
    keys_folder: Path | None = None
    """Holds the secret key; ``keys`` in the state folder when empty."""
    sign_every_s: float = Field(60.0, ge=1, le=86400)
    """Seconds between two checkpoints kept in the database."""
    publish_every_s: float = Field(86400.0, ge=1, le=31 * 86400)
    """Seconds between two checkpoints that are sent out."""
    folder: Path | None = None
    """Checkpoints are put there: a share that somebody else keeps."""
    command: tuple[str, ...] = ()
    """A program of the studio's and its arguments; it reads the checkpoint."""
    timestamp_url: str = ""
    """An RFC 3161 authority's address."""
    timestamp_certificates: tuple[Path, ...] = ()
    """Its root certificates, PEM."""
    s3: RecordBucket = RecordBucket()
    mail: RecordMail = RecordMail()
