"""Where checkpoints go when they leave the house: a folder, a bucket, e-mail, a command of the studio's, a timestamp authority."""

import os
import re
import smtplib
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import urllib3
from pydantic import SecretStr

from integration.errors import LedgerError, SettingsError
from integration.ledger.checkpoint import SignedHead
from integration.ledger.timestamp import MEDIA_TYPE, read_roots, read_stamp, request
from integration.record_settings import RecordBucket, RecordMail, RecordSettings
from integration.storage.whole_file import whole_file

Send = Callable[[SignedHead], bytes | None]
"""Sends one checkpoint and gives what came back that must be kept."""
TIMEOUT_S = 20.0
"""Longest wait for one answer."""
_COMMAND_S = 60.0
_MOST_BYTES = 1 << 18


def destinations(settings: RecordSettings) -> dict[str, Send]:
    """Every place that is set, by the code the record knows it by."""
    found: dict[str, Send] = {}
    if settings.folder is not None:
        folder = settings.folder
        found["folder"] = lambda head: _to_folder(folder, head)
    if settings.s3.bucket:
        found["s3"] = lambda head: _to_bucket(settings.s3, head)
    if settings.mail.to:
        found["mail"] = lambda head: _by_mail(settings.mail, head)
    if settings.command:
        found["command"] = lambda head: _by_command(settings.command, head)
    if settings.timestamp_url:
        found["timestamp"] = lambda head: _stamped(settings, head)
    return found


def file_name(head: SignedHead) -> str:
    """What a checkpoint is called outside: the record's name, its size in 12 digits."""
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '_', head.origin)}-{head.size:012d}.checkpoint"


def _to_folder(folder: Path, head: SignedHead) -> None:
    path = folder / file_name(head)
    name, _, _ = path.name.rpartition("-")
    try:
        newer = [each.name for each in folder.glob(f"{name}-*.checkpoint") if each.name > path.name]
        there = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}", hint="Check record.folder and who may read it.") from error
    if newer:
        raise LedgerError(
            f"{folder} holds {min(newer)}, over more entries than the record has",
            hint="The database seems to be older than that file: restore a newer backup, or run `haikei verify --checkpoint` with it.",
        )
    if there is None:
        with whole_file(path) as stream:
            stream.write(head.data)
    elif there != head.data:
        raise LedgerError(f"{path} holds another checkpoint of the same size", hint="Run `haikei verify --checkpoint` with that file.")


def _to_bucket(bucket: RecordBucket, head: SignedHead) -> None:
    from integration.storage.s3_locked import put_once  # boto3 takes 0.2 s to import

    put_once(
        bucket=bucket.bucket,
        key=bucket.prefix + file_name(head),
        data=head.data,
        retain_until=datetime.now(UTC) + timedelta(days=bucket.retain_days) if bucket.retain_days else None,
        endpoint_url=bucket.endpoint_url,
        region=bucket.region,
        access_key_id=bucket.access_key_id.get_secret_value(),
        secret_access_key=_secret(bucket.secret_access_key, bucket.secret_access_key_file, "record.s3.secret_access_key"),
    )


def _by_mail(mail: RecordMail, head: SignedHead) -> None:
    message = EmailMessage()
    message["Subject"] = f"Checkpoint of {head.origin} over {head.size} entries"
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Message-ID"] = f"<{head.root.hex()[:32]}.{head.size}@haikei>"
    message.set_content(_LETTER.format(origin=head.origin, size=head.size, name=file_name(head)))
    message.add_attachment(head.data, maintype="application", subtype="octet-stream", filename=file_name(head))
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S) as server:
            if mail.starttls:
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, _secret(mail.password, mail.password_file, "record.mail.password"))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise LedgerError(
            f"the mail server {mail.host}:{mail.port} did not take it ({type(error).__name__})", hint="Check [record.mail] in haikei.toml."
        ) from error


def _by_command(command: tuple[str, ...], head: SignedHead) -> None:
    surroundings = {**os.environ, "HAIKEI_CHECKPOINT_NAME": file_name(head)}
    try:
        done = subprocess.run(command, input=head.data, env=surroundings, capture_output=True, timeout=_COMMAND_S, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise LedgerError(f"record.command {command[0]} did not run ({type(error).__name__})", hint="Run it by hand.") from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[-200:]
        raise LedgerError(f"record.command {command[0]} left with {done.returncode}: {said}", hint="Run it by hand and mend it.")


def _stamped(settings: RecordSettings, head: SignedHead) -> bytes:
    hint = "Check record.timestamp_url; it is asked again by itself."
    try:
        with urllib3.PoolManager(timeout=TIMEOUT_S, retries=False) as pool:
            answer = pool.request(
                "POST", settings.timestamp_url, body=request(head.data), headers={"Content-Type": MEDIA_TYPE}, preload_content=False
            )
            token = answer.read(_MOST_BYTES)
            answer.release_conn()
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise LedgerError(f"the timestamp authority does not answer ({type(error).__name__})", hint=hint) from error
    if answer.status != 200:
        raise LedgerError(f"the timestamp authority answered {answer.status}", hint=hint)
    stamp = read_stamp(token, head.data, read_roots(settings.timestamp_certificates))
    if not stamp.fits or (settings.timestamp_certificates and stamp.authority != "trusted"):
        raise LedgerError(f"the timestamp cannot be used: {stamp.authority}", hint="Check record.timestamp_certificates.")
    return token


def _secret(value: SecretStr, file: Path | None, name: str) -> str:
    if file is None:
        return value.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_file {file} cannot be read", hint="Check the path and who may read it.") from error


_LETTER = """\
The attached file is the signed head of the record {origin} over its first {size} entries.

Please keep it, with the mail around it. Should anybody ask whether the record was changed since, the studio's copy
must fit this file: haikei verify --checkpoint {name}

添付は記録 {origin} の先頭{size}件に対する署名付きチェックポイントです。このメールごと保管してください。
後日、記録が書き換えられていないかを、このファイルで確かめることができます。
"""
